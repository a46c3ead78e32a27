/**
 * @file interpreter.h
 * @brief Bytes become calls: what every model test is made of.
 *
 * An interpreter reads operations and their arguments from a byte string, performs each on the real thing and on a model
 * of plain arrays, compares every result, and checks the invariants after every step. Where the bytes come from (a
 * seeded generator, a fuzzer, a saved file) is the driver's business.
 */
#ifndef INTERPRETER_H
#define INTERPRETER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** The byte string being interpreted. */
typedef struct tape {
    const uint8_t *bytes;
    size_t length, at;
} tape;

/** The next byte; 0 behind the end. */
static inline uint8_t next_byte(tape *t)
{
    return t->at < t->length ? t->bytes[t->at++] : 0;
}

/** The next number below `limit`. */
static inline size_t next_below(tape *t, size_t limit)
{
    size_t number = next_byte(t);
    if (limit > 256)
        number = number << 8 | next_byte(t);
    return limit ? number % limit : 0;
}

/** Where a run failed: the expectation, and the operation that broke it. */
#define EXPECT(condition)                                                           \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            return false;                                                           \
        }                                                                           \
    } while (0)

/** Interpret a byte string from a fresh state on, and clean up. False: something was not as it should be. */
bool interpret(const uint8_t *bytes, size_t length);

#endif
