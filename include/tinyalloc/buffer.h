/**
 * @file buffer.h
 * @brief A byte sequence on a chain of blocks. It grows and shrinks at both ends and has one owner.
 *
 *     first chunk                             last chunk
 *     [..|aaaaa]-->[bbbbbbbb]-->[cccccccc]-->[ddd|.....]       4 chunks of 8 bytes, 24 bytes stored
 *        ^ next byte to read                     ^ next byte to write
 *
 * A chunk is a block of the chain. All chunks between the ends are full, so n bytes take at most
 * 1 + ceil((n - 1) / block_size) blocks. A chunk is freed together with its last byte: an empty buffer has
 * no block. An open reservation may have one more.
 *
 * For every call below:
 * - **Binding**: ta_buffer_init() or TA_BUFFER_INIT binds the buffer to its allocator. The buffer owns its chunks.
 *   With TA_GLOBAL, a buffer bound to NULL uses the global allocator of the moment when it takes its first block, until
 *   it is empty again. Without TA_GLOBAL its calls return TA_E_INVALID.
 * - **Context**: one owner at a time, thread or interrupt. Any other context may use the same pool meanwhile.
 * - **Results**: all or nothing; a call that does not return TA_OK has changed no byte. Every status call may
 *   return TA_E_INVALID (a NULL that is not allowed) and TA_E_STALE; only other reasons are listed.
 * - **Stale**: a buffer is stale when its first or last chunk was freed elsewhere, for example by ta_clear(). Calls
 *   reject it before they touch a byte. ta_buffer_clear() makes it usable again. See GUARANTEES.md, G4.
 * - **Copies**: do not copy a ta_buffer that has chunks. Calls on the copy return TA_E_STALE once the first or last
 *   chunk of the original has been freed; until then the error is undetected.
 * - **Cost**: O(1), unless a call says otherwise; k is the number of chunks that it passes. See also the table.
 * - **Units**: lengths and positions are in bytes. Positions count from the first byte stored.
 *
 * | call                                   | masks at most (measured in GUARANTEES.md, G14) | takes at most   |
 * |----------------------------------------|------------------------------------------------|-----------------|
 * | push, reserve                          | taking a block                                 | one block       |
 * | write, write_some, prepend, copy_range | taking a few blocks at a time                  | the blocks of n bytes |
 * | append_block                           | giving the block a new handle, or freeing it   | nothing, see there |
 * | pop, consume, truncate, clear, move    | freeing one block at a time                    | nothing         |
 * | commit, cancel, set_limit              | freeing the block of a reservation             | nothing         |
 * | room                                   | counting free blocks                           | nothing         |
 * | all others                             | nothing                                        | nothing         |
 *
 * A reservation (ta_buffer_reserve()) stays open until commit or cancel, or until another call closes it:
 * - push, write, write_some and reserve use its space, which closes or replaces it. It stays open if they fail or
 *   write 0 bytes.
 * - set_limit, and calls that remove, prepend, copy or move bytes or append a block, close it first, even if they
 *   then fail. A call with two buffers does so in both. Exceptions: the source of ta_buffer_copy_range(), and the
 *   destination of a ta_buffer_move() that fails.
 * - TA_E_INVALID leaves it open, unless it is the reservation of an empty buffer whose global allocator was replaced.
 *   After TA_E_STALE it may be open or closed.
 */
#ifndef TINYALLOC_BUFFER_H
#define TINYALLOC_BUFFER_H

#include "chain.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types --------------------------------------------------------------------------------------------- */

/** A buffer. Its members are private. Zeroed memory is an empty buffer that is bound to NULL. */
typedef struct ta_buffer {
    ta_chain_ chain; /**< Private: the chain. */
} ta_buffer;

/** The position of ta_buffer_next_chunk(). Zeroed: before the first chunk. */
typedef struct ta_chunk_iterator {
    ta_handle next;  /**< Private: the chunk to deliver next. */
    size_t position; /**< Bytes delivered so far. */
} ta_chunk_iterator;

/**
 * @brief Initialiser of an empty buffer without a limit: `static ta_buffer b = TA_BUFFER_INIT(pool);`.
 * @param allocator The allocator to bind it to.
 */
#define TA_BUFFER_INIT(allocator)         \
    {                                     \
        TA_CHAIN_INIT_((allocator), 0, 0) \
    }

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

/**
 * @brief Make a buffer empty, without a limit, and bind it.
 *
 * Chunks that it had before are forgotten, not freed: call ta_buffer_clear() first.
 * @param b         The buffer.
 * @param allocator Its allocator; NULL is allowed only with TA_GLOBAL.
 * @return TA_OK or TA_E_INVALID.
 */
ta_status ta_buffer_init(ta_buffer *b, const ta_allocator *allocator);

/**
 * @brief Remove all bytes and free all chunks. O(k).
 *
 * Binding and limit stay. A stale buffer, or one whose chain is broken, frees nothing and is empty afterwards.
 * @param b The buffer.
 * @return TA_OK, also if the buffer was stale, or TA_E_INVALID.
 */
