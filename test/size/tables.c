/*
 * The rows of the tables in docs/sizing.md, for one pair of widths: from the library's own types and macros, and from runs
 * of the library. tools/size puts them together.
 *
 *     tables widths | reuse | blocks | ram_keys | ram
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

#define LIFETIMES (UINT64_C(1) << (TA_GENERATION_BITS - 1))

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "tables: not so: %s\n", what);
    exit(1);
}

/* 1234567 as 1,234,567. */
static const char *number(uint64_t n)
{
    static char texts[8][32];
    static unsigned next;
    char digits[24], *out = texts[next = (next + 1) % 8];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, n);
    char *at = out;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *at++ = ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return out;
}

/* ---- How long a stale handle stays refused ------------------------------------------------------------------- */

TA_SLAB_DEFINE(reused, 1, 40);

/* Frees until the handle of a freed block matches again, while `free_slots` slots are free. */
static uint64_t frees_until_it_matches(size_t free_slots)
{
    ta_clear(reused);
    while (ta_available(reused) > free_slots)
        ta_alloc(reused, 0);
    ta_handle next = ta_alloc(reused, 0), stale = next;
    ta_free(reused, stale);
    for (uint64_t frees = 1;; frees++) {
        next = ta_alloc(reused, 0);
        if (ta_is_live(reused, stale))
            return frees;
        ta_free(reused, next);
    }
}

static void show_widths(void)
{
    size_t bare = offsetof(ta_slab_state_, peak);
    printf("| %d/%d | %zu | %zu | %zu | %s of %s bytes | %s |\n", TA_SLOT_BITS, TA_GENERATION_BITS,
           sizeof(struct ta_entry_), bare, sizeof(ta_slab_state_) - bare, number(TA_SLAB_MAX_BLOCKS),
           number(TA_SLAB_MAX_BLOCK_SIZE), number(LIFETIMES));
}

static const char *duration(uint64_t milliseconds)
{
    static const struct {
        const char *name;
        uint64_t milliseconds;
    } units[] = {{"years", UINT64_C(31557600000)},
                 {"days", 86400000},
                 {"hours", 3600000},
                 {"minutes", 60000},
                 {"s", 1000},
                 {"ms", 1}};
    static char texts[4][32];
    static unsigned next;
    char *out = texts[next = (next + 1) % 4];
    size_t i = 0;
    while (milliseconds < 2 * units[i].milliseconds)
        i++;
    snprintf(out, sizeof texts[0], "%s %s", number(milliseconds / units[i].milliseconds), units[i].name);
    return out;
}

static void show_reuse(void)
{
    static const size_t free_slots[] = {1, 8, 32};
    for (size_t i = 0; i < 3; i++) {
        uint64_t frees = free_slots[i] * LIFETIMES;
        if (TA_GENERATION_BITS <= 16)
            require(frees_until_it_matches(free_slots[i]) == frees,
                    "a handle matches again after F * 2^(G-1) frees");
        printf("| %d | %zu | %s | %s | %s | %s |\n", TA_GENERATION_BITS, free_slots[i], number(frees),
               duration(frees * 1000), duration(frees * 10), duration(frees / 10));
    }
}

/* ---- Blocks for n bytes ---------------------------------------------------------------------------------------- */

TA_SLAB_DEFINE(blocks_8, 8, 80);
TA_SLAB_DEFINE(blocks_32, 32, 24);
TA_SLAB_DEFINE(blocks_64, 64, 16);

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The blocks that n bytes take in a buffer whose first byte lies at each offset in turn: the fewest and the most. */
static void measure_buffer(const ta_allocator *pool, size_t n, size_t *fewest, size_t *most)
{
    static const uint8_t data[512];
    *fewest = SIZE_MAX;
    *most = 0;
    for (size_t offset = 0; offset < pool->block_size; offset++) {
        ta_buffer b = TA_BUFFER_INIT(pool);
        require(ta_buffer_write(&b, data, offset + n) == TA_OK && ta_buffer_consume(&b, offset) == TA_OK,
                "it fits");
        size_t used = ta_stats_of(pool).used;
        *fewest = used < *fewest ? used : *fewest;
        *most = largest(used, *most);
        ta_buffer_clear(&b);
    }
}

