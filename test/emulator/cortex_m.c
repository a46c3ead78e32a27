#include "cortex_m.h"
#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#define RETURNED (CORTEX_M_FLASH + CORTEX_M_FLASH_SIZE - 4) /* where a call returns to: no code lies there */
#define STACK_TOP (CORTEX_M_RAM + CORTEX_M_RAM_SIZE)
#define ENDLESS 50000000u

struct cortex_m {
    uc_engine *uc;
    uc_context *saved;
    uint8_t *flash, *ram, *saved_ram;
    uint8_t *image; /* the ELF file */
    size_t image_size;
    uint64_t instructions;     /* in all */
    uint32_t it_begin, it_end; /* of the last IT block: the instructions that it rules */
    void (*at)(void *context, uint32_t pc);
    void *at_context;
};

static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

static void check(uc_err error, const char *what)
{
    if (error != UC_ERR_OK)
        fail("emulator: %s: %s", what, uc_strerror(error));
}

/* ---- The image ------------------------------------------------------------------------------------------------- */

static void read_file(cortex_m *m, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        fail("%s: cannot be read", path);
    m->image_size = (size_t)ftell(file);
    m->image = malloc(m->image_size);
    rewind(file);
    if (!m->image || fread(m->image, 1, m->image_size, file) != m->image_size)
        fail("%s: cannot be read", path);
    fclose(file);
    const Elf32_Ehdr *header = (const Elf32_Ehdr *)m->image;
    if (m->image_size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_machine != EM_ARM)
        fail("%s: no ELF image for ARM", path);
}

static void load(cortex_m *m)
{
    const Elf32_Ehdr *header = (const Elf32_Ehdr *)m->image;
    const Elf32_Phdr *segment = (const Elf32_Phdr *)(m->image + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++)
        if (segment[i].p_type == PT_LOAD && segment[i].p_filesz > 0)
            cortex_m_write(m, segment[i].p_vaddr, m->image + segment[i].p_offset, segment[i].p_filesz);
}

uint32_t cortex_m_symbol(const cortex_m *m, const char *name)
{
    const Elf32_Ehdr *header = (const Elf32_Ehdr *)m->image;
    const Elf32_Shdr *sections = (const Elf32_Shdr *)(m->image + header->e_shoff);
    for (int i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB)
            continue;
        const Elf32_Sym *symbols = (const Elf32_Sym *)(m->image + sections[i].sh_offset);
        const char *names = (const char *)m->image + sections[sections[i].sh_link].sh_offset;
        for (size_t k = 0; k < sections[i].sh_size / sizeof *symbols; k++)
            if (symbols[k].st_shndx != SHN_UNDEF && strcmp(names + symbols[k].st_name, name) == 0)
                return symbols[k].st_value;
    }
    fail("the image has no symbol %s", name);
    return 0;
}

/* ---- Counting --------------------------------------------------------------------------------------------------- */

static uint32_t halfword(const cortex_m *m, uint32_t address)
{
    const uint8_t *code = m->flash + (address - CORTEX_M_FLASH);
    return address - CORTEX_M_FLASH < CORTEX_M_FLASH_SIZE - 1 ? code[0] | (uint32_t)code[1] << 8 : 0;
}

/* Count the instruction at pc. The emulator passes over one in an IT block whose condition fails, which takes its cycle
 * nevertheless: so an IT instruction is counted together with all it rules. (A branch may only be the last of them.) */
static void count(cortex_m *m, uint32_t pc)
{
    uint32_t code = halfword(m, pc);
    bool is_it = (code & 0xFF00) == 0xBF00 && (code & 0xF) != 0;
    if (!is_it && pc < m->it_end && pc >= m->it_begin)
        return; /* counted already */
    m->instructions++;
    if (!is_it)
        return;
    m->it_begin = m->it_end = pc + 2;
    for (uint32_t mask = code & 0xF; mask != 0; mask = mask << 1 & 0xF) {
        m->it_end += halfword(m, m->it_end) >= 0xE800 ? 4 : 2;
        m->instructions++;
    }
}

static void before_each(uc_engine *uc, uint64_t address, uint32_t size, void *machine)
{
    cortex_m *m = machine;
    (void)uc, (void)size;
    if (m->at)
        m->at(m->at_context, (uint32_t)address);
    count(m, (uint32_t)address);
}

/* ---- The machine ----------------------------------------------------------------------------------------------- */

static int model_of(const char *cpu)
{
    static const struct {
        const char *name;
        int model;
    } models[] = {{"cortex-m0", UC_CPU_ARM_CORTEX_M0},
                  {"cortex-m3", UC_CPU_ARM_CORTEX_M3},
                  {"cortex-m4", UC_CPU_ARM_CORTEX_M4},
                  {"cortex-m33", UC_CPU_ARM_CORTEX_M33}};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++)
        if (strcmp(models[i].name, cpu) == 0)
            return models[i].model;
    fail("emulator: no CPU %s", cpu);
    return 0;
}

