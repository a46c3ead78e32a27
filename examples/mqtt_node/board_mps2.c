/*
 * Arm MPS2 with the AN385 image: a Cortex-M3 at 25 MHz with CMSDK UARTs (Arm DDI 0479, AN385).
 * QEMU calls it mps2-an385 and connects UART0 to whatever -serial names.
 */
#include "board.h"
#include <tinyalloc/port.h>

typedef struct uart {
    volatile uint32_t data, state, control, interrupts, divider;
} uart;

typedef struct systick {
    volatile uint32_t control, reload, current;
} systick;

#define UART0 ((uart *)0x40004000u)
#define UART_STATE_TX_FULL 1u
#define UART_STATE_RX_FULL 2u
#define UART_ENABLE_BOTH 0xFu /* transmitter, receiver, and the interrupt of each */
#define UART_INTERRUPT_TX 1u
#define UART_INTERRUPT_RX 2u

#define SYSTICK ((systick *)0xE000E010u)
#define NVIC_ENABLE (*(volatile uint32_t *)0xE000E100u)
#define NVIC_DISABLE (*(volatile uint32_t *)0xE000E180u)
#define IRQ_UART0_RX (1u << 0)
#define IRQ_UART0_TX (1u << 1)

#define CLOCK_HZ 25000000u
#define BAUD_RATE 115200u
#define TICK_MS 10u

static volatile uint32_t milliseconds;
static volatile bool is_event;
static volatile bool is_transmitting;

/* ---- Interrupts ---------------------------------------------------------------------------------------- */

void uart0_receive_isr(void)
{
    is_event = true;
    UART0->interrupts = UART_INTERRUPT_RX;
    node_receive_isr((uint8_t)UART0->data);
}

static void transmit_next(void)
{
    uint8_t byte;
    is_transmitting = node_transmit_isr(&byte);
    if (is_transmitting)
        UART0->data = byte;
}

void uart0_transmit_isr(void)
{
    is_event = true;
    UART0->interrupts = UART_INTERRUPT_TX;
    transmit_next();
}

void systick_isr(void)
{
    is_event = true;
    milliseconds += TICK_MS;
}

/* ---- For the node -------------------------------------------------------------------------------------- */

void board_init(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    UART0->divider = CLOCK_HZ / BAUD_RATE;
    UART0->control = UART_ENABLE_BOTH;
    NVIC_ENABLE = IRQ_UART0_RX | IRQ_UART0_TX;
    SYSTICK->reload = CLOCK_HZ / 1000 * TICK_MS - 1;
    SYSTICK->current = 0;
    SYSTICK->control = 7; /* on, with its interrupt, from the processor's clock */
}

uint32_t board_now(void)
{
    return milliseconds;
}

/* An interrupt that comes while they are masked still ends WFI: so none is slept through. */
void board_wait(void)
{
    ta_mask mask = ta_critical_enter();
    if (!is_event)
        __asm__ volatile("wfi" : : : "memory");
    is_event = false;
    ta_critical_exit(mask);
}

/* UART0 of this board has no modem lines: the node sends DISCONNECT, and the server ends the connection. */
void board_dial(void) {}

bool board_hang_up(void)
{
    return false;
}

bool board_is_connected(void)
{
    return true;
}

/* The interrupt of a byte that comes meanwhile stays pending. */
void board_receive_pause(void)
{
    NVIC_DISABLE = IRQ_UART0_RX;
}

void board_receive_resume(void)
{
    NVIC_ENABLE = IRQ_UART0_RX;
}

void board_transmit_kick(void)
{
    ta_mask mask = ta_critical_enter();
    if (!is_transmitting)
        transmit_next();
    ta_critical_exit(mask);
}
