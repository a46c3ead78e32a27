/*
 * A buffer as a stream: reading, searching, and handing bytes from one buffer to another.
 */
#include "internal.h"

#if TA_WITH_STREAM

/* ---- Reading ------------------------------------------------------------------------------------------- */

ta_status ta_buffer_read(ta_buffer *b, void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    if (n > b->length)
        return TA_E_RANGE;
    return buffer_drain(b, data, n);
}

ta_status ta_buffer_read_some(ta_buffer *b, void *data, size_t n, size_t *done)
{
    if ((!data && n) || !done)
        return invalid();
    *done = 0;
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    if (n > 0 && b->length == 0)
        return TA_E_EMPTY;
    n = smaller(n, b->length);
    status = buffer_drain(b, data, n);
    if (status == TA_OK)
        *done = n;
    return status;
}

ta_status ta_buffer_at(const ta_buffer *b, size_t position, uint8_t *byte)
{
    if (!byte)
        return invalid();
    return ta_buffer_copy_out(b, position, byte, 1);
}

/* ---- Searching: what a view of the buffer finds -------------------------------------------------------- */

ta_status ta_buffer_find(const ta_buffer *b, uint8_t byte, size_t *position)
{
    ta_view v = ta_buffer_view(b);
    ta_status status = buffer_check_readable(b);
    return status == TA_OK ? ta_view_find(&v, byte, position) : status;
}

ta_status ta_buffer_find_if(const ta_buffer *b, ta_byte_predicate is_match, void *context, size_t *position)
{
    ta_view v = ta_buffer_view(b);
    ta_status status = buffer_check_readable(b);
    return status == TA_OK ? ta_view_find_if(&v, is_match, context, position) : status;
}

ta_status ta_buffer_find_seq(const ta_buffer *b, const void *data, size_t n, size_t *position)
{
    ta_view v = ta_buffer_view(b);
    ta_status status = buffer_check_readable(b);
    return status == TA_OK ? ta_view_find_seq(&v, data, n, position) : status;
}

ta_status ta_buffer_spans(const ta_buffer *b, ta_span *spans, size_t max, size_t *needed)
{
    if ((!spans && max) || !needed)
        return invalid();
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    ta_status status;
    size_t count = 0;
    for (; (status = ta_buffer_next_chunk(b, &at, &span)) == TA_OK; count++)
        if (count < max)
            spans[count] = span;
    if (status != TA_E_EMPTY)
        return status;
    *needed = count;
    return TA_OK;
}

/* ---- Consuming what was found -------------------------------------------------------------------------- */

ta_status ta_buffer_skip_while(ta_buffer *b, ta_byte_predicate is_match, void *context, size_t *done)
{
    if (!is_match || !done)
        return invalid();
    ta_status status = buffer_open(b);
    *done = 0;
    while (status == TA_OK && b->length > 0) {
        const uint8_t *data = buffer_front_data(b);
        size_t length = buffer_front_length(b), n = 0;
        while (n < length && is_match(data[n], context))
            n++;
        if (n > 0)
            buffer_drop_front(b, n);
        *done += n;
        if (n < length)
            break;
    }
    return status;
}

ta_status ta_buffer_consume_until(ta_buffer *b, uint8_t byte, size_t *done)
{
    size_t position;
    if (!done)
        return invalid();
    *done = 0;
    ta_status status = ta_buffer_find(b, byte, &position);
    if (status == TA_OK)
        status = ta_buffer_consume(b, position + 1);
    if (status == TA_OK)
        *done = position + 1;
    return status;
}

/* ---- From buffer to buffer ----------------------------------------------------------------------------- */

/* Hand over all chunks as they are. */
static void relink_all(ta_buffer *to, ta_buffer *from)
{
    if (!to->head.bits)
        to->head_offset = from->head_offset;
    buffer_link(to, from->head, from->tail_end);
    to->tail = from->tail;
    to->length += from->length;
    buffer_forget_chunks(from);
}

/* On one allocator: by relinking, with at most one block more. */
static ta_status drain_by_relinking(ta_buffer *to, ta_buffer *from, size_t n)
{
    const ta_allocator *a = from->allocator;
    chain source = {from->head, from->head_offset, false};
    ta_handle spare = TA_NONE;
    if (n == from->length && buffer_fits_whole(to, from->head_offset)) {
        relink_all(to, from);
        return TA_OK;
    }
    if (buffer_needs_spare(to, &source, n)) {
        spare = ta_alloc(a, 0);
        if (!spare.bits)
            return TA_E_NO_MEMORY;
    }
    buffer_transfer(to, &source, n, spare);
    if (n < from->length) {
        from->head = source.head;
        from->head_offset = source.head_offset;
        from->length -= n;
        return TA_OK;
    }
    if (from->tail_end < a->block_size) /* the last chunk did not leave by itself */
        ta_free(a, source.head);
    buffer_forget_chunks(from);
    return TA_OK;
}

/* Between two allocators: by copying. */
static ta_status drain_by_copying(ta_buffer *to, ta_buffer *from, size_t n)
{
    ta_status status = ta_buffer_copy_range(to, from, 0, n);
    return status == TA_OK ? ta_buffer_consume(from, n) : status;
}

ta_status ta_buffer_drain_into(ta_buffer *destination, ta_buffer *source, size_t n)
{
    ta_status status = buffer_open(source);
    if (status == TA_OK)
        status = buffer_open(destination);
    if (status != TA_OK)
        return status;
    if (destination == source)
        return invalid();
    if (n > source->length)
        return TA_E_RANGE;
    if (n > buffer_limit_room(destination))
        return TA_E_FULL;
    if (n == 0)
        return TA_OK;
    return destination->allocator == source->allocator ? drain_by_relinking(destination, source, n)
                                                       : drain_by_copying(destination, source, n);
}

ta_status ta_buffer_append(ta_buffer *destination, ta_buffer *source)
{
    return ta_buffer_drain_into(destination, source, ta_buffer_len(source));
}

ta_status ta_buffer_split(ta_buffer *front, ta_buffer *b, size_t n)
{
    if (!front || front == b)
        return invalid();
    ta_buffer taken;
    ta_buffer_init(&taken, front->is_global ? NULL : front->allocator);
    taken.max_length = front->max_length;
    ta_status status = ta_buffer_drain_into(&taken, b, n);
    if (status != TA_OK)
        return status;
    ta_buffer_clear(front);
    *front = taken;
    return TA_OK;
}

#endif /* TA_WITH_STREAM */
