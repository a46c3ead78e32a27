/* What the program needs of the board: two timers that are the two ends of a line, and random numbers. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

/* Interrupts of the program. They are masked by the library's critical sections. */
void receive_isr(void);
void transmit_isr(void);

/* Begin to tick, and let both interrupts come once. */
void board_start(void);

/* The next interrupt comes after that many cycles. */
void board_receive_after(uint32_t cycles);
void board_transmit_after(uint32_t cycles);

/* Until the next interrupt. */
void board_sleep(void);

uint32_t random_below(uint32_t *seed, uint32_t end);

#endif
