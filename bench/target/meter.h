/*
 * Counts what the functions of an image cost: from a function's entry through its return, with all that it calls. The
 * measurements (measure*.c) run the image's work by these calls and print what was counted, as lines of platform,
 * configuration, operation, metric and value with tabs between them.
 */
#ifndef METER_H
#define METER_H

#include "machine.h"
#include <stdbool.h>
#include <stddef.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Opens the image, and checks that the machine counts 100 nops as what they are. */
void meter_open(const char *platform, const char *image, const char *configuration, const char *libc);

/* The figures that follow are of this configuration. */
void meter_set_configuration(const char *configuration);

/* ---- Running ----------------------------------------------------------------------------------------------------- */

/* Memory as after start-up, nothing counted. */
void fresh(void);
/* Call a function of the image; what it returns. */
uint32_t call(const char *function, uint32_t a, uint32_t b);
/* Run work that is not counted, or that is. Either fails when the work says that something went wrong. */
void prepare(const char *function, uint32_t a, uint32_t b);
void measure(const char *function, uint32_t a, uint32_t b);
/* What a whole function of the image takes, its own instructions included. */
uint64_t count_of(const char *function);

/* ---- What was counted -------------------------------------------------------------------------------------------- */

struct cost {
    uint64_t calls, sum, best, worst;
};

struct cost cost_of(const char *function);
void forget_costs(void);
/* Two calls that belong together. */
struct cost sum_of(struct cost a, struct cost b);

/* ---- Printing ---------------------------------------------------------------------------------------------------- */

/* The figures that follow have the libc's memcpy in them, or have not. */
void meter_set_copies(bool copies);

/* The metric is the machine's unit and the suffix: "instructions", "/byte". */
void print_unit(const char *operation, const char *suffix, double value);
void print_cost(const char *operation, struct cost c);

/* ---- What must not grow ------------------------------------------------------------------------------------------ */

/* Between best and worst of the first size of a row the others must be. */
struct flat {
    const char *what;
    struct cost first;
};

void expect_flat(struct flat *f, struct cost c, const char *across, unsigned size);
/* Says how much was compared; true: something grows. */
bool meter_report_growth(void);

#endif
