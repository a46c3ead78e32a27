/*
 * Views: see the picture in view.h.
 *
 *   V1  While the generations of both ends match, every chunk between them is live, full, and linked as it
 *       was: bytes leave a buffer from its front (then the first chunk goes before any behind it) or from its
 *       back (then the last goes before any before it), and a chunk that is handed to another buffer across a
 *       cut, or whose bytes are overwritten, begins a new generation.
 */
#include "chain.h"
#include "walk.h"
#include <string.h>

#if TA_WITH_VIEW

/* ---- Making views -------------------------------------------------------------------------------------- */

ta_view ta_buffer_view(const ta_buffer *b)
{
    place p;
    ta_view v = {0};
    const chain *c = AS_CHAIN(b);
    if (!c || chain_length(c) == 0)
        return v;
    v.allocator = c->allocator;
    v.length = chain_length(c);
    v.first = c->out.chunk;
    v.last = c->in.chunk;
    if (ta_chain_open_reader_(c, &p, &v.length) != TA_OK)
        return v; /* a stale view: its handles say so */
    v.offset = (ta_slot)(c->allocator->block_size - p.length);
    if (c->in.reserved && ta_chain_open_writer_(c, &p) == TA_OK && p.length == c->allocator->block_size)
        v.last = ta_blocks_linked_(c->allocator, v.last); /* an empty last chunk leads back */
    return v;
}

ta_view ta_view_of(const void *data, size_t length)
{
    const ta_view v = {NULL, data, data ? length : 0, TA_NONE_INIT, TA_NONE_INIT, 0, true};
    return v;
}

ta_view ta_view_final(ta_view v)
{
    v.is_final = true;
    return v;
}

/* ---- Walks --------------------------------------------------------------------------------------------- */

/* Go on in a chunk, if it is live. */
static void enter(walk *w, ta_handle chunk, const uint8_t *block, size_t offset)
{
    const ta_allocator *a = w->view->allocator;
    if (!block) {
        w->status = TA_E_STALE;
        return;
    }
    size_t length = smaller(w->view->length - w->reach, a->block_size - offset);
    w->previous = w->chunk;
    w->chunk = chunk;
    w->start = block;
    w->at = block + offset;
    w->end = w->at + length;
    w->reach += length;
}

ta_status ta_view_begin_(walk *w, const ta_view *v)
{
    w->status = TA_OK;
    w->at = w->end = w->start = NULL;
    w->reach = 0;
    w->view = v;
    if (!v)
        return (ta_status)(w->status = invalid());
    w->chunk = w->previous = v->first;
    if (v->length > 0) {
        if (!v->allocator) {
            w->at = w->start = v->data;
            w->end = w->at + v->length;
            w->reach = v->length;
        } else if (v->last.bits != v->first.bits && !ta_is_live(v->allocator, v->last)) {
            w->status = TA_E_STALE;
        } else {
            enter(w, v->first, ta_get(v->allocator, v->first), v->offset);
        }
    }
    return (ta_status)w->status;
}

int ta_view_look_(walk *w)
{
    if (w->at < w->end)
        return *w->at;
    if (w->status == TA_OK) {
        if (w->reach >= w->view->length)
            return w->status = TA_E_EMPTY;
        place p = {NULL, 0, w->chunk, 0};
        const uint8_t *block = ta_blocks_next_(w->view->allocator, &p, 1);
        enter(w, p.chunk, block, 0);
    }
    return w->status == TA_OK ? *w->at : w->status;
}

/* Is this, in a byte's place, what is wrong with the view? That it ended is nothing wrong; all else comes
 * behind that. */
static bool is_wrong(int byte)
{
    return byte < TA_E_EMPTY;
}

size_t ta_view_pass_(walk *w, uint8_t *out, size_t n)
{
    while (n > 0 && ta_view_look_(w) >= 0) {
        size_t part = smaller(n, (size_t)(w->end - w->at));
        if (out) {
            memcpy(out, w->at, part);
            out += part;
        }
        w->at += part;
        n -= part;
    }
    return n;
}

/* Pass n bytes, as far as they are these. TA_OK; TA_E_NO_MATCH: they are not; or why there are not so
 * many. */
static ta_status match(walk *w, const uint8_t *data, size_t n)
{
    for (; n > 0; n--, w->at++) {
        int byte = ta_view_look_(w);
        if (byte != *data++)
            return byte < 0 ? (ta_status)byte : TA_E_NO_MATCH;
    }
    return TA_OK;
}

bool ta_view_seek_(walk *w, const uint8_t *data, size_t n)
{
    if (n == 0)
        return true;
    if (!data) {
        w->status = invalid();
        return false;
    }
    while (ta_view_look_(w) >= 0) {
        const uint8_t *found = memchr(w->at, data[0], (size_t)(w->end - w->at));
        w->at = found ? found : w->end;
        if (w->at < w->end) {
            if (n == 1)
                return true;
            walk probe = *w;
            if (match(&probe, data, n) == TA_OK)
                return true;
            w->at++;
        }
    }
    return false;
}

