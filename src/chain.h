/*
 * Chains, for the sources that work on them. See the picture in tinyalloc/chain.h.
 *
 * Who writes what
 *   the writer   in; `dropped`; the link of the last chunk; out.chunk and out.base when it begins a chain
 *   the reader   out; it frees the chunks that it has left
 *   both         is_high and has_gap, only in a critical section; so are the flags of wake.h
 * and neither side ever waits for the other. The protocol:
 *   C1  The writer stores bytes and links first, then in.count, by one store. A reader that has seen it
 *       sees everything before it. So a write over any number of chunks becomes visible at once, and
 *       nothing is masked for it.
 *   C2  The reader looks at out.chunk only when bytes are stored, or when it has read of this chain before
 *       (out.reserved). So it never sees the writer begin a chain.
 *   C3  The reader leaves a chunk only when it wants a byte after it. That byte has been published, so the
 *       writer has left the chunk, too, and never returns to it or to its link.
 *   C4  The reader copies bytes out, then frees the chunks that it has left, then stores out.count, by one
 *       store. So a writer that sees room finds the blocks for it free, too.
 *   C5  The length is in.count - out.count. Each side knows its own count, and the other's only moves in
 *       its favour.
 *   C6  out.count only grows, also when bytes are prepended or cut off at the back: then both counts move. So
 *       it is the stamp of views, which are stale as soon as it has changed.
 *   C7  `credit` is never more than what may pass; it is 0 where every call has to look: during a
 *       reservation, with water marks or a hook, and for the last byte of a buffer's chunk.
 * A buffer has one owner, who is both sides. It frees a chunk as soon as that is empty, and both ends are
 * checked in every call.
 *
 * A reservation is its length (in.reserved) and, when the last chunk was full, an empty last chunk. The
 * link of that one leads back to the chunk before it, or to itself when there is none, so that it can be
 * given back.
 */
#ifndef TINYALLOC_PRIVATE_CHAIN_H
#define TINYALLOC_PRIVATE_CHAIN_H

#include "blocks.h"
#include "fault.h"
#include "smaller.h"
#include <string.h>
#include <tinyalloc/lines.h>

typedef ta_chain_ chain;
typedef ta_chain_end_ chain_end;

/* ---- One function under two names ---------------------------------------------------------------------- */

/* What a buffer and a queue do alike is one function on a chain; its public names are symbols of their
 * own, at no byte. */
#define AS_CHAIN(object) ((chain *)(uintptr_t)(object)) /* NULL stays NULL */

#define WRAPPER_(type, name, parameters, function, arguments) \
    type name parameters                                      \
    {                                                         \
        return function arguments;                            \
    }
#if TA_HAS_ALIAS_
#define BUFFER_NAME(type, name, parameters, function, arguments) type name parameters TA_ALIAS_(function);
#else
#define BUFFER_NAME WRAPPER_
#endif

/* With TA_GLOBAL a zeroed buffer uses the global allocator, but a zeroed queue must not become one. */
#if TA_GLOBAL
#define QUEUE_NAME WRAPPER_
#define QUEUE_CHAIN(q) ((q) && (q)->chain.is_queue ? AS_CHAIN(q) : NULL)
#else
#define QUEUE_NAME BUFFER_NAME
#define QUEUE_CHAIN(q) AS_CHAIN(q)
#endif

/* ---- Owners -------------------------------------------------------------------------------------------- */

#if TA_OWNERS
#define CHAIN_OWNER(c) ((c)->owner)
#define SET_CHAIN_OWNER(c, number) ((c)->owner = (number))
#else
#define CHAIN_OWNER(c) ((void)(c), (uint8_t)0)
#define SET_CHAIN_OWNER(c, number) ((void)(c), (void)(number))
#endif

/* ---- Places -------------------------------------------------------------------------------------------- */

/* Move an end to a place that `count` bytes have passed. The caller publishes the count. */
INLINE void set_end(chain_end *end, const place *p, size_t count, size_t credit)
{
    end->chunk = p->chunk;
    end->base = (size_t)p->at - count;
    end->credit = (ta_slot)credit;
}

/* ---- What is stored ------------------------------------------------------------------------------------ */

/* From any context: the reader's count is read first, so that the difference is never negative. */
INLINE size_t chain_length(const chain *c)
{
    size_t read = ta_port_load(&c->out.count);
    return ta_port_load(&c->in.count) - read;
}

/* Bytes that the limit still allows. From the writer's context: a reader only adds to it. */
static inline size_t limit_room(const chain *c)
{
    size_t limit = c->limit;
    if (limit == 0)
        return SIZE_MAX;
    size_t length = chain_length(c);
    return limit - smaller(length, limit);
}

/* ---- chain.c: what all calls share --------------------------------------------------------------------- */

/* Is the chain usable at all? A buffer that is bound to NULL may follow the global allocator. */
INLINE bool is_bound(const chain *c)
{
    return c && (c->allocator || (TA_GLOBAL && !c->is_queue));
}

/* The allocator that the next first block would come from. */
const ta_allocator *ta_chain_next_allocator_(const chain *c);

/* A buffer that follows the global allocator. bind: before it takes its first block, it takes the allocator of
 * this moment. follow: before bytes come from elsewhere; if the allocator was replaced, the reservation of an
 * empty buffer is closed. */
