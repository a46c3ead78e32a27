/*
 * Arm MPS2 with the AN385 image: a Cortex-M3 at 25 MHz with CMSDK UARTs (Arm DDI 0479, AN385).
 */
#include "board.h"

typedef struct uart {
    volatile uint32_t data, state, control, interrupts, divider;
} uart;

#define UART0 ((uart *)0x40004000u)
#define STATE_SENDING 1u
#define CONTROL_SEND_RECEIVE 0x3u
#define CONTROL_INTERRUPT_RECEIVED 0x8u
#define INTERRUPT_RECEIVED 2u
#define CLOCK_HZ 25000000u
#define BAUD_RATE 115200u

#define NVIC_ENABLE (*(volatile uint32_t *)0xE000E100u)
#define SCB_VECTORS (*(volatile uint32_t *)0xE000ED08u)
#define IRQ_UART0_RECEIVED 0

static void uart0_receive_isr(void)
{
    UART0->interrupts = INTERRUPT_RECEIVED;
    echo_receive_isr((uint8_t)UART0->data);
}

static void halt(void)
{
    for (;;)
        ; /* a fault: stop here, for the debugger */
}

/* 16 exceptions, then the interrupts (Armv7-M, B1.5). */
__attribute__((aligned(128))) static void (*const vectors[])(void) = {
    [3] = halt, /* HardFault, and every fault that is not enabled */
    [16 + IRQ_UART0_RECEIVED] = uart0_receive_isr,
};

void board_init(void)
{
    SCB_VECTORS = (uint32_t)vectors;
    UART0->divider = CLOCK_HZ / BAUD_RATE;
    UART0->control = CONTROL_SEND_RECEIVE | CONTROL_INTERRUPT_RECEIVED;
    NVIC_ENABLE = 1u << IRQ_UART0_RECEIVED;
}

void board_put(uint8_t byte)
{
    while (UART0->state & STATE_SENDING)
        ;
    UART0->data = byte;
}

/* An interrupt that comes while they are masked ends WFI all the same. */
void board_sleep(void)
{
    __asm__ volatile("wfi" : : : "memory");
}
