/*
 * Views: see the picture in view.h.
 *
 *   V1  While the generations of both ends match, every chunk between them is live, full, and linked as it
 *       was: bytes leave a buffer from its front (then the first chunk goes before any behind it) or from its
 *       back (then the last goes before any before it), and a chunk that is handed to another buffer across a
 *       cut, or whose bytes are overwritten, begins a new generation.
 */
#include "internal.h"

#if TA_WITH_VIEW

/* ---- Making views -------------------------------------------------------------------------------------- */

ta_view ta_buffer_view(const ta_buffer *b)
{
    ta_view v = {0};
    if (!b || b->length == 0)
        return v;
    v.allocator = b->allocator;
    v.length = b->length;
    v.first = b->head;
    v.last = b->room < b->allocator->block_size ? b->tail : backend_next(b->allocator, b->tail); /* behind a fresh block */
    v.offset = b->head_offset;
    return v;
}

ta_view ta_view_of(const void *data, size_t length)
{
    ta_view v = {0};
    v.data = data;
    v.length = data ? length : 0;
    v.is_final = true;
    return v;
}

ta_view ta_view_final(ta_view v)
{
    v.is_final = true;
    return v;
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
    if (!v)
        return invalid();
    if (!v->allocator || v->length == 0)
        return TA_OK;
    if (!backend_get(v->allocator, v->first))
        return TA_E_STALE;
    return v->last.bits == v->first.bits || backend_get(v->allocator, v->last) ? TA_OK : TA_E_STALE;
}

/* The length of the first span. */
static size_t front_length(const ta_view *v)
{
    return v->allocator ? smaller(v->length, v->allocator->block_size - v->offset) : v->length;
}

ta_status ta_view_next_span(const ta_view *v, ta_chunk_iterator *at, ta_span *span)
{
    ta_status status = ta_view_check(v);
    if (!at || !span)
        return invalid();
    if (status != TA_OK)
        return status;
    if (at->position >= v->length)
        return TA_E_EMPTY;
    bool is_first = at->position == 0;
    ta_handle chunk = is_first ? v->first : at->next;
    const uint8_t *block = v->allocator ? backend_get(v->allocator, chunk) : v->data;
    if (!block)
        return TA_E_STALE;
    span->data = (uint8_t *)(uintptr_t)block + (is_first ? v->offset : 0);
    span->length = is_first ? front_length(v) : smaller(v->length - at->position, v->allocator->block_size);
    at->position += span->length;
    if (at->position < v->length)
        at->next = backend_next(v->allocator, chunk);
    return TA_OK;
}

/* ---- Cutting ------------------------------------------------------------------------------------------- */

/* The chunk of the byte at a position that is in view, and its offset there. */
static ta_handle chunk_at(const ta_view *v, size_t position, size_t *offset)
{
    ta_handle chunk = v->first;
    position += v->offset;
    while (position >= v->allocator->block_size) {
        chunk = backend_next(v->allocator, chunk);
        position -= v->allocator->block_size;
    }
    *offset = position;
    return chunk;
}

/* The bytes from `from` to `to`, both in view; ends that do not move keep their handles. */
static ta_view sub_view(const ta_view *v, size_t from, size_t to)
{
    ta_view sub = *v;
    size_t offset;
    sub.length = to - from;
    if (!v->allocator) {
        sub.data = v->data ? v->data + from : NULL;
    } else if (sub.length > 0) {
        if (to < v->length)
            sub.last = chunk_at(v, to - 1, &offset);
        sub.first = chunk_at(v, from, &offset);
        sub.offset = (ta_slot)offset;
    }
    return sub;
}

static ta_status check_range(const ta_view *v, size_t n)
{
    ta_status status = ta_view_check(v);
    return status == TA_OK && n > v->length ? TA_E_RANGE : status;
}

ta_status ta_view_take(const ta_view *v, size_t n, ta_view *taken)
{
    if (!taken)
        return invalid();
    ta_status status = check_range(v, n);
    if (status == TA_OK)
        *taken = ta_view_final(sub_view(v, 0, n));
    return status;
}

ta_status ta_view_skip(ta_view *v, size_t n)
{
    ta_status status = check_range(v, n);
    if (status == TA_OK)
        *v = sub_view(v, n, v->length);
    return status;
}

ta_status ta_view_split(ta_view *v, size_t n, ta_view *front)
{
    if (!front || front == v)
        return invalid();
    ta_status status = ta_view_take(v, n, front);
    return status == TA_OK ? ta_view_skip(v, n) : status;
}

