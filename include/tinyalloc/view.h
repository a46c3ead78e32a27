/**
 * @file view.h
 * @brief A view: a range of bytes to read and parse, in a buffer or in linear memory. The bytes need not be contiguous.
 *
 *     buffer   [..Hel]-->[lo, ]-->[wor]-->[ld..]
 *     view          [lo, wor]                       first chunk, offset, length, last chunk
 *
 * A view is a small value that owns nothing: copy it, cut it, keep it. It contains the handles of its first and last
 * chunk. A call that removes or overwrites bytes of the view makes one of them stale. So a view either reads the right
 * bytes or returns TA_E_STALE (GUARANTEES.md, G9). Bytes that are appended later are not in the view. With TA_RETIRE, a
 * chunk in the last lifetime of its slot cannot get a new handle: there, use a view before its buffer changes.
 *
 * A view is open if more bytes may follow (that of a buffer), and final if not (linear memory, a range cut by length,
 * or ta_view_final()). At the end of an open view a parser asks for more bytes; at the end of a final one it finishes.
 *
 * For every call below:
 * - **Context**: that of the buffer's owner. Nothing is masked, and no block is taken or freed.
 * - **Results**: every status call may return TA_E_INVALID (a NULL that is not allowed) and TA_E_STALE; only other
 *   reasons are listed. A call that fails has changed nothing; only ta_view_copy() may have copied some bytes.
 * - **Cost**: O(1), unless a call says otherwise; k is the number of chunks that it passes.
 * - **Memory**: spans and linear memory must exist as long as they are used.
 * - **Units**: lengths and positions are in bytes. Positions count from the view's first byte.
 */
#ifndef TINYALLOC_VIEW_H
#define TINYALLOC_VIEW_H

#include "buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A view. Its members are private. Zeroed: an empty open view. */
typedef struct ta_view {
    const ta_allocator *allocator; /**< Private: whose chunks; NULL: linear memory. */
    const uint8_t *data;           /**< Private: in linear memory, the first byte. */
    size_t length;                 /**< Private: bytes in the view. */
    ta_handle first;               /**< Private: the chunk of the first byte. */
    ta_handle last;                /**< Private: the chunk of the last byte. */
    ta_slot offset;                /**< Private: of the first byte in its chunk. */
    bool is_final;                 /**< Private: no more bytes can follow. */
} ta_view;

/* ---- Making views -------------------------------------------------------------------------------------- */

/**
 * @brief An open view of everything that a buffer contains.
 * @param b The buffer.
 * @return The view; stale if the buffer is stale, empty if it is empty or NULL.
 */
ta_view ta_buffer_view(const ta_buffer *b);

/**
 * @brief A final view of linear memory.
 * @param data   The first byte; NULL: the view is empty.
 * @param length How many bytes.
 * @return The view.
 */
ta_view ta_view_of(const void *data, size_t length);

/**
 * @brief Make a view final: no more bytes will follow.
 * @param v The view.
 * @return A final view of the same bytes.
 */
ta_view ta_view_final(ta_view v);

/* ---- Cutting: what is cut off by length is final ------------------------------------------------------- */

/**
 * @brief A final view of the first n bytes. `*v` stays as it is. O(k).
 * @param v          The view.
 * @param n          How many bytes.
 * @param[out] taken The new view; it may be `v`.
 * @retval TA_E_RANGE The view has fewer bytes.
 */
ta_status ta_view_take(const ta_view *v, size_t n, ta_view *taken);

/**
 * @brief Cut the first n bytes off a view. O(k).
 * @param v The view. It stays open or final.
 * @param n How many bytes.
 * @retval TA_E_RANGE The view has fewer bytes.
 */
ta_status ta_view_skip(ta_view *v, size_t n);

/**
 * @brief Split a view: `*front` becomes a final view of the first n bytes, `*v` the rest. O(k).
 * @param v          The view. It stays open or final.
 * @param n          How many bytes.
 * @param[out] front The first part.
 * @retval TA_E_RANGE   The view has fewer bytes.
 * @retval TA_E_INVALID `front` is `v`.
 */
