/* What all calls on a chain share. */
#include "chain.h"
#include <string.h>
#include <tinyalloc/global.h>

#if TA_WITH_BUFFER

#if TA_GLOBAL
#define GLOBAL_ALLOCATOR ta_global()
#else
#define GLOBAL_ALLOCATOR NULL /* nothing refers to the global allocator, and its pool is not linked */
#endif

const ta_allocator *ta_chain_next_allocator_(const chain *c)
{
    bool follows_global = TA_GLOBAL && !c->is_queue && (c->is_global || !c->allocator);
    return follows_global && !c->in.chunk.bits ? GLOBAL_ALLOCATOR : c->allocator;
}

#if TA_GLOBAL
void ta_chain_bind_(chain *c)
{
    if (c->is_queue)
        return; /* the other side reads these words */
    c->is_global = c->is_global || !c->allocator;
    c->allocator = ta_chain_next_allocator_(c);
}
#endif

ta_status ta_chain_open_writer_(const chain *c, place *p)
{
    return open_writer(c, p);
}

ta_status ta_chain_open_reader_(const chain *c, place *p, size_t *length)
{
    if (!is_bound(c))
        return invalid();
    *length = chain_length(c);
    bool may_look = c->is_queue ? *length > 0 || c->out.reserved : c->in.chunk.bits != 0; /* C2 */
    return may_look ? open_end(c, &c->out, &c->in, p) : TA_OK;
}

bool ta_chain_copy_out_(const ta_allocator *a, place *p, void *data, size_t n)
{
    return copy_out(a, p, data, n);
}

void ta_chain_end_views_(chain *c, size_t read)
{
    size_t more = read - c->out.count;
    c->in.count += more;
    c->in.base -= more;
    c->out.base -= more;
    c->out.count = read;
}

void ta_chain_forget_(chain *c)
{
    c->in.chunk = c->out.chunk = TA_NONE;
    c->in.credit = c->out.credit = 0;
    c->in.reserved = c->out.reserved = 0;
    ta_port_store(&c->out.count, c->in.count);
}

/* Where the bytes end. An empty last chunk, in a reservation, follows the one that they end in. */
static bool ends_at(const chain *c, const place *bytes, const place *end)
{
    if (bytes->chunk.bits == end->chunk.bits)
        return bytes->at == end->at;
    return c->in.reserved && end->length == c->allocator->block_size && bytes->length == 0 &&
           ta_blocks_linked_(c->allocator, end->chunk).bits == bytes->chunk.bits;
}

int ta_chain_check_(const chain *c)
{
    place p, end;
    size_t length;
    bool has_chunk = c && c->in.chunk.bits;
    if (ta_chain_open_reader_(c, &p, &length) != TA_OK || ta_chain_open_writer_(c, &end) != TA_OK)
        return 0;
    if (!has_chunk)
        return length > 0 || c->in.credit || c->in.reserved || c->out.credit || c->out.reserved ? 2 : 0;
    bool has_read = !c->is_queue || c->out.reserved;
    if (length == 0 && !c->in.reserved && !(c->is_queue && has_read))
        return 2;
    size_t block_size = c->allocator->block_size;
    if (end.length > block_size || c->in.reserved > end.length)
        return 1;
    if (length == 0 && !has_read)
        return 0;
    if (p.length > block_size || (!c->is_queue && p.length == 0))
        return 1;
    if (c->in.credit > end.length || c->in.credit > limit_room(c) || c->out.credit > p.length)
        return 5;
    if (!ta_chain_copy_out_(c->allocator, &p, NULL, length))
        return 3;
    return ends_at(c, &p, &end) ? 0 : 4;
}

static size_t length_of(const chain *c)
{
    return c ? chain_length(c) : 0;
}
QUEUE_NAME(size_t, ta_queue_len, (const ta_queue *q), length_of, (QUEUE_CHAIN(q)))
BUFFER_NAME(size_t, ta_buffer_len, (const ta_buffer *b), length_of, (AS_CHAIN(b)))

static size_t limit_of(const chain *c)
{
    return c ? ta_port_load(&c->limit) : 0;
}
QUEUE_NAME(size_t, ta_queue_limit, (const ta_queue *q), limit_of, (QUEUE_CHAIN(q)))
BUFFER_NAME(size_t, ta_buffer_limit, (const ta_buffer *b), limit_of, (AS_CHAIN(b)))

#endif /* TA_WITH_BUFFER */
