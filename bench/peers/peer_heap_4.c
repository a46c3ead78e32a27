/* FreeRTOS: heap_4. */
#include "FreeRTOS.h"
#include "peers.h"

void peer_begin(void)
{
}

uintptr_t peer_in(uint32_t byte)
{
    (void)byte;
    return (uintptr_t)pvPortMalloc(BLOCK_SIZE);
}

uintptr_t peer_out(uintptr_t block)
{
    vPortFree((void *)block);
    return 0;
}
