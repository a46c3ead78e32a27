#include "cortex_m.h"
#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

/* Where a call and a handler return to: no code lies there. */
#define RETURNED (CORTEX_M_FLASH + CORTEX_M_FLASH_SIZE - 4)
#define UNSTACK (CORTEX_M_FLASH + CORTEX_M_FLASH_SIZE - 8)
#define NOWHERE 0xFFFFFFF0u
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
    uint32_t statics; /* bytes of RAM that .data and .bss take */
    uint64_t left;    /* instructions that may still run */
    bool is_step;
    uint32_t from; /* where a step began */
    uint32_t it;   /* where an IT block stands; the emulator's own state of it stays 0 between two steps */
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
    for (int i = 0; i < header->e_phnum; i++) {
        uint32_t end = segment[i].p_vaddr + segment[i].p_memsz;
        if (segment[i].p_type == PT_LOAD && segment[i].p_filesz > 0)
            cortex_m_write(m, segment[i].p_vaddr, m->image + segment[i].p_offset, segment[i].p_filesz);
        if (segment[i].p_type == PT_LOAD && end > CORTEX_M_RAM + m->statics)
            m->statics = end - CORTEX_M_RAM;
    }
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
    (void)size;
    if (m->left == 0 || address >= UNSTACK || (m->is_step && address != m->from)) {
        uc_emu_stop(uc);
        return;
    }
    m->left--;
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
    check(uc_mem_protect(m->uc, CORTEX_M_FLASH, CORTEX_M_FLASH_SIZE, UC_PROT_READ | UC_PROT_EXEC), "flash");
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

/* IT blocks: the emulator runs one to its end before it stops. So each of its instructions runs as a block of one, and
 * where the block stands is kept here, as the processor keeps it in xPSR. */
#define IT_BITS 0x0600FC00u
#define IT_TO_XPSR(it) (((it)&3u) << 25 | (uint32_t)(it) >> 2 << 10)
#define IT_OF_XPSR(xpsr) (((xpsr) >> 25 & 3u) | ((xpsr) >> 10 & 0x3Fu) << 2)

static void set_it(cortex_m *m, uint32_t it)
{
    if (it)
        set(m, UC_ARM_REG_XPSR, (get(m, UC_ARM_REG_XPSR) & ~IT_BITS) | IT_TO_XPSR(it));
}

static uint32_t it_after(uint32_t it)
{
    return it & 7 ? (it & 0xE0) | (it << 1 & 0x1F) : 0;
}

static const int frame_registers[8] = {UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3,
                                       UC_ARM_REG_R12, UC_ARM_REG_LR, UC_ARM_REG_PC, UC_ARM_REG_XPSR};
#define FRAME_XPSR 7
#define FRAME_IS_PADDED (1u << 9)

void cortex_m_enter(cortex_m *m, uint32_t handler)
{
    uint32_t frame[8], sp = get(m, UC_ARM_REG_SP);
    for (int i = 0; i < 8; i++)
        frame[i] = get(m, frame_registers[i]);
    frame[FRAME_XPSR] = (frame[FRAME_XPSR] & ~IT_BITS) | IT_TO_XPSR(m->it) | (sp & 4 ? FRAME_IS_PADDED : 0);
    m->it = 0;
    sp = (sp - sizeof frame) & ~7u;
    cortex_m_write(m, sp, frame, sizeof frame);
    set(m, UC_ARM_REG_SP, sp);
    set(m, UC_ARM_REG_LR, UNSTACK | 1);
    set(m, UC_ARM_REG_PC, handler | 1);
}

static bool unstack(cortex_m *m)
{
    uint32_t frame[8], sp = get(m, UC_ARM_REG_SP);
    if (sp < CORTEX_M_RAM || sp > STACK_TOP - sizeof frame)
        return false;
    cortex_m_read(m, sp, frame, sizeof frame);
    set(m, UC_ARM_REG_SP, sp + sizeof frame + (frame[FRAME_XPSR] & FRAME_IS_PADDED ? 4 : 0));
    m->it = IT_OF_XPSR(frame[FRAME_XPSR]);
    frame[FRAME_XPSR] &= ~(IT_BITS | FRAME_IS_PADDED);
    frame[6] |= 1;
    for (int i = 0; i < 8; i++)
        set(m, frame_registers[i], frame[i]);
    return true;
}

/* Run until something stops it: the hook, or a fault. */
static bool run(cortex_m *m)
{
    uc_err error = uc_emu_start(m->uc, get(m, UC_ARM_REG_PC) | 1, NOWHERE, 0, 0);
    return error == UC_ERR_OK && (get(m, UC_ARM_REG_PC) != UNSTACK || unstack(m));
}

bool cortex_m_try_step(cortex_m *m)
{
    uint32_t pc = get(m, UC_ARM_REG_PC), it = m->it;
    uint32_t code = halfword(m, pc);
    if (!it && (code & 0xFF00) == 0xBF00 && (code & 0x0F)) {
        m->it = code & 0xFF;
        m->instructions++;
        set(m, UC_ARM_REG_PC, (pc + 2) | 1);
        return true;
    }
    uint64_t before = m->instructions;
    m->it = it_after(it);
    set_it(m, it ? (it & 0xF0) | 8 : 0);
    m->left = m->is_step = 1;
    m->from = pc;
    bool is_sound = run(m);
    m->is_step = false;
    m->instructions = before + 1; /* also when an IT block skipped it */
    return is_sound;
}

