/* The values of GPIOR0: see entry_avr.c. */
#ifndef RACE_AVR_H
#define RACE_AVR_H

enum { READY = 1, GO, BEGIN, LEAVE, OVER, END, CHECK, DONE };

#endif
