/**
 * @file port/zephyr.h
 * Zephyr: threads in supervisor mode, and interrupts, by irq_lock().
 *
 * With CONFIG_SMP, irq_lock() is also a lock between the cores, and shared words are loaded with acquire and stored with
 * release. Zero-latency interrupts (IRQ_ZERO_LATENCY) are never held off, and must not use the library.
 *
 * Compiled against declarations; not run with Zephyr itself.
 */
#ifndef TINYALLOC_PORT_ZEPHYR_H
#define TINYALLOC_PORT_ZEPHYR_H

#include <stddef.h>
#include <zephyr/irq.h>

#define TA_PORT_NAME "zephyr"

typedef unsigned int ta_mask; /* the key of irq_lock() */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    ta_mask key = irq_lock();
    TA_BARRIER_();
    return key;
}

TA_INLINE_ void ta_critical_exit(ta_mask key)
{
    TA_BARRIER_();
    irq_unlock(key);
}

#ifdef CONFIG_SMP
#include "acquire_release.h"
#endif

#endif
