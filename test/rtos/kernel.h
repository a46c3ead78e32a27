/*
 * A small preemptive scheduler for a Cortex-M3, for this test only: tasks of fixed priority with their own stacks, a
 * switch in PendSV, a tick in SysTick, and semaphores with a timeout. Its critical sections are those of TinyAlloc's port,
 * as an RTOS shares BASEPRI with its interrupts.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#define STACK_WORDS 512

typedef struct semaphore semaphore;

/* A task. The kernel sets its members. */
typedef struct task {
    uint32_t *sp; /* while it does not run; first, for the switch */
    semaphore *waits_for;
    uint32_t wakes_at; /* the tick of the timeout */
    bool has_timed_out;
    uint32_t stack[STACK_WORDS];
} task;

/* A counting semaphore for one waiter. */
struct semaphore {
    unsigned count, most; /* most 1: a binary one */
    task *waiter;
};

#define TASKS_MAX 3

extern volatile uint32_t kernel_ticks, kernel_ticks_asleep;

/* Add a task. Those added first are more urgent. */
void kernel_add(task *t, void (*run)(void));

/* Start all tasks. The caller goes on as the idle task when none of them can run. */
void kernel_start(void);

/* Wait until the semaphore is given, for that many ticks at most. False: they have passed. Only for tasks. */
bool semaphore_take(semaphore *s, uint32_t ticks);

/* From a task or an interrupt. */
void semaphore_give(semaphore *s);

/* The handlers of the processor's exceptions. */
void kernel_switch(void);
void kernel_tick(void);

#endif
