/*
 * What the runs of test/masked/measure.c showed, written to the file BOUNDS_RECORD at the end: a line "NAME MASKED STACK"
 * for each operation, the most of both, and a line "at ADDRESS" for each place executed in a call. The file BOUNDS_ENTRIES
 * has a line "NAME ADDRESS" for each public function that the image has. Of the calls, one of BOUNDS_EVERY is run.
 */
#ifndef RECORD_H
#define RECORD_H

#include "../masked/masked.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 0x40000u

static struct {
    const char *name;
    uint32_t entry, masked, stack;
} calls[] = {
#define RECORD_ROW(name, kind, request) {"ta_" #name, 0, 0, 0},
    OPERATIONS(RECORD_ROW)};
static unsigned char was_at[PLACES];
static unsigned current;
static unsigned long every, count;
static uint32_t entry = UINT32_MAX;

static void record(uint32_t pc, uint32_t depth)
{
    was_at[pc % PLACES] = 1;
    if (depth > calls[current].stack)
        calls[current].stack = depth;
}

static void record_write(void)
{
    FILE *file = fopen(getenv("BOUNDS_RECORD"), "w");
    if (!file)
        abort();
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        fprintf(file, "%s %u %u\n", calls[i].name, (unsigned)calls[i].masked, (unsigned)calls[i].stack);
    for (uint32_t at = 0; at < PLACES; at++)
        if (was_at[at])
            fprintf(file, "at %x\n", (unsigned)at);
    if (fclose(file) != 0)
        abort();
}

static void record_open(void)
{
    char name[64];
    unsigned address;
    FILE *file = fopen(getenv("BOUNDS_ENTRIES"), "r");
    if (!file)
        abort();
    while (fscanf(file, "%63s %x", name, &address) == 2)
        for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
            if (strcmp(calls[i].name, name) == 0)
                calls[i].entry = address;
    fclose(file);
    every = strtoul(getenv("BOUNDS_EVERY"), NULL, 10);
    atexit(record_write);
}

/* Is this call left out? */
static bool record_begin(const struct request *r)
{
    current = r->operation;
    entry = calls[current].entry ? calls[current].entry : UINT32_MAX;
    return count++ % every != 0;
}

static int record_end(uint32_t masked)
{
    if (masked > calls[current].masked)
        calls[current].masked = masked;
    return 1; /* every call is one way: the states are the same whatever it takes */
}

#endif
