/*
 * Lines: see lines.h. What is known of the bytes that are stored:
 *
 *     hello\r\n  world, how are y  ou?          and no `delivered`, no `searched`: the next call begins at the front
 *     ^-------^  ^--------------^
 *     delivered  searched: no end in them, and `last` is the last of them
 *
 * Both hold as long as nobody else removes bytes, which the chain's count of removed bytes shows.
 */
#include "walk.h"
#include <string.h>
#include <tinyalloc/lines.h>
#include <tinyalloc/stream.h>

#if TA_WITH_VIEW

ta_status ta_lines_take_buffer_(ta_chain_ *c, uint8_t *data, size_t n)
{
    ta_buffer *b = (ta_buffer *)(void *)c;
    return data ? ta_buffer_read(b, data, n) : ta_buffer_consume(b, n);
}

/* Nothing is known of the bytes that are stored. */
static void forget(ta_lines *l)
{
    l->stamp = l->chain->out.count;
    l->searched = l->delivered = 0;
}

static ta_status consume(ta_lines *l, size_t n)
{
    ta_status status = l->take(l->chain, NULL, n);
    if (status == TA_OK)
        forget(l);
    return status;
}

static void count(uint16_t *counter)
{
    *counter = (uint16_t)(*counter + (*counter < UINT16_MAX));
}

/* Skip n bytes, and what follows up to the next end. */
static ta_status skip(ta_lines *l, size_t n, uint16_t *counter)
{
    ta_status status = consume(l, n);
    if (status != TA_OK)
        return status;
    if (!l->is_skipping)
        count(counter);
    l->is_skipping = true;
    l->is_after_cr = false;
    return TA_MORE;
}

/* Remove the line that was delivered. */
static ta_status begin(ta_lines *l)
{
    if (!l || !l->chain)
        return invalid();
    if (l->stamp == l->chain->out.count && l->delivered > 0)
        return consume(l, l->delivered);
    if (l->stamp != l->chain->out.count)
        forget(l);
    return TA_OK;
}

/* ---- Bytes that the queue refused ---------------------------------------------------------------------- */

/* Were bytes refused? Then *n are stored before them. */
static bool has_gap(const chain *c, size_t *n)
{
    if (!c->is_queue)
        return false;
    ta_mask mask = ta_critical_enter();
    bool has_gap = c->has_gap;
    size_t before = ((const ta_queue *)(const void *)c)->gap - c->out.count;
    ta_critical_exit(mask);
    if (has_gap)
        *n = before <= *n ? before : 0; /* 0: the reader has passed them */
    return has_gap;
}

/* Skip what is stored. Bytes that are refused from now on are another gap. */
static ta_status skip_gap(ta_lines *l)
{
    ta_mask mask = ta_critical_enter();
    l->chain->has_gap = 0;
    ta_critical_exit(mask);
    return skip(l, chain_length(l->chain), &l->damaged);
}

/* ---- Searching ----------------------------------------------------------------------------------------- */

/* The next end in n bytes without a gap. */
static const uint8_t *find_end(const ta_lines *l, const uint8_t *at, size_t n)
{
    const uint8_t *lf = memchr(at, '\n', n);
    const uint8_t *cr = l->ends_at_cr ? memchr(at, '\r', lf ? (size_t)(lf - at) : n) : NULL;
    return cr ? cr : lf;
}

/* Search the first n bytes of a view of what is stored, but those that were searched before. TA_OK: the
 * view goes to the end. */
static ta_status search(ta_lines *l, ta_view *v, size_t n)
{
    if (l->searched > 0 && ta_view_pass_(v, NULL, l->searched) > 0)
        return TA_E_STALE;
    while (l->searched < n) {
        size_t span = smaller(view_span(v), n - l->searched);
        if (span == 0)
            return TA_E_STALE;
        const uint8_t *at = v->here.at, *end = find_end(l, at, span);
        if (end)
            span = (size_t)(end - at);
        if (span > 0)
            l->last = at[span - 1];
        view_advance(v, span);
        l->searched += span;
        if (end)
            return TA_OK;
    }
    return TA_MORE;
}

