/*
 * A fixed selection of runs, for targets with little memory and no arguments. Each target's main() calls it.
 */
#include "interpreter.h"

#define RUNS 60
#define LENGTH 200

int failed_line;

/* Marsaglia's xorshift, 16 bits: cheap everywhere. */
static uint8_t next_random(uint16_t *state)
{
    uint16_t x = *state;
    x = (uint16_t)(x ^ (x << 7));
    x = (uint16_t)(x ^ (x >> 9));
    x = (uint16_t)(x ^ (x << 8));
    *state = x;
    return (uint8_t)(x >> 4);
}

int run_selection(void)
{
    static uint8_t bytes[LENGTH];
    uint16_t state = 1;
    for (int run = 0; run < RUNS; run++) {
        for (int i = 0; i < LENGTH; i++)
            bytes[i] = next_random(&state);
        if (!interpret(bytes, LENGTH))
            return failed_line ? failed_line : -1;
    }
    return 0;
}
