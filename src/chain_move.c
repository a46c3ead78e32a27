/*
 * Bytes that move from one chain to the end of a buffer on the same allocator: whole chunks are relinked.
 *
 *     to  [aaaa]-->[bb..]      from  [.ccc]-->[dddd]-->[ee..]          8 bytes of `from`
 *     to  [aaaa]-->[bbcc]-->[cddd]-->[de..]         from  [.e..]
 *
 * Where the destination is empty, or ends with a full chunk and the source's first chunk is whole, the
 * chunks stay as they are. Otherwise the bytes of each fill the destination's last chunk, and the rest of
 * them moves to the front of its own. The last chunk stays with the source if bytes are left in it, and in
 * a queue always, for the writer may be in it: its bytes are copied, into one spare block at most. That
 * block is taken before anything moves, which makes the call all or nothing.
 */
#include "chain.h"
#include <string.h>

#if TA_WITH_BUFFER

/* What moves. */
typedef struct move {
    place to;        /* where the destination ends; no chunk: it is empty */
    place from;      /* the first byte */
    place rest;      /* where the source continues */
    ta_handle first; /* the first chunk that moves; TA_NONE: none does */
    ta_handle last;  /* the last chunk that moves */
    uint8_t *cut;    /* what is copied: the bytes of the chunk that stays */
    size_t cut_size;
    ta_handle spare; /* a block for them */
} move;

/* ---- Planning: nothing is changed yet ------------------------------------------------------------------ */

/* Find what moves, what is copied, and where the source continues. False when the chain breaks off. */
static bool plan(move *m, const chain *from, size_t n, size_t length)
{
    const ta_allocator *a = from->allocator;
    size_t rest = n;
    place p = m->from;
    bool is_all = !from->is_queue && n == length;
    if (rest > p.length) { /* to the last chunk that is used up, and then to the one after it */
        rest -= p.length;
        rest -= ta_blocks_skip_(a, &p.chunk, rest - 1);
        m->last = p.chunk;
        p.at = ta_blocks_next_(a, &p, 1);
        if (!p.at)
            return false;
    }
    bool stays = from->is_queue || (rest < p.length && !is_all);
    if (stays) {
        m->cut = p.at;
        m->cut_size = rest;
    } else {
        m->last = p.chunk; /* it moves, too */
    }
    if (n > m->cut_size)
        m->first = m->from.chunk;
    m->rest = p;
    m->rest.at += rest;
    m->rest.length -= rest;
    if (is_all)
        return p.chunk.bits == from->in.chunk.bits;
    bool is_whole = stays || enter_next(a, &m->rest);
    m->rest.left =
        m->from.left; /* chunks that are freed: one that was read to its end, none of those that move */
    return is_whole;
}

/* Take the block for what is copied, unless that fits: into the destination's last chunk, or where the
 * bytes of the chunks that move leave room when they move up. */
static ta_status get_spare(move *m, const chain *to)
{
    size_t fits = m->to.length;
    if (m->first.bits && m->to.chunk.bits)
        fits += to->allocator->block_size - m->from.length;
    if (m->cut_size <= fits)
        return TA_OK;
    place p = {.chunk = TA_NONE_INIT};
    if (!ta_blocks_set_aside_(to->allocator, &p, 1, false))
        return TA_E_NO_MEMORY;
    ta_blocks_take_(to->allocator, &p, CHAIN_OWNER(to));
    m->spare = p.chunk;
    return TA_OK;
}

/* ---- Moving: nothing can fail any more ----------------------------------------------------------------- */

/* The first chunk that moves gets a new generation, so that a copy of the source's struct becomes stale. With
 * TA_RETIRE, a slot in its last lifetime keeps the one it has. */
static void renew(move *m, const ta_allocator *a)
{
    ta_handle chunk = ta_blocks_renew_(a, m->first);
    if (!chunk.bits)
        return;
    if (m->last.bits == m->first.bits)
        m->last = chunk;
    m->first = chunk;
}

bool ta_chain_absorb_(const ta_allocator *a, place *to, const uint8_t *data, size_t n, ta_handle chunk)
{
    size_t fits = smaller(n, to->length);
    if (fits > 0) {
        memmove(to->at, data, fits);
        to->at += fits;
        to->length -= fits;
        n -= fits;
    }
    if (n == 0)
        return false;
    if (to->chunk.bits)
        ta_blocks_link_(a, to->chunk, chunk);
    set_place(to, a, chunk, block_at(a, chunk));
    memmove(to->at, data + fits, n);
    to->at += n;
    to->length -= n;
    return true;
}

