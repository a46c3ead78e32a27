/* Views: see the picture in view.h. */
#include "walk.h"

#if TA_WITH_VIEW

/* ---- Making views -------------------------------------------------------------------------------------- */

ta_view ta_buffer_view(const ta_buffer *b)
{
    ta_view v;
    ta_view_of_chain_(AS_CHAIN(b), &v);
    return v;
}

ta_view ta_queue_view(const ta_queue *q)
{
    ta_view v;
    ta_view_of_chain_(QUEUE_CHAIN(q), &v);
    return v;
}

ta_view ta_view_of(const void *data, size_t length)
{
    ta_view v = {0};
    v.here.at = data;
    v.here.left = data ? length : 0;
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
    return v ? place_length(&v->here) : 0;
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
    return view_status(v);
}

/* ---- Cutting ------------------------------------------------------------------------------------------- */

/* Make `*v` begin n bytes later; it is unchanged when that fails. */
static ta_status advance(ta_view *v, size_t n)
{
    ta_status status = view_status(v);
    if (status != TA_OK)
        return status;
    const view_place start = v->here;
    if (n > place_length(&start))
        return TA_E_RANGE;
    if (ta_view_pass_(v, NULL, n) == 0)
        return TA_OK;
    v->here = start;
    return TA_E_STALE;
}

ta_status ta_view_skip(ta_view *v, size_t n)
{
    return advance(v, n);
}

ta_status ta_view_split(ta_view *v, size_t n, ta_view *front)
{
    if (!v || !front || front == v)
        return invalid();
    const view_place start = v->here;
    ta_status status = advance(v, n);
    if (status == TA_OK)
        ta_view_cut_(v, &start, front);
    return status;
}

ta_status ta_view_take(const ta_view *v, size_t n, ta_view *taken)
{
    if (!v || !taken)
        return invalid();
    ta_view rest = *v;
    const view_place start = v->here; /* `taken` may be `v` */
    ta_status status = advance(&rest, n);
    if (status == TA_OK)
        ta_view_cut_(&rest, &start, taken);
    return status;
}

/* ---- Looking ------------------------------------------------------------------------------------------- */

ta_status ta_view_next_span(ta_view *v, ta_span *span)
{
    if (!span)
        return invalid();
    ta_status status = view_status(v);
    if (status != TA_OK)
        return status;
    size_t length = view_span(v);
    if (length == 0)
        return v->here.rest > 0 ? TA_E_STALE : TA_E_EMPTY;
    span->data = (uint8_t *)(uintptr_t)v->here.at;
    span->length = length;
    view_advance(v, length);
    return TA_OK;
}

ta_status ta_view_copy(const ta_view *v, size_t position, void *data, size_t n)
{
    if (!v || (!data && n))
        return invalid();
    ta_view at = *v;
    ta_status status = advance(&at, position);
    if (status != TA_OK)
        return status;
    if (n > place_length(&at.here))
        return TA_E_RANGE;
    return ta_view_pass_(&at, data, n) == 0 ? TA_OK : TA_E_STALE;
}

ta_status ta_view_at(const ta_view *v, size_t position, uint8_t *byte)
{
    return ta_view_copy(v, position, byte, 1);
}

ta_status ta_view_find(const ta_view *v, uint8_t byte, size_t *position)
{
    return ta_view_find_seq(v, &byte, 1, position);
}

ta_status ta_view_find_if(const ta_view *v, ta_byte_predicate is_match, void *context, size_t *position)
{
    ta_status status = view_status(v);
    if (status != TA_OK)
        return status;
    ta_view at = *v;
    return ta_view_search_if_(&at, 0, is_match, context, position);
}

ta_status ta_view_find_seq(const ta_view *v, const void *data, size_t n, size_t *position)
{
    ta_status status = view_status(v);
    if (status != TA_OK)
        return status;
    ta_view at = *v;
    return ta_view_search_(&at, 0, data, n, position);
}

ta_status ta_view_compare(const ta_view *a, const ta_view *b, int *order)
{
    if (!a || !b || !order)
        return invalid();
    if (view_status(a) != TA_OK || view_status(b) != TA_OK)
        return TA_E_STALE;
    ta_view in_a = *a, in_b = *b;
    int byte_a, byte_b;
    do { /* an end comes before any byte */
        byte_a = view_span(&in_a) > 0 ? *in_a.here.at : -1;
        byte_b = view_span(&in_b) > 0 ? *in_b.here.at : -1;
        if (byte_a >= 0)
            view_advance(&in_a, 1);
        if (byte_b >= 0)
            view_advance(&in_b, 1);
    } while (byte_a == byte_b && byte_a >= 0);
    if ((byte_a < 0 && in_a.here.rest > 0) || (byte_b < 0 && in_b.here.rest > 0))
        return TA_E_STALE;
    *order = byte_a - byte_b;
    return TA_OK;
}

ta_status ta_view_equals(const ta_view *v, const void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = view_status(v);
    if (status != TA_OK)
        return status;
    if (place_length(&v->here) != n)
        return TA_E_NO_MATCH;
    ta_view at = *v;
    if (ta_view_match_(&at, data, n) == n)
        return TA_OK;
    return at.here.left > 0 ? TA_E_NO_MATCH : TA_E_STALE;
}

#endif /* TA_WITH_VIEW */
