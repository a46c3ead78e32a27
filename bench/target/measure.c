/*
 * What the library's functions cost on a simulated target: exact instructions (AVR: cycles) from a function's entry
 * through its return, whatever it calls included. image.c is what runs there.
 *
 *     measure PLATFORM IMAGE CONFIGURATION LIBC
 *
 * Prints lines of platform, configuration, operation, metric and value, with tabs between them. Fails when a figure
 * that must not depend on the size of pool, request, block or buffer does.
 */
#include "machine.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const char *platform, *configuration, *libc, *image;
static elf *symbols;
static machine *target;

/* ---- Counting ---------------------------------------------------------------------------------------------------- */

struct cost {
    uint64_t calls, sum, best, worst;
};

/* The functions whose calls are counted. */
static struct meter {
    const char *name;
    struct cost cost;
} meters[] = {
    {"ta_alloc", {0}},       {"ta_free", {0}},       {"ta_get", {0}},          {"ta_size", {0}},
    {"ta_resize", {0}},      {"ta_queue_push", {0}}, {"ta_queue_pop", {0}},    {"ta_queue_write", {0}},
    {"ta_queue_read", {0}},  {"ta_queue_peek", {0}}, {"ta_queue_at", {0}},     {"ta_queue_len", {0}},
    {"ta_buffer_push", {0}}, {"ta_buffer_pop", {0}}, {"ta_buffer_write", {0}}, {"ta_buffer_read", {0}},
    {"ta_buffer_peek", {0}}, {"ta_buffer_at", {0}},  {"ta_buffer_len", {0}},
};

static uint8_t meter_at[MACHINE_FLASH_SIZE / 2]; /* where a function begins: 1 + its meter */
static struct meter *running;                    /* the call we are in; calls inside it are part of it */
static uint64_t began;
static uint32_t return_to;

static void add(struct cost *c, uint64_t n)
{
    c->best = c->calls == 0 || n < c->best ? n : c->best;
    c->worst = n > c->worst ? n : c->worst;
    c->sum += n;
    c->calls++;
}

static void end_call(void)
{
    add(&running->cost, target->count - began);
    running = NULL;
}

static void at_instruction(void *context, uint32_t pc)
{
    (void)context;
    if (running && pc == return_to)
        end_call();
    if (running || meter_at[pc / 2] == 0)
        return;
    running = &meters[meter_at[pc / 2] - 1];
    began = target->count;
    return_to = target->return_address(target);
}

static struct cost cost_of(const char *function)
{
    for (size_t i = 0; i < LENGTH(meters); i++)
        if (strcmp(meters[i].name, function) == 0)
            return meters[i].cost;
    fail("%s is not counted", function);
}

