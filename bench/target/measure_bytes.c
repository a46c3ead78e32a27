/* Bytes through a queue, a buffer or the plain ring. */
#include "measure.h"
#include "meter.h"
#include <stdio.h>
#include <string.h>

/* In the order in which image_bytes.c counts them. Operations through a queue have no prefix, nor those of the rings, whose
 * configurations have names of their own. */
static const struct type {
    const char *name, *functions, *prefix;
} types[] = {{"buffer", "ta_buffer_", "buffer "},
             {"queue", "ta_queue_", ""},
             {"ring", "ring_", ""},
             {"masked ring", "masked_ring_", ""}};
static const struct type *type;

static void choose(const char *name)
{
    for (type = types; strcmp(type->name, name) != 0; type++)
        if (type == &types[LENGTH(types) - 1])
            fail("there is no %s", name);
}

static bool is_ring(void)
{
    return strncmp(type->functions, "ta_", 3) != 0;
}

static struct cost cost_of_call(const char *verb)
{
    char function[64];
    snprintf(function, sizeof function, "%s%s", type->functions, verb);
    return cost_of(function);
}

static void fifo_fresh(unsigned block_size, unsigned count, unsigned limit)
{
    fresh();
    prepare("pool_make", block_size, count);
    prepare("fifo_make", (unsigned)(type - types), limit);
}

static void hold(unsigned bytes)
{
    for (; bytes > 0; bytes -= bytes < 64 ? bytes : 64)
        prepare("fifo_write", bytes < 64 ? bytes : 64, 0);
}

static void name_fifo(char operation[64], unsigned n, unsigned resident, const char *suffix)
{
    int length = snprintf(operation, 64, "%sfifo %u", type->prefix, n);
    if (resident)
        length += snprintf(operation + length, 64 - (size_t)length, " resident %u", resident);
    snprintf(operation + length, 64 - (size_t)length, "%s", suffix);
}

static double per_byte(unsigned n, unsigned rounds)
{
    struct cost in = cost_of_call(n == 1 ? "push" : "write"), out = cost_of_call(n == 1 ? "pop" : "read");
    if (in.calls != rounds || out.calls != rounds)
        fail("%s: %u rounds were asked for, and not made", type->name, rounds);
    return (double)(in.sum + out.sum) / ((double)n * rounds);
}

/* The single calls of the last measurement. */
static void print_bulk_calls(unsigned n, unsigned resident)
{
    static const char *const verbs[] = {"write", "read"};
    for (size_t i = 0; i < LENGTH(verbs); i++) {
        char operation[64];
        int length = snprintf(operation, sizeof operation, "%s %s %u", type->name, verbs[i], n);
        if (resident)
            snprintf(operation + length, sizeof operation - (size_t)length, " resident %u", resident);
        print_cost(operation, cost_of_call(verbs[i]));
    }
}

/* (FIFO) put n, get n, from empty or with so many bytes resident; 64 rounds pass every phase that comes up. */
static void fifo(unsigned n, unsigned resident)
{
    char operation[64];
    name_fifo(operation, n, resident, "");
    fifo_fresh(64, 16, 960);
    hold(resident);
    prepare("fifo_work", n, 64);
    measure("fifo_work", n, 64);
    meter_set_copies(n > 1);
    print_unit(operation, "/byte", per_byte(n, 64));
    if (n > 1 && !is_ring())
        print_bulk_calls(n, resident);
    meter_set_copies(false);
}

/* The same in a pool whose free blocks do not lie side by side, as those of a pool that several share. */
static void fifo_in_mixed_pool(unsigned n)
{
    char operation[64];
    name_fifo(operation, n, 0, " mixed");
    fifo_fresh(64, 16, 960);
    prepare("pool_fill", 16, 0);
    prepare("pool_drain", 7, 0);
    prepare("fifo_work", n, 64);
    measure("fifo_work", n, 64);
    meter_set_copies(true);
    print_unit(operation, "/byte", per_byte(n, 64));
    meter_set_copies(false);
}

/* The same for one that keeps its phase, at each of them. */
static void fifo_at_any_phase(unsigned resident)
{
    char operation[64];
    double best = 1e9, worst = 0;
    for (unsigned phase = 0; phase < 64; phase++) {
        fifo_fresh(64, 16, 960);
        hold(resident);
        prepare("fifo_work", 1, phase);
        prepare("fifo_work", 64, 2);
        measure("fifo_work", 64, 2);
        double cost = per_byte(64, 2);
        best = cost < best ? cost : best;
        worst = cost > worst ? cost : worst;
    }
    meter_set_copies(true);
    name_fifo(operation, 64, resident, " at any phase");
    print_unit(operation, "/byte.best", best);
    print_unit(operation, "/byte.worst", worst);
    meter_set_copies(false);
}

static void fifo_block_sizes(void)
{
    static const unsigned sizes[] = {8, 16, 32, 64, 128}, works[] = {1, 64};
    for (size_t w = 0; w < LENGTH(works); w++)
        for (size_t i = 0; i < LENGTH(sizes); i++) {
            char operation[64], suffix[32];
            snprintf(suffix, sizeof suffix, " block=%u", sizes[i]);
            name_fifo(operation, works[w], 0, suffix);
            fifo_fresh(sizes[i], 960 / sizes[i] + 2, 960);
            prepare("fifo_work", works[w], 128);
            measure("fifo_work", works[w], 128);
            meter_set_copies(works[w] > 1);
            print_unit(operation, "/byte", per_byte(works[w], 128));
            meter_set_copies(false);
        }
}

