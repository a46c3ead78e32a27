/* What test/masked runs on a simulated AVR, looked at for stack and for the places that were executed, too. */
#define machine_measure masked_measure
#define machine_open masked_open
#include "../masked/machine_avr.c"
#undef machine_measure
#undef machine_open
#include "record.h"

#define SPL 0x5D
#define RETURN_ADDRESS 3u

static uint32_t stack_pointer(void)
{
    return avr->data[SPL] | (uint32_t)avr->data[SPL + 1] << 8;
}

void machine_open(const char *cpu, const char *image)
{
    masked_open(cpu, image);
    record_open();
}

int machine_measure(const struct request *r)
{
    avr_cycle_count_t now = 0, longest = 0;
    uint32_t stack = 0; /* before the call under measurement; 0: none */
    if (record_begin(r))
        return 1;
    memcpy(request, r, sizeof *r);
    avr->data[GPIOR0] = OPERATE;
    run_to(BEGIN);
    while (avr->data[GPIOR0] != END) {
        bool is_masked = !avr->sreg[S_I];
        avr_cycle_count_t before = avr->cycle;
        if (stack && stack_pointer() >= stack)
            stack = 0;
        if (avr->pc == entry && !stack)
            stack = stack_pointer() + RETURN_ADDRESS;
        if (stack)
            record(avr->pc, stack - stack_pointer());
        step();
        now = is_masked ? now + avr->cycle - before : 0;
        longest = now > longest ? now : longest;
    }
    restore();
    return record_end((uint32_t)longest);
}
