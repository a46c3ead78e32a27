/*
 * Runs of blocks. The links of a chain and those of the free list are the same, so blocks that lie side by side stay linked as
 * they are when they are taken and when they are given back.
 */
#include "blocks.h"

#if TA_WITH_BUFFER

/* ---- Taking ---------------------------------------------------------------------------------------------- */

/* Blocks in one critical section: what 48 instructions on a Cortex-M3 and 200 cycles on AVR allow; on a host, where entering the
 * section is the expensive part, more. */
#if TA_IS_NARROW_
#define RUN_MAX 2u
#elif UINTPTR_MAX == UINT32_MAX
#define RUN_MAX 3u
#else
#define RUN_MAX 16u
#endif

/* Begin lifetimes of up to `most` free slots that lie side by side, from the head of the list on. Returns the last of them and in *n
 * how many. Call with interrupts masked, after the blocks were counted as taken. */
static inline entry *take_side_by_side(slab_state *s, entry *first, size_t most, size_t *n)
{
    entry *e = first - s->head;
    for (*n = 1;; ++*n) {
        next_generation(e);
        if (*n == most || e->link != 0)
            break;
        e--;
        OPAQUE(e);
    }
    s->head = (ta_slot)(first - e + 1 + e->link);
    return e;
}

static ta_status slab_take(const ta_allocator *a, ta_handle after, size_t blocks, bool uses_headroom, block_run *run)
{
    entry *first = a->first, *before = entry_of(a, after);
    slab_state *s = state_of(a);
    size_t n;
    run->first = TA_NONE;
    ta_mask mask = ta_critical_enter();
    if (after.bits && !handle_matches(a, after, before)) {
        ta_critical_exit(mask);
        return TA_E_STALE;
    }
    if (blocks > free_for(s, a->last, uses_headroom)) {
        count_failure(s);
        ta_critical_exit(mask);
        return TA_E_NO_MEMORY;
    }
    count_taken(s, blocks); /* the quota: from here on nothing can fail */
    for (;;) {
        entry *next = first - s->head;
        entry *last = take_side_by_side(s, first, blocks < RUN_MAX ? blocks : RUN_MAX, &n);
        if (after.bits && handle_matches(a, after, before))
            before->link = (ta_slot)(before - next - 1);
        ta_critical_exit(mask);
        if (!run->first.bits)
            run->first = handle_of_entry(a, next);
        run->last = after = handle_of_entry(a, last);
        blocks -= n;
        if (blocks == 0)
            return TA_OK;
        before = last;
        mask = ta_critical_enter();
    }
}

/* ---- Freeing --------------------------------------------------------------------------------------------- */

/* End lifetimes of up to `most` live chunks that lie side by side, linked one after another; the first is live. They join the free
 * list linked as they are. Returns where the chain continues, and in *n how many. Call with interrupts masked. */
static inline entry *release_side_by_side(const ta_allocator *a, entry *e, size_t most, size_t *n)
{
    slab_state *s = state_of(a);
    entry *entries = a->entries;
    offset_t distance = e - entries;
    ta_slot slot = (ta_slot)(a->first - e);
    *n = 1;
    if (TA_RETIRE) {
        entry *next = linked_entry(a, e);
        release_slot(s, entries, distance, slot);
        return next;
    }
    link_after_tail(s, entries, distance, slot);
    for (;; ++*n) {
        next_generation(e);
        if (*n == most || e->link != 0 || e == entries || !is_live(e - 1))
            break;
        e--;
        OPAQUE(e);
    }
    s->tail = (ta_slot)(e - entries);
    count_given(s, *n);
    return linked_entry(a, e);
}

static void slab_free_run(const ta_allocator *a, ta_handle first, size_t blocks)
{
    size_t n;
    entry *e = entry_of(a, first);
    ta_mask mask = ta_critical_enter();
    bool may_free = handle_matches(a, first, e);
    while (may_free) {
        e = release_side_by_side(a, e, blocks < RUN_MAX ? blocks : RUN_MAX, &n);
        ta_critical_exit(mask);
        blocks -= n;
        if (blocks == 0)
            return;
        mask = ta_critical_enter();
        may_free = e && is_live(e);
    }
    ta_critical_exit(mask);
}

/* ---- What the code above the pool calls ------------------------------------------------------------------ */

#if !TA_CUSTOM_BACKENDS

ta_status ta_blocks_take_(const ta_allocator *a, ta_handle after, size_t blocks, bool uses_headroom, block_run *run)
{
    return slab_take(a, after, blocks, uses_headroom, run);
}

void ta_blocks_free_(const ta_allocator *a, ta_handle first, size_t blocks)
{
    slab_free_run(a, first, blocks);
}

ta_handle ta_blocks_next_(const ta_allocator *a, ta_handle chunk)
{
    return slab_next(a, chunk);
}

bool ta_blocks_link_(const ta_allocator *a, ta_handle chunk, ta_handle next)
{
    return slab_set_next(a, chunk, next);
}

ta_handle ta_blocks_renew_(const ta_allocator *a, ta_handle h)
{
    return slab_renew(a, h);
}

#else

/* Only a slab has headroom. */
ta_status ta_blocks_take_(const ta_allocator *a, ta_handle after, size_t blocks, bool uses_headroom, block_run *run)
{
    const ta_operations *is = a->operations;
    if (is == &ta_slab_operations)
        return slab_take(a, after, blocks, uses_headroom, run);
    if (after.bits && !is->get(a, after))
        return TA_E_STALE;
    if (!is->set_aside(a, blocks))
        return TA_E_NO_MEMORY;
    run->first = TA_NONE;
    for (; blocks > 0; blocks--) {
        run->last = is->take(a);
        if (after.bits)
            is->set_next(a, after, run->last);
        if (!run->first.bits)
            run->first = run->last;
        after = run->last;
    }
    return TA_OK;
}

void ta_blocks_free_(const ta_allocator *a, ta_handle first, size_t blocks)
{
    if (a->operations == &ta_slab_operations) {
        slab_free_run(a, first, blocks);
        return;
    }
    for (; first.bits && blocks > 0; blocks--)
        first = a->operations->free_next(a, first);
}

ta_handle ta_blocks_next_(const ta_allocator *a, ta_handle chunk)
{
    return a->operations->next(a, chunk);
}

bool ta_blocks_link_(const ta_allocator *a, ta_handle chunk, ta_handle next)
{
    return a->operations->set_next(a, chunk, next);
}

ta_handle ta_blocks_renew_(const ta_allocator *a, ta_handle h)
{
    return a->operations->renew(a, h);
}

#endif

size_t ta_blocks_free_count_(const ta_allocator *a, bool uses_headroom)
{
#if TA_CUSTOM_BACKENDS
    if (a->operations != &ta_slab_operations)
        return a->operations->available(a);
#endif
    ta_mask mask = ta_critical_enter();
    size_t free = free_for(state_of(a), a->last, uses_headroom);
    ta_critical_exit(mask);
    return free;
}

#endif /* TA_WITH_BUFFER */
