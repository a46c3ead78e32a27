/* FreeRTOS: heap_4. */
#include "FreeRTOS.h"
#include "peers.h"

PEER_OF_BLOCKS((void)0, pvPortMalloc(BLOCK_SIZE), vPortFree(block))
