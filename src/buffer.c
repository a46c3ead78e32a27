/* Buffers: what a queue does not have. Writing, reading and looking are in chain_write.c and chain_read.c. */
#include "chain.h"
#include <string.h>

#if TA_WITH_BUFFER

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

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
    ta_status status = ta_buffer_consume(b, ta_buffer_len(b));
    if (status == TA_E_INVALID)
        return status;
    ta_chain_forget_(&b->chain);
    return TA_OK;
}

ta_status ta_buffer_set_limit(ta_buffer *b, size_t limit)
{
    ta_status status = ta_chain_close_(AS_CHAIN(b));
    if (status != TA_OK)
        return status;
    b->chain.limit = limit;
    b->chain.in.credit = 0;
    return TA_OK;
}

/* ---- Whole blocks -------------------------------------------------------------------------------------- */

/* Make a block that somebody else allocated a chunk: under a new handle, or, in the last lifetime of its
 * slot, as a copy. */
static ta_handle adopted(const ta_allocator *a, ta_handle h, const uint8_t *data, size_t length,
                         uint8_t owner)
{
    ta_handle chunk = ta_blocks_renew_(a, h);
    if (chunk.bits) {
        ta_blocks_own_(a, chunk, chunk, 1, owner);
        return chunk;
    }
    place p = {.chunk = TA_NONE_INIT};
    if (!ta_blocks_set_aside_(a, &p, 1, false))
        return TA_NONE;
    ta_blocks_take_(a, &p, owner);
    memcpy(p.at, data, length);
    ta_free(a, h);
    return p.chunk;
}

ta_status ta_buffer_append_block(ta_buffer *b, ta_handle h, size_t length)
{
    place p;
    chain *c = AS_CHAIN(b);
    if (!is_bound(c))
        return invalid();
    ta_chain_follow_(c);
    const ta_allocator *a = ta_chain_next_allocator_(c);
    if (length > a->block_size || (h.bits && (h.bits == c->in.chunk.bits || h.bits == c->out.chunk.bits)))
        return invalid();
    (void)ta_chain_close_(c); /* if the chain is stale, opening says it, too */
    ta_status status = ta_chain_open_writer_(c, &p);
    if (status != TA_OK)
        return status;
    const uint8_t *data = ta_get(a, h);
    if (!data)
        return TA_E_STALE;
    if (length > limit_room(c))
        return TA_E_FULL;
    if (length == 0) {
        ta_free(a, h);
        return TA_OK;
    }
    ta_chain_bind_(c);
    h = adopted(a, h, data, length, CHAIN_OWNER(c));
    if (!h.bits)
        return TA_E_NO_MEMORY;
    if (!ta_chain_absorb_(a, &p, block_at(a, h), length, h))
        free_chunk(a, h);
    if (!c->in.chunk.bits) {
        c->out.chunk = h;
        c->out.base = (size_t)p.at - length - c->out.count;
    }
    ta_chain_publish_(c, &p, length);
    return TA_OK;
}

/* ---- From buffer to buffer ----------------------------------------------------------------------------- */

ta_status ta_buffer_move(ta_buffer *destination, ta_buffer *source)
{
    if (!destination)
        return invalid();
    ta_status status = ta_chain_close_(AS_CHAIN(source));
    if (status != TA_OK || destination == source)
        return status;
    size_t limit = destination->chain.limit;
    if (limit && ta_buffer_len(source) > limit)
        return TA_E_FULL;
    if (destination->chain.in.chunk.bits)
        ta_buffer_clear(destination);
    size_t read = destination->chain.in.count; /* more than a view of it remembers */
    *destination = *source;
    destination->chain.limit = limit;
    ta_chain_end_views_(&destination->chain, read);
    destination->chain.in.credit = 0;
    ta_chain_forget_(&source->chain);
    return TA_OK;
}

/* Free the blocks that were taken after a place, end->left of them. */
static void give_up_room(const chain *c, const place *end)
{
    ta_handle first = end->chunk.bits ? ta_blocks_linked_(c->allocator, end->chunk) : c->out.chunk;
    if (end->left > 0 && first.bits)
        ta_blocks_free_(c->allocator, first, end->left);
}

ta_status ta_buffer_copy_range(ta_buffer *destination, const ta_buffer *source, size_t position, size_t n)
{
    place from, at, end;
    uint8_t bytes[32] = {0}; /* source and destination may be one buffer, or a copy of its struct */
    size_t length = 0;
    const chain *c = AS_CHAIN(source);
    chain *to = AS_CHAIN(destination);
    ta_status status = ta_chain_open_reader_(c, &from, &length);
    if (status == TA_OK)
        status = ta_chain_close_(AS_CHAIN(destination));
    if (status == TA_OK)
        status = ta_chain_seek_(c, position, &from, &length);
    if (status != TA_OK)
        return status;
    if (n > length)
        return TA_E_RANGE;
    end = from;
    if (n == 0)
        return TA_OK;
    if (!ta_chain_copy_out_(c->allocator, &end, NULL, n))
        return TA_E_STALE;
    status = ta_chain_make_room_(to, n, &at);
    if (status != TA_OK)
        return status;
    end = at;
    bool is_whole = true;
    for (size_t part, rest = n; rest > 0; rest -= part) { /* what was set aside is taken in any case */
        part = smaller(rest, sizeof bytes);
        is_whole = is_whole && ta_chain_copy_out_(c->allocator, &from, bytes, part);
        ta_chain_fill_(to, &at, bytes, part);
    }
    if (!is_whole) {
        give_up_room(to, &end);
        return TA_E_STALE;
    }
    ta_chain_publish_(to, &at, n);
    return TA_OK;
}

/* ---- Chunk by chunk ------------------------------------------------------------------------------------ */

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
        uint8_t *start = ta_get(c->allocator, at->next);
        if (!start)
            return TA_E_STALE;
        set_place(&p, c->allocator, at->next, start);
    }
    span->data = p.at;
    span->length = smaller(length - at->position, p.length);
    at->position += span->length;
    at->next = ta_blocks_linked_(c->allocator, p.chunk);
    return TA_OK;
}

int ta_buffer_check(const ta_buffer *b)
{
    return ta_chain_check_(AS_CHAIN(b));
}

#endif /* TA_WITH_BUFFER */
