/* A buffer as a double-ended queue: bytes go back to the front, and leave at the back. */
#include "chain.h"

#if TA_WITH_DEQUE

/*
 * [..|aaa]-->...    The bytes go before the first ones of the first chunk, where consumed bytes were, and before them into new
 * chunks.
 */
ta_status ta_buffer_prepend(ta_buffer *b, const void *data, size_t n)
{
    place p;
    size_t length;
    chain *c = AS_CHAIN(b);
    if (!data && n)
        return invalid();
    ta_status status = ta_chain_close_(c);
    if (status == TA_OK)
        status = ta_chain_open_reader_(c, &p, &length);
    if (status != TA_OK || n == 0)
        return status;
    if (!c->in.chunk.bits)
        return ta_buffer_write(b, data, n);
    if (n > limit_room(c))
        return TA_E_FULL;
    const ta_allocator *a = c->allocator;
    size_t room = a->block_size - p.length, part = smaller(n, room), rest = n - part;
    size_t blocks = ta_chain_blocks_beyond_(rest, 0, a->block_size);
    place fresh = {.chunk = TA_NONE_INIT};
    if (blocks > 0 && !ta_blocks_set_aside_(a, &fresh, blocks, false))
        return TA_E_NO_MEMORY;
    p.at -= part;
    memcpy(p.at, (const uint8_t *)data + rest, part);
    if (blocks > 0) {
        size_t unused = blocks * a->block_size - rest;
        ta_blocks_take_(a, &fresh, CHAIN_OWNER(c));
        fresh.at += unused;
        fresh.length -= unused;
        p = fresh;
        ta_chain_fill_(c, &fresh, data, rest);
        ta_blocks_link_(a, fresh.chunk, c->out.chunk);
    }
    c->in.credit = 0; /* the limit allows less now */
    size_t read = c->out.count;
    c->out.count -= n;
    set_end(&c->out, &p, c->out.count, 0);
    ta_chain_end_views_(c, read + 1);
    return TA_OK;
}

ta_status ta_buffer_truncate(ta_buffer *b, size_t new_length)
{
    place cut, end;
    size_t rest = 0;
    chain *c = AS_CHAIN(b);
    ta_status status = ta_chain_close_(c);
    if (status != TA_OK)
        return status;
    size_t length = chain_length(c);
    if (new_length > length)
        return TA_E_RANGE;
    if (new_length == 0 || new_length == length)
        return new_length == length ? TA_OK : ta_buffer_consume(b, length);
    status = ta_chain_seek_(c, new_length, &cut, &rest);
    end = cut;
    if (status != TA_OK || !ta_chain_copy_out_(c->allocator, &end, NULL, rest) ||
        end.chunk.bits != c->in.chunk.bits)
        return TA_E_STALE;
    if (end.left > cut.left) {
        ta_handle first = ta_blocks_linked_(c->allocator, cut.chunk);
        if (!first.bits)
            return TA_E_STALE; /* foreign code in an interrupt has freed it */
        ta_blocks_free_(c->allocator, first, end.left - cut.left);
    }
    size_t written = c->out.count + new_length;
    set_end(&c->in, &cut, written, 0);
    c->in.count = written;
    c->out.credit = 0;
    ta_chain_end_views_(c, c->out.count + 1);
    return TA_OK;
}

#endif /* TA_WITH_DEQUE */
