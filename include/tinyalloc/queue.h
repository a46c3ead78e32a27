/**
 * @file queue.h
 * @brief Bytes on a chain, from one writer to one reader, either of which may be an interrupt.
 *
 *      reader's: head, read                       writer's: tail, written
 *     [.....|aaa]-->[bbbbbbbb]-->[cc|......]
 *            ^ out                  ^ in
 *
 * Each position has one writer. Inside a chunk push and pop mask nothing, nor, in a build for speed, do read and
 * write of up to a block; with water marks, at the limit, and when nothing is held, they count in a masked step.
 * Blocks are taken and given back through the pool's masked steps. The bytes of one write are contiguous and become
 * visible together. A chunk that the other side may still touch is not freed: a drained queue keeps at most one
 * block, until ta_queue_trim() or ta_queue_clear(). So n bytes take at most 1 + ceil(n / block_size) blocks.
 *
 * What holds for every call below. The queue is bound to its allocator by TA_QUEUE_DEFINE or
 * ta_queue_init(). One context writes, one context reads, and one may interrupt the other; several writers
 * wrap the call in ta_critical_enter/exit(). All or nothing: a call that does not return TA_OK has changed
 * nothing but `dropped`. Every call returns TA_E_INVALID for a NULL that may not be, and TA_E_STALE after
 * ta_clear() of its pool, until ta_queue_clear(). Lengths are in bytes. O(1) unless said otherwise.
 */
#ifndef TINYALLOC_QUEUE_H
#define TINYALLOC_QUEUE_H

#include "buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types --------------------------------------------------------------------------------------------- */

typedef struct ta_queue ta_queue;

/** When to tell the line to pause and to go on, as RTS does. Constant; `high` must be above `low`. */
typedef struct ta_water_marks {
    size_t high;                  /**< bytes held at which on_high is called (an empty pool calls nobody), */
    size_t low;                   /**< and at most so many, after that, for on_low */
    void (*on_high)(ta_queue *q); /**< from the writer's context, interrupts masked: keep it short */
    void (*on_low)(ta_queue *q);  /**< from the reader's context, interrupts masked */
} ta_water_marks;

/** A queue; all members are the library's. Zeroed memory is an empty queue bound to no allocator yet. */
struct ta_queue {
    ta_chain_ chain;
    const ta_water_marks *marks; /* NULL: none */
};

/** Initialiser of an empty queue. `limit` 0: no limit but the pool's. */
#define TA_QUEUE_INIT(allocator, limit)           \
    {                                             \
        TA_CHAIN_INIT_((allocator), (limit), 1), 0 \
    }

/** Define a queue at file scope. */
#define TA_QUEUE_DEFINE(name, allocator, limit) ta_queue name = TA_QUEUE_INIT(allocator, limit)

/** Make a queue that is defined elsewhere known here. */
#define TA_QUEUE_DECLARE(name) TA_EXTERN_ ta_queue name

/* ---- Life cycle ---------------------------------------------------------------------------------------- */


/** Make the queue empty and bind it; before either side uses it. `limit` 0: no limit but the pool's. */
ta_status ta_queue_init(ta_queue *q, const ta_allocator *allocator, size_t limit);

/** Free every block; a stale queue frees nothing and is empty and usable afterwards. `dropped` stays. Masked for a
 * few blocks at a time. Neither side may be inside a call: stop the interrupt first, as ta_queue_trim() explains.
 * O(chunks).
 *  @return TA_OK, also when stale. */
ta_status ta_queue_clear(ta_queue *q);

/** Refuse to hold more than `limit` bytes from now on; 0: no limit but the pool's. What is held stays.
 * From the writer's context. */
ta_status ta_queue_set_limit(ta_queue *q, size_t limit);

/** Call back at these marks; NULL: never. Before either side uses the queue. With marks every call counts what is held,
 * masked: push and pop cost several times what they cost inside a chunk without. */
ta_status ta_queue_set_marks(ta_queue *q, const ta_water_marks *marks);

/** Let the writer take the blocks that its slab keeps in reserve (ta_slab_set_headroom()): for a queue that an
 * interrupt writes. Before either side uses the queue. TA_E_INVALID: the allocator is no slab. */
ta_status ta_queue_use_headroom(ta_queue *q);

/** Give back the block that a drained queue keeps; does nothing when bytes are held. Three masked steps. Call it
 * from the side that is interrupted (usually the main loop), or with the other side's interrupt switched off.
 */
ta_status ta_queue_trim(ta_queue *q);

/* ---- The writer's calls -------------------------------------------------------------------------------- */


/** Append one byte. TA_E_NO_MEMORY: a block is needed and none is free; TA_E_FULL: the limit. Both count one
 *  dropped byte. */
ta_status ta_queue_push(ta_queue *q, uint8_t byte);

/** Append n bytes, all or none; the reader sees all of them at once. O(n), masked O(1) at a time.
 * TA_E_NO_MEMORY, TA_E_FULL: both count n dropped bytes. `data` may be NULL when n is 0. */
