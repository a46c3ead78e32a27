/* What Zephyr declares of interrupts, as its manual documents it, as far as port/zephyr.h uses it. Nothing of it is Zephyr. */
#ifndef DECLARATIONS_ZEPHYR_IRQ_H
#define DECLARATIONS_ZEPHYR_IRQ_H

#ifdef __cplusplus
extern "C" {
#endif

unsigned int irq_lock(void);
void irq_unlock(unsigned int key);

#ifdef __cplusplus
}
#endif

#endif
