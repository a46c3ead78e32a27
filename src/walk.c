/* How views, parsers and searches go through bytes: see walk.h. */
#include "walk.h"
#include <string.h>

#if TA_WITH_BUFFER

ta_status ta_view_of_chain_(const chain *c, ta_view *v)
{
    place p;
    size_t length = 0;
    const ta_view empty = {0};
    *v = empty;
    ta_status status = ta_chain_open_reader_(c, &p, &length);
    v->here.rest = length;
    if (length == 0)
        return status;
    v->chain = c;
    v->stamp = c->out.count - (status != TA_OK); /* of a stale chain: as if bytes had been removed */
    if (status != TA_OK)
        return status;
    v->here.chunk = p.chunk;
    v->here.at = p.at;
    v->here.left = smaller(p.length, length);
    v->here.rest = length - v->here.left;
    return TA_OK;
}

ta_status ta_view_open_(const ta_view *v)
{
    if (!v)
        return invalid();
    if (v->chain && (v->chain->out.count != v->stamp || !is_chunk_live(v->chain->allocator, v->here.chunk)))
        return TA_E_STALE;
    return TA_OK;
}

size_t ta_view_enter_(ta_view *v)
{
    place p;
    if (v->here.rest == 0)
        return 0;
    p.chunk = v->here.chunk;
    const uint8_t *start = ta_blocks_next_(v->chain->allocator, &p, v->here.rest);
    if (!start)
        return 0;
    v->here.chunk = p.chunk;
    v->here.at = start;
    v->here.left = smaller(p.length, v->here.rest);
    v->here.rest -= v->here.left;
    return v->here.left;
}

void ta_view_cut_(const ta_view *v, const view_place *start, ta_view *front)
{
    size_t n = place_length(start) - place_length(&v->here);
    if (!front)
        return;
    *front = *v;
    front->here = *start;
    front->here.left = smaller(n, start->left);
    front->here.rest = n - front->here.left;
    front->is_final = true;
}

size_t ta_view_pass_(ta_view *v, uint8_t *out, size_t n)
{
    size_t part;
    while (n > 0 && (part = smaller(n, view_span(v))) > 0) {
        if (out) {
            memcpy(out, v->here.at, part);
            out += part;
        }
        view_advance(v, part);
        n -= part;
    }
    return n;
}

size_t ta_view_match_(ta_view *v, const uint8_t *data, size_t n)
{
    size_t passed = 0;
    for (; passed < n && view_span(v) > 0 && *v->here.at == data[passed]; passed++)
        view_advance(v, 1);
    return passed;
}

bool ta_view_seek_(ta_view *v, const uint8_t *data, size_t n)
{
    size_t span;
    while ((span = view_span(v)) > 0) {
        const uint8_t *found = memchr(v->here.at, data[0], span);
        view_advance(v, found ? (size_t)(found - v->here.at) : span);
        if (!found)
            continue;
        const view_place start = v->here;
        if (n == 1 || ta_view_match_(v, data, n) == n) {
            v->here = start;
            return true;
        }
        v->here = start;
        view_advance(v, 1);
    }
    return false;
}

#endif /* TA_WITH_BUFFER */
