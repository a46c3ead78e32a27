/*
 * Does the enumeration find what goes wrong without protection? Every operation must be caught, unless teeth.c says why it
 * cannot go wrong.
 */
#ifndef TEETH_H
#define TEETH_H

#include "race.h"
#include <stdbool.h>

struct tally {
    long pairs, boundaries, at_once, runs, compared, between, failures, failed_pairs;
};

/* Without protection, or with what else the mode breaks: was each operation caught that needs it, and no other? */
bool teeth_caught_all(const char *cpu, const char *mode, const struct tally of_op[OP_COUNT]);

/* With protection: do those that are said to mask nothing take every interrupt at once? */
bool teeth_mask_nothing(const char *cpu, const struct tally of_op[OP_COUNT]);

#endif
