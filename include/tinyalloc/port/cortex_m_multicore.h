/**
 * @file port/cortex_m_multicore.h
 * Several Cortex-M cores that share memory: PRIMASK, then a spin lock. Needs LDREX (v7-M, v8-M) and privileged mode.
 *
 * Define TA_PORT_CORE(), for every file: an expression that is the number of the core that evaluates it. All numbers
 * are different. It may read a register of the chip; TA_CONFIG_FILE is a good place for it. RP2040: port/rp2040.h.
 *
 * The chip must have a global exclusive monitor for the memory of ta_port_lock_, and the MPU must say that this memory is
 * shareable. Otherwise LDREX and STREX of one core do not see those of the other, and both take the lock. Many chips have
 * no such monitor: write a port with their hardware semaphore, as port/rp2040.h is one.
 */
#ifndef TINYALLOC_PORT_CORTEX_M_MULTICORE_H
#define TINYALLOC_PORT_CORTEX_M_MULTICORE_H

#include "acquire_release.h"
#include "cortex_m_context.h"
#include "spin_lock.h"

#ifndef __ARM_FEATURE_LDREX
#error "this core has no LDREX: use a port that has the chip's own spin lock, such as port/rp2040.h"
#endif
#ifndef TA_PORT_CORE
#error "define TA_PORT_CORE(), the number of the core that evaluates it: see the top of this file"
#define TA_PORT_CORE() 0u /* so that this is the only error */
#endif

#define TA_PORT_NAME "cortex_m_multicore"

typedef uint32_t ta_mask; /* bit 0: PRIMASK as it was; bit 1: this core had the lock already */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    ta_mask mask;
    ta_port_check_context_(0);
    TA_ASM_ volatile("mrs %0, primask\n\tcpsid i" : "=r"(mask) : : "memory");
    mask |= TA_CAST_(ta_mask, ta_port_take_lock_(TA_PORT_CORE())) << 1;
    TA_BARRIER_();
    return mask;
}

/* The lock is given back first: otherwise an interrupt could keep it. */
TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    TA_BARRIER_();
    if (!(mask & 2))
        ta_port_give_lock_();
    TA_ASM_ volatile("msr primask, %0" : : "r"(mask & 1) : "memory");
}

#endif
