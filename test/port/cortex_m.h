/* What the Cortex-M boards share: SysTick as the timer, and the registers that say what is pending (Armv7-M, B3). */
#ifndef CORTEX_M_H
#define CORTEX_M_H

#include "board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYSTICK_CONTROL REGISTER(0xE000E010)
#define SYSTICK_RELOAD REGISTER(0xE000E014)
#define SYSTICK_VALUE REGISTER(0xE000E018)
#define INTERRUPT_STATE REGISTER(0xE000ED04)
#define PRIORITIES REGISTER(0xE000ED20) /* of SysTick, the highest byte, and PendSV, the next */

#define SYSTICK_RUN 7u /* on, interrupting, by the processor's clock */
#define PENDSV_SET (1u << 28)
#define PENDSV_CLEAR (1u << 27)
#define SYSTICK_PENDING (1u << 26)
#define SYSTICK_CLEAR (1u << 25)

void arm_systick_isr(void) /* picolibc's name for it */
{
    SYSTICK_CONTROL = 0;
    INTERRUPT_STATE = SYSTICK_CLEAR; /* on a busy host it ran out twice before it was stopped */
    port_kit_interrupt();
}

void port_kit_request(void)
{
    uint8_t before = port_kit_served;
    SYSTICK_RELOAD = 100;
    SYSTICK_VALUE = 0;
    SYSTICK_CONTROL = SYSTICK_RUN;
    while (!(INTERRUPT_STATE & SYSTICK_PENDING) && port_kit_served == before)
        ;
    SYSTICK_CONTROL = 0; /* one interrupt is enough */
}

void port_kit_settle(void)
{
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}

void board_end(void)
{
    /* main() returns, and picolibc tells QEMU */
}

#endif
