/**
 * @file port/cortex_m_basepri.h
 * Cortex-M with BASEPRI (v7-M, v8-M mainline): what is more urgent than a ceiling is never held off.
 *
 * Define TA_PORT_BASEPRI, for every file: the most urgent priority from which the library is used, as the
 * register holds it (5 on a core with 4 priority bits is 0x50). A name, such as configMAX_SYSCALL_INTERRUPT_PRIORITY,
 * must be defined before: name its header by TA_CONFIG_FILE. Interrupts of that priority and of less urgent
 * ones wait for the end of a section. More urgent ones are served at once and must not use the library; nor
 * must an interrupt whose priority was never set, for reset makes it 0, the most urgent. Needs privileged mode.
 *
 * A Cortex-M7 r0p1 raises BASEPRI too late (Arm's erratum 837070): take port/cortex_m.h there.
 */
#ifndef TINYALLOC_PORT_CORTEX_M_BASEPRI_H
#define TINYALLOC_PORT_CORTEX_M_BASEPRI_H

#include "cortex_m_context.h"
#include <stdint.h>

#if __ARM_ARCH_ISA_THUMB < 2
#error "this core has no BASEPRI: use port/cortex_m.h"
#endif
#ifndef TA_PORT_BASEPRI
#error "define TA_PORT_BASEPRI, the ceiling: see the top of this file"
#elif TA_PORT_BASEPRI < 1 || TA_PORT_BASEPRI > 255
#error "TA_PORT_BASEPRI must be 1 to 255: 0 masks nothing, and a name that nothing defines is 0. For \
configMAX_SYSCALL_INTERRUPT_PRIORITY include FreeRTOSConfig.h by TA_CONFIG_FILE, or use port/freertos.h"
#endif

#define TA_PORT_NAME "cortex_m_basepri"

typedef uint32_t ta_mask; /* BASEPRI as it was: 0 when nothing was masked */

/* Writing to BASEPRI_MAX never loosens a stricter mask, and what it raises holds from the next instruction. */
TA_INLINE_ ta_mask ta_critical_enter(void)
{
    ta_mask mask;
    ta_port_check_context_(TA_PORT_BASEPRI);
    TA_ASM_ volatile("mrs %0, basepri\n\tmsr basepri_max, %1"
                     : "=&r"(mask)
                     : "r"(TA_CAST_(uint32_t, TA_PORT_BASEPRI))
                     : "memory");
    return mask;
}

TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    TA_ASM_ volatile("msr basepri, %0" : : "r"(mask) : "memory");
}

#endif
