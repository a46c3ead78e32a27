/*
 * How instructions are counted.
 *
 * Callgrind collects inside functions named measured_…. Each makes one call; the cost of the edge from it to
 * the function called is what counts: exactly that function's instructions, from its entry through its
 * return, with all it calls. What the measured_… function itself does is left out.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <valgrind/callgrind.h>

#define NOT_INLINED __attribute__((noinline, noipa))

/* The value is needed here, whatever the compiler thinks. */
template <typename type> static inline void keep(const type &value)
{
    __asm__ volatile("" : : "g"(&value) : "memory");
}

/* Not a jump: what is measured returns to here. */
#define MEASURED(type, name, parameters, call)              \
    extern "C" NOT_INLINED type measured_##name parameters; \
    extern "C" NOT_INLINED type measured_##name parameters  \
    {                                                       \
        type result = call;                                 \
        keep(result);                                       \
        return result;                                      \
    }

/* A contender's operation that is more than one call of its library is a function, and counted whole. */
#define WHOLE NOT_INLINED static

/* What was collected since the last dump belongs to the operation with this name; to none: "start". */
static inline void dump(const char *label)
{
    CALLGRIND_DUMP_STATS_AT(label);
}

/* A failed call or a wrong byte ends the program. */
#define require(...)                                                                    \
    do {                                                                                \
        if (!(__VA_ARGS__)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #__VA_ARGS__); \
            abort();                                                                    \
        }                                                                               \
    } while (0)

/* Eleven instructions, to see that eleven are counted. */
__asm__(".pushsection .text\n"
        ".type bench_eleven, @function\n"
        "bench_eleven: .rept 10\n nop\n .endr\n ret\n"
        ".size bench_eleven, . - bench_eleven\n"
        ".popsection\n");
extern "C" int bench_eleven();
MEASURED(int, eleven, (), bench_eleven())

static inline void calibrate()
{
    dump("start");
    measured_eleven();
    dump("calibration");
}

#endif
