/**
 * @file port/posix_thread.h
 * POSIX threads: one lock for the process. Compile and link with -pthread.
 *
 * Where the headers say interrupt, read: another thread. Neither side stands still while the other is inside a
 * call: ta_queue_trim() wants the other side outside, or the calls of both wrapped in sections. A signal
 * handler must not call the library: it may have interrupted the thread that holds the lock.
 *
 * The lock is a weak symbol: every file that includes this defines it, and the linker keeps one.
 */
#ifndef TINYALLOC_PORT_POSIX_THREAD_H
#define TINYALLOC_PORT_POSIX_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define TA_PORT_NAME "posix_thread"

#define TA_PORT_ONE_FOR_ALL_ __attribute__((weak, visibility("default")))

TA_PORT_ONE_FOR_ALL_ pthread_mutex_t ta_port_lock_ = PTHREAD_MUTEX_INITIALIZER;
TA_PORT_ONE_FOR_ALL_ __thread bool ta_port_holds_lock_ = false;

typedef bool ta_mask; /* did this thread hold the lock already? */

static inline ta_mask ta_critical_enter(void)
{
    ta_mask mask = ta_port_holds_lock_;
    if (!mask)
        pthread_mutex_lock(&ta_port_lock_);
    ta_port_holds_lock_ = true;
    return mask;
}

static inline void ta_critical_exit(ta_mask mask)
{
    ta_port_holds_lock_ = mask;
    if (!mask)
        pthread_mutex_unlock(&ta_port_lock_);
}

#define TA_PORT_OWN_WORDS 1

static inline size_t ta_port_load(const size_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline void ta_port_store(size_t *word, size_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

#endif