static void forget_costs(void)
{
    for (size_t i = 0; i < LENGTH(meters); i++)
        memset(&meters[i].cost, 0, sizeof meters[i].cost);
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

static uint32_t call(const char *function, uint32_t a, uint32_t b)
{
    uint32_t address = elf_symbol(symbols, function);
    if (!address)
        fail("%s: no function %s", image, function);
    return target->call(target, address, a, b);
}

/* Begin anew: memory as after start-up, nothing counted. */
static void fresh(void)
{
    target->reset(target);
    forget_costs();
}

/* Run work that is not counted. */
static void prepare(const char *function, uint32_t a, uint32_t b)
{
    uint32_t wrong = call(function, a, b) & 0xFFFF;
    if (wrong)
        fail("%s, %s: %s(%u, %u) finds %u things wrong", platform, configuration, function, a, b, wrong);
}

/* Run work that is. */
static void measure(const char *function, uint32_t a, uint32_t b)
{
    target->at = at_instruction;
    prepare(function, a, b);
    if (running)
        end_call(); /* the last thing it did was to call */
    target->at = NULL;
}

/* Does the machine count 100 nops and a return as what they are? */
static void calibrate(void)
{
    uint64_t before = target->count;
    call("work_100_nops", 0, 0);
    if (target->count - before != 100 + target->return_cost)
        fail("%s: %llu %s for 100 nops", platform, (unsigned long long)(target->count - before),
             target->unit);
}

static void start(const char *path)
{
    image = path;
    symbols = elf_open(image);
    target = machine_open(platform, image);
    calibrate();
    for (size_t i = 0; i < LENGTH(meters); i++) {
        uint32_t address = elf_symbol(symbols, meters[i].name) & ~1u;
        if (!address || address >= MACHINE_FLASH_SIZE)
            fail("%s: no function %s", image, meters[i].name);
        meter_at[address / 2] = (uint8_t)(i + 1);
    }
}

/* ---- Printing ---------------------------------------------------------------------------------------------------- */

static bool copies; /* the figures that follow have the libc's memcpy in them */

static void print(const char *operation, const char *metric, double value)
{
    printf("%s\t%s%s%s\t%s\t%s\t%.10g\n", platform, configuration, copies ? " " : "", copies ? libc : "",
           operation, metric, value);
}

static void print_unit(const char *operation, const char *suffix, double value)
{
    char metric[64];
    snprintf(metric, sizeof metric, "%s%s", target->unit, suffix);
    print(operation, metric, value);
}

static void print_cost(const char *operation, struct cost c)
{
    if (c.calls == 0)
        fail("%s, %s: %s was never called", platform, configuration, operation);
    print_unit(operation, ".best", (double)c.best);
    print_unit(operation, ".worst", (double)c.worst);
    print_unit(operation, ".mean", (double)c.sum / (double)c.calls);
}

/* Two calls that belong together. */
static struct cost sum_of(struct cost a, struct cost b)
{
    return (struct cost){a.calls, a.sum + b.sum, a.best + b.best, a.worst + b.worst};
}

/* ---- What must not grow ------------------------------------------------------------------------------------------ */

static int compared, grown;

/* Where a figure may lie: between best and worst of the first size of a row. */
struct flat {
    const char *what;
    struct cost first;
};

static void expect_flat(struct flat *f, struct cost c, const char *across, unsigned size)
{
    if (f->first.calls == 0)
        f->first = c;
    compared++;
    if (c.best >= f->first.best && c.worst <= f->first.worst)
        return;
    grown++;
    fprintf(stderr, "%s, %s: NOT FLAT: %s takes %llu..%llu %s with %s=%u, and %llu..%llu with the first\n",
            platform, configuration, f->what, (unsigned long long)c.best, (unsigned long long)c.worst,
            target->unit, across, size, (unsigned long long)f->first.best,
            (unsigned long long)f->first.worst);
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

static const char *const block_calls[] = {"alloc", "free", "get", "size",
                                          "resize"}; /* the first three: hot */

static struct cost cost_of_block(size_t call)
{
    char function[64];
    snprintf(function, sizeof function, "ta_%s", block_calls[call]);
    return cost_of(function);
}

/* Take and give back all blocks, in several orders; look at each once. */
static void use_pool(unsigned count, unsigned size)
{
    const unsigned strides[] = {1, count - 1, 7};
    for (size_t i = 0; i < LENGTH(strides); i++) {
        measure("pool_fill", count, size);
        measure("pool_look", size, size / 2);
        measure("pool_drain", strides[i], 0);
    }
}

static void blocks(void)
{
    fresh();
    use_pool(64, 32);
    measure("work_churn", 2, 0);
    for (size_t i = 0; i < LENGTH(block_calls); i++)
        print_cost(block_calls[i], cost_of_block(i));
    fresh();
    measure("pool_fill", 1, 32);
    print_cost("first alloc", cost_of("ta_alloc"));
    fresh();
    prepare("pool_fill", 64, 32);
    prepare("pool_refuse_begin", 0, 0);
    measure("pool_refuse", 0, 0);
    for (size_t i = 0; i < LENGTH(block_calls); i++) {
        char operation[64];
        snprintf(operation, sizeof operation, "%s refused", block_calls[i]);
        print_cost(operation, cost_of_block(i));
    }
}

static uint64_t count_of(const char *function)
{
    uint64_t before = target->count;
    measure(function, 0, 0);
    return target->count - before;
}

static void workloads(void)
{
    fresh();
    measure("work_pair", 192, 0);
    print_cost("pair", sum_of(cost_of("ta_alloc"), cost_of("ta_free")));
    fresh();
    measure("work_churn", 2, 0);
    struct cost churn = sum_of(cost_of("ta_alloc"), cost_of("ta_free"));
    print_unit("churn", "/step", (double)churn.sum / 8192);
    fresh();
    prepare("work_get_begin", 0, 0);
    double unchecked = (double)count_of("work_get_unchecked");
    print_unit("get in a loop", ".worst", ((double)count_of("work_get") - unchecked) / 64);
    print_unit("get inlined", ".worst", ((double)count_of("work_get_inlined") - unchecked) / 64);
}

static void print_growing_blocks(struct flat flats[], const char *across, unsigned size)
{
    for (size_t i = 0; i < LENGTH(block_calls); i++) {
        char operation[64];
        snprintf(operation, sizeof operation, "%s %s=%u", block_calls[i], across, size);
        print_cost(operation, cost_of_block(i));
        flats[i].what = block_calls[i];
        expect_flat(&flats[i], cost_of_block(i), across, size);
    }
}

/* Alloc, free and get at each fill level, twice: a level reached for the first time is a new peak. */
static void fill_levels(struct flat flats[], unsigned count)
{
    fresh();
    prepare("pool_make", 32, count);
    for (unsigned level = 0; level < count; level++) {
        forget_costs();
        measure("pool_fill", 1, 32);
        measure("pool_free_last", 0, 0);
        measure("pool_fill", 1, 32);
        measure("pool_get_last", 0, 0);
        for (size_t i = 0; i < 3; i++)
            expect_flat(&flats[i], cost_of_block(i), "level", level);
    }
}

static void pool_sizes(void)
{
    static const unsigned counts[] = {4, 8, 16, 32, 64, 128, 256};
    struct flat flats[LENGTH(block_calls)] = {0};
    unsigned most = call("pool_most", 0, 0) & 0xFFFF;
    for (size_t i = 0; i < LENGTH(counts) && (i == 0 || counts[i - 1] < most); i++) {
        unsigned count = counts[i] < most ? counts[i] : most;
        fresh();
        prepare("pool_make", 32, count);
        use_pool(count, 32);
        print_growing_blocks(flats, "pool", count);
        fill_levels(flats, count);
    }
}

static void block_sizes(void)
{
    static const unsigned sizes[] = {1, 8, 16, 20, 32, 64, 128, 255};
    struct flat flats[LENGTH(block_calls)] = {0};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        fresh();
        if (call("pool_make", sizes[i], 8) & 0xFFFF)
            break;
        use_pool(8, sizes[i]);
        print_growing_blocks(flats, "block", sizes[i]);
    }
}

static void request_sizes(void)
{
    static const unsigned sizes[] = {32, 0, 1, 16, 31};
    struct flat flats[LENGTH(block_calls)] = {0};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        fresh();
        use_pool(64, sizes[i]);
        print_growing_blocks(flats, "size", sizes[i]);
    }
}

