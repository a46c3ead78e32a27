/*
 * A buffer as a double-ended queue: bytes leave at either end, and may be put back at the front.
 */
#include "internal.h"

#if TA_WITH_DEQUE

/* ---- At the front -------------------------------------------------------------------------------------- */

ta_status ta_buffer_pop(ta_buffer *b, uint8_t *byte)
{
    if (!byte)
        return invalid();
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    if (b->length == 0)
        return TA_E_EMPTY;
    *byte = *buffer_front_data(b);
    buffer_drop_front(b, 1);
    return TA_OK;
}

ta_status ta_buffer_peek(const ta_buffer *b, uint8_t *byte)
{
    ta_span span;
    if (!byte)
        return invalid();
    ta_status status = ta_buffer_front(b, &span);
    if (status == TA_OK)
        *byte = span.data[0];
    return status;
}

ta_status ta_buffer_front(const ta_buffer *b, ta_span *span)
{
    if (!span)
        return invalid();
    ta_status status = buffer_check_readable(b);
    if (status != TA_OK)
        return status;
    if (b->length == 0)
        return TA_E_EMPTY;
    span->data = buffer_front_data(b);
    span->length = buffer_front_length(b);
    return TA_OK;
}

ta_status ta_buffer_consume(ta_buffer *b, size_t n)
{
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    if (n > b->length)
        return TA_E_RANGE;
    return buffer_drain(b, NULL, n);
}

ta_status ta_buffer_consume_some(ta_buffer *b, size_t n, size_t *done)
{
    if (!done)
        return invalid();
    *done = 0;
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    if (n > 0 && b->length == 0)
        return TA_E_EMPTY;
    n = smaller(n, b->length);
    ta_buffer_consume(b, n);
    *done = n;
    return TA_OK;
}

/* Put a booked block before the first chunk, filled to its end from `offset` on. */
static void link_front(ta_buffer *b, const uint8_t *data, size_t offset)
{
    const ta_allocator *a = b->allocator;
    ta_handle fresh = backend_take(a);
    memcpy((uint8_t *)backend_get(a, fresh) + offset, data, a->block_size - offset);
    backend_set_next(a, fresh, b->head);
    b->head = fresh;
    b->head_offset = (ta_slot)offset;
    b->length += a->block_size - offset;
}

/*
 * [..|aaa]-->…    The last bytes go before the first ones of the first chunk, where consumed bytes lay; a
 * view that still looks at those must find out, so the chunk is renewed. The others fill new chunks, from
 * their end on.
 */
ta_status ta_buffer_prepend(ta_buffer *b, const void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = buffer_open(b);
    if (status != TA_OK || n == 0)
        return status;
    if (b->length == 0)
        return ta_buffer_write(b, data, n);
    if (n > buffer_limit_room(b))
        return TA_E_FULL;
    size_t block_size = b->allocator->block_size;
    size_t near = smaller(n, b->head_offset), far = n - near;
    size_t blocks = far / block_size + (far % block_size != 0);
    if (blocks > 0 && !backend_book(b->allocator, blocks))
        return TA_E_NO_MEMORY;
    const uint8_t *from = data;
    if (near > 0) {
        buffer_renew_head(b);
        b->head_offset = (ta_slot)(b->head_offset - near);
        memcpy(buffer_front_data(b), from + far, near);
        b->length += near;
    }
    while (far > 0) {
        size_t part = smaller(far, block_size);
        far -= part;
        link_front(b, from + far, block_size - part);
    }
    return TA_OK;
}

/* ---- At the back --------------------------------------------------------------------------------------- */

/* Free the chunks from one on to the last. */
static void free_from(ta_buffer *b, ta_handle chunk)
{
    while (chunk.bits != b->tail.bits)
        chunk = backend_free_next(b->allocator, chunk);
    ta_free(b->allocator, chunk);
}

/* A chunk that is cut will be written to again; a view that still looks at what was there must find out. */
ta_status ta_buffer_truncate(ta_buffer *b, size_t new_length)
{
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    if (new_length > b->length)
        return TA_E_RANGE;
    if (new_length == 0)
        return ta_buffer_clear(b);
    const ta_allocator *a = b->allocator;
    ta_handle chunk = b->head;
    size_t kept = buffer_front_length(b), end = b->head_offset + kept;
    while (kept < new_length) {
        chunk = backend_next(a, chunk);
        end = smaller(b->length - kept, a->block_size);
        kept += end;
    }
    if (chunk.bits != b->tail.bits)
        free_from(b, backend_next(a, chunk));
    b->length = new_length;
    b->tail = chunk;
    b->tail_end = (ta_slot)(end - (kept - new_length));
    if (kept > new_length)
        buffer_renew_tail(b);
    return TA_OK;
}

#endif /* TA_WITH_DEQUE */
