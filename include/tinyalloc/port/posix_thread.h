/**
 * @file port/posix_thread.h
 * POSIX threads: one lock for the process. Compile and link with -pthread.
 *
 * Where the headers say interrupt, read: another thread. Neither side stands still while the other is inside a
 * call: ta_queue_trim() wants the other side outside, or the calls of both wrapped in sections. A signal
 * handler must not call the library: it may have interrupted the thread that holds the lock.
 */
#ifndef TINYALLOC_PORT_POSIX_THREAD_H
#define TINYALLOC_PORT_POSIX_THREAD_H

#include "acquire_release.h"
#include <pthread.h>
#include <stdbool.h>

#define TA_PORT_NAME "posix_thread"

extern pthread_mutex_t ta_port_lock_;
extern __thread bool ta_port_holds_lock_;
#define TA_PORT_STATE                                          \
    pthread_mutex_t ta_port_lock_ = PTHREAD_MUTEX_INITIALIZER; \
    __thread bool ta_port_holds_lock_ = false;

typedef bool ta_mask; /* did this thread hold the lock already? */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    ta_mask mask = ta_port_holds_lock_;
    if (!mask)
        pthread_mutex_lock(&ta_port_lock_);
    ta_port_holds_lock_ = true;
    TA_BARRIER_();
    return mask;
}

TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    TA_BARRIER_();
    ta_port_holds_lock_ = mask;
    if (!mask)
        pthread_mutex_unlock(&ta_port_lock_);
}

#endif
