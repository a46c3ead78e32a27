/**
 * @file port/spin_lock.h
 * One spin lock for all cores: not a port, but a part of those that have an atomic compare-and-swap.
 *
 * Call both functions while the interrupts of this core are masked. Then only this core stores or clears its own
 * number, so comparing the owner with it needs no order. The lock is not fair: of several waiting cores, any may be
 * next.
 */
#ifndef TINYALLOC_PORT_SPIN_LOCK_H
#define TINYALLOC_PORT_SPIN_LOCK_H

#include <stdbool.h>
#include <stdint.h>

extern uint32_t ta_port_lock_; /* 0: free; otherwise 1 + the number of the core that has it */
#define TA_PORT_STATE uint32_t ta_port_lock_;

/* The compiler may make functions of these: so the port has a barrier of its own, where it is inlined.
 *
 * Returns true if this core had the lock already: then the inner section must not give it back. */
static inline bool ta_port_take_lock_(uint32_t core)
{
    uint32_t owner = core + 1;
    if (__atomic_load_n(&ta_port_lock_, __ATOMIC_RELAXED) == owner)
        return true;
    uint32_t free = 0;
    while (
        !__atomic_compare_exchange_n(&ta_port_lock_, &free, owner, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        free = 0;
    /* Not in the exchange: for RISC-V, GCC 12 marks only the SC as acquire there, which by the manual orders nothing. */
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return false;
}

static inline void ta_port_give_lock_(void)
{
    __atomic_store_n(&ta_port_lock_, 0, __ATOMIC_RELEASE);
}

#endif
