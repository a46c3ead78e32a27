/**
 * @file buffer.h
 * @brief A byte sequence that grows and shrinks on a chain of blocks.
 *
 *      head                                  tail
 *     [..|aaaaa]-->[bbbbbbbb]-->[cccccccc]-->[ddd|.....]         4 chunks of 8 bytes, 24 bytes held
 *        ^ head_offset                            ^ room
 *
 * Chunks in the middle are always full; only the first has an offset, only the last an end; no chunk is
 * empty but that of an open reservation. So n bytes take at most 1 + ceil((n - 1) / block_size) blocks, all
 * of each block is data, and consumed blocks go back at once.
 *
 * What holds for every call below. The buffer is bound to its allocator by ta_buffer_init() or
 * TA_BUFFER_INIT and owns its chunks. In a build with TA_GLOBAL, NULL means the global allocator: whichever
 * that is when the first block is taken, until the buffer is empty again. One owner, one context at a time.
 * All or nothing: a call that does not return TA_OK has changed nothing. Every call returns TA_E_INVALID for
 * a NULL that may not be, and TA_E_STALE when head or tail is no longer this buffer's (after ta_clear(); in a
 * struct copy whose other owner has moved on): it never touches another owner's bytes. To copy the struct of
 * a buffer that holds bytes is an error; the copy is found out as soon as head or tail was freed. Lengths and
 * positions are in bytes, positions count from the first byte held. An open reservation ends with the next
 * call that may change the buffer, even one that fails; but TA_E_INVALID leaves it open, and so does, in the buffer that
 * they would replace, a failure of ta_buffer_move() and ta_buffer_split(). When one of two buffers is stale, the other's
 * may be open or not. O(1) unless said otherwise; k is the number of chunks a call passes.
 */
#ifndef TINYALLOC_BUFFER_H
#define TINYALLOC_BUFFER_H

#include "chain.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types --------------------------------------------------------------------------------------------- */

/** A buffer; all members are the library's. Zeroed memory is an empty buffer bound to no allocator yet. */
typedef struct ta_buffer {
    ta_chain_ chain;
} ta_buffer;

/** Where ta_buffer_next_chunk() stands; zeroed: before the first chunk. */
typedef struct ta_chunk_iterator {
    ta_handle next;  /* the chunk to deliver next; in a view, the one delivered last */
    size_t position; /* bytes delivered */
} ta_chunk_iterator;

/** Initialiser of an empty buffer: `static ta_buffer b = TA_BUFFER_INIT(pool);`. No limit. */
#define TA_BUFFER_INIT(allocator)            \
    {                                        \
        TA_CHAIN_INIT_((allocator), 0, 0)    \
    }

/* ---- Life cycle ---------------------------------------------------------------------------------------- */


/** Make the buffer empty and bind it. What it held before is forgotten, not freed: see ta_buffer_clear(). */
ta_status ta_buffer_init(ta_buffer *b, const ta_allocator *allocator);

/** Free every chunk; the buffer stays bound. A stale buffer frees nothing and is empty afterwards. O(k).
 *  @return TA_OK, also when stale. */
ta_status ta_buffer_clear(ta_buffer *b);

/** Refuse to hold more than `limit` bytes (0: no limit). What is held already stays. */
ta_status ta_buffer_set_limit(ta_buffer *b, size_t limit);

/** The limit; 0: none. */
size_t ta_buffer_limit(const ta_buffer *b);

/* ---- Writing at the back ------------------------------------------------------------------------------- */


/** Append one byte. TA_E_NO_MEMORY: a block is needed and none is free. TA_E_FULL: the limit. */
ta_status ta_buffer_push(ta_buffer *b, uint8_t byte);

/** Append n bytes, all or none. O(n). TA_E_NO_MEMORY, TA_E_FULL. `data` may be NULL when n is 0. */
ta_status ta_buffer_write(ta_buffer *b, const void *data, size_t n);

/** Append as many of n bytes as limit and memory allow; `*done` says how many, also when it is 0. O(n).
 *  @return TA_OK when at least one byte (or n is 0), else TA_E_NO_MEMORY or TA_E_FULL. */
ta_status ta_buffer_write_some(ta_buffer *b, const void *data, size_t n, size_t *done);

/** Take over a live block of the buffer's allocator that holds `length` bytes (filled by DMA, say), without a
 * copy where the buffer is empty or its last chunk is full; else its bytes move up, at most one block's. The
 * block is the buffer's afterwards and the handle stale. TA_E_STALE: handle or buffer; TA_E_FULL;
 * TA_E_INVALID: more than a block. */
