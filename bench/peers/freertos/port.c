/* The rest of the port: the scheduler is never started, and no tick comes. */
#include "FreeRTOS.h"
#include "task.h"

static UBaseType_t nesting;

void vPortEnterCritical(void)
{
    portDISABLE_INTERRUPTS();
    nesting++;
}

void vPortExitCritical(void)
{
    if (--nesting == 0)
        portENABLE_INTERRUPTS();
}

StackType_t *pxPortInitialiseStack(StackType_t *top, TaskFunction_t code, void *parameters)
{
    (void)code, (void)parameters;
    return top;
}

BaseType_t xPortStartScheduler(void)
{
    return pdFALSE;
}

void vPortEndScheduler(void) {}

void vApplicationGetIdleTaskMemory(StaticTask_t **task, StackType_t **stack, uint32_t *size)
{
    (void)task, (void)stack, (void)size;
}
