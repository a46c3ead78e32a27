/**
 * @file port.h
 * @brief What the library needs from the platform: a critical section and one shared word.
 *
 * A port is one header in tinyalloc/port/ (at most 60 lines), or your own. It defines, as TA_INLINE_, that is, always inlined:
 *
 *     ta_mask ta_critical_enter(void);      saves the interrupt mask and masks; a compiler barrier
 *     void    ta_critical_exit(ta_mask m);  restores what was saved, never blindly enables; a barrier
 *
 * (A function of its own would be no barrier: GCC knows which static variables it does not use, and moves accesses to them
 * across its call.) It also defines the type `ta_mask`, and TA_PORT_NAME, a string of letters, digits and underscores, so that
 * objects with another port do not link (options.h). The rest is optional:
 *
 * | if the port …                              | it defines                                                       |
 * |--------------------------------------------|------------------------------------------------------------------|
 * | is for more than one core or thread, or an | TA_PORT_OWN_WORDS, ta_port_load(), ta_port_store(); for several  |
 * | aligned word moves in several instructions | cores port/acquire_release.h has them                            |
 * | has state, such as a lock                  | TA_PORT_STATE: a definition, which src/slab.c contains once; the |
 * |                                            | port itself declares the state `extern`                          |
 * | must be initialised                        | TA_PORT_OWN_INIT and `void ta_port_init(void)`                   |
 * | has a data cache that DMA does not see     | TA_PORT_CACHE_LINE, ta_port_clean(), ta_port_invalidate()        |
 *
 * Sections nest. They are public: wrap the calls of several writers of one queue
 * in them, and keep what is between them short.
 *
 * The port is chosen by the compiler's target, or by `-DTA_PORT_FILE='"tinyalloc/port/….h"'`; a port of
 * your own by the path under which the compiler finds it:
 *
 * | file                      | chosen for    | masks by                                   | cores   | order of words  |
 * |---------------------------|---------------|--------------------------------------------|---------|-----------------|
 * | port/cortex_m.h           | Cortex-M      | PRIMASK                                    | one     | compiler        |
 * | port/cortex_m_basepri.h   | by name       | BASEPRI, up to a ceiling (TA_PORT_BASEPRI) | one     | compiler        |
 * | port/cortex_m_multicore.h | by name       | PRIMASK, then a spin lock (TA_PORT_CORE)   | several | acquire/release |
 * | port/rp2040.h             | by name       | the Pico SDK: RP2040, RP2350; not run      | two     | acquire/release |
 * | port/esp32.h              | by name       | ESP-IDF's portMUX; not run                 | two     | acquire/release |
 * | port/freertos.h           | by name       | FreeRTOS: its mask for interrupts; not run | one     | compiler        |
 * | port/zephyr.h             | by name       | Zephyr's irq_lock(); not run               | several | acquire/release |
 * | port/riscv.h              | RISC-V, no OS | mstatus.MIE                                | one     | compiler        |
 * | port/riscv_multicore.h    | by name       | mstatus.MIE, then a spin lock              | several | acquire/release |
 * | port/avr.h                | AVR           | SREG                                       | one     | compiler        |
 * | port/posix_signal.h       | by name       | the signal mask: a signal is the interrupt | one     | compiler        |
 * | port/posix_thread.h       | by name       | a lock: another thread is the interrupt    | several | acquire/release |
 * | port/none.h               | an OS         | nothing: one thread, no interrupt          | one     | compiler        |
 *
 * "No OS" is a build for bare metal, "an OS" any other. "Not run": compiled against declarations of the SDK's names
 * only.
 *
 * On any other target without an operating system (Cortex-R, Cortex-A, ARM7, MSP430, …) TA_PORT_FILE must be
 * defined: else the file does not compile. Masking nothing there would go unnoticed until an interrupt comes.
 *
 * **Memory order.** "Compiler" means that the compiler moves no access across a section or a word, and the processor
 * is free to do what the one core that executes the code cannot see. "Acquire/release" means that the processor keeps
 * the order, too: a load of a word comes before what follows it, a store comes after what precedes it, and so does
 * taking and giving back the lock of a section. So a core that has seen a count sees the bytes, links and generations
 * that were stored before it. docs/cores.md says what that means for each call.
 *
 * **DMA** is a second bus master. With a port of one core, an order that only the compiler keeps is enough for it if
 * the core neither has a data cache nor completes stores to RAM after later stores to a device: Cortex-M0 to M4, AVR.
 * On other cores, such as Cortex-M7, write a port that has the hooks below. Without a cache, TA_PORT_CACHE_LINE is 1
 * and both are barriers.
 *
 * Requirements: privileged mode. Several cores see the same memory: what they share is not in a data cache, or the
 * hardware keeps their caches coherent.
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
Ready-made: tinyalloc/port/NAME.h with NAME cortex_m, cortex_m_basepri, cortex_m_multicore, riscv, riscv_multicore, \
rp2040, esp32, freertos, zephyr, avr, posix_signal, posix_thread, or none (nothing is masked). Else write one: \
tinyalloc/port.h says how"
#define TA_PORT_FILE "port/none.h" /* so that this is the only error */
#endif
#endif

