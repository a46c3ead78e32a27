/* Buffers: nobody else sees them, but their blocks come from the same pool. */
#include "model_steps.h"
#include <string.h>

/* ---- Full chunks but for the first one's offset and the last one's room -------------------------------------- */

int model_chunks(const struct model_buffer *b)
{
    return b->length ? blocks_for(b->offset + b->length) : 0;
}

static int back_room(const struct model_buffer *b)
{
    return model_chunks(b) * B - b->offset * (b->length > 0) - b->length;
}

int model_more_blocks(const struct model_buffer *b, int n)
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

bool model_needs_spare(const struct model_buffer *to, int offset, int n, int cut)
{
    bool moves_up = n > cut && to->length > 0;
    return cut > back_room(to) + (moves_up ? offset : 0);
}

int model_append_chunks(struct model_buffer *to, int offset, const uint8_t *bytes, int n, int cut,
                        bool has_spare)
{
    int before = model_chunks(to) + has_spare + blocks_for(n > cut ? offset + n - cut : 0);
    if (to->length == 0)
        to->offset = n > cut ? offset : 0;
    append_bytes(to, bytes, n);
    return before - model_chunks(to);
}

/* ---- The calls ----------------------------------------------------------------------------------------------- */

static bool step_grow(struct model *m, struct work *w)
{
    struct call *c = w->call;
    struct model_buffer *b = &m->buffer[0];
    int n = c->op == OP_B_PUSH ? 1 : c->n;
    int blocks = model_more_blocks(b, n);
    if (c->op == OP_B_PREPEND)
        blocks = n > b->offset ? blocks_for(n - b->offset) : 0;
    if (c->op == OP_B_RESERVE || c->op == OP_B_COMMIT) {
        blocks = back_room(b) == 0;
        n = least(n, blocks ? B : back_room(b));
    }
    if (blocks && !model_take(m, blocks, false))
        return finish(w, NO_MEMORY);
    if (c->op == OP_B_RESERVE || c->op == OP_B_COMMIT)
        c->count = (uint8_t)n;
    if (c->op == OP_B_PREPEND) {
        memmove(b->bytes + n, b->bytes, (size_t)b->length);
        b->offset = b->length ? b->offset + blocks * B - n : 0;
    }
    if (c->op != OP_B_RESERVE) {
        int at = c->op == OP_B_PREPEND ? 0 : b->length;
        for (int i = 0; i < n; i++)
            b->bytes[at + i] = DATA(c->who, i);
        b->length += n;
    }
    return finish(w, OK);
}

/* Ask how many blocks there are, try to take them, and ask again if somebody took one in between. */
static bool step_write_some(struct model *m, struct work *w)
{
    struct model_buffer *b = &m->buffer[0];
    int fits = back_room(b) + model_available(m, false) * B;
    switch (w->at++) {
    case 0:
        w->n = least(w->call->n, fits);
        w->n += w->n == 0;
        return false;
    case 1:
        w->blocks = model_more_blocks(b, w->n);
        if (w->blocks && !model_take(m, w->blocks, false))
            return false;
        for (int i = 0; i < w->n; i++)
            b->bytes[b->length++] = DATA(w->call->who, i);
        count(w, w->n);
        return finish(w, OK);
    default:
        w->at = 0;
        return fits == 0 && finish(w, NO_MEMORY);
    }
}

/* Take what the reservation needs; give it back. */
static bool step_cancel(struct model *m, struct work *w)
{
    int room = back_room(&m->buffer[0]);
    if (w->at++ == 0) {
        if (room == 0 && !model_take(m, 1, false))
            return finish(w, NO_MEMORY);
        w->call->count = (uint8_t)least(w->call->n, room ? room : B);
        return false;
    }
    model_give(m, room == 0);
    return finish(w, OK);
}

