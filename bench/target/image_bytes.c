/* Bytes through a queue, a buffer or the plain ring: see image.h. */
#include "image.h"
#include "ring.h"
#include <string.h>

#define LONGEST 704     /* bytes a call */
#define RING_BYTES 1024 /* the next power of two above the limit that queues and buffers have */

static enum { BUFFER, QUEUE, RING, MASKED_RING } kind;
static ta_queue queue;
static ta_buffer buffer;
static ring plain_ring;
static TA_ALIGNAS(16) uint8_t data[LONGEST]; /* aligned as a program that cares would have it, at -Os, too */
static uint8_t next_in, next_out;            /* bytes count up */

/* ---- One FIFO of any kind: true is success ----------------------------------------------------------------------- */

static bool push(uint8_t byte)
{
    switch (kind) {
    case BUFFER:
        return ta_buffer_push(&buffer, byte) == TA_OK;
    case QUEUE:
        return ta_queue_push(&queue, byte) == TA_OK;
    case RING:
        return ring_push(&plain_ring, byte);
    default:
        return masked_ring_push(&plain_ring, byte);
    }
}

static bool pop(uint8_t *byte)
{
    switch (kind) {
    case BUFFER:
        return ta_buffer_pop(&buffer, byte) == TA_OK;
    case QUEUE:
        return ta_queue_pop(&queue, byte) == TA_OK;
    case RING:
        return ring_pop(&plain_ring, byte);
    default:
        return masked_ring_pop(&plain_ring, byte);
    }
}

static bool write(size_t n)
{
    switch (kind) {
    case BUFFER:
        return ta_buffer_write(&buffer, data, n) == TA_OK;
    case QUEUE:
        return ta_queue_write(&queue, data, n) == TA_OK;
    case RING:
        return ring_write(&plain_ring, data, n);
    default:
        return masked_ring_write(&plain_ring, data, n);
    }
}

static bool read(size_t n)
{
    switch (kind) {
    case BUFFER:
        return ta_buffer_read(&buffer, data, n) == TA_OK;
    case QUEUE:
        return ta_queue_read(&queue, data, n) == TA_OK;
    case RING:
        return ring_read(&plain_ring, data, n);
    default:
        return masked_ring_read(&plain_ring, data, n);
    }
}

/* An empty one on the pool made last; the ring has the arena to itself. Limit 0: none. */
unsigned fifo_make(unsigned which, unsigned limit)
{
    kind = which;
    next_in = next_out = 0;
    plain_ring = (ring){arena, RING_BYTES - 1, 0, 0};
    ta_queue_init(&queue, current_pool, limit);
    ta_buffer_init(&buffer, current_pool);
    return ta_buffer_set_limit(&buffer, limit) != TA_OK;
}

/* ---- Work -------------------------------------------------------------------------------------------------------- */

unsigned fifo_push(unsigned n)
{
    unsigned wrong = 0;
    for (; n > 0; n--)
        wrong += !push(next_in++);
    return wrong;
}

unsigned fifo_pop(unsigned n)
{
    unsigned wrong = 0;
    for (; n > 0; n--) {
        uint8_t byte = 0;
        wrong += !pop(&byte) || byte != next_out++;
    }
    return wrong;
}

unsigned fifo_write(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        data[i] = next_in++;
    return !write(n);
}

unsigned fifo_read(unsigned n)
{
    memset(data, 0, n);
    unsigned wrong = !read(n);
    for (unsigned i = 0; i < n; i++)
        wrong += data[i] != next_out++;
    return wrong;
}

/* Put n bytes, get n bytes; one at a time where n is 1. */
unsigned fifo_work(unsigned n, unsigned rounds)
{
    unsigned wrong = 0;
    for (; rounds > 0; rounds--) {
        wrong += n == 1 ? fifo_push(1) : fifo_write(n);
        wrong += n == 1 ? fifo_pop(1) : fifo_read(n);
    }
    return wrong;
}

/* Nothing stored yet, or no more: pop and read are refused. */
unsigned fifo_refuse(void)
{
    uint8_t byte;
    return pop(&byte) + read(1);
}

