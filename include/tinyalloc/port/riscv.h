/** @file port/riscv.h RISC-V without an operating system, by mstatus.MIE; needs machine mode. */
#ifndef TINYALLOC_PORT_RISCV_H
#define TINYALLOC_PORT_RISCV_H

#define TA_PORT_NAME "riscv"

typedef unsigned long ta_mask; /* mstatus.MIE as it was: 8 when interrupts were on, else 0 */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    ta_mask status;
    TA_ASM_ volatile("csrrci %0, mstatus, 8" : "=r"(status) : : "memory");
    return status & 8;
}

TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    TA_ASM_ volatile("csrs mstatus, %0" : : "r"(mask) : "memory");
}

#endif
