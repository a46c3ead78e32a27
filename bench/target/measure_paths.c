/* What several calls do together. */
#include "measure.h"
#include "meter.h"
#include <stdio.h>
#include <string.h>

#define QUEUE 1 /* of fifo_make() */

static bool make_queue(unsigned blocks)
{
    fresh();
    if (call("pool_make", 64, blocks) & 0xFFFF)
        return false;
    prepare("fifo_make", QUEUE, 0);
    return true;
}

/* n bytes go from a queue to a buffer, at each phase of a block that comes up; not where they do not fit into RAM. */
static void take(unsigned n, unsigned rounds)
{
    char operation[64];
    if (!make_queue(n / 64 + 4))
        return;
    measure("take_work", n, rounds);
    snprintf(operation, sizeof operation, "queue take %u", n);
    print_cost(operation, cost_of("ta_queue_take"));
}

/* A block is filled by DMA and sent by DMA: reserve, commit, front, consume. */
static void dma_block(void)
{
    static const char *const calls[] = {"reserve", "commit", "front", "consume"};
    struct cost all = {0};
    make_queue(8);
    prepare("dma_work", 64, 4);
    measure("dma_work", 64, 16);
    for (size_t i = 0; i < LENGTH(calls); i++) {
        char function[64], operation[64];
        snprintf(function, sizeof function, "ta_queue_%s", calls[i]);
        snprintf(operation, sizeof operation, "queue %s a block", calls[i]);
        struct cost c = cost_of(function);
        print_cost(operation, c);
        all = sum_of(c, all);
    }
    print_cost("DMA block", all);
}

/* n bytes go from buffer to buffer; where they fit into RAM. */
static void drain(unsigned n, unsigned rounds)
{
    char operation[64];
    if (!make_queue(n / 64 + 8))
        return;
    measure("drain_work", n, rounds);
    snprintf(operation, sizeof operation, "buffer drain %u", n);
    print_cost(operation, cost_of("ta_buffer_drain_into"));
}

/* Searching, by the byte, and passing chunks in a view, by the chunk: once in a fresh pool, where blocks are side by side,
 * and once where they are not. */
static void look(bool is_mixed)
{
    const unsigned n = 704;
    if (!make_queue(2 * (n / 64) + 4))
        return;
    prepare("pool_mix", is_mixed, 0);
    measure("look_work", n, 0);
    meter_set_copies(true);
    print_unit(is_mixed ? "buffer find, mixed pool" : "buffer find", "/byte",
               (double)cost_of("ta_buffer_find").sum / n);
    meter_set_copies(false);
    print_unit(is_mixed ? "view skip, mixed pool" : "view skip", "/chunk",
               (double)cost_of("ta_view_skip").sum / (n / 64.0));
}

/* README.md's line reader: the interrupt's part and the main loop's. */
static void lines(void)
{
    const unsigned rounds = 16;
    fresh();
    double bytes = (double)(call("lines_bytes", 0, 0) & 0xFFFF) * rounds;
    prepare("lines_work", 4, 0);
    measure("lines_work", rounds, 0);
    struct cost in = cost_of("uart_isr"), out = cost_of("next_line");
    print_unit("line reader, interrupt", "/byte", (double)in.sum / bytes);
    print_unit("line reader", "/byte", (double)(in.sum + out.sum) / bytes);
}

/* NMEA sentences in pieces of 1 to 64 bytes, cut into lines and parsed: instructions a sentence, all in all. Blocks of
 * 64 bytes. `first` and `last` are kinds of nmea_make(). */
static void nmea(unsigned first, unsigned last)
{
    enum { SENTENCES = 200 };
    static const char *const names[] = {"lines", "view lines", "buffer lines", "lines", "lines"};
    static uint32_t expected;
    meter_set_copies(true);
    for (unsigned kind = first; kind <= last; kind++) {
        fresh();
        if (call("pool_make", 64, 8) & 0xFFFF)
            fail("no pool for lines");
        prepare("nmea_make", kind, 0);
        measure("nmea_work", SENTENCES, 0);
        uint32_t sum = call("nmea_sum", 0, 0) & 0xFFFF;
        if (expected != 0 && sum != expected)
            fail("%s finds something else", names[kind]);
        expected = sum;
        print_unit(names[kind], "/sentence", (double)cost_of("nmea_feed").sum / SENTENCES);
    }
    meter_set_copies(false);
}

void measure_lines_of(const char *type)
{
    unsigned kind = strcmp(type, "linear array") == 0 ? 4 : 3;
    nmea(kind, kind);
}

void measure_paths(void)
{
    take(700, 16);
    take(2800, 16);
    drain(700, 16);
    drain(2800, 16);
    look(false);
    look(true);
    dma_block();
    meter_set_copies(true);
    lines();
    meter_set_copies(false);
    nmea(0, 2);
}
