/* The writing end of a chain: everything that appends. */
#include "chain.h"
#include "wake.h"
#include <string.h>
#include <tinyalloc/global.h>

#if TA_WITH_BUFFER

/* ---- Reservations -------------------------------------------------------------------------------------- */

/* The last chunk is empty: give it back. Its link leads to the chunk before it, whose link leads to it; or
 * to itself. */
static NOINLINE void give_back(chain *c, ta_handle empty)
{
    const ta_allocator *a = c->allocator;
    place end;
    ta_handle before = ta_blocks_linked_(a, empty);
    if (before.bits == empty.bits) {
        c->in.chunk = TA_NONE;
    } else if (ta_blocks_linked_(a, before).bits == empty.bits) {
        set_place(&end, a, before, block_at(a, before) + a->block_size);
        set_end(&c->in, &end, c->in.count, 0);
    } /* else foreign code changed a link: the end becomes stale */
    free_chunk(a, empty);
    if (!c->in.chunk.bits && !c->is_queue)
        ta_chain_forget_(c);
}

ta_status ta_chain_close_(chain *c)
{
    place p;
    ta_status status = ta_chain_open_writer_(c, &p);
    if (status != TA_OK || c->in.reserved == 0)
        return status;
    c->in.reserved = 0;
    if (p.length == c->allocator->block_size)
        give_back(c, p.chunk);
    return ta_chain_open_writer_(c, &p);
}

#if TA_GLOBAL
/* Closing may leave the buffer without a chunk: then it goes by the allocator of now. */
void ta_chain_follow_(chain *c)
{
    if (c->is_global && chain_length(c) == 0 && c->allocator != ta_global())
        ta_chain_close_(c);
}
#endif

/* ---- Room and publishing ------------------------------------------------------------------------------- */

size_t ta_chain_blocks_beyond_(size_t n, size_t room, size_t block_size)
{
    size_t blocks = 1;
    if (n <= room)
        return 0;
    for (n -= room; n > block_size && blocks - 1 < TA_SLAB_MAX_BLOCKS; n -= block_size)
        blocks++;
    return blocks;
}

/* Set blocks aside for n bytes. */
INLINE ta_status claim_room(chain *c, place *p, size_t n)
{
    if (n > limit_room(c))
        return TA_E_FULL;
    ta_chain_bind_(c);
    size_t blocks = ta_chain_blocks_beyond_(n, p->length, c->allocator->block_size);
    if (blocks > 0 && !set_blocks_aside(c->allocator, p, blocks, c->uses_headroom))
        return TA_E_NO_MEMORY;
    return TA_OK;
}

/* Go on in a block that was set aside; a chain may begin with it. */
INLINE void enter_fresh(chain *c, place *p)
{
    bool begins = !p->chunk.bits;
    ta_blocks_take_(c->allocator, p, CHAIN_OWNER(c));
    if (begins) {
        c->out.chunk = p->chunk;
        c->out.base = (size_t)p->at - c->out.count;
    }
}

INLINE void fill(chain *c, place *p, const uint8_t *data, size_t n)
{
    for (;;) {
        if (p->length == 0)
            enter_fresh(c, p);
        size_t part = smaller(n, p->length);
        memcpy(p->at, data, part);
        p->at += part;
        p->length -= part;
        n -= part;
        if (n == 0)
            break;
        data += part;
    }
}

ta_status ta_chain_make_room_(chain *c, size_t n, place *p)
{
    ta_status status = open_writer(c, p);
    return status == TA_OK ? claim_room(c, p, n) : status;
}

void ta_chain_fill_(chain *c, place *p, const uint8_t *data, size_t n)
{
    fill(c, p, data, n);
}

