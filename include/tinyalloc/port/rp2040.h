/**
 * @file port/rp2040.h
 * RP2040 and RP2350, both cores, with the Pico SDK: interrupts off, then one of the SDK's spin locks.
 *
 * Compiled against declarations of the SDK's functions; not run. Call ta_port_init() before the second core starts: it claims
 * the lock, and the SDK stops the program if somebody else has claimed it. TA_PORT_SPIN_LOCK chooses another one.
 */
#ifndef TINYALLOC_PORT_RP2040_H
#define TINYALLOC_PORT_RP2040_H

#include "acquire_release.h"
#include <hardware/sync.h>
#include <pico.h>
#include <stdbool.h>
#include <stdint.h>

#define TA_PORT_NAME "rp2040"

#ifndef TA_PORT_SPIN_LOCK
#define TA_PORT_SPIN_LOCK PICO_SPINLOCK_ID_CLAIM_FREE_LAST
#endif

extern uint32_t ta_port_owner_; /* 0: nobody; otherwise 1 + the core that has the lock, which does not nest */
#define TA_PORT_STATE uint32_t ta_port_owner_;
#define TA_PORT_OWN_INIT 1
static inline void ta_port_init(void)
{
    spin_lock_claim(TA_PORT_SPIN_LOCK);
    spin_lock_init(TA_PORT_SPIN_LOCK);
}

typedef struct ta_mask {
    uint32_t interrupts; /* as they were */
    bool had_lock;       /* this core had the lock already */
} ta_mask;

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    ta_mask mask = {save_and_disable_interrupts(), true};
    uint32_t owner = get_core_num() + 1;
    if (__atomic_load_n(&ta_port_owner_, __ATOMIC_RELAXED) != owner) {
        mask.had_lock = false;
        spin_lock_unsafe_blocking(spin_lock_instance(TA_PORT_SPIN_LOCK));
        __atomic_store_n(&ta_port_owner_, owner, __ATOMIC_RELAXED);
    }
    TA_BARRIER_();
    return mask;
}

TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    TA_BARRIER_();
    if (!mask.had_lock) {
        __atomic_store_n(&ta_port_owner_, 0, __ATOMIC_RELAXED);
        spin_unlock_unsafe(spin_lock_instance(TA_PORT_SPIN_LOCK));
    }
    restore_interrupts(mask.interrupts);
}

#endif
