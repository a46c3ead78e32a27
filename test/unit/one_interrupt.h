/* For programs with the port of interrupts.h: one interrupt, which comes at the place that the program names. */
#ifndef ONE_INTERRUPT_H
#define ONE_INTERRUPT_H

#include "interrupts.h"

bool is_masked;

static struct {
    void (*act)(void); /* NULL: none comes */
    size_t place, passed;
} interrupt;

/* A place has been passed, and nothing is masked there. */
static void pass_place(void)
{
    void (*act)(void) = interrupt.act;
    if (!act || interrupt.passed++ != interrupt.place)
        return;
    interrupt.act = NULL; /* once */
    act();
}

static void interrupt_at(size_t place, void (*act)(void))
{
    interrupt.act = act;
    interrupt.place = place;
    interrupt.passed = 0;
}

/* Has it come? If not, it will not. */
static bool has_come(void)
{
    bool result = !interrupt.act;
    interrupt.act = NULL;
    return result;
}

#endif
