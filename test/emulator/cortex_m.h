/*
 * An emulated Cortex-M for programs on the host that want to stand at every instruction: it runs one function of an
 * image at a time, by libunicorn. There are no peripherals and no start-up code: .data is where the image's program
 * headers load it, .bss is zero, and an interrupt is a function that is called between two instructions.
 *
 *     cortex_m_open()  ->  cortex_m_call(), or cortex_m_begin() and cortex_m_step() until it is done
 *
 * Link images with addresses inside [CORTEX_M_FLASH, CORTEX_M_RAM + CORTEX_M_RAM_SIZE); see cortex_m.ld.
 * A failure of the emulator or of the image (a fault, an endless call) prints a line and ends the program.
 */
#ifndef CORTEX_M_H
#define CORTEX_M_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CORTEX_M_FLASH 0x00000000u
#define CORTEX_M_FLASH_SIZE 0x00040000u
#define CORTEX_M_RAM 0x20000000u
#define CORTEX_M_RAM_SIZE 0x00010000u

enum { R0, R1, R2, R3, R12 = 12, SP, LR, PC };

typedef struct cortex_m cortex_m;

/* `cpu`: "cortex-m0", "cortex-m3", "cortex-m4" or "cortex-m33"; `path`: an ELF image. */
cortex_m *cortex_m_open(const char *cpu, const char *path);
void cortex_m_close(cortex_m *m);

/* The address of a symbol of the image; a missing one ends the program. */
uint32_t cortex_m_symbol(const cortex_m *m, const char *name);

void cortex_m_read(cortex_m *m, uint32_t address, void *to, size_t n);
void cortex_m_write(cortex_m *m, uint32_t address, const void *from, size_t n);
uint32_t cortex_m_register(cortex_m *m, int number);
bool cortex_m_is_masked(cortex_m *m); /* PRIMASK, or BASEPRI above 0 */

/* Call a function (by its address) with up to four words; says how many instructions ran, from its first one through
 * its return. The result is in R0. `limit`: instructions after which it counts as endless. */
uint64_t cortex_m_call(cortex_m *m, uint32_t function, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3);

/* The same in steps: after begin() the first instruction is about to run. step() runs one and says whether there is
 * another. finish() runs the rest and says how many those were. */
void cortex_m_begin(cortex_m *m, uint32_t function, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3);
bool cortex_m_step(cortex_m *m);
uint64_t cortex_m_finish(cortex_m *m);

/* From now on say before each instruction where it stands; NULL: no longer. */
void cortex_m_watch(cortex_m *m, void (*at)(void *context, uint32_t pc), void *context);

/* All that calls and steps have run so far; inside at(), without the instruction at pc. One that its condition skips
 * counts, although at() is not told of it. */
uint64_t cortex_m_instructions(const cortex_m *m);

/* Between two steps: an interrupt whose handler is this function of no arguments. Registers are as before afterwards.
 * Does not look whether interrupts are masked. Says how many instructions the handler ran. */
uint64_t cortex_m_interrupt(cortex_m *m, uint32_t handler);

/* The same in steps: the handler's first instruction is about to run, and what was interrupted goes on when it returns.
 * Handlers may be interrupted themselves. The frame lies on the stack as the hardware puts it there: so the handler is
 * left when the stack pointer is back. */
void cortex_m_enter(cortex_m *m, uint32_t handler);

/* For images that may be broken: false on a fault, or when `limit` instructions were not enough. try_leave() runs until
 * the stack pointer is back at `sp`. */
bool cortex_m_try_step(cortex_m *m);
bool cortex_m_try_finish(cortex_m *m, uint64_t limit);
bool cortex_m_try_leave(cortex_m *m, uint32_t sp, uint64_t limit);
bool cortex_m_is_done(cortex_m *m); /* the function that was begun has returned */

/* Everything that a step may change, kept and brought back: registers and RAM, between two calls. */
void cortex_m_save(cortex_m *m);
void cortex_m_restore(cortex_m *m);

/* .data and .bss, in one piece. */
const uint8_t *cortex_m_statics(const cortex_m *m, size_t *size);

/* What decides all that follows, as bytes: registers, statics, and the stack in use. Equal bytes, equal future. Says how
 * many; 0 when they are more than `size`. */
size_t cortex_m_freeze(cortex_m *m, void *bytes, size_t size);
void cortex_m_thaw(cortex_m *m, const void *bytes);

#endif
