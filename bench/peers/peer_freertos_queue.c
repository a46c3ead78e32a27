/* FreeRTOS: a queue of bytes, both sides of which are interrupts, so that none waits. */
#include "FreeRTOS.h"
#include "peers.h"
#include "queue.h"

static StaticQueue_t state;
static uint8_t bytes[FIFO_BYTES];
static QueueHandle_t queue;
static BaseType_t woken;

PEER_OF_BYTES(queue = xQueueCreateStatic(FIFO_BYTES, 1, bytes, &state),
              xQueueSendFromISR(queue, &byte, &woken) == pdTRUE,
              xQueueReceiveFromISR(queue, &byte, &woken) == pdTRUE)
