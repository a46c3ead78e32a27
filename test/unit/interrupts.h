/*
 * A port for one test program: an interrupt may come wherever the library masks, unmasks, or loads or stores a shared
 * word. The program says in maybe_interrupt() whether it does.
 */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define TA_PORT_NAME "interrupts"

void maybe_interrupt(void);
extern bool is_masked;

typedef bool ta_mask; /* was it masked already? */

static inline ta_mask ta_critical_enter(void)
{
    ta_mask mask = is_masked;
    maybe_interrupt();
    is_masked = true;
    return mask;
}

static inline void ta_critical_exit(ta_mask mask)
{
    if (!is_masked)
        abort(); /* a section that was not entered */
    is_masked = mask;
    maybe_interrupt();
}

#define TA_PORT_OWN_WORDS 1

static inline size_t ta_port_load(const size_t *word)
{
    maybe_interrupt();
    size_t value = *(const volatile size_t *)word;
    maybe_interrupt();
    return value;
}

static inline void ta_port_store(size_t *word, size_t value)
{
    *(volatile size_t *)word = value;
    maybe_interrupt();
}

#endif
