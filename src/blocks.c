/*
 * Runs of blocks. The links of a chain and those of the free list are the same, so blocks that lie side by
 * side stay linked as they are when they are taken and when they are given back.
 */
#include "blocks.h"

#if TA_WITH_BUFFER

static inline uint8_t *block_of_entry(const ta_allocator *a, const entry *e)
{
    return a->blocks - ta_slab_offset_(a, e - a->entries);
}

/* ---- Taking -------------------------------------------------------------------------------------------- */

/* Blocks in one critical section: what 48 instructions on a Cortex-M3 and 200 cycles on AVR allow; on a
 * host, where entering the section is the expensive part, more. Noting an owner makes the section longer. */
#if TA_IS_NARROW_ || (TA_OWNERS && UINTPTR_MAX == UINT32_MAX)
#define RUN_MAX 2u
#elif UINTPTR_MAX == UINT32_MAX
#define RUN_MAX 3u
#else
#define RUN_MAX 16u
#endif

/* Begin lifetimes of up to `most` free slots that lie side by side, from the head of the list on. Returns
 * the last of them and in *n how many. Call with interrupts masked, after the blocks were set aside. */
static inline entry *take_side_by_side(slab_state *s, entry *first, size_t most, uint8_t owner, size_t *n)
{
    entry *e = first - s->head;
    for (*n = 1;; ++*n) {
        next_generation(e);
        begin_owning(s, (size_t)(first - e), owner);
        if (*n == most || e->link != 0)
            break;
        e--;
        OPAQUE(e);
    }
    s->head = (ta_slot)(first - e + 1 + e->link);
    return e;
}

static void slab_take(const ta_allocator *a, place *p, uint8_t owner)
{
    entry *first = a->first, *before = entry_of(a, p->chunk);
    slab_state *s = state_of(a);
    size_t n, most = p->chunk.bits ? smaller(p->left, RUN_MAX) : 1;
    ta_mask mask = ta_critical_enter();
    entry *start = first - s->head;
    if (p->chunk.bits && handle_matches(a, p->chunk, before))
        before->link = (ta_slot)(before - start - 1);
    const entry *last = take_side_by_side(s, first, most, owner, &n);
    unpoison(block_of_entry(a, start), n * a->block_size);
    ta_critical_exit(mask);
    p->at = block_of_entry(a, start);
    p->length = n * a->block_size;
    p->chunk = handle_of_entry(a, last);
    p->left -= n;
}

/* ---- Freeing ------------------------------------------------------------------------------------------- */

/* One chunk in a critical section: to free those side by side at once would be too long for it. */
static inline void free_chunks(const ta_allocator *a, ta_handle first, size_t blocks)
{
    entry *e = entry_of(a, first), *next;
    ta_mask mask = ta_critical_enter();
    bool may_free = handle_matches(a, first, e);
    while (may_free) {
        next = blocks > 1 ? linked_entry(a, e) : NULL;
        poison_block(a, block_of_entry(a, e));
        release_slot(state_of(a), a->entries, e - a->entries, (ta_slot)(a->first - e));
        ta_critical_exit(mask);
        if (!next)
            return;
        e = next;
        blocks--;
        mask = ta_critical_enter();
        may_free = is_live(e);
    }
    ta_critical_exit(mask);
}

static void slab_free_chunks(const ta_allocator *a, ta_handle first, size_t blocks)
{
    free_chunks(a, first, blocks);
    ta_slab_wake_if_awaited_(a); /* after the last one: the sections of the chunks are long enough */
}

/* ---- What the code above the pool calls ---------------------------------------------------------------- */

#if !TA_CUSTOM_BACKENDS

void ta_blocks_take_(const ta_allocator *a, place *p, uint8_t owner)
{
    slab_take(a, p, owner);
}

void ta_blocks_free_(const ta_allocator *a, ta_handle first, size_t blocks)
{
    slab_free_chunks(a, first, blocks);
}

/* Not masked: while a chunk is live its link belongs to the owner of the chain, and the two sides of a
 * queue never use one link at the same time. Chunks side by side are walked at once: that is worth 0.6 of
 * 3.8 instructions a byte for 700 bytes. */
uint8_t *ta_blocks_next_(const ta_allocator *a, place *p, size_t wanted)
{
    size_t block_size = a->block_size, length = block_size, left = p->left + 1;
    const entry *e = linked_entry(a, entry_of(a, p->chunk));
    if (!e)
        return NULL;
    uint8_t *start = block_of_entry(a, e);
    for (; length < wanted && e->link == 0 && e != a->entries && is_live(e - 1); e--) {
        length += block_size;
        left++;
    }
    p->length = length;
    p->left = left;
    p->chunk = handle_of_entry(a, e);
    return start;
}

size_t ta_blocks_skip_(const ta_allocator *a, ta_handle *chunk, size_t n)
{
    size_t block_size = a->block_size, left = n;
    size_t slot = ta_handle_slot(*chunk), next;
    for (; left >= block_size; left -= block_size, slot = next) {
        next = (ta_slot)(slot + 1 + (a->first - slot)->link);
        if (next > (size_t)a->last || !is_live(a->first - next))
            break;
    }
    *chunk = handle_of_entry(a, a->first - slot);
    return n - left;
}

ta_handle ta_blocks_linked_(const ta_allocator *a, ta_handle chunk)
{
    return slab_next(a, chunk);
}

void ta_blocks_link_(const ta_allocator *a, ta_handle chunk, ta_handle next)
{
    slab_set_next(a, chunk, next);
}

ta_handle ta_blocks_renew_(const ta_allocator *a, ta_handle h)
{
    return slab_renew(a, h);
}

#else

void ta_blocks_take_(const ta_allocator *a, place *p, uint8_t owner)
{
    const ta_operations *is = a->operations;
    if (is == &ta_slab_operations) {
        slab_take(a, p, owner);
        return;
    }
    ta_handle taken = is->take(a);
    if (p->chunk.bits)
        is->set_next(a, p->chunk, taken);
    set_place(p, a, taken, block_of(a, taken));
}

void ta_blocks_free_(const ta_allocator *a, ta_handle first, size_t blocks)
{
    if (a->operations == &ta_slab_operations) {
        slab_free_chunks(a, first, blocks);
        return;
    }
    for (; first.bits && blocks > 0; blocks--)
        first = a->operations->free_next(a, first);
}

uint8_t *ta_blocks_next_(const ta_allocator *a, place *p, size_t wanted)
{
    ta_handle next = a->operations->next(a, p->chunk);
    (void)wanted;
    if (!next.bits)
        return NULL;
    p->length = a->block_size;
    p->left++;
    p->chunk = next;
    return block_of(a, next);
}

size_t ta_blocks_skip_(const ta_allocator *a, ta_handle *chunk, size_t n)
{
    size_t left = n;
    ta_handle next;
    for (; left >= a->block_size && (next = a->operations->next(a, *chunk)).bits; left -= a->block_size)
        *chunk = next;
    return n - left;
}

ta_handle ta_blocks_linked_(const ta_allocator *a, ta_handle chunk)
{
    return a->operations->next(a, chunk);
}

void ta_blocks_link_(const ta_allocator *a, ta_handle chunk, ta_handle next)
{
    a->operations->set_next(a, chunk, next);
}

ta_handle ta_blocks_renew_(const ta_allocator *a, ta_handle h)
{
    return a->operations->renew(a, h);
}

#endif

bool ta_blocks_set_aside_(const ta_allocator *a, place *p, size_t blocks, bool uses_headroom)
{
    return set_blocks_aside(a, p, blocks, uses_headroom);
}

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
