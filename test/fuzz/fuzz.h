/*
 * Fuzz targets: each is one function that libFuzzer or replay.c calls with an input. It does not return if a check
 * fails.
 *
 *     model.c     the calls of buffers, queues, views and slabs against plain arrays: the interpreters of test/model/
 *     foreign.c   the calls of test/search/ with any number of foreign actions, and its checks
 *     parse.c     every parser, over chunks and over linear memory, whole and cut off, against plain arrays
 *     framing.c   SLIP, COBS and CRCs against decoders of plain arrays
 *     lines.c     lines of a queue and of a buffer against plain arrays
 *     example.c   the readers of examples/: nmea.c, csv.c and http.c, whole and in pieces
 *     node.c      the MQTT node of examples/, and its reader of packets whole and cut off
 *
 *     replay.c    runs saved inputs without libFuzzer; corpus/ has a file a target: an input a line, in hexadecimal
 *     run.py      fuzzes, saves what reaches new code, and runs what broken.txt breaks on purpose
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define NEED(condition)                                                             \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                \
        }                                                                           \
    } while (0)

#endif
