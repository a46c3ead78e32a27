/* See kernel.h. */
#include "kernel.h"
#include <stddef.h>
#include <tinyalloc/port.h>

#define ICSR (*(volatile uint32_t *)0xE000ED04u)
#define PEND_SWITCH (1u << 28)
#define THUMB_STATE (1u << 24)

volatile uint32_t kernel_ticks, kernel_ticks_asleep;

static task idle, *tasks[TASKS_MAX] = {&idle}; /* the idle task is the last one */
static size_t task_count = 1;
static task *volatile running __attribute__((used)) = &idle;

static void never_return(void)
{
    for (;;)
        ;
}

/* The task begins as if an interrupt had come before its first instruction: r4 to r11 below, then what the processor
 * restores: r0 to r3, r12, lr, pc and xPSR. */
void kernel_add(task *t, void (*run)(void))
{
    uint32_t *frame = &t->stack[STACK_WORDS - 8];
    frame[5] = (uint32_t)never_return;
    frame[6] = (uint32_t)run & ~1u;
    frame[7] = THUMB_STATE;
    t->sp = frame - 8;
    tasks[task_count - 1] = t;
    tasks[task_count++] = &idle;
}

/* The most urgent task that waits for nothing. */
__attribute__((used)) static void choose(void)
{
    size_t i = 0;
    ta_mask mask = ta_critical_enter();
    while (tasks[i]->waits_for)
        i++;
    running = tasks[i];
    ta_critical_exit(mask);
}

/* PendSV, the least urgent exception: so no other handler is interrupted by it. */
__attribute__((naked)) void kernel_switch(void)
{
    __asm__ volatile("mrs r0, psp\n\t"
                     "stmdb r0!, {r4-r11}\n\t"
                     "ldr r1, =running\n\t"
                     "ldr r2, [r1]\n\t"
                     "str r0, [r2]\n\t"
                     "push {r1, lr}\n\t"
                     "bl choose\n\t"
                     "pop {r1, lr}\n\t"
                     "ldr r2, [r1]\n\t"
                     "ldr r0, [r2]\n\t"
                     "ldmia r0!, {r4-r11}\n\t"
                     "msr psp, r0\n\t"
                     "bx lr\n\t"
                     ".ltorg");
}

/* The caller keeps its stack, as the idle task. Handlers get one of their own. */
void kernel_start(void)
{
    static uint32_t handler_stack[STACK_WORDS];
    __asm__ volatile("cpsid i\n\t"
                     "mrs r0, msp\n\t"
                     "msr psp, r0\n\t"
                     "msr control, %1\n\t"
                     "isb\n\t"
                     "msr msp, %0\n\t"
                     "cpsie i"
                     :
                     : "r"(handler_stack + STACK_WORDS), "r"(2)
                     : "r0", "memory");
    ICSR = PEND_SWITCH;
}

/* Call while masked. */
static void make_ready(task *t, bool has_timed_out)
{
    t->has_timed_out = has_timed_out;
    t->waits_for->waiter = NULL;
    t->waits_for = NULL;
    ICSR = PEND_SWITCH;
}

void kernel_tick(void)
{
    ta_mask mask = ta_critical_enter();
    kernel_ticks++;
    kernel_ticks_asleep += running == &idle;
    for (size_t i = 0; tasks[i] != &idle; i++)
        if (tasks[i]->waits_for && tasks[i]->wakes_at == kernel_ticks)
            make_ready(tasks[i], true);
    ta_critical_exit(mask);
}

bool semaphore_take(semaphore *s, uint32_t ticks)
{
    ta_mask mask = ta_critical_enter();
    bool has_count = s->count > 0;
    if (has_count) {
        s->count--;
    } else {
        s->waiter = running;
        running->wakes_at = kernel_ticks + ticks;
        running->waits_for = s;
        ICSR = PEND_SWITCH; /* the switch comes with the end of the section */
    }
    ta_critical_exit(mask);
    __asm__ volatile("dsb\n\tisb" : : : "memory");
    return has_count || !running->has_timed_out;
}

void semaphore_give(semaphore *s)
{
    ta_mask mask = ta_critical_enter();
    if (s->waiter)
        make_ready(s->waiter, false);
    else if (s->count < s->most)
        s->count++;
    ta_critical_exit(mask);
}
