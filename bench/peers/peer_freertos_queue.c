/* FreeRTOS: a queue of bytes, both sides of which are interrupts, so that none waits. */
#include "FreeRTOS.h"
#include "peers.h"
#include "queue.h"

static StaticQueue_t state;
static uint8_t bytes[FIFO_BYTES];
static QueueHandle_t queue;

void peer_begin(void)
{
    queue = xQueueCreateStatic(FIFO_BYTES, 1, bytes, &state);
}

uintptr_t peer_in(uint32_t byte)
{
    BaseType_t woken = pdFALSE;
    uint8_t item = (uint8_t)byte;
    return xQueueSendFromISR(queue, &item, &woken) == pdTRUE;
}

uintptr_t peer_out(uintptr_t block)
{
    BaseType_t woken = pdFALSE;
    uint8_t item = 0;
    (void)block;
    return xQueueReceiveFromISR(queue, &item, &woken) == pdTRUE ? item : UINT32_MAX;
}
