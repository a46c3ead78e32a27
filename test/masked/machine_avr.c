#include "machine.h"
#include <sim_avr.h>
#include <sim_core.h>
#include <sim_elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GPIOR0 0x3E
#define GPIOR1 0x4A
#define GPIOR2 0x4B
#define DATA_SIZE 0x2200   /* registers and RAM of an ATmega2560 */
#define ENDLESS 100000000u /* cycles */

static avr_t *avr;
static uint8_t *request;
static uint8_t prepared_data[DATA_SIZE], prepared_sreg[8];
static avr_flashaddr_t prepared_pc;

static void fail(const char *what)
{
    fprintf(stderr, "simulator: %s\n", what);
    exit(2);
}

static void quiet(avr_t *a, const int level, const char *format, va_list arguments)
{
    (void)a, (void)level, (void)format, (void)arguments;
}

/* One instruction. Nothing but the CPU is needed: no timer, no interrupt. */
static void step(void)
{
    avr->pc = avr_run_one(avr);
    if (avr->state != cpu_Running)
        fail("the image has stopped");
}

static void run_to(uint8_t mark)
{
    for (avr_cycle_count_t begin = avr->cycle; avr->data[GPIOR0] != mark; step())
        if (avr->cycle - begin > ENDLESS)
            fail("a call does not return");
}

void machine_open(const char *cpu, const char *image)
{
    elf_firmware_t firmware = {0};
    avr_global_logger_set(quiet);
    if (elf_read_firmware(image, &firmware) != 0 || !(avr = avr_make_mcu_by_name(cpu)))
        fail(image);
    avr_init(avr);
    avr_load_firmware(avr, &firmware);
    if (avr->ramend + 1 != DATA_SIZE)
        fail("not that CPU");
    run_to(READY);
    request = avr->data + (avr->data[GPIOR1] | avr->data[GPIOR2] << 8);
}

bool machine_prepare(const struct request *r)
{
    struct request prepared;
    memcpy(request, r, sizeof *r);
    avr->data[GPIOR0] = GO;
    run_to(PREPARED);
    memcpy(&prepared, request, sizeof prepared);
    memcpy(prepared_data, avr->data, DATA_SIZE);
    memcpy(prepared_sreg, avr->sreg, sizeof prepared_sreg);
    prepared_pc = avr->pc;
    return prepared.is_ready;
}

static void restore(void)
{
    memcpy(avr->data, prepared_data, DATA_SIZE);
    memcpy(avr->sreg, prepared_sreg, sizeof prepared_sreg);
    avr->pc = prepared_pc;
}

/* From the instruction behind that which masks to the one that restores, which counts too. */
int machine_measure(const struct request *r)
{
    avr_cycle_count_t now = 0, longest = 0;
    memcpy(request, r, sizeof *r);
    avr->data[GPIOR0] = OPERATE;
    run_to(BEGIN);
    while (avr->data[GPIOR0] != END) {
        bool is_masked = !avr->sreg[S_I];
        avr_cycle_count_t before = avr->cycle;
        step();
        now = is_masked ? now + avr->cycle - before : 0;
        longest = now > longest ? now : longest;
    }
    restore();
    return (int)longest;
}
