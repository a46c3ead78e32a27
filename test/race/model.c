#include "model.h"
#include <string.h>

enum { OK = 0, NO_MEMORY = -1, FULL = -2, EMPTY = -3, STALE = -4, INVALID = -5, RANGE = -6 };
#define B BLOCK_SIZE

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int blocks_for(int n)
{
    return (n + B - 1) / B;
}

/* ---- The pool: counts ---------------------------------------------------------------------------------------- */

static int available(const struct model *m)
{
    return m->taken < BLOCK_COUNT ? BLOCK_COUNT - m->taken : 0;
}

static void take_some(struct model *m, int blocks)
{
    m->taken += blocks;
    if (m->taken - m->reserve > m->peak)
        m->peak = m->taken - m->reserve;
}

static bool take(struct model *m, int blocks)
{
    bool enough = blocks <= available(m);
    if (enough)
        take_some(m, blocks);
    else
        m->failures++;
    return enough;
}

static void give(struct model *m, int blocks)
{
    m->taken -= blocks;
}

static bool finish(struct work *w, int status)
{
    w->call->status = (int8_t)status;
    return true;
}

static bool count(struct work *w, int n)
{
    w->call->count = (uint8_t)n;
    return true;
}

static bool keep(struct model *m, struct work *w, bool enough)
{
    struct call *c = w->call;
    m->live[c->who] = enough;
    m->swapped |= enough && !m->live[OWN];
    if (c->op == OP_ALLOC_COPY && enough && c->who == MAIN)
        for (int i = 0; i < c->n; i++)
            c->bytes[i] = DATA(c->who, i);
    return finish(w, enough);
}

static bool set_reserve(struct model *m, struct work *w)
{
    int others = m->taken - m->reserve;
    if (m->taken > BLOCK_COUNT)
        return finish(w, RANGE);
    if (w->call->n > BLOCK_COUNT - others)
        return finish(w, NO_MEMORY);
    m->reserve = w->call->n;
    m->taken = others + m->reserve;
    return finish(w, OK);
}

static bool step_slab(struct model *m, struct work *w)
{
    struct call *c = w->call;
    switch (c->op) {
    case OP_ALLOC:
    case OP_ALLOC_COPY:
        return keep(m, w, take(m, 1));
    case OP_ALLOC_RESERVED:
        if (m->taken - m->reserve >= BLOCK_COUNT) {
            m->failures++;
            return keep(m, w, false);
        }
        take_some(m, 1);
        return keep(m, w, true);
    case OP_SET_RESERVE:
        return set_reserve(m, w);
    case OP_FREE:
        finish(w, m->live[c->n]);
        m->taken -= m->live[c->n];
        m->live[c->n] = false;
        return true;
    case OP_RESIZE:
        if (m->live[OWN])
            m->own_size = c->n;
        return finish(w, m->live[OWN] ? OK : STALE);
    case OP_GET:
    case OP_IS_LIVE:
        return finish(w, m->live[OWN]);
    case OP_SIZE:
        return count(w, m->live[OWN] ? m->own_size : 0);
    case OP_HANDLE_OF:
    case OP_HANDLE_AT: /* who took a block since OWN was freed may have got the same one */
        return finish(w, m->live[OWN] ? 1 : m->swapped && m->choice ? 2 : 0);
    case OP_AVAILABLE:
        return count(w, available(m));
    case OP_STATS:
        c->bytes[0] = (uint8_t)m->peak;
        c->bytes[1] = (uint8_t)m->failures;
        return count(w, m->taken - m->reserve);
    default:
        return true;
    }
}

/* One block after another: OWN, GIVEN, the queue's and the others'. A block that the interrupt takes meanwhile may be
 * met or not. */
static bool step_clear(struct model *m, struct work *w)
{
    int at = w->at++;
    int named = m->live[OWN] + m->live[GIVEN] + m->live[ISR];
    if (at < 2) {
        m->taken -= m->live[OWN + at];
        m->live[OWN + at] = false;
    } else if (m->taken - m->reserve > named) {
        give(m, 1);
    } else {
        if (m->choice && m->live[ISR]) {
            m->live[ISR] = false;
            give(m, 1);
        }
        return true;
    }
    return false;
}

/* ---- The queue: a tape, two counters and a limit --------------------------------------------------------------- */

static int held(const struct model *m)
{
    return m->written - m->read;
}

static int room(const struct model *m)
{
    return m->chunks * B - m->written;
}

static int limit_room(const struct model *m)
{
    if (m->limit == 0)
        return 1000;
    return held(m) < m->limit ? m->limit - held(m) : 0;
}

