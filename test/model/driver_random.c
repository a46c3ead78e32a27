/*
 * Seeded random runs. Usage: model_NOUN [FIRST-SEED [RUNS [LENGTH]]]
 * A failure prints the command that repeats it.
 */
#include "interpreter.h"
#include <stdio.h>
#include <stdlib.h>

#define LENGTH_MAX 65536

int failed_line;

/* Marsaglia's xorshift, 32 bits: the same everywhere. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[LENGTH_MAX];
    unsigned long first = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
    unsigned long runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 300;
    unsigned long length = argc > 3 ? strtoul(argv[3], NULL, 10) : 4000;
    if (length > LENGTH_MAX)
        length = LENGTH_MAX;
    for (unsigned long seed = first; seed < first + runs; seed++) {
        uint32_t state = (uint32_t)seed * 2654435761u + 1;
        for (unsigned long i = 0; i < length; i++)
            bytes[i] = (uint8_t)(next_random(&state) >> 11);
        if (!interpret(bytes, length)) {
            fprintf(stderr, "the model's line %d does not hold; to repeat: %s %lu 1 %lu\n", failed_line,
                    argv[0], seed, length);
            return 1;
        }
    }
    printf("%lu runs of %lu bytes from seed %lu\n", runs, length, first);
    return 0;
}
