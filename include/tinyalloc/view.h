/**
 * @file view.h
 * @brief A view: a range of bytes to read and parse, in a buffer, a queue or linear memory. They need not be contiguous.
 *
 *     chain    [..Hel]-->[lo, ]-->[wor]-->[ld..]
 *     view          [lo, wor]
 *                     ^ at: the next byte; 2 more without a gap, 3 after them
 *
 * A view is a small value that owns nothing: copy it, cut it, keep it. It is also the cursor of the parsers (parse.h),
 * which advance it; a copy of the view is a way back.
 *
 * A view refers to its buffer or queue, which must exist as long as the view is used; ta_buffer_init() and
 * ta_queue_init() begin a new one. Every call that removes, prepends, truncates or moves bytes of the buffer or queue
 * makes all its views stale, and every call on a stale view returns TA_E_STALE. Bytes that are appended later, also by
 * an interrupt, are not in the view and do not end it. See GUARANTEES.md, G9.
 *
 * A view is open if more bytes may follow (that of a buffer or queue), and final if not (linear memory, a range cut by
 * length, or ta_view_final()). At the end of an open view a parser asks for more bytes; at the end of a final one it
 * finishes.
 *
 * For every call below:
 * - **Context**: that of the buffer's owner, or of the queue's reader. Nothing is masked, and no block is taken or
 *   freed.
 * - **Results**: every status call may return TA_E_INVALID (a NULL that is not allowed) and TA_E_STALE; only other
 *   reasons are listed. A call that fails has changed nothing; only ta_view_copy() may have copied some bytes.
 * - **Cost**: O(1), unless a call says otherwise; k is the number of chunks that it passes.
 * - **Memory**: spans and linear memory must exist as long as they are used.
 * - **Units**: lengths and positions are in bytes. Positions count from the view's first byte.
 */
#ifndef TINYALLOC_VIEW_H
#define TINYALLOC_VIEW_H

#include "queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where a view is. */
typedef struct ta_view_place_ {
    const uint8_t *at; /* the next byte, if `left` is not 0 */
    size_t left;       /* bytes from there on without a gap */
    ta_handle chunk;   /* the chunk that they end in */
    size_t rest;       /* bytes of the view in the chunks after it */
} ta_view_place_;

/** A view. Zeroed: an empty open view. */
typedef struct ta_view {
    ta_view_place_ here;    /**< Private. */
    const ta_chain_ *chain; /**< Private: whose bytes; NULL: linear memory, or no bytes. */
    size_t stamp;           /**< Private: the count of bytes removed from the chain when the view was made. */
    bool is_final;          /**< Private: no more bytes can follow. */
    /** Set by a parser that fails: where it stopped, counted from where it began. */
    size_t stopped;
    /** Set by a parser that fails. With TA_MORE: at least that many more bytes are needed; 0: not known. */
    size_t missing;
} ta_view;

/* ---- Making views -------------------------------------------------------------------------------------- */

/**
 * @brief An open view of everything that a buffer contains.
 * @param b The buffer.
 * @return The view; stale if the buffer is stale, empty if it is empty or NULL.
 */
ta_view ta_buffer_view(const ta_buffer *b);

/**
 * @brief An open view of everything that has arrived in a queue. Reader's context.
 * @param q The queue.
 * @return The view; stale if the queue is stale for its reader, empty if it is empty or NULL.
 */
ta_view ta_queue_view(const ta_queue *q);

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
 * @param[out] position Where it is; with TA_E_NO_MATCH, where a longer view may be searched on.
 * @retval TA_E_NO_MATCH The view does not contain it.
 */
ta_status ta_view_find(const ta_view *v, uint8_t byte, size_t *position);

/**
 * @brief Find the first byte for which a predicate is true. O(length).
 * @param v             The view.
 * @param is_match      The predicate. It must not change the buffer.
 * @param context       A pointer for the predicate.
 * @param[out] position Where the byte is; with TA_E_NO_MATCH, where a longer view may be searched on.
 * @retval TA_E_NO_MATCH There is no such byte.
 */
ta_status ta_view_find_if(const ta_view *v, ta_byte_predicate is_match, void *context, size_t *position);

/**
 * @brief Find the first occurrence of n bytes, also across chunks. O(length * n).
 * @param v             The view.
 * @param data          The bytes; may be NULL if n is 0.
 * @param n             How many. 0 bytes are found at position 0.
 * @param[out] position Where they begin; with TA_E_NO_MATCH, where a longer view may be searched on.
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
 * @brief Pass the next contiguous bytes of a view, in place.
 *
 *     for (ta_view at = line; ta_view_next_span(&at, &span) == TA_OK;)
 *         use(span.data, span.length);
 *
 * @param v         The view. It begins after the span then.
 * @param[out] span The bytes; read only.
 * @retval TA_E_EMPTY The view is empty.
 */
ta_status ta_view_next_span(ta_view *v, ta_span *span);

#ifdef __cplusplus
}
#endif

#endif