ta_status ta_buffer_clear(ta_buffer *b);

/**
 * @brief Set the limit: the number of bytes above which writes return TA_E_FULL.
 *
 * Bytes that are stored already stay, even above the limit.
 * @param b     The buffer.
 * @param limit The limit; 0: none.
 * @return TA_OK, TA_E_INVALID or TA_E_STALE.
 */
ta_status ta_buffer_set_limit(ta_buffer *b, size_t limit);

/**
 * @brief The limit.
 * @param b The buffer.
 * @return The limit; 0: none, or `b` is NULL.
 */
size_t ta_buffer_limit(const ta_buffer *b);

/* ---- Writing at the back ------------------------------------------------------------------------------- */

/**
 * @brief Append one byte.
 * @param b    The buffer.
 * @param byte The byte.
 * @retval TA_E_NO_MEMORY A block is needed and none is free.
 * @retval TA_E_FULL      The limit is reached.
 */
ta_status ta_buffer_push(ta_buffer *b, uint8_t byte);

/**
 * @brief Append n bytes, all or none. O(n).
 * @param b    The buffer.
 * @param data The bytes; may be NULL if n is 0.
 * @param n    How many.
 * @retval TA_E_NO_MEMORY Too few blocks are free.
 * @retval TA_E_FULL      The limit would be exceeded.
 */
ta_status ta_buffer_write(ta_buffer *b, const void *data, size_t n);

/**
 * @brief Append as many of n bytes as limit and free blocks allow. O(n).
 * @param b         The buffer.
 * @param data      The bytes; may be NULL if n is 0.
 * @param n         How many.
 * @param[out] done How many were appended; 0 after an error other than TA_E_INVALID.
 * @retval TA_OK          At least one byte was appended, or n is 0.
 * @retval TA_E_NO_MEMORY No byte was appended, because no block is free.
 * @retval TA_E_FULL      No byte was appended, because the limit is reached.
 */
ta_status ta_buffer_write_some(ta_buffer *b, const void *data, size_t n, size_t *done);

/**
 * @brief Append a block that the caller allocated, for example one that DMA has filled.
 *
 * The block becomes the buffer's, and the caller's handle stale. Nothing is copied if the buffer is empty or its last
 * chunk is full; otherwise at most one block of bytes is copied or moved. After an error the block is still the
 * caller's. The block must not be part of a buffer or queue.
 * @param b      The buffer.
 * @param h      A live block of the buffer's allocator.
 * @param length How many bytes it contains, from its first one on. 0: the block is freed.
 * @retval TA_E_STALE     The handle or the buffer is stale.
 * @retval TA_E_FULL      The limit would be exceeded.
 * @retval TA_E_INVALID   `length` is more than a block, or the block is this buffer's own first or last chunk.
 * @retval TA_E_NO_MEMORY The slot is in its last lifetime (TA_RETIRE), and no block is free for a copy.
 */
ta_status ta_buffer_append_block(ta_buffer *b, ta_handle h, size_t length);

/**
 * @brief Open a reservation: contiguous space after the last byte, which the caller or its DMA fills.
 *
 * The span is valid until ta_buffer_commit(), ta_buffer_cancel(), or the next call that changes the buffer.
 * @param b         The buffer.
 * @param n         How many bytes are wanted.
 * @param[out] span 1 to n bytes of space.
 * @retval TA_E_NO_MEMORY A block is needed and none is free.
 * @retval TA_E_FULL      The limit is reached.
 * @retval TA_E_INVALID   n is 0.
 */
ta_status ta_buffer_reserve(ta_buffer *b, size_t n, ta_span *span);

/**
 * @brief Append the first n bytes of the reservation, and close it.
 * @param b The buffer.
 * @param n How many bytes of the span are data. 0: as ta_buffer_cancel().
 * @retval TA_E_INVALID No reservation is open, or n is more than its span.
 */
ta_status ta_buffer_commit(ta_buffer *b, size_t n);

/**
 * @brief Close the reservation without appending anything. A block that was taken for it is freed.
 * @param b The buffer.
 * @return TA_OK, also if no reservation is open; TA_E_INVALID or TA_E_STALE.
 */
ta_status ta_buffer_cancel(ta_buffer *b);

/* ---- Both ends ----------------------------------------------------------------------------------------- */

/**
 * @brief Remove the first byte and store it in *byte.
 * @param b         The buffer.
 * @param[out] byte The byte; unchanged after an error.
 * @retval TA_E_EMPTY The buffer is empty.
 */
ta_status ta_buffer_pop(ta_buffer *b, uint8_t *byte);

/**
 * @brief Copy the first byte and leave it in the buffer.
 * @param b         The buffer.
 * @param[out] byte The byte; unchanged after an error.
 * @retval TA_E_EMPTY The buffer is empty.
 */
ta_status ta_buffer_peek(const ta_buffer *b, uint8_t *byte);

/**
 * @brief The bytes of the first chunk, in place. Remove them with ta_buffer_consume().
 * @param b         The buffer.
 * @param[out] span The bytes; valid until they are removed.
 * @retval TA_E_EMPTY The buffer is empty.
 */
