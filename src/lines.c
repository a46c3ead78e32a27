/*
 * Lines: see lines.h. What is known of the bytes that are stored:
 *
 *     hello\r\n  world, how are y  ou?
 *     ^-------^  ^--------------^
 *     used       searched: no end in them, and `last` is the last of them
 *
 * One of the two is 0. Both hold as long as nobody else removes bytes, which the chain's count of removed bytes shows.
 */
#include "chain.h"
#include "walk.h"
#include <string.h>
#include <tinyalloc/stream.h>

#if TA_WITH_VIEW

ta_status ta_lines_take_buffer_(ta_chain_ *c, uint8_t *data, size_t n)
{
    ta_buffer *b = (ta_buffer *)(void *)c;
    return data ? ta_buffer_read(b, data, n) : ta_buffer_consume(b, n);
}

/* Remove what was used. Others may have removed bytes since, also of these. */
static ta_status remove_used(ta_lines *l)
{
    if (!l || !l->chain || (TA_GLOBAL && l->take == ta_chain_take_ && !l->chain->is_queue))
        return invalid(); /* a zeroed queue must not become a buffer */
    size_t removed = l->chain->out.count - l->stamp, used = l->used;
    if (removed == 0 && used == 0)
        return TA_OK;
    if (removed > used) { /* the next line begins with the first byte that is left */
        l->last = 0;
        l->is_skipping = false;
    }
    ta_status status = removed < used ? l->take(l->chain, NULL, used - removed) : TA_OK;
    if (status != TA_OK)
        return status;
    l->stamp = l->chain->out.count;
    l->searched = l->used = 0;
    return TA_OK;
}

/* ---- Searching ----------------------------------------------------------------------------------------- */

/* How many bytes are stored before the first that were refused, if there were any. */
static size_t length_to_gap(const chain *c, bool *is_gap)
{
    ta_mask mask = ta_critical_enter();
    size_t n = chain_length(c);
    *is_gap = c->has_gap;
    if (*is_gap) {
        size_t before = ((const ta_queue *)(const void *)c)->gap - c->out.count;
        n = before <= n ? before : 0; /* 0: others have removed what was before them */
    }
    ta_critical_exit(mask);
    return n;
}

/* No refused bytes are known any more. Returns how many bytes are stored; those that are refused later follow them. */
static size_t close_gap(chain *c)
{
    ta_mask mask = ta_critical_enter();
    size_t n = chain_length(c);
    c->has_gap = 0;
    ta_critical_exit(mask);
    return n;
}

/* The end of a line in n bytes without a gap; n if there is none. */
static size_t find_end(const ta_lines *l, const uint8_t *at, size_t n)
{
    size_t i = 0;
    if (l->ends_at_cr) { /* two calls of memchr() would search bytes twice */
        while (i < n && at[i] != '\r' && at[i] != '\n')
            i++;
        return i;
    }
    const uint8_t *lf = memchr(at, '\n', n);
    return lf ? (size_t)(lf - at) : n;
}

/* Search the first n bytes, from where the last search of them ended. TA_OK: `*end` ends the line. */
static ta_status search(ta_lines *l, size_t n, uint8_t *end)
{
    place *p = &l->place;
    const ta_allocator *a = l->chain->allocator;
    size_t i = 0, part = 0, length;
    ta_status status = TA_OK;
    if (l->searched > 0 && !(is_chunk_live(a, p->chunk) && is_chunk_live(a, l->chain->out.chunk)))
        return TA_E_STALE;
    if (l->searched == 0 && (status = ta_chain_open_reader_(l->chain, p, &length)) != TA_OK)
        return status;
    for (; i == part && l->searched < n; p->at += i, p->length -= i) {
        if (p->length == 0 && !(p->at = ta_blocks_next_(a, p, n - l->searched)))
            return TA_E_STALE;
        part = smaller(p->length, n - l->searched);
        i = find_end(l, p->at, part);
        l->searched += i;
        if (i > 0)
            l->last = p->at[i - 1];
    }
    if (i == part)
        return TA_MORE;
    *end = *p->at;
    return TA_OK;
}

/* ---- Finding a line ------------------------------------------------------------------------------------ */