/* At the end of a chunk the rest begins in the next one, unless it is empty. */
ta_status ta_view_cut_(walk *w, ta_view *front, ta_view *rest)
{
    const ta_view *v = w->view;
    int byte = ta_view_look_(w);
    if (is_wrong(byte))
        return (ta_status)byte;
    size_t n = view_passed(w);
    if (front) {
        *front = *v;
        front->length = n;
        front->last = w->at == w->start ? w->previous : w->chunk;
        front->is_final = true;
    }
    if (rest) {
        rest->length -= n;
        rest->first = w->chunk;
        rest->offset = (ta_slot)(w->at - w->start); /* of chunks, */
        rest->data = w->at;                         /* of linear memory */
    }
    return TA_OK;
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

size_t ta_view_len(const ta_view *v)
{
    return v ? v->length : 0;
}

bool ta_view_is_empty(const ta_view *v)
{
    return ta_view_len(v) == 0;
}

bool ta_view_is_final(const ta_view *v)
{
    return v && v->is_final;
}

ta_status ta_view_check(const ta_view *v)
{
    walk w;
    return ta_view_begin_(&w, v);
}

ta_status ta_view_next_span(const ta_view *v, ta_chunk_iterator *at, ta_span *span)
{
    walk w;
    if (!at || !span)
        return invalid();
    if (ta_view_begin_(&w, v) == TA_OK && at->position > 0) {
        if (at->position >= v->length)
            return TA_E_EMPTY;
        if (!v->allocator || !ta_is_live(v->allocator, at->next))
            return TA_E_STALE; /* the iterator is another view's, or its chunk is gone */
        w.chunk = at->next;    /* where the last span was: the next one is entered only now */
        w.reach = at->position;
        w.at = w.end;
    }
    int byte = ta_view_look_(&w);
    if (byte < 0)
        return (ta_status)byte;
    span->data = (uint8_t *)(uintptr_t)w.at;
    span->length = (size_t)(w.end - w.at);
    at->position = w.reach;
    at->next = w.chunk;
    return TA_OK;
}

/* ---- Cutting ------------------------------------------------------------------------------------------- */

/* A walk that has passed everything before n bytes at a position, which are there. */
static ta_status begin_at(walk *w, const ta_view *v, size_t position, size_t n)
{
    ta_status status = ta_view_begin_(w, v);
    if (status != TA_OK)
        return status;
    if (position > v->length || n > v->length - position)
        return TA_E_RANGE;
    ta_view_pass_(w, NULL, position);
    return TA_OK;
}

static ta_status cut_at(const ta_view *v, size_t n, ta_view *front, ta_view *rest)
{
    walk w;
    ta_status status = begin_at(&w, v, n, 0);
    return status == TA_OK ? ta_view_cut_(&w, front, rest) : status;
}

ta_status ta_view_take(const ta_view *v, size_t n, ta_view *taken)
{
    return taken ? cut_at(v, n, taken, NULL) : invalid();
}

ta_status ta_view_skip(ta_view *v, size_t n)
{
    return cut_at(v, n, NULL, v);
}

ta_status ta_view_split(ta_view *v, size_t n, ta_view *front)
{
    return front && front != v ? cut_at(v, n, front, v) : invalid();
}

/* ---- Looking ------------------------------------------------------------------------------------------- */

ta_status ta_view_copy(const ta_view *v, size_t position, void *data, size_t n)
{
    walk w;
    if (!data && n)
        return invalid();
    ta_status status = begin_at(&w, v, position, n);
    if (status != TA_OK)
        return status;
    ta_view_pass_(&w, data, n);
    return (ta_status)w.status;
}

ta_status ta_view_at(const ta_view *v, size_t position, uint8_t *byte)
{
    return ta_view_copy(v, position, byte, 1);
}

/* The walk went to what was looked for, or to the end. */
static ta_status found(const walk *w, size_t *position)
{
    if (w->status == TA_OK)
        *position = view_passed(w);
    return w->status == TA_E_EMPTY ? TA_E_NO_MATCH : (ta_status)w->status;
}

ta_status ta_view_find_if(const ta_view *v, ta_byte_predicate is_match, void *context, size_t *position)
{
    walk w;
    int byte;
    if (!is_match || !position)
        return invalid();
    ta_view_begin_(&w, v);
    while ((byte = ta_view_look_(&w)) >= 0 && !is_match((uint8_t)byte, context))
        w.at++;
    return found(&w, position);
}

ta_status ta_view_find_seq(const ta_view *v, const void *data, size_t n, size_t *position)
{
    walk w;
    if (!position)
        return invalid();
    ta_view_begin_(&w, v);
    ta_view_seek_(&w, data, n);
    return found(&w, position);
}

ta_status ta_view_find(const ta_view *v, uint8_t byte, size_t *position)
{
    return ta_view_find_seq(v, &byte, 1, position);
}

ta_status ta_view_compare(const ta_view *a, const ta_view *b, int *order)
{
    walk in_a, in_b;
    int byte_a, byte_b;
    if (!order)
        return invalid();
    ta_view_begin_(&in_a, a);
    ta_view_begin_(&in_b, b);
    for (;; in_a.at++, in_b.at++) {
        byte_a = ta_view_look_(&in_a);
        byte_b = ta_view_look_(&in_b);
        if (byte_a != byte_b || byte_a < 0)
            break;
    }
    if (is_wrong(byte_a))
        return (ta_status)byte_a;
    if (is_wrong(byte_b))
        return (ta_status)byte_b;
    *order = byte_a - byte_b; /* the end comes before any byte */
    return TA_OK;
}

ta_status ta_view_equals(const ta_view *v, const void *data, size_t n)
{
    walk w;
    if (!data && n)
        return invalid();
    ta_status status = ta_view_begin_(&w, v);
    if (status != TA_OK)
        return status;
    return v->length == n ? match(&w, data, n) : TA_E_NO_MATCH;
}

#endif /* TA_WITH_VIEW */