static bool step_shrink(struct model *m, struct work *w)
{
    struct call *c = w->call;
    struct model_buffer *b = &m->buffer[0];
    int n = c->op == OP_B_POP ? 1 : c->op == OP_B_CLEAR ? b->length : c->n;
    if (w->at++ > 0)
        return model_give_back(m, w);
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

static bool step_copy_out(struct model *m, struct work *w)
{
    struct call *c = w->call;
    if (c->n > m->buffer[0].length)
        return finish(w, RANGE);
    memcpy(c->bytes, m->buffer[0].bytes, c->n);
    return finish(w, OK);
}

/* The block becomes the last chunk. If its bytes fit into the one before, it goes back. */
static bool step_append_block(struct model *m, struct work *w)
{
    struct model_buffer *b = &m->buffer[0];
    int n = w->call->n;
    if (w->at++ > 0)
        return model_give_back(m, w);
    if (!m->live[OWN])
        return finish(w, STALE);
    w->blocks = n <= back_room(b);
    m->live[OWN] = false;
    memset(b->bytes + b->length, PATTERN(OWN), (size_t)n);
    b->length += n;
    finish(w, OK);
    return w->blocks == 0;
}

/* split, drain_into, append: a spare block perhaps, then the bytes move, then what is left over goes back. */
static bool step_transfer(struct model *m, struct work *w)
{
    struct call *c = w->call;
    struct model_buffer *from = &m->buffer[0], *aside = &m->buffer[1], taken = {.length = 0};
    struct model_buffer *to = c->op == OP_B_SPLIT ? &taken : aside;
    int n = c->op == OP_B_APPEND ? from->length : c->n;
    int cut_size = n < from->length ? least(n, (from->offset + n) % B) : 0;
    switch (w->at++) {
    case 0:
        if (n > from->length)
            return finish(w, RANGE);
        w->done = model_needs_spare(to, from->offset, n, cut_size);
        return w->done && !model_take(m, 1, false) ? finish(w, NO_MEMORY) : false;
    case 1:
        w->blocks = model_append_chunks(to, from->offset, from->bytes, n, cut_size, w->done);
        cut(from, n, 0);
        if (c->op == OP_B_SPLIT) {
            w->blocks += model_chunks(aside);
            *aside = taken;
        }
        finish(w, OK);
        return w->blocks == 0;
    default:
        return model_give_back(m, w);
    }
}

static bool step_move(struct model *m, struct work *w)
{
    if (w->at++ > 0)
        return model_give_back(m, w);
    w->blocks = model_chunks(&m->buffer[1]);
    m->buffer[1] = m->buffer[0];
    m->buffer[0].length = m->buffer[0].offset = 0;
    finish(w, OK);
    return w->blocks == 0;
}

static bool step_copy(struct model *m, struct work *w)
{
    struct model_buffer *from = &m->buffer[0], *to = &m->buffer[1];
    int n = w->call->n, blocks = model_more_blocks(to, n);
    if (1 + n > from->length)
        return finish(w, RANGE);
    if (blocks && !model_take(m, blocks, false))
        return finish(w, NO_MEMORY);
    append_bytes(to, from->bytes + 1, n);
    return finish(w, OK);
}

bool model_step_buffer(struct model *m, struct work *w)
{
    switch (w->call->op) {
    case OP_B_WRITE_SOME:
        return step_write_some(m, w);
    case OP_B_POP:
    case OP_B_READ:
    case OP_B_CONSUME:
    case OP_B_TRUNCATE:
    case OP_B_CLEAR:
        return step_shrink(m, w);
    case OP_B_CANCEL:
        return step_cancel(m, w);
    case OP_B_COPY_OUT:
        return step_copy_out(m, w);
    case OP_B_APPEND_BLOCK:
        return step_append_block(m, w);
    case OP_B_SPLIT:
    case OP_B_DRAIN:
    case OP_B_APPEND:
        return step_transfer(m, w);
    case OP_B_MOVE:
        return step_move(m, w);
    case OP_B_COPY:
        return step_copy(m, w);
    default:
        return step_grow(m, w);
    }
}

void model_prepare_buffer(struct model *m, int which, int fed, int eaten)
{
    struct model_buffer *b = &m->buffer[which];
    if (fed)
        model_take(m, blocks_for(fed), false);
    for (int i = 0; i < fed; i++)
        b->bytes[i] = BUFFER_DATA(which, i);
    b->length = fed;
    cut(b, eaten, 0);
    model_give(m, blocks_for(fed) - model_chunks(b));
}
