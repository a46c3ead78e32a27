/**
 * @file port.h
 * @brief What the library needs from the platform: a critical section and one shared word.
 *
 * A port is one header in tinyalloc/port/ (at most 60 lines), or your own. It defines, as `static inline`:
 *
 *     ta_mask ta_critical_enter(void);      saves the interrupt mask and masks; a compiler barrier
 *     void    ta_critical_exit(ta_mask m);  restores what was saved, never blindly enables; a barrier
 *
 * and the type `ta_mask`; also TA_PORT_NAME, a string of letters, digits and underscores, so that objects with another
 * port do not link (options.h). Where an aligned word does not move in one instruction, or more than one core or
 * thread looks on, it also defines TA_PORT_OWN_WORDS and
 *
 *     size_t  ta_port_load(const size_t *word);               read in one piece, before what follows
 *     void    ta_port_store(size_t *word, size_t value);      written in one piece, after what precedes
 *
 * Sections nest. They are public: wrap the calls of several writers of one queue
 * in them, and keep what is between them short.
 *
 * The port is chosen by the compiler's target, or by `-DTA_PORT_FILE='"tinyalloc/port/….h"'`; a port of
 * your own by the path under which the compiler finds it:
 *
 * | file                    | chosen for           | masks by                                      |
 * |-------------------------|----------------------|-----------------------------------------------|
 * | port/cortex_m.h         | Cortex-M             | PRIMASK                                       |
 * | port/cortex_m_basepri.h | by name only         | BASEPRI, up to a ceiling (TA_PORT_BASEPRI)    |
 * | port/freertos.h         | by name only         | FreeRTOS, one core: its mask for interrupts   |
 * | port/zephyr.h           | by name only         | Zephyr: irq_lock()                            |
 * | port/riscv.h            | RISC-V without an OS | mstatus.MIE                                   |
 * | port/avr.h              | AVR                  | SREG                                          |
 * | port/posix_signal.h     | by name only         | the signal mask: a signal is the interrupt    |
 * | port/posix_thread.h     | by name only         | one lock: another thread is the interrupt     |
 * | port/none.h             | an operating system  | nothing: one thread, no interrupt             |
 *
 * On any other target without an operating system (Cortex-R, Cortex-A, ARM7, MSP430, …) TA_PORT_FILE must be
 * defined: else the file does not compile. Masking nothing there would go unnoticed until an interrupt comes.
 *
 * Requirements: one core, privileged mode; for threads, port/posix_thread.h.
 */
#ifndef TINYALLOC_PORT_H
#define TINYALLOC_PORT_H

#include "config.h"
#include <stddef.h>

/** The port: a header of tinyalloc/port/, or your own. */
#ifndef TA_PORT_FILE
#if defined(__unix__) || defined(__linux__) || defined(__APPLE__) || defined(_WIN32) || defined(__wasm__)
#define TA_PORT_FILE "port/none.h"
#elif defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#define TA_PORT_FILE "port/cortex_m.h"
#elif defined(__AVR__)
#define TA_PORT_FILE "port/avr.h"
#elif defined(__riscv)
#define TA_PORT_FILE "port/riscv.h"
#else
#error \
    "TinyAlloc cannot know how to mask interrupts here: define TA_PORT_FILE, for every file of the program. \
Ready-made: tinyalloc/port/NAME.h with NAME cortex_m, cortex_m_basepri, riscv, avr, posix_signal, posix_thread, \
or none (nothing is masked). Else write one: tinyalloc/port.h says how"
#define TA_PORT_FILE "port/none.h" /* so that this is the only error */
#endif
#endif

#include TA_PORT_FILE

#ifndef TA_PORT_OWN_WORDS

/* One core on which an aligned word moves in one instruction: what is left to stop is the compiler. */
static inline size_t ta_port_load(const size_t *word)
{
    size_t value = *(const volatile size_t *)word;
    __asm__ volatile("" : : : "memory");
    return value;
}

static inline void ta_port_store(size_t *word, size_t value)
{
    __asm__ volatile("" : : : "memory");
    *(volatile size_t *)word = value;
}

#endif

#include "options.h"

#endif