static NOINLINE void count(uint16_t *counter)
{
    *counter = (uint16_t)(*counter + (*counter < UINT16_MAX));
}

/* Is the line skipped? It takes the first *n bytes, up to its end, or all up to refused ones. */
static bool is_skipped(ta_lines *l, size_t *n, bool is_gap, bool is_too_long)
{
    if (is_gap) {
        *n = close_gap(l->chain); /* all that is stored: more bytes may have been refused between */
        count(&l->damaged);
    } else if (l->is_skipping) {
        return *n > 0;
    } else if (is_too_long) {
        count(&l->too_long);
    } else {
        return false;
    }
    return true;
}

static void use(ta_lines *l, size_t n)
{
    l->used = n;
    l->searched = 0;
}

/* Is the queue or buffer full with n bytes? If these have no end, it never gets one. */
static bool is_full(const chain *c, size_t n)
{
    size_t most = ta_port_load(&c->limit);
    return most > 0 && n >= most;
}

/* The line ends. Returns its length with the end. */
static size_t pass_end(ta_lines *l, uint8_t end)
{
    if (l->searched == 0 && l->last == '\r' && end == '\n')
        l->is_skipping = true; /* no line, but the LF of the CR that has ended the line before */
    l->last = end;
    return l->searched + 1;
}

/* Find the next line. TA_OK: it has `*length` bytes without its end, and `used` with it. */
static ta_status find_line(ta_lines *l, size_t limit, size_t *length)
{
    ta_status status;
    bool is_gap, skips;
    while ((status = remove_used(l)) == TA_OK) {
        uint8_t end = 0;
        size_t n = length_to_gap(l->chain, &is_gap);
        status = search(l, n, &end);
        if (status != TA_OK && status != TA_MORE)
            break;
        bool is_endless = is_full(l->chain, n);
        *length = l->searched - (l->searched > 0 && l->last == '\r'); /* a CR may belong to the end */
        if (status == TA_OK) {
            is_gap = is_endless = false;
            n = pass_end(l, end);
        }
        skips = is_skipped(l, &n, is_gap, is_endless || *length > limit);
        if (status == TA_MORE && !skips)
            break;
        l->is_skipping = status == TA_MORE;
        use(l, n);
        if (!skips)
            break;
    }
    return status;
}

/* ---- Delivering ---------------------------------------------------------------------------------------- */

static size_t line_limit(const ta_lines *l)
{
    return l && l->limit > 0 ? l->limit : SIZE_MAX;
}

/* A view of the first bytes. */
static ta_status deliver(const ta_lines *l, size_t length, ta_view *line)
{
    ta_view v;
    ta_status status = ta_view_of_chain_(l->chain, &v);
    if (status != TA_OK)
        return status;
    v.here.left = smaller(v.here.left, length);
    v.here.rest = length - v.here.left;
    v.is_final = true;
    *line = v;
    return TA_OK;
}

ta_status ta_lines_next(ta_lines *l, ta_view *line)
{
    size_t length;
    ta_status status = line ? find_line(l, line_limit(l), &length) : invalid();
    return status == TA_OK ? deliver(l, length, line) : status;
}

ta_status ta_lines_last(ta_lines *l, ta_view *line)
{
    ta_status status = ta_lines_next(l, line);
    if (status != TA_MORE)
        return status;
    size_t length = l->searched; /* with a CR at the end: no LF has followed it */
    bool is_too_long = length > line_limit(l);
    if (is_too_long)
        count(&l->too_long);
    l->is_skipping = false;
    l->last = 0;
    use(l, length);
    return length == 0 || is_too_long ? TA_E_EMPTY : deliver(l, length, line);
}

ta_status ta_lines_read(ta_lines *l, char *text, size_t size, size_t *length)
{
    size_t n;
    ta_status status = text && size > 0 ? find_line(l, smaller(line_limit(l), size - 1), &n) : invalid();
    if (status == TA_OK)
        status = l->take(l->chain, (uint8_t *)text, smaller(l->used, size)); /* the end may not fit */
    if (status != TA_OK)
        return status;
    text[n] = '\0';
    if (length)
        *length = n;
    return TA_OK;
}

#endif /* TA_WITH_VIEW */
