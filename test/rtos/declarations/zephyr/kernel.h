/* What Zephyr declares of threads and semaphores: see irq.h. */
#ifndef DECLARATIONS_ZEPHYR_KERNEL_H
#define DECLARATIONS_ZEPHYR_KERNEL_H

#include <stdint.h>
#include <zephyr/irq.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct k_timeout {
    int64_t ticks; /* milliseconds here */
} k_timeout_t;

typedef void (*k_thread_entry_t)(void *a, void *b, void *c);

struct k_sem {
    unsigned int count, limit;
};

struct k_thread {
    k_thread_entry_t entry;
    int priority;
};
typedef struct k_thread *k_tid_t;

#define K_TICKS_FOREVER (-1)
#define K_MSEC(ms) ((k_timeout_t){ms})

#define K_SEM_DEFINE(name, initial, limit) struct k_sem name = {initial, limit}
#define K_THREAD_DEFINE(name, stack_size, entry, a, b, c, priority, options, delay) \
    static struct k_thread name##_of_kernel = {entry, priority};                    \
    const k_tid_t name = &name##_of_kernel

void k_sem_give(struct k_sem *semaphore);
int k_sem_take(struct k_sem *semaphore, k_timeout_t timeout);
void k_thread_start(k_tid_t thread);

#ifdef __cplusplus
}
#endif

#endif
