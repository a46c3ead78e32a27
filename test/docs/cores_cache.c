/* The port for a Cortex-M7: its hooks call what CMSIS has, and blocks are whole lines. Nothing of the library is linked. */
#include <stdint.h>

static const void *cleaned, *invalidated;
static int32_t how_many;

static void SCB_CleanDCache_by_Addr(volatile void *address, int32_t length)
{
    cleaned = (const void *)(uintptr_t)address;
    how_many = length;
}

static void SCB_InvalidateDCache_by_Addr(volatile void *address, int32_t length)
{
    invalidated = (const void *)(uintptr_t)address;
    how_many = length;
}

#define TA_PORT_FILE "cores_cache.h"
#include <tinyalloc/slab.h>

TA_OPTIONS_DEFINE_
TA_SLAB_DEFINE(pool, 96, 4);

int main(void)
{
    uint8_t *block = pool->blocks;
    ta_port_clean(block, 5);
    if (cleaned != block || how_many != 5)
        return 1;
    ta_port_invalidate(block + 5, 90);
    if (invalidated != block || how_many != 95)
        return 1;
    ta_port_clean(block + 31, 1);
    if (cleaned != block || how_many != 32)
        return 1;
    return (uintptr_t)block % 32 == 0 ? 0 : 1;
}
