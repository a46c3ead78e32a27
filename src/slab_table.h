/*
 * The block table of a slab: entries, state, and the two transitions of a slot, taken and released. Only
 * the slab's own files include this: slab.c, allocator.c, blocks.h.
 *
 * Layout. The table runs from the last slot to the first, and the state follows it. So there are two ways
 * to an entry: `entries` and the distance from the last slot, which one subtraction computes from a handle
 * and rejects when it cannot be valid; and `first` and the slot, next to which the state lies. This is
 * worth 5 instructions in ta_get() and 9 in ta_free().
 *
 *     entries -> [last][    ] ... [  1 ][  0 ] <- first
 *                                        [taken, head, tail, ...]
 */
#ifndef TINYALLOC_SLAB_TABLE_H
#define TINYALLOC_SLAB_TABLE_H

#include "compiler.h"
#include "poison.h"
#include <tinyalloc/port.h>
#include <tinyalloc/slab.h>

typedef struct ta_entry_ entry;
typedef ta_slab_state_ slab_state;
typedef ta_slot_difference offset_t;

#define SLOT_MAX ((ta_slot)-1)

/* ---- Entries: a generation and a link ------------------------------------------------------------------ */

#define generation_of(e) ta_slab_generation_(e)
#define GENERATION_PARTS TA_GENERATION_PARTS_

static inline void set_generation(entry *e, ta_generation generation)
{
    e->generation[GENERATION_PARTS - 1] =
        (ta_slot)((uint32_t)generation >> (TA_GENERATION_BITS - TA_SLOT_BITS));
    e->generation[0] = (ta_slot)generation;
}

/* A lifetime begins or ends. */
static inline void next_generation(entry *e)
{
    set_generation(e, (ta_generation)(generation_of(e) + 1));
}

static inline bool is_live(const entry *e)
{
    return e->generation[0] & 1;
}

/* ---- Finding a slot ------------------------------------------------------------------------------------ */

static inline slab_state *state_of(const ta_allocator *a)
{
    return (slab_state *)(void *)(a->first + 1);
}

#define distance_of(a, h) ta_slab_distance_(a, h)
#define handle_matches(a, h, e) ta_slab_matches_(a, h, e)

/* The entry of a handle that was valid once. */
INLINE entry *entry_of(const ta_allocator *a, ta_handle h)
{
    return a->first - ta_handle_slot(h);
}

static inline ta_handle handle_of_slot(const ta_allocator *a, ta_slot slot, ta_handle_bits generation)
{
    ta_handle h;
    h.bits = (ta_handle_bits)((ta_handle_bits)(generation << TA_SLOT_BITS) + slot + TA_SLAB_POOL_OF_(a));
    return h;
}

/* The handle of an entry that was live a moment ago: if foreign code in an interrupt has ended that lifetime, the handle
 * still names it. */
static inline ta_handle handle_of_entry(const ta_allocator *a, const entry *e)
{
    return handle_of_slot(a, (ta_slot)(a->first - e), (ta_generation)((generation_of(e) - 1u) | 1u));
}

/* The entry of a live handle; NULL when the handle is stale. */
static inline entry *find_live(const ta_allocator *a, ta_handle h)
{
    offset_t distance = distance_of(a, h);
    return distance >= 0 && handle_matches(a, h, &a->entries[distance]) ? &a->entries[distance] : NULL;
}

/* The entry that a link leads to; NULL when there is no such slot or its block is not live. So a link that
 * foreign code has overwritten leads to some live block or to none, never outside the table. */
static inline entry *linked_entry(const ta_allocator *a, const entry *e)
{
    size_t slot = (ta_slot)(a->first - e + 1 + e->link);
    return slot <= (size_t)a->last && is_live(a->first - slot) ? a->first - slot : NULL;
}

/* ---- Counting ------------------------------------------------------------------------------------------ */

/* `peak` is the largest `taken` so far, headroom and retired slots included, as they are in `taken`. */
#if TA_STATISTICS
#define PEAK_OF(s) ((size_t)(s)->peak)
#define FAILURES_OF(s) ((size_t)(s)->failures)
#define SET_PEAK(s, blocks) ((s)->peak = (ta_slot)(blocks))
#define SET_FAILURES(s, count) ((s)->failures = (ta_slot)(count))
#else
#define PEAK_OF(s) ((void)(s), (size_t)SLOT_MAX) /* never exceeded */
#define FAILURES_OF(s) ((void)(s), (size_t)0)
#define SET_PEAK(s, blocks) ((void)(s), (void)(blocks))
#define SET_FAILURES(s, count) ((void)(s), (void)(count))
#endif

