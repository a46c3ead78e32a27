/*
 * The conformance kit. Blocks are held by chaining them, so that it needs no memory of its own however many
 * there are.
 */
#include <stdint.h>
#include <tinyalloc/conformance.h>
#include <tinyalloc/slab.h>

/* A rule that does not hold ends the test with its text. */
#define RULE(condition, text) \
    do {                      \
        if (!(condition))     \
            return text;      \
    } while (0)

/* A group of rules ends the test when one of them did. */
#define RULES(group)                  \
    do {                              \
        const char *broken = (group); \
        if (broken)                   \
            return broken;            \
    } while (0)

#if TA_CUSTOM_BACKENDS

/* An old handle is kept while its slot has lifetimes that it must not name: all of them if generations have 8 or 16 bits,
 * else more than 16 bits tell apart. With TA_RETIRE few, because they wear slots out. */
#if TA_RETIRE
#define LIFETIMES_APART 50
#elif TA_GENERATION_BITS < 32
#define LIFETIMES_APART ((1L << (TA_GENERATION_BITS - 1)) - 1)
#else
#define LIFETIMES_APART 40000L
#endif
#define LIFETIMES (LIFETIMES_APART + (TA_RETIRE ? 0 : 5)) /* and a few in which it may name one */

static bool same(ta_handle a, ta_handle b)
{
    return ta_handle_eq(a, b);
}

/* A pattern that differs from block to block and from byte to byte. */
static void fill(const ta_allocator *a, ta_handle h, size_t seed)
{
    uint8_t *block = ta_get(a, h);
    for (size_t i = 0; i < a->block_size; i++)
        block[i] = (uint8_t)(seed * 31 + i);
}

static bool is_filled(const ta_allocator *a, ta_handle h, size_t seed)
{
    const uint8_t *block = ta_get(a, h);
    for (size_t i = 0; block && i < a->block_size; i++)
        if (block[i] != (uint8_t)(seed * 31 + i))
            return false;
    return block != NULL;
}

/* ---- Groups of rules: each begins and ends with every block free --------------------------------------- */

static const char *all_free(const ta_allocator *a)
{
    ta_stats stats = ta_stats_of(a);
    RULE(stats.used == 0, "stats: nothing is taken, but used is not 0");
    RULE(stats.capacity >= 4, "stats: capacity is below 4: too few blocks to test");
    RULE(stats.capacity <= TA_SLAB_MAX_BLOCKS, "stats: capacity is above TA_SLAB_MAX_BLOCKS");
    RULE(a->block_size > 0 && stats.block_size == a->block_size, "stats: block_size is not the allocator's");
    RULE(ta_available(a) == stats.capacity - stats.retired,
         "available: is not the capacity while nothing is taken");
    return NULL;
}

/* Every call refuses this handle, and refusing changes nothing. */
static const char *refused(const ta_allocator *a, ta_handle h, ta_handle live)
{
    size_t used = ta_stats_of(a).used;
    RULE(ta_get(a, h) == NULL, "get: gives a block for a stale handle");
    RULE(ta_size(a, h) == 0, "size: is not 0 for a stale handle");
    RULE(ta_resize(a, h, 1) == TA_E_STALE, "resize: accepts a stale handle");
    RULE(same(a->operations->next(a, h), TA_NONE), "next: follows a stale handle");
    RULE(!a->operations->set_next(a, h, live), "set_next: accepts a stale handle");
    RULE(same(a->operations->free_next(a, h), TA_NONE), "free_next: accepts a stale handle");
    RULE(same(a->operations->renew(a, h), TA_NONE), "renew: accepts a stale handle");
    RULE(!ta_free(a, h), "free: accepts a stale handle");
    RULE(ta_stats_of(a).used == used, "stats: refusing a stale handle changes used");
    return NULL;
}

static const char *one_block(const ta_allocator *a)
{
    ta_handle h = ta_alloc(a, a->block_size);
    RULE(!same(h, TA_NONE) && ta_get(a, h), "alloc: no block although all are free");
    RULE(ta_size(a, h) == a->block_size, "size: is not what alloc was asked for");
    RULE(ta_stats_of(a).used == 1, "stats: used is not 1 after one alloc");
    fill(a, h, 1);
    RULE(ta_resize(a, h, 0) == TA_OK && ta_size(a, h) == 0, "resize: size is not what was asked for");
    RULE(ta_resize(a, h, a->block_size) == TA_OK && is_filled(a, h, 1), "resize: changes the contents");
    RULE(same(ta_handle_of(a, ta_get(a, h)), h), "handle_of: is not the handle of a live block");
    void *block = ta_get(a, h);
    RULE(ta_free(a, h), "free: refuses a live handle");
    RULE(same(ta_handle_of(a, block), TA_NONE), "handle_of: names a block that is free");
    return NULL;
}

static const char *stale_handles(const ta_allocator *a)
{
    ta_handle other = ta_alloc(a, 1), old = ta_alloc(a, 1);
    RULES(refused(a, TA_NONE, other));
    ta_free(a, old);
    RULES(refused(a, old, other));
    for (long i = 0; i < LIFETIMES; i++) {
        ta_handle h = ta_alloc(a, 1);
        RULE(ta_is_live(a, h), "alloc: gives a stale handle");
        if (i < LIFETIMES_APART) {
            RULE(!same(h, old), "alloc: gives a handle again too early");
            RULES(refused(a, old, other));
            RULE(ta_is_live(a, h) && ta_is_live(a, other),
                 "free: a stale handle frees somebody else's block");
        }
        RULE(ta_free(a, h), "free: refuses a live handle");
    }
    RULE(ta_free(a, other), "free: refuses a live handle");
    return NULL;
}

