/*
 * What the code above the pool asks of it: chunks of a chain, named by their handles.
 *
 * A chunk's link leads to the next one. It carries no generation: whoever follows it arrives at a live
 * block or at none, and whoever frees along it looks, inside the critical section, whether each block is
 * live. So a link that foreign code has overwritten may lead to another owner's live block, but never
 * breaks the pool.
 */
#ifndef TINYALLOC_BLOCKS_H
#define TINYALLOC_BLOCKS_H

#include "slab_table.h"
#include "smaller.h"
#include <tinyalloc/chain.h>

typedef ta_chain_place_ place;

/* A chunk's first byte. */
INLINE void set_place(place *p, const ta_allocator *a, ta_handle chunk, uint8_t *start)
{
    p->at = start;
    p->length = a->block_size;
    p->chunk = chunk;
}

/* Set that many blocks aside, at least one: taking them cannot fail. p->left counts them from then on. False when there
 * are fewer, which counts as a failure of the pool; p->left has no meaning then. One critical section. */
bool ta_blocks_set_aside_(const ta_allocator *a, place *p, size_t blocks, bool uses_headroom);

/*
 * Go from a place to a fresh chunk: take a block that was set aside, or a few that are side by side, and link it after
 * the place's chunk if that is live. A place without a chunk gets one block. p->left counts what is not taken yet,
 * in a slab. One critical section, whose length does not grow with the number of blocks.
 */
void ta_blocks_take_(const ta_allocator *a, place *p, uint8_t owner);

/* Free up to that many chunks, at least one, from `first` on. Stops at the first that is not live. One
 * critical section for each. */
void ta_blocks_free_(const ta_allocator *a, ta_handle first, size_t blocks);

static inline void free_chunk(const ta_allocator *a, ta_handle chunk)
{
    ta_blocks_free_(a, chunk, 1);
}

/*
 * Go from a place's live chunk to the next, and to those that follow it side by side as far as `wanted`
 * bytes reach. Returns where the first of them begins, of p->length contiguous bytes; p->at stays. NULL,
 * and nothing is changed, when the link leads to no live block.
 */
uint8_t *ta_blocks_next_(const ta_allocator *a, place *p, size_t wanted);

/* Go on over chunks that end within n bytes. Returns how many bytes they have; *chunk is the last one then. Stops before
 * a chunk that is not live. */
size_t ta_blocks_skip_(const ta_allocator *a, ta_handle *chunk, size_t n);

/* The handle of the live chunk that a chunk's link leads to; TA_NONE when there is none. */
ta_handle ta_blocks_linked_(const ta_allocator *a, ta_handle chunk);

/* Link `next` after a chunk, unless that is stale. One critical section. */
void ta_blocks_link_(const ta_allocator *a, ta_handle chunk, ta_handle next);

/* End the lifetime of a block and begin the next; contents and link stay. Returns the new handle; TA_NONE
 * when the handle is stale, or with TA_RETIRE when this is the slot's last lifetime. One critical section. */
ta_handle ta_blocks_renew_(const ta_allocator *a, ta_handle h);

/* With TA_OWNERS: note an owner for up to that many chunks, from `first` through `last`. Nothing for a custom back
 * end. One critical section for each chunk. */
#if TA_OWNERS
void ta_blocks_own_(const ta_allocator *a, ta_handle first, ta_handle last, size_t blocks, uint8_t owner);
#else
#define ta_blocks_own_(a, first, last, blocks, owner) ((void)(owner))
#endif

INLINE bool set_blocks_aside(const ta_allocator *a, place *p, size_t blocks, bool uses_headroom)
{
    p->left = blocks;
#if TA_CUSTOM_BACKENDS
    if (a->operations != &ta_slab_operations) /* only a slab has headroom */
        return blocks <= TA_SLAB_MAX_BLOCKS && a->operations->set_aside(a, blocks);
#endif
    ta_mask mask = ta_critical_enter();
    bool is_enough = slab_set_aside(state_of(a), a->last, blocks, uses_headroom);
    ta_critical_exit(mask);
    return is_enough;
}

/* Blocks that are free, for a caller with or without access to the headroom. */
size_t ta_blocks_free_count_(const ta_allocator *a, bool uses_headroom);

/* Where the block of a chunk begins that was live a moment ago. In a slab it is still there if foreign code has freed it
 * in an interrupt. */
INLINE uint8_t *block_at(const ta_allocator *a, ta_handle chunk)
{
#if TA_CUSTOM_BACKENDS
    if (a->operations != &ta_slab_operations)
        return (uint8_t *)a->operations->get(a, chunk);
#endif
    return a->blocks - ta_slab_offset_(a, a->last - (offset_t)ta_handle_slot(chunk));
}

/* Where the block of a chunk begins; NULL when the chunk is stale. */
INLINE uint8_t *block_of(const ta_allocator *a, ta_handle chunk)
{
#if TA_CUSTOM_BACKENDS
    return (uint8_t *)a->operations->get(a, chunk);
#else
    if (!handle_matches(a, chunk, entry_of(a, chunk)))
        return NULL;
    return block_at(a, chunk);
#endif
}

/* As ta_blocks_linked_(), for a chunk that is known to be live: for use in critical sections. It makes the longest of
 * recent.c shorter by 68 of 244 cycles on an AVR. */
INLINE ta_handle next_chunk(const ta_allocator *a, ta_handle chunk)
{
#if TA_CUSTOM_BACKENDS
    return a->operations->next(a, chunk);
#else
    size_t slot = (ta_slot)(ta_handle_slot(chunk) + 1u + entry_of(a, chunk)->link);
    if (slot > (size_t)a->last || !is_live(a->first - slot))
        return TA_NONE;
    return handle_of_slot(a, (ta_slot)slot, generation_of(a->first - slot));
#endif
}

/* Does the lifetime of this chunk continue? */
INLINE bool is_chunk_live(const ta_allocator *a, ta_handle chunk)
{
#if TA_CUSTOM_BACKENDS
    return a->operations->get(a, chunk) != NULL;
#else
    return handle_matches(a, chunk, entry_of(a, chunk));
#endif
}

#endif
