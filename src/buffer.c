/*
 * Buffers: see the picture in buffer.h.
 *
 * Invariants between calls (no reservation open):
 *   B1  length is 0 and there is no chunk, or length > 0 and head and tail are live chunks of this buffer;
 *   B2  the chain runs from head to tail; its chunks hold (block_size - head_offset), block_size …, tail_end
 *       bytes, which add up to length; with one chunk, tail_end - head_offset;
 *   B3  0 <= head_offset < block_size and 0 < tail_end <= block_size.
 * An open reservation either lies in the tail's room, or in a fresh block: then that block is `tail`,
 * tail_end is 0, and its own link leads back to the last chunk with bytes, which does not know it yet.
 */
#include "internal.h"

#if TA_WITH_BUFFER

/* ---- Checks and pure helpers --------------------------------------------------------------------------- */

#if TA_GLOBAL
#define GLOBAL_ALLOCATOR ta_global()
#else
#define GLOBAL_ALLOCATOR NULL /* nothing refers to the global allocator, and its pool is not linked */
#endif

static bool is_bound(const ta_buffer *b)
{
    return b && (b->allocator || TA_GLOBAL);
}

/* Where the next first block would come from. */
static const ta_allocator *next_allocator(const ta_buffer *b)
{
    bool follows_global = b->is_global || !b->allocator;
    return follows_global && !b->head.bits ? GLOBAL_ALLOCATOR : b->allocator;
}

/* What every call that only looks begins with. */
ta_status buffer_check_readable(const ta_buffer *b)
{
    if (!is_bound(b))
        return invalid();
    return buffer_is_stale(b) ? TA_E_STALE : TA_OK;
}

/* Bytes that the caller's limit still allows. */
size_t buffer_limit_room(const ta_buffer *b)
{
    if (b->max_length == 0)
        return SIZE_MAX;
    return b->length < b->max_length ? b->max_length - b->length : 0;
}

size_t buffer_blocks_for(const ta_buffer *b, size_t n)
{
    return blocks_beyond(n, buffer_tail_room(b), b->allocator->block_size);
}

/* ---- Transitions --------------------------------------------------------------------------------------- */

void buffer_forget_chunks(ta_buffer *b)
{
    b->head = b->tail = TA_NONE;
    b->length = 0;
    b->head_offset = b->tail_end = b->reserved = 0;
}

static void close_reservation(ta_buffer *b)
{
    b->reserved = 0;
    if (!b->tail.bits || b->tail_end > 0)
        return;
    ta_handle fresh = b->tail;
    ta_handle last = backend_next(b->allocator, fresh);
    ta_free(b->allocator, fresh);
    if (b->length == 0) {
        buffer_forget_chunks(b);
    } else {
        b->tail = last;
        b->tail_end = (ta_slot)b->allocator->block_size;
    }
}

ta_status buffer_open(ta_buffer *b)
{
    ta_status status = buffer_check_readable(b);
    if (status != TA_OK)
        return status;
    if (b->reserved)
        close_reservation(b);
    b->is_global = b->is_global || !b->allocator;
    b->allocator = next_allocator(b);
    return TA_OK;
}

static chain_end end_of(const ta_buffer *b)
{
    const chain_end end = {b->tail, TA_NONE_INIT, backend_get(b->allocator, b->tail), b->tail_end, 0};
    return end;
}

/* n bytes were written up to `end`. */
static void take_end(ta_buffer *b, const chain_end *end, size_t n)
{
    if (!b->head.bits)
        b->head = end->first;
    b->tail = end->chunk;
    b->tail_end = (ta_slot)end->offset;
    b->length += n;
}

void buffer_append(ta_buffer *b, const uint8_t *data, size_t n, size_t blocks)
{
    chain_end end = end_of(b);
    chain_append(b->allocator, &end, data, n, blocks);
    take_end(b, &end, n);
}

/* A first chunk that has no more goes back. */
static void settle_front(ta_buffer *b)
{
    if (b->length == 0) {
        ta_free(b->allocator, b->head);
        buffer_forget_chunks(b);
    } else if (b->head_offset == b->allocator->block_size) {
        b->head = backend_free_next(b->allocator, b->head);
        b->head_offset = 0;
    }
}

ta_status buffer_drain(ta_buffer *b, uint8_t *data, size_t n)
{
    if (n == 0)
        return TA_OK;
    ta_handle head = b->head;
    chain_front front = {head, backend_get(b->allocator, head), b->head_offset, 0};
    if (!chain_drain(b->allocator, &front, data, n))
        return TA_E_STALE;
    chain_free(b->allocator, head, front.left);
    b->head = front.chunk;
    b->head_offset = (ta_slot)front.offset;
    b->length -= n;
    settle_front(b);
    return TA_OK;
}

/* Drop bytes of the first chunk, at most those it holds; the chunk goes back when it has no more. */
void buffer_drop_front(ta_buffer *b, size_t n)
{
    b->length -= n;
    b->head_offset = (ta_slot)(b->head_offset + n);
    settle_front(b);
}

/* ---- Chunks that change hands -------------------------------------------------------------------------- */