ta_status ta_buffer_front(const ta_buffer *b, ta_span *span);

/**
 * @brief Remove the first n bytes, all or none. O(k).
 * @param b The buffer.
 * @param n How many.
 * @retval TA_E_RANGE Fewer bytes are stored.
 */
ta_status ta_buffer_consume(ta_buffer *b, size_t n);

/**
 * @brief Insert n bytes before the first one, all or none. O(n).
 *
 * They go where removed bytes of the first chunk were, then into at most ceil(n / block_size) new blocks. Views of
 * the buffer become stale.
 * @param b    The buffer.
 * @param data The bytes; may be NULL if n is 0.
 * @param n    How many.
 * @retval TA_E_NO_MEMORY Too few blocks are free.
 * @retval TA_E_FULL      The limit would be exceeded.
 */
ta_status ta_buffer_prepend(ta_buffer *b, const void *data, size_t n);

/**
 * @brief Remove all bytes from a position on. O(k).
 * @param b          The buffer.
 * @param new_length How many bytes remain.
 * @retval TA_E_RANGE Fewer bytes are stored.
 */
ta_status ta_buffer_truncate(ta_buffer *b, size_t new_length);

/* ---- Chunks and copies --------------------------------------------------------------------------------- */

/**
 * @brief The bytes of one chunk after another, in place.
 *
 *     ta_chunk_iterator at = {0};
 *     while (ta_buffer_next_chunk(&b, &at, &span) == TA_OK)
 *         use(span.data, span.length);
 *
 * @param b         The buffer. The iterator is valid until it is changed.
 * @param at        The iterator.
 * @param[out] span The bytes of the next chunk.
 * @retval TA_E_EMPTY The last chunk was delivered before.
 * @retval TA_E_STALE The buffer or the next chunk is stale.
 */
ta_status ta_buffer_next_chunk(const ta_buffer *b, ta_chunk_iterator *at, ta_span *span);

/**
 * @brief Copy n bytes from a position on to plain memory. O(k + n).
 * @param b         The buffer.
 * @param position  Where they begin.
 * @param[out] data The copy; may be NULL if n is 0.
 * @param n         How many.
 * @retval TA_E_RANGE Fewer bytes are stored from there on.
 * @retval TA_E_STALE The chain is stale; bytes before the break may have been copied.
 */
ta_status ta_buffer_copy_out(const ta_buffer *b, size_t position, void *data, size_t n);

/**
 * @brief Replace what a buffer contains by everything that another one contains. O(1), plus freeing.
 *
 * The chunks change their owner; nothing is copied. The destination takes over the source's allocator, keeps its own
 * limit and frees its old chunks; if it is stale it counts as empty. The source is empty afterwards. With TA_OWNERS the
 * destination also takes over the source's owner.
 * @param destination The buffer that gets the bytes.
 * @param source      The buffer that loses them. If it is the destination, no byte changes.
 * @retval TA_E_FULL  The destination's limit would be exceeded.
 * @retval TA_E_STALE The source is stale.
 */
ta_status ta_buffer_move(ta_buffer *destination, ta_buffer *source);

/**
 * @brief Append a copy of n bytes of a buffer, all or none. O(k + n).
 * @param destination The buffer that gets the copy.
 * @param source      The buffer that is read; it may be the destination.
 * @param position    Where the bytes begin in the source.
 * @param n           How many.
 * @retval TA_E_RANGE     The source stores fewer bytes from there on.
 * @retval TA_E_NO_MEMORY Too few blocks are free.
 * @retval TA_E_FULL      The destination's limit would be exceeded.
 */
ta_status ta_buffer_copy_range(ta_buffer *destination, const ta_buffer *source, size_t position, size_t n);

/* ---- Inspection ---------------------------------------------------------------------------------------- */

/**
 * @brief How many bytes are stored. A stale buffer still says how many they were.
 * @param b The buffer.
 * @return Bytes; 0 if `b` is NULL.
 */
size_t ta_buffer_len(const ta_buffer *b);

/**
 * @brief Is the buffer empty?
 * @param b The buffer.
 * @return true if ta_buffer_len() is 0.
 */
static inline bool ta_buffer_is_empty(const ta_buffer *b)
{
    return ta_buffer_len(b) == 0;
}

/**
 * @brief How many bytes ta_buffer_write() would accept now, if no other context takes a block.
 * @param b The buffer.
 * @return Bytes; 0 if `b` is stale or invalid.
 */
size_t ta_buffer_room(const ta_buffer *b);

/**
 * @brief Check the invariants of a buffer. O(k), while nobody uses it.
 * @param b The buffer.
 * @return 0, also if `b` is stale or invalid; or the number of what is broken: 1 an end or the reservation is outside
 *         its block; 2 there are bytes without a chunk, or a chunk without bytes and reservation; 3 the chain breaks
 *         off; 4 the bytes do not end in the last chunk; 5 a cached credit allows too much.
 */
int ta_buffer_check(const ta_buffer *b);

#ifdef __cplusplus
}
#endif

#endif
