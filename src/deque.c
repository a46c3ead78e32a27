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
    b->length--;
    b->head_offset++;
    buffer_settle_front(b);
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
    if (IS_FOR_SIZE) {
        ta_chunk_iterator first = {TA_NONE_INIT, 0};
        return ta_buffer_next_chunk(b, &first, span);
    }
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
    return buffer_take(b, NULL, n);
}

ta_status ta_buffer_consume_some(ta_buffer *b, size_t n, size_t *done)
{
    return buffer_take_some(b, NULL, n, done);
}

/* A new generation for the first or the last chunk. */
static void renew(ta_buffer *b, ta_handle chunk)
{
    ta_handle renewed = buffer_renewed(b->allocator, chunk);
    if (b->head.bits == chunk.bits)
        b->head = renewed;
    if (b->tail.bits == chunk.bits)
        b->tail = renewed;
}

/*
 * [..|aaa]-->…    From the last byte on: before the first ones of the first chunk, where consumed bytes lay, then into
 * new chunks, from their end on. A view that still looks at consumed bytes must find out, so their chunk is renewed.
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
    status = buffer_book(b, n, b->head_offset);
    if (status != TA_OK)
        return status;
    const ta_allocator *a = b->allocator;
    size_t offset = b->head_offset;
    if (offset > 0)
        renew(b, b->head);
    b->length += n;
    while (n > 0) {
        if (offset == 0) {
            ta_handle fresh = backend_take(a);
            backend_set_next(a, fresh, b->head);
            b->head = fresh;
            offset = a->block_size;
        }
        size_t part = smaller(n, offset);
        n -= part;
        offset -= part;
        memcpy(buffer_block(b, b->head) + offset, (const uint8_t *)data + n, part);
    }
    b->head_offset = (ta_slot)offset;
    return TA_OK;
}

/* ---- At the back --------------------------------------------------------------------------------------- */

/* A chunk that is cut will be written to again; a view that still looks at what was there must find out. */
ta_status ta_buffer_truncate(ta_buffer *b, size_t new_length)
{
    ta_status status = buffer_open(b);
    if (status != TA_OK || new_length == b->length)
        return status;
    if (new_length > b->length)
        return TA_E_RANGE;
    if (new_length == 0)
        return ta_buffer_consume(b, b->length);
    const ta_allocator *a = b->allocator;
    chain_front cut, end;
    if (!buffer_seek(b, new_length, &cut) || !buffer_seek(b, b->length, &end))
        return TA_E_STALE;
    chain_free(a, backend_next(a, cut.chunk), end.left - cut.left);
    b->length = new_length;
    b->tail = cut.chunk;
    b->room = (ta_slot)(a->block_size - cut.offset);
    if (cut.offset < a->block_size)
        renew(b, cut.chunk);
    return TA_OK;
}

#endif /* TA_WITH_DEQUE */
