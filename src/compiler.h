/*
 * What the sources tell the compiler, and nothing else: four hints, each with what it is worth. Figures
 * are those of arm-none-eabi-gcc 12.2 for Cortex-M3. What stands for them where a compiler has no such thing: see
 * tinyalloc/compiler.h.
 */
#ifndef TINYALLOC_PRIVATE_COMPILER_H
#define TINYALLOC_PRIVATE_COMPILER_H

#include <tinyalloc/compiler.h>

/* The path that is taken nearly always: keeps it free of taken branches. 3 instructions of 28 in
 * ta_alloc() at -O2. */
#define LIKELY(condition) TA_LIKELY_(condition)

/* Keep a rare or large path out of its caller, which then needs no stack frame. 14 instructions of 24 in
 * ta_queue_push() at -O2. */
#define NOINLINE TA_NOINLINE_

/* Inline a helper of a few instructions at -Os, too. 20 instructions of 79 for a push and a pop at -Os, at
 * no byte. */
#define INLINE TA_INLINE_

/* Hide where a value comes from. Otherwise gcc narrows sums to the 16 bits of a slot and clears upper
 * halves that nobody uses, or keeps two addresses where one is enough. 4 instructions of 28 in ta_free(). */
#define OPAQUE(value) TA_OPAQUE_(value)

#endif
