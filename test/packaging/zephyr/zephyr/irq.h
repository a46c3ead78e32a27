/* Stands in for Zephyr's header, as far as port/zephyr.h uses it. */
#ifndef STAND_IN_ZEPHYR_IRQ_H
#define STAND_IN_ZEPHYR_IRQ_H

unsigned int irq_lock(void);
void irq_unlock(unsigned int key);

#endif