/* ---- Bytes through queues and buffers ---------------------------------------------------------------------------- */

static const char *noun; /* "queue" or "buffer" */

static struct cost cost_of_call(const char *verb)
{
    char function[64];
    snprintf(function, sizeof function, "ta_%s_%s", noun, verb);
    return cost_of(function);
}

static void fifo_fresh(unsigned block_size, unsigned count, unsigned limit)
{
    fresh();
    prepare("pool_make", block_size, count);
    prepare("fifo_make", strcmp(noun, "queue") == 0, limit);
}

static void hold(unsigned bytes)
{
    for (; bytes > 0; bytes -= bytes < 64 ? bytes : 64)
        prepare("fifo_write", bytes < 64 ? bytes : 64, 0);
}

/* Operations through a queue have no prefix. */
static void name_fifo(char operation[64], unsigned n, unsigned resident, const char *suffix)
{
    int length = snprintf(operation, 64, "%sfifo %u", *noun == 'q' ? "" : "buffer ", n);
    if (resident)
        length += snprintf(operation + length, 64 - (size_t)length, " resident %u", resident);
    snprintf(operation + length, 64 - (size_t)length, "%s", suffix);
}

static double per_byte(unsigned n, unsigned rounds)
{
    struct cost in = cost_of_call(n == 1 ? "push" : "write"), out = cost_of_call(n == 1 ? "pop" : "read");
    if (in.calls != rounds || out.calls != rounds)
        fail("%s: %u rounds were asked for, and not made", platform, rounds);
    return (double)(in.sum + out.sum) / ((double)n * rounds);
}

