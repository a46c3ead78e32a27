#include "machine.h"
#include <sim_avr.h>
#include <sim_elf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define ENDLESS 200000000u

struct mcu {
    machine base;
    avr_t *avr;
    avr_flashaddr_t home; /* main(): where start-up code ends and calls return to; it never runs */
    uint8_t *saved, saved_sreg[8];
};

static void quiet(avr_t *avr, const int level, const char *format, va_list arguments)
{
    (void)avr, (void)level, (void)format, (void)arguments;
}

static void run_home(struct mcu *c)
{
    avr_cycle_count_t begin = c->avr->cycle;
    do {
        avr_cycle_count_t before = c->avr->cycle;
        if (c->base.at)
            c->base.at(c->base.context, c->avr->pc);
        int state = avr_run(c->avr);
        c->base.count += c->avr->cycle - before;
        if (state == cpu_Done || state == cpu_Crashed || c->avr->cycle - begin > ENDLESS)
            fail("avr: a call does not return; it is at %#x", (unsigned)c->avr->pc);
    } while (c->avr->pc != c->home);
}

static unsigned stack_pointer(const struct mcu *c)
{
    return (unsigned)(c->avr->data[R_SPL] | c->avr->data[R_SPH] << 8);
}

/* A return address lies above the stack pointer, in words, its highest byte first. */
static uint32_t return_address(machine *base)
{
    struct mcu *c = (struct mcu *)base;
    uint32_t words = 0;
    for (int i = 1; i <= c->avr->address_size; i++)
        words = words << 8 | c->avr->data[stack_pointer(c) + (unsigned)i];
    return words * 2;
}

static void push(struct mcu *c, uint8_t byte)
{
    unsigned sp = stack_pointer(c);
    c->avr->data[sp--] = byte;
    c->avr->data[R_SPL] = (uint8_t)sp;
    c->avr->data[R_SPH] = (uint8_t)(sp >> 8);
}

static void set_pair(struct mcu *c, int at, uint32_t value)
{
    c->avr->data[at] = (uint8_t)value;
    c->avr->data[at + 1] = (uint8_t)(value >> 8);
}

static uint32_t call(machine *base, uint32_t function, uint32_t a, uint32_t b)
{
    struct mcu *c = (struct mcu *)base;
    for (int i = 0; i < c->avr->address_size; i++)
        push(c, (uint8_t)((c->home / 2) >> 8 * i));
    set_pair(c, 24, a);
    set_pair(c, 22, b);
    c->avr->pc = function;
    run_home(c);
    return c->avr->data[24] | (uint32_t)c->avr->data[25] << 8;
}

static void reset(machine *base)
{
    struct mcu *c = (struct mcu *)base;
    memcpy(c->avr->data, c->saved, c->avr->ramend + 1u);
    memcpy(c->avr->sreg, c->saved_sreg, sizeof c->saved_sreg);
}

machine *machine_avr(const char *mcu, const char *path)
{
    struct mcu *c = calloc(1, sizeof *c);
    elf_firmware_t firmware = {0};
    if (!c)
        fail("no memory");
    avr_global_logger_set(quiet);
    if (elf_read_firmware(path, &firmware) != 0 || !(c->avr = avr_make_mcu_by_name(mcu)))
        fail("%s: no image for %s", path, mcu);
    avr_init(c->avr);
    unsigned return_cost = c->avr->address_size == 3 ? 5 : 4; /* as the data sheets say */
    c->base = (machine){"cycles", return_cost, 0, NULL, NULL, call, return_address, reset};
    c->avr->frequency = 16000000;
    avr_load_firmware(c->avr, &firmware);
    c->avr->run_cycle_limit = c->avr->run_cycle_count = 1; /* one instruction at a time */
    c->home = elf_symbol(elf_open(path), "main");
    run_home(c);
    c->saved = malloc(c->avr->ramend + 1u);
    if (!c->saved)
        fail("no memory");
    memcpy(c->saved, c->avr->data, c->avr->ramend + 1u);
    memcpy(c->saved_sreg, c->avr->sreg, sizeof c->saved_sreg);
    return &c->base;
}
