/*
 * The port of an image: one for several cores, with a count of the sections that found the lock taken. Or a broken
 * one.
 */
#ifndef CORES_PORT_H
#define CORES_PORT_H

#include <tinyalloc/port/spin_lock.h>

extern unsigned contended[2];
unsigned this_core(void);

#ifdef NO_LOCK /* masks this core's interrupts, and nothing else */
#define ta_port_take_lock_(core) ((void)(core), true)
#endif

#define ta_critical_enter enter_section_
#ifdef NO_MASK /* an interrupt of the same core enters, too, for its core has the lock */
#include <tinyalloc/port/acquire_release.h>
#define TA_PORT_NAME "no_mask"
typedef bool ta_mask;
static inline ta_mask ta_critical_enter(void)
{
    return ta_port_take_lock_(CORE());
}
static inline void ta_critical_exit(ta_mask mask)
{
    if (!mask)
        ta_port_give_lock_();
}
#elif defined(__riscv)
#include <tinyalloc/port/riscv_multicore.h>
#else
#include <tinyalloc/port/cortex_m_multicore.h>
#endif
#undef ta_critical_enter

static inline ta_mask ta_critical_enter(void)
{
    uint32_t owner = __atomic_load_n(&ta_port_lock_, __ATOMIC_RELAXED);
    ta_mask mask = enter_section_();
    contended[CORE()] += owner != 0 && owner != CORE() + 1;
    return mask;
}

#endif
