/**
 * @file port/posix_signal.h POSIX signals as interrupts, in a program of one thread.
 *
 * A signal handler interrupts the main flow at any instruction, as an interrupt does; the critical
 * section blocks every signal of the thread and restores the mask it found.
 */
#ifndef TINYALLOC_PORT_POSIX_SIGNAL_H
#define TINYALLOC_PORT_POSIX_SIGNAL_H

#include <signal.h>

#define TA_PORT_NAME "posix_signal"

typedef sigset_t ta_mask; /* the signal mask as it was */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    sigset_t every, before;
    sigfillset(&every);
    sigprocmask(SIG_SETMASK, &every, &before);
    TA_BARRIER_();
    return before;
}

TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    TA_BARRIER_();
    sigprocmask(SIG_SETMASK, &mask, NULL);
}

#endif