/* The destination ends with a full chunk (or has none) and the source begins with a full one (or may keep its
 * offset): so chunks can change hands as they are. */
bool buffer_fits_whole(const ta_buffer *to, ta_slot head_offset)
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
 * A chunk whose last byte is taken leaves the source: it is relinked as it is where that fits, else its bytes
 * are copied and it becomes the next spare. A chunk that keeps bytes stays, and those taken are copied.
 *
 *     to  [aaaa]-->[bb..]     from  [cccc]-->[dddd]-->[ee..]      spare [....]
 *     to  [aaaa]-->[bbcc]-->[cc..]     from  [dddd]-->[ee..]      spare [....] which held c
 *
 * One spare is enough: the k-th block is needed after room + (k-1) blocks of bytes, and by then k-1 chunks of
 * the source were emptied, because its first chunk holds no more than a block. Chunks that leave are renewed,
 * so that a view across the cut finds out.
 */
void buffer_transfer(ta_buffer *to, chain *from, size_t n, ta_handle spare)
{
    const ta_allocator *a = to->allocator;
    while (n > 0) {
        size_t part = smaller(n, a->block_size - from->head_offset);
        bool stays = from->head_offset + part < a->block_size || (part == n && from->keeps_last);
        ta_handle chunk = from->head;
        if (!stays && buffer_fits_whole(to, from->head_offset)) {
            if (!to->head.bits)
                to->head_offset = from->head_offset;
            from->head = backend_next(a, chunk);
            buffer_link(to, renewed(a, chunk), a->block_size);
            to->length += part;
        } else {
            copy_chunk(to, (uint8_t *)backend_get(a, chunk) + from->head_offset, part, &spare);
            if (!stays) { /* the spare was used: the chunk filled more than the room there was */
                from->head = backend_next(a, chunk);
                spare = renewed(a, chunk);
            }
        }
        from->head_offset = stays ? (ta_slot)(from->head_offset + part) : 0;
        n -= part;
    }
    if (spare.bits)
        ta_free(a, spare);
}

/* Does moving n bytes take a block before it gives one? Not when they fit into the last chunk, when chunks
 * can be relinked and none is cut, or when the source's first chunk is emptied before the destination's last
 * is full. */
bool buffer_needs_spare(const ta_buffer *to, const chain *from, size_t n)
{
    size_t block_size = to->allocator->block_size;
    size_t room = buffer_tail_room(to), first = block_size - from->head_offset;
    if (n <= room)
        return false;
    if (buffer_fits_whole(to, from->head_offset))
        return from->keeps_last || n < first || (n - first) % block_size != 0;
    return first > room;
}

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

void ta_buffer_init(ta_buffer *b, const ta_allocator *allocator)
{
    const ta_buffer empty = TA_BUFFER_INIT(allocator);
    *b = empty;
}

ta_status ta_buffer_clear(ta_buffer *b)
{
    ta_status status = buffer_open(b);
    if (status == TA_E_INVALID)
        return status;
    if (status == TA_OK)
        buffer_drain(b, NULL, b->length);
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
    if (buffer_tail_room(b) == 0) {
        ta_handle fresh = ta_alloc(b->allocator, 0);
        if (!fresh.bits)
            return TA_E_NO_MEMORY;
        buffer_link(b, fresh, 0);
    }
    ((uint8_t *)backend_get(b->allocator, b->tail))[b->tail_end++] = byte;
    b->length++;
    return TA_OK;
}

ta_status ta_buffer_write(ta_buffer *b, const void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = buffer_open(b);
    if (status != TA_OK || n == 0)
        return status;
    if (n > buffer_limit_room(b))
        return TA_E_FULL;
    chain_end end = end_of(b);
    if (!chain_write(b->allocator, &end, data, n, false))
        return TA_E_NO_MEMORY;
    take_end(b, &end, n);
    return TA_OK;
}

ta_status ta_buffer_write_some(ta_buffer *b, const void *data, size_t n, size_t *done)
{
    if ((!data && n) || !done)
        return invalid();
    *done = 0;
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    size_t fits = smaller(n, buffer_limit_room(b));
    if (n > 0 && fits == 0)
        return TA_E_FULL;
    size_t blocks = book_some(b->allocator, buffer_blocks_for(b, fits), false);
    fits = smaller(fits, buffer_tail_room(b) + blocks * b->allocator->block_size);
    if (n > 0 && fits == 0)
        return TA_E_NO_MEMORY;
    buffer_append(b, data, fits, blocks);
    *done = fits;
    return TA_OK;
}

/* The block's own bytes fill the last chunk up, and move to its front: so none is needed besides. */
ta_status ta_buffer_append_block(ta_buffer *b, ta_handle h, size_t length)
{
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    const ta_allocator *a = b->allocator;
    if (length > a->block_size)
        return invalid();
    uint8_t *block = backend_get(a, h);
    if (!block)
        return TA_E_STALE;
    if (length > buffer_limit_room(b))
        return TA_E_FULL;
    size_t near = smaller(length, buffer_tail_room(b)), far = length - near;
    if (near > 0)
        buffer_append(b, block, near, 0);
    if (far == 0) {
        ta_free(a, h);
        return TA_OK;
    }
    if (near > 0)
        memmove(block, block + near, far);
    buffer_link(b, renewed(a, h), far);
    b->length += far;
    return TA_OK;
}

