/*
 * Vector table and start-up of the AN385 image. Nothing but this runs before main().
 */
#include "board.h"
#include <stdint.h>
#include <string.h>

extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[], stack_top[];

#define STACK_PAINT 0x7461636Bu

int main(int argc, char **argv);
void uart0_receive_isr(void);
void uart0_transmit_isr(void);
void systick_isr(void);

static void halt(void)
{
    for (;;)
        __asm__ volatile("bkpt 0");
}

void reset(void)
{
    memcpy(data_start, data_load, (size_t)((char *)data_end - (char *)data_start));
    memset(bss_start, 0, (size_t)((char *)bss_end - (char *)bss_start));
    for (uint32_t *word = bss_end; word < (uint32_t *)__builtin_frame_address(0) - 16; word++)
        *word = STACK_PAINT;
    main(0, 0);
    halt();
}

/* The stack grows down towards bss_end: the first word whose paint is gone is the deepest that was reached. */
uint32_t board_stack_peak(void)
{
    const uint32_t *word = bss_end;
    while (word < stack_top && *word == STACK_PAINT)
        word++;
    return (uint32_t)((const char *)stack_top - (const char *)word);
}

/* The processor takes the stack pointer and 15 exceptions from here (Armv7-M, B1.5), then the interrupts. */
__attribute__((section(".vectors"), used)) static const struct vectors {
    uint32_t *stack;
    void (*exceptions[15])(void);
    void (*interrupts[2])(void);
} vectors = {
    stack_top,
    {
        reset,
        halt, /* NMI */
        halt, /* HardFault */
        halt, /* MemManage */
        halt, /* BusFault */
        halt, /* UsageFault */
        0,
        0,
        0,
        0,
        halt, /* SVCall */
        halt, /* DebugMonitor */
        0,
        halt, /* PendSV */
        systick_isr,
    },
    {uart0_receive_isr, uart0_transmit_isr},
};
