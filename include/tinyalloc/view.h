/**
 * @file view.h
 * @brief A read-only range of a buffer, or of linear memory: input that need not be contiguous.
 *
 *     buffer   [..Hel]-->[lo, ]-->[wor]-->[ld..]
 *     view          [lo, wor]                       first chunk, offset, length, last chunk
 *
 * A view is a small value: copy it, cut it, keep it. It owns nothing. It holds the handles of its first and
 * last chunk; whatever takes bytes from under it frees one of them or ends its generation, so a view that
 * outlived its bytes says TA_E_STALE, or still reads the right bytes, never other ones. (In a build with
 * TA_RETIRE a chunk in the last lifetime of its slot cannot begin a new generation: there, use a view before
 * the buffer is changed.)
 *
 * A view is *open* when more bytes may come (a whole buffer) and *final* when this is all (linear memory,
 * anything cut to a length, or declared so): parsers ask for more at the end of an open view, and finish at
 * the end of a final one.
 *
 * What holds for every call below: TA_E_INVALID for a NULL that may not be, TA_E_STALE; nothing is changed
 * then. Context: that of the buffer's owner. Positions count from the view's first byte. k is the number of
 * chunks a call passes.
 */
#ifndef TINYALLOC_VIEW_H
#define TINYALLOC_VIEW_H

#include "buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A view; all members are the library's. Zeroed: an empty open view. */
typedef struct ta_view {
    const ta_allocator *allocator; /* NULL: linear memory */
    const uint8_t *data;           /* linear memory: the first byte */
    size_t length;                 /* bytes in view */
    ta_handle first;               /* chunks: the one the first byte lies in, */
    ta_handle last;                /* and the last byte */
    ta_slot offset;                /* of the first byte in its chunk */
    bool is_final;                 /* nothing can follow */
} ta_view;

/* ---- Making views -------------------------------------------------------------------------------------- */


/** An open view of everything a buffer holds. Of a stale buffer: a stale view. O(1). */
ta_view ta_buffer_view(const ta_buffer *b);

/** A final view of linear memory, which must stay as long as the view is used. O(1). */
ta_view ta_view_of(const void *data, size_t length);

/** The same bytes, declared to be all. O(1). */
ta_view ta_view_final(ta_view v);

/* ---- Cutting: what is taken by length is final --------------------------------------------------------- */


/** The first n bytes; `*v` stays. O(k). TA_E_RANGE: fewer are there. `taken` may be `v`. */
ta_status ta_view_take(const ta_view *v, size_t n, ta_view *taken);

/** Leave the first n bytes behind. O(k). TA_E_RANGE. */
ta_status ta_view_skip(ta_view *v, size_t n);

/** Both: `*front` is the first n bytes, `*v` the rest. O(k). TA_E_RANGE; TA_E_INVALID when they are one. */
ta_status ta_view_split(ta_view *v, size_t n, ta_view *front);

/* ---- Looking ------------------------------------------------------------------------------------------- */


/** Bytes in view, stale or not. */
size_t ta_view_len(const ta_view *v);

/** Is this all, or may more bytes come? */
bool ta_view_is_final(const ta_view *v);

/** Is nothing in view? */
bool ta_view_is_empty(const ta_view *v);

/** TA_OK, or TA_E_STALE. O(1). */
ta_status ta_view_check(const ta_view *v);

/** The byte at a position. O(k). TA_E_RANGE. */
ta_status ta_view_at(const ta_view *v, size_t position, uint8_t *byte);

/** The position of the first `byte`. O(length). TA_E_NO_MATCH. */
ta_status ta_view_find(const ta_view *v, uint8_t byte, size_t *position);

/** The position of the first byte for which the predicate holds. O(length). TA_E_NO_MATCH. */
ta_status ta_view_find_if(const ta_view *v, ta_byte_predicate is_match, void *context, size_t *position);

/** The position of the first occurrence of n bytes, across chunks. O(length * n). TA_E_NO_MATCH. Nothing (n
 * 0) is found at 0. */
ta_status ta_view_find_seq(const ta_view *v, const void *data, size_t n, size_t *position);

/** TA_OK: the view is these n bytes, no more and no less; TA_E_NO_MATCH: it is not. O(n). */
ta_status ta_view_equals(const ta_view *v, const void *data, size_t n);

/** Order two views as memcmp() would; a beginning comes before the whole. `*order` is below, at or above 0.
 * O(length). */
ta_status ta_view_compare(const ta_view *a, const ta_view *b, int *order);

/** Copy n bytes from a position on to plain memory. O(k + n). TA_E_RANGE. `data` may be NULL when n is 0. */
ta_status ta_view_copy(const ta_view *v, size_t position, void *data, size_t n);

/** The spans one after another, as ta_buffer_next_chunk() gives them. TA_E_EMPTY after the last one. */
ta_status ta_view_next_span(const ta_view *v, ta_chunk_iterator *at, ta_span *span);

#ifdef __cplusplus
}
#endif

#endif
