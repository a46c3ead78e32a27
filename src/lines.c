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
    if (!l || !l->chain)
        return invalid();
    size_t removed = l->chain->out.count - l->stamp, used = l->used;
    if (removed == 0 && used == 0)
        return TA_OK;
    if (removed > used)
        l->is_after_cr = false;
    ta_status status = l->take(l->chain, NULL, used - smaller(used, removed));
    if (status != TA_OK)
        return status;
    l->stamp = l->chain->out.count;
    l->searched = l->used = 0;
    return TA_OK;
}

/* ---- Searching ----------------------------------------------------------------------------------------- */

/* Did the queue refuse bytes that followed the first n, or came before them? Then n is lowered to what is before the
 * refused bytes. Ask after n was loaded, so that no refusal is missed. */
static bool find_gap(const chain *c, size_t *n)
{
    if (!c->is_queue)
        return false;
    ta_mask mask = ta_critical_enter();
    bool is_gap = c->has_gap;
    size_t before = ((const ta_queue *)(const void *)c)->gap - c->out.count;
    size_t length = c->in.count - c->out.count;
    ta_critical_exit(mask);
    if (before > length)
        before = 0; /* others have removed what was before it */
    if (!is_gap || before > *n)
        return false;
    *n = before;
    return true;
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

/* Search the first n bytes, from p on: it is after those that were searched before. TA_OK: p is at an end. */
static ta_status search(ta_lines *l, place *p, size_t n)
{
    while (l->searched < n) {
        size_t rest = n - l->searched;
        if (p->length == 0 && !(p->at = ta_blocks_next_(l->chain->allocator, p, rest)))
            return TA_E_STALE;
        size_t part = smaller(p->length, rest), i = find_end(l, p->at, part);
        if (i > 0)
            l->last = p->at[i - 1];
        l->searched += i;
        p->at += i;
        p->length -= i;
        if (i < part)
            return TA_OK;
    }
    return TA_MORE;
}

/* ---- What is done with a line -------------------------------------------------------------------------- */

static void count(uint16_t *counter)
{
    *counter = (uint16_t)(*counter + (*counter < UINT16_MAX));
}

static void use(ta_lines *l, size_t n)
{
    l->used = n;
    l->searched = 0;
}

/* No refused bytes are known any more. Returns how many bytes are stored; those that are refused later follow them. */
static size_t close_gap(chain *c)
{
    ta_mask mask = ta_critical_enter();
    c->has_gap = 0;
    size_t n = c->in.count - c->out.count;
    ta_critical_exit(mask);
    return n;
}

/* There is no end in the n bytes, or none before refused bytes. Is the line skipped as far as it is stored? */
static bool skip(ta_lines *l, size_t n, bool is_gap, bool is_too_long)
{
    if (is_gap) {
        n = close_gap(l->chain); /* all of them: more bytes may have been refused between */
        count(&l->damaged);
    } else if (n == 0 || !(is_too_long || l->is_skipping)) {
        return false;
    }
    use(l, n);
    l->is_skipping = true;
    l->is_after_cr = false;
    return true;
}

/* The line ends. Is it wanted? */
static bool end_line(ta_lines *l, bool is_too_long, uint8_t end)
{
    bool is_second =
        l->is_after_cr && l->searched == 0 && end == '\n'; /* the LF of a CR that ended the line */
    bool is_wanted = !l->is_skipping && !is_too_long && !is_second;
    l->is_skipping = false;
    l->is_after_cr = end == '\r';
    use(l, l->searched + 1);
    return is_wanted;
}

/* ---- Finding a line ------------------------------------------------------------------------------------ */

/* Search what is stored: n bytes, up to refused ones. TA_OK: an end was found. */
static ta_status look(ta_lines *l, size_t *n, bool *is_gap, uint8_t *end)
{
    place p;
    ta_status status = remove_used(l);
    if (status == TA_OK)
        status = ta_chain_seek_(l->chain, l->searched, &p, n);
    if (status != TA_OK)
        return status;
    *n += l->searched;
    *is_gap = find_gap(l->chain, n);
    status = search(l, &p, *n);
    if (status == TA_OK)
        *end = *p.at;
    return status;
}

/* Find the next line. TA_OK: it has `*length` bytes without its end, and `used` with it. */
static ta_status find_line(ta_lines *l, size_t limit, size_t *length)
{
    size_t n;
    bool is_gap = false, is_done;
    uint8_t end = 0;
    ta_status status;
    do {
        status = look(l, &n, &is_gap, &end);
        if (status != TA_OK && status != TA_MORE)
            return status;
        is_gap = is_gap && status == TA_MORE;
        *length = l->searched - (l->searched > 0 && l->last == '\r'); /* a CR may belong to the end */
        size_t most = ta_port_load(&l->chain->limit);
        bool is_full = status == TA_MORE && most > 0 && n >= most;
        bool is_too_long = !is_gap && (is_full || *length > limit);
        if (is_too_long && !l->is_skipping)
            count(&l->too_long);
        is_done = status == TA_OK ? end_line(l, is_too_long, end) : !skip(l, n, is_gap, is_too_long);
    } while (!is_done);
    return status;
}

/* ---- Delivering ---------------------------------------------------------------------------------------- */

static size_t limit_of(const ta_lines *l)
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
    ta_status status = line ? find_line(l, limit_of(l), &length) : invalid();
    return status == TA_OK ? deliver(l, length, line) : status;
}

ta_status ta_lines_last(ta_lines *l, ta_view *line)
{
    ta_status status = ta_lines_next(l, line);
    if (status != TA_MORE)
        return status;
    size_t length = l->searched; /* with a CR at the end: no LF has followed it */
    bool is_too_long = length > limit_of(l);
    if (is_too_long)
        count(&l->too_long);
    l->is_skipping = l->is_after_cr = false;
    use(l, length);
    return length == 0 || is_too_long ? TA_E_EMPTY : deliver(l, length, line);
}

ta_status ta_lines_read(ta_lines *l, char *text, size_t size, size_t *length)
{
    size_t n;
    ta_status status = text && size > 0 ? find_line(l, smaller(limit_of(l), size - 1), &n) : invalid();
    if (status == TA_OK)
        status = l->take(l->chain, (uint8_t *)text, n);
    if (status == TA_OK)
        status = remove_used(l); /* its end */
    if (status != TA_OK)
        return status;
    text[n] = '\0';
    if (length)
        *length = n;
    return TA_OK;
}

#endif /* TA_WITH_VIEW */