cortex_m *cortex_m_open(const char *cpu, const char *path)
{
    cortex_m *m = calloc(1, sizeof *m);
    if (!m)
        fail("no memory");
    read_file(m, path);
    check(uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &m->uc), "open");
    check(uc_ctl_set_cpu_model(m->uc, model_of(cpu)), cpu);
    m->flash = calloc(1, CORTEX_M_FLASH_SIZE);
    m->ram = calloc(1, CORTEX_M_RAM_SIZE);
    m->saved_ram = malloc(CORTEX_M_RAM_SIZE);
    if (!m->flash || !m->ram || !m->saved_ram)
        fail("no memory");
    check(uc_mem_map_ptr(m->uc, CORTEX_M_FLASH, CORTEX_M_FLASH_SIZE, UC_PROT_ALL, m->flash), "flash");
    check(uc_mem_map_ptr(m->uc, CORTEX_M_RAM, CORTEX_M_RAM_SIZE, UC_PROT_ALL, m->ram), "RAM");
    check(uc_context_alloc(m->uc, &m->saved), "context");
    uc_hook
        hook; /* from the first translation of the code on: the emulator does not translate it again for a hook */
    check(uc_hook_add(m->uc, &hook, UC_HOOK_CODE, (void *)before_each, m, 1, 0), "hook");
    load(m);
    return m;
}

void cortex_m_close(cortex_m *m)
{
    uc_context_free(m->saved);
    uc_close(m->uc);
    free(m->flash);
    free(m->ram);
    free(m->saved_ram);
    free(m->image);
    free(m);
}

void cortex_m_read(cortex_m *m, uint32_t address, void *to, size_t n)
{
    check(uc_mem_read(m->uc, address, to, n), "read");
}

void cortex_m_write(cortex_m *m, uint32_t address, const void *from, size_t n)
{
    check(uc_mem_write(m->uc, address, from, n), "write");
}

static int name_of(int number)
{
    return number == SP   ? UC_ARM_REG_SP
           : number == LR ? UC_ARM_REG_LR
           : number == PC ? UC_ARM_REG_PC
                          : UC_ARM_REG_R0 + number;
}

static uint32_t get(cortex_m *m, int name)
{
    uint32_t value = 0;
    check(uc_reg_read(m->uc, name, &value), "register");
    return value;
}

static void set(cortex_m *m, int name, uint32_t value)
{
    check(uc_reg_write(m->uc, name, &value), "register");
}

uint32_t cortex_m_register(cortex_m *m, int number)
{
    return get(m, name_of(number));
}

bool cortex_m_is_masked(cortex_m *m)
{
    return get(m, UC_ARM_REG_PRIMASK) != 0 || get(m, UC_ARM_REG_BASEPRI) != 0;
}

/* ---- Running --------------------------------------------------------------------------------------------------- */

void cortex_m_begin(cortex_m *m, uint32_t function, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3)
{
    set(m, UC_ARM_REG_R0, r0);
    set(m, UC_ARM_REG_R1, r1);
    set(m, UC_ARM_REG_R2, r2);
    set(m, UC_ARM_REG_R3, r3);
    set(m, UC_ARM_REG_SP, STACK_TOP);
    set(m, UC_ARM_REG_LR, RETURNED | 1);
    set(m, UC_ARM_REG_PC, function | 1);
}

uint64_t cortex_m_instructions(const cortex_m *m)
{
    return m->instructions;
}

bool cortex_m_step(cortex_m *m)
{
    check(uc_emu_start(m->uc, get(m, UC_ARM_REG_PC) | 1, RETURNED, 0, 1), "step");
    return get(m, UC_ARM_REG_PC) != RETURNED;
}

void cortex_m_watch(cortex_m *m, void (*at)(void *context, uint32_t pc), void *context)
{
    m->at = at;
    m->at_context = context;
}

uint64_t cortex_m_finish(cortex_m *m)
{
    uint64_t before = m->instructions;
    if (get(m, UC_ARM_REG_PC) == RETURNED)
        return 0;
    check(uc_emu_start(m->uc, get(m, UC_ARM_REG_PC) | 1, RETURNED, 0, ENDLESS), "run");
    if (get(m, UC_ARM_REG_PC) != RETURNED)
        fail("emulator: a call does not return; it is at %#x", get(m, UC_ARM_REG_PC));
    return m->instructions - before;
}

uint64_t cortex_m_call(cortex_m *m, uint32_t function, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3)
{
    cortex_m_begin(m, function, r0, r1, r2, r3);
    return cortex_m_finish(m);
}

uint64_t cortex_m_interrupt(cortex_m *m, uint32_t handler)
{
    uc_context *interrupted;
    check(uc_context_alloc(m->uc, &interrupted), "context");
    check(uc_context_save(m->uc, interrupted), "context");
    set(m, UC_ARM_REG_SP, (get(m, UC_ARM_REG_SP) - 32) & ~7u); /* as if the hardware had stacked its frame */
    set(m, UC_ARM_REG_LR, RETURNED | 1);
    set(m, UC_ARM_REG_PC, handler | 1);
    uint64_t instructions = cortex_m_finish(m);
    check(uc_context_restore(m->uc, interrupted), "context");
    uc_context_free(interrupted);
    return instructions;
}

void cortex_m_save(cortex_m *m)
{
    check(uc_context_save(m->uc, m->saved), "context");
    memcpy(m->saved_ram, m->ram, CORTEX_M_RAM_SIZE);
}

void cortex_m_restore(cortex_m *m)
{
    check(uc_context_restore(m->uc, m->saved), "context");
    memcpy(m->ram, m->saved_ram, CORTEX_M_RAM_SIZE);
}
