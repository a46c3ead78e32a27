#include "judge.h"
#include "model.h"
#include <string.h>

static bool same_call(const struct call *a, const struct call *b)
{
    return a->status == b->status && a->count == b->count && memcmp(a->bytes, b->bytes, DATA_MAX) == 0;
}

static bool same_calls(const struct record *a, const struct record *b)
{
    bool is_same = same_call(&a->main, &b->main);
    for (int i = 0; i < ISR_CALLS_MAX; i++)
        is_same &= same_call(&a->isr[i], &b->isr[i]);
    for (int i = 0; i < INNER_CALLS_MAX; i++)
        is_same &= same_call(&a->inner[i], &b->inner[i]);
    return is_same;
}

static bool same_buffer(const struct record *r, const struct model *m, int which)
{
    const struct model_buffer *b = &m->buffer[which];
    return r->buffer[which].length == b->length &&
           (r->buffer[which].chunks == model_chunks(b) || r->buffer[which].chunks == 0xFF) &&
           memcmp(r->buffer[which].bytes, b->bytes, (size_t)b->length) == 0;
}

/* Compare the image's record with the model after the same calls. */
static bool agrees(const struct record *r, const struct model *m, const struct record *expected)
{
    uint8_t live = 0;
    for (int i = 0; i < HANDLES; i++)
        live |= (uint8_t)(m->live[i] << i);
    if (!same_calls(r, expected) || r->live != live || r->used != m->taken - m->headroom - m->retired ||
        r->peak != m->peak || r->failures != m->failures)
        return false;
    if (r->main.op == OP_CLEAR)
        return true;
    int held = m->written - m->read;
    return r->queue_length == held && memcmp(r->queue, m->tape + m->read, (size_t)held) == 0 &&
           (r->dropped[0] | r->dropped[1] << 8) == m->dropped && same_buffer(r, m, 0) &&
           same_buffer(r, m, 1) && model_agrees_recent(m, r);
}

static bool is_sound(const struct record *asked, const struct record *r)
{
    bool line_is_right = r->queue_length >= HIGH ? r->is_paused : r->queue_length > LOW || !r->is_paused;
    return r->isr_runs == 1 && r->inner_runs == (asked->inner[0].op != OP_NONE) && !r->is_masked &&
           !r->mask_erred && r->slab_check == 0 && r->queue_check == 0 && r->buffer_check == 0 &&
           r->recent_check == 0 && r->intact && (line_is_right || !r->marks) && r->leaked == 0 &&
           r->refilled == BLOCK_COUNT && r->last_check == 0;
}

static void run_inner(struct model *m, struct record *e)
{
    for (int i = 0; i < INNER_CALLS_MAX && e->inner[i].op; i++)
        model_run(m, &e->inner[i]);
}

/* The interrupt's calls, with the inner one before their step `inner_at`. Says how many steps they are. */
static int run_interrupt(struct model *m, struct record *e, int inner_at)
{
    int steps = 0;
    for (int i = 0; i < ISR_CALLS_MAX && e->isr[i].op; i++) {
        struct work w = {.call = &e->isr[i]};
        bool is_done = false;
        while (!is_done) {
            if (steps++ == inner_at)
                run_inner(m, e);
            is_done = model_step(m, &w);
        }
    }
    if (steps == inner_at)
        run_inner(m, e);
    return steps;
}

/* The interrupt before the model's step `at`, the inner one before the interrupt's step `inner_at`. */
struct order {
    int at, inner_at;
    bool choice, returns_late;
    /* found out on the way */
    bool is_last, is_inner_last, is_serial;
};

static bool fits(const struct record *asked, const struct record *r, struct order *o)
{
    struct model m;
    struct record e = *asked;
    model_prepare(&m, asked, r->is_worn);
    m.choice = o->choice;
    struct work w = {.call = &e.main};
    bool is_done = false;
    for (int i = 0; i < o->at && !is_done; i++)
        is_done = model_step(&m, &w);
    int steps = run_interrupt(&m, &e, o->inner_at);
    bool is_late = o->inner_at > steps;
    o->is_inner_last = is_late || e.inner[0].op == OP_NONE || (!o->returns_late && o->inner_at == steps);
    o->is_last = is_done;
    o->is_serial = o->at == 0 || is_done;
    if (is_late) {
        is_done = is_done || model_step(&m, &w);
        run_inner(&m, &e);
    }
    while (!is_done)
        is_done = model_step(&m, &w);
    return agrees(r, &m, &e);
}

enum verdict judge(const struct record *asked, const struct record *r, bool returns_late)
{
    enum verdict verdict = ILLEGAL;
    if (!is_sound(asked, r))
        return ILLEGAL;
    struct order o = {.returns_late = returns_late};
    for (int choice = 0; choice < 2; choice++) {
        o.choice = choice;
        o.is_last = false;
        for (o.at = 0; !o.is_last; o.at++) {
            o.is_inner_last = false;
            for (o.inner_at = 0; !o.is_inner_last; o.inner_at++) {
                if (fits(asked, r, &o) && (verdict = o.is_serial ? SERIAL : BETWEEN) == SERIAL)
                    return SERIAL;
            }
        }
    }
    return verdict;
}
