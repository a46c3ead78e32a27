/*
 * Buffers: see the picture in buffer.h.
 *
 * Invariants between calls (no reservation open):
 *   B1  length is 0 and there is no chunk, or length > 0 and head and tail are live chunks of this buffer;
 *   B2  the chain runs from head to tail; its chunks hold (block_size - head_offset), block_size …, (block_size - room)
 *       bytes, which add up to length;
 *   B3  0 <= head_offset < block_size and 0 <= room < block_size.
 * An open reservation lies in the last chunk's room. That chunk may be a fresh block; then room is block_size, and its
 * own link leads back to the last chunk with bytes.
 */
#include "internal.h"

#if TA_WITH_BUFFER

/* ---- Checks and pure helpers --------------------------------------------------------------------------- */

static bool is_bound(const ta_buffer *b)
{
    return b && (b->allocator || TA_GLOBAL);
}

/* Head or tail was freed by somebody else. A head that is TA_NONE though bytes are held was freed before it became that. */
static bool is_stale(const ta_buffer *b)
{
    if (!b->head.bits)
        return b->length > 0;
    return !backend_get(b->allocator, b->head) ||
           (b->tail.bits != b->head.bits && !backend_get(b->allocator, b->tail));
}

ta_status buffer_check_readable(const ta_buffer *b)
{
    if (!is_bound(b))
        return invalid();
    return is_stale(b) ? TA_E_STALE : TA_OK;
}

size_t buffer_limit_room(const ta_buffer *b)
{
    if (b->max_length == 0)
        return SIZE_MAX;
    return b->length < b->max_length ? b->max_length - b->length : 0;
}

/* ---- Transitions --------------------------------------------------------------------------------------- */

void buffer_forget_chunks(ta_buffer *b)
{
    b->head = b->tail = TA_NONE;
    b->length = 0;
    b->head_offset = b->room = b->reserved = 0;
}

/* A fresh block that got no bytes goes back; its link says which chunk was the last one. */
static void close_reservation(ta_buffer *b)
{
    b->reserved = 0;
    if (b->room < b->allocator->block_size)
        return;
    b->tail = backend_free_next(b->allocator, b->tail);
    b->room = 0;
    if (b->length == 0)
        buffer_forget_chunks(b);
}

ta_status buffer_open(ta_buffer *b)
{
    ta_status status = buffer_check_readable(b);
    if (status == TA_OK && b->reserved) {
        close_reservation(b); /* behind which the last chunk may have been ended, too */
        status = buffer_check_readable(b);
    }
    if (status == TA_OK && TA_GLOBAL) {
        b->is_global = b->is_global || !b->allocator;
        b->allocator = buffer_next_allocator(b);
    }
    return status;
}

void buffer_link(ta_buffer *b, ta_handle chunk, size_t room)
{
    if (b->tail.bits)
        backend_link(b->allocator, b->tail, chunk);
    else
        b->head = chunk;
    b->tail = chunk;
    b->room = (ta_slot)room;
}

ta_status buffer_book(const ta_buffer *b, size_t n, size_t room)
{
    if (n > buffer_limit_room(b))
        return TA_E_FULL;
    size_t blocks = blocks_beyond(n, room, b->allocator->block_size);
    return blocks == 0 || backend_book(b->allocator, blocks) ? TA_OK : TA_E_NO_MEMORY;
}

/* n bytes were written behind the last one. */
static void take_back(ta_buffer *b, size_t n)
{
    b->room = (ta_slot)(b->room - n);
    b->length += n;
}

/* Copy n bytes to the end, chunk by chunk; the blocks which that takes are booked. */
static void append(ta_buffer *b, const uint8_t *data, size_t n)
{
    while (n > 0) {
        if (b->room == 0)
            buffer_link(b, backend_take(b->allocator), b->allocator->block_size);
        size_t part = smaller(n, b->room);
        memcpy(buffer_back_data(b), data, part);
        take_back(b, part);
        data += part;
        n -= part;
    }
}

/*
 * Put n bytes behind the last one: they fill the last chunk up, and what does not fit goes to the front of `chunk`, which
 * becomes the last one. They may lie in that chunk; then no block is needed besides, and a buffer without chunks takes
 * them where they lie. Says the chunk when it was not needed.
 *
 *     to  [aaaa]-->[bb..]      chunk  [.ccc]
 *     to  [aaaa]-->[bbcc]-->[c...]
 */