bool cortex_m_try_finish(cortex_m *m, uint64_t limit)
{
    m->left = limit;
    while (get(m, UC_ARM_REG_PC) != RETURNED) {
        set_it(m, m->it);
        m->it = 0;
        if (!run(m) || m->left == 0)
            return false;
    }
    return true;
}

bool cortex_m_is_done(cortex_m *m)
{
    return get(m, UC_ARM_REG_PC) == RETURNED;
}

void cortex_m_begin(cortex_m *m, uint32_t function, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3)
{
    m->it = 0;
    set(m, UC_ARM_REG_R0, r0);
    set(m, UC_ARM_REG_R1, r1);
    set(m, UC_ARM_REG_R2, r2);
    set(m, UC_ARM_REG_R3, r3);
    set(m, UC_ARM_REG_SP, STACK_TOP);
    set(m, UC_ARM_REG_LR, RETURNED | 1);
    set(m, UC_ARM_REG_PC, function | 1);
}

bool cortex_m_step(cortex_m *m)
{
    if (!cortex_m_try_step(m))
        fail("emulator: a fault at %#x", get(m, UC_ARM_REG_PC));
    return !cortex_m_is_done(m);
}

uint64_t cortex_m_finish(cortex_m *m)
{
    uint64_t before = m->instructions;
    if (!cortex_m_try_finish(m, ENDLESS))
        fail("emulator: a fault, or a call that does not return; it is at %#x", get(m, UC_ARM_REG_PC));
    return m->instructions - before;
}

uint64_t cortex_m_call(cortex_m *m, uint32_t function, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3)
{
    cortex_m_begin(m, function, r0, r1, r2, r3);
    return cortex_m_finish(m);
}

bool cortex_m_try_leave(cortex_m *m, uint32_t sp, uint64_t limit)
{
    m->left = limit;
    while (get(m, UC_ARM_REG_SP) < sp) {
        set_it(m, m->it);
        m->it = 0;
        if (!run(m) || m->left == 0)
            return false;
    }
    return true;
}

uint64_t cortex_m_interrupt(cortex_m *m, uint32_t handler)
{
    uint64_t before = m->instructions;
    uint32_t sp = get(m, UC_ARM_REG_SP);
    cortex_m_enter(m, handler);
    if (!cortex_m_try_leave(m, sp, ENDLESS))
        fail("emulator: a fault, or a handler that does not return; it is at %#x", get(m, UC_ARM_REG_PC));
    return m->instructions - before;
}

uint64_t cortex_m_instructions(const cortex_m *m)
{
    return m->instructions;
}

void cortex_m_watch(cortex_m *m, void (*at)(void *context, uint32_t pc), void *context)
{
    m->at = at;
    m->at_context = context;
}

/* ---- Snapshots ------------------------------------------------------------------------------------------------- */

void cortex_m_save(cortex_m *m)
{
    check(uc_context_save(m->uc, m->saved), "context");
    memcpy(m->saved_ram, m->ram, CORTEX_M_RAM_SIZE);
}

void cortex_m_restore(cortex_m *m)
{
    m->it = 0;
    check(uc_context_restore(m->uc, m->saved), "context");
    memcpy(m->ram, m->saved_ram, CORTEX_M_RAM_SIZE);
}

static const int all_registers[] = {
    UC_ARM_REG_R0,   UC_ARM_REG_R1,      UC_ARM_REG_R2,      UC_ARM_REG_R3, UC_ARM_REG_R4,
    UC_ARM_REG_R5,   UC_ARM_REG_R6,      UC_ARM_REG_R7,      UC_ARM_REG_R8, UC_ARM_REG_R9,
    UC_ARM_REG_R10,  UC_ARM_REG_R11,     UC_ARM_REG_R12,     UC_ARM_REG_SP, UC_ARM_REG_LR,
    UC_ARM_REG_XPSR, UC_ARM_REG_PRIMASK, UC_ARM_REG_BASEPRI, UC_ARM_REG_PC,
};
#define REGISTERS (sizeof all_registers / sizeof all_registers[0])
struct frozen {
    uint32_t registers[REGISTERS], it, stack_size;
};

const uint8_t *cortex_m_statics(const cortex_m *m, size_t *size)
{
    *size = m->statics;
    return m->ram;
}

size_t cortex_m_freeze(cortex_m *m, void *bytes, size_t size)
{
    struct frozen f = {.it = m->it, .stack_size = STACK_TOP - get(m, UC_ARM_REG_SP)};
    if (f.stack_size > CORTEX_M_RAM_SIZE || sizeof f + m->statics + f.stack_size > size)
        return 0;
    for (size_t i = 0; i < REGISTERS; i++)
        f.registers[i] = get(m, all_registers[i]);
    memcpy(bytes, &f, sizeof f);
    memcpy((uint8_t *)bytes + sizeof f, m->ram, m->statics);
    memcpy((uint8_t *)bytes + sizeof f + m->statics, m->ram + CORTEX_M_RAM_SIZE - f.stack_size, f.stack_size);
    return sizeof f + m->statics + f.stack_size;
}

void cortex_m_thaw(cortex_m *m, const void *bytes)
{
    struct frozen f;
    memcpy(&f, bytes, sizeof f);
    m->it = f.it;
    f.registers[REGISTERS - 1] |= 1; /* PC */
    for (size_t i = 0; i < REGISTERS; i++)
        set(m, all_registers[i], f.registers[i]);
    memcpy(m->ram, (const uint8_t *)bytes + sizeof f, m->statics);
    memcpy(m->ram + CORTEX_M_RAM_SIZE - f.stack_size, (const uint8_t *)bytes + sizeof f + m->statics,
           f.stack_size);
}
