/* Buffers: what a queue does not have. Writing, reading and looking are in chain_write.c and chain_read.c. */
#include "chain.h"
#include <string.h>

#if TA_WITH_BUFFER

/* ---- Life cycle ------------------------------------------------------------------------------------------ */

ta_status ta_buffer_init(ta_buffer *b, const ta_allocator *allocator)
{
    const ta_buffer empty = TA_BUFFER_INIT(allocator);
    if (!b || !(allocator || TA_GLOBAL))
        return invalid();
    *b = empty;
    return TA_OK;
}

ta_status ta_buffer_clear(ta_buffer *b)
{
    ta_status status = ta_chain_take_(AS_CHAIN(b), NULL, ta_buffer_len(b));
    if (status == TA_E_INVALID)
        return status;
    ta_chain_forget_(&b->chain);
    return TA_OK;
}

ta_status ta_buffer_set_limit(ta_buffer *b, size_t limit)
{
    place p;
    ta_status status = ta_chain_open_writer_(AS_CHAIN(b), &p);
    if (status != TA_OK)
        return status;
    b->chain.limit = limit;
    b->chain.in.credit = 0;
    return TA_OK;
}

/* ---- Whole blocks ---------------------------------------------------------------------------------------- */

/* Make a block that somebody else allocated a chunk: under a new handle, or, in the last lifetime of its slot, as a copy. */
static ta_handle adopted(const ta_allocator *a, ta_handle h, const uint8_t *data, size_t length)
{
    block_run copy;
    ta_handle chunk = ta_blocks_renew_(a, h);
    if (chunk.bits)
        return chunk;
    if (ta_blocks_take_(a, TA_NONE, 1, false, &copy) != TA_OK)
        return TA_NONE;
    memcpy(block_of(a, copy.first), data, length);
    ta_free(a, h);
    return copy.first;
}

ta_status ta_buffer_append_block(ta_buffer *b, ta_handle h, size_t length)
{
    place p;
    chain *c = AS_CHAIN(b);
    if (!is_bound(c))
        return invalid();
    const ta_allocator *a = ta_chain_next_allocator_(c);
    if (length > a->block_size || (h.bits && (h.bits == c->in.chunk.bits || h.bits == c->out.chunk.bits)))
        return invalid();
    ta_status status = ta_chain_open_writer_(c, &p);
    if (status != TA_OK)
        return status;
    const uint8_t *data = ta_get(a, h);
    if (!data)
        return TA_E_STALE;
    if (length > limit_room(c))
        return TA_E_FULL;
    h = adopted(a, h, data, length);
    if (!h.bits)
        return TA_E_NO_MEMORY;
    if (!ta_chain_absorb_(a, &p, block_of(a, h), length, h))
        ta_blocks_free_(a, h, 1);
    if (length == 0)
        return TA_OK;
    if (!c->in.chunk.bits) {
        c->out.chunk = h;
        c->out.base = (size_t)(p.at - length) - c->out.count;
    }
    ta_chain_publish_(c, &p, length);
    return TA_OK;
}

/* ---- From buffer to buffer ------------------------------------------------------------------------------- */

ta_status ta_buffer_move(ta_buffer *destination, ta_buffer *source)
{
    place p;
    if (!destination)
        return invalid();
    ta_status status = ta_chain_open_writer_(AS_CHAIN(source), &p);
    if (status != TA_OK || destination == source)
        return status;
    size_t limit = destination->chain.limit;
    if (limit && ta_buffer_len(source) > limit)
        return TA_E_FULL;
    if (destination->chain.in.chunk.bits)
        ta_buffer_clear(destination);
    *destination = *source;
    destination->chain.limit = limit;
    destination->chain.in.credit = 0;
    ta_chain_forget_(&source->chain);
    return TA_OK;
}

ta_status ta_buffer_copy_range(ta_buffer *destination, const ta_buffer *source, size_t position, size_t n)
{
    place from, to, end;
    size_t length = 0;
    const chain *c = AS_CHAIN(source);
    ta_status status = ta_chain_open_reader_(c, &from, &length);
    if (status == TA_OK)
        status = ta_chain_open_writer_(AS_CHAIN(destination), &to);
    if (status != TA_OK)
        return status;
    if (position > length || n > length - position)
        return TA_E_RANGE;
    if (n == 0)
        return TA_OK;
    status = ta_chain_seek_(c, position, &from, &length);
    end = from;
    if (status != TA_OK || !ta_chain_copy_(c->allocator, &end, NULL, n, COPY_OUT))
        return TA_E_STALE;
    status = ta_chain_make_room_(&destination->chain, n, &to);
    if (status != TA_OK)
        return status;
    for (size_t rest = n; rest > 0;) {
        if (!ta_chain_enter_(c->allocator, &from))
            return TA_E_STALE;
        size_t part = smaller(rest, from.length);
        if (!ta_chain_copy_(destination->chain.allocator, &to, from.at, part, COPY_IN_FROM_CHAIN))
            return TA_E_STALE;
        rest -= part;
        from.length = 0;
    }
    ta_chain_publish_(&destination->chain, &to, n);
    return TA_OK;
}

/* ---- Chunk by chunk -------------------------------------------------------------------------------------- */

ta_status ta_buffer_next_chunk(const ta_buffer *b, ta_chunk_iterator *at, ta_span *span)
{
    place p;
    size_t length;
    const chain *c = AS_CHAIN(b);
    if (!at || !span)
        return invalid();
    ta_status status = ta_chain_open_reader_(c, &p, &length);
    if (status != TA_OK)
        return status;
    if (at->position >= length)
        return TA_E_EMPTY;
    if (at->position > 0) {
        if (!ta_get(c->allocator, at->next))
            return TA_E_STALE;
        ta_chain_enter_chunk_(c->allocator, &p, at->next);
    }
    span->data = p.at;
    span->length = smaller(length - at->position, p.length);
    at->position += span->length;
    at->next = ta_blocks_next_(c->allocator, p.chunk);
    return TA_OK;
}

int ta_buffer_check(const ta_buffer *b)
{
    return ta_chain_check_(AS_CHAIN(b));
}

#endif /* TA_WITH_BUFFER */
