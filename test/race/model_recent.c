/* The queue that keeps the newest: units one after another, and chunks as numbers. */
#include "model_steps.h"
#include <string.h>

static int stored(const struct model_recent *r)
{
    return r->end - r->front;
}

static int prefix(const struct model_recent *r)
{
    return r->unit ? 0 : 2;
}

/* Bytes that the last chunk takes, and blocks that n bytes more take. */
static int room(const struct model_recent *r)
{
    return r->has_chain ? (r->last + 1) * B - r->end : 0;
}

static int more_blocks(const struct model_recent *r, int n)
{
    return n > room(r) ? blocks_for(n - room(r)) : 0;
}

static void remove_oldest(struct model_recent *r)
{
    int n = r->lengths[0];
    r->front += n + prefix(r);
    r->units--;
    r->count--;
    r->removed++;
    memmove(r->lengths, r->lengths + 1, sizeof r->lengths - 1);
    memmove(r->bytes, r->bytes + n, sizeof r->bytes - (size_t)n);
}

static int length_of_all(const struct model_recent *r)
{
    int length = 0;
    for (int i = 0; i < r->units; i++)
        length += r->lengths[i];
    return length;
}

/* ---- Writing ------------------------------------------------------------------------------------------------- */

/* Can n bytes be had if all units are dropped? The chunks that the reader uses come first and stay. */
static bool can_drop(const struct model_recent *r, int n, int available)
{
    int kept = r->claimed ? (r->front - 1) / B - r->first + 1 : r->first == r->pinned;
    int needed = blocks_for(n) - least(blocks_for(n), available + 1);
    return r->has_chain && r->last - r->first >= kept + needed;
}

/* What the front passes at once: what the reader has claimed, the end of a chunk, or a unit. Says how many chunks the
 * writer has to give back. */
static int pass(struct model_recent *r)
{
    int was_first = r->first;
    if (r->claimed) {
        r->claimed = 0;
        r->first = r->pinned = (r->front - 1) / B;
        return 0;
    }
    if (r->front < (r->first + 1) * B) {
        remove_oldest(r);
        r->dropped++;
    }
    r->first = r->units ? r->front / B : r->last;
    return r->first - was_first - (r->first > was_first && was_first == r->pinned);
}

/* Begin at the start of the only chunk again. */
static bool restart(struct model_recent *r)
{
    if (room(r) == B || r->claimed || r->pinned == r->last)
        return false;
    r->front = r->end = r->last * B;
    return true;
}

enum { DECIDE, GIVE_BACK, TAKE, COUNT, PUBLISH };

static bool decide(struct model *m, struct work *w)
{
    struct model_recent *r = &m->recent;
    int available = model_available(m, false), n = w->call->n + prefix(r);
    if (r->unit && w->call->n != r->unit)
        return finish(w, INVALID);
    if (r->limit && n > r->limit)
        return finish(w, FULL);
    w->blocks = more_blocks(r, n);
    if (w->blocks <= available && (!r->limit || stored(r) + n <= r->limit)) {
        w->at = w->blocks ? TAKE : COUNT;
        return false;
    }
    if (w->blocks > available && !w->done && !can_drop(r, n, available))
        return finish(w, NO_MEMORY);
    if (r->units == 0)
        return restart(r) ? false : finish(w, NO_MEMORY);
    w->done = true;
    w->blocks = pass(r);
    w->at = w->blocks ? GIVE_BACK : DECIDE;
    return false;
}