/* One call moves so many bytes. */
static void lengths_of_call(void)
{
    static const unsigned lengths[] = {0, 1, 8, 16, 32, 64, 128, 256, 512, 700};
    meter_set_copies(true);
    for (size_t i = 0; i < LENGTH(lengths); i++) {
        static const char *const verbs[] = {"write", "read"};
        fifo_fresh(64, 16, 960);
        for (int round = 0; round < 64; round++) {
            measure("fifo_write", lengths[i], 0);
            measure("fifo_read", lengths[i], 0);
            prepare("fifo_work", 1, 1);
        }
        for (size_t v = 0; v < LENGTH(verbs); v++) {
            char operation[64];
            snprintf(operation, sizeof operation, "%s %s of %u bytes", type->name, verbs[v], lengths[i]);
            print_cost(operation, cost_of_call(verbs[v]));
        }
    }
    meter_set_copies(false);
}

/* Every call with so many bytes held; false: they do not fit in here. */
static bool use_fifo(unsigned held)
{
    fresh();
    if (call("pool_make", 64, held / 64 + 4) & 0xFFFF)
        return false;
    prepare("fifo_make", (unsigned)(type - types), 0);
    hold(held);
    prepare("fifo_push", 128, 0); /* which sets the pool's peak */
    prepare("fifo_pop", 128, 0);
    /* In an 8-bit build a writer counts anew every third block: push and write are to meet that. */
    for (unsigned phase = 0; phase < 6; phase++) {
        measure("fifo_push", 64, 0);
        measure("fifo_pop", 64, 0);
        measure("fifo_work", 64, 4);
        prepare("fifo_work", 1, 13);
    }
    prepare("fifo_push", 1, 0);
    measure("fifo_look", held + 1, 0);
    return true;
}

static void print_at(unsigned position, const char *which, unsigned held)
{
    char operation[64];
    forget_costs();
    measure("fifo_at", position, 0);
    snprintf(operation, sizeof operation, "%s at %s of %u bytes", type->name, which, held);
    print_cost(operation, cost_of_call("at"));
}

static void lengths_held(void)
{
    static const unsigned lengths[] = {0, 64, 1024, 2048, 8192, 16000, 40000};
    static const char *const verbs[] = {"push", "pop", "write", "read", "peek", "len"};
    struct flat flats[LENGTH(verbs)] = {0};
    for (size_t i = 0; i < LENGTH(lengths) && use_fifo(lengths[i]); i++) {
        for (size_t v = 0; v < LENGTH(verbs); v++) {
            char operation[64];
            bool copies = v == 2 || v == 3;
            meter_set_copies(copies);
            snprintf(operation, sizeof operation, "%s %s%s length=%u", type->name, verbs[v],
                     copies ? " 64" : "", lengths[i]);
            print_cost(operation, cost_of_call(verbs[v]));
            flats[v].what = verbs[v];
            if (lengths[i] > 0) /* the first and the last chunk are one only there */
                expect_flat(&flats[v], cost_of_call(verbs[v]), "length", lengths[i]);
        }
        meter_set_copies(false);
        print_at(0, "first", lengths[i]);
        print_at(lengths[i], "last", lengths[i]);
    }
}

static void print_call(const char *verb, const char *suffix)
{
    char operation[64];
    snprintf(operation, sizeof operation, "%s %s%s", type->name, verb, suffix);
    print_cost(operation, cost_of_call(verb));
}

/* Work for the rings begins where they are empty. 61 bytes and 67 pass every phase of a block and of a word. */
void measure_bytes(const char *name)
{
    static const unsigned works[] = {1, 64, 700, 61, 67}, residents[][2] = {{1, 480}, {64, 480}, {700, 240}};
    choose(name);
    for (size_t i = 0; i < LENGTH(works); i++)
        fifo(works[i], 0);
    if (is_ring())
        return;
    for (size_t i = 0; i < LENGTH(residents); i++)
        fifo(residents[i][0], residents[i][1]);
    fifo_in_mixed_pool(64);
    fifo_in_mixed_pool(700);
    fifo_at_any_phase(0);
    fifo_at_any_phase(480);
}

/* Units of 16 bytes in blocks of 64, from empty; and where each write drops the oldest of ten. */
void measure_recent(void)
{
    fresh();
    prepare("pool_make", 64, 16);
    prepare("recent_make", 16, 0);
    prepare("recent_work", 16, 64);
    measure("recent_work", 16, 64);
    meter_set_copies(true);
    print_cost("recent write 16", cost_of("ta_recent_write"));
    print_cost("recent read 16", cost_of("ta_recent_read"));
    meter_set_copies(false);

    fresh();
    prepare("pool_make", 64, 16);
    prepare("recent_make", 16, 160);
    prepare("recent_write", 16, 10);
    measure("recent_write", 16, 64);
    prepare("recent_dropped", 64, 0);
    meter_set_copies(true);
    print_cost("recent write 16 dropping one", cost_of("ta_recent_write"));
    meter_set_copies(false);
}

void measure_single_calls(const char *name)
{
    choose(name);
    fifo_fresh(64, 16, 960);
    measure("fifo_refuse", 0, 0);
    print_call("pop", " refused");
    print_call("read", " refused");
    fifo_fresh(64, 16, 960);
    measure("fifo_work", 1, 256);
    measure("fifo_push", 960, 0);
    measure("fifo_look", 960, 0);
    measure("fifo_pop", 960, 0);
    print_call("push", "");
    print_call("pop", "");
    print_call("peek", "");
    print_call("len", "");
}

void measure_growing_bytes(const char *name)
{
    choose(name);
    fifo_block_sizes();
    lengths_of_call();
    lengths_held();
}
