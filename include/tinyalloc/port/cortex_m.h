/** @file port/cortex_m.h Cortex-M (v6-M, v7-M, v8-M) by PRIMASK; needs privileged mode. */
#ifndef TINYALLOC_PORT_CORTEX_M_H
#define TINYALLOC_PORT_CORTEX_M_H

#include "cortex_m_context.h"
#include <stdint.h>

#define TA_PORT_NAME "cortex_m"

typedef uint32_t ta_mask; /* PRIMASK as it was: bit 0 set when interrupts were off already */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    ta_mask mask;
    ta_port_check_context_(0);
    TA_ASM_ volatile("mrs %0, primask\n\tcpsid i" : "=r"(mask) : : "memory");
    return mask;
}

TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    TA_ASM_ volatile("msr primask, %0" : : "r"(mask) : "memory");
}

#endif
