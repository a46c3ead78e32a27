/*
 * Queues that keep the newest. See the picture in tinyalloc/recent.h.
 *
 * The writer's end is that of any chain (chain.h, C1). The reading end, here the front, is moved by both sides, so
 * everything about it changes inside critical sections, and each change counts `version` up:
 *   R1  A side looks at the front in one section, works out what it wants without masking, and changes the front in
 *       another section if the version is still the same. If not, it looks again. Only the other side can have been
 *       quicker, so one of them has always made progress. (The version wraps: exactly 2^N changes between two
 *       sections would go unnoticed; on an AVR these are 65,536.)
 *   R2  Before the reader copies a unit, it claims the unit: out.count counts it as removed, `claimed` is its length, and
 *       chunk and base of the front stay. Claimed bytes are the reader's, and nobody frees their chunks.
 *   R3  A writer that wants to drop more lets the front pass the claimed bytes first. Then `claimed` is 0, and `pinned` is
 *       the chunk in which they end: bytes that follow in it may be dropped, but the reader frees it.
 *   R4  When the reader has copied, it moves the front itself, unless the writer has; then it frees the chunks that
 *       only it still knows: those that it left, and the last one, if the front has left that, too.
 *   R5  What is not claimed may be freed at any moment by the other side. So its bytes and links are looked at in
 *       sections only, each of which compares the version first.
 * Nothing here grows with units or bytes while masked: a section passes one chunk or changes the front once.
 */
#include "chain.h"
#include <string.h>
#include <tinyalloc/recent.h>

#if TA_WITH_RECENT

/* The front, as it was at one moment; and the chunks that were left since then and are not the reader's. */
typedef struct front {
    size_t version, claimed, stored;
    ta_handle chunk, pinned;
    ta_handle left; /* the first of them, */
    size_t count;   /* and how many */
} front;

static inline bool is_usable(const ta_recent *r)
{
    return r && r->chain.allocator;
}

static inline size_t prefix_of(const ta_recent *r)
{
    return r->unit ? 0 : TA_RECENT_PREFIX;
}

/* ---- Looking at the front ------------------------------------------------------------------------------ */

/* *p: the oldest unit, or the claimed bytes before it. */
static ta_status look(const ta_recent *r, front *f, place *p)
{
    const chain *c = &r->chain;
    ta_mask mask = ta_critical_enter();
    size_t count = c->out.count;
    f->version = r->version;
    f->claimed = r->claimed;
    f->pinned = r->pinned;
    p->at = (uint8_t *)(c->out.base + count - f->claimed);
    p->length = c->out.credit;
    p->chunk = c->out.chunk;
    bool is_live = !p->chunk.bits || is_chunk_live(c->allocator, p->chunk);
    f->stored = ta_port_load(&c->in.count) - count;
    ta_critical_exit(mask);
    f->chunk = p->chunk;
    f->count = 0;
    p->left = 0;
    return !is_live ? TA_E_STALE : f->stored == 0 ? TA_E_EMPTY : TA_OK;
}

/* Go to the next chunk. TA_MORE: the front has changed. */
static ta_status follow(const ta_recent *r, front *f, place *p)
{
    const ta_allocator *a = r->chain.allocator;
    ta_handle next = TA_NONE_INIT;
    ta_mask mask = ta_critical_enter();
    bool is_same = r->version == f->version;
    if (is_same)
        next = next_chunk(a, p->chunk);
    ta_critical_exit(mask);
    if (!next.bits)
        return is_same ? TA_E_STALE : TA_MORE;
    if (p->chunk.bits != f->pinned.bits && f->count++ == 0)
        f->left = p->chunk;
    set_place(p, a, next, block_at(a, next));
    p->left++;
    return TA_OK;
}

static ta_status skip(const ta_recent *r, front *f, place *p, size_t n)
{
    ta_status status = TA_OK;
    while (n > p->length && status == TA_OK) {
        n -= p->length;
        status = follow(r, f, p);
    }
    p->at += n;
    p->length -= n;
    return status;
}

static ta_status look_at_byte(const ta_recent *r, front *f, place *p, size_t *byte)
{
    ta_status status = p->length > 0 ? TA_OK : follow(r, f, p);
    if (status != TA_OK)
        return status;
    ta_mask mask = ta_critical_enter();
    bool is_same = r->version == f->version;
    if (is_same)
        *byte = *p->at;
    ta_critical_exit(mask);
    p->at++;
    p->length--;
    return is_same ? TA_OK : TA_MORE;
}

