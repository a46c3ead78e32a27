/**
 * @file port/freertos.h
 * FreeRTOS on one core: tasks, and the interrupts that may call functions of FreeRTOS.
 *
 * A section is the one of FreeRTOS that saves what it finds and restores it, so it nests and serves tasks and interrupts
 * alike. On Cortex-M3 and larger it sets BASEPRI to configMAX_SYSCALL_INTERRUPT_PRIORITY: more urgent interrupts are
 * never held off, and must not use the library. So do not call it where your own code has set BASEPRI to something more
 * urgent: inside a section, FreeRTOS's value holds. The header must find FreeRTOS.h and FreeRTOSConfig.h. Needs privileged
 * tasks, and FreeRTOS compiled for one core.
 *
 * Compiled against declarations; not run with FreeRTOS itself.
 */
#ifndef TINYALLOC_PORT_FREERTOS_H
#define TINYALLOC_PORT_FREERTOS_H

#include <FreeRTOS.h>

#if defined(configNUMBER_OF_CORES) && configNUMBER_OF_CORES > 1
#error "this port masks the interrupts of one core: with configNUMBER_OF_CORES above 1 it protects nothing"
#endif
#ifdef configMAX_SYSCALL_INTERRUPT_PRIORITY
TA_STATIC_ASSERT((configMAX_SYSCALL_INTERRUPT_PRIORITY) != 0,
                 "configMAX_SYSCALL_INTERRUPT_PRIORITY is 0, which masks nothing");
#endif

#define TA_PORT_NAME "freertos"

typedef UBaseType_t ta_mask; /* what was masked before, as FreeRTOS's port says it */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    TA_STATIC_ASSERT(!__builtin_constant_p(portSET_INTERRUPT_MASK_FROM_ISR()),
                     "this FreeRTOS port masks nothing by portSET_INTERRUPT_MASK_FROM_ISR(): use the port of "
                     "TinyAlloc for the processor");
    ta_mask mask = TA_CAST_(ta_mask, portSET_INTERRUPT_MASK_FROM_ISR());
    TA_BARRIER_();
    return mask;
}

TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    TA_BARRIER_();
    portCLEAR_INTERRUPT_MASK_FROM_ISR(mask);
}

#endif
