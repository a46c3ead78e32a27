/**
 * @file stream.h
 * @brief A buffer read as a stream: taking, searching, and handing bytes on from buffer to buffer.
 *
 *     source  [..aa]-->[bbbb]-->[ccc.]          ta_buffer_split(&front, &source, 8)
 *     front   [..aa]-->[bbbb]-->[cc..]          whole chunks are relinked, the one that is cut is copied
 *     source  [..c.]
 *
 * What buffer.h says of all calls holds here: one owner, all or nothing, TA_E_INVALID and TA_E_STALE. Where
 * two buffers take part, either may be the stale one. Bytes go between buffers of one allocator by relinking
 * whole chunks; between two allocators they are copied, which takes the destination as many blocks as writing
 * them would.
 */
#ifndef TINYALLOC_STREAM_H
#define TINYALLOC_STREAM_H

#include "buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Reading ------------------------------------------------------------------------------------------- */


/** Take the first n bytes, all or none. O(n). TA_E_RANGE: fewer are held. `data` may be NULL when n is 0. */
ta_status ta_buffer_read(ta_buffer *b, void *data, size_t n);

/** Take as many of the first n bytes as are held; `*done` says how many. O(n). TA_E_EMPTY: none (and n > 0).
 */
ta_status ta_buffer_read_some(ta_buffer *b, void *data, size_t n, size_t *done);

/** The byte at a position, without taking it. O(k). TA_E_RANGE. */
ta_status ta_buffer_at(const ta_buffer *b, size_t position, uint8_t *byte);

/* ---- Searching: positions count from the first byte held ----------------------------------------------- */


/** The position of the first `byte`. O(length). TA_E_NO_MATCH. */
ta_status ta_buffer_find(const ta_buffer *b, uint8_t byte, size_t *position);

/** The position of the first byte for which the predicate holds. O(length). TA_E_NO_MATCH. */
ta_status ta_buffer_find_if(const ta_buffer *b, ta_byte_predicate is_match, void *context, size_t *position);

/** The position of the first occurrence of n bytes, across chunks. O(length * n). TA_E_NO_MATCH. Nothing (n
 * 0) is found at 0. */
ta_status ta_buffer_find_seq(const ta_buffer *b, const void *data, size_t n, size_t *position);

/* ---- Consuming what was found -------------------------------------------------------------------------- */


/** Drop bytes from the front as long as the predicate holds; `*done` says how many. O(done). The predicate
 * must not touch the buffer. */
ta_status ta_buffer_skip_while(ta_buffer *b, ta_byte_predicate is_match, void *context, size_t *done);

/** Drop everything through the first `byte`; `*done` says how many. O(done). TA_E_NO_MATCH: it is not held,
 * and nothing is dropped. */
ta_status ta_buffer_consume_until(ta_buffer *b, uint8_t byte, size_t *done);

/* ---- From buffer to buffer ----------------------------------------------------------------------------- */


/** Cut the first n bytes off `b` and make them what `front` holds; what it held is freed. O(k). At most one
 * block more, when the cut goes through a chunk. TA_E_RANGE, TA_E_NO_MEMORY, TA_E_FULL (the limit of
 * `front`); TA_E_INVALID: from itself. */
ta_status ta_buffer_split(ta_buffer *front, ta_buffer *b, size_t n);

/** Take the first n bytes of the source and append them to the destination. Chunks are relinked where the
 * destination is empty or ends with a full chunk and the source's first chunk is whole (or the destination
 * empty); else a chunk's bytes fill the destination's last chunk up, and those left move up in their own. O(k),
 * or O(n) where bytes are moved. At most one block more, when the cut goes through a chunk. TA_E_RANGE,
 * TA_E_NO_MEMORY, TA_E_FULL; TA_E_INVALID: into itself. */
ta_status ta_buffer_drain_into(ta_buffer *destination, ta_buffer *source, size_t n);

/** ta_buffer_drain_into() of everything. O(1) where chunks can be relinked. */
ta_status ta_buffer_append(ta_buffer *destination, ta_buffer *source);

#ifdef __cplusplus
}
#endif

#endif
