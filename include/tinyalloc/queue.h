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
    ta_handle tail;                /* writer's: last chunk; TA_NONE: no chunk */
    const ta_allocator *allocator; /* where its blocks come from */
    ta_handle head;                /* reader's: first chunk; set by the writer together with the first tail */
    size_t max_length;             /* the caller's limit; 0: none */
    const ta_water_marks *marks;   /* NULL: none */
    size_t written;                /* writer's: the address behind the last byte; 0: no chunk */
    size_t read;                   /* reader's: the address of the first byte; 0: no chunk */
    ta_slot room;                  /* writer's: bytes that the last chunk and the limit surely take */
    ta_slot beyond;                /* writer's: bytes that the limit takes besides, or the reservation's */
    ta_slot left;                  /* reader's: 1 + bytes that the first chunk has left; 0: look */
    ta_slot chunks;                /* published chunks; changed only while masked */
    uint16_t dropped;              /* writer's: bytes refused, saturating */
    bool uses_reserve : 1;         /* the writer may take the blocks that its slab keeps back */
    bool is_reserved : 1;          /* writer's: a reservation is open; then nothing is surely taken */
    bool is_high;                  /* on_high was called, and on_low not yet; changed only while masked */
};

/** Initialiser of an empty queue. `max_length` 0: no limit but the pool's. */
#define TA_QUEUE_INIT(allocator, max_length)                                                   \
    {                                                                                          \
        TA_NONE_INIT, (allocator), TA_NONE_INIT, (max_length), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

/** Define a queue at file scope. */
#define TA_QUEUE_DEFINE(name, allocator, max_length) ta_queue name = TA_QUEUE_INIT(allocator, max_length)

/** Make a queue that is defined elsewhere known here. */
#define TA_QUEUE_DECLARE(name) TA_EXTERN_ ta_queue name

/* ---- Life cycle ---------------------------------------------------------------------------------------- */


/** Make the queue empty and bind it; before either side uses it. `max_length` 0: no limit but the pool's. */
void ta_queue_init(ta_queue *q, const ta_allocator *allocator, size_t max_length);

/** Free every block; a stale queue frees nothing and is empty and usable afterwards. `dropped` stays. Masked for a
 * few blocks at a time. Neither side may be inside a call: stop the interrupt first, as ta_queue_trim() explains.
 * O(chunks).
 *  @return TA_OK, also when stale. */
ta_status ta_queue_clear(ta_queue *q);

/** Refuse to hold more than `max_length` bytes from now on; 0: no limit but the pool's. What is held stays.
 * From the writer's context. */
ta_status ta_queue_set_limit(ta_queue *q, size_t max_length);

/** Call back at these marks; NULL: never. Before either side uses the queue. With marks every call counts what is held,
 * masked: push and pop cost several times what they cost inside a chunk without. */
ta_status ta_queue_set_marks(ta_queue *q, const ta_water_marks *marks);

/** Let the writer take the blocks that its slab keeps in reserve (ta_slab_set_reserve()): for a queue that an
 * interrupt writes. Before either side uses the queue. TA_E_INVALID: the allocator is no slab. */
ta_status ta_queue_use_reserve(ta_queue *q);

/** Run fn with interrupts masked, as long as it takes: for a look at both ends at once. fn may call anything
 * here. */
ta_status ta_queue_with(ta_queue *q, void (*fn)(ta_queue *q, void *context), void *context);

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
ta_status ta_queue_peek(ta_queue *q, uint8_t *byte);

/** The byte at a position, without taking it. O(chunks). TA_E_RANGE: fewer are held. */
ta_status ta_queue_at(ta_queue *q, size_t position, uint8_t *byte);

/** Take the first n bytes, all or none. O(n). TA_E_RANGE: fewer are held. `data` may be NULL when n is 0. */
ta_status ta_queue_read(ta_queue *q, void *data, size_t n);

/** Take as many of the first n bytes as are held; `*done` says how many. O(n). TA_E_EMPTY: none (and n > 0).
 */
ta_status ta_queue_read_some(ta_queue *q, void *data, size_t n, size_t *done);

/** The first contiguous bytes, where they lie: for DMA, or to look at. Good until they are consumed.
 * TA_E_EMPTY. */
ta_status ta_queue_front(ta_queue *q, ta_span *span);

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

/* ---- Inspection, from either side ---------------------------------------------------------------------- */


/** Bytes held. The writer sees at most this many, the reader at least, by the time it looks. */
size_t ta_queue_len(const ta_queue *q);

/** Is nothing held? */
bool ta_queue_is_empty(const ta_queue *q);

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
