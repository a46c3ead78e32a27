/*
 * A machine that runs the image and can stand at each of its instructions: machine_avr.c (simavr) or machine_cortex_m.c
 * (unicorn). One a program. What the image does wrong is told by `false`; what the machine itself cannot do prints a
 * line and ends the program.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "race.h"
#include <stdbool.h>
#include <stddef.h>

enum { OUTER_INTERRUPT, INNER_INTERRUPT };

/* What decides all that follows: registers, statics, the stack in use. Equal bytes, equal future. */
struct machine_state {
    size_t size;
    int8_t
        interrupt_delay; /* restored, but not compared: it counts only for an interrupt that is raised next */
    uint8_t bytes[4096];
};

/* When a handler returns, one instruction runs before the interrupt that waits is taken. */
extern const bool machine_returns_late;

/* Load the image and run it until it waits for work. */
void machine_open(const char *cpu, const char *image);
/* Go back to there, hand it its work and run to the operation's first instruction. */
bool machine_begin(const struct record *work);

/* One instruction; an interrupt that waited may follow it. */
bool machine_step(void);
/* Has the operation returned? */
bool machine_is_done(void);
uint32_t machine_pc(void);
uint32_t machine_sp(void);

/* The interrupt comes: now (true), or as soon as interrupts are no longer masked. */
bool machine_interrupt(int which);
/* Run until the stack pointer is back at `sp`: then the handlers that began there have returned. */
bool machine_leave(uint32_t sp);
/* Run until the operation has returned, and say what its outcome depends on. */
bool machine_finish(struct machine_state *end);
/* Then: let the image check and report. */
bool machine_check(struct record *result);

/* False when the stack pointer points nowhere. */
bool machine_save(struct machine_state *s);
void machine_restore(const struct machine_state *s);

#endif