static ta_handle absorb(ta_buffer *to, ta_handle chunk, const uint8_t *data, size_t n)
{
    size_t fits = smaller(n, to->room);
    append(to, data, fits);
    n -= fits;
    data += fits;
    if (n == 0)
        return chunk;
    uint8_t *block = backend_get(to->allocator, chunk);
    size_t offset = (uintptr_t)data - (uintptr_t)block; /* not below the block size: they lie elsewhere */
    if (to->head.bits || offset >= to->allocator->block_size)
        offset = 0;
    else
        to->head_offset = (ta_slot)offset;
    if (block + offset != data)
        memmove(block + offset, data, n);
    buffer_link(to, chunk, to->allocator->block_size - (offset + n));
    to->length += n;
    return TA_NONE;
}

bool buffer_seek(const ta_buffer *b, size_t position, chain_front *front)
{
    const ta_allocator *a = b->allocator;
    ta_handle chunk = b->head;
    size_t offset = b->head_offset + position, left = 0;
    for (; offset > a->block_size; offset -= a->block_size) {
        chunk = backend_next(a, chunk);
        left++;
    }
    front->chunk = chunk;
    front->start = backend_get(a, chunk);
    front->offset = offset;
    front->left = left;
    return front->start != NULL;
}

void buffer_settle_front(ta_buffer *b)
{
    if (b->length == 0) {
        ta_free(b->allocator, b->head);
        buffer_forget_chunks(b);
    } else if (b->head_offset == b->allocator->block_size) {
        b->head = backend_free_next(b->allocator, b->head);
        b->head_offset = 0;
    }
}

/* Take bytes that are held. Apart from the checks, which need no stack frame. In a build for size without chain.c. */
static NOINLINE ta_status drain(ta_buffer *b, uint8_t *data, size_t n)
{
    const ta_allocator *a = b->allocator;
    if (IS_FOR_SIZE) {
        chain_front end;
        if (!buffer_seek(b, n, &end))
            return TA_E_STALE;
        while (n > 0) {
            size_t part = smaller(n, buffer_front_length(b));
            if (data) {
                memcpy(data, buffer_front_data(b), part);
                data += part;
            }
            n -= part;
            b->length -= part;
            b->head_offset = (ta_slot)(b->head_offset + part);
            buffer_settle_front(b);
        }
        return TA_OK;
    }
    chain_front front = {b->head, backend_get(a, b->head), b->head_offset, 0};
    if (!chain_drain(a, &front, data, n))
        return TA_E_STALE;
    chain_free(a, b->head, front.left);
    b->head = front.chunk;
    b->head_offset = (ta_slot)front.offset;
    b->length -= n;
    buffer_settle_front(b);
    return TA_OK;
}

ta_status buffer_take(ta_buffer *b, uint8_t *data, size_t n)
{
    ta_status status = buffer_open(b);
    if (status != TA_OK || n == 0)
        return status;
    return n > b->length ? TA_E_RANGE : drain(b, data, n);
}

ta_status buffer_take_some(ta_buffer *b, uint8_t *data, size_t n, size_t *done)
{
    if (!done)
        return invalid();
    *done = 0;
    size_t part = smaller(n, ta_buffer_len(b));
    ta_status status = buffer_take(b, data, part);
    if (status != TA_OK)
        return status;
    *done = part;
    return part < n && part == 0 ? TA_E_EMPTY : TA_OK;
}

/* ---- Chunks that change hands -------------------------------------------------------------------------- */

/* A slot in its last lifetime (TA_RETIRE) keeps the generation it has. */
ta_handle buffer_renewed(const ta_allocator *a, ta_handle chunk)
{
    ta_handle h = backend_renew(a, chunk);
    return h.bits ? h : chunk;
}

/* Only what is copied from a last chunk that stays may take a block: unless it fits, or the first chunk is emptied before
 * the destination's last is full. */
bool buffer_get_spare(const ta_buffer *to, chain *from, size_t n)
{
    const ta_allocator *a = to->allocator;
    if (from->cut == 0 || n <= to->room || a->block_size - from->head_offset <= to->room)
        return true;
    from->spare = ta_alloc(a, 0);
    return from->spare.bits != 0;
}

/* Chunks that leave are renewed, so that a view across the cut finds out. One that is emptied is the spare from then on;
 * only the first can be, or a last one that leaves. */
void buffer_transfer(ta_buffer *to, chain *from, size_t n)
{
    const ta_allocator *a = to->allocator;
    while (n > 0) {
        ta_handle chunk = from->head;
        const uint8_t *data = (uint8_t *)backend_get(a, chunk) + from->head_offset;
        size_t part = smaller(n, a->block_size - from->head_offset);
        n -= part;
        if (n == 0 && from->cut > 0) {
            from->head_offset = from->cut;
            chunk = from->spare;
            from->spare = TA_NONE;
        } else {
            from->head = backend_next(a, chunk);
            from->head_offset = 0;
            chunk = buffer_renewed(a, chunk);
        }
        chunk = absorb(to, chunk, data, part);
        if (chunk.bits) {
            ta_free(a, from->spare);
            from->spare = chunk;
        }
    }
    ta_free(a, from->spare);
}

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

