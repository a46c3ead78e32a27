/*
 * Queues: see the picture in queue.h.
 *
 * Who writes what
 *   the writer   written, dropped, tail, tail_end; the link of the last chunk; head, when there is no chunk
 *   the reader   read, head, head_offset; frees a chunk it has left
 * and neither side ever waits for the other. The order that makes it work:
 *   Q1  The writer stores bytes, links and head first and publishes `written` last, in one store. A reader
 *       that has seen `written` sees everything before it.
 *   Q2  The reader leaves a chunk only when it wants a byte behind it. Then that byte has been published, so the
 *       chunk has a successor, so the writer has moved on to it and never touches the chunk again.
 *   Q3  The reader has copied bytes out before it publishes `read`, in one store. The writer uses `read` only
 *       for the limit; it never writes where a byte lay before the chunk was freed and taken again.
 *   Q4  `head` is the writer's only while there is no chunk; then written == read, and a reader does not look
 *       at head before it has seen a difference.
 */
#include "internal.h"

/* ---- Checks and pure helpers --------------------------------------------------------------------------- */

static bool is_bound(const ta_queue *q)
{
    return q && q->allocator;
}

/* Bytes that the limit still allows; a reader may raise it meanwhile. */
static size_t limit_room(const ta_queue *q)
{
    if (q->max_length == 0)
        return SIZE_MAX;
    size_t held = q->written - ta_port_load(&q->read);
    return held < q->max_length ? q->max_length - held : 0;
}

static size_t tail_room(const ta_queue *q)
{
    return q->tail.bits ? q->allocator->block_size - q->tail_end : 0;
}

static size_t blocks_for(const ta_queue *q, size_t n)
{
    size_t room = tail_room(q);
    return n <= room ? 0 : 1 + (n - room - 1) / q->allocator->block_size;
}

static ta_status drop(ta_queue *q, size_t n, ta_status reason)
{
    q->dropped = n > SIZE_MAX - q->dropped ? SIZE_MAX : q->dropped + n;
    return reason;
}

/* What every call of the writer begins with. */
static ta_status check_writer(const ta_queue *q)
{
    if (!is_bound(q))
        return invalid();
    return q->tail.bits && !backend_get(q->allocator, q->tail) ? TA_E_STALE : TA_OK;
}

/* Bytes the reader may take now; sets the status every call of the reader begins with. */
static size_t readable(const ta_queue *q, ta_status *status)
{
    if (!is_bound(q)) {
        *status = invalid();
        return 0;
    }
    size_t held = ta_port_load(&q->written) - q->read;
    *status = q->head.bits && !backend_get(q->allocator, q->head) ? TA_E_STALE : TA_OK;
    return held;
}

/* ---- Transitions: the writer --------------------------------------------------------------------------- */

/* Put a live block behind the last chunk. */
static void extend(ta_queue *q, ta_handle fresh)
{
    if (q->tail.bits)
        backend_set_next(q->allocator, q->tail, fresh);
    else
        q->head = fresh;
    q->tail = fresh;
    q->tail_end = 0;
}

/* Copy n bytes to the end and publish them; the blocks this takes are booked. */
static void append(ta_queue *q, const uint8_t *data, size_t n)
{
    size_t written = q->written + n;
    while (n > 0) {
        if (tail_room(q) == 0)
            extend(q, backend_take(q->allocator));
        size_t part = smaller(n, tail_room(q));
        memcpy((uint8_t *)backend_get(q->allocator, q->tail) + q->tail_end, data, part);
        q->tail_end = (ta_slot)(q->tail_end + part);
        data += part;
        n -= part;
    }
    ta_port_store(&q->written, written);
}

/* ---- Transitions: the reader --------------------------------------------------------------------------- */

/* The first contiguous bytes of `held` > 0; leaves a chunk that has no more. Empty when the chain is stale. */
static ta_span front(ta_queue *q, size_t held)
{
    const ta_allocator *a = q->allocator;
    if (q->head_offset == a->block_size) {
        q->head = backend_free_next(a, q->head);
        q->head_offset = 0;
    }
    ta_span span = {backend_get(a, q->head), 0};
    if (span.data) {
        span.data += q->head_offset;
        span.length = smaller(held, a->block_size - q->head_offset);
    }
    return span;
}

