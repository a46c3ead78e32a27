/**
 * @file ta_port_unprotected.h
 * AVR without protection, to see that the enumeration finds what that does. RACE_TORN_WORDS leaves the critical
 * section as it is and lets only the shared words tear.
 */
#ifndef TA_PORT_UNPROTECTED_H
#define TA_PORT_UNPROTECTED_H

#include <avr/io.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t ta_mask;

#define BARRIER() __asm__ volatile("" : : : "memory")

static inline ta_mask ta_critical_enter(void)
{
#ifdef RACE_TORN_WORDS
    ta_mask mask = SREG;
    __asm__ volatile("cli" : : : "memory");
    return mask;
#else
    BARRIER();
    return 0;
#endif
}

static inline void ta_critical_exit(ta_mask mask)
{
    BARRIER();
#ifdef RACE_TORN_WORDS
    SREG = mask;
    BARRIER();
#else
    (void)mask;
#endif
}

#define TA_PORT_OWN_WORDS 1

static inline size_t ta_port_load(const size_t *word)
{
    size_t value = *(const volatile size_t *)word;
    BARRIER();
    return value;
}

static inline void ta_port_store(size_t *word, size_t value)
{
    BARRIER();
    *(volatile size_t *)word = value;
}

#endif
