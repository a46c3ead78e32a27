#include "ring.h"
#include <string.h>
#include <tinyalloc/tinyalloc.h>

#define INLINED static inline __attribute__((always_inline))

/* ---- What both kinds do ------------------------------------------------------------------------------------------ */

/* A counter that the other side changes. Where interrupts are masked it is a word like any other. */
INLINED size_t load(const size_t *word, bool is_masked)
{
    return is_masked ? *word : ta_port_load(word);
}

INLINED void store(size_t *word, size_t value, bool is_masked)
{
    if (is_masked)
        *word = value;
    else
        ta_port_store(word, value);
}

INLINED bool push(ring *r, uint8_t byte, bool is_masked)
{
    size_t written = r->written;
    if (written - load(&r->read, is_masked) > r->mask)
        return false;
    r->bytes[written & r->mask] = byte;
    store(&r->written, written + 1, is_masked);
    return true;
}

INLINED bool pop(ring *r, uint8_t *byte, bool is_masked)
{
    size_t read = r->read;
    if (load(&r->written, is_masked) == read)
        return false;
    *byte = r->bytes[read & r->mask];
    store(&r->read, read + 1, is_masked);
    return true;
}

/* Bytes in one piece up to the end of the array. */
INLINED size_t piece(const ring *r, size_t at, size_t n)
{
    size_t room = r->mask + 1 - at;
    return n < room ? n : room;
}

INLINED bool write(ring *r, const void *data, size_t n, bool is_masked)
{
    size_t written = r->written, at = written & r->mask, first = piece(r, at, n);
    if (n > r->mask + 1 - (written - load(&r->read, is_masked)))
        return false;
    memcpy(r->bytes + at, data, first);
    if (n > first)
        memcpy(r->bytes, (const uint8_t *)data + first, n - first);
    store(&r->written, written + n, is_masked);
    return true;
}

INLINED bool read(ring *r, void *data, size_t n, bool is_masked)
{
    size_t done = r->read, at = done & r->mask, first = piece(r, at, n);
    if (n > load(&r->written, is_masked) - done)
        return false;
    memcpy(data, r->bytes + at, first);
    if (n > first)
        memcpy((uint8_t *)data + first, r->bytes, n - first);
    store(&r->read, done + n, is_masked);
    return true;
}

/* ---- The two kinds ----------------------------------------------------------------------------------------------- */

#define DEFINE(call, parameters, ...)           \
    bool ring_##call parameters                 \
    {                                           \
        return call(__VA_ARGS__, false);        \
    }                                           \
    bool masked_ring_##call parameters          \
    {                                           \
        ta_mask mask = ta_critical_enter();     \
        bool is_done = call(__VA_ARGS__, true); \
        ta_critical_exit(mask);                 \
        return is_done;                         \
    }
DEFINE(push, (ring * r, uint8_t byte), r, byte)
DEFINE(pop, (ring * r, uint8_t *byte), r, byte)
DEFINE(write, (ring * r, const void *data, size_t n), r, data, n)
DEFINE(read, (ring * r, void *data, size_t n), r, data, n)
