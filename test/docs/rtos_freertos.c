/* built with: freertos
 * The program for FreeRTOS, on threads. FreeRTOS itself does not run. */
#define _GNU_SOURCE /* to use one processor */
#include "rtos_threads.h"
#include <task.h>

struct tskTaskControlBlock {
    TaskFunction_t function;
    unsigned count; /* notifications */
};

static struct tskTaskControlBlock tasks[2];
static __thread TaskHandle_t running;

uint32_t ulPortRaiseBASEPRI(void)
{
    return mask_interrupts();
}

void vPortSetBASEPRI(uint32_t mask)
{
    restore_interrupts(mask);
}

BaseType_t xPortIsInsideInterrupt(void)
{
    return is_interrupt;
}

void vPortYieldFromISR(BaseType_t is_needed)
{
    EXPECT(is_interrupt);
    if (is_needed)
        sched_yield();
}

BaseType_t xTaskNotifyGive(TaskHandle_t task)
{
    EXPECT(!is_interrupt);
    give(&task->count);
    return pdPASS;
}

void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *is_more_urgent)
{
    EXPECT(is_interrupt);
    give(&task->count);
    *is_more_urgent = pdTRUE;
}

uint32_t ulTaskNotifyTake(BaseType_t clears, TickType_t timeout)
{
    EXPECT(clears && !is_masked);
    return take(&running->count, timeout);
}

static void *run_task(void *task)
{
    running = task;
    running->function(NULL);
    return NULL;
}

BaseType_t xTaskCreate(TaskFunction_t function, const char *name, uint16_t stack_words, void *parameter,
                       UBaseType_t priority, TaskHandle_t *task)
{
    static size_t count;
    EXPECT(name && stack_words > 0 && !parameter && priority > tskIDLE_PRIORITY && count < 2);
    *task = &tasks[count++];
    (*task)->function = function;
    return pdPASS;
}

void vTaskStartScheduler(void)
{
    start_thread(run_task, &tasks[0]);
    start_thread(run_task, &tasks[1]);
}

#include "rtos_freertos.h"

int main(void)
{
    use_one_processor();
    EXPECT(start() == 0);
    expect_all_lines(pool, &received);
    return 0;
}
