/*
 * A simulated target that counts exactly: instructions on Cortex-M and RV32 (libunicorn), cycles on AVR (libsimavr).
 * It calls one function of an image at a time. A failure of simulator or image prints a line and ends the program.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

#define MACHINE_FLASH_SIZE 0x40000u /* code lies below */

typedef struct machine machine;

struct machine {
    const char *unit;     /* "instructions" or "cycles" */
    unsigned return_cost; /* what a return takes of them */
    uint64_t count;       /* of them, so far: before the instruction that at() is told of */

    void (*at)(void *context, uint32_t pc); /* the user's: before each instruction; NULL: nobody asks */
    void *context;

    /* Call a function by its address; what it returns. */
    uint32_t (*call)(machine *m, uint32_t function, uint32_t a, uint32_t b);
    /* From at(), at a function's first instruction: where will it return to? */
    uint32_t (*return_address)(machine *m);
    /* RAM as after start-up. */
    void (*reset)(machine *m);
};

/* `platform`: "cortex-m…", "rv32" or an MCU that simavr knows by name; `path`: an ELF image. */
machine *machine_open(const char *platform, const char *path);

/* The kinds: one source each. */
machine *machine_cortex_m(const char *cpu, const char *path);
machine *machine_rv32(const char *path);
machine *machine_avr(const char *mcu, const char *path);

/* ---- ELF images (32 bits, little endian) ------------------------------------------------------------------------- */

typedef struct elf elf;

elf *elf_open(const char *path);
/* The address of a symbol; 0: there is none. */
uint32_t elf_symbol(const elf *e, const char *name);
void elf_load(const elf *e, void (*put)(void *context, uint32_t address, const void *from, uint32_t n),
              void *context);

_Noreturn void fail(const char *format, ...);

#endif
