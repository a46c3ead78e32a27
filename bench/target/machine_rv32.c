#include "machine.h"
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

/* The same places as on Cortex-M: test/emulator/cortex_m.ld links for both. */
#define RAM 0x20000000u
#define RAM_SIZE 0x10000u
#define RETURNED (MACHINE_FLASH_SIZE - 4) /* where a call returns to: no code lies there */
#define ENDLESS 50000000u

struct rv32 {
    machine base;
    uc_engine *uc;
    uint8_t *ram, *saved_ram;
};

static void check(uc_err error, const char *what)
{
    if (error != UC_ERR_OK)
        fail("rv32: %s: %s", what, uc_strerror(error));
}

static uint32_t get(struct rv32 *r, int name)
{
    uint32_t value = 0;
    check(uc_reg_read(r->uc, name, &value), "register");
    return value;
}

static void set(struct rv32 *r, int name, uint32_t value)
{
    check(uc_reg_write(r->uc, name, &value), "register");
}

static void before_each(uc_engine *uc, uint64_t address, uint32_t size, void *context)
{
    struct rv32 *r = context;
    (void)uc, (void)size;
    if (r->base.at)
        r->base.at(r->base.context, (uint32_t)address);
    r->base.count++;
}

static uint32_t call(machine *base, uint32_t function, uint32_t a, uint32_t b)
{
    struct rv32 *r = (struct rv32 *)base;
    set(r, UC_RISCV_REG_A0, a);
    set(r, UC_RISCV_REG_A1, b);
    set(r, UC_RISCV_REG_SP, RAM + RAM_SIZE);
    set(r, UC_RISCV_REG_RA, RETURNED);
    check(uc_emu_start(r->uc, function, RETURNED, 0, ENDLESS), "run");
    if (get(r, UC_RISCV_REG_PC) != RETURNED)
        fail("rv32: a call does not return; it is at %#x", get(r, UC_RISCV_REG_PC));
    return get(r, UC_RISCV_REG_A0);
}

static uint32_t return_address(machine *base)
{
    return get((struct rv32 *)base, UC_RISCV_REG_RA);
}

static void reset(machine *base)
{
    struct rv32 *r = (struct rv32 *)base;
    memcpy(r->ram, r->saved_ram, RAM_SIZE);
}

static void put(void *context, uint32_t address, const void *from, uint32_t n)
{
    check(uc_mem_write(((struct rv32 *)context)->uc, address, from, n), "load");
}

machine *machine_rv32(const char *path)
{
    struct rv32 *r = calloc(1, sizeof *r);
    uc_hook hook;
    if (!r || !(r->ram = calloc(1, RAM_SIZE)) || !(r->saved_ram = malloc(RAM_SIZE)))
        fail("no memory");
    r->base = (machine){"instructions", 1, 0, NULL, NULL, call, return_address, reset};
    check(uc_open(UC_ARCH_RISCV, UC_MODE_RISCV32, &r->uc), "open");
    check(uc_mem_map(r->uc, 0, MACHINE_FLASH_SIZE, UC_PROT_ALL), "flash");
    check(uc_mem_map_ptr(r->uc, RAM, RAM_SIZE, UC_PROT_ALL, r->ram), "RAM");
    elf_load(elf_open(path), put, r);
    memcpy(r->saved_ram, r->ram, RAM_SIZE);
    check(uc_hook_add(r->uc, &hook, UC_HOOK_CODE, (void *)before_each, r, 1, 0), "hook");
    return &r->base;
}