/* Take every block, as one chain from `*first` on. */
static const char *take_all(const ta_allocator *a, size_t capacity, ta_handle *first)
{
    ta_handle last = *first = ta_alloc(a, 1);
    fill(a, last, 0);
    for (size_t i = 1; i < capacity; i++) {
        ta_handle h = ta_alloc(a, 1);
        RULE(!same(h, TA_NONE), "alloc: refuses before all blocks are taken");
        fill(a, h, i);
        RULE(a->operations->set_next(a, last, h), "set_next: refuses a live handle");
        RULE(same(a->operations->next(a, last), h), "next: is not what set_next made it");
        last = h;
    }
    return NULL;
}

static const char *every_block(const ta_allocator *a)
{
    size_t capacity = ta_stats_of(a).capacity - ta_stats_of(a).retired;
    ta_handle h;
    RULES(take_all(a, capacity, &h));
    RULE(ta_stats_of(a).used == capacity && ta_available(a) == 0,
         "stats: all are taken, but used or available disagree");
    RULE(same(ta_alloc(a, 1), TA_NONE), "alloc: gives more blocks than there are");
    RULE(!a->operations->set_aside(a, 1), "set_aside: sets more blocks aside than there are");
    for (size_t i = 0; i < capacity; i++) {
        RULE(is_filled(a, h, i), "get: blocks overlap, or set_next writes into them");
        ta_handle next = a->operations->next(a, h);
        RULE(i + 1 == capacity || !same(next, TA_NONE), "next: the chain breaks off");
        RULE(i + 1 == capacity ? ta_free(a, h) : same(a->operations->free_next(a, h), next),
             "free_next: is not the successor, or refuses a live handle");
        RULE(!ta_is_live(a, h), "free_next: the block is live afterwards");
        h = next;
    }
    return NULL;
}

static const char *quotas(const ta_allocator *a)
{
    size_t capacity = ta_available(a);
    ta_handle h, other = TA_NONE_INIT;
    RULE(!a->operations->set_aside(a, capacity + 1), "set_aside: sets more blocks aside than there are");
    RULE(ta_available(a) == capacity, "set_aside: a refused quota changes available");
    RULE(a->operations->set_aside(a, capacity), "set_aside: refuses although all blocks are free");
    RULE(ta_available(a) == 0 && same(ta_alloc(a, 1), TA_NONE), "alloc: gives a block that was set aside");
    h = a->operations->take(a);
    RULE(ta_is_live(a, h), "take: a block that was set aside is not given");
    RULE(ta_stats_of(a).used == capacity, "take: changes what is counted as used");
    RULE(ta_free(a, h), "free: refuses a block that was set aside and taken");
    h = ta_alloc(a, 1);
    RULE(ta_is_live(a, h), "free: the block does not come back next to the quota");
    for (size_t i = 1; i < capacity; i++) {
        other = a->operations->take(a);
        RULE(ta_is_live(a, other) && !same(h, other), "take: a block that was set aside is not given");
        ta_free(a, other);
    }
    RULE(ta_free(a, h), "free: refuses a live handle");
    return NULL;
}

static const char *renewing(const ta_allocator *a)
{
    ta_handle before = ta_alloc(a, 1), h = ta_alloc(a, 1), after = ta_alloc(a, 1);
    a->operations->set_next(a, before, h);
    a->operations->set_next(a, h, after);
    fill(a, h, 7);
    void *block = ta_get(a, h);
    ta_handle renewed_handle = a->operations->renew(a, h);
    RULE(!same(renewed_handle, TA_NONE) && !same(renewed_handle, h),
         "renew: the generation is not a new one");
    RULES(refused(a, h, after));
    RULE(ta_get(a, renewed_handle) == block && is_filled(a, renewed_handle, 7),
         "renew: block or contents change");
    RULE(same(a->operations->next(a, renewed_handle), after), "renew: the successor is lost");
    RULE(same(a->operations->next(a, before), renewed_handle),
         "renew: the predecessor does not lead to the new handle");
    RULE(ta_free(a, after) && same(a->operations->next(a, renewed_handle), TA_NONE),
         "next: leads to a block that was freed");
    RULE(ta_free(a, before) && ta_free(a, renewed_handle), "free: refuses a live handle");
    return NULL;
}

static const char *clearing(const ta_allocator *a)
{
    ta_handle h = ta_alloc(a, 1), other = ta_alloc(a, 1);
    ta_clear(a);
    RULE(!ta_is_live(a, h) && !ta_is_live(a, other), "clear: a handle is live afterwards");
    RULES(all_free(a));
    ta_handle fresh = ta_alloc(a, 1);
    RULES(refused(a, h, fresh));
    RULE(ta_free(a, fresh), "free: refuses a live handle");
    return NULL;
}

const char *ta_conformance(const ta_allocator *a)
{
    static const char *(*const groups[])(const ta_allocator *) = {one_block, stale_handles, every_block,
                                                                  quotas,    renewing,      clearing};
    RULE(a, "there is no allocator");
    RULES(all_free(a));
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        RULES(groups[i](a));
        RULES(all_free(a));
    }
    return NULL;
}

#else

const char *ta_conformance(const ta_allocator *a)
{
    (void)a;
    return "this build has no TA_CUSTOM_BACKENDS";
}

#endif
