/* What FreeRTOS declares of tasks: see FreeRTOS.h. */
#ifndef DECLARATIONS_TASK_H
#define DECLARATIONS_TASK_H

#include "FreeRTOS.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tskTaskControlBlock *TaskHandle_t;
typedef void (*TaskFunction_t)(void *parameter);

#define tskIDLE_PRIORITY ((UBaseType_t)0)

BaseType_t xTaskCreate(TaskFunction_t function, const char *name, uint16_t stack_words, void *parameter,
                       UBaseType_t priority, TaskHandle_t *task);
BaseType_t xTaskNotifyGive(TaskHandle_t task);
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *is_more_urgent);
uint32_t ulTaskNotifyTake(BaseType_t clears, TickType_t timeout);
void vTaskStartScheduler(void);

#ifdef __cplusplus
}
#endif

#endif