ta_status ta_view_split(ta_view *v, size_t n, ta_view *front);

/* ---- Looking ------------------------------------------------------------------------------------------- */

/**
 * @brief How many bytes are in a view, stale or not.
 * @param v The view.
 * @return Bytes; 0 if `v` is NULL.
 */
size_t ta_view_len(const ta_view *v);

/**
 * @brief Is a view final?
 * @param v The view.
 * @return true if no more bytes can follow; false if they may, or if `v` is NULL.
 */
bool ta_view_is_final(const ta_view *v);

/**
 * @brief Is a view empty?
 * @param v The view.
 * @return true if ta_view_len() is 0.
 */
bool ta_view_is_empty(const ta_view *v);

/**
 * @brief Is a view stale?
 * @param v The view.
 * @return TA_OK, TA_E_STALE or TA_E_INVALID.
 */
ta_status ta_view_check(const ta_view *v);

/**
 * @brief The byte at a position. O(k).
 * @param v         The view.
 * @param position  Its position.
 * @param[out] byte The byte; unchanged after an error.
 * @retval TA_E_RANGE The view ends at or before the position.
 */
ta_status ta_view_at(const ta_view *v, size_t position, uint8_t *byte);

/**
 * @brief Find the first byte of a value. O(length).
 * @param v             The view.
 * @param byte          The value.
 * @param[out] position Where it is; unchanged after an error.
 * @retval TA_E_NO_MATCH The view does not contain it.
 */
ta_status ta_view_find(const ta_view *v, uint8_t byte, size_t *position);

/**
 * @brief Find the first byte for which a predicate is true. O(length).
 * @param v             The view.
 * @param is_match      The predicate. It must not change the buffer.
 * @param context       A pointer for the predicate.
 * @param[out] position Where the byte is; unchanged after an error.
 * @retval TA_E_NO_MATCH There is no such byte.
 */
ta_status ta_view_find_if(const ta_view *v, ta_byte_predicate is_match, void *context, size_t *position);

/**
 * @brief Find the first occurrence of n bytes, also across chunks. O(length * n).
 * @param v             The view.
 * @param data          The bytes; may be NULL if n is 0.
 * @param n             How many. 0 bytes are found at position 0.
 * @param[out] position Where they begin; unchanged after an error.
 * @retval TA_E_NO_MATCH The view does not contain them.
 */
ta_status ta_view_find_seq(const ta_view *v, const void *data, size_t n, size_t *position);

/**
 * @brief Compare a view with n bytes. O(n).
 * @param v    The view.
 * @param data The bytes; may be NULL if n is 0.
 * @param n    How many.
 * @retval TA_OK         The view consists of these bytes, no more and no fewer.
 * @retval TA_E_NO_MATCH It does not.
 */
ta_status ta_view_equals(const ta_view *v, const void *data, size_t n);

/**
 * @brief Order two views as memcmp() does; a view comes before a longer one that begins with it. O(length).
 * @param a          A view.
 * @param b          Another view.
 * @param[out] order Below 0, 0 or above 0: `a` comes before `b`, is equal to it, or comes after it.
 * @return TA_OK, TA_E_STALE or TA_E_INVALID.
 */
ta_status ta_view_compare(const ta_view *a, const ta_view *b, int *order);

/**
 * @brief Copy n bytes from a position on to plain memory. O(k + n).
 * @param v         The view.
 * @param position  Where they begin.
 * @param[out] data The copy; may be NULL if n is 0.
 * @param n         How many.
 * @retval TA_E_RANGE The view has fewer bytes from there on.
 */
ta_status ta_view_copy(const ta_view *v, size_t position, void *data, size_t n);

/**
 * @brief The contiguous parts of a view one after another, as ta_buffer_next_chunk() delivers chunks.
 * @param v         The view. The iterator is valid for this view only, until its buffer is changed.
 * @param at        The iterator; zeroed at the start.
 * @param[out] span The next part; read only.
 * @retval TA_E_EMPTY The last part was delivered before.
 */
ta_status ta_view_next_span(const ta_view *v, ta_chunk_iterator *at, ta_span *span);

#ifdef __cplusplus
}
#endif

#endif
