/**
 * @file owners.h
 * @brief Owners: with TA_OWNERS, a slab notes for each block which part of the program has it.
 *
 *     enum { NOBODY, UART, PARSER, NETWORK };          the program numbers its parts: 0 to TA_OWNERS - 1
 *     ta_queue_set_owner(&received, UART);             each block that the queue takes is noted for UART
 *     ta_owner_stats(pool, UART).peak                  the most blocks that UART had at once
 *
 * An owner is a number. ta_alloc() notes owner 0, ta_alloc_for() another one. A buffer and a queue carry a number, at
 * first 0, which is noted for the blocks that they take. When a block is freed, its owner has one block less. A leak
 * report of the debugger (docs/debugging.md) names the owner of each lost block.
 *
 * Where blocks move from one buffer or queue to another, so does the number:
 * - ta_buffer_move() does not look at single blocks. The destination takes over the source's number.
 * - ta_buffer_append(), ta_buffer_drain_into(), ta_buffer_split(), ta_queue_take() and ta_queue_drain_into() note the
 *   destination's number for each block that they relink, if source and destination carry different numbers. Then
 *   they have one more critical section for each of these blocks. If the numbers are equal, nothing is noted.
 * - ta_buffer_append_block() notes the buffer's number.
 *
 * Cost of TA_OWNERS: a few instructions more for each block that is taken or freed, in the critical section
 * (docs/debugging.md has the figures). In RAM one byte a slot, two words of a slot's width for each owner, and one byte,
 * padded to a word, in each buffer and queue. Without TA_OWNERS the calls of this header note nothing and cost nothing,
 * so a program calls them unconditionally. Only slabs know owners, not custom back ends.
 */
#ifndef TINYALLOC_OWNERS_H
#define TINYALLOC_OWNERS_H

#include "allocator.h"
#if TA_WITH_BUFFER
#include "buffer.h"
#endif
#if TA_WITH_QUEUE
#include "queue.h"
#endif
#if TA_WITH_RECENT
#include "recent.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** The blocks of one owner. */
typedef struct ta_owner_counts {
    size_t used; /**< Blocks that it has. */
    size_t peak; /**< The most that it had at once. */
} ta_owner_counts;

#if TA_OWNERS

/**
 * @brief Allocate a block for an owner. O(1), one critical section, from any context.
 * @param a     The allocator.
 * @param size  As for ta_alloc().
 * @param owner The owner's number.
 * @return As ta_alloc() returns; also TA_NONE, with TA_FAULT, if `owner` is not below TA_OWNERS.
 */
ta_handle ta_alloc_for(const ta_allocator *a, size_t size, unsigned owner);

/**
 * @brief Note another owner for a block. O(1), one critical section, from any context.
 * @param a     The allocator.
 * @param h     The handle of the block.
 * @param owner The owner's number.
 * @retval TA_OK        The block counts as the owner's.
 * @retval TA_E_STALE   The handle is stale.
 * @retval TA_E_INVALID `owner` is not below TA_OWNERS, or `a` is a custom back end.
 */
ta_status ta_set_owner(const ta_allocator *a, ta_handle h, unsigned owner);

/**
 * @brief How many blocks an owner has, and had at most. O(1), one critical section, from any context.
 * @param a     The allocator.
 * @param owner The owner's number.
 * @return Both counts, of the same moment. They are 0 for a custom back end, and if `owner` is not below TA_OWNERS.
 */
ta_owner_counts ta_owner_stats(const ta_allocator *a, unsigned owner);

#if TA_WITH_BUFFER
/**
 * @brief Note an owner for all blocks of a buffer, and for those that it takes from now on.
 *
 * O(blocks of the buffer), one critical section for each, from the context of the buffer's owner. An open reservation
 * stays open.
 * @param b     The buffer.
 * @param owner The owner's number.
 * @retval TA_E_STALE   The buffer is stale; nothing was changed.
 * @retval TA_E_INVALID `b` is NULL or not bound, or `owner` is not below TA_OWNERS.
 */
ta_status ta_buffer_set_owner(ta_buffer *b, unsigned owner);
#endif

#if TA_WITH_QUEUE
/**
 * @brief Note an owner for the blocks that a queue takes from now on.
 *
 * Blocks that the queue has already keep their owner, so call it right after the initialisation. O(1), masks nothing,
 * from the writer's context.
 * @param q     The queue.
 * @param owner The owner's number.
 * @retval TA_E_INVALID `q` is NULL or not bound, or `owner` is not below TA_OWNERS.
 */
ta_status ta_queue_set_owner(ta_queue *q, unsigned owner);
#endif

#if TA_WITH_RECENT
/**
 * @brief Note an owner for the blocks that a queue which keeps the newest takes from now on, as ta_queue_set_owner().
 * @param r     The object.
 * @param owner The owner's number.
 * @retval TA_E_INVALID `r` is NULL or not bound, or `owner` is not below TA_OWNERS.
 */
ta_status ta_recent_set_owner(ta_recent *r, unsigned owner);
#endif

#else /* without TA_OWNERS */

static inline ta_handle ta_alloc_for(const ta_allocator *a, size_t size, unsigned owner)
{
    (void)owner;
    return ta_alloc(a, size);
}

static inline ta_status ta_set_owner(const ta_allocator *a, ta_handle h, unsigned owner)
{
    (void)owner;
    return ta_is_live(a, h) ? TA_OK : TA_E_STALE;
}

static inline ta_owner_counts ta_owner_stats(const ta_allocator *a, unsigned owner)
{
    const ta_owner_counts none = {0, 0};
    (void)a;
    (void)owner;
    return none;
}

#if TA_WITH_BUFFER
static inline ta_status ta_buffer_set_owner(ta_buffer *b, unsigned owner)
{
    (void)owner;
    return b ? TA_OK : TA_E_INVALID;
}
#endif

#if TA_WITH_QUEUE
static inline ta_status ta_queue_set_owner(ta_queue *q, unsigned owner)
{
    (void)owner;
    return q ? TA_OK : TA_E_INVALID;
}
#endif

#if TA_WITH_RECENT
static inline ta_status ta_recent_set_owner(ta_recent *r, unsigned owner)
{
    (void)owner;
    return r ? TA_OK : TA_E_INVALID;
}
#endif

#endif /* TA_OWNERS */

#ifdef __cplusplus
}
#endif

#endif
