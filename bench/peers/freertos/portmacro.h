/* A port with PRIMASK, for Cortex-M0 and M3 alike: FreeRTOS's own port of that kind is not in the archive. */
#ifndef PORTMACRO_H
#define PORTMACRO_H

#include "peers.h"

typedef uint32_t StackType_t;
typedef long BaseType_t;
typedef unsigned long UBaseType_t;
typedef uint32_t TickType_t;
#define portSTACK_TYPE StackType_t
#define portBASE_TYPE BaseType_t
#define portMAX_DELAY 0xffffffffUL
#define portTICK_TYPE_IS_ATOMIC 1
#define portSTACK_GROWTH (-1)
#define portTICK_PERIOD_MS ((TickType_t)1000 / configTICK_RATE_HZ)
#define portBYTE_ALIGNMENT 8
#define portYIELD()
#define portSET_INTERRUPT_MASK_FROM_ISR() mask_interrupts()
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(before) restore_interrupts(before)
#define portDISABLE_INTERRUPTS() ((void)mask_interrupts())
#define portENABLE_INTERRUPTS() restore_interrupts(0)
#define portENTER_CRITICAL() vPortEnterCritical()
#define portEXIT_CRITICAL() vPortExitCritical()
#define portTASK_FUNCTION_PROTO(function, parameters) void function(void *parameters)
#define portTASK_FUNCTION(function, parameters) void function(void *parameters)

void vPortEnterCritical(void);
void vPortExitCritical(void);

#endif