#if TA_RETIRE
#define RETIRED_OF(s) ((size_t)(s)->retired)
#define SET_RETIRED(s, slots) ((s)->retired = (ta_slot)(slots))
#else
#define RETIRED_OF(s) ((void)(s), (size_t)0)
#define SET_RETIRED(s, slots) ((void)(s), (void)(slots))
#endif

#if TA_RETIRE && TA_STATISTICS
#define OLD_PEAK_OF(s) ((size_t)(s)->old_peak)
#define SET_OLD_PEAK(s, blocks) ((s)->old_peak = (ta_slot)(blocks))
#else
#define OLD_PEAK_OF(s) ((void)(s), (size_t)0)
#define SET_OLD_PEAK(s, blocks) ((void)(s), (void)(blocks))
#endif

static inline void count_taken(slab_state *s, size_t blocks)
{
    size_t taken = s->taken + blocks;
    if (taken > PEAK_OF(s))
        SET_PEAK(s, taken);
    OPAQUE(taken);
    s->taken = (ta_slot)taken;
}

static inline void count_given(slab_state *s, size_t blocks)
{
    s->taken = (ta_slot)(s->taken - blocks);
}

/* The most blocks that were in use at once. */
static inline size_t peak_used(const slab_state *s)
{
    size_t peak = PEAK_OF(s) - s->headroom - RETIRED_OF(s);
    return peak > OLD_PEAK_OF(s) ? peak : OLD_PEAK_OF(s);
}

/* The slot stays in `taken` for ever. What was in use at most is kept apart, for with it `peak` might not
 * fit a slot. */
static inline void count_retired(slab_state *s)
{
    SET_OLD_PEAK(s, peak_used(s));
    SET_RETIRED(s, RETIRED_OF(s) + 1);
    SET_PEAK(s, s->taken);
}

static inline void count_failure(slab_state *s)
{
    ta_slot failures = (ta_slot)(FAILURES_OF(s) + 1);
    if (failures != 0) /* saturates */
        SET_FAILURES(s, failures);
}

/* ---- Waking -------------------------------------------------------------------------------------------- */

/* The functions call the hook, if there is one, outside critical sections; the second if somebody waits for a block. */
#if TA_WAKE
#define IS_AWAITED(s) ((s)->is_awaited != 0)
#define SET_AWAITED(s, is) ((s)->is_awaited = (is))
void ta_slab_wake_(const ta_allocator *a);
void ta_slab_wake_if_awaited_(const ta_allocator *a);
#else
#define IS_AWAITED(s) ((void)(s), false)
#define SET_AWAITED(s, is) ((void)(s), (void)(is))
#define ta_slab_wake_(a) ((void)(a))
#define ta_slab_wake_if_awaited_(a) ((void)(a))
#endif

/* A request for blocks is refused: somebody may wait for one from now on. Call with interrupts masked. */
static inline void refuse_blocks(slab_state *s)
{
    count_failure(s);
    SET_AWAITED(s, true);
}

/* A block became available. Is a wake-up due, once, after the critical section? Call with interrupts masked. */
static inline bool take_awaited(slab_state *s)
{
    bool is_due = IS_AWAITED(s);
    SET_AWAITED(s, false);
    return is_due;
}

/* ---- Owners -------------------------------------------------------------------------------------------- */

/* Who takes a block: may it come from the headroom, and which owner is noted for it. */
#if TA_OWNERS
typedef uint16_t taker;
#define TAKER(uses_headroom, owner) ((taker)((unsigned)(owner) << 1 | (uses_headroom)))
#define USES_HEADROOM(taker) (((taker)&1) != 0)
#define OWNER_OF(taker) ((uint8_t)((taker) >> 1))
#else
typedef bool taker;
#define TAKER(uses_headroom, owner) (uses_headroom)
#define USES_HEADROOM(taker) (taker)
#define OWNER_OF(taker) 0
#endif