static bool step_write(struct model *m, struct work *w)
{
    struct model_recent *r = &m->recent;
    switch (w->at) {
    case DECIDE:
        return decide(m, w);
    case GIVE_BACK:
        w->at = model_give_back(m, w) ? DECIDE : GIVE_BACK;
        return false;
    case TAKE: /* if somebody else was quicker: look again */
        w->at = model_take(m, w->blocks, false) ? COUNT : DECIDE;
        if (w->at == DECIDE)
            return false;
        if (!r->has_chain)
            r->first = r->last + 1;
        r->front = r->has_chain ? r->front : r->first * B;
        r->end = r->has_chain ? r->end : r->front;
        r->has_chain = true;
        r->last += w->blocks;
        return false;
    case COUNT:
        r->count++;
        w->at = PUBLISH;
        return false;
    default:
        for (int i = 0, at = length_of_all(r); i < w->call->n; i++)
            r->bytes[at + i] = DATA(w->call->who, i);
        r->lengths[r->units++] = w->call->n;
        r->end += w->call->n + prefix(r);
        return finish(w, OK);
    }
}

/* ---- Reading ------------------------------------------------------------------------------------------------- */

static bool claim(struct model_recent *r, struct work *w)
{
    if (r->units == 0)
        return finish(w, EMPTY);
    int n = r->lengths[0];
    count(w, n);
    if (n > w->call->n)
        return finish(w, RANGE);
    memcpy(w->call->bytes, r->bytes, (size_t)n);
    remove_oldest(r);
    r->claimed = n + prefix(r);
    w->from = r->first;
    w->to = (r->front - 1) / B;
    return false;
}

static bool step_read(struct model *m, struct work *w)
{
    struct model_recent *r = &m->recent;
    switch (w->at++) {
    case 0:
        return claim(r, w);
    case 1:
        w->blocks = w->to - w->from;
        if (r->claimed)
            r->first = w->to;
        else
            w->blocks += r->first != w->to;
        r->claimed = 0;
        r->pinned = -1;
        finish(w, OK);
        return w->blocks == 0;
    default:
        return model_give_back(m, w);
    }
}

/* ---- Looking ------------------------------------------------------------------------------------------------- */

/* The reading end first: to a bystander these are two steps. */
static bool step_is_empty(const struct model_recent *r, struct work *w)
{
    if (w->at++ > 0)
        return finish(w, r->removed + r->units == w->n);
    w->n = r->removed;
    return false;
}

bool model_step_recent(struct model *m, struct work *w)
{
    struct model_recent *r = &m->recent;
    switch (w->call->op) {
    case OP_R_WRITE:
        return step_write(m, w);
    case OP_R_READ:
        return step_read(m, w);
    case OP_R_COUNT:
        return count(w, r->count);
    case OP_R_IS_EMPTY:
        return step_is_empty(r, w);
    default:
        w->call->bytes[0] = (uint8_t)(r->dropped >> 8);
        return count(w, r->dropped);
    }
}

/* ---- Preparing and comparing --------------------------------------------------------------------------------- */

void model_prepare_recent(struct model *m, const struct record *asked)
{
    struct model_recent *r = &m->recent;
    r->unit = asked->unit;
    r->limit = asked->units_limit;
    r->last = r->pinned = -1;
    r->dropped = r->limit ? DROPPED_FIRST : 0;
    for (int u = 0; u < asked->units; u++) {
        struct call write = {.op = OP_R_WRITE, .n = (uint8_t)(r->unit ? r->unit : RECENT_LENGTH(u))};
        struct call read = {.op = OP_R_READ, .n = DATA_MAX};
        model_run(m, &write);
        for (int i = 0, at = length_of_all(r) - write.n; i < write.n; i++)
            r->bytes[at + i] = RECENT_DATA(u, i);
        if (u < asked->units_read)
            model_run(m, &read);
    }
}

bool model_agrees_recent(const struct model *m, const struct record *result)
{
    const struct model_recent *r = &m->recent;
    const uint8_t *at = result->recent, *bytes = r->bytes;
    bool is_same = result->recent_count == r->units && r->count == r->units &&
                   (result->recent_dropped[0] | result->recent_dropped[1] << 8) == r->dropped &&
                   result->recent_length == length_of_all(r) + r->units;
    for (int u = 0; is_same && u < r->units; u++) {
        is_same = *at == r->lengths[u] && memcmp(at + 1, bytes, (size_t)*at) == 0;
        bytes += *at;
        at += 1 + *at;
    }
    return is_same;
}
