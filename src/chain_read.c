/* The reading end of a chain: everything that looks, and everything that removes. */
#include "chain.h"
#include "wake.h"
#include <string.h>

#if TA_WITH_BUFFER

/* ---- Opening and removing ------------------------------------------------------------------------------ */

/* Open the reader at the first byte: it may be in the next chunk. */
static ta_status open_front(const chain *c, place *p, size_t *length)
{
    ta_status status = ta_chain_open_reader_(c, p, length);
    if (status != TA_OK)
        return status;
    if (*length == 0)
        return TA_E_EMPTY;
    return enter_next(c->allocator, p) ? TA_OK : TA_E_STALE;
}

ta_status ta_chain_seek_(const chain *c, size_t position, place *p, size_t *length)
{
    ta_status status = ta_chain_open_reader_(c, p, length);
    if (status != TA_OK)
        return status;
    if (position > *length)
        return TA_E_RANGE;
    *length -= position;
    return position == 0 || ta_chain_copy_out_(c->allocator, p, NULL, position) ? TA_OK : TA_E_STALE;
}

/* A buffer frees a chunk with its last byte, so its credit ends before that. */
static ta_status leave_in_buffer(chain *c, place *p, size_t rest)
{
    if (rest > 0)
        return enter_next(c->allocator, p) ? TA_OK : TA_E_STALE;
    p->left++;
    return p->chunk.bits == c->in.chunk.bits ? TA_OK : TA_E_STALE; /* else foreign code changed a link */
}

ta_status ta_chain_remove_(chain *c, place *p, size_t n, size_t rest)
{
    size_t read = c->out.count + n, credit = p->length;
    bool is_queue = c->is_queue, is_watched = c->is_watched;
    if (!is_queue) {
        ta_status status = leave_in_buffer(c, p, rest);
        if (status != TA_OK)
            return status;
        credit = smaller(p->length, rest) - 1; /* without a rest, the buffer is empty in the end */
    }
    if (p->left > 0)
        ta_blocks_free_(c->allocator, c->out.chunk, p->left);
    set_end(&c->out, p, read, is_watched ? 0 : credit);
    c->out.reserved = 1;
    ta_port_store(&c->out.count, read);
    if (!is_queue && rest == 0)
        ta_chain_forget_(c);
    if (is_watched)
        ta_chain_notify_(c, false);
    return TA_OK;
}

/* ---- Taking -------------------------------------------------------------------------------------------- */

/* The general path of read and consume. */
NOINLINE ta_status ta_chain_take_(chain *c, uint8_t *data, size_t n)
{
    place p;
    size_t length;
    ta_status status = ta_chain_open_reader_(c, &p, &length);
    if (status != TA_OK || n == 0)
        return status;
    if (n > length)
        return TA_E_RANGE;
    if (!copy_out(c->allocator, &p, data, n))
        return TA_E_STALE;
    return ta_chain_remove_(c, &p, n, length - n);
}

/* A byte that needs another look than at the credit. Without memcpy(), which push and pop alone do not need. */
static NOINLINE ta_status pop(chain *c, uint8_t *byte)
{
    place p;
    size_t length;
    if (!byte)
        return invalid();
    ta_status status = open_front(c, &p, &length);
    if (status != TA_OK)
        return status;
    uint8_t first = *p.at++;
    p.length--;
    status = ta_chain_remove_(c, &p, 1, length - 1);
    if (status == TA_OK)
        *byte = first;
    return status;
}

static ta_status read_all(chain *c, void *data, size_t n)
{
    return data || n == 0 ? ta_chain_take_(c, data, n) : invalid();
}

/* Removing bytes from a buffer ends its reservation. */
static inline ta_status close_buffer(ta_buffer *b)
{
    return b && b->chain.in.reserved ? ta_chain_close_(&b->chain) : TA_OK;
}

ta_status ta_buffer_read(ta_buffer *b, void *data, size_t n)
{
    if (!data && n)
        return invalid();
    ta_status status = close_buffer(b);
    return status == TA_OK ? ta_chain_take_(AS_CHAIN(b), data, n) : status;
}

ta_status ta_buffer_consume(ta_buffer *b, size_t n)
{
    ta_status status = close_buffer(b);
    return status == TA_OK ? ta_chain_take_(AS_CHAIN(b), NULL, n) : status;
}

/* The short path: n bytes are left in the first chunk. The caller sees whether they have been written. */
INLINE bool has_read_credit(const chain *c, size_t n)
{
    return LIKELY(c->out.credit >= n && is_chunk_live(c->allocator, c->out.chunk));
}

/* Use it: the place of the next byte. Everything is loaded before a byte is stored, which the compiler
 * must assume to change all. */
INLINE const uint8_t *use_read_credit(chain *c, size_t n, size_t *read)
{
    const uint8_t *at = (const uint8_t *)(c->out.base + c->out.count);
    *read = c->out.count + n;
    c->out.credit = (ta_slot)(c->out.credit - n);
    return at;
}

