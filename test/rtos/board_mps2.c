/* Arm MPS2 with the AN385 image: a Cortex-M3 at 25 MHz with CMSDK timers (Arm DDI 0479). */
#include "board.h"
#include "kernel.h"
#include <stdlib.h>

typedef struct timer {
    volatile uint32_t control, value, reload, interrupt;
} timer;

#define TIMER0 ((timer *)0x40000000u)
#define TIMER1 ((timer *)0x40001000u)
#define TIMER_RUNS 1u
#define TIMER_INTERRUPTS 8u
#define CLOCK_HZ 25000000u
#define TICK_HZ 1000u

#define NVIC_ENABLE (*(volatile uint32_t *)0xE000E100u)
#define NVIC_PRIORITY ((volatile uint8_t *)0xE000E400u)
#define SCB_VECTORS (*(volatile uint32_t *)0xE000ED08u)
#define SCB_PRIORITY ((volatile uint8_t *)0xE000ED14u) /* by exception number */
#define SYSTICK ((volatile uint32_t *)0xE000E010u)
#define SYSTICK_RUNS 7u /* with the processor's clock, and an exception */

enum { HARD_FAULT = 3, PENDSV = 14, TICK = 15, IRQ_TIMER0 = 8, IRQ_TIMER1 = 9, INTERRUPTS = 16 };

/* The most urgent of these is the ceiling of the sections: TA_PORT_BASEPRI. */
enum { PRIORITY_RECEIVE = 0x40, PRIORITY_TRANSMIT = 0x60, PRIORITY_TICK = 0x80, PRIORITY_SWITCH = 0xE0 };

static void timer0_isr(void)
{
    TIMER0->interrupt = 1;
    receive_isr();
}

static void timer1_isr(void)
{
    TIMER1->interrupt = 1;
    transmit_isr();
}

static void halt(void)
{
    exit(3); /* a fault */
}

__attribute__((aligned(128))) static void (*const vectors[])(void) = {
    [HARD_FAULT] = halt,
    [PENDSV] = kernel_switch,
    [TICK] = kernel_tick,
    [INTERRUPTS + IRQ_TIMER0] = timer0_isr,
    [INTERRUPTS + IRQ_TIMER1] = timer1_isr,
};

static void set_timer(timer *t, uint32_t cycles)
{
    t->reload = cycles;
    t->value = cycles;
    t->control = TIMER_RUNS | TIMER_INTERRUPTS;
}

void board_receive_after(uint32_t cycles)
{
    set_timer(TIMER0, cycles);
}

void board_transmit_after(uint32_t cycles)
{
    set_timer(TIMER1, cycles);
}

void board_start(void)
{
    SCB_VECTORS = (uint32_t)vectors;
    SCB_PRIORITY[PENDSV] = PRIORITY_SWITCH;
    SCB_PRIORITY[TICK] = PRIORITY_TICK;
    NVIC_PRIORITY[IRQ_TIMER0] = PRIORITY_RECEIVE;
    NVIC_PRIORITY[IRQ_TIMER1] = PRIORITY_TRANSMIT;
    NVIC_ENABLE = 1u << IRQ_TIMER0 | 1u << IRQ_TIMER1;
    SYSTICK[1] = CLOCK_HZ / TICK_HZ - 1;
    SYSTICK[2] = 0;
    SYSTICK[0] = SYSTICK_RUNS;
    board_receive_after(1000);
    board_transmit_after(1000);
}

void board_sleep(void)
{
    __asm__ volatile("wfi" : : : "memory");
}

uint32_t random_below(uint32_t *seed, uint32_t end)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return (*seed >> 8) % end;
}