#if TA_GLOBAL
void ta_chain_bind_(chain *c);
void ta_chain_follow_(chain *c);
#else
#define ta_chain_bind_(c) ((void)(c))
#define ta_chain_follow_(c) ((void)(c))
#endif

/* Leave the current chunk for the next, if it has no more bytes. False when the chain breaks off. */
static inline bool enter_next(const ta_allocator *a, place *p)
{
    return p->length > 0 || (p->at = ta_blocks_next_(a, p, 1)) != NULL;
}

/* Pass n bytes and copy them to `data`, unless that is NULL. False when the chain breaks off; the bytes
 * before are copied then. */
bool ta_chain_copy_out_(const ta_allocator *a, place *p, void *data, size_t n);

/* Let `read` bytes have been removed, where views remember less: so they become stale. Bytes and length stay. A
 * buffer calls it when it prepends, truncates or is replaced. */
void ta_chain_end_views_(chain *c, size_t read);

/* Forget all chunks, without freeing them. */
void ta_chain_forget_(chain *c);

/* Do the invariants hold? See ta_queue_check() and ta_buffer_check(). */
int ta_chain_check_(const chain *c);

/* What every call begins with: reject a bad or a stale chain. A buffer is checked at both ends. For the
 * writer *p is where the next byte goes, of length 0 when there is no chunk; for the reader *length bytes
 * are stored from *p on. */
ta_status ta_chain_open_writer_(const chain *c, place *p);
ta_status ta_chain_open_reader_(const chain *c, place *p, size_t *length);

/* The same where it counts: in the general paths of writing and reading it is worth
 * 15 instructions of 290 for a write of 64 bytes. */
INLINE ta_status open_end(const chain *c, const chain_end *end, const chain_end *other, place *p)
{
    const ta_allocator *a = c->allocator;
    const uint8_t *start = block_of(a, end->chunk);
    if (!start || !(c->is_queue || is_chunk_live(a, other->chunk)))
        return TA_E_STALE;
    p->at = (uint8_t *)(end->base + end->count);
    p->length = (size_t)(start + a->block_size - p->at);
    p->chunk = end->chunk;
    p->left = 0;
    return TA_OK;
}

INLINE ta_status open_writer(const chain *c, place *p)
{
    if (!is_bound(c))
        return invalid();
    if (c->in.chunk.bits)
        return open_end(c, &c->in, &c->out, p);
    p->at = NULL;
    p->length = 0;
    p->chunk = TA_NONE;
    return TA_OK;
}

INLINE bool copy_out(const ta_allocator *a, place *p, uint8_t *data, size_t n)
{
    while (n > p->length) {
        size_t part = p->length;
        uint8_t *start = ta_blocks_next_(a, p, n - part);
        if (!start)
            return false;
        if (start == p->at + part) { /* side by side: copied at once */
            p->length += part;
            continue;
        }
        if (data && part > 0) {
            memcpy(data, p->at, part);
            data += part;
        }
        n -= part;
        p->at = start;
    }
    if (data)
        memcpy(data, p->at, n);
    p->at += n;
    p->length -= n;
    return true;
}

/* ---- chain_write.c ------------------------------------------------------------------------------------- */

/* Close the open reservation, if there is one, and give back the block that it waits in: TA_OK, or what is
 * wrong with the chain. Removing bytes from a buffer begins with this; a queue's reader does not touch a
 * reservation. */
ta_status ta_chain_close_(chain *c);

/* Reject a bad or a stale chain, and set blocks aside for n bytes from *p on: all or none. */
ta_status ta_chain_make_room_(chain *c, size_t n, place *p);

/* Append n > 0 bytes from *p on, where blocks are set aside for them. No byte is published; where a chain begins, its
 * first chunk is set. */
void ta_chain_fill_(chain *c, place *p, const uint8_t *data, size_t n);

/* Blocks that n bytes take, `room` of which fit into a chunk that there is. More than a pool can have, if
 * n is more than it can hold. */
size_t ta_chain_blocks_beyond_(size_t n, size_t room, size_t block_size);

/* Publish n bytes, those before *p. An open reservation ends. */
void ta_chain_publish_(chain *c, const place *p, size_t n);

/* ---- chain_read.c -------------------------------------------------------------------------------------- */

/* Open the reader and pass `position` bytes; *length are stored after them. TA_E_RANGE: there are fewer. */
ta_status ta_chain_seek_(const chain *c, size_t position, place *p, size_t *length);

/* Remove the first n bytes, those before *p; `rest` remain. The chunks that were left on the way are
 * freed. Nothing is changed unless the result is TA_OK. */
ta_status ta_chain_remove_(chain *c, place *p, size_t n, size_t rest);

/* ta_chain_take_(), in tinyalloc/lines.h: remove the first n bytes and copy them to `data`, unless that is NULL; all or
 * none. */

/* ---- chain_move.c -------------------------------------------------------------------------------------- */

/* Put n bytes after the last one: they fill the last chunk, and the rest goes to the front of `chunk`,
 * which becomes the last one. They may lie in that chunk. False when it was not needed. */
bool ta_chain_absorb_(const ta_allocator *a, place *to, const uint8_t *data, size_t n, ta_handle chunk);

/* Move the first n bytes to the end of a buffer on the same allocator, by relinking whole chunks. All or
 * none. */
ta_status ta_chain_move_(chain *to, chain *from, size_t n);

#endif