void ta_chain_publish_(chain *c, const place *p, size_t n)
{
    size_t written = c->in.count + n, room = limit_room(c);
    bool is_watched = c->is_watched;
    room -= smaller(n, room);
    set_end(&c->in, p, written, is_watched ? 0 : smaller(p->length, room));
    c->in.reserved = 0;
    ta_port_store(&c->in.count, written);
    if (is_watched)
        ta_chain_notify_(c, true);
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

/* Nothing counts as dropped, but the writer may wait for room. */
static inline ta_status wait_for_room(chain *c, size_t n, ta_status status)
{
    ta_queue *q = (ta_queue *)(void *)c;
    if (TA_WAKE && status == TA_E_FULL && c->is_watched) {
        ta_mask mask = ta_critical_enter();
        unsigned events = want_room(q, n);
        ta_critical_exit(mask);
        wake(q, events);
    }
    return status;
}

/* Count what was refused for want of room. */
static ta_status refuse(chain *c, size_t n, ta_status status)
{
    ta_queue *q = (ta_queue *)(void *)c;
    if (c && c->is_queue && (status == TA_E_FULL || status == TA_E_NO_MEMORY)) {
        ta_mask mask = ta_critical_enter(); /* the other side reads them, too, and in several loads */
        unsigned events = status == TA_E_FULL ? want_room(q, n) : 0;
        if (!c->has_gap) {
            q->gap = c->in.count;
            events |= take_data(q); /* only the reader can remove the damaged line */
        }
        c->has_gap = 1;
        c->dropped = (uint16_t)(n > UINT16_MAX - (size_t)c->dropped ? UINT16_MAX : c->dropped + n);
        ta_critical_exit(mask);
        wake(q, events);
    }
    return status;
}

/* A byte that needs another look than at the credit. Without memcpy(), which push and pop alone do not need. */
static NOINLINE ta_status push(chain *c, uint8_t byte)
{
    place p;
    ta_status status = ta_chain_make_room_(c, 1, &p);
    if (status != TA_OK)
        return refuse(c, 1, status);
    if (p.length == 0)
        enter_fresh(c, &p);
    *p.at++ = byte;
    p.length--;
    ta_chain_publish_(c, &p, 1);
    return TA_OK;
}

/* The same for n bytes, all or none. */
static NOINLINE ta_status append(chain *c, const void *data, size_t n)
{
    place p;
    if (!data && n)
        return invalid();
    ta_status status = ta_chain_make_room_(c, n, &p);
    if (status != TA_OK)
        return refuse(c, n, status);
    if (n == 0)
        return TA_OK;
    fill(c, &p, data, n);
    ta_chain_publish_(c, &p, n);
    return TA_OK;
}

/* The short path: n bytes fit into the last chunk, and the limit allows them. */
INLINE bool has_write_credit(const chain *c, size_t n)
{
    return LIKELY(c->in.credit >= n && is_chunk_live(c->allocator, c->in.chunk));
}

/* Use it: the place of the next byte. Everything is loaded before a byte is stored, which the compiler
 * must assume to change all. */
INLINE uint8_t *use_write_credit(chain *c, size_t n, size_t *written)
{
    uint8_t *at = (uint8_t *)(c->in.base + c->in.count);
    *written = c->in.count + n;
    c->in.credit = (ta_slot)(c->in.credit - n);
    return at;
}

INLINE ta_status push_in_chunk(chain *c, uint8_t byte)
{
    size_t written;
    *use_write_credit(c, 1, &written) = byte;
    ta_port_store(&c->in.count, written);
    return TA_OK;
}

ta_status ta_queue_push(ta_queue *q, uint8_t byte)
{
    return q && has_write_credit(&q->chain, 1) ? push_in_chunk(&q->chain, byte) : push(QUEUE_CHAIN(q), byte);
}

ta_status ta_buffer_push(ta_buffer *b, uint8_t byte)
{
    bool is_short =
        b && has_write_credit(&b->chain, 1) && is_chunk_live(b->chain.allocator, b->chain.out.chunk);
    return is_short ? push_in_chunk(&b->chain, byte) : push(AS_CHAIN(b), byte);
}

ta_status ta_queue_write(ta_queue *q, const void *data, size_t n)
{
    if (!(q && data && n && has_write_credit(&q->chain, n)))
        return append(QUEUE_CHAIN(q), data, n);
    size_t written;
    memcpy(use_write_credit(&q->chain, n, &written), data, n);
    ta_port_store(&q->chain.in.count, written);
    return TA_OK;
}
BUFFER_NAME(ta_status, ta_buffer_write, (ta_buffer * b, const void *data, size_t n), append,
            (AS_CHAIN(b), data, n))

static size_t room(const chain *c)
{
    place p;
    if (ta_chain_open_writer_(c, &p) != TA_OK)
        return 0;
    const ta_allocator *a = ta_chain_next_allocator_(c);
    size_t blocks = ta_blocks_free_count_(a, c->uses_headroom);
    return smaller(limit_room(c), p.length + blocks * a->block_size);
}
QUEUE_NAME(size_t, ta_queue_room, (const ta_queue *q), room, (QUEUE_CHAIN(q)))
BUFFER_NAME(size_t, ta_buffer_room, (const ta_buffer *b), room, (AS_CHAIN(b)))

/* Others may take blocks between the question and the write: then ask again. */
static ta_status write_some(chain *c, const void *data, size_t n, size_t *done)
{
    place p;
    if ((!data && n) || !done)
        return invalid();
    *done = 0;
    ta_status status = ta_chain_open_writer_(c, &p);
    if (status != TA_OK || n == 0)
        return status;
    size_t part;
    do {
        part = smaller(n, room(c));
        part += part == 0; /* then the attempt says what is missing */
        status = ta_chain_make_room_(c, part, &p);
    } while (status == TA_E_NO_MEMORY && room(c) > 0);
    if (status != TA_OK)
        return wait_for_room(c, part, status);
    ta_chain_fill_(c, &p, data, part);
    ta_chain_publish_(c, &p, part);
    *done = part;
    return TA_OK;
}
QUEUE_NAME(ta_status, ta_queue_write_some, (ta_queue * q, const void *data, size_t n, size_t *done),
           write_some, (QUEUE_CHAIN(q), data, n, done))
BUFFER_NAME(ta_status, ta_buffer_write_some, (ta_buffer * b, const void *data, size_t n, size_t *done),
            write_some, (AS_CHAIN(b), data, n, done))

/* ---- Writing in place ---------------------------------------------------------------------------------- */

static ta_status reserve(chain *c, size_t n, ta_span *span)
{
    place p;
    if (!span || n == 0)
        return invalid();
    ta_status status = ta_chain_make_room_(c, 1, &p);
    if (status != TA_OK)
        return wait_for_room(c, 1, status);
    if (p.length == 0)
        enter_fresh(c, &p);
    if (p.chunk.bits != c->in.chunk.bits) { /* a fresh chunk: its link leads back */
        ta_blocks_link_(c->allocator, p.chunk, c->in.chunk.bits ? c->in.chunk : p.chunk);
        set_end(&c->in, &p, c->in.count, 0);
    }
    c->in.credit = 0;
    if (!c->is_queue)
        c->out.credit = 0; /* reading closes the reservation of a buffer */
    c->in.reserved = (ta_slot)smaller(smaller(n, limit_room(c)), p.length);
    span->data = p.at;
    span->length = c->in.reserved;
    ta_port_clean(p.at, c->in.reserved); /* port.h says why */
    return TA_OK;
}
QUEUE_NAME(ta_status, ta_queue_reserve, (ta_queue * q, size_t n, ta_span *span), reserve,
           (QUEUE_CHAIN(q), n, span))
BUFFER_NAME(ta_status, ta_buffer_reserve, (ta_buffer * b, size_t n, ta_span *span), reserve,
            (AS_CHAIN(b), n, span))

static ta_status commit(chain *c, size_t n)
{
    place p;
    ta_status status = ta_chain_open_writer_(c, &p);
    if (status != TA_OK)
        return status;
    if (c->in.reserved == 0 || n > c->in.reserved)
        return invalid();
    if (n == 0)
        return ta_chain_close_(c);
    ta_port_clean(p.at, n); /* port.h says why */
    ta_port_invalidate(p.at, n);
    p.at += n;
    p.length -= n;
    ta_chain_publish_(c, &p, n);
    return TA_OK;
}
QUEUE_NAME(ta_status, ta_queue_commit, (ta_queue * q, size_t n), commit, (QUEUE_CHAIN(q), n))
BUFFER_NAME(ta_status, ta_buffer_commit, (ta_buffer * b, size_t n), commit, (AS_CHAIN(b), n))

QUEUE_NAME(ta_status, ta_queue_cancel, (ta_queue * q), ta_chain_close_, (QUEUE_CHAIN(q)))
BUFFER_NAME(ta_status, ta_buffer_cancel, (ta_buffer * b), ta_chain_close_, (AS_CHAIN(b)))

#endif /* TA_WITH_BUFFER */