void ta_buffer_init(ta_buffer *b, const ta_allocator *allocator)
{
    memset(b, 0, sizeof *b);
    b->allocator = allocator;
}

ta_status ta_buffer_clear(ta_buffer *b)
{
    ta_status status = buffer_take(b, NULL, ta_buffer_len(b));
    if (status == TA_E_INVALID)
        return status;
    buffer_forget_chunks(b);
    return TA_OK;
}

ta_status ta_buffer_set_max_len(ta_buffer *b, size_t max_length)
{
    if (!b)
        return invalid();
    if (b->reserved)
        buffer_open(b);
    b->max_length = max_length;
    return TA_OK;
}

size_t ta_buffer_max_len(const ta_buffer *b)
{
    return b ? b->max_length : 0;
}

/* ---- Writing at the back ------------------------------------------------------------------------------- */

ta_status ta_buffer_push(ta_buffer *b, uint8_t byte)
{
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    if (buffer_limit_room(b) == 0)
        return TA_E_FULL;
    if (b->room == 0) {
        ta_handle fresh = ta_alloc(b->allocator, 0);
        if (!fresh.bits)
            return TA_E_NO_MEMORY;
        buffer_link(b, fresh, b->allocator->block_size);
    }
    *buffer_back_data(b) = byte;
    take_back(b, 1);
    return TA_OK;
}

ta_status ta_buffer_write(ta_buffer *b, const void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = buffer_open(b);
    if (status != TA_OK || n == 0)
        return status;
    if (IS_FOR_SIZE) {
        status = buffer_book(b, n, b->room);
        if (status == TA_OK)
            append(b, data, n);
        return status;
    }
    if (n > buffer_limit_room(b))
        return TA_E_FULL;
    chain_end end = {b->tail, TA_NONE_INIT, backend_get(b->allocator, b->tail),
                     b->length > 0 ? b->allocator->block_size - b->room : 0, 0};
    if (!chain_write(b->allocator, &end, data, n, false))
        return TA_E_NO_MEMORY;
    if (!b->head.bits)
        b->head = end.first;
    b->tail = end.chunk;
    b->room = (ta_slot)(b->allocator->block_size - end.offset);
    b->length += n;
    return TA_OK;
}

ta_status ta_buffer_write_some(ta_buffer *b, const void *data, size_t n, size_t *done)
{
    if ((!data && n) || !done)
        return invalid();
    *done = 0;
    ta_status status = buffer_open(b);
    if (status != TA_OK || n == 0)
        return status;
    n = smaller(n, buffer_limit_room(b));
    if (n == 0)
        return TA_E_FULL;
    size_t block_size = b->allocator->block_size;
    size_t blocks = book_some(b->allocator, blocks_beyond(n, b->room, block_size), false);
    n = smaller(n, b->room + blocks * block_size);
    append(b, data, n);
    *done = n;
    return n > 0 ? TA_OK : TA_E_NO_MEMORY;
}

ta_status ta_buffer_append_block(ta_buffer *b, ta_handle h, size_t length)
{
    if (!is_bound(b))
        return invalid();
    const ta_allocator *a = buffer_next_allocator(b);
    if (length > a->block_size)
        return invalid();
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    const uint8_t *block = backend_get(a, h);
    if (!block)
        return TA_E_STALE;
    if (length > buffer_limit_room(b))
        return TA_E_FULL;
    ta_free(a, absorb(b, buffer_renewed(a, h), block, length));
    return TA_OK;
}

ta_status ta_buffer_reserve(ta_buffer *b, size_t n, ta_span *span)
{
    if (!span || n == 0)
        return invalid();
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    ta_handle last = b->tail;
    status = ta_buffer_push(b, 0); /* which finds room, or makes it */
    if (status != TA_OK)
        return status;
    b->room++;
    b->length--;
    if (b->room == b->allocator->block_size && last.bits)
        backend_set_next(b->allocator, b->tail, last);
    n = smaller(n, buffer_limit_room(b));
    b->reserved = (ta_slot)smaller(n, b->room);
    span->data = buffer_back_data(b);
    span->length = b->reserved;
    return TA_OK;
}

ta_status ta_buffer_commit(ta_buffer *b, size_t n)
{
    ta_status status = buffer_check_readable(b);
    if (status != TA_OK)
        return status;
    if (b->reserved == 0 || n > b->reserved)
        return invalid();
    take_back(b, n);
    close_reservation(b);
    return TA_OK;
}

