/**
 * @file port/cortex_m_context.h
 * For the ports of Cortex-M: with TA_CHECKED, each critical section looks whether masking has any effect where it is.
 *
 * Two mistakes are silent otherwise. Unprivileged code cannot mask: the instruction does nothing, and interrupts are
 * served inside the section. An interrupt that the mask does not hold off may interrupt a section, and then uses the
 * library in the middle of it. Both run TA_MISUSE (config.h) with one of these numbers.
 */
#ifndef TINYALLOC_PORT_CORTEX_M_CONTEXT_H
#define TINYALLOC_PORT_CORTEX_M_CONTEXT_H

#include <stdint.h>

#define TA_MISUSE_UNPRIVILEGED 1 /**< The library was called from unprivileged code. */
#define TA_MISUSE_PRIORITY 2 /**< The library was called from an interrupt that the mask does not hold off. */

#if TA_CHECKED

/* Exceptions 2 and 3, NMI and HardFault, are always served. Those from 4 on have a byte each in one of two tables. */
static inline uint32_t ta_port_priority_(uint32_t exception)
{
    uint32_t table = exception < 16 ? 0xE000ED14u : 0xE000E3F0u; /* SHPR1 - 4, NVIC_IPR0 - 16 */
    return exception < 4 ? 0 : *TA_ADDRESS_(const volatile uint8_t *, table + exception);
}

/* The part of a priority that decides what interrupts what. The rest, which AIRCR sets, orders what is pending. */
static inline uint32_t ta_port_group_(uint32_t priority)
{
    uint32_t rest = 2u << ((*TA_ADDRESS_(const volatile uint32_t *, 0xE000ED0Cu) >> 8) & 7u);
    return priority & -rest;
}

/* `ceiling`: the most urgent priority that is held off, as the register holds it; 0: all that can be. */
static inline void ta_port_check_context_(uint32_t ceiling)
{
    uint32_t control, exception;
    TA_ASM_ volatile("mrs %0, control\n\tmrs %1, ipsr" : "=r"(control), "=r"(exception));
    if (exception == 0 && (control & 1u))
        TA_MISUSE(TA_MISUSE_UNPRIVILEGED);
    if (exception == 2 || exception == 3 ||
        (exception != 0 && ceiling && ta_port_group_(ta_port_priority_(exception)) < ta_port_group_(ceiling)))
        TA_MISUSE(TA_MISUSE_PRIORITY);
}

#else
#define ta_port_check_context_(ceiling) ((void)0)
#endif

#endif
