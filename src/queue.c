/*
 * Queues: see the picture in queue.h.
 *
 * Who writes what
 *   the writer   written, dropped, tail, tail_end; the link of the last chunk; head, when there is no chunk
 *   the reader   read, head, head_offset; frees a chunk it has left
 * and neither side ever waits for the other. The order that makes it work:
 *   Q1  The writer stores bytes, links and head first and publishes `written` last, in one store. A reader
 *       that has seen `written` sees everything before it.
 *   Q2  The reader leaves a chunk only when it wants a byte behind it. Then that byte has been published, so
 *       the chunk has a successor, so the writer has moved on to it and never touches the chunk again.
 *   Q3  The reader has copied bytes out before it publishes `read`, in one store. The writer uses `read` only
 *       for the limit; it never writes where a byte lay before the chunk was freed and taken again.
 *   Q4  `head` is the writer's only while there is no chunk; then written == read, and both sides mask while
 *       they touch it. Once a reader has seen a difference, head is its own.
 */
#include "internal.h"

#if TA_WITH_QUEUE

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

static ta_status check_writer(const ta_queue *q)
{
    if (!is_bound(q))
        return invalid();
    return q->tail.bits && !backend_get(q->allocator, q->tail) ? TA_E_STALE : TA_OK;
}

/* The first chunk, as a reader sees it who has found nothing: the writer may be about to set it. */
static ta_handle head_of(const ta_queue *q)
{
    ta_mask mask = ta_critical_enter();
    ta_handle head = q->head;
    ta_critical_exit(mask);
    return head;
}

/* Bytes the reader may take now; sets the status every call of the reader begins with. */
static size_t readable(const ta_queue *q, ta_status *status)
{
    if (!is_bound(q)) {
        *status = invalid();
        return 0;
    }
    size_t held = ta_port_load(&q->written) - q->read;
    ta_handle head = held > 0 ? q->head : head_of(q);
    *status = head.bits && !backend_get(q->allocator, head) ? TA_E_STALE : TA_OK;
    return held;
}

/* ---- Water marks: the flag changes together with what the callback tells the line ---------------------- */

static void tell_if_high(ta_queue *q)
{
    if (!q->marks || ta_queue_len(q) < q->marks->high)
        return;
    ta_mask mask = ta_critical_enter();
    if (!q->is_high && ta_queue_len(q) >= q->marks->high) {
        q->is_high = true;
        q->marks->on_high(q);
    }
    ta_critical_exit(mask);
}

static void tell_if_low(ta_queue *q)
{
    if (!q->marks || ta_queue_len(q) > q->marks->low)
        return;
    ta_mask mask = ta_critical_enter();
    if (q->is_high && ta_queue_len(q) <= q->marks->low) {
        q->is_high = false;
        q->marks->on_low(q);
    }
    ta_critical_exit(mask);
}

/* ---- Transitions: the writer --------------------------------------------------------------------------- */

/* Masked: a handle may take several stores, and a reader who finds nothing yet looks whether head is stale. */
static void set_first(ta_queue *q, ta_handle chunk)
{
    ta_mask mask = ta_critical_enter();
    q->head = chunk;
    ta_critical_exit(mask);
}

/* Put a live block behind the last chunk. */
static void extend(ta_queue *q, ta_handle fresh)
{
    if (q->tail.bits)
        backend_set_next(q->allocator, q->tail, fresh);
    else
        set_first(q, fresh);
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
    tell_if_high(q);
}

/* A fresh block that waits for a commit is the tail with an end of 0, which no chunk in use has. The chunk
 * before it does not know it yet; its own link leads back there. */
static void close_reservation(ta_queue *q)
{
    q->reserved = 0;
    if (!q->tail.bits || q->tail_end > 0)
        return;
    ta_handle fresh = q->tail;
    ta_handle last = q->head.bits ? backend_next(q->allocator, fresh) : TA_NONE;
    backend_free(q->allocator, fresh);
    q->tail = last;
    q->tail_end = (ta_slot)(last.bits ? q->allocator->block_size : 0);
}

