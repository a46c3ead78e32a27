/** @file port/avr.h AVR, by the interrupt flag in SREG. */
#ifndef TINYALLOC_PORT_AVR_H
#define TINYALLOC_PORT_AVR_H

#include <avr/io.h>
#include <stddef.h>
#include <stdint.h>

#define TA_PORT_NAME "avr"

typedef uint8_t ta_mask; /* SREG as it was */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    ta_mask mask = SREG;
    TA_ASM_ volatile("cli" : : : "memory");
    return mask;
}

TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    TA_BARRIER_();
    SREG = mask;
    TA_BARRIER_();
}

#define TA_PORT_OWN_WORDS 1

/* A word takes two instructions here: an interrupt between them would see one half of each value. */
static inline size_t ta_port_load(const size_t *word)
{
    ta_mask mask = ta_critical_enter();
    size_t value = *word;
    ta_critical_exit(mask);
    return value;
}

static inline void ta_port_store(size_t *word, size_t value)
{
    ta_mask mask = ta_critical_enter();
    *word = value;
    ta_critical_exit(mask);
}

#endif
