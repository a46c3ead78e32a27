/*
 * What FreeRTOS declares, as its manual documents it, as far as port/freertos.h and docs/rtos.md use it. Nothing of it is
 * FreeRTOS. The configuration is that of a Cortex-M3 with 4 priority bits.
 */
#ifndef DECLARATIONS_FREERTOS_H
#define DECLARATIONS_FREERTOS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef long BaseType_t;
typedef unsigned long UBaseType_t;
typedef uint32_t TickType_t;

#define pdFALSE ((BaseType_t)0)
#define pdTRUE ((BaseType_t)1)
#define pdPASS pdTRUE
#define portMAX_DELAY ((TickType_t)0xffffffffUL)
#define configTICK_RATE_HZ ((TickType_t)1000)
#define configMINIMAL_STACK_SIZE ((uint16_t)128)
#define pdMS_TO_TICKS(ms) ((TickType_t)((uint64_t)(ms)*configTICK_RATE_HZ / 1000u))

#ifndef configMAX_SYSCALL_INTERRUPT_PRIORITY
#define configMAX_SYSCALL_INTERRUPT_PRIORITY (5 << (8 - 4))
#endif

/* A port without nested interrupts may mask nothing here. */
#ifdef PORT_MASKS_NOTHING
#define portSET_INTERRUPT_MASK_FROM_ISR() 0
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(mask) ((void)(mask))
#else
#define portSET_INTERRUPT_MASK_FROM_ISR() ulPortRaiseBASEPRI()
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(mask) vPortSetBASEPRI((uint32_t)(mask))
#endif

uint32_t ulPortRaiseBASEPRI(void);
void vPortSetBASEPRI(uint32_t mask);
BaseType_t xPortIsInsideInterrupt(void);
void vPortYieldFromISR(BaseType_t is_needed);
#define portYIELD_FROM_ISR(is_needed) vPortYieldFromISR(is_needed)

#ifdef __cplusplus
}
#endif

#endif