/* What every call that writes begins with. */
static ta_status open_writer(ta_queue *q)
{
    ta_status status = check_writer(q);
    if (status == TA_OK && q->reserved)
        close_reservation(q);
    return status;
}

static ta_handle take_block(const ta_queue *q)
{
    return q->uses_reserve ? ta_slab_alloc_reserved(q->allocator, 0) : backend_alloc(q->allocator, 0);
}

static bool book_blocks(const ta_queue *q, size_t blocks)
{
    if (blocks == 0)
        return true;
    return q->uses_reserve ? slab_book(q->allocator, blocks, true) : backend_book(q->allocator, blocks);
}

/* ---- Transitions: the reader --------------------------------------------------------------------------- */

/* The first contiguous bytes of `held` > 0; leaves a chunk that has no more. Empty when the chain is stale.
 */
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
    tell_if_low(q);
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
    q->tail_end = q->head_offset = q->reserved = 0;
    q->read = q->written;
}

ta_status ta_queue_clear(ta_queue *q)
{
    ta_status status;
    size_t held = readable(q, &status);
    if (status == TA_E_INVALID)
        return status;
    if (status == TA_OK && check_writer(q) == TA_OK) {
        close_reservation(q);
        drain(q, NULL, held, held);
        ta_queue_trim(q);
    }
    forget_chunks(q);
    tell_if_low(q);
    return TA_OK;
}

ta_status ta_queue_set_limit(ta_queue *q, size_t max_length)
{
    if (!q)
        return invalid();
    q->max_length = max_length;
    return TA_OK;
}

ta_status ta_queue_set_marks(ta_queue *q, const ta_water_marks *marks)
{
    if (!q || (marks && (!marks->on_high || !marks->on_low || marks->low >= marks->high)))
        return invalid();
    q->marks = marks;
    return TA_OK;
}

ta_status ta_queue_use_reserve(ta_queue *q)
{
    if (!is_bound(q) || q->allocator->operations != TA_SLAB_OPERATIONS_)
        return invalid();
    q->uses_reserve = true;
    return TA_OK;
}

ta_status ta_queue_with(ta_queue *q, void (*fn)(ta_queue *q, void *context), void *context)
{
    if (!q || !fn)
        return invalid();
    ta_mask mask = ta_critical_enter();
    fn(q, context);
    ta_critical_exit(mask);
    return TA_OK;
}

ta_status ta_queue_trim(ta_queue *q)
{
    ta_status status = check_writer(q);
    if (status != TA_OK)
        return status;
    ta_mask mask = ta_critical_enter();
    if (q->tail.bits && q->written == q->read && q->reserved == 0) {
        backend_free(q->allocator, q->tail);
        forget_chunks(q);
    }
    ta_critical_exit(mask);
    return TA_OK;
}

/* ---- The writer's calls -------------------------------------------------------------------------------- */

ta_status ta_queue_push(ta_queue *q, uint8_t byte)
{
    ta_status status = open_writer(q);
    if (status != TA_OK)
        return status;
    if (limit_room(q) == 0)
        return drop(q, 1, TA_E_FULL);
    if (tail_room(q) == 0) {
        ta_handle fresh = take_block(q);
        if (!fresh.bits)
            return drop(q, 1, TA_E_NO_MEMORY);
        extend(q, fresh);
    }
    ((uint8_t *)backend_get(q->allocator, q->tail))[q->tail_end++] = byte;
    ta_port_store(&q->written, q->written + 1);
    tell_if_high(q);
    return TA_OK;
}

ta_status ta_queue_write(ta_queue *q, const void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = open_writer(q);
    if (status != TA_OK)
        return status;
    if (n > limit_room(q))
        return drop(q, n, TA_E_FULL);
    if (!book_blocks(q, blocks_for(q, n)))
        return drop(q, n, TA_E_NO_MEMORY);
    append(q, data, n);
    return TA_OK;
}

