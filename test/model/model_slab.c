/*
 * A slab against a plain list of free slots: every handle that was ever given out is asked about after every step.
 */
#include "interpreter.h"
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 3 };
TA_SLAB_DEFINE(pool, 6, 7);

#define BLOCKS 7
#define SIZE 6
#define REMEMBERED 32

/* The model: the free slots in the order in which they are taken, and what every slot holds. */
static size_t free_slots[BLOCKS], free_count, reserve, failures;
static struct block {
    bool is_live;
    ta_handle handle;
    size_t size;
    uint8_t fill;
} blocks[BLOCKS];
static ta_handle stale[REMEMBERED]; /* handles whose lifetime is over */
static size_t stale_count;

static size_t live_count(void)
{
    return BLOCKS - free_count;
}

static void forget(ta_handle h)
{
    stale[stale_count++ % REMEMBERED] = h;
}

/* A slot that was freed may be retired instead of waiting in the list. */
static void give(size_t slot)
{
    blocks[slot].is_live = false;
    forget(blocks[slot].handle);
    free_slots[free_count++] = slot;
}

static void take(ta_handle h, size_t size, uint8_t fill)
{
    size_t slot = free_slots[0];
    memmove(free_slots, free_slots + 1, --free_count * sizeof *free_slots);
    blocks[slot] = (struct block){true, h, size, fill};
    memset(ta_get(pool, h), fill, SIZE);
}

static bool check(void)
{
    EXPECT(ta_slab_check(pool) == 0);
    ta_stats stats = ta_stats_of(pool);
    EXPECT(stats.used == live_count() && stats.capacity == BLOCKS);
    EXPECT(!TA_STATISTICS || stats.failures == failures);
    EXPECT(ta_available(pool) == (free_count > reserve ? free_count - reserve : 0));
    for (size_t slot = 0; slot < BLOCKS; slot++) {
        const struct block *b = &blocks[slot];
        EXPECT(ta_handle_eq(ta_slab_handle_at(pool, slot), b->is_live ? b->handle : TA_NONE));
        if (!b->is_live)
            continue;
        const uint8_t *bytes = ta_get(pool, b->handle);
        EXPECT(bytes && ta_size(pool, b->handle) == b->size && ta_handle_slot(b->handle) == slot);
        EXPECT(ta_handle_eq(ta_handle_of(pool, bytes), b->handle));
        for (size_t i = 0; i < SIZE; i++)
            EXPECT(bytes[i] == b->fill);
    }
    for (size_t i = 0; i < stale_count && i < REMEMBERED; i++)
        EXPECT(!ta_get(pool, stale[i]) && !ta_free(pool, stale[i]) &&
               ta_resize(pool, stale[i], 1) == TA_E_STALE);
    return true;
}

static bool op_alloc(tape *t)
{
    bool is_urgent = next_below(t, 4) == 0;
    size_t size = next_below(t, SIZE + 1);
    bool fits = is_urgent ? free_count > 0 : free_count > reserve;
    ta_handle h = is_urgent ? ta_slab_alloc_headroom(pool, size) : ta_alloc(pool, size);
    EXPECT(ta_is_live(pool, h) == fits);
    if (!fits) {
        failures += failures < TA_SLAB_MAX_BLOCKS;
        return true;
    }
    EXPECT(ta_handle_slot(h) == free_slots[0]);
    take(h, size, next_byte(t));
    return true;
}

static bool op_free(tape *t)
{
    struct block *b = &blocks[next_below(t, BLOCKS)];
    EXPECT(ta_free(pool, b->handle) == b->is_live);
    if (b->is_live)
        give((size_t)(b - blocks));
    return true;
}

static bool op_other(tape *t)
{
    struct block *b = &blocks[next_below(t, BLOCKS)];
    size_t n = next_below(t, SIZE + 1);
    switch (next_below(t, 8)) {
    case 0:
        ta_clear(pool);
        for (size_t slot = 0; slot < BLOCKS; slot++)
            if (blocks[slot].is_live)
                give(slot);
        return true;
    case 1:
        n %= 4;
        if (free_count < reserve) /* partly in use */
            EXPECT(ta_slab_set_headroom(pool, n) == TA_E_RANGE);
        else if (n > free_count)
            EXPECT(ta_slab_set_headroom(pool, n) == TA_E_NO_MEMORY);
        else
            EXPECT(ta_slab_set_headroom(pool, reserve = n) == TA_OK);
        return true;
    default:
        EXPECT(ta_resize(pool, b->handle, n) == (b->is_live ? TA_OK : TA_E_STALE));
        b->size = n;
        return true;
    }
}

bool interpret(const uint8_t *bytes, size_t length)
{
    tape t = {bytes, length, 0};
    ta_slab_reset(pool);
    memset(blocks, 0, sizeof blocks);
    free_count = BLOCKS;
    for (size_t i = 0; i < BLOCKS; i++)
        free_slots[i] = i;
    reserve = failures = stale_count = 0;
    while (t.at < t.length) {
        uint8_t op = next_byte(&t) % 8;
        EXPECT(op < 4 ? op_alloc(&t) : op < 7 ? op_free(&t) : op_other(&t));
        EXPECT(check());
    }
    return true;
}
