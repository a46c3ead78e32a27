/* How views, parsers and searches go through bytes: see walk.h. */
#include "walk.h"
#include <string.h>

#if TA_WITH_BUFFER

ta_status ta_view_of_chain_(const chain *c, ta_view *v)
{
    place p = {NULL, 0, TA_NONE_INIT, 0};
    size_t length = 0;
    ta_status status = ta_chain_open_reader_(c, &p, &length);
    v->here.at = p.at;
    v->here.left = smaller(p.length, length);
    v->here.chunk = p.chunk;
    v->here.rest = length - v->here.left;
    bool has_chain = length > 0 || status == TA_E_STALE;
    v->chain = has_chain ? c : NULL;
    v->stamp = has_chain ? c->out.count - (status != TA_OK) : 0; /* stale: as if bytes had been removed */
    v->stopped = v->missing = 0;
    v->is_final = false;
    return status;
}

size_t ta_view_enter_(ta_view *v)
{
    place p; /* of which the chunk is known */
    if (v->here.rest == 0)
        return 0;
    p.chunk = v->here.chunk;
    p.left = 0;
    const uint8_t *start = ta_blocks_next_(v->chain->allocator, &p, v->here.rest);
    if (!start)
        return 0;
    v->here.chunk = p.chunk;
    v->here.at = start;
    v->here.left = smaller(p.length, v->here.rest);
    v->here.rest -= v->here.left;
    return v->here.left;
}

ta_status ta_view_cut_(const ta_view *v, const view_place *start, ta_view *front)
{
    size_t n = place_length(start) - place_length(&v->here);
    if (!front)
        return TA_OK;
    *front = *v;
    front->here = *start;
    front->here.left = smaller(n, start->left);
    front->here.rest = n - front->here.left;
    front->is_final = true;
    return TA_OK;
}

/* At the end of a chunk: pass whole chunks, as far as n bytes reach, without a look at where they are. */
static size_t skip_chunks(ta_view *v, size_t n)
{
    size_t skipped = ta_blocks_skip_(v->chain->allocator, &v->here.chunk, n);
    v->here.rest -= skipped;
    return skipped;
}

size_t ta_view_pass_(ta_view *v, uint8_t *out, size_t n)
{
    size_t part;
    while (n > 0) {
        if (!out && v->here.left == 0 && v->here.rest > 0 &&
            (n -= skip_chunks(v, smaller(n, v->here.rest))) == 0)
            break; /* no byte of the next chunk is wanted */
        part = smaller(n, view_span(v));
        if (part == 0)
            break;
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
