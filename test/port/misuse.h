/* The configuration of misuse.c: what the library runs where masking has no effect. */
#ifndef MISUSE_H
#define MISUSE_H

#include <stdint.h>

void note_misuse(uint32_t what);
#define TA_MISUSE(what) note_misuse(what)

/* For the port of several cores: the number of this one, in the register of the board with two. */
#define TA_PORT_CORE() (*(volatile uint32_t *)0x5001F000)

#endif
