/* Cortex-M by PRIMASK. */
#include "cortex_m.h"

const uint32_t OPEN = 0, CLOSED = 1;

uint32_t port_kit_mask(void)
{
    uint32_t mask;
    __asm__ volatile("mrs %0, primask" : "=r"(mask) : : "memory");
    return mask;
}

void port_kit_set_mask(uint32_t mask)
{
    __asm__ volatile("msr primask, %0" : : "r"(mask) : "memory");
}

void board_init(void)
{
    port_kit_set_mask(OPEN);
}

void board_checks(void) {}