static void close_reservation(struct model *m)
{
    m->reserved = 0;
    if (m->is_fresh) {
        m->chunks--;
        give(m, 1);
    }
    m->is_fresh = false;
}

static bool drop(struct model *m, struct work *w, int n, int status)
{
    m->dropped += n;
    return finish(w, status);
}

static void publish(struct model *m, int who, int n)
{
    for (int i = 0; i < n; i++)
        m->tape[m->written + i] = DATA(who, i);
    m->written += n;
}

static bool step_write(struct model *m, struct work *w)
{
    struct call *c = w->call;
    switch (w->at++) {
    case 0:
        close_reservation(m);
        return false;
    case 1:
        w->n = c->op == OP_PUSH ? 1 : c->n;
        return w->n > limit_room(m) ? drop(m, w, w->n, FULL) : false;
    case 2:
        w->blocks = w->n > room(m) ? blocks_for(w->n - room(m)) : 0;
        if (w->blocks && !take(m, w->blocks))
            return drop(m, w, w->n, NO_MEMORY);
        m->chunks += w->blocks;
        return false;
    default:
        publish(m, c->who, w->n);
        return finish(w, OK);
    }
}

/* Ask how many blocks there are, book them, and ask for fewer if somebody took one in between. True: settled. */
static bool book_some(struct model *m, struct work *w, bool asks)
{
    if (w->blocks == 0)
        return true;
    if (asks) {
        w->blocks = least(w->blocks, available(m));
        return w->blocks == 0;
    }
    if (take(m, w->blocks))
        return true;
    w->blocks--;
    return false;
}

static bool step_write_some(struct model *m, struct work *w)
{
    struct call *c = w->call;
    int at = w->at++;
    if (at == 0) {
        close_reservation(m);
        return false;
    }
    if (at == 1) {
        w->n = least(c->n, limit_room(m));
        w->blocks = w->n > room(m) ? blocks_for(w->n - room(m)) : 0;
        return w->n == 0 ? finish(w, FULL) : false;
    }
    if (!w->done) {
        w->done = book_some(m, w, at % 2 == 0);
        if (!w->done)
            return false;
        m->chunks += w->blocks;
        w->n = least(w->n, room(m));
        return w->n == 0 ? finish(w, NO_MEMORY) : false;
    }
    publish(m, c->who, w->n);
    c->count = (uint8_t)w->n;
    return finish(w, OK);
}

static bool step_reserve(struct model *m, struct work *w)
{
    struct call *c = w->call;
    switch (w->at++) {
    case 0:
        close_reservation(m);
        return false;
    case 1:
        w->n = least(c->n, limit_room(m));
        return w->n == 0 ? finish(w, FULL) : false;
    default:
        if (room(m) == 0) {
            if (!take(m, 1))
                return finish(w, NO_MEMORY);
            m->chunks++;
            m->is_fresh = true;
        }
        m->reserved = least(w->n, room(m));
        c->count = (uint8_t)m->reserved;
        return finish(w, OK);
    }
}

static bool step_commit(struct model *m, struct work *w)
{
    if (m->reserved == 0 || w->call->n > m->reserved)
        return finish(w, INVALID);
    if (w->call->n == 0) {
        close_reservation(m);
        return finish(w, OK);
    }
    m->reserved = 0;
    m->is_fresh = false;
    publish(m, w->call->who, w->call->n);
    return finish(w, OK);
}

static bool step_room(struct model *m, struct work *w)
{
    if (w->at++ == 0) {
        w->blocks = available(m);
        return false;
    }
    return count(w, least(limit_room(m), room(m) + w->blocks * B));
}

/* The reader gives back a chunk only when it wants a byte behind it. */
static void leave(struct model *m)
{
    if (m->read == (m->head + 1) * B) {
        m->head++;
        give(m, 1);
    }
}

static bool step_read(struct model *m, struct work *w)
{
    struct call *c = w->call;
    int at = w->at++;
    if (at == 0) {
        w->n = c->op == OP_POP ? 1 : c->n;
        if (c->op == OP_READ_SOME || c->op == OP_POP) {
            if (w->n > 0 && held(m) == 0)
                return finish(w, EMPTY);
            w->n = least(w->n, held(m));
        }
        if (w->n > held(m))
            return finish(w, RANGE);
        if (c->op == OP_READ_SOME)
            c->count = (uint8_t)w->n;
        return w->n == 0 ? finish(w, OK) : false;
    }
    if (at % 2) {
        leave(m);
        return false;
    }
    int part = least(w->n, (m->head + 1) * B - m->read);
    if (c->op != OP_CONSUME)
        memcpy(c->bytes + w->done, m->tape + m->read, (size_t)part);
    w->done += part;
    m->read += part;
    w->n -= part;
    return w->n == 0 ? finish(w, OK) : false;
}

