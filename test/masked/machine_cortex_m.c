#include "../emulator/cortex_m.h"
#include "machine.h"

static cortex_m *machine;
static uint32_t prepare, operate, request;
static bool is_masked;
static uint64_t begin, longest; /* of the present stretch, of all */

/* Before each instruction. A stretch goes from the one behind that which masks to the one that restores, which counts. */
static void look(void *context, uint32_t pc)
{
    (void)context, (void)pc;
    bool was_masked = is_masked;
    uint64_t now = cortex_m_instructions(machine);
    is_masked = cortex_m_is_masked(machine);
    if (is_masked && !was_masked)
        begin = now;
    if (was_masked && !is_masked && now - begin > longest)
        longest = now - begin;
}

void machine_open(const char *cpu, const char *image)
{
    machine = cortex_m_open(cpu, image);
    prepare = cortex_m_symbol(machine, "prepare");
    operate = cortex_m_symbol(machine, "operate");
    request = cortex_m_symbol(machine, "request");
}

bool machine_prepare(const struct request *r)
{
    struct request prepared;
    cortex_m_write(machine, request, r, sizeof *r);
    cortex_m_call(machine, prepare, 0, 0, 0, 0);
    cortex_m_read(machine, request, &prepared, sizeof prepared);
    cortex_m_save(machine);
    return prepared.is_ready;
}

int machine_measure(const struct request *r)
{
    longest = 0;
    cortex_m_write(machine, request, r, sizeof *r);
    cortex_m_watch(machine, look, NULL);
    cortex_m_call(machine, operate, 0, 0, 0, 0);
    cortex_m_watch(machine, NULL, NULL);
    cortex_m_restore(machine);
    return (int)longest;
}
