/* Two RV32 harts of QEMU's virt, in machine mode. The CLINT has a timer for each, and the interrupt that wakes the second. */
#include "board.h"
#include <stdlib.h>
#include <string.h>

#define CLINT 0x02000000u
#define SOFTWARE_INTERRUPT(hart) (((volatile uint32_t *)CLINT)[hart])
#define TIMER_LOW(hart) (((volatile uint32_t *)(CLINT + 0x4000))[2 * (hart)])
#define TIMER_HIGH(hart) (((volatile uint32_t *)(CLINT + 0x4000))[2 * (hart) + 1])
#define TIME_LOW (*(volatile uint32_t *)(CLINT + 0xBFF8))
#define TIME_HIGH (*(volatile uint32_t *)(CLINT + 0xBFFC))
#define SOFTWARE_BIT (1ul << 3) /* in mie and mip */
#define TIMER_BIT (1ul << 7)
#define MIE 8ul /* in mstatus */

#define CORE1_STACK 0x2000
__attribute__((aligned(16))) static uint8_t core1_stack[CORE1_STACK];

extern char __data_start[], __data_source[], __data_size[], __bss_start[], __bss_size[]; /* of picolibc.ld */
int main(void);
static void hart0(void);
static void hart1(void);

/* Both harts begin here. The second sleeps until it is woken; then memory has been initialised. */
__attribute__((naked, used, section(".text.init.enter"))) void _start(void)
{
    __asm__ volatile(".option push\n\t.option norelax\n\tla gp, __global_pointer$\n\t.option pop\n\t"
                     "la tp, __tls_base\n\t"
                     "csrr t0, mhartid\n\t"
                     "bnez t0, 1f\n\t"
                     "la sp, __stack\n\t"
                     "tail %0\n"
                     "1:\n\tcsrw mie, 8\n\twfi\n\tcsrr t0, mip\n\tandi t0, t0, 8\n\tbeqz t0, 1b\n\t"
                     "la sp, %2\n\tli t0, %3\n\tadd sp, sp, t0\n\t"
                     "tail %1"
                     :
                     : "i"(hart0), "i"(hart1), "i"(core1_stack), "i"(CORE1_STACK));
}

unsigned this_core(void)
{
    unsigned hart;
    __asm__ volatile("csrr %0, mhartid" : "=r"(hart));
    return hart;
}

__attribute__((interrupt("machine"), aligned(4))) static void trap(void)
{
    unsigned cause;
    __asm__ volatile("csrr %0, mcause" : "=r"(cause));
    while (cause != (1u << 31 | 7)) /* a fault: the time runs out */
        ;
    TIMER_HIGH(this_core()) = UINT32_MAX;
    timer_interrupt();
}

static void enable_timer(void)
{
    TIMER_HIGH(this_core()) = UINT32_MAX;
    __asm__ volatile("csrw mtvec, %0\n\tcsrw mie, %1\n\tcsrs mstatus, %2"
                     :
                     : "r"(trap), "r"(TIMER_BIT), "r"(MIE)
                     : "memory");
}

static void hart0(void)
{
    memcpy(__data_start, __data_source, (size_t)__data_size);
    memset(__bss_start, 0, (size_t)__bss_size);
    enable_timer();
    exit(main());
}

static void hart1(void)
{
    SOFTWARE_INTERRUPT(1) = 0;
    enable_timer();
    second_main();
}

void start_second_core(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    SOFTWARE_INTERRUPT(1) = 1;
}

void start_timer(uint32_t period)
{
    unsigned hart = this_core();
    uint32_t high = TIME_HIGH, low = TIME_LOW, at = low + period;
    TIMER_LOW(hart) = at;
    TIMER_HIGH(hart) = high + (at < low); /* rarely too early, if the time carried between the loads */
}