/* A chunk that is no longer needed. */
static void spare(move *m, const ta_allocator *a, ta_handle chunk)
{
    if (m->spare.bits)
        free_chunk(a, m->spare);
    m->spare = chunk;
}

/* Chunk by chunk: n bytes. */
static void absorb_chunks(move *m, const ta_allocator *a, size_t n)
{
    place p = m->from;
    p.chunk = m->first;
    while (n > 0) {
        size_t part = smaller(n, p.length);
        ta_handle next = ta_blocks_linked_(a, p.chunk);
        if (!ta_chain_absorb_(a, &m->to, p.at, part, p.chunk))
            spare(m, a, p.chunk);
        n -= part;
        if (!next.bits)
            return;
        set_place(&p, a, next, block_at(a, next));
    }
}

/* All chunks at once, as they are; `room` bytes are free in the last one. */
static void relink(move *m, const ta_allocator *a, size_t room)
{
    if (m->to.chunk.bits)
        ta_blocks_link_(a, m->to.chunk, m->first);
    set_place(&m->to, a, m->last, block_at(a, m->last));
    m->to.at += a->block_size - room;
    m->to.length = room;
}

static void splice(move *m, chain *to, size_t n, bool keeps_chunks, size_t room)
{
    const ta_allocator *a = to->allocator;
    const uint8_t *start = m->from.at;
    bool begins = !to->in.chunk.bits;
    if (m->first.bits && keeps_chunks)
        relink(m, a, room);
    else if (m->first.bits)
        absorb_chunks(m, a, n - m->cut_size);
    if (ta_chain_absorb_(a, &m->to, m->cut, m->cut_size, m->spare))
        m->spare = TA_NONE;
    if (m->spare.bits)
        free_chunk(a, m->spare);
    if (begins) {
        if (!m->first.bits)
            start = m->to.at - m->cut_size;
        to->out.chunk = m->first.bits ? m->first : m->to.chunk;
        to->out.base = (size_t)start - to->out.count;
    }
    ta_chain_publish_(to, &m->to, n);
}

ta_status ta_chain_move_(chain *to, chain *from, size_t n)
{
    move m = {.first = TA_NONE_INIT};
    size_t length = 0;
    ta_status status = ta_chain_close_(
        to); /* a copy of the other's struct may give back its chunk: so both are opened after that */
    if (status == TA_OK && !from->is_queue)
        status = ta_chain_close_(from);
    if (status == TA_OK)
        status = ta_chain_open_reader_(from, &m.from, &length);
    if (status == TA_OK)
        status = ta_chain_open_writer_(to, &m.to);
    if (status != TA_OK)
        return status;
    if (n > length)
        return TA_E_RANGE;
    if (n > limit_room(to))
        return TA_E_FULL;
    if (n == 0)
        return TA_OK;
    const ta_allocator *a = from->allocator;
    ta_chain_bind_(to);
    if (!enter_next(a, &m.from))
        return TA_E_STALE;
    bool is_all = !from->is_queue && n == length;
    bool keeps_chunks = !m.to.chunk.bits || (m.to.length == 0 && m.from.length == a->block_size);
    size_t room = 0;
    if (is_all && keeps_chunks) { /* nobody looks at the chunks in between */
        m.first = m.from.chunk;
        m.last = from->in.chunk;
        room = (size_t)(block_at(a, m.last) + a->block_size - (uint8_t *)(from->in.base + from->in.count));
    } else {
        if (!plan(&m, from, n, length))
            return TA_E_STALE;
        status = get_spare(&m, to);
        if (status != TA_OK)
            return status;
    }
    if (m.first.bits) {
        if (CHAIN_OWNER(to) != CHAIN_OWNER(from))
            ta_blocks_own_(a, m.first, m.last, n, CHAIN_OWNER(to)); /* each has at least one of the n bytes */
        renew(&m, a);
    }
    splice(&m, to, n, keeps_chunks, room);
    if (is_all)
        ta_chain_forget_(from);
    else
        ta_chain_remove_(from, &m.rest, n, length - n);
    return TA_OK;
}

#endif /* TA_WITH_BUFFER */
