/*
 * What the test of two cores needs from a board: a second core, and a timer's interrupt on each.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

unsigned this_core(void);     /* 0 or 1, by what the hardware says */
void start_second_core(void); /* it calls second_main() */
void start_timer(
    uint32_t period); /* on this core, in a unit of its own; then timer_interrupt() is called once */

void second_main(void);
void timer_interrupt(void);

#endif