/* Pass the prefix of the oldest unit, and say how many bytes follow it. */
static ta_status pass_prefix(const ta_recent *r, front *f, place *p, size_t *n)
{
    size_t low, high;
    ta_status status = TA_OK;
    *n = r->unit;
    if (*n == 0) {
        if ((status = look_at_byte(r, f, p, &low)) != TA_OK ||
            (status = look_at_byte(r, f, p, &high)) != TA_OK)
            return status;
        *n = low | high << 8;
    }
    /* more than is stored: foreign code wrote into the chunk */
    return f->stored >= prefix_of(r) && *n <= f->stored - prefix_of(r) ? status : TA_E_STALE;
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

/* Claim the oldest unit, if it has at most `size` bytes. *p: after its prefix. */
static ta_status claim(ta_recent *r, size_t size, front *f, place *p, size_t *n)
{
    ta_status status;
    do {
        *n = 0;
        status = look(r, f, p);
        if (status == TA_OK)
            status = pass_prefix(r, f, p, n);
        if (status == TA_OK && *n > size)
            return TA_E_RANGE;
        if (status == TA_OK) {
            size_t bytes = *n + prefix_of(r);
            ta_mask mask = ta_critical_enter();
            if (r->version == f->version) {
                r->version++;
                r->claimed = bytes;
                ta_port_store(&r->chain.out.count, r->chain.out.count + bytes);
                r->gone++;
            } else {
                status = TA_MORE;
            }
            ta_critical_exit(mask);
        }
    } while (status == TA_MORE);
    return status;
}

/* The unit that ends at *p has been copied. */
static void release(ta_recent *r, const front *f, place *p)
{
    chain *c = &r->chain;
    ta_mask mask = ta_critical_enter();
    if (r->claimed > 0) {
        set_end(&c->out, p, c->out.count, p->length);
    } else if (c->out.chunk.bits != p->chunk.bits) {
        p->left++;
    }
    r->claimed = 0;
    r->pinned = TA_NONE;
    r->version++;
    ta_critical_exit(mask);
    if (p->left > 0)
        ta_blocks_free_(c->allocator, f->chunk, p->left);
}

/* The chain breaks off inside the unit. The writer has not passed it, for the same reason. */
static void give_up(ta_recent *r)
{
    ta_mask mask = ta_critical_enter();
    if (r->claimed > 0) {
        ta_port_store(&r->chain.out.count, r->chain.out.count - r->claimed);
        r->gone--;
    }
    r->claimed = 0;
    r->pinned = TA_NONE;
    r->version++;
    ta_critical_exit(mask);
}

ta_status ta_recent_read(ta_recent *r, void *data, size_t size, size_t *length)
{
    front f;
    place p;
    if (!is_usable(r) || (!data && size) || !length)
        return invalid();
    ta_status status = claim(r, size, &f, &p, length);
    if (status == TA_OK && !ta_chain_copy_out_(r->chain.allocator, &p, data, *length)) {
        give_up(r);
        status = TA_E_STALE;
    } else if (status == TA_OK) {
        release(r, &f, &p);
    }
    if (status != TA_OK && status != TA_E_RANGE)
        *length = 0;
    return status;
}

/* ---- Dropping ------------------------------------------------------------------------------------------ */

/* Bytes that the front passes next: those claimed; none, when it only leaves a chunk that was read to its end; or the
 * oldest unit, *unit bytes with its prefix. */
static ta_status pass(const ta_recent *r, front *f, place *p, size_t *unit)
{
    size_t n = f->claimed;
    ta_status status = TA_OK;
    *unit = 0;
    if (n > 0)
        return skip(r, f, p, n);
    if (p->length > 0) {
        status = pass_prefix(r, f, p, &n);
        *unit = n + prefix_of(r);
        if (status == TA_OK)
            status = skip(r, f, p, n);
    }
    return status == TA_OK && p->length == 0 && *unit < f->stored ? follow(r, f, p) : status;
}

/* Move the front to *p, unless it has changed. */
static bool move_front(ta_recent *r, const front *f, const place *p, size_t unit)
{
    chain *c = &r->chain;
    ta_mask mask = ta_critical_enter();
    bool is_same = r->version == f->version;
    if (is_same) {
        size_t count = c->out.count + unit;
        set_end(&c->out, p, count, p->length);
        ta_port_store(&c->out.count, count);
        r->version++;
        if (f->claimed > 0) {
            r->claimed = 0;
            r->pinned = p->chunk;
        } else if (unit > 0) {
            r->gone++;
            c->dropped = (uint16_t)(c->dropped + (c->dropped < UINT16_MAX));
        }
    }
    ta_critical_exit(mask);
    return is_same;
}

/* Let the front pass what is next, if it is as it was seen. Otherwise nothing happens: the reader was quicker. A link
 * that foreign code has changed may lead the front past the chunk that is written to: then that one is freed, too. */
static ta_status drop(ta_recent *r, front *f, place *p, bool *has_moved)
{
    size_t unit;
    ta_status status = pass(r, f, p, &unit);
    if (status != TA_OK)
        return status == TA_MORE ? TA_OK : status;
    if (!move_front(r, f, p, unit))
        return TA_OK;
    *has_moved = true;
    if (f->claimed > 0 || f->count == 0)
        return TA_OK;
    ta_blocks_free_(r->chain.allocator, f->left, f->count);
    return is_chunk_live(r->chain.allocator, r->chain.in.chunk) ? TA_OK : TA_E_STALE;
}

/* ---- Making room --------------------------------------------------------------------------------------- */

/* Do `length` bytes, `left` of them in a first chunk, reach into that many chunks after it? */
static bool reaches(size_t length, size_t left, size_t chunks, size_t block_size)
{
    for (; chunks > 0 && length > left; chunks--) {
        length -= left;
        left = block_size;
    }
    return chunks == 0;
}

/*
 * Would n bytes find blocks if all units were dropped? All chunks but the last become free then, and the last one is
 * used from its start; not so the chunks that the reader uses, which come first.
 */
static bool can_drop(const ta_recent *r, const front *f, const place *p, size_t n, size_t free)
{
    size_t block_size = r->chain.allocator->block_size;
    size_t needed = ta_chain_blocks_beyond_(n, 0, block_size), chunks = f->chunk.bits == f->pinned.bits;
    if (!r->chain.in.chunk.bits)
        return false;
    if (f->claimed > 0)
        chunks = 1 + ta_chain_blocks_beyond_(f->claimed, p->length, block_size);
    chunks += needed - smaller(needed, free + 1);
    return reaches(f->stored + f->claimed, p->length, chunks, block_size);
}

/* Begin at the start of the only chunk again, if it has no unit and the reader is not in it. */
static bool restart(ta_recent *r, place *p)
{
    chain *c = &r->chain;
    place start = {.chunk = TA_NONE_INIT};
    if (p->length == c->allocator->block_size)
        return false;
    set_place(&start, c->allocator, c->in.chunk, p->at + p->length - c->allocator->block_size);
    ta_mask mask = ta_critical_enter();
    bool is_free = c->in.count == c->out.count && r->claimed == 0 && r->pinned.bits != c->in.chunk.bits;
    if (is_free) {
        set_end(&c->out, &start, c->out.count, start.length);
        r->version++;
    }
    ta_critical_exit(mask);
    if (is_free) {
        set_end(&c->in, &start, c->in.count, 0);
        *p = start;
    }
    return is_free;
}

/* Set blocks aside, and go on in the first of them if the last chunk is full. */
static bool set_aside_for_unit(ta_recent *r, size_t blocks, place *p)
{
    chain *c = &r->chain;
    if (!ta_blocks_set_aside_(c->allocator, p, blocks, false))
        return false;
    if (p->length == 0)
        ta_blocks_take_(c->allocator, p, CHAIN_OWNER(c));
    if (!c->in.chunk.bits) { /* a chain begins */
        ta_mask mask = ta_critical_enter();
        set_end(&c->out, p, c->out.count, p->length);
        c->out.reserved = 1;
        r->version++;
        ta_critical_exit(mask);
    }
    return true;
}

/*
 * Make room for n bytes at *p. If the last chunk has room, nobody looks at the front. Else each turn decides by one look
 * at the front, and what it decides happens only if the front is still the same. Before the first drop it is known that
 * dropping makes room.
 */
static ta_status make_room(ta_recent *r, size_t n, place *p)
{
    const ta_allocator *a = r->chain.allocator;
    size_t most = r->chain.limit ? r->chain.limit - n : SIZE_MAX;
    bool is_known = false;
    if (n <= p->length && chain_length(&r->chain) <= most)
        return TA_OK;
    for (;;) {
        front f;
        place oldest;
        ta_status status = look(r, &f, &oldest);
        size_t blocks = ta_chain_blocks_beyond_(n, p->length, a->block_size);
        size_t free = blocks ? ta_blocks_free_count_(a, false) : 0;
        if (status == TA_E_STALE)
            return status;
        if (blocks <= free && f.stored <= most) {
            if (blocks == 0 || set_aside_for_unit(r, blocks, p))
                return TA_OK;
        } else if (blocks > free && !is_known && !can_drop(r, &f, &oldest, n, free)) {
            return TA_E_NO_MEMORY; /* true of the moment of the look: since then, a reader can only have freed more */
        } else if (f.stored == 0) {
            if (!restart(r, p))
                return TA_E_NO_MEMORY;
        } else if ((status = drop(r, &f, &oldest, &is_known)) != TA_OK) {
            return status;
        }
    }
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

static void copy_unit(ta_recent *r, place *p, const void *data, size_t n)
{
    const uint8_t prefix[TA_RECENT_PREFIX] = {(uint8_t)n, (uint8_t)(n >> 8)};
    if (!r->unit)
        ta_chain_fill_(&r->chain, p, prefix, TA_RECENT_PREFIX);
    if (n > 0)
        ta_chain_fill_(&r->chain, p, data, n);
}

ta_status ta_recent_write(ta_recent *r, const void *data, size_t n)
{
    place p;
    if (!is_usable(r) || (!data && n) || (r->unit && n != r->unit))
        return invalid();
    chain *c = &r->chain;
    size_t most = c->limit ? c->limit : SIZE_MAX, bytes = n + prefix_of(r);
    ta_status status = ta_chain_open_writer_(c, &p);
    if (status != TA_OK)
        return status;
    if (bytes > most || (!r->unit && n > TA_RECENT_MAX))
        return TA_E_FULL;
    status = make_room(r, bytes, &p);
    if (status != TA_OK)
        return status;
    copy_unit(r, &p, data, n);
    size_t written = c->in.count + bytes;
    set_end(&c->in, &p, written, 0);
    ta_port_store(&r->written, r->written + 1);
    ta_port_store(&c->in.count, written);
    return TA_OK;
}

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

ta_status ta_recent_init(ta_recent *r, const ta_allocator *allocator, size_t limit, size_t unit)
{
    const ta_recent empty = TA_RECENT_INIT(allocator, limit, unit);
    if (!r || !allocator)
        return invalid();
    *r = empty;
    return TA_OK;
}

ta_status ta_recent_clear(ta_recent *r)
{
    front f;
    place p;
    if (!is_usable(r))
        return invalid();
    chain *c = &r->chain;
    const ta_allocator *a = c->allocator;
    bool is_sound = c->in.chunk.bits && look(r, &f, &p) != TA_E_STALE &&
                    ta_chain_copy_out_(a, &p, NULL, f.stored + f.claimed) && p.chunk.bits == c->in.chunk.bits;
    if (is_sound)
        ta_blocks_free_(a, f.chunk, p.left + 1);
    ta_chain_forget_(c);
    r->gone = r->written;
    r->claimed = 0;
    r->pinned = TA_NONE;
    return TA_OK;
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

size_t ta_recent_count(const ta_recent *r)
{
    if (!r)
        return 0;
    ta_mask mask = ta_critical_enter(); /* or else a writer that drops could make it any number */
    size_t gone = r->gone;
    size_t written = ta_port_load(&r->written); /* last, so that the difference is never negative */
    ta_critical_exit(mask);
    return written - gone;
}

bool ta_recent_is_empty(const ta_recent *r)
{
    return !r || chain_length(&r->chain) == 0;
}

size_t ta_recent_dropped(const ta_recent *r)
{
    if (!r)
        return 0;
    ta_mask mask = ta_critical_enter();
    size_t dropped = r->chain.dropped;
    ta_critical_exit(mask);
    return dropped;
}

int ta_recent_check(const ta_recent *r)
{
    front f;
    place p;
    size_t n, units = 0;
    if (!is_usable(r))
        return 0;
    int fault = ta_chain_check_(&r->chain);
    if (fault)
        return fault;
    if (r->claimed > 0 || r->pinned.bits)
        return 8;
    ta_status status = look(r, &f, &p);
    for (; status == TA_OK && f.stored > 0; units++) {
        status = pass_prefix(r, &f, &p, &n);
        if (status != TA_OK)
            return 6;
        skip(r, &f, &p, n); /* the chain is whole */
        f.stored -= n + prefix_of(r);
    }
    return status != TA_E_STALE && units != r->written - r->gone ? 7 : 0;
}

#endif /* TA_WITH_RECENT */
