/*
 * How views, parsers and searches go through bytes.
 *
 *     [....abcd]-->[efghijkl]-->[mno.....]
 *                     ^     ^
 *                     at    at + left             rest: 3
 *
 * A chunk is entered when a byte of it is wanted, not before. So `left` is 0 at the end of a chunk, too, and only
 * view_span() tells whether a byte follows.
 */
#ifndef TINYALLOC_WALK_H
#define TINYALLOC_WALK_H

#include "chain.h"
#include <tinyalloc/view.h>

typedef ta_view_place_ view_place;

/* An open view of what a chain contains. If it is not TA_OK the view is empty, or stale. */
ta_status ta_view_of_chain_(const chain *c, ta_view *v);

/* Enter the next chunk. Returns how many bytes follow without a gap; 0 where the view ends, or where the link
 * leads to no live block. */
size_t ta_view_enter_(ta_view *v);

/* Pass n bytes, and copy them to `out` unless that is NULL. Returns how many are missing. */
size_t ta_view_pass_(ta_view *v, uint8_t *out, size_t n);

/* Pass everything before these n > 0 bytes; false, and at the end, when they are not there. */
bool ta_view_seek_(ta_view *v, const uint8_t *data, size_t n);

/* Find n bytes, or a byte for which a predicate is true, from a position on: see ta_buffer_find_seq(). The view ends up
 * where it is found. */
ta_status ta_view_search_(ta_view *v, size_t from, const uint8_t *data, size_t n, size_t *position);
ta_status ta_view_search_if_(ta_view *v, size_t from, ta_byte_predicate is_match, void *context,
                             size_t *position);

/* How many of n bytes are next; passes them. */
size_t ta_view_match_(ta_view *v, const uint8_t *data, size_t n);

/* `front` becomes a final view of what `v` has passed since a place, unless it is NULL. Returns TA_OK. */
ta_status ta_view_cut_(const ta_view *v, const view_place *start, ta_view *front);

/* Reject no view, one from under which bytes were removed, and one whose current chunk was freed by foreign code. */
static inline ta_status view_status(const ta_view *v)
{
    if (!v)
        return invalid();
    const chain *c = v->chain;
    if (TA_GLOBAL && c && !c->allocator)
        return TA_E_STALE; /* an empty buffer was copied over this one */
    bool is_stale = c && (c->out.count != v->stamp || !is_chunk_live(c->allocator, v->here.chunk));
    return is_stale ? TA_E_STALE : TA_OK;
}

/* Why a walk that wanted one more byte stopped: TA_E_NO_MATCH, there is one; TA_MORE or TA_E_EMPTY, an open or a
 * final view ends; TA_E_STALE. */
INLINE ta_status why_stopped(const ta_view *v)
{
    if (v->here.left > 0)
        return TA_E_NO_MATCH;
    if (v->here.rest > 0)
        return TA_E_STALE;
    return v->is_final ? TA_E_EMPTY : TA_MORE;
}

/* Bytes that follow without a gap. */
INLINE size_t view_span(ta_view *v)
{
    return v->here.left > 0 ? v->here.left : ta_view_enter_(v);
}

/* Pass n bytes of them. */
INLINE void view_advance(ta_view *v, size_t n)
{
    v->here.at += n;
    v->here.left -= n;
}

INLINE size_t place_length(const view_place *p)
{
    return p->left + p->rest;
}

#endif
