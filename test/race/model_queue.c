/* The queue: a tape, two counters and a limit. */
#include "model_steps.h"
#include <string.h>

static int held(const struct model *m)
{
    return m->written - m->read;
}

/* Bytes that the last chunk takes. */
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

static int more_blocks(const struct model *m, int n)
{
    return n > room(m) ? blocks_for(n - room(m)) : 0;
}

/* ---- The writer's calls -------------------------------------------------------------------------------------- */

static void close_reservation(struct model *m)
{
    m->reserved = 0;
    if (m->is_fresh) {
        m->chunks--;
        model_give(m, 1);
    }
    m->is_fresh = false;
}

static void publish(struct model *m, int who, int n)
{
    for (int i = 0; i < n; i++)
        m->tape[m->written + i] = DATA(who, i);
    m->written += n;
    m->reserved = 0; /* the bytes are where it was */
    m->is_fresh = false;
}

/* Look at the limit, take the blocks, publish. What is refused is counted in a step of its own. */
static bool step_write(struct model *m, struct work *w)
{
    struct call *c = w->call;
    if (w->status != OK) {
        m->dropped += w->n;
        return finish(w, w->status);
    }
    switch (w->at++) {
    case 0:
        w->n = c->op == OP_PUSH ? 1 : c->n;
        w->status = w->n > limit_room(m) ? FULL : OK;
        return false;
    case 1:
        w->blocks = more_blocks(m, w->n);
        if (w->blocks && !model_take(m, w->blocks, m->uses_headroom))
            w->status = NO_MEMORY;
        else
            m->chunks += w->blocks;
        return false;
    default:
        publish(m, c->who, w->n);
        return finish(w, OK);
    }
}

/* Look at the pool and at the limit, and try to write what fits, or else one byte. If somebody took a block in between, and something
 * still fits, try again. */
enum { LOOK_AT_POOL, LOOK_AT_LIMIT, ASK_LIMIT, ASK_POOL, LOOK_AGAIN, PUBLISH };

static bool step_write_some(struct model *m, struct work *w)
{
    struct call *c = w->call;
    switch (w->at++) {
    case LOOK_AT_POOL:
        w->blocks = model_available(m, m->uses_headroom);
        return false;
    case LOOK_AT_LIMIT:
        w->n = least(c->n, least(limit_room(m), room(m) + w->blocks * B));
        w->n += w->n == 0;
        return false;
    case ASK_LIMIT:
        return w->n > limit_room(m) ? finish(w, FULL) : false;
    case ASK_POOL:
        w->blocks = more_blocks(m, w->n);
        if (w->blocks && !model_take(m, w->blocks, m->uses_headroom))
            return false;
        m->chunks += w->blocks;
        w->at = PUBLISH;
        return false;
    case LOOK_AGAIN:
        w->at = LOOK_AT_POOL;
        return least(limit_room(m), room(m) + model_available(m, m->uses_headroom) * B) == 0 &&
               finish(w, NO_MEMORY);
    default:
        publish(m, c->who, w->n);
        count(w, w->n);
        return finish(w, OK);
    }
}

