/* Single blocks. */
#include "measure.h"
#include "meter.h"
#include <stdio.h>

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

void measure_blocks(void)
{
    blocks();
    workloads();
}

void measure_growing_blocks(void)
{
    pool_sizes();
    block_sizes();
    request_sizes();
}
