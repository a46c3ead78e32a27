/* The same lines out of a plain ring, and out of a linear array: what cannot be avoided. C and C++. */
#ifndef BENCH_NMEA_RING_H
#define BENCH_NMEA_RING_H

#include "nmea.h"
#include "target/ring.h"

/* ---- A ring: the end is searched where the last search stopped, and the line is copied out ------------- */

static inline bool nmea_ring_find(const ring *r, size_t *searched)
{
    size_t stored = r->written - r->read;
    while (*searched < stored) {
        size_t at = (r->read + *searched) & r->mask, n = r->mask + 1 - at;
        if (n > stored - *searched)
            n = stored - *searched;
        const uint8_t *end = (const uint8_t *)memchr(r->bytes + at, '\n', n);
        if (end) {
            *searched += (size_t)(end - (r->bytes + at));
            return true;
        }
        *searched += n;
    }
    return false;
}

static inline bool nmea_feed_ring(ring *r, size_t *searched, const char *piece, size_t n, tally *t)
{
    char line[LONGEST];
    if (!ring_write(r, piece, n))
        return false;
    while (nmea_ring_find(r, searched)) {
        if (*searched >= sizeof line || !ring_read(r, line, *searched + 1))
            return false;
        count_sentence(line, *searched, t);
        *searched = 0;
    }
    return true;
}

/* ---- A linear array: what follows a line is moved to the front ------------------------------------------ */

typedef struct nmea_array {
    char bytes[2 * LONGEST + 64];
    size_t length;
} nmea_array;

static inline bool nmea_feed_array(nmea_array *a, const char *piece, size_t n, tally *t)
{
    size_t searched = a->length, begin = 0;
    if (n > sizeof a->bytes - a->length)
        return false;
    memcpy(a->bytes + a->length, piece, n);
    a->length += n;
    for (const char *end;
         (end = (const char *)memchr(a->bytes + searched, '\n', a->length - searched)) != NULL;) {
        count_sentence(a->bytes + begin, (size_t)(end - a->bytes) - begin, t);
        begin = searched = (size_t)(end - a->bytes) + 1;
    }
    a->length -= begin;
    if (begin > 0)
        memmove(a->bytes, a->bytes + begin, a->length);
    return true;
}

#endif