ta_status ta_buffer_cancel(ta_buffer *b)
{
    return buffer_open(b);
}

/* ---- From buffer to buffer ----------------------------------------------------------------------------- */

ta_status ta_buffer_move(ta_buffer *destination, ta_buffer *source)
{
    if (destination == source)
        return buffer_open(source);
    if (!destination)
        return invalid();
    ta_status status = buffer_open(source);
    if (status != TA_OK)
        return status;
    if (destination->max_length && source->length > destination->max_length)
        return TA_E_FULL;
    size_t max_length = destination->max_length;
    if (destination->head.bits)
        ta_buffer_clear(destination);
    *destination = *source;
    destination->max_length = max_length;
    buffer_forget_chunks(source);
    return TA_OK;
}

static bool holds(const ta_buffer *b, size_t position, size_t n)
{
    return position <= b->length && n <= b->length - position;
}

ta_status ta_buffer_copy_range(ta_buffer *destination, const ta_buffer *source, size_t position, size_t n)
{
    ta_status status = buffer_check_readable(source);
    if (status == TA_OK)
        status = buffer_open(destination);
    if (status != TA_OK)
        return status;
    if (!holds(source, position, n))
        return TA_E_RANGE;
    chain_front end;
    if (n > 0 && !buffer_seek(source, position + n, &end))
        return TA_E_STALE;
    status = buffer_book(destination, n, destination->room);
    if (status != TA_OK)
        return status;
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    while (n > 0 && ta_buffer_next_chunk(source, &at, &span) == TA_OK) {
        size_t skipped = smaller(position, span.length);
        size_t part = smaller(n, span.length - skipped);
        append(destination, span.data + skipped, part);
        position -= skipped;
        n -= part;
    }
    return TA_OK;
}

/* ---- Looking, without consuming ------------------------------------------------------------------------ */

ta_status ta_buffer_copy_out(const ta_buffer *b, size_t position, void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = buffer_check_readable(b);
    if (status != TA_OK)
        return status;
    if (!holds(b, position, n))
        return TA_E_RANGE;
    chain_front from;
    if (n > 0 && !(buffer_seek(b, position, &from) && chain_drain(b->allocator, &from, data, n)))
        return TA_E_STALE;
    return TA_OK;
}

ta_status ta_buffer_next_chunk(const ta_buffer *b, ta_chunk_iterator *at, ta_span *span)
{
    if (!at || !span)
        return invalid();
    ta_status status = buffer_check_readable(b);
    if (status != TA_OK)
        return status;
    if (at->position >= b->length)
        return TA_E_EMPTY;
    size_t offset = 0;
    if (at->position == 0) {
        at->next = b->head;
        offset = b->head_offset;
    }
    uint8_t *block = backend_get(b->allocator, at->next);
    if (!block)
        return TA_E_STALE;
    span->data = block + offset;
    span->length = smaller(b->length - at->position, b->allocator->block_size - offset);
    at->position += span->length;
    at->next = backend_next(b->allocator, at->next);
    return TA_OK;
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

size_t ta_buffer_len(const ta_buffer *b)
{
    return b ? b->length : 0;
}

bool ta_buffer_is_empty(const ta_buffer *b)
{
    return ta_buffer_len(b) == 0;
}

size_t ta_buffer_room(const ta_buffer *b)
{
    if (buffer_check_readable(b) != TA_OK)
        return 0;
    const ta_allocator *a = buffer_next_allocator(b);
    size_t room =
        TA_GLOBAL && a != b->allocator ? 0 : b->room; /* not that of a block that will go back elsewhere */
    return smaller(buffer_limit_room(b), room + ta_available(a) * a->block_size);
}

int ta_buffer_check(const ta_buffer *b)
{
    if (!b || !b->allocator || (b->head.bits && buffer_check_readable(b) != TA_OK))
        return 0;
    size_t block_size = b->allocator->block_size, room = b->room;
    ta_handle last = b->tail;
    if (b->head_offset >= block_size || room > block_size || b->reserved > room)
        return 1;
    if (!b->head.bits)
        return b->length > 0 || last.bits || b->head_offset || room ? 2 : 0;
    if (room == block_size ? b->reserved == 0 : b->length == 0)
        return 2;
    if (room == block_size && b->length > 0) { /* the last one is a fresh block */
        last = backend_next(b->allocator, last);
        room = 0;
    }
    chain_front at;
    if (!buffer_seek(b, b->length, &at))
        return 3;
    if (at.chunk.bits != last.bits)
        return 4;
    return at.offset == block_size - room ? 0 : 5;
}

#endif /* TA_WITH_BUFFER */