ta_status ta_queue_pop(ta_queue *q, uint8_t *byte)
{
    if (!(q && byte && has_read_credit(&q->chain, 1)))
        return pop(QUEUE_CHAIN(q), byte);
    chain_end *out = &q->chain.out;
    size_t read = out->count, base = out->base,
           credit = out->credit; /* loaded once: the other side's count is a barrier */
    if (!LIKELY(read != ta_port_load(&q->chain.in.count)))
        return TA_E_EMPTY;
    out->credit = (ta_slot)(credit - 1);
    *byte = *(const uint8_t *)(base + read);
    ta_port_store(&out->count, read + 1);
    return TA_OK;
}

/* With credit, there are more bytes than one. */
ta_status ta_buffer_pop(ta_buffer *b, uint8_t *byte)
{
    if (!(b && byte && has_read_credit(&b->chain, 1) && is_chunk_live(b->chain.allocator, b->chain.in.chunk)))
        return byte && close_buffer(b) != TA_OK ? TA_E_STALE : pop(AS_CHAIN(b), byte);
    size_t read;
    *byte = *use_read_credit(&b->chain, 1, &read);
    ta_port_store(&b->chain.out.count, read);
    return TA_OK;
}

ta_status ta_queue_read(ta_queue *q, void *data, size_t n)
{
    if (!(q && data && n && has_read_credit(&q->chain, n) &&
          ta_port_load(&q->chain.in.count) - q->chain.out.count >= n))
        return read_all(QUEUE_CHAIN(q), data, n);
    size_t consumed;
    memcpy(data, use_read_credit(&q->chain, n, &consumed), n);
    ta_port_store(&q->chain.out.count, consumed);
    return TA_OK;
}

static ta_status consume(chain *c, size_t n)
{
    return ta_chain_take_(c, NULL, n);
}
QUEUE_NAME(ta_status, ta_queue_consume, (ta_queue * q, size_t n), consume, (QUEUE_CHAIN(q), n))

static ta_status read_some(chain *c, void *data, size_t n, size_t *done)
{
    if ((!data && n) || !done)
        return invalid();
    *done = 0;
    size_t part = c ? smaller(n, chain_length(c)) : 0;
    ta_status status = ta_chain_take_(c, data, part);
    if (status != TA_OK)
        return status;
    *done = part;
    return n > 0 && part == 0 ? TA_E_EMPTY : TA_OK;
}
QUEUE_NAME(ta_status, ta_queue_read_some, (ta_queue * q, void *data, size_t n, size_t *done), read_some,
           (QUEUE_CHAIN(q), data, n, done))

ta_status ta_buffer_read_some(ta_buffer *b, void *data, size_t n, size_t *done)
{
    if ((!data && n) || !done)
        return invalid();
    *done = 0;
    ta_status status = close_buffer(b);
    return status == TA_OK ? read_some(AS_CHAIN(b), data, n, done) : status;
}

/* ---- Looking ------------------------------------------------------------------------------------------- */

static ta_status front_of(const chain *c, ta_span *span)
{
    place p;
    size_t length;
    if (!span)
        return invalid();
    ta_status status = open_front(c, &p, &length);
    if (status != TA_OK)
        return status;
    span->data = p.at;
    span->length = smaller(length, p.length);
    ta_port_clean(span->data, span->length); /* port.h says why */
    return TA_OK;
}
QUEUE_NAME(ta_status, ta_queue_front, (const ta_queue *q, ta_span *span), front_of, (QUEUE_CHAIN(q), span))
BUFFER_NAME(ta_status, ta_buffer_front, (const ta_buffer *b, ta_span *span), front_of, (AS_CHAIN(b), span))

static ta_status peek(const chain *c, uint8_t *byte)
{
    ta_span span;
    if (!byte)
        return invalid();
    ta_status status = front_of(c, &span);
    if (status == TA_OK)
        *byte = span.data[0];
    return status;
}
QUEUE_NAME(ta_status, ta_queue_peek, (const ta_queue *q, uint8_t *byte), peek, (QUEUE_CHAIN(q), byte))
BUFFER_NAME(ta_status, ta_buffer_peek, (const ta_buffer *b, uint8_t *byte), peek, (AS_CHAIN(b), byte))

static ta_status copy_from(const chain *c, size_t position, void *data, size_t n)
{
    place p;
    size_t length;
    if (!data && n)
        return invalid();
    ta_status status = ta_chain_seek_(c, position, &p, &length);
    if (status != TA_OK)
        return status;
    if (n > length)
        return TA_E_RANGE;
    return n == 0 || ta_chain_copy_out_(c->allocator, &p, data, n) ? TA_OK : TA_E_STALE;
}
QUEUE_NAME(ta_status, ta_queue_copy_out, (const ta_queue *q, size_t position, void *data, size_t n),
           copy_from, (QUEUE_CHAIN(q), position, data, n))
BUFFER_NAME(ta_status, ta_buffer_copy_out, (const ta_buffer *b, size_t position, void *data, size_t n),
            copy_from, (AS_CHAIN(b), position, data, n))

static ta_status at(const chain *c, size_t position, uint8_t *byte)
{
    return copy_from(c, position, byte, 1);
}
QUEUE_NAME(ta_status, ta_queue_at, (const ta_queue *q, size_t position, uint8_t *byte), at,
           (QUEUE_CHAIN(q), position, byte))
BUFFER_NAME(ta_status, ta_buffer_at, (const ta_buffer *b, size_t position, uint8_t *byte), at,
            (AS_CHAIN(b), position, byte))

#endif /* TA_WITH_BUFFER */