/* The first byte and the length. */
unsigned fifo_look(unsigned length)
{
    bool is_queue = kind == QUEUE;
    uint8_t byte = 0;
    unsigned wrong = (is_queue ? ta_queue_peek(&queue, &byte) : ta_buffer_peek(&buffer, &byte)) != TA_OK;
    wrong += byte != next_out;
    return wrong + ((is_queue ? ta_queue_len(&queue) : ta_buffer_len(&buffer)) != length);
}

unsigned fifo_at(unsigned position)
{
    uint8_t byte = 0;
    ta_status status =
        kind == QUEUE ? ta_queue_at(&queue, position, &byte) : ta_buffer_at(&buffer, position, &byte);
    return (status != TA_OK) + (byte != (uint8_t)(next_out + position));
}

/* ---- From a queue to a buffer, and blocks by DMA ----------------------------------------------------------------- */

/* n bytes come into the queue, the buffer takes all of them at once, and they are read from there. */
unsigned take_work(unsigned n, unsigned rounds)
{
    unsigned wrong = 0;
    for (; rounds > 0; rounds--) {
        kind = QUEUE;
        for (unsigned left = n; left > 0; left -= left < LONGEST ? left : LONGEST)
            wrong += fifo_write(left < LONGEST ? left : LONGEST);
        wrong += ta_queue_take(&queue, &buffer) != TA_OK;
        wrong += ta_buffer_len(&buffer) != n;
        kind = BUFFER;
        for (unsigned left = n; left > 0; left -= left < LONGEST ? left : LONGEST)
            wrong += fifo_read(left < LONGEST ? left : LONGEST);
    }
    return wrong;
}

/* The first n bytes of a buffer move to an empty one, at each phase of a block that comes up; some stay. */
unsigned drain_work(unsigned n, unsigned rounds)
{
    const unsigned stay = 10;
    unsigned wrong = 0;
    for (kind = BUFFER; rounds > 0; rounds--) {
        unsigned phase = rounds * 4 % 64;
        ta_buffer rest, moved = TA_BUFFER_INIT(current_pool);
        wrong += fifo_push(phase);
        for (unsigned left = n; left > 0; left -= left < LONGEST ? left : LONGEST)
            wrong += fifo_write(left < LONGEST ? left : LONGEST);
        wrong += fifo_push(stay) + fifo_pop(phase);
        wrong += ta_buffer_drain_into(&moved, &buffer, n) != TA_OK;
        rest = buffer; /* read from the other one */
        buffer = moved;
        for (unsigned left = n; left > 0; left -= left < LONGEST ? left : LONGEST)
            wrong += fifo_read(left < LONGEST ? left : LONGEST);
        wrong += ta_buffer_len(&buffer) != 0;
        buffer = rest;
        wrong += fifo_pop(stay);
    }
    return wrong;
}

/* n bytes are searched for one that is not there, and passed in a view. */
unsigned look_work(unsigned n)
{
    size_t position;
    unsigned wrong = 0;
    memset(data, 'x', LONGEST);
    for (unsigned left = n; left > 0; left -= left < LONGEST ? left : LONGEST)
        wrong += ta_buffer_write(&buffer, data, left < LONGEST ? left : LONGEST) != TA_OK;
    wrong += ta_buffer_find(&buffer, 0, 'y', &position) != TA_E_NO_MATCH || position != n;
    ta_view v = ta_buffer_view(&buffer);
    wrong += ta_view_skip(&v, n - 1) != TA_OK || ta_view_len(&v) != 1;
    return wrong + (ta_buffer_clear(&buffer) != TA_OK);
}

/* A block comes by DMA, and goes by DMA. */
unsigned dma_work(unsigned n, unsigned rounds)
{
    unsigned wrong = 0;
    for (; rounds > 0; rounds--) {
        ta_span span = {NULL, 0};
        wrong += ta_queue_reserve(&queue, n, &span) != TA_OK || span.length < n;
        for (unsigned i = 0; i < n && span.data; i++)
            span.data[i] = next_in++;
        wrong += ta_queue_commit(&queue, n) != TA_OK;
        wrong += ta_queue_front(&queue, &span) != TA_OK || span.length != n;
        for (unsigned i = 0; i < n && span.data; i++)
            wrong += span.data[i] != next_out++;
        wrong += ta_queue_consume(&queue, n) != TA_OK;
    }
    return wrong;
}