/* The reader is done with bytes of the first chunk. */
static void advance(ta_queue *q, size_t n)
{
    q->head_offset = (ta_slot)(q->head_offset + n);
    ta_port_store(&q->read, q->read + n);
}

/* Take n bytes, of `held`, to `data`; NULL drops them. */
static void drain(ta_queue *q, uint8_t *data, size_t n, size_t held)
{
    while (n > 0) {
        ta_span span = front(q, held);
        size_t part = smaller(n, span.length);
        if (part == 0)
            return;
        if (data) {
            memcpy(data, span.data, part);
            data += part;
        }
        advance(q, part);
        held -= part;
        n -= part;
    }
}

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

void ta_queue_init(ta_queue *q, const ta_allocator *allocator, size_t max_length)
{
    const ta_queue empty = TA_QUEUE_INIT(allocator, max_length);
    *q = empty;
}

static void forget_chunks(ta_queue *q)
{
    q->head = q->tail = TA_NONE;
    q->tail_end = q->head_offset = 0;
    q->read = q->written;
}

ta_status ta_queue_clear(ta_queue *q)
{
    ta_status status;
    size_t held = readable(q, &status);
    if (status == TA_E_INVALID)
        return status;
    if (status == TA_OK) {
        drain(q, NULL, held, held);
        ta_queue_trim(q);
    }
    forget_chunks(q);
    return TA_OK;
}

ta_status ta_queue_trim(ta_queue *q)
{
    if (!is_bound(q))
        return invalid();
    ta_mask mask = ta_critical_enter();
    if (q->tail.bits && q->written == q->read) {
        backend_free(q->allocator, q->tail);
        forget_chunks(q);
    }
    ta_critical_exit(mask);
    return TA_OK;
}

/* ---- The writer's calls -------------------------------------------------------------------------------- */

ta_status ta_queue_push(ta_queue *q, uint8_t byte)
{
    ta_status status = check_writer(q);
    if (status != TA_OK)
        return status;
    if (limit_room(q) == 0)
        return drop(q, 1, TA_E_FULL);
    if (tail_room(q) == 0) {
        ta_handle fresh = backend_alloc(q->allocator, 0);
        if (!fresh.bits)
            return drop(q, 1, TA_E_NO_MEMORY);
        extend(q, fresh);
    }
    ((uint8_t *)backend_get(q->allocator, q->tail))[q->tail_end++] = byte;
    ta_port_store(&q->written, q->written + 1);
    return TA_OK;
}

ta_status ta_queue_write(ta_queue *q, const void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = check_writer(q);
    if (status != TA_OK)
        return status;
    if (n > limit_room(q))
        return drop(q, n, TA_E_FULL);
    size_t blocks = blocks_for(q, n);
    if (blocks > 0 && !backend_book(q->allocator, blocks))
        return drop(q, n, TA_E_NO_MEMORY);
    append(q, data, n);
    return TA_OK;
}

ta_status ta_queue_write_some(ta_queue *q, const void *data, size_t n, size_t *done)
{
    if ((!data && n) || !done)
        return invalid();
    *done = 0;
    ta_status status = check_writer(q);
    if (status != TA_OK)
        return status;
    size_t fits = smaller(n, limit_room(q));
    if (n > 0 && fits == 0)
        return TA_E_FULL;
    size_t blocks = book_some(q->allocator, blocks_for(q, fits));
    fits = smaller(fits, tail_room(q) + blocks * q->allocator->block_size);
    if (n > 0 && fits == 0)
        return TA_E_NO_MEMORY;
    append(q, data, fits);
    *done = fits;
    return TA_OK;
}

/* ---- The reader's calls -------------------------------------------------------------------------------- */

ta_status ta_queue_front(ta_queue *q, ta_span *span)
{
    if (!span)
        return invalid();
    ta_status status;
    size_t held = readable(q, &status);
    if (status != TA_OK)
        return status;
    if (held == 0)
        return TA_E_EMPTY;
    *span = front(q, held);
    return span->length > 0 ? TA_OK : TA_E_STALE;
}

