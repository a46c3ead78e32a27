#include "machine.h"
#include "race_avr.h"
#include <sim_avr.h>
#include <sim_core.h>
#include <sim_elf.h>
#include <sim_interrupts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GPIOR0 0x3E
#define GPIOR1 0x4A
#define GPIOR2 0x4B
#define FIRST_VECTOR 1 /* INT0; INT1 is the next */
#define RAM_START 0x200
#define DATA_SIZE 0x2200  /* registers and RAM of an ATmega2560 */
#define ADDRESSES 0x10100 /* and what an instruction may add to the last one */
#define STEPS_MAX 100000
#define OPENING_STEPS_MAX 10000000
#define BURST 64          /* cycles */
#define EPILOGUE_LEAST 30 /* a handler takes longer than that from LEAVE to its return */
#define LONGEST_INSTRUCTION 5

const bool machine_returns_late = true;

static avr_t *avr;
static avr_int_vector_t *vectors[2];
static uint16_t record_at;
static size_t low_size; /* registers, input and output, statics */
static uint8_t all_at_ready[DATA_SIZE];
static struct machine_state at_ready;

static void fail(const char *what)
{
    fprintf(stderr, "simavr: %s\n", what);
    exit(2);
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

/* At least so many cycles; 1: one instruction. */
static bool run(avr_cycle_count_t cycles)
{
    avr->run_cycle_limit = avr->run_cycle_count = cycles;
    int state = avr_run(avr);
    return state != cpu_Done && state != cpu_Crashed;
}

static bool run_to(uint8_t mark, avr_cycle_count_t burst, long steps)
{
    while (avr->data[GPIOR0] != mark)
        if (!run(burst) || --steps == 0)
            return false;
    return true;
}

bool machine_step(void)
{
    avr_cycle_count_t before = avr->cycle;
    bool is_sound = run(1);
    if (avr->cycle - before > LONGEST_INSTRUCTION)
        fail("more than one instruction at a time");
    return is_sound;
}

bool machine_is_done(void)
{
    return avr->data[GPIOR0] == OVER;
}

uint32_t machine_pc(void)
{
    return avr->pc;
}

uint32_t machine_sp(void)
{
    return (uint32_t)(avr->data[R_SPL] | avr->data[R_SPH] << 8);
}

bool machine_interrupt(int which)
{
    avr_flashaddr_t pc = avr->pc;
    avr_raise_interrupt(avr, vectors[which]);
    avr_service_interrupts(avr);
    return avr->pc != pc;
}

/* In bursts while the handler works, then by steps: so it stops exactly behind its return. Only by steps when an outer
 * handler, which is interrupted, has set the mark already. */
bool machine_leave(uint32_t sp)
{
    uint8_t mark = avr->data[GPIOR0];
    if (machine_sp() < sp && !run_to(LEAVE, EPILOGUE_LEAST / 2, STEPS_MAX))
        return false;
    if (machine_sp() >= sp && mark != LEAVE && avr->data[GPIOR0] == LEAVE)
        fail("a handler returned too fast");
    for (long steps = STEPS_MAX; machine_sp() < sp; steps--)
        if (!run(1) || steps == 0)
            return false;
    avr->data[GPIOR0] = mark;
    return true;
}

/* What follows END depends only on the statics, on the registers that a call keeps and on the stack pointer. */
bool machine_finish(struct machine_state *end)
{
    if (!run_to(END, BURST, STEPS_MAX))
        return false;
    memcpy(end->bytes, avr->data + 2, 16);
    memcpy(end->bytes + 16, avr->data + 28, 2);
    memcpy(end->bytes + 18, avr->data + R_SPL, 2);
    memcpy(end->bytes + 20, avr->data + RAM_START, low_size - RAM_START);
    end->size = 20 + low_size - RAM_START;
    return true;
}

bool machine_check(struct record *result)
{
    avr->data[GPIOR0] = CHECK;
    if (!run_to(DONE, BURST, STEPS_MAX))
        return false;
    memcpy(result, avr->data + record_at, sizeof *result);
    return true;
}

/* ---- States ------------------------------------------------------------------------------------------------------ */

struct core {
    avr_flashaddr_t pc;
    uint32_t sp;
    uint8_t sreg[8];
    int8_t interrupt_state; /* when one is pending */
    uint8_t is_pending[2];
};

bool machine_save(struct machine_state *s)
{
    struct core core;
    memset(&core, 0, sizeof core);
    core.pc = avr->pc;
    core.sp = machine_sp();
    memcpy(core.sreg, avr->sreg, sizeof core.sreg);
    s->interrupt_delay = avr->interrupt_state;
    for (int i = 0; i < 2; i++)
        if ((core.is_pending[i] = vectors[i]->pending))
            core.interrupt_state = avr->interrupt_state;
    size_t stack_size = DATA_SIZE - 1 - core.sp;
    s->size = sizeof core + low_size + stack_size;
    if (core.sp >= DATA_SIZE || s->size > sizeof s->bytes)
        return false;
    memcpy(s->bytes, &core, sizeof core);
    memcpy(s->bytes + sizeof core, avr->data, low_size);
    s->bytes[sizeof core + R_SREG] = 0; /* the simulator's copy is behind: core.sreg counts */
    memcpy(s->bytes + sizeof core + low_size, avr->data + core.sp + 1, stack_size);
    return true;
}

void machine_restore(const struct machine_state *s)
{
    struct core core;
    memcpy(&core, s->bytes, sizeof core);
    if (avr->interrupts.running_ptr || avr_has_pending_interrupts(avr))
        avr_interrupt_reset(avr);
    memcpy(avr->data, s->bytes + sizeof core, low_size);
    memcpy(avr->data + core.sp + 1, s->bytes + sizeof core + low_size, DATA_SIZE - 1 - core.sp);
    for (int i = 0; i < 2; i++)
        if (core.is_pending[i])
            avr_raise_interrupt(avr, vectors[i]);
    memcpy(avr->sreg, core.sreg, sizeof core.sreg);
    avr->pc = core.pc;
    avr->interrupt_state = s->interrupt_delay;
    avr->state = cpu_Running;
}

/* ---- Opening ----------------------------------------------------------------------------------------------------- */

bool machine_begin(const struct record *work)
{
    memcpy(avr->data, all_at_ready, DATA_SIZE);
    machine_restore(&at_ready);
    memcpy(avr->data + record_at, work, sizeof *work);
    avr->data[GPIOR0] = GO;
    return run_to(BEGIN, 1, STEPS_MAX);
}

static void quiet(avr_t *a, const int level, const char *format, va_list arguments)
{
    (void)a, (void)level, (void)format, (void)arguments;
}

/* A broken image may use any address, and the simulator looks there before it complains. */
static void widen_memory(void)
{
    uint8_t *wide = calloc(1, ADDRESSES);
    if (!wide)
        fail("no memory");
    memcpy(wide, avr->data, DATA_SIZE);
    free(avr->data);
    avr->data = wide;
}

void machine_open(const char *cpu, const char *image)
{
    elf_firmware_t firmware = {0};
    avr_global_logger_set(quiet);
    if (elf_read_firmware(image, &firmware) != 0)
        fail("cannot read the image");
    avr = avr_make_mcu_by_name(cpu);
    if (!avr)
        fail("no such processor");
    avr_init(avr);
    if (avr->ramend + 1 != DATA_SIZE)
        fail("no ATmega2560");
    widen_memory();
    avr->frequency = 16000000;
    avr_load_firmware(avr, &firmware);
    for (int i = 0; i < avr->interrupts.vector_count; i++)
        for (int which = 0; which < 2; which++)
            if (avr->interrupts.vector[i]->vector == FIRST_VECTOR + which)
                vectors[which] = avr->interrupts.vector[i];
    if (!vectors[0] || !vectors[1])
        fail("no such interrupts");
    low_size = RAM_START + firmware.datasize + firmware.bsssize;
    if (!run_to(READY, BURST, OPENING_STEPS_MAX))
        fail("the image does not get ready");
    record_at = (uint16_t)(avr->data[GPIOR1] | avr->data[GPIOR2] << 8);
    machine_save(&at_ready);
    memcpy(all_at_ready, avr->data, DATA_SIZE);
}
