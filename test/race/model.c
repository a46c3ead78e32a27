/* The model: the pool as counts, and which call is made of which steps. */
#include "model_steps.h"
#include <string.h>

/* ---- The pool: counts ---------------------------------------------------------------------------------------- */

int model_available(const struct model *m, bool uses_headroom)
{
    int taken = m->taken - (uses_headroom ? m->headroom : 0);
    return taken < BLOCK_COUNT ? BLOCK_COUNT - taken : 0;
}

/* Without the headroom, and the slots out of service. */
static int used(const struct model *m)
{
    return m->taken - m->headroom - m->retired;
}

bool model_take(struct model *m, int blocks, bool uses_headroom)
{
    bool enough = blocks <= model_available(m, uses_headroom);
    m->taken += enough ? blocks : 0;
    m->failures += !enough;
    if (used(m) > m->peak)
        m->peak = used(m);
    return enough;
}

void model_give(struct model *m, int blocks)
{
    if (m->is_worn)
        m->retired += blocks;
    else
        m->taken -= blocks;
}

bool model_give_back(struct model *m, struct work *w)
{
    if (w->blocks > 0)
        model_give(m, 1);
    return --w->blocks <= 0;
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

static bool set_headroom(struct model *m, struct work *w)
{
    int others = m->taken - m->headroom;
    if (m->taken > BLOCK_COUNT)
        return finish(w, RANGE);
    if (w->call->n > BLOCK_COUNT - others)
        return finish(w, NO_MEMORY);
    m->headroom = w->call->n;
    m->taken = others + m->headroom;
    return finish(w, OK);
}

static bool step_slab(struct model *m, struct work *w)
{
    struct call *c = w->call;
    switch (c->op) {
    case OP_ALLOC:
    case OP_ALLOC_COPY:
        return keep(m, w, model_take(m, 1, false));
    case OP_ALLOC_HEADROOM:
        return keep(m, w, model_take(m, 1, true));
    case OP_SET_HEADROOM:
        return set_headroom(m, w);
    case OP_FREE:
        finish(w, m->live[c->n]);
        model_give(m, m->live[c->n]);
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
        return count(w, model_available(m, false));
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
        model_give(m, m->live[OWN + at]);
        m->live[OWN + at] = false;
    } else if (used(m) > named) {
        model_give(m, 1);
    } else {
        if (m->choice && m->live[ISR]) {
            m->live[ISR] = false;
            model_give(m, 1);
        }
        return true;
    }
    return false;
}

/* ---- All of them ------------------------------------------------------------------------------------------------ */

bool model_step(struct model *m, struct work *w)
{
    if (w->call->op == OP_CLEAR)
        return step_clear(m, w);
    if (w->call->op < OP_PUSH)
        return step_slab(m, w);
    if (w->call->op < OP_B_PUSH)
        return model_step_queue(m, w);
    return w->call->op < OP_R_WRITE ? model_step_buffer(m, w) : model_step_recent(m, w);
}

void model_run(struct model *m, struct call *c)
{
    struct work w = {.call = c};
    while (!model_step(m, &w))
        ;
}

static void run(struct model *m, int op, int n)
{
    struct call c = {.who = MAIN, .op = (uint8_t)op, .n = (uint8_t)n};
    if (n)
        model_run(m, &c);
}

void model_prepare(struct model *m, const struct record *r, bool is_worn)
{
    memset(m, 0, sizeof *m);
    m->is_worn = is_worn;
    model_take(m, 2, false);
    m->live[OWN] = m->live[GIVEN] = true;
    m->own_size = OWN_SIZE;
    run(m, OP_WRITE, r->written);
    run(m, OP_CONSUME, r->read);
    for (int i = 0; i < r->written; i++)
        m->tape[i] = r->is_text ? QUEUE_TEXT(i) : QUEUE_DATA(i);
    m->uses_headroom = r->uses_headroom;
    m->limit = r->limit;
    m->dropped = r->limit ? DROPPED_FIRST : 0;
    model_prepare_buffer(m, 0, r->out, r->out_eaten);
    model_prepare_buffer(m, 1, r->aside, r->aside_eaten);
    model_prepare_recent(m, r);
    run(m, OP_RESERVE, r->reserved);
    run(m, OP_SET_HEADROOM, r->kept);
    if (model_available(m, false) > r->available)
        model_take(m, model_available(m, false) - r->available, false);
}
