/*
 * A buffer as a stream: reading, searching, and handing bytes from one buffer to another.
 */
#include "internal.h"

/* ---- Reading --------------------------------------------------------------------------------------------- */

/* Take n bytes, which are held, to `data`. */
static void drain(ta_buffer *b, uint8_t *data, size_t n)
{
    while (n > 0) {
        size_t part = smaller(n, buffer_front_length(b));
        memcpy(data, buffer_front_data(b), part);
        buffer_drop_front(b, part);
        data += part;
        n -= part;
    }
}

ta_status ta_buffer_read(ta_buffer *b, void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    if (n > b->length)
        return TA_E_RANGE;
    drain(b, data, n);
    return TA_OK;
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
    drain(b, data, n);
    *done = n;
    return TA_OK;
}

ta_status ta_buffer_at(const ta_buffer *b, size_t position, uint8_t *byte)
{
    if (!byte)
        return invalid();
    return ta_buffer_copy_out(b, position, byte, 1);
}

/* ---- Searching: what a view of the buffer finds ---------------------------------------------------------- */

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

/* ---- Consuming what was found ---------------------------------------------------------------------------- */

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

/* ---- From buffer to buffer --------------------------------------------------------------------------------- */

/* The destination ends with a full chunk (or has none) and the source begins with a full one (or may keep its
 * offset): so chunks can change hands as they are. */
static bool fits_whole(const ta_buffer *to, ta_slot head_offset)
{
    return buffer_tail_room(to) == 0 && (head_offset == 0 || !to->head.bits);
}

/* Copy n bytes of a chunk to the end of a buffer; `*spare` is for when its last chunk is full. */
static void copy_chunk(ta_buffer *to, const uint8_t *data, size_t n, ta_handle *spare)
{
    while (n > 0) {
        if (buffer_tail_room(to) == 0) {
            buffer_link(to, *spare, 0);
            *spare = TA_NONE;
        }
        size_t part = smaller(n, buffer_tail_room(to));
        memcpy(buffer_back_data(to), data, part);
        to->tail_end = (ta_slot)(to->tail_end + part);
        to->length += part;
        data += part;
        n -= part;
    }
}

/*
 * A chunk whose last byte is taken leaves the source: it is relinked as it is where that fits, else its bytes are
 * copied and it becomes the next spare. A chunk that keeps bytes stays, and those taken are copied.
 *
 *     to  [aaaa]-->[bb..]     from  [cccc]-->[dddd]-->[ee..]      spare [....]
 *     to  [aaaa]-->[bbcc]-->[cc..]     from  [dddd]-->[ee..]      spare [....] which held c
 *
 * One spare is enough: the k-th block is needed after room + (k-1) blocks of bytes, and by then k-1 chunks of the
 * source were emptied, because its first chunk holds no more than a block. Chunks that leave are renewed, so that a
 * view across the cut finds out.
 */
void buffer_transfer(ta_buffer *to, chain *from, size_t n, ta_handle spare)
{
    const ta_allocator *a = to->allocator;
    while (n > 0) {
        size_t part = smaller(n, a->block_size - from->head_offset);
        bool stays = from->head_offset + part < a->block_size || (part == n && from->keeps_last);
        ta_handle chunk = from->head;
        if (!stays && fits_whole(to, from->head_offset)) {
            if (!to->head.bits)
                to->head_offset = from->head_offset;
            from->head = backend_next(a, chunk);
            buffer_link(to, renewed(a, chunk), a->block_size);
            to->length += part;
        } else {
            copy_chunk(to, (uint8_t *)backend_get(a, chunk) + from->head_offset, part, &spare);
            if (!stays && spare.bits) {
                from->head = backend_free_next(a, chunk);
            } else if (!stays) {
                from->head = backend_next(a, chunk);
                spare = renewed(a, chunk);
            }
        }
        from->head_offset = stays ? (ta_slot)(from->head_offset + part) : 0;
        n -= part;
    }
    if (spare.bits)
        backend_free(a, spare);
}

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

/* Does moving n bytes take a block before it gives one? Not when they fit into the last chunk, when chunks can be
 * relinked and none is cut, or when the source's first chunk is emptied before the destination's last is full. */
bool buffer_needs_spare(const ta_buffer *to, const chain *from, size_t n)
{
    size_t block_size = to->allocator->block_size;
    size_t room = buffer_tail_room(to), first = block_size - from->head_offset;
    if (n <= room)
        return false;
    if (fits_whole(to, from->head_offset))
        return from->keeps_last || n < first || (n - first) % block_size != 0;
    return first > room;
}

/* On one allocator: by relinking, with at most one block more. */
static ta_status drain_by_relinking(ta_buffer *to, ta_buffer *from, size_t n)
{
    const ta_allocator *a = from->allocator;
    chain source = {from->head, from->head_offset, false};
    ta_handle spare = TA_NONE;
    if (n == from->length && fits_whole(to, from->head_offset)) {
        relink_all(to, from);
        return TA_OK;
    }
    if (buffer_needs_spare(to, &source, n)) {
        spare = backend_alloc(a, 0);
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
        backend_free(a, source.head);
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
