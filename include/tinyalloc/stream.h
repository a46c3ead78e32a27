/**
 * @file stream.h
 * @brief A buffer as a stream: reading, searching, and moving bytes from buffer to buffer.
 *
 *     source  [..aa]-->[bbbb]-->[ccc.]          ta_buffer_split(&front, &source, 8)
 *     front   [..aa]-->[bbbb]-->[cc..]          whole chunks are relinked; of the one that is cut, bytes are copied
 *     source  [..c.]
 *
 * What buffer.h says of all its calls is true here, too: context, results, stale buffers, reservations, units. Searches
 * mask nothing and take no block. Calls that remove bytes free their chunks one by one, each in a short critical section.
 *
 * Calls that move bytes from one buffer to another:
 * - If both use one allocator, whole chunks are relinked where possible. At most one more block is taken, for the
 *   bytes of a chunk that is cut. It is taken first, so the call is all or nothing.
 * - If the allocators differ, the bytes are copied. The destination takes as many blocks as for ta_buffer_write(), and
 *   a call that fails does not close the source's reservation.
 * - Either buffer may be the stale one, except that a stale `front` of ta_buffer_split() counts as empty.
 */
#ifndef TINYALLOC_STREAM_H
#define TINYALLOC_STREAM_H

#include "buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Reading ------------------------------------------------------------------------------------------- */

/**
 * @brief Remove the first n bytes and copy them to plain memory, all or none. O(n).
 * @param b         The buffer.
 * @param[out] data The bytes; may be NULL if n is 0.
 * @param n         How many.
 * @retval TA_E_RANGE Fewer bytes are stored.
 */
ta_status ta_buffer_read(ta_buffer *b, void *data, size_t n);

/**
 * @brief Remove as many of the first n bytes as are stored, and copy them to plain memory. O(n).
 * @param b         The buffer.
 * @param[out] data The bytes; may be NULL if n is 0.
 * @param n         The most bytes to remove.
 * @param[out] done How many were removed; 0 after an error other than TA_E_INVALID.
 * @retval TA_E_EMPTY The buffer is empty, and n is not 0.
 */
ta_status ta_buffer_read_some(ta_buffer *b, void *data, size_t n, size_t *done);

/**
 * @brief Copy the byte at a position and leave it in the buffer. O(k).
 * @param b         The buffer.
 * @param position  Its position.
 * @param[out] byte The byte; unchanged after an error.
 * @retval TA_E_RANGE Not more than `position` bytes are stored.
 */
ta_status ta_buffer_at(const ta_buffer *b, size_t position, uint8_t *byte);

/* ---- Searching ----------------------------------------------------------------------------------------- */

/**
 * @brief Find the first byte of a value from a position on. O(length).
 *
 * A search can be resumed when more bytes have arrived: begin with position 0, and after TA_E_NO_MATCH begin the next
 * search where this one ended.
 *
 * @param b             The buffer.
 * @param from          Where to begin.
 * @param byte          The value.
 * @param[out] position Where it is; with TA_E_NO_MATCH, where to resume; unchanged after another error.
 * @retval TA_E_NO_MATCH The value is not there.
 * @retval TA_E_RANGE    Fewer bytes are stored than `from`.
 */
ta_status ta_buffer_find(const ta_buffer *b, size_t from, uint8_t byte, size_t *position);

/**
 * @brief Find the first byte for which a predicate is true, from a position on. O(length).
 * @param b             The buffer.
 * @param from          Where to begin.
 * @param is_match      The predicate. It must not change the buffer.
 * @param context       A pointer for the predicate.
 * @param[out] position Where the byte is; with TA_E_NO_MATCH, where to resume; unchanged after another error.
 * @retval TA_E_NO_MATCH There is no such byte.
 * @retval TA_E_RANGE    Fewer bytes are stored than `from`.
 */
ta_status ta_buffer_find_if(const ta_buffer *b, size_t from, ta_byte_predicate is_match, void *context,
                            size_t *position);