/* ---- Looking ------------------------------------------------------------------------------------------- */

ta_status ta_view_copy(const ta_view *v, size_t position, void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = check_range(v, position);
    if (status != TA_OK)
        return status;
    if (n > v->length - position)
        return TA_E_RANGE;
    ta_view from = sub_view(v, position, position + n);
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    for (uint8_t *out = data; (status = ta_view_next_span(&from, &at, &span)) == TA_OK; out += span.length)
        memcpy(out, span.data, span.length);
    return status == TA_E_EMPTY ? TA_OK : status;
}

ta_status ta_view_at(const ta_view *v, size_t position, uint8_t *byte)
{
    if (!byte)
        return invalid();
    return ta_view_copy(v, position, byte, 1);
}

HOT ta_status find(const ta_view *v, ta_byte_predicate is_match, void *context, size_t *position)
{
    if (!is_match || !position)
        return invalid();
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    ta_status status;
    while ((status = ta_view_next_span(v, &at, &span)) == TA_OK) {
        for (size_t i = 0; i < span.length; i++) {
            if (is_match(span.data[i], context)) {
                *position = at.position - span.length + i;
                return TA_OK;
            }
        }
    }
    return status == TA_E_EMPTY ? TA_E_NO_MATCH : status;
}

ta_status ta_view_find_if(const ta_view *v, ta_byte_predicate is_match, void *context, size_t *position)
{
    return find(v, is_match, context, position);
}

static bool is_byte(uint8_t byte, void *context)
{
    return byte == *(const uint8_t *)context;
}

ta_status ta_view_find(const ta_view *v, uint8_t byte, size_t *position)
{
    return find(v, is_byte, &byte, position);
}

/* Do the bytes from index i of the span on, and of the spans behind it, begin with these? */
static bool begins_with(const ta_view *v, ta_chunk_iterator at, ta_span span, size_t i, const uint8_t *data,
                        size_t n)
{
    for (;;) {
        size_t part = smaller(n, span.length - i);
        if (memcmp(span.data + i, data, part) != 0)
            return false;
        data += part;
        n -= part;
        i = 0;
        if (n == 0)
            return true;
        if (ta_view_next_span(v, &at, &span) != TA_OK)
            return false;
    }
}

ta_status ta_view_find_seq(const ta_view *v, const void *data, size_t n, size_t *position)
{
    if ((!data && n) || !position)
        return invalid();
    ta_status status = ta_view_check(v);
    if (status == TA_OK && n == 0)
        *position = 0;
    if (status != TA_OK || n == 0)
        return status;
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    const uint8_t *wanted = data;
    while ((status = ta_view_next_span(v, &at, &span)) == TA_OK) {
        for (size_t i = 0; i < span.length; i++) {
            if (span.data[i] == wanted[0] && begins_with(v, at, span, i, wanted, n)) {
                *position = at.position - span.length + i;
                return TA_OK;
            }
        }
    }
    return status == TA_E_EMPTY ? TA_E_NO_MATCH : status;
}

ta_status ta_view_compare(const ta_view *a, const ta_view *b, int *order)
{
    if (!order)
        return invalid();
    ta_chunk_iterator at_a = {TA_NONE_INIT, 0}, at_b = {TA_NONE_INIT, 0};
    ta_span in_a = {NULL, 0}, in_b = {NULL, 0};
    for (;;) {
        ta_status more_a = in_a.length ? TA_OK : ta_view_next_span(a, &at_a, &in_a);
        ta_status more_b = in_b.length ? TA_OK : ta_view_next_span(b, &at_b, &in_b);
        if (more_a != TA_OK || more_b != TA_OK) {
            if (more_a != TA_OK && more_a != TA_E_EMPTY)
                return more_a;
            if (more_b != TA_OK && more_b != TA_E_EMPTY)
                return more_b;
            *order = (more_a == TA_OK) - (more_b == TA_OK);
            return TA_OK;
        }
        size_t part = smaller(in_a.length, in_b.length);
        int difference = memcmp(in_a.data, in_b.data, part);
        if (difference != 0) {
            *order = difference;
            return TA_OK;
        }
        in_a.data += part;
        in_a.length -= part;
        in_b.data += part;
        in_b.length -= part;
    }
}

ta_status ta_view_equals(const ta_view *v, const void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_view wanted = ta_view_of(data, n);
    int order;
    ta_status status = ta_view_compare(v, &wanted, &order);
    return status == TA_OK && order != 0 ? TA_E_NO_MATCH : status;
}

#endif /* TA_WITH_VIEW */
