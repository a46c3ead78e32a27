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

/** The line of the model at which a run failed first; 0: it has not. Drivers set it to 0 and print it. */
extern int failed_line;

/** What must hold; else the run ends. (The condition's text would cost an AVR its RAM.) */
#define EXPECT(condition)               \
    do {                                \
        if (!(condition)) {             \
            if (failed_line == 0)       \
                failed_line = __LINE__; \
            return false;               \
        }                               \
    } while (0)

/** Interpret a byte string from a fresh state on, and clean up. False: something was not as it should be. */
bool interpret(const uint8_t *bytes, size_t length);

#endif