/* The single calls of the last measurement. */
static void print_bulk_calls(unsigned n, unsigned resident)
{
    static const char *const verbs[] = {"write", "read"};
    for (size_t i = 0; i < LENGTH(verbs); i++) {
        char operation[64];
        int length = snprintf(operation, sizeof operation, "%s %s %u", noun, verbs[i], n);
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
    copies = n > 1;
    print_unit(operation, "/byte", per_byte(n, 64));
    if (n > 1)
        print_bulk_calls(n, resident);
    copies = false;
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
    copies = true;
    print_unit(operation, "/byte", per_byte(n, 64));
    copies = false;
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
    copies = true;
    name_fifo(operation, 64, resident, " at any phase");
    print_unit(operation, "/byte.best", best);
    print_unit(operation, "/byte.worst", worst);
    copies = false;
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
            copies = works[w] > 1;
            print_unit(operation, "/byte", per_byte(works[w], 128));
            copies = false;
        }
}

/* One call moves so many bytes. */
static void lengths_of_call(void)
{
    static const unsigned lengths[] = {0, 1, 8, 16, 32, 64, 128, 256, 512, 700};
    copies = true;
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
            snprintf(operation, sizeof operation, "%s %s of %u bytes", noun, verbs[v], lengths[i]);
            print_cost(operation, cost_of_call(verbs[v]));
        }
    }
    copies = false;
}

/* Every call with so many bytes held; false: they do not fit in here. */
static bool use_fifo(unsigned held)
{
    fresh();
    if (call("pool_make", 64, held / 64 + 4) & 0xFFFF)
        return false;
    prepare("fifo_make", *noun == 'q', 0);
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
    snprintf(operation, sizeof operation, "%s at %s of %u bytes", noun, which, held);
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
            copies = v == 2 || v == 3;
            snprintf(operation, sizeof operation, "%s %s%s length=%u", noun, verbs[v], copies ? " 64" : "",
                     lengths[i]);
            print_cost(operation, cost_of_call(verbs[v]));
            flats[v].what = verbs[v];
            if (lengths[i] > 0) /* the first and the last chunk are one only there */
                expect_flat(&flats[v], cost_of_call(verbs[v]), "length", lengths[i]);
        }
        copies = false;
        print_at(0, "first", lengths[i]);
        print_at(lengths[i], "last", lengths[i]);
    }
}

static void print_call(const char *verb, const char *suffix)
{
    char operation[64];
    snprintf(operation, sizeof operation, "%s %s%s", noun, verb, suffix);
    print_cost(operation, cost_of_call(verb));
}

static void bytes(const char *which)
{
    static const unsigned works[][2] = {{1, 0}, {1, 480}, {64, 0}, {64, 480}, {700, 0}, {700, 240}};
    noun = which;
    for (size_t i = 0; i < LENGTH(works); i++)
        fifo(works[i][0], works[i][1]);
    fifo_in_mixed_pool(64);
    fifo_in_mixed_pool(700);
    fifo_at_any_phase(0);
    fifo_at_any_phase(480);
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

static void growing_bytes(const char *which)
{
    noun = which;
    fifo_block_sizes();
    lengths_of_call();
    lengths_held();
}

int main(int argc, char **argv)
{
    if (argc != 5)
        fail("usage: measure PLATFORM IMAGE CONFIGURATION LIBC");
    platform = argv[1];
    configuration = argv[3];
    libc = argv[4];
    start(argv[2]);
    blocks();
    workloads();
    bytes("queue");
    bytes("buffer");
    pool_sizes();
    block_sizes();
    request_sizes();
    growing_bytes("queue");
    growing_bytes("buffer");
    fprintf(stderr, "%s, %s: %d costs compared across sizes of pool, block, request and data, %d grow\n",
            platform, configuration, compared, grown);
    return grown > 0;
}
