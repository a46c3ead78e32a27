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
    return buffer_take(b, data, n);
}

ta_status ta_buffer_read_some(ta_buffer *b, void *data, size_t n, size_t *done)
{
    if (!data && n)
        return invalid();
    return buffer_take_some(b, data, n, done);
}

ta_status ta_buffer_at(const ta_buffer *b, size_t position, uint8_t *byte)
{
    if (!byte)
        return invalid();
    return ta_buffer_copy_out(b, position, byte, 1);
}

/* ---- Searching: what a view of the buffer finds -------------------------------------------------------- */

/* Begin a search: a view of a buffer that may be read. */
static ta_status open_view(const ta_buffer *b, ta_view *v)
{
    *v = ta_buffer_view(b);
    return buffer_check_readable(b);
}

ta_status ta_buffer_find(const ta_buffer *b, uint8_t byte, size_t *position)
{
    ta_view v;
    ta_status status = open_view(b, &v);
    return status == TA_OK ? ta_view_find(&v, byte, position) : status;
}

ta_status ta_buffer_find_if(const ta_buffer *b, ta_byte_predicate is_match, void *context, size_t *position)
{
    ta_view v;
    ta_status status = open_view(b, &v);
    return status == TA_OK ? ta_view_find_if(&v, is_match, context, position) : status;
}

ta_status ta_buffer_find_seq(const ta_buffer *b, const void *data, size_t n, size_t *position)
{
    ta_view v;
    ta_status status = open_view(b, &v);
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

struct predicate {
    ta_byte_predicate is_match;
    void *context;
};

static bool is_no_match(uint8_t byte, void *context)
{
    const struct predicate *p = context;
    return !p->is_match(byte, p->context);
}

ta_status ta_buffer_skip_while(ta_buffer *b, ta_byte_predicate is_match, void *context, size_t *done)
{
    if (!is_match || !done)
        return invalid();
    struct predicate p = {is_match, context};
    size_t n = ta_buffer_len(b);
    *done = 0;
    ta_status status = ta_buffer_find_if(b, is_no_match, &p, &n);
    return status == TA_OK || status == TA_E_NO_MATCH ? ta_buffer_consume_some(b, n, done) : status;
}

ta_status ta_buffer_consume_until(ta_buffer *b, uint8_t byte, size_t *done)
{
    size_t position = 0;
    if (!done)
        return invalid();
    *done = 0;
    ta_status status = buffer_open(b);
    if (status == TA_OK)
        status = ta_buffer_find(b, byte, &position);
    return status == TA_OK ? ta_buffer_consume_some(b, position + 1, done) : status;
}

/* ---- From buffer to buffer ----------------------------------------------------------------------------- */

/* On one allocator: by relinking, with at most one block more. All chunks at once are not looked at one by one. */
static ta_status drain_by_relinking(ta_buffer *to, ta_buffer *from, size_t n)
{
    if (n == from->length && to->room == 0 && (!to->head.bits || from->head_offset == 0)) {
        if (!to->head.bits)
            to->head_offset = from->head_offset;
        buffer_link(to, from->head, from->room);
        to->tail = from->tail;
        to->length += n;
        buffer_forget_chunks(from);
        return TA_OK;
    }
    chain_front end;
    if (!buffer_seek(from, n, &end))
        return TA_E_STALE;
    chain source = {from->head, from->head_offset, 0, TA_NONE_INIT};
    if (n < from->length && end.offset < from->allocator->block_size)
        source.cut = end.offset;
    if (!buffer_get_spare(to, &source, n))
        return TA_E_NO_MEMORY;
    buffer_transfer(to, &source, n);
    from->length -= n;
    from->head = source.head;
    from->head_offset = (ta_slot)source.head_offset;
    if (from->length == 0)
        buffer_forget_chunks(from);
    return TA_OK;
}

ta_status ta_buffer_drain_into(ta_buffer *destination, ta_buffer *source, size_t n)
{
    if (destination == source)
        return invalid();
    ta_status status = buffer_check_readable(destination);
    if (status == TA_OK)
        status = buffer_open(source);
    if (status == TA_OK)
        status = buffer_open(destination);
    if (status != TA_OK)
        return status;
    if (n > source->length)
        return TA_E_RANGE;
    if (n > buffer_limit_room(destination))
        return TA_E_FULL;
    if (n == 0)
        return TA_OK;
    if (destination->allocator == source->allocator)
        return drain_by_relinking(destination, source, n);
    status = ta_buffer_copy_range(destination, source, 0, n);
    return status == TA_OK ? ta_buffer_consume(source, n) : status;
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
    ta_buffer_init(&taken, TA_GLOBAL && front->is_global ? NULL : front->allocator);
    taken.max_length = front->max_length;
    ta_status status = ta_buffer_drain_into(&taken, b, n);
    return status == TA_OK ? ta_buffer_move(front, &taken) : status;
}

#endif /* TA_WITH_STREAM */
