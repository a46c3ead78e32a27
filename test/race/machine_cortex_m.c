#include "../emulator/cortex_m.h"
#include "machine.h"
#include <string.h>

#define STEPS_MAX 100000

const bool machine_returns_late = false;

static cortex_m *m;
static uint32_t record_at, prepare, operate, check, handlers[2];
static uint8_t is_pending[2];

void machine_open(const char *cpu, const char *image)
{
    m = cortex_m_open(cpu, image);
    record_at = cortex_m_symbol(m, "record");
    prepare = cortex_m_symbol(m, "race_prepare");
    operate = cortex_m_symbol(m, "race_operate");
    check = cortex_m_symbol(m, "race_check");
    handlers[OUTER_INTERRUPT] = cortex_m_symbol(m, "race_interrupt");
    handlers[INNER_INTERRUPT] = cortex_m_symbol(m, "race_inner_interrupt");
    cortex_m_call(m, cortex_m_symbol(m, "race_open"), 0, 0, 0, 0);
    cortex_m_save(m);
}

bool machine_begin(const struct record *work)
{
    cortex_m_restore(m);
    is_pending[0] = is_pending[1] = 0;
    cortex_m_write(m, record_at, work, sizeof *work);
    cortex_m_begin(m, prepare, 0, 0, 0, 0);
    bool is_sound = cortex_m_try_finish(m, STEPS_MAX);
    cortex_m_begin(m, operate, 0, 0, 0, 0);
    return is_sound;
}

bool machine_is_done(void)
{
    return cortex_m_is_done(m);
}

uint32_t machine_pc(void)
{
    return cortex_m_register(m, PC);
}

uint32_t machine_sp(void)
{
    return cortex_m_register(m, SP);
}

/* The inner one first: it has the higher priority. */
static bool take_pending(void)
{
    for (int which = INNER_INTERRUPT; which >= OUTER_INTERRUPT; which--)
        if (is_pending[which] && !cortex_m_is_masked(m) && !cortex_m_is_done(m)) {
            is_pending[which] = 0;
            cortex_m_enter(m, handlers[which]);
            return true;
        }
    return false;
}

bool machine_interrupt(int which)
{
    is_pending[which] = 1;
    return take_pending();
}

bool machine_step(void)
{
    bool is_sound = cortex_m_try_step(m);
    take_pending();
    return is_sound;
}

/* By steps as long as an interrupt waits to be taken. */
static bool take_all_pending(void)
{
    for (int steps = 0; (is_pending[0] || is_pending[1]) && !cortex_m_is_done(m); steps++)
        if (!machine_step() || steps == STEPS_MAX)
            return false;
    return true;
}

bool machine_leave(uint32_t sp)
{
    return cortex_m_try_leave(m, sp, STEPS_MAX);
}

bool machine_finish(struct machine_state *end)
{
    if (!take_all_pending() || !cortex_m_try_finish(m, STEPS_MAX))
        return false;
    uint8_t is_masked = cortex_m_is_masked(m);
    cortex_m_write(m, record_at + offsetof(struct record, is_masked), &is_masked, sizeof is_masked);
    const uint8_t *statics = cortex_m_statics(m, &end->size);
    memcpy(end->bytes, statics, end->size); /* the checks are calls of their own: no register counts */
    return true;
}

bool machine_check(struct record *result)
{
    cortex_m_begin(m, check, 0, 0, 0, 0);
    if (!cortex_m_try_finish(m, STEPS_MAX))
        return false;
    cortex_m_read(m, record_at, result, sizeof *result);
    return true;
}

bool machine_save(struct machine_state *s)
{
    size_t size = cortex_m_freeze(m, s->bytes + sizeof is_pending, sizeof s->bytes - sizeof is_pending);
    memcpy(s->bytes, is_pending, sizeof is_pending);
    s->size = sizeof is_pending + size;
    return size > 0;
}

void machine_restore(const struct machine_state *s)
{
    memcpy(is_pending, s->bytes, sizeof is_pending);
    cortex_m_thaw(m, s->bytes + sizeof is_pending);
}