/* Call these with interrupts masked. */
#if TA_OWNERS
static inline uint8_t *owner_at(slab_state *s, size_t slot)
{
    return (uint8_t *)(s + 1) + slot;
}

static inline void count_owned(slab_state *s, uint8_t owner)
{
    size_t below = s->below[owner];
    if (LIKELY(below != 0))
        s->below[owner] = (ta_slot)(below - 1);
    else
        s->highest[owner]++;
}

static inline void begin_owning(slab_state *s, size_t slot, uint8_t owner)
{
    *owner_at(s, slot) = owner;
    count_owned(s, owner);
}

/* The byte stays: it says who had the block last. */
static inline void end_owning(slab_state *s, size_t slot)
{
    s->below[*owner_at(s, slot)]++;
}

/* The block goes to another owner. */
static inline void change_owner(slab_state *s, size_t slot, uint8_t owner)
{
    end_owning(s, slot);
    begin_owning(s, slot, owner);
}
#else
#define begin_owning(s, slot, owner) ((void)(owner))
#define end_owning(s, slot) ((void)0)
#endif

/* ---- The free list ------------------------------------------------------------------------------------- */

/*
 *    head                                   tail            take: head leaves, its link says who is next
 *     |                                      |              release: the freed slot is linked after tail
 *   [ 5 ]-->[ 6 ]-->[ 7 ]-->[ 2 ]-->[ 0 ]-->[ 3 ]
 *
 * When the last free slot is taken nothing is marked: the tail's own entry, being live, tells that the
 * list is empty, for the slot that was freed last is also the last to be taken. A retired slot is neither
 * live nor in the list; its link, the one distance that would lead a slot to itself, tells it apart.
 */
#define RETIRED_LINK SLOT_MAX

static inline bool is_retired(const entry *e)
{
    return TA_RETIRE && generation_of(e) == 0 && e->link == RETIRED_LINK;
}

/* Is this the slot's last lifetime? */
static inline bool is_worn_out(const entry *e)
{
    return TA_RETIRE && generation_of(e) == (ta_generation)-1;
}

/* Begin a lifetime of a free slot. Returns its generation, in the low bits, and in *step how far the next
 * free slot is. The generation is even, so that adding 1 does not carry. */
static inline ta_handle_bits begin_lifetime(entry *e, ta_slot link, ta_slot *step)
{
#if TA_SLOT_BITS == 16 && TA_GENERATION_BITS == 16 && defined(__ARM_FEATURE_UNALIGNED) && \
    !defined(__ARM_BIG_ENDIAN)
    uint32_t both; /* one load, one addition, one store: 4 instructions of 28 in ta_alloc() */
    TA_COPY_(&both, e, sizeof both); /* memcpy() would be a call in a freestanding build */
    both += 0x10001u;
    *step = (ta_slot)(both >> 16);
    uint32_t begun = (both & 0xffffu) | (uint32_t)link << 16;
    TA_COPY_(e, &begun, sizeof begun);
    return (ta_generation)both;
#else
    ta_handle_bits generation = (ta_handle_bits)(generation_of(e) + 1u);
    *step = (ta_slot)(e->link + 1u);
    set_generation(e, (ta_generation)generation);
    e->link = link;
    return generation;
#endif
}

/* Call with interrupts masked, after the block was counted as taken: so there is a free slot. */
static inline ta_handle take_slot(const ta_allocator *a, entry *first, ta_slot link, uint8_t owner)
{
    slab_state *s = (slab_state *)(void *)(first + 1);
    ta_slot slot = s->head, step;
    ta_handle_bits generation = begin_lifetime(first - slot, link, &step);
    s->head = (ta_slot)(slot + step);
    begin_owning(s, slot, owner);
    unpoison(a->blocks - ta_slab_offset_(a, a->last - (offset_t)slot), a->block_size);
    return handle_of_slot(a, slot, generation);
}

/* Append the slot at this distance to the free list. The caller sets the new tail. */
static inline void link_after_tail(slab_state *s, entry *entries, offset_t distance, ta_slot slot)
{
    size_t tail_distance = s->tail;
    entry *tail = &entries[tail_distance];
    OPAQUE(tail);
    if (is_live(tail) || is_retired(tail)) {
        s->head = slot;
    } else {
        size_t link = tail_distance - (size_t)distance - 1u;
        OPAQUE(link);
        tail->link = (ta_slot)link;
    }
}

