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
    return follows_global && chain_length(c) == 0 ? GLOBAL_ALLOCATOR : c->allocator;
}

bool ta_chain_find_end_(const chain *c, const chain_end *end, place *p)
{
    const uint8_t *start = block_of(c->allocator, end->chunk);
    p->at = (uint8_t *)(end->base + end->count);
    p->length = (size_t)(start + c->allocator->block_size - p->at);
    p->chunk = end->chunk;
    p->left = 0;
    return start != NULL;
}

void ta_chain_enter_chunk_(const ta_allocator *a, place *p, ta_handle chunk)
{
    p->chunk = chunk;
    p->at = block_of(a, chunk);
    p->length = a->block_size;
}

bool ta_chain_enter_(const ta_allocator *a, place *p)
{
    if (p->length > 0)
        return true;
    ta_handle next = ta_blocks_next_(a, p->chunk);
    if (!next.bits)
        return false;
    ta_chain_enter_chunk_(a, p, next);
    p->left++;
    return true;
}

static void copy(uint8_t *at, uint8_t *data, size_t n, copy_direction direction)
{
    if (n == 0 || !data)
        return;
    if (direction == COPY_OUT)
        memcpy(data, at, n);
    else if (direction == COPY_IN)
        memcpy(at, data, n);
    else
        memmove(at, data, n);
}

/* Blocks that lie side by side are copied at once: that is worth 0.6 of 3.3 instructions a byte for 700 bytes. */
bool ta_chain_copy_(const ta_allocator *a, place *p, uint8_t *data, size_t n, copy_direction direction)
{
    while (n > p->length) {
        ta_handle next = ta_blocks_next_(a, p->chunk);
        if (!next.bits)
            return false;
        uint8_t *start = block_of(a, next);
        if (start != p->at + p->length) {
            copy(p->at, data, p->length, direction);
            data = data ? data + p->length : NULL;
            n -= p->length;
            p->at = start;
            p->length = 0;
        }
        p->length += a->block_size;
        p->chunk = next;
        p->left++;
    }
    copy(p->at, data, n, direction);
    p->at += n;
    p->length -= n;
    return true;
}

void ta_chain_notify_(chain *c, bool is_writer)
{
    ta_queue *q = (ta_queue *)(void *)c;
    if (!c->is_watched)
        return;
    ta_mask mask = ta_critical_enter();
    size_t length = chain_length(c);
    if (c->is_high != is_writer && (is_writer ? length >= q->marks->high : length <= q->marks->low)) {
        c->is_high = is_writer;
        (is_writer ? q->marks->on_high : q->marks->on_low)(q);
    }
    ta_critical_exit(mask);
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
           ta_blocks_next_(c->allocator, end->chunk).bits == bytes->chunk.bits;
}

int ta_chain_check_(const chain *c)
{
    place p, end;
    size_t length;
    bool has_chunk = c && c->in.chunk.bits;
    if (ta_chain_open_reader_(c, &p, &length) != TA_OK || (has_chunk && !ta_chain_find_end_(c, &c->in, &end)))
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
    if (!ta_chain_copy_(c->allocator, &p, NULL, length, COPY_OUT))
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
