/**
 * @file port/riscv_multicore.h
 * Several RISC-V harts that share memory: mstatus.MIE, then a spin lock. Needs the A extension and machine mode.
 */
#ifndef TINYALLOC_PORT_RISCV_MULTICORE_H
#define TINYALLOC_PORT_RISCV_MULTICORE_H

#include "acquire_release.h"
#include "spin_lock.h"

#ifndef __riscv_atomic
#error "this port needs the A extension, for its lock"
#endif

#define TA_PORT_NAME "riscv_multicore"

typedef unsigned long ta_mask; /* bit 3: mstatus.MIE as it was; bit 0: this hart had the lock already */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    ta_mask status, hart;
    TA_ASM_ volatile("csrrci %0, mstatus, 8" : "=r"(status) : : "memory");
    TA_ASM_ volatile("csrr %0, mhartid" : "=r"(hart));
    hart = TA_CAST_(ta_mask, ta_port_take_lock_(TA_CAST_(uint32_t, hart)));
    TA_BARRIER_();
    return (status & 8) | hart;
}

/* The lock is given back first: otherwise an interrupt could keep it. */
TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    TA_BARRIER_();
    if (!(mask & 1))
        ta_port_give_lock_();
    TA_ASM_ volatile("csrs mstatus, %0" : : "r"(mask & 8) : "memory");
}

#endif