/* The slot stays out of the list for ever. */
static inline void retire_slot(slab_state *s, entry *e)
{
    set_generation(e, 0);
    e->link = RETIRED_LINK;
    count_retired(s);
}

/* Call with interrupts masked; the slot is live. It may itself be the tail of an empty list: so it joins
 * the list before its lifetime ends. */
static inline void release_slot(slab_state *s, entry *entries, offset_t distance, ta_slot slot)
{
    entry *e = &entries[distance];
    end_owning(s, slot);
    if (is_worn_out(e)) {
        retire_slot(s, e);
        return;
    }
    link_after_tail(s, entries, distance, slot);
    s->tail = (ta_slot)distance;
    count_given(s, 1);
    next_generation(e);
}

/* Blocks that are free for this caller. Call with interrupts masked. */
static inline size_t free_for(const slab_state *s, offset_t last, bool uses_headroom)
{
    offset_t taken = (offset_t)(s->taken - (uses_headroom ? s->headroom : 0));
    return taken > last ? 0 : (size_t)(last + 1 - taken);
}

/* ---- One block ----------------------------------------------------------------------------------------- */

static inline ta_handle slab_alloc(const ta_allocator *a, size_t size, taker who)
{
    ta_handle h = TA_NONE_INIT;
    entry *first = a->first;
    offset_t last = a->last;
    slab_state *s = (slab_state *)(void *)(first + 1);
    ta_mask mask = ta_critical_enter();
    if (LIKELY((offset_t)(s->taken - (USES_HEADROOM(who) ? s->headroom : 0)) <= last)) {
        count_taken(s, 1);
        h = take_slot(a, first, (ta_slot)size, OWNER_OF(who));
    } else {
        refuse_blocks(s);
    }
    ta_critical_exit(mask);
    return h;
}

static inline bool slab_free(const ta_allocator *a, ta_handle h)
{
    offset_t distance = distance_of(a, h);
    if (!LIKELY(distance >= 0))
        return false;
    entry *entries = a->entries;
    slab_state *s = state_of(a);
    ta_mask mask = ta_critical_enter();
    if (!LIKELY(handle_matches(a, h, &entries[distance]))) {
        ta_critical_exit(mask);
        return false;
    }
    poison_block(a, a->blocks - ta_slab_offset_(a, distance));
    release_slot(s, entries, distance, ta_handle_slot(h));
    bool is_due = take_awaited(s);
    ta_critical_exit(mask);
    if (is_due)
        ta_slab_wake_(a);
    return true;
}

/* Set a quota of blocks aside: taking them cannot fail. Call with interrupts masked. */
static inline bool slab_set_aside(slab_state *s, offset_t last, size_t blocks, bool uses_headroom)
{
    bool is_enough = blocks <= free_for(s, last, uses_headroom);
    if (is_enough)
        count_taken(s, blocks);
    else
        refuse_blocks(s);
    return is_enough;
}

/* ---- Links of chains ----------------------------------------------------------------------------------- */

/* Not masked: while a chunk is live its link belongs to the owner of the chain, and the two sides of a
 * queue never use one link at the same time. */
static inline ta_handle slab_next(const ta_allocator *a, ta_handle chunk)
{
    const entry *e = find_live(a, chunk), *next = e ? linked_entry(a, e) : NULL;
    return next ? handle_of_entry(a, next) : TA_NONE;
}

static inline bool slab_set_next(const ta_allocator *a, ta_handle chunk, ta_handle next)
{
    ta_mask mask = ta_critical_enter();
    entry *e = find_live(a, chunk);
    if (e)
        e->link = (ta_slot)(ta_handle_slot(next) - ta_handle_slot(chunk) - 1);
    ta_critical_exit(mask);
    return e != NULL;
}

/* With TA_RETIRE the last generation is not renewed: that would be the wrap which it excludes. */
static inline ta_handle slab_renew(const ta_allocator *a, ta_handle h)
{
    ta_handle renewed = TA_NONE_INIT;
    ta_mask mask = ta_critical_enter();
    entry *e = find_live(a, h);
    if (e && !is_worn_out(e)) {
        set_generation(e, (ta_generation)(generation_of(e) + 2));
        renewed = handle_of_entry(a, e);
    }
    ta_critical_exit(mask);
    return renewed;
}

#endif
