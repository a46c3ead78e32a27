/*
 * A fixed selection of runs, for targets with little memory and no arguments.
 */
#include "board.h"
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

int main(void)
{
    static uint8_t bytes[LENGTH];
    uint16_t state = 1;
    for (int run = 0; run < RUNS; run++) {
        for (int i = 0; i < LENGTH; i++)
            bytes[i] = next_random(&state);
        if (!interpret(bytes, LENGTH))
            end_of_failed_test(0, (unsigned)failed_line);
    }
    end_of_tests(1, 0);
}