ta_status ta_queue_write_some(ta_queue *q, const void *data, size_t n, size_t *done)
{
    if ((!data && n) || !done)
        return invalid();
    *done = 0;
    ta_status status = open_writer(q);
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

ta_status ta_queue_reserve(ta_queue *q, size_t n, ta_span *span)
{
    if (!span || n == 0)
        return invalid();
    ta_status status = open_writer(q);
    if (status != TA_OK)
        return status;
    n = smaller(n, limit_room(q));
    if (n == 0)
        return TA_E_FULL;
    if (tail_room(q) == 0) {
        ta_handle fresh = take_block(q);
        if (!fresh.bits)
            return TA_E_NO_MEMORY;
        if (q->tail.bits)
            backend_set_next(q->allocator, fresh, q->tail);
        q->tail = fresh;
        q->tail_end = 0;
    }
    q->reserved = (ta_slot)smaller(n, tail_room(q));
    span->data = (uint8_t *)backend_get(q->allocator, q->tail) + q->tail_end;
    span->length = q->reserved;
    return TA_OK;
}

ta_status ta_queue_commit(ta_queue *q, size_t n)
{
    ta_status status = check_writer(q);
    if (status != TA_OK)
        return status;
    if (q->reserved == 0 || n > q->reserved)
        return invalid();
    if (n == 0) {
        close_reservation(q);
        return TA_OK;
    }
    if (q->tail_end == 0 && q->head.bits)
        backend_set_next(q->allocator, backend_next(q->allocator, q->tail), q->tail);
    else if (q->tail_end == 0)
        set_first(q, q->tail);
    q->tail_end = (ta_slot)(q->tail_end + n);
    q->reserved = 0;
    ta_port_store(&q->written, q->written + n);
    tell_if_high(q);
    return TA_OK;
}

ta_status ta_queue_cancel(ta_queue *q)
{
    return open_writer(q);
}

size_t ta_queue_room(const ta_queue *q)
{
    if (check_writer(q) != TA_OK)
        return 0;
    size_t blocks = ta_available(q->allocator);
    return smaller(limit_room(q), tail_room(q) + blocks * q->allocator->block_size);
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

ta_status ta_queue_at(ta_queue *q, size_t position, uint8_t *byte)
{
    if (!byte)
        return invalid();
    ta_status status;
    size_t held = readable(q, &status);
    if (status != TA_OK)
        return status;
    if (position >= held)
        return TA_E_RANGE;
    const ta_allocator *a = q->allocator;
    ta_handle chunk = q->head;
    for (position += q->head_offset; position >= a->block_size; position -= a->block_size)
        chunk = backend_next(a, chunk);
    const uint8_t *block = backend_get(a, chunk);
    if (!block)
        return TA_E_STALE;
    *byte = block[position];
    return TA_OK;
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
    tell_if_low(q);
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
    bool fresh = q->tail.bits && q->tail_end == 0;
    if (q->reserved > tail_room(q) || (fresh && q->reserved == 0))
        return 1;
    if (!q->head.bits)
        return (q->tail.bits && !fresh) || held || q->head_offset || q->tail_end ? 2 : 0;
    ta_handle chunk = q->head, last = fresh ? backend_next(a, q->tail) : q->tail;
    size_t last_end = fresh ? block_size : q->tail_end;
    size_t counted = block_size - q->head_offset;
    while (chunk.bits != last.bits && counted <= held + block_size) {
        chunk = backend_next(a, chunk);
        if (!backend_get(a, chunk))
            return 3;
        counted += block_size;
    }
    if (chunk.bits != last.bits)
        return 4;
    return counted - (block_size - last_end) == held ? 0 : 5;
}

#endif /* TA_WITH_QUEUE */
