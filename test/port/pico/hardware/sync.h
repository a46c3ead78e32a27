/* What port/rp2040.h uses of the Pico SDK's hardware_sync, as its manual declares it. Nobody defines it here. */
#ifndef HARDWARE_SYNC_H
#define HARDWARE_SYNC_H

#include <stdint.h>

typedef unsigned int uint;
#ifdef SOFTWARE_LOCKS /* what the SDK uses on RP2350 */
typedef volatile uint8_t spin_lock_t;
#else
typedef volatile uint32_t spin_lock_t;
#endif

#define PICO_SPINLOCK_ID_CLAIM_FREE_LAST 31

uint32_t save_and_disable_interrupts(void);
void restore_interrupts(uint32_t status);
void spin_lock_claim(uint lock_num);
spin_lock_t *spin_lock_init(uint lock_num);
spin_lock_t *spin_lock_instance(uint lock_num);
void spin_lock_unsafe_blocking(spin_lock_t *lock);
void spin_unlock_unsafe(spin_lock_t *lock);

#endif
