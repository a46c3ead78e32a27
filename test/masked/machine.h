/* An emulated machine that runs the image: machine_avr.c or machine_cortex_m.c. */
#ifndef MACHINE_H
#define MACHINE_H

#include "masked.h"
#include <stdbool.h>

/* `cpu`: as libsimavr or test/emulator/cortex_m.h call it. */
void machine_open(const char *cpu, const char *image);

/* Have a state prepared, and keep it; false: it cannot be had in this pool. */
bool machine_prepare(const struct request *r);

/* Run an operation on that state: its longest masked stretch, in cycles on AVR, else in instructions. */
int machine_measure(const struct request *r);

#endif