ta_status ta_queue_peek(ta_queue *q, uint8_t *byte)
{
    ta_span span;
    if (!byte)
        return invalid();
    ta_status status = ta_queue_front(q, &span);
    if (status == TA_OK)
        *byte = span.data[0];
    return status;
}

ta_status ta_queue_pop(ta_queue *q, uint8_t *byte)
{
    ta_status status = ta_queue_peek(q, byte);
    if (status == TA_OK)
        advance(q, 1);
    return status;
}

ta_status ta_queue_read(ta_queue *q, void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status;
    size_t held = readable(q, &status);
    if (status != TA_OK)
        return status;
    if (n > held)
        return TA_E_RANGE;
    drain(q, data, n, held);
    return TA_OK;
}

ta_status ta_queue_read_some(ta_queue *q, void *data, size_t n, size_t *done)
{
    if ((!data && n) || !done)
        return invalid();
    *done = 0;
    ta_status status;
    size_t held = readable(q, &status);
    if (status != TA_OK)
        return status;
    if (n > 0 && held == 0)
        return TA_E_EMPTY;
    n = smaller(n, held);
    drain(q, data, n, held);
    *done = n;
    return TA_OK;
}

ta_status ta_queue_consume(ta_queue *q, size_t n)
{
    ta_status status;
    size_t held = readable(q, &status);
    if (status != TA_OK)
        return status;
    if (n > held)
        return TA_E_RANGE;
    drain(q, NULL, n, held);
    return TA_OK;
}

/* The reader's chunks leave one by one; the writer sees the room only when all is done. */
ta_status ta_queue_take(ta_queue *q, ta_buffer *destination)
{
    ta_status status;
    size_t held = readable(q, &status);
    if (status == TA_OK)
        status = buffer_open(destination);
    if (status != TA_OK || held == 0)
        return status;
    if (destination->allocator != q->allocator)
        return invalid();
    if (held > buffer_limit_room(destination))
        return TA_E_FULL;
    if (front(q, held).length == 0)
        return TA_E_STALE;
    chain source = {q->head, q->head_offset, true};
    ta_handle spare = TA_NONE;
    if (buffer_needs_spare(destination, &source, held)) {
        spare = backend_alloc(q->allocator, 0);
        if (!spare.bits)
            return TA_E_NO_MEMORY;
    }
    buffer_transfer(destination, &source, held, spare);
    q->head = source.head;
    q->head_offset = source.head_offset;
    ta_port_store(&q->read, q->read + held);
    return TA_OK;
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

size_t ta_queue_len(const ta_queue *q)
{
    if (!q)
        return 0;
    size_t read = ta_port_load(&q->read); /* first: what is read later was written before */
    return ta_port_load(&q->written) - read;
}

bool ta_queue_is_empty(const ta_queue *q)
{
    return ta_queue_len(q) == 0;
}

size_t ta_queue_limit(const ta_queue *q)
{
    return q ? q->max_length : 0;
}

size_t ta_queue_dropped(const ta_queue *q)
{
    return q ? ta_port_load(&q->dropped) : 0;
}

int ta_queue_check(const ta_queue *q)
{
    if (!is_bound(q))
        return 0;
    const ta_allocator *a = q->allocator;
    size_t held = q->written - q->read, block_size = a->block_size;
    if ((q->tail.bits && !backend_get(a, q->tail)) || (q->head.bits && !backend_get(a, q->head)))
        return 0;
    if (q->head_offset > block_size || q->tail_end > block_size)
        return 1;
    if (!q->tail.bits)
        return q->head.bits || held || q->head_offset || q->tail_end ? 2 : 0;
    ta_handle chunk = q->head;
    size_t counted = block_size - q->head_offset;
    while (chunk.bits != q->tail.bits && counted <= held + block_size) {
        chunk = backend_next(a, chunk);
        if (!backend_get(a, chunk))
            return 3;
        counted += block_size;
    }
    if (chunk.bits != q->tail.bits)
        return 4;
    return counted - (block_size - q->tail_end) == held ? 0 : 5;
}