/**
 * @brief Find the first occurrence of n bytes from a position on, also across chunks. O(length * n).
 * @param b             The buffer.
 * @param from          Where to begin.
 * @param data          The bytes; may be NULL if n is 0.
 * @param n             How many. 0 bytes are found at `from`.
 * @param[out] position Where they begin; with TA_E_NO_MATCH, where to resume, which is the first place where a match may
 *                      still begin; unchanged after another error.
 * @retval TA_E_NO_MATCH The bytes are not there.
 * @retval TA_E_RANGE    Fewer bytes are stored than `from`.
 */
ta_status ta_buffer_find_seq(const ta_buffer *b, size_t from, const void *data, size_t n, size_t *position);

/* ---- Removing what was found --------------------------------------------------------------------------- */

/**
 * @brief Remove bytes from the front as long as a predicate is true. O(done).
 * @param b         The buffer.
 * @param is_match  The predicate. It must not change the buffer.
 * @param context   A pointer for the predicate.
 * @param[out] done How many were removed, maybe 0.
 * @return TA_OK, also if no byte was removed; TA_E_INVALID or TA_E_STALE.
 */
ta_status ta_buffer_skip_while(ta_buffer *b, ta_byte_predicate is_match, void *context, size_t *done);

/**
 * @brief Remove all bytes through the first one of a value. O(done), or O(length) if there is none.
 * @param b         The buffer.
 * @param byte      The value.
 * @param[out] done How many were removed, the found byte included; 0 if none.
 * @retval TA_E_NO_MATCH The buffer does not contain the value, and nothing is removed.
 */
ta_status ta_buffer_consume_until(ta_buffer *b, uint8_t byte, size_t *done);

/* ---- From buffer to buffer ----------------------------------------------------------------------------- */

/**
 * @brief Cut the first n bytes off a buffer; they replace what another one contains. O(k).
 *
 * `front` keeps its allocator and its limit; its old chunks are freed. After an error it is unchanged, and its
 * reservation is still open.
 * @param front The buffer that gets the bytes; it must be bound.
 * @param b     The buffer that loses them.
 * @param n     How many.
 * @retval TA_E_RANGE     Fewer bytes are stored in `b`.
 * @retval TA_E_NO_MEMORY A block is needed and none is free.
 * @retval TA_E_FULL      The limit of `front` would be exceeded.
 * @retval TA_E_STALE     `b` is stale.
 * @retval TA_E_INVALID   The two are the same buffer.
 */
ta_status ta_buffer_split(ta_buffer *front, ta_buffer *b, size_t n);

/**
 * @brief Move the first n bytes of a buffer to the end of another one. O(k), or O(n) where bytes are copied.
 *
 * Chunks are relinked without a copy if the destination is empty, or if its last chunk is full and no byte was
 * removed from the source's first one. Otherwise the bytes of each chunk move up to fill the chunk before it. Views
 * of the source become stale.
 * @param destination The buffer that gets the bytes.
 * @param source      The buffer that loses them.
 * @param n           How many.
 * @retval TA_E_RANGE     The source stores fewer bytes.
 * @retval TA_E_NO_MEMORY Too few blocks are free.
 * @retval TA_E_FULL      The destination's limit would be exceeded.
 * @retval TA_E_INVALID   The two are the same buffer.
 */
ta_status ta_buffer_drain_into(ta_buffer *destination, ta_buffer *source, size_t n);

/**
 * @brief Move all bytes of a buffer to the end of another one. As ta_buffer_drain_into() with their number.
 *
 * O(1) where the chunks can be relinked. They are not looked at then, so a chunk that foreign code freed is detected
 * only in the destination; see GUARANTEES.md, G4.
 * @param destination The buffer that gets the bytes.
 * @param source      The buffer that loses them.
 * @retval TA_E_NO_MEMORY Too few blocks are free.
 * @retval TA_E_FULL      The destination's limit would be exceeded.
 * @retval TA_E_INVALID   The two are the same buffer.
 */
ta_status ta_buffer_append(ta_buffer *destination, ta_buffer *source);

#ifdef __cplusplus
}
#endif

#endif
