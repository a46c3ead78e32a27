/* What tests read off a chain that the public calls do not say. */
#ifndef TEST_CHAINS_H
#define TEST_CHAINS_H

#include <tinyalloc/tinyalloc.h>

/* Bytes that fit into the last chunk. */
static inline size_t room_in_last_chunk(const ta_chain_ *c)
{
    const uint8_t *start = ta_get(c->allocator, c->in.chunk);
    return (size_t)(start + c->allocator->block_size - (uint8_t *)(c->in.base + c->in.count));
}

/* Blocks that a chain has. */
static inline size_t chunks_in(const ta_chain_ *c)
{
    if (!c->in.chunk.bits)
        return 0;
    const uint8_t *start = ta_get(c->allocator, c->out.chunk);
    size_t before = (size_t)((uint8_t *)(c->out.base + c->out.count) - start);
    return (before + (c->in.count - c->out.count) + room_in_last_chunk(c)) / c->allocator->block_size;
}

/* Is there an open reservation in a block that has no bytes yet? */
static inline bool waits_in_fresh_block(const ta_chain_ *c)
{
    return c->in.reserved && room_in_last_chunk(c) == c->allocator->block_size;
}

static inline bool is_same_end(const ta_chain_end_ *a, const ta_chain_end_ *b)
{
    return a->count == b->count && ta_handle_eq(a->chunk, b->chunk) &&
           (a->chunk.bits == 0 || a->base == b->base);
}

/* Has nothing changed but what the calls may remember for themselves? */
static inline bool is_same_chain(const ta_chain_ *a, const ta_chain_ *b)
{
    return a->allocator == b->allocator && a->limit == b->limit && is_same_end(&a->in, &b->in) &&
           is_same_end(&a->out, &b->out) && a->in.reserved == b->in.reserved && a->is_high == b->is_high;
}

#endif
