/*
 * The image's functions, in the order in which they run: race_open() once; then for each pair race_prepare(),
 * race_operate() with the interrupts inside it, race_check(). On AVR main() and the vectors call them (entry_avr.c), on
 * Cortex-M the emulator does, through a global pointer to each.
 */
#ifndef RACE_IMAGE_H
#define RACE_IMAGE_H

#include "race.h"
#include <stdbool.h>
#include <tinyalloc/tinyalloc.h>

extern struct record record; /* what the host asks for, and what came of it */

void race_open(void);
void race_prepare(void);
void race_operate(void);
void race_interrupt(void);
void race_inner_interrupt(void);
void race_check(void);

/* What the operations work on: race_image.c prepares it. */
extern ta_slab slab;
#define pool (&slab.allocator)
extern ta_queue queue;
extern ta_buffer buffer, aside;
extern ta_recent recent;
extern ta_handle handles[HANDLES];           /* by who has them */
extern ta_handle first_handles[BLOCK_COUNT]; /* the first that each slot ever had */
extern void *own_block;                      /* of handles[OWN] */
extern uint8_t data[3][DATA_MAX];            /* what each caller writes */

/* A torn word is off by hundreds: that must not get lost. */
uint8_t race_length(size_t length);
void race_tell_dropped(uint8_t *low, uint8_t *high);

/* Are interrupts masked? The machine's own instruction, not the port. */
#ifdef __AVR__
#include <avr/io.h>
static inline bool race_is_masked(void)
{
    return !(SREG & 1 << SREG_I);
}
#else
static inline bool race_is_masked(void)
{
    uint32_t primask;
    __asm__ volatile("mrs %0, primask" : "=r"(primask));
    return primask;
}
#endif

#endif