static bool step_look(struct model *m, struct work *w)
{
    struct call *c = w->call;
    if (w->at++ == 0) {
        w->n = held(m);
        if (c->op == OP_AT) {
            if (c->n >= w->n)
                return finish(w, RANGE);
            c->bytes[0] = m->tape[m->read + c->n];
            return finish(w, OK);
        }
        return w->n == 0 ? finish(w, EMPTY) : false;
    }
    leave(m);
    w->n = least(w->n, (m->head + 1) * B - m->read);
    memcpy(c->bytes, m->tape + m->read, c->op == OP_PEEK ? 1 : (size_t)w->n);
    if (c->op == OP_FRONT)
        c->count = (uint8_t)w->n;
    return finish(w, OK);
}

int model_out_chunks(const struct model *m)
{
    return m->out_length ? blocks_for(m->out_offset + m->out_length) : 0;
}

static int out_room(const struct model *m)
{
    return model_out_chunks(m) * B - m->out_offset - m->out_length;
}

static bool needs_spare(const struct model *m, int n)
{
    int at = m->read - m->head * B, fits = m->out_length ? out_room(m) : 0;
    if (n <= fits)
        return false;
    return (fits == 0 && (at == 0 || m->out_length == 0)) || B - at > fits;
}

/* All that had arrived; the chunk of the last byte stays with the writer. */
static bool step_take(struct model *m, struct work *w)
{
    switch (w->at++) {
    case 0:
        w->n = held(m);
        return w->n == 0 ? finish(w, OK) : false;
    case 1:
        leave(m);
        return false;
    case 2:
        w->blocks = needs_spare(m, w->n);
        return w->blocks && !take(m, 1) ? finish(w, NO_MEMORY) : false;
    case 3: {
        int before = m->chunks - m->head + (m->out_length ? model_out_chunks(m) : 0) + w->blocks;
        int at = m->read - m->head * B;
        if (m->out_length == 0)
            m->out_offset = w->n > B - at ? at : 0;
        memcpy(m->out + m->out_length, m->tape + m->read, (size_t)w->n);
        m->out_length += w->n;
        m->head = (m->read + w->n - 1) / B;
        give(m, before - (m->chunks - m->head) - model_out_chunks(m));
        return false;
    }
    default:
        m->read += w->n;
        return finish(w, OK);
    }
}

static void trim(struct model *m)
{
    if (held(m) == 0 && m->reserved == 0) {
        give(m, m->chunks - m->head);
        m->written = m->read = m->head = m->chunks = 0;
    }
}

static bool step_queue_clear(struct model *m, struct work *w)
{
    if (w->at++ == 0) {
        close_reservation(m);
        return false;
    }
    if (held(m) > 0) {
        leave(m);
        m->read += least(held(m), (m->head + 1) * B - m->read);
        return false;
    }
    trim(m);
    return finish(w, OK);
}

static bool step_queue(struct model *m, struct work *w)
{
    struct call *c = w->call;
    switch (c->op) {
    case OP_CANCEL:
        close_reservation(m);
        return finish(w, OK);
    case OP_SET_LIMIT:
        m->limit = c->n;
        return finish(w, OK);
    case OP_LEN:
        return count(w, held(m));
    case OP_IS_EMPTY:
        return finish(w, held(m) == 0);
    case OP_DROPPED:
        return count(w, m->dropped);
    case OP_WITH:
        c->bytes[0] = (uint8_t)available(m);
        c->bytes[1] = (uint8_t)held(m);
        count(w, held(m));
        return finish(w, OK);
    case OP_TRIM:
        trim(m);
        return finish(w, OK);
    default:
        return true;
    }
}

/* ---- A buffer: nobody else sees it, but its blocks come from the same pool ------------------------------------- */

static void out_append(struct model *m, int who, int n)
{
    for (int i = 0; i < n; i++)
        m->out[m->out_length++] = DATA(who, i);
}

static bool step_buffer_grow(struct model *m, struct work *w)
{
    struct call *c = w->call;
    int n = c->op == OP_B_PUSH ? 1 : c->n;
    int fits = c->op == OP_B_PREPEND ? m->out_offset : m->out_length ? out_room(m) : 0;
    int blocks = n > fits ? blocks_for(n - fits) : 0;
    if (c->op == OP_B_RESERVE)
        blocks = fits == 0;
    if (blocks && !take(m, blocks))
        return finish(w, NO_MEMORY);
    if (c->op == OP_B_RESERVE) {
        c->count = (uint8_t)least(n, fits ? fits : B);
    } else if (c->op == OP_B_PREPEND) {
        memmove(m->out + n, m->out, (size_t)m->out_length);
        for (int i = 0; i < n; i++)
            m->out[i] = DATA(c->who, i);
        m->out_length += n;
        m->out_offset += blocks * B - n;
    } else {
        out_append(m, c->who, n);
    }
    return finish(w, OK);
}

