/*
 * QEMU's RISC-V board "virt": a 16550 UART, whose interrupt reaches the hart through the PLIC.
 */
#include "board.h"

#define REGISTER8(address) (*(volatile uint8_t *)(address))
#define REGISTER32(address) (*(volatile uint32_t *)(address))

/* The 16550 (its clock is 3.6864 MHz; QEMU does not care). */
#define UART_DATA REGISTER8(0x10000000u)
#define UART_INTERRUPTS REGISTER8(0x10000001u)
#define UART_FIFO REGISTER8(0x10000002u)
#define UART_FORMAT REGISTER8(0x10000003u)
#define UART_STATE REGISTER8(0x10000005u)
#define UART_DIVISOR_LOW REGISTER8(0x10000000u) /* while the format says so */
#define UART_DIVISOR_HIGH REGISTER8(0x10000001u)
#define FORMAT_8N1 0x03u
#define FORMAT_DIVISOR 0x80u
#define INTERRUPT_RECEIVED 0x01u
#define FIFO_ON 0x01u
#define STATE_RECEIVED 0x01u
#define STATE_CAN_SEND 0x20u
#define CLOCK_HZ 3686400u
#define BAUD_RATE 115200u

/* The PLIC; hart 0 in machine mode is its context 0. */
#define UART_SOURCE 10u
#define PLIC_PRIORITY REGISTER32(0x0C000000u + 4 * UART_SOURCE)
#define PLIC_ENABLE REGISTER32(0x0C002000u)
#define PLIC_THRESHOLD REGISTER32(0x0C200000u)
#define PLIC_CLAIM REGISTER32(0x0C200004u)

#define MSTATUS_MIE "8" /* interrupts at all */
#define MIE_MEIE 0x800u /* the external one, which is the PLIC's */
#define MCAUSE_EXTERNAL 0x8000000Bu

/* Every trap comes here. */
__attribute__((interrupt, aligned(4))) static void trap(void)
{
    uint32_t cause, source;
    __asm__ volatile("csrr %0, mcause" : "=r"(cause));
    while (cause != MCAUSE_EXTERNAL)
        ; /* an exception: stop here, for the debugger */
    source = PLIC_CLAIM;
    while (UART_STATE & STATE_RECEIVED)
        echo_receive_isr(UART_DATA);
    PLIC_CLAIM = source; /* done */
}

void board_init(void)
{
    UART_FORMAT = FORMAT_DIVISOR;
    UART_DIVISOR_LOW = CLOCK_HZ / 16 / BAUD_RATE;
    UART_DIVISOR_HIGH = 0;
    UART_FORMAT = FORMAT_8N1;
    UART_FIFO = FIFO_ON;
    UART_INTERRUPTS = INTERRUPT_RECEIVED;
    PLIC_PRIORITY = 1;
    PLIC_ENABLE = 1u << UART_SOURCE;
    PLIC_THRESHOLD = 0;
    __asm__ volatile("csrw mtvec, %0" : : "r"(trap));
    __asm__ volatile("csrw mie, %0" : : "r"(MIE_MEIE));
    __asm__ volatile("csrsi mstatus, " MSTATUS_MIE : : : "memory");
}

void board_put(uint8_t byte)
{
    while (!(UART_STATE & STATE_CAN_SEND))
        ;
    UART_DATA = byte;
}

/* An interrupt that comes while they are masked ends WFI all the same. */
void board_sleep(void)
{
    __asm__ volatile("wfi" : : : "memory");
}
