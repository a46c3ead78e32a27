/* Searching, the same for a buffer, a queue and a view. */
#include "walk.h"

#if TA_WITH_BUFFER

/* Begin a search: pass what need not be searched. */
static ta_status begin_search(ta_view *v, size_t from)
{
    if (from > place_length(&v->here))
        return TA_E_RANGE;
    return from == 0 || ta_view_pass_(v, NULL, from) == 0 ? TA_OK : TA_E_STALE;
}

/* End it: where it is, or where a later match may begin, `kept` bytes before the end. */
static ta_status end(const ta_view *v, size_t length, bool is_found, size_t kept, size_t *position)
{
    if (!is_found && v->here.rest > 0)
        return TA_E_STALE;
    *position = length - place_length(&v->here) - kept;
    return is_found ? TA_OK : TA_E_NO_MATCH;
}

ta_status ta_view_search_(ta_view *v, size_t from, const uint8_t *data, size_t n, size_t *position)
{
    size_t length = place_length(&v->here);
    if (!position || (!data && n))
        return invalid();
    ta_status status = begin_search(v, from);
    if (status != TA_OK)
        return status;
    bool is_found = n == 0 || ta_view_seek_(v, data, n);
    return end(v, length, is_found, is_found ? 0 : smaller(n - 1, length - from), position);
}

ta_status ta_view_search_if_(ta_view *v, size_t from, ta_byte_predicate is_match, void *context,
                             size_t *position)
{
    size_t length = place_length(&v->here);
    bool is_found = false;
    if (!position || !is_match)
        return invalid();
    ta_status status = begin_search(v, from);
    if (status != TA_OK)
        return status;
    while (view_span(v) > 0 && !(is_found = is_match(*v->here.at, context)))
        view_advance(v, 1);
    return end(v, length, is_found, 0, position);
}

static ta_status find(const chain *c, size_t from, uint8_t byte, size_t *position)
{
    ta_view v;
    ta_status status = ta_view_of_chain_(c, &v);
    return status == TA_OK ? ta_view_search_(&v, from, &byte, 1, position) : status;
}
QUEUE_NAME(ta_status, ta_queue_find, (const ta_queue *q, size_t from, uint8_t byte, size_t *position), find,
           (QUEUE_CHAIN(q), from, byte, position))
BUFFER_NAME(ta_status, ta_buffer_find, (const ta_buffer *b, size_t from, uint8_t byte, size_t *position),
            find, (AS_CHAIN(b), from, byte, position))

#if TA_WITH_STREAM

ta_status ta_buffer_find_seq(const ta_buffer *b, size_t from, const void *data, size_t n, size_t *position)
{
    ta_view v;
    ta_status status = ta_view_of_chain_(AS_CHAIN(b), &v);
    return status == TA_OK ? ta_view_search_(&v, from, data, n, position) : status;
}

ta_status ta_buffer_find_if(const ta_buffer *b, size_t from, ta_byte_predicate is_match, void *context,
                            size_t *position)
{
    ta_view v;
    ta_status status = ta_view_of_chain_(AS_CHAIN(b), &v);
    return status == TA_OK ? ta_view_search_if_(&v, from, is_match, context, position) : status;
}

#endif
#endif /* TA_WITH_BUFFER */