static bool step_buffer_write_some(struct model *m, struct work *w)
{
    int at = w->at++, fits = m->out_length ? out_room(m) : 0;
    if (at == 0) {
        w->n = w->call->n;
        w->blocks = w->n > fits ? blocks_for(w->n - fits) : 0;
        return false;
    }
    if (!book_some(m, w, at % 2))
        return false;
    w->n = least(w->n, fits + w->blocks * B);
    out_append(m, w->call->who, w->n);
    w->call->count = (uint8_t)w->n;
    return finish(w, w->n ? OK : NO_MEMORY);
}

static void out_cut(struct model *m, int front, int back)
{
    m->out_length -= front + back;
    memmove(m->out, m->out + front, (size_t)m->out_length);
    m->out_offset = m->out_length ? (m->out_offset + front) % B : 0;
}

/* The blocks go back one by one. */
static bool step_buffer_shrink(struct model *m, struct work *w)
{
    struct call *c = w->call;
    int n = c->op == OP_B_POP ? 1 : c->op == OP_B_CLEAR ? m->out_length : c->n;
    if (w->at++ == 0) {
        if (n > m->out_length)
            return finish(w, c->op == OP_B_POP ? EMPTY : RANGE);
        if (c->op == OP_B_POP || c->op == OP_B_READ)
            memcpy(c->bytes, m->out, (size_t)n);
        int before = model_out_chunks(m);
        if (c->op == OP_B_TRUNCATE)
            out_cut(m, 0, m->out_length - n);
        else
            out_cut(m, n, 0);
        w->blocks = before - model_out_chunks(m);
        c->status = OK;
        return w->blocks == 0;
    }
    give(m, 1);
    return --w->blocks == 0;
}

/* ---- All of them ------------------------------------------------------------------------------------------------ */

bool model_step(struct model *m, struct work *w)
{
    switch (w->call->op) {
    case OP_CLEAR:
        return step_clear(m, w);
    case OP_PUSH:
    case OP_WRITE:
        return step_write(m, w);
    case OP_WRITE_SOME:
        return step_write_some(m, w);
    case OP_RESERVE:
        return step_reserve(m, w);
    case OP_COMMIT:
        return step_commit(m, w);
    case OP_ROOM:
        return step_room(m, w);
    case OP_POP:
    case OP_READ:
    case OP_READ_SOME:
    case OP_CONSUME:
        return step_read(m, w);
    case OP_PEEK:
    case OP_FRONT:
    case OP_AT:
        return step_look(m, w);
    case OP_TAKE:
        return step_take(m, w);
    case OP_Q_CLEAR:
        return step_queue_clear(m, w);
    case OP_B_PUSH:
    case OP_B_WRITE:
    case OP_B_RESERVE:
    case OP_B_PREPEND:
        return step_buffer_grow(m, w);
    case OP_B_WRITE_SOME:
        return step_buffer_write_some(m, w);
    case OP_B_POP:
    case OP_B_READ:
    case OP_B_CONSUME:
    case OP_B_TRUNCATE:
    case OP_B_CLEAR:
        return step_buffer_shrink(m, w);
    default:
        return w->call->op < OP_PUSH ? step_slab(m, w) : step_queue(m, w);
    }
}

void model_run(struct model *m, struct call *c)
{
    struct work w = {c, 0, 0, 0, 0};
    while (!model_step(m, &w))
        ;
}

static void run(struct model *m, int op, int n)
{
    struct call c = {.who = MAIN, .op = (uint8_t)op, .n = (uint8_t)n};
    if (n)
        model_run(m, &c);
}

void model_prepare(struct model *m, const struct record *r)
{
    memset(m, 0, sizeof *m);
    take(m, 2);
    m->live[OWN] = m->live[GIVEN] = true;
    m->own_size = OWN_SIZE;
    run(m, OP_WRITE, r->written);
    run(m, OP_CONSUME, r->read);
    for (int i = 0; i < r->written; i++)
        m->tape[i] = QUEUE_DATA(i);
    run(m, OP_B_WRITE, r->out);
    for (int i = 0; i < r->out; i++)
        m->out[i] = BUFFER_DATA(i);
    run(m, OP_B_CONSUME, r->out_eaten);
    m->limit = r->limit;
    run(m, OP_RESERVE, r->reserved);
    run(m, OP_SET_RESERVE, r->kept);
    if (available(m) > r->available)
        take(m, available(m) - r->available);
}
