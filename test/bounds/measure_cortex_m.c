/* What test/masked runs on an emulated Cortex-M, looked at for stack and for the places that were executed, too. */
#define machine_measure masked_measure
#define machine_open masked_open
#include "../masked/machine_cortex_m.c"
#undef machine_measure
#undef machine_open
#include "record.h"

static uint32_t end,
    stack; /* of the call under measurement: where it returns to, and SP before it; end 0: none */

static void look_at_all(void *context, uint32_t pc)
{
    look(context, pc);
    if (pc == end)
        end = 0;
    if (pc == entry && !end) {
        stack = cortex_m_register(machine, SP);
        end = cortex_m_register(machine, LR) & ~1u;
    }
    if (end)
        record(pc, stack - cortex_m_register(machine, SP));
}

void machine_open(const char *cpu, const char *image)
{
    masked_open(cpu, image);
    record_open();
}

int machine_measure(const struct request *r)
{
    longest = 0;
    end = 0;
    if (record_begin(r))
        return 1;
    cortex_m_write(machine, request, r, sizeof *r);
    cortex_m_watch(machine, look_at_all, NULL);
    cortex_m_call(machine, operate, 0, 0, 0, 0);
    cortex_m_watch(machine, NULL, NULL);
    cortex_m_restore(machine);
    return record_end((uint32_t)longest);
}