/* Looks at the limit twice. */
static bool step_reserve(struct model *m, struct work *w)
{
    switch (w->at++) {
    case 0:
        return limit_room(m) == 0 ? finish(w, FULL) : false;
    case 1:
        if (room(m) > 0)
            return false;
        if (!model_take(m, 1, m->uses_headroom))
            return finish(w, NO_MEMORY);
        m->chunks++;
        m->is_fresh = true;
        return false;
    default:
        m->reserved = least(least(w->call->n, limit_room(m)), room(m));
        count(w, m->reserved);
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
    publish(m, w->call->who, w->call->n);
    return finish(w, OK);
}

/* Looks at the pool and at the limit, in either order. */
static bool step_room(struct model *m, struct work *w)
{
    bool is_pool = (w->at == 0) != m->choice;
    int fits = is_pool ? room(m) + model_available(m, m->uses_headroom) * B : limit_room(m);
    if (w->at++ > 0)
        return count(w, least(w->n, fits));
    w->n = fits;
    return false;
}

/* ---- The reader's calls -------------------------------------------------------------------------------------- */

/* The chunks before the last of n > 0 bytes, which is the first one then. */
static int chunks_before_last(const struct model *m, int n)
{
    return (m->read + n - 1) / B - m->head;
}

/* Look how much there is; give back one block after another; take it. */
static bool step_read(struct model *m, struct work *w)
{
    struct call *c = w->call;
    if (w->at++ == 0) {
        w->n = c->op == OP_POP ? 1 : c->n;
        if (w->n > 0 && held(m) == 0 && (c->op == OP_POP || c->op == OP_READ_SOME))
            return finish(w, EMPTY);
        if (c->op == OP_READ_SOME)
            count(w, w->n = least(w->n, held(m)));
        finish(w, w->n > held(m) ? RANGE : OK);
        w->blocks = w->n > 0 ? chunks_before_last(m, w->n) : 0;
        return c->status != OK || w->n == 0;
    }
    if (w->blocks > 0) {
        model_give_back(m, w);
        return false;
    }
    if (c->op != OP_CONSUME)
        memcpy(c->bytes, m->tape + m->read, (size_t)w->n);
    m->head += chunks_before_last(m, w->n);
    m->read += w->n;
    return true;
}

/* One step: they look at the writer's count once, and free nothing. */
static bool step_look(const struct model *m, struct work *w)
{
    struct call *c = w->call;
    const uint8_t *first = m->tape + m->read, *found;
    int position = c->op == OP_AT ? c->n : c->op == OP_COPY_OUT ? 1 : 0;
    int n = c->op == OP_COPY_OUT ? c->n : c->op == OP_FRONT ? least(held(m), B - m->read % B) : 1;
    if (c->op == OP_FIND) {
        found = memchr(first, c->n, (size_t)held(m));
        count(w, found ? (int)(found - first) : held(m)); /* where to resume */
        return finish(w, found ? OK : NO_MATCH);
    }
    if (position + n > held(m) || n == 0)
        return finish(w, c->op == OP_AT || c->op == OP_COPY_OUT ? RANGE : EMPTY);
    memcpy(c->bytes, first + position, (size_t)n);
    if (c->op == OP_FRONT)
        count(w, n);
    return finish(w, OK);
}

/* A view of the queue. One step: it has what had arrived when it was made, whatever the writer does afterwards. */
static bool take_from_view(const struct model *m, struct work *w, int taken, int passed)
{
    struct call *c = w->call;
    memcpy(c->bytes, m->tape + m->read, (size_t)taken);
    c->bytes[TAKEN_LENGTH] = (uint8_t)taken;
    c->bytes[VIEW_IS_GOOD] = 1;
    count(w, held(m) - passed);
    return finish(w, OK);
}

static bool stop_in_view(const struct model *m, struct work *w, int at, int status)
{
    w->call->bytes[0] = (uint8_t)at;
    w->call->bytes[VIEW_IS_GOOD] = 1;
    count(w, held(m));
    return finish(w, status);
}

static bool step_decimal(const struct model *m, struct work *w)
{
    const uint8_t *first = m->tape + m->read;
    uint32_t number = 0;
    int digits = 0;
    for (; digits < held(m) && first[digits] >= '0' && first[digits] <= '9'; digits++)
        number = number * 10 + first[digits] - '0';
    if (digits == held(m) || digits == 0)
        return stop_in_view(m, w, digits, digits == held(m) ? MORE : NO_MATCH);
    take_from_view(m, w, 0, digits);
    for (int i = 0; i < 4; i++)
        w->call->bytes[i] = (uint8_t)(number >> 8 * i);
    return true;
}

static bool step_view(const struct model *m, struct work *w)
{
    struct call *c = w->call;
    const uint8_t *first = m->tape + m->read;
    if (c->op == OP_V_SPANS)
        return take_from_view(m, w, held(m), held(m));
    if (c->op == OP_V_DECIMAL)
        return step_decimal(m, w);
    const uint8_t *found = memchr(first, c->op == OP_V_LINE ? '\n' : c->n, (size_t)held(m));
    if (!found)
        return stop_in_view(m, w, held(m), MORE);
    int n = (int)(found - first);
    if (c->op == OP_V_UNTIL)
        return take_from_view(m, w, n, n);
    return take_from_view(m, w, n - (n > 0 && first[n - 1] == '\r'), n + 1);
}

/* To the buffer: all that has arrived, or n bytes. Look; take the spare block; give back what the buffer does not need, and the
 * chunk that was read to its end before; publish. The chunk of the last byte stays with the writer. */
static bool step_take(struct model *m, struct work *w)
{
    struct model_buffer *to = &m->buffer[0];
    bool is_used_up = m->read == (m->head + 1) * B;
    int offset = m->read % B, cut = least(w->n, (m->read + w->n - 1) % B + 1);
    switch (w->at++) {
    case 0:
        w->n = w->call->op == OP_TAKE ? held(m) : w->call->n;
        finish(w, w->n > held(m) ? RANGE : OK);
        return w->call->status != OK || w->n == 0;
    case 1:
        w->done = model_needs_spare(to, offset, w->n, cut);
        return w->done && !model_take(m, 1, false) ? finish(w, NO_MEMORY) : false;
    case 2:
        w->blocks = model_append_chunks(to, offset, m->tape + m->read, w->n, cut, w->done);
        return false;
    case 3:
        if (w->blocks > 0) {
            w->at -= !model_give_back(m, w);
            return false;
        }
        w->at++; /* fall through */
    case 4:
        w->blocks = is_used_up;
        if (is_used_up) {
            model_give_back(m, w);
            return false;
        } /* fall through */
    default:
        m->read += w->n;
        m->head = (m->read - 1) / B;
        return true;
    }
}

/* ---- Either side's ------------------------------------------------------------------------------------------- */

/* The block leaves the queue, and goes back. */
static bool step_trim(struct model *m, struct work *w)
{
    if (w->at++ > 0)
        return model_give_back(m, w);
    if (held(m) == 0 && m->reserved == 0) {
        w->blocks = m->chunks - m->head;
        m->written = m->read = m->head = m->chunks = 0;
    }
    finish(w, OK);
    return w->blocks == 0;
}

static bool step_clear(struct model *m, struct work *w)
{
    switch (w->at++) {
    case 0:
        close_reservation(m);
        return false;
    case 1:
        w->blocks = m->chunks - m->head;
        m->written = m->read = m->head = m->chunks = 0;
        finish(w, OK);
        return w->blocks == 0;
    default:
        return model_give_back(m, w);
    }
}

/* The reader's count first: for either side that is one step, but not for a bystander. */
static bool step_length(const struct model *m, struct work *w)
{
    if (w->at++ == 0) {
        w->n = m->read;
        return false;
    }
    if (w->call->op == OP_LEN)
        return count(w, m->written - w->n);
    return finish(w, m->written == w->n);
}

static bool step_at_once(struct model *m, struct work *w)
{
    struct call *c = w->call;
    switch (c->op) {
    case OP_CANCEL:
        close_reservation(m);
        return finish(w, OK);
    case OP_SET_LIMIT:
        m->limit = c->n;
        return finish(w, OK);
    case OP_LIMIT:
        return count(w, m->limit);
    case OP_DROPPED:
        c->bytes[0] = (uint8_t)(m->dropped >> 8);
        return count(w, m->dropped);
    default:
        return true;
    }
}

bool model_step_queue(struct model *m, struct work *w)
{
    switch (w->call->op) {
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
    case OP_AT:
    case OP_FRONT:
    case OP_FIND:
    case OP_COPY_OUT:
        return step_look(m, w);
    case OP_V_SPANS:
    case OP_V_LINE:
    case OP_V_DECIMAL:
    case OP_V_UNTIL:
        return step_view(m, w);
    case OP_TAKE:
    case OP_DRAIN:
        return step_take(m, w);
    case OP_LEN:
    case OP_IS_EMPTY:
        return step_length(m, w);
    case OP_TRIM:
        return step_trim(m, w);
    case OP_Q_CLEAR:
        return step_clear(m, w);
    default:
        return step_at_once(m, w);
    }
}