#include TA_PORT_FILE

/* ---- What a port need not define ----------------------------------------------------------------------- */

#ifndef TA_PORT_STATE
#define TA_PORT_STATE /**< The definition of the port's state, for src/slab.c: there is none. */
#endif

#ifndef TA_PORT_OWN_INIT
/**
 * @brief Initialise the port. Most ports have nothing to do.
 *
 * Call it once, on the first core, before any other call of the library and before other cores start. O(1).
 */
static inline void ta_port_init(void) {}
#endif

#ifndef TA_PORT_OWN_WORDS

/**
 * @brief Load a shared word in one piece, before everything that follows. Any context; O(1).
 * @param word The word, aligned.
 * @return Its value.
 */
static inline size_t ta_port_load(const size_t *word)
{
    const volatile size_t *shared = word;
    size_t value = *shared;
    TA_BARRIER_();
    return value;
}

/**
 * @brief Store a shared word in one piece, after everything that precedes. Any context; O(1).
 * @param word  The word, aligned.
 * @param value Its new value.
 */
static inline void ta_port_store(size_t *word, size_t value)
{
    volatile size_t *shared = word;
    TA_BARRIER_();
    *shared = value;
}

#endif

/*
 * A write-back cache between the processor and DMA. Both hooks round outwards to whole lines, and both include the
 * barrier that waits for their end.
 *
 * A device fills a reservation:
 *   reserve  cleans the span. A dirty line that the cache wrote back later would overwrite what DMA has written. It
 *            must not be invalidated: the bytes before the span are in the same line, and may be nowhere else yet.
 *   commit   invalidates what was written, before it is published. The processor may have loaded these lines at any
 *            time since, by itself, so invalidating earlier is not enough. Before that it cleans them, because the
 *            program may have filled the reservation itself. If a device did, no line is dirty, and cleaning does
 *            nothing: the other side only reads. The two must not fill the same line.
 *   cancel   does nothing: what DMA has written is no data.
 * A device sends what is stored:
 *   front    cleans the span, so that DMA reads what the processor has written. So does peek, which is made of it.
 *   consume  does nothing: DMA has only read.
 *
 * For memory that DMA reaches otherwise, such as a block by ta_get() or a chunk of a view, the program calls the
 * hooks itself.
 *
 * This is right only if no line belongs to two blocks: otherwise the owner of the other block stores into it while
 * DMA writes. So pools whose block size or alignment is not a multiple of a line do not compile, or are refused at
 * run time.
 */
#ifndef TA_PORT_CACHE_LINE
#define TA_PORT_CACHE_LINE 1 /**< Bytes in a line of the data cache, a power of two; 1: there is none. */

/**
 * @brief Write dirty lines back to memory, before a device looks at it. ta_queue_reserve(), ta_queue_commit() and
 * ta_queue_front() call it.
 * @param data   The first byte.
 * @param length How many bytes.
 */
static inline void ta_port_clean(const void *data, size_t length)
{
    (void)data;
    (void)length;
}

/**
 * @brief Discard lines, so that the processor reads what a device has written. ta_queue_commit() calls it.
 * @param data   The first byte.
 * @param length How many bytes.
 */
static inline void ta_port_invalidate(void *data, size_t length)
{
    (void)data;
    (void)length;
}
#endif

#include "options.h"

#endif
