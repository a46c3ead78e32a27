#include "cortex_m.h"
#include "machine.h"
#include <stdlib.h>

struct cortex {
    machine base;
    cortex_m *m;
};

static void before_each(void *context, uint32_t pc)
{
    struct cortex *c = context;
    c->base.count = cortex_m_instructions(c->m);
    if (c->base.at)
        c->base.at(c->base.context, pc);
}

static uint32_t call(machine *base, uint32_t function, uint32_t a, uint32_t b)
{
    struct cortex *c = (struct cortex *)base;
    cortex_m_call(c->m, function & ~1u, a, b, 0, 0);
    c->base.count = cortex_m_instructions(c->m);
    return cortex_m_register(c->m, R0);
}

static uint32_t return_address(machine *base)
{
    return cortex_m_register(((struct cortex *)base)->m, LR) & ~1u;
}

static void reset(machine *base)
{
    cortex_m_restore(((struct cortex *)base)->m);
}

machine *machine_cortex_m(const char *cpu, const char *path)
{
    struct cortex *c = calloc(1, sizeof *c);
    if (!c)
        fail("no memory");
    c->base = (machine){"instructions", 1, 0, NULL, NULL, call, return_address, reset};
    c->m = cortex_m_open(cpu, path);
    cortex_m_save(c->m);
    cortex_m_watch(c->m, before_each, c);
    return &c->base;
}
