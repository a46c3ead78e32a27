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

static int used(const struct model *m)
{
    return m->taken - m->reserve - m->retired;
}

static void take_some(struct model *m, int blocks)
{
    m->taken += blocks;
    if (used(m) > m->peak)
        m->peak = used(m);
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

static bool take_reserved(struct model *m, int blocks)
{
    bool enough = blocks <= BLOCK_COUNT - (m->taken - m->reserve);
    if (enough)
        take_some(m, blocks);
    else
        m->failures++;
    return enough;
}

static void give(struct model *m, int blocks)
{
    if (m->is_worn)
        m->retired += blocks;
    else
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
        return keep(m, w, take_reserved(m, 1));
    case OP_SET_RESERVE:
        return set_reserve(m, w);
    case OP_FREE:
        finish(w, m->live[c->n]);
        give(m, m->live[c->n]);
        m->live[c->n] = false;
        return true;
    case OP_RESIZE:
        if (m->live[OWN])
            m->own_size = c->n;
        return finish(w, m->live[OWN] ? OK : STALE);
    case OP_GET:
    case OP_IS_LIVE:
        return finish(w, m->live[OWN]);
    case OP_GET_OLD:
    case OP_FREE_OLD:
        return finish(w, false);
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
        return count(w, used(m));
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
        give(m, m->live[OWN + at]);
        m->live[OWN + at] = false;
    } else if (used(m) > named) {
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

/* ---- Buffers: full chunks but for the first one's offset and the last one's room -------------------------------- */

int model_chunks(const struct model_buffer *b)
{
    return b->length ? blocks_for(b->offset + b->length) : 0;
}

static int back_room(const struct model_buffer *b)
{
    return model_chunks(b) * B - b->offset * (b->length > 0) - b->length;
}

static int more_blocks(const struct model_buffer *b, int n)
{
    int fits = back_room(b);
    return n > fits ? blocks_for(n - fits) : 0;
}

static void append_bytes(struct model_buffer *b, const uint8_t *bytes, int n)
{
    memmove(b->bytes + b->length, bytes, (size_t)n);
    b->length += n;
}

static void cut(struct model_buffer *b, int front, int back)
{
    b->length -= front + back;
    memmove(b->bytes, b->bytes + front, (size_t)b->length);
    b->offset = b->length ? (b->offset + front) % B : 0;
}

/* Does moving n bytes from a chain that begins at this offset, and whose last chunk is cut or not, take a block? */
static bool needs_spare(const struct model_buffer *to, int offset, int n, bool cuts)
{
    int fits = back_room(to), first = B - offset;
    return cuts && n > fits && first > fits;
}

/* ---- The queue: a tape, two counters and a limit --------------------------------------------------------------- */

static bool take_for_writer(struct model *m, int blocks)
{
    return m->uses_reserve ? take_reserved(m, blocks) : take(m, blocks);
}

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
        if (w->blocks && !take_for_writer(m, w->blocks))
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
            if (!take_for_writer(m, 1))
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

/* Looks at the pool and at the limit, in either order. */
static bool step_room(struct model *m, struct work *w)
{
    if (w->at++ == 0) {
        w->n = m->choice ? limit_room(m) : available(m);
        return false;
    }
    int limit = m->choice ? w->n : limit_room(m), blocks = m->choice ? available(m) : w->n;
    return count(w, least(limit, room(m) + blocks * B));
}

/* The reader gives back a chunk only when it wants a byte behind it. */
static void leave(struct model *m)
{
    if (m->read == (m->head + 1) * B) {
        m->head++;
        give(m, 1);
    }
}

/* Blocks that were left go back one by one. */
static bool give_back(struct model *m, struct work *w)
{
    if (w->blocks > 0)
        give(m, 1);
    return --w->blocks <= 0;
}

/* Take n bytes at once; true when no block is to go back. */
static bool take_bytes(struct model *m, struct work *w, int n)
{
    int head = m->head;
    int op = w->call->op;
    if (n > 0 && (op == OP_POP || op == OP_READ || op == OP_READ_SOME))
        memcpy(w->call->bytes, m->tape + m->read, (size_t)n);
    m->read += n;
    if (n > 0)
        m->head = (m->read - 1) / B;
    w->blocks = m->head - head;
    return w->blocks == 0;
}

static bool step_read(struct model *m, struct work *w)
{
    struct call *c = w->call;
    int at = w->at++;
    if (at == 0) {
        w->n = c->op == OP_POP ? 1 : c->n;
        if (c->op == OP_POP && held(m) == 0)
            return finish(w, EMPTY);
        if (c->op == OP_READ_SOME) {
            if (w->n > 0 && held(m) == 0)
                return finish(w, EMPTY);
            w->n = least(w->n, held(m));
            c->count = (uint8_t)w->n;
        }
        finish(w, w->n > held(m) ? RANGE : OK);
        return c->status != OK || w->n == 0;
    }
    if (c->op == OP_POP && m->choice && at == 1) { /* or it gives the chunk back first */
        leave(m);
        return false;
    }
    return at == 1 || (c->op == OP_POP && m->choice) ? take_bytes(m, w, w->n) : give_back(m, w);
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

/* All that had arrived; the chunk of the last byte stays with the writer. */
static bool step_take(struct model *m, struct work *w)
{
    struct model_buffer *to = &m->buffer[0];
    int at = m->read - m->head * B;
    switch (w->at++) {
    case 0:
        return held(m) == 0 ? finish(w, OK) : false;
    case 1:
        leave(m);
        return false;
    case 2:
        w->n = held(m);
        return false;
    case 3:
        w->blocks = needs_spare(to, at, w->n, true);
        return w->blocks && !take(m, 1) ? finish(w, NO_MEMORY) : false;
    case 4: {
        int before = model_chunks(to) + w->blocks - m->head;
        if (to->length == 0)
            to->offset = w->n > B - at ? at : 0;
        append_bytes(to, m->tape + m->read, w->n);
        m->read += w->n;
        m->head = (m->read - 1) / B;
        w->blocks = before - model_chunks(to) + m->head;
        finish(w, OK);
        return w->blocks == 0;
    }
    default:
        return give_back(m, w);
    }
}

/* The block leaves the queue, and goes back. */
static bool step_trim(struct model *m, struct work *w)
{
    if (w->at++ > 0)
        return give_back(m, w);
    if (held(m) == 0 && m->reserved == 0) {
        w->blocks = m->chunks - m->head;
        m->written = m->read = m->head = m->chunks = 0;
    }
    finish(w, OK);
    return w->blocks == 0;
}

static bool step_queue_clear(struct model *m, struct work *w)
{
    struct work trim = {w->call, 0, 0, 0, 0};
    switch (w->at++) {
    case 0:
        close_reservation(m);
        return false;
    case 1:
        take_bytes(m, w, held(m));
        w->blocks += m->chunks - m->head; /* the last one, too */
        m->head = m->chunks;
        step_trim(m, &trim);
        finish(w, OK);
        return w->blocks == 0;
    default:
        return give_back(m, w);
    }
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
    case OP_LIMIT:
        return count(w, m->limit);
    case OP_IS_EMPTY:
        return finish(w, held(m) == 0);
    case OP_DROPPED:
        c->bytes[0] = (uint8_t)(m->dropped >> 8);
        return count(w, m->dropped);
    case OP_WITH:
        c->bytes[0] = (uint8_t)available(m);
        c->bytes[1] = (uint8_t)held(m);
        count(w, held(m));
        return finish(w, OK);
    default:
        return true;
    }
}

/* ---- A buffer: nobody else sees it, but its blocks come from the same pool ------------------------------------- */

static bool step_buffer_grow(struct model *m, struct work *w)
{
    struct call *c = w->call;
    struct model_buffer *b = &m->buffer[0];
    int n = c->op == OP_B_PUSH ? 1 : c->n;
    int blocks = more_blocks(b, n);
    if (c->op == OP_B_PREPEND)
        blocks = n > b->offset ? blocks_for(n - b->offset) : 0;
    if (c->op == OP_B_RESERVE || c->op == OP_B_COMMIT) {
        blocks = back_room(b) == 0;
        n = least(n, blocks ? B : back_room(b));
    }
    if (blocks && !take(m, blocks))
        return finish(w, NO_MEMORY);
    if (c->op == OP_B_RESERVE || c->op == OP_B_COMMIT)
        c->count = (uint8_t)n;
    if (c->op == OP_B_PREPEND) {
        memmove(b->bytes + n, b->bytes, (size_t)b->length);
        b->offset += blocks * B - n;
    }
    if (c->op != OP_B_RESERVE) {
        int at = c->op == OP_B_PREPEND ? 0 : b->length;
        for (int i = 0; i < n; i++)
            b->bytes[at + i] = DATA(c->who, i);
        b->length += n;
    }
    return finish(w, OK);
}

static bool step_buffer_write_some(struct model *m, struct work *w)
{
    struct model_buffer *b = &m->buffer[0];
    int at = w->at++;
    if (at == 0) {
        w->n = w->call->n;
        w->blocks = more_blocks(b, w->n);
        return false;
    }
    if (!book_some(m, w, at % 2))
        return false;
    w->n = least(w->n, back_room(b) + w->blocks * B);
    for (int i = 0; i < w->n; i++)
        b->bytes[b->length++] = DATA(w->call->who, i);
    w->call->count = (uint8_t)w->n;
    return finish(w, w->n ? OK : NO_MEMORY);
}

/* Take what the reservation needs; give it back. */
static bool step_buffer_cancel(struct model *m, struct work *w)
{
    int room = back_room(&m->buffer[0]);
    if (w->at++ == 0) {
        if (room == 0 && !take(m, 1))
            return finish(w, NO_MEMORY);
        w->call->count = (uint8_t)least(w->call->n, room ? room : B);
        return false;
    }
    give(m, room == 0);
    return finish(w, OK);
}

static bool step_buffer_shrink(struct model *m, struct work *w)
{
    struct call *c = w->call;
    struct model_buffer *b = &m->buffer[0];
    int n = c->op == OP_B_POP ? 1 : c->op == OP_B_CLEAR ? b->length : c->n;
    if (w->at++ > 0)
        return give_back(m, w);
    if (n > b->length)
        return finish(w, c->op == OP_B_POP ? EMPTY : RANGE);
    if (c->op == OP_B_POP || c->op == OP_B_READ)
        memcpy(c->bytes, b->bytes, (size_t)n);
    int before = model_chunks(b);
    if (c->op == OP_B_TRUNCATE)
        cut(b, 0, b->length - n);
    else
        cut(b, n, 0);
    w->blocks = before - model_chunks(b);
    finish(w, OK);
    return w->blocks == 0;
}

static bool step_buffer_copy_out(struct model *m, struct work *w)
{
    struct call *c = w->call;
    if (c->n > m->buffer[0].length)
        return finish(w, RANGE);
    memcpy(c->bytes, m->buffer[0].bytes, c->n);
    return finish(w, OK);
}

/* The block becomes the last chunk, unless its bytes fit into the one before. */
static bool step_buffer_append_block(struct model *m, struct work *w)
{
    struct model_buffer *b = &m->buffer[0];
    int n = w->call->n;
    if (!m->live[OWN])
        return finish(w, STALE);
    give(m, n <= back_room(b));
    m->live[OWN] = false;
    memset(b->bytes + b->length, PATTERN(OWN), (size_t)n);
    b->length += n;
    return finish(w, OK);
}

/* split, drain_into, append: a spare block perhaps, then the bytes move, then what is left over goes back. */
static bool step_buffer_transfer(struct model *m, struct work *w)
{
    struct call *c = w->call;
    struct model_buffer *from = &m->buffer[0], *aside = &m->buffer[1], empty = {.length = 0};
    struct model_buffer *to = c->op == OP_B_SPLIT ? &empty : aside;
    switch (w->at++) {
    case 0: {
        w->n = c->op == OP_B_APPEND ? from->length : c->n;
        if (w->n > from->length)
            return finish(w, RANGE);
        bool cuts = w->n < from->length && (from->offset + w->n) % B != 0;
        w->blocks = needs_spare(to, from->offset, w->n, cuts);
        return w->blocks && !take(m, 1) ? finish(w, NO_MEMORY) : false;
    }
    case 1: {
        int before = model_chunks(from) + model_chunks(aside) + w->blocks;
        if (to->length == 0)
            to->offset = w->n == from->length || w->n >= B - from->offset ? from->offset : 0;
        append_bytes(to, from->bytes, w->n);
        cut(from, w->n, 0);
        if (c->op == OP_B_SPLIT)
            *aside = empty;
        w->blocks = before - model_chunks(from) - model_chunks(aside);
        finish(w, OK);
        return w->blocks == 0;
    }
    default:
        return give_back(m, w);
    }
}

static bool step_buffer_move(struct model *m, struct work *w)
{
    if (w->at++ > 0)
        return give_back(m, w);
    w->blocks = model_chunks(&m->buffer[1]);
    m->buffer[1] = m->buffer[0];
    m->buffer[0].length = m->buffer[0].offset = 0;
    finish(w, OK);
    return w->blocks == 0;
}

static bool step_buffer_copy(struct model *m, struct work *w)
{
    struct model_buffer *from = &m->buffer[0], *to = &m->buffer[1];
    int n = w->call->n, blocks = more_blocks(to, n);
    if (1 + n > from->length)
        return finish(w, RANGE);
    if (blocks && !take(m, blocks))
        return finish(w, NO_MEMORY);
    append_bytes(to, from->bytes + 1, n);
    return finish(w, OK);
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
    case OP_TRIM:
        return step_trim(m, w);
    case OP_TAKE:
        return step_take(m, w);
    case OP_Q_CLEAR:
        return step_queue_clear(m, w);
    case OP_B_PUSH:
    case OP_B_WRITE:
    case OP_B_RESERVE:
    case OP_B_COMMIT:
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
    case OP_B_CANCEL:
        return step_buffer_cancel(m, w);
    case OP_B_COPY_OUT:
        return step_buffer_copy_out(m, w);
    case OP_B_APPEND_BLOCK:
        return step_buffer_append_block(m, w);
    case OP_B_SPLIT:
    case OP_B_DRAIN:
    case OP_B_APPEND:
        return step_buffer_transfer(m, w);
    case OP_B_MOVE:
        return step_buffer_move(m, w);
    case OP_B_COPY:
        return step_buffer_copy(m, w);
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

static void prepare_buffer(struct model *m, int which, int fed, int eaten)
{
    struct model_buffer *b = &m->buffer[which];
    if (fed)
        take(m, blocks_for(fed));
    for (int i = 0; i < fed; i++)
        b->bytes[i] = BUFFER_DATA(which, i);
    b->length = fed;
    cut(b, eaten, 0);
    give(m, blocks_for(fed) - model_chunks(b));
}

void model_prepare(struct model *m, const struct record *r, bool is_worn)
{
    memset(m, 0, sizeof *m);
    m->is_worn = is_worn;
    take(m, 2);
    m->live[OWN] = m->live[GIVEN] = true;
    m->own_size = OWN_SIZE;
    run(m, OP_WRITE, r->written);
    run(m, OP_CONSUME, r->read);
    for (int i = 0; i < r->written; i++)
        m->tape[i] = QUEUE_DATA(i);
    m->uses_reserve = r->uses_reserve;
    m->limit = r->limit;
    m->dropped = r->limit ? DROPPED_FIRST : 0;
    prepare_buffer(m, 0, r->out, r->out_eaten);
    prepare_buffer(m, 1, r->aside, r->aside_eaten);
    run(m, OP_RESERVE, r->reserved);
    run(m, OP_SET_RESERVE, r->kept);
    if (available(m) > r->available)
        take(m, available(m) - r->available);
}
