/* built with: zephyr
 * The program for Zephyr, on threads. Zephyr itself does not run. */
#define _GNU_SOURCE /* to use one processor */
#include "rtos_threads.h"
#include <zephyr/kernel.h>

unsigned int irq_lock(void)
{
    return mask_interrupts();
}

void irq_unlock(unsigned int key)
{
    restore_interrupts(key);
}

void k_sem_give(struct k_sem *semaphore)
{
    EXPECT(semaphore->limit == 1);
    give(&semaphore->count);
}

int k_sem_take(struct k_sem *semaphore, k_timeout_t timeout)
{
    EXPECT(!is_interrupt && !is_masked);
    return take(&semaphore->count, timeout.ticks) ? 0 : -11;
}

static void *run_thread(void *thread)
{
    ((k_tid_t)thread)->entry(NULL, NULL, NULL);
    return NULL;
}

void k_thread_start(k_tid_t thread)
{
    EXPECT(thread->priority > 0);
    start_thread(run_thread, thread);
}

#include "rtos_zephyr.h"

int main(void)
{
    use_one_processor();
    start();
    expect_all_lines(pool, &received);
    return 0;
}
