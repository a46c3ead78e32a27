/*
 * What the checks of a port need from a board: its mask register, and one interrupt of a timer.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

#include <tinyalloc/port.h>

/* Text that need not lie in RAM, where that is a difference. */
#ifdef __AVR__
#include <avr/pgmspace.h>
#define say(...) printf_P(__VA_ARGS__)
#define TEXT(text) PSTR(text)
#else
#define say(...) printf(__VA_ARGS__)
#define TEXT(text) (text)
#endif

/* One check: what holds, and if it did not, which. Every check is counted. */
void check(bool holds, const char *what);
#define CHECK(condition) check((condition), TEXT(#condition))

/* The mask register as it is, and as it is to be: OPEN lets the timer's interrupt through, CLOSED does not. */
uint32_t mask_now(void);
void set_mask(uint32_t mask);
extern const uint32_t OPEN, CLOSED;

/* How often the timer's interrupt was served. */
extern volatile uint8_t served;

void board_init(void);        /* printing works, no interrupt is pending, the mask is OPEN */
void let_timer_run_out(void); /* returns once the interrupt is pending, or was served */
void settle(void);            /* whatever is pending and not masked is served before this returns */
void board_checks(void);      /* what only this mask can do */
void board_end(bool good);    /* leave the emulator */

#endif
