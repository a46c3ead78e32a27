/*
 * The floor of what a queue can cost: a plain ring buffer, for one writer and one reader. It has an array of a power of
 * two bytes and two free-running counters. It checks nothing but that the bytes fit, and no memory is shared.
 *
 * masked_ring_…() do the same with interrupts masked, as firmware does when several contexts write.
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ring {
    uint8_t *bytes;
    size_t mask;    /* bytes of the array, minus one */
    size_t written; /* the writer's */
    size_t read;    /* the reader's */
} ring;

/* Each is false, and changes nothing, when the bytes do not fit or are not there. */
bool ring_push(ring *r, uint8_t byte);
bool ring_pop(ring *r, uint8_t *byte);
bool ring_write(ring *r, const void *data, size_t n);
bool ring_read(ring *r, void *data, size_t n);

bool masked_ring_push(ring *r, uint8_t byte);
bool masked_ring_pop(ring *r, uint8_t *byte);
bool masked_ring_write(ring *r, const void *data, size_t n);
bool masked_ring_read(ring *r, void *data, size_t n);

#ifdef __cplusplus
}
#endif

#endif
