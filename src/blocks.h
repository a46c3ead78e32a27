/*
 * What the code above the pool asks of it: chunks of a chain, named by their handles.
 *
 * A chunk's link leads to the next one. It carries no generation: whoever follows it arrives at a live block or at none, and
 * whoever frees along it looks, inside the critical section, whether each block is live. So a link that foreign code has
 * overwritten may lead to another owner's live block, but never breaks the pool.
 */
#ifndef TINYALLOC_BLOCKS_H
#define TINYALLOC_BLOCKS_H

#include "slab_table.h"

/* Chunks linked one after another. The link of `last` means nothing. */
typedef struct block_run {
    ta_handle first;
    ta_handle last;
} block_run;

/*
 * Take that many blocks, at least one, linked one after another, and link the first after `after` unless that is TA_NONE. All or
 * none. One critical section for a few blocks at a time; none of them grows with the number of blocks.
 * Returns TA_OK; TA_E_NO_MEMORY, which counts as a failure of the pool; TA_E_STALE when `after` is not live.
 */
ta_status ta_blocks_take_(const ta_allocator *a, ta_handle after, size_t blocks, bool uses_headroom, block_run *run);

/* Free up to that many chunks, from `first` on. Stops at the first that is not live. */
void ta_blocks_free_(const ta_allocator *a, ta_handle first, size_t blocks);

/* The live block that a chunk's link leads to; TA_NONE when there is none. */
ta_handle ta_blocks_next_(const ta_allocator *a, ta_handle chunk);

/* Link `next` after a chunk. False when the chunk is stale. One critical section. */
bool ta_blocks_link_(const ta_allocator *a, ta_handle chunk, ta_handle next);

/* End the lifetime of a block and begin the next; contents and link stay. Returns the new handle; TA_NONE when the handle is
 * stale, or with TA_RETIRE when this is the slot's last lifetime. One critical section. */
ta_handle ta_blocks_renew_(const ta_allocator *a, ta_handle h);

/* Blocks that are free, for a caller with or without access to the headroom. */
size_t ta_blocks_free_count_(const ta_allocator *a, bool uses_headroom);

/* Where the block of a chunk begins; NULL when the chunk is stale. */
INLINE uint8_t *block_of(const ta_allocator *a, ta_handle chunk)
{
#if TA_CUSTOM_BACKENDS
    return (uint8_t *)a->operations->get(a, chunk);
#else
    const entry *e = entry_of(a, chunk);
    if (!handle_matches(a, chunk, e))
        return NULL;
    return a->blocks - ta_slab_offset_(a, (offset_t)(e - a->entries));
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