ta_status ta_queue_write(ta_queue *q, const void *data, size_t n);

/** Append as many of n bytes as limit and memory allow; `*done` says how many, also when it is 0. Nothing is
 *  counted as dropped: the caller keeps the rest. O(n).
 *  @return TA_OK when at least one byte (or n is 0), else TA_E_NO_MEMORY or TA_E_FULL. */
ta_status ta_queue_write_some(ta_queue *q, const void *data, size_t n, size_t *done);

/** Open a reservation: 1 to n contiguous bytes behind the last one, for the writer (or its DMA) to fill. The
 * span is good until ta_queue_commit(), ta_queue_cancel() or the next call that writes. TA_E_NO_MEMORY,
 * TA_E_FULL (nothing is counted as dropped); TA_E_INVALID when n is 0. */
ta_status ta_queue_reserve(ta_queue *q, size_t n, ta_span *span);

/** The first n bytes of the reservation are data now, and visible; the reservation is closed. 0 gives a fresh
 * block back. TA_E_INVALID: no reservation is open, or n is more than its span. */
ta_status ta_queue_commit(ta_queue *q, size_t n);

/** Close the reservation, if one is open; nothing was written. */
ta_status ta_queue_cancel(ta_queue *q);

/** Bytes that ta_queue_write() would take now, if nobody else took a block; up to a block fewer while a reservation is
 * open, for it is closed first. 0 when stale. From the writer's context. */
size_t ta_queue_room(const ta_queue *q);

/* ---- The reader's calls -------------------------------------------------------------------------------- */


/** Take the first byte. TA_E_EMPTY. */
ta_status ta_queue_pop(ta_queue *q, uint8_t *byte);

/** The first byte, without taking it. TA_E_EMPTY. */
ta_status ta_queue_peek(const ta_queue *q, uint8_t *byte);

/** The byte at a position, without taking it. O(chunks). TA_E_RANGE: fewer are held. */
ta_status ta_queue_at(const ta_queue *q, size_t position, uint8_t *byte);

/** Take the first n bytes, all or none. O(n). TA_E_RANGE: fewer are held. `data` may be NULL when n is 0. */
ta_status ta_queue_read(ta_queue *q, void *data, size_t n);

/** Take as many of the first n bytes as are held; `*done` says how many. O(n). TA_E_EMPTY: none (and n > 0).
 */
ta_status ta_queue_read_some(ta_queue *q, void *data, size_t n, size_t *done);

/** The first contiguous bytes, where they lie: for DMA, or to look at. Good until they are consumed.
 * TA_E_EMPTY. */
ta_status ta_queue_front(const ta_queue *q, ta_span *span);

/** Copy n bytes from a position on to plain memory, all or none. TA_E_RANGE. */
ta_status ta_queue_copy_out(const ta_queue *q, size_t position, void *data, size_t n);

/** The position of the first `byte`. O(length). TA_E_NO_MATCH. */
ta_status ta_queue_find(const ta_queue *q, uint8_t byte, size_t *position);

/** Drop the first n bytes, all or none. O(chunks). TA_E_RANGE. */
ta_status ta_queue_consume(ta_queue *q, size_t n);

/**
 * Append all bytes that have arrived to `destination`, and take them from the queue. Whole chunks are
 * relinked where the destination is empty or ends with a full chunk; else a chunk's bytes fill the destination's
 * last chunk up, and those left move up in their own. Takes at most one block more, because the chunk that the writer
 * is still filling stays with it. O(chunks), or O(bytes) where bytes are copied.
 * @return TA_OK, also when nothing had arrived; TA_E_NO_MEMORY; TA_E_FULL (the destination's limit);
 * TA_E_STALE (either); TA_E_INVALID when the two use different allocators.
 */
ta_status ta_queue_take(ta_queue *q, ta_buffer *destination);

/** The same with the first n bytes. TA_E_RANGE. */
ta_status ta_queue_drain_into(ta_buffer *destination, ta_queue *source, size_t n);

/* ---- Inspection, from either side ---------------------------------------------------------------------- */


/** Bytes held. The writer sees at most this many, the reader at least, by the time it looks. */
size_t ta_queue_len(const ta_queue *q);

/** Is nothing held? */
static inline bool ta_queue_is_empty(const ta_queue *q)
{
    return ta_queue_len(q) == 0;
}

/** The limit; 0: none. */
size_t ta_queue_limit(const ta_queue *q);

/** Bytes that ta_queue_push() and ta_queue_write() refused, up to 65,535. */
size_t ta_queue_dropped(const ta_queue *q);

/**
 * Do the invariants hold? O(chunks), while neither side is inside a call.
 * @return 0, also for a stale queue; or the number of what is broken: 1 a position is outside its block; 2 bytes
 *         without a chunk; 3 the chain breaks off; 4 it does not end at the tail, or not after as many chunks as
 *         there are; 5 what a side noted down of its chunk or of the limit is wrong.
 */
int ta_queue_check(const ta_queue *q);

#ifdef __cplusplus
}
#endif

#endif