/* The LF of a line that ended with its CR is removed. */
static ta_status pass_lf(ta_lines *l, ta_view *v)
{
    if (place_length(&v->here) == 0)
        return TA_OK;
    l->is_after_cr = false;
    if (view_span(v) == 0)
        return TA_E_STALE;
    if (*v->here.at != '\n')
        return TA_OK;
    ta_status status = consume(l, 1);
    return status == TA_OK ? ta_view_of_chain_(l->chain, v) : status;
}

/* An end was found. TA_OK: the line is wanted. */
static ta_status end_line(ta_lines *l, size_t length, size_t limit, uint8_t end)
{
    bool is_skipping = l->is_skipping, is_too_long = length > limit;
    l->is_skipping = false;
    l->is_after_cr = end == '\r';
    l->delivered = l->searched + 1;
    if (!is_skipping && is_too_long)
        count(&l->too_long);
    return is_skipping || is_too_long ? consume(l, l->delivered) : TA_OK;
}

/* Find the next line: `length` bytes of a view, without its end. */
static ta_status find_line(ta_lines *l, size_t limit, ta_view *v, size_t *length)
{
    ta_status status = begin(l);
    while (status == TA_OK) {
        status = ta_view_of_chain_(l->chain, v);
        if (status == TA_OK && l->is_after_cr)
            status = pass_lf(l, v);
        if (status != TA_OK)
            return status;
        const view_place start = v->here;
        size_t n = place_length(&start);
        bool is_gap = has_gap(l->chain, &n);
        status = search(l, v, n);
        uint8_t end = status == TA_OK ? *v->here.at : 0;
        v->here = start;
        bool has_cr = l->searched > 0 && l->last == '\r' && !l->ends_at_cr;
        *length = l->searched - has_cr;
        if (status == TA_OK) {
            status = end_line(l, *length, limit, end);
            if (status != TA_OK || l->delivered > 0)
                return status;
        } else if (status == TA_MORE && is_gap) {
            return skip_gap(l);
        } else if (status == TA_MORE && (l->is_skipping || *length > limit || n == l->chain->limit)) {
            return n > 0 ? skip(l, n, &l->too_long) : TA_MORE;
        }
    }
    return status;
}

/* ---- Delivering ---------------------------------------------------------------------------------------- */

static size_t limit_of(const ta_lines *l)
{
    return l && l->limit > 0 ? l->limit : SIZE_MAX;
}

static void deliver(const ta_view *v, size_t length, ta_view *line)
{
    *line = *v;
    line->here.left = smaller(v->here.left, length);
    line->here.rest = length - line->here.left;
    line->is_final = true;
}

ta_status ta_lines_next(ta_lines *l, ta_view *line)
{
    ta_view v;
    size_t length;
    ta_status status = line ? find_line(l, limit_of(l), &v, &length) : invalid();
    if (status == TA_OK)
        deliver(&v, length, line);
    return status;
}

ta_status ta_lines_last(ta_lines *l, ta_view *line)
{
    ta_view v;
    size_t length;
    ta_status status = line ? find_line(l, limit_of(l), &v, &length) : invalid();
    if (status == TA_MORE) {
        l->is_skipping = l->is_after_cr = false;
        if (l->searched == 0)
            return TA_E_EMPTY;
        l->delivered = l->searched;
        status = TA_OK;
    }
    if (status == TA_OK)
        deliver(&v, length, line);
    return status;
}

ta_status ta_lines_read(ta_lines *l, char *text, size_t size, size_t *length)
{
    ta_view v;
    size_t n;
    if (!text || size == 0)
        return invalid();
    ta_status status = find_line(l, smaller(limit_of(l), size - 1), &v, &n);
    if (status != TA_OK)
        return status;
    size_t part = smaller(l->delivered, size), rest = l->delivered - part; /* the end may not fit */
    status = l->take(l->chain, (uint8_t *)text, part);
    if (status == TA_OK && rest > 0)
        status = l->take(l->chain, NULL, rest);
    if (status != TA_OK)
        return status;
    forget(l);
    text[n] = '\0';
    if (length)
        *length = n;
    return TA_OK;
}

#endif /* TA_WITH_VIEW */
