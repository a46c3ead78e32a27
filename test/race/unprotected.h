/**
 * @file unprotected.h
 * No protection, to see that the enumeration finds what that does. RACE_TORN_WORDS (AVR) leaves the critical section as
 * it is and lets only the shared words tear.
 */
#ifndef RACE_UNPROTECTED_H
#define RACE_UNPROTECTED_H

#include <stddef.h>
#include <stdint.h>

#define BARRIER() __asm__ volatile("" : : : "memory")

#ifdef RACE_TORN_WORDS
#define ta_port_load ta_port_load_in_one_piece /* not these two */
#define ta_port_store ta_port_store_in_one_piece
#include <tinyalloc/port/avr.h>
#undef ta_port_load
#undef ta_port_store
#else

#define TA_PORT_NAME "unprotected"

typedef uint8_t ta_mask;

static inline ta_mask ta_critical_enter(void)
{
    BARRIER();
    return 0;
}

static inline void ta_critical_exit(ta_mask mask)
{
    (void)mask;
    BARRIER();
}

#define TA_PORT_OWN_WORDS 1

#endif

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