ta_status ta_buffer_append_block(ta_buffer *b, ta_handle h, size_t length);

/** Open a reservation: 1 to n contiguous bytes behind the last one, for the caller (or its DMA) to fill.
 *  The span is good until ta_buffer_commit(), ta_buffer_cancel() or the next call that changes the buffer.
 *  TA_E_NO_MEMORY, TA_E_FULL; TA_E_INVALID when n is 0. */
ta_status ta_buffer_reserve(ta_buffer *b, size_t n, ta_span *span);

/** The first n bytes of the reservation are data now; the reservation is closed. 0 gives a fresh block back.
 *  TA_E_INVALID: no reservation is open, or n is more than its span. */
ta_status ta_buffer_commit(ta_buffer *b, size_t n);

/** Close the reservation, if one is open; nothing was written. */
ta_status ta_buffer_cancel(ta_buffer *b);

/* ---- Both ends ----------------------------------------------------------------------------------------- */


/** Take the first byte. TA_E_EMPTY. */
ta_status ta_buffer_pop(ta_buffer *b, uint8_t *byte);

/** The first byte, without taking it. TA_E_EMPTY. */
ta_status ta_buffer_peek(const ta_buffer *b, uint8_t *byte);

/** The first chunk's bytes, where they lie; good until they are consumed. Take them with ta_buffer_consume().
 *  TA_E_EMPTY. */
ta_status ta_buffer_front(const ta_buffer *b, ta_span *span);

/** Drop the first n bytes, all or none. O(k). TA_E_RANGE: fewer are held. */
ta_status ta_buffer_consume(ta_buffer *b, size_t n);

/** Put n bytes before the first one, all or none. O(n). They go where consumed bytes of the first chunk lay,
 * then into new blocks: at most 1 + n / block_size. TA_E_NO_MEMORY, TA_E_FULL. `data` may be NULL when n is
 * 0. */
ta_status ta_buffer_prepend(ta_buffer *b, const void *data, size_t n);

/** Drop all bytes from position `new_length` on. O(k). TA_E_RANGE: fewer are held. */
ta_status ta_buffer_truncate(ta_buffer *b, size_t new_length);

/* ---- Chunks and copies --------------------------------------------------------------------------------- */


/**
 * The chunks one after another, where their bytes lie:
 *
 *     ta_chunk_iterator at = {0};
 *     while (ta_buffer_next_chunk(&b, &at, &span) == TA_OK)
 *         use(span.data, span.length);
 *
 * TA_E_EMPTY after the last one. The iterator is good until the buffer is changed.
 */
ta_status ta_buffer_next_chunk(const ta_buffer *b, ta_chunk_iterator *at, ta_span *span);

/** Copy n bytes from a position on to plain memory, all or none. O(k + n). TA_E_RANGE. `data` may be NULL
 * when n is 0. */
ta_status ta_buffer_copy_out(const ta_buffer *b, size_t position, void *data, size_t n);

/** Hand everything over: what `destination` held is freed, it takes over the source's allocator with the
 * chunks and keeps its own limit; the source is empty afterwards. To itself: nothing happens. O(1) besides
 * the freeing. TA_E_FULL: the destination's limit. A stale destination is like an empty one. */
ta_status ta_buffer_move(ta_buffer *destination, ta_buffer *source);

/** Append a copy of n bytes of the source, which may be the destination itself; all or none. O(k + n).
 * TA_E_RANGE, TA_E_NO_MEMORY, TA_E_FULL. */
ta_status ta_buffer_copy_range(ta_buffer *destination, const ta_buffer *source, size_t position, size_t n);

/* ---- Inspection ---------------------------------------------------------------------------------------- */


/** Bytes held, as this struct counts them, stale or not. */
size_t ta_buffer_len(const ta_buffer *b);

/** Is nothing held? */
static inline bool ta_buffer_is_empty(const ta_buffer *b)
{
    return ta_buffer_len(b) == 0;
}

/** Bytes that ta_buffer_write() would take now, if nobody else took a block. 0 when stale. */
size_t ta_buffer_room(const ta_buffer *b);

/**
 * Do the invariants hold? O(k), while nobody uses the buffer.
 * @return 0, also for a stale buffer; or the number of what is broken: 1 an offset or end is outside its
 *         block; 2 bytes without a chunk, or a chunk without bytes or reservation; 3 the chain breaks off;
 *         4 the chain does not end at the tail; 5 length and chunks differ.
 */
int ta_buffer_check(const ta_buffer *b);

#ifdef __cplusplus
}
#endif

#endif