ta_status ta_buffer_reserve(ta_buffer *b, size_t n, ta_span *span)
{
    if (!span || n == 0)
        return invalid();
    ta_status status = buffer_open(b);
    if (status != TA_OK)
        return status;
    n = smaller(n, buffer_limit_room(b));
    if (n == 0)
        return TA_E_FULL;
    const ta_allocator *a = b->allocator;
    if (buffer_tail_room(b) == 0) {
        ta_handle fresh = ta_alloc(a, 0);
        if (!fresh.bits)
            return TA_E_NO_MEMORY;
        if (b->tail.bits)
            backend_set_next(a, fresh, b->tail);
        else
            b->head = fresh;
        b->tail = fresh;
        b->tail_end = 0;
    }
    b->reserved = (ta_slot)smaller(n, buffer_tail_room(b));
    span->data = (uint8_t *)backend_get(a, b->tail) + b->tail_end;
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
    if (n == 0) {
        close_reservation(b);
        return TA_OK;
    }
    if (b->tail_end == 0 && b->length > 0)
        backend_set_next(b->allocator, backend_next(b->allocator, b->tail), b->tail);
    b->tail_end = (ta_slot)(b->tail_end + n);
    b->length += n;
    b->reserved = 0;
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
    if (is_bound(destination))
        ta_buffer_clear(destination);
    *destination = *source;
    destination->max_length = max_length;
    buffer_forget_chunks(source);
    return TA_OK;
}

/* The source may be the destination: bytes are appended behind those that are read. */
ta_status ta_buffer_copy_range(ta_buffer *destination, const ta_buffer *source, size_t position, size_t n)
{
    ta_status status = buffer_check_readable(source);
    if (status == TA_OK)
        status = buffer_open(destination);
    if (status != TA_OK)
        return status;
    if (position > source->length || n > source->length - position)
        return TA_E_RANGE;
    if (n > buffer_limit_room(destination))
        return TA_E_FULL;
    size_t blocks = buffer_blocks_for(destination, n);
    if (blocks > 0 && !backend_book(destination->allocator, blocks))
        return TA_E_NO_MEMORY;
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    while (n > 0 && ta_buffer_next_chunk(source, &at, &span) == TA_OK) {
        size_t skipped = smaller(position, span.length);
        size_t part = smaller(n, span.length - skipped);
        buffer_append(destination, span.data + skipped, part, buffer_blocks_for(destination, part));
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
    if (position > b->length || n > b->length - position)
        return TA_E_RANGE;
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    uint8_t *out = data;
    while (n > 0 && (status = ta_buffer_next_chunk(b, &at, &span)) == TA_OK) {
        if (position >= span.length) {
            position -= span.length;
            continue;
        }
        size_t part = smaller(n, span.length - position);
        memcpy(out, span.data + position, part);
        position = 0;
        out += part;
        n -= part;
    }
    return status;
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
    bool first = at->position == 0;
    ta_handle chunk = first ? b->head : at->next;
    uint8_t *block = backend_get(b->allocator, chunk);
    if (!block)
        return TA_E_STALE;
    span->data = block + (first ? b->head_offset : 0);
    span->length =
        first ? buffer_front_length(b) : smaller(b->length - at->position, b->allocator->block_size);
    at->position += span->length;
    if (at->position < b->length)
        at->next = backend_next(b->allocator, chunk);
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
    const ta_allocator *a = next_allocator(b);
    return smaller(buffer_limit_room(b), buffer_tail_room(b) + ta_available(a) * a->block_size);
}

int ta_buffer_check(const ta_buffer *b)
{
    if (!b || !b->allocator || buffer_is_stale(b))
        return 0;
    size_t block_size = b->allocator->block_size;
    bool fresh = b->tail.bits && b->tail_end == 0;
    if (b->head_offset >= block_size || b->tail_end > block_size || b->reserved > buffer_tail_room(b))
        return 1;
    if ((b->head.bits != 0) != (b->length > 0 || fresh) || (fresh && b->reserved == 0))
        return 2;
    if (b->length == 0)
        return b->head.bits == b->tail.bits && b->head_offset == 0 ? 0 : 2;
    ta_handle last = fresh ? backend_next(b->allocator, b->tail) : b->tail;
    size_t last_end = fresh ? block_size : b->tail_end;
    ta_handle chunk = b->head;
    size_t counted = buffer_front_length(b), end = b->head_offset + counted;
    while (counted < b->length) {
        chunk = backend_next(b->allocator, chunk);
        if (!backend_get(b->allocator, chunk))
            return 3;
        end = smaller(b->length - counted, block_size);
        counted += end;
    }
    if (chunk.bits != last.bits)
        return 4;
    return end == last_end ? 0 : 5;
}

#endif /* TA_WITH_BUFFER */