/* The most blocks that a queue of at most n bytes ever holds, when it runs full and empty at every phase. */
static size_t measure_queue(const ta_allocator *pool, size_t n)
{
    ta_queue q = TA_QUEUE_INIT(pool, n);
    size_t most = 0;
    for (size_t step = 1; step <= n; step++) {
        for (size_t round = 0; round < 2 * pool->block_size; round++) {
            uint8_t byte;
            while (ta_queue_push(&q, 0) == TA_OK) {
            }
            most = largest(most, ta_stats_of(pool).used);
            for (size_t i = 0; i < step; i++)
                require(ta_queue_pop(&q, &byte) == TA_OK, "what was pushed can be popped");
        }
    }
    ta_queue_clear(&q);
    return most;
}

static void show_blocks(void)
{
    static const ta_allocator *const pools[] = {blocks_8, blocks_32, blocks_64};
    static const size_t lengths[] = {1, 8, 20, 64, 128, 129, 250};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        printf("| %zu |", lengths[i]);
        for (size_t p = 0; p < 3; p++) {
            size_t n = lengths[i], size = pools[p]->block_size, fewest, most;
            measure_buffer(pools[p], n, &fewest, &most);
            require(fewest == (n + size - 1) / size,
                    "at a block's start n bytes take ceil(n / block_size) blocks");
            require(most == 1 + (n - 1 + size - 1) / size, "at any phase, 1 + ceil((n - 1) / block_size)");
            require(measure_queue(pools[p], n) == 1 + (n + size - 1) / size,
                    "a queue takes 1 + ceil(n / block_size)");
            printf(" %zu | %zu | %zu |", fewest, most, 1 + (n + size - 1) / size);
        }
        printf("\n");
    }
}

/* ---- RAM besides the payload ---------------------------------------------------------------------------------- */

#define SLABS(each)                                                                                 \
    each(8, 128) each(16, 64) each(32, 32) each(64, 16) each(128, 8) SLABS_4096(each) each(32, 128) \
        each(64, 64) each(128, 32)
#if TA_SLOT_BITS == 8
#define SLABS_4096(each) NONE(8, 512) NONE(16, 256)
#else
#define SLABS_4096(each) each(8, 512) each(16, 256)
#endif
#define DEFINE(size, count) TA_SLAB_DEFINE(slab_##size##_##count, size, count);
#define NONE(size, count)
SLABS(DEFINE)
#undef NONE

static void show_ram_of(size_t payload, size_t bytes)
{
    size_t tenths = (bytes * 1000 + payload / 2) / payload;
    printf("%s (%zu.%zu %%) |\n", number(bytes), tenths / 10, tenths % 10);
}

static void show_ram(void)
{
#define SHOW(size, count)                                                                 \
    require(ta_stats_of(slab_##size##_##count).capacity == (count), "it has its blocks"); \
    show_ram_of(sizeof slab_##size##_##count##_blocks_, sizeof slab_##size##_##count##_table_);
#define NONE(size, count) printf("too many blocks |\n");
    SLABS(SHOW)
#undef NONE
}

static void show_ram_keys(void)
{
#define KEY(size, count) printf("| %s | %d | %d |\n", number((size) * (count)), size, count);
#define NONE(size, count) KEY(size, count)
    SLABS(KEY)
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*show)(void);
    } tables[] = {{"widths", show_widths},
                  {"reuse", show_reuse},
                  {"blocks", show_blocks},
                  {"ram_keys", show_ram_keys},
                  {"ram", show_ram}};
    for (size_t i = 0; argc == 2 && i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(argv[1], tables[i].name) == 0) {
            tables[i].show();
            return 0;
        }
    }
    return 2;
}
