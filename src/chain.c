/*
 * Chains of blocks: the bulk transfer that buffers and queues share. Whole runs of blocks are taken from the free list
 * and given back to it: its links and those of a chain are the same, so a run stays linked as it is.
 */
#include "internal.h"

#if TA_WITH_BUFFER

/* ---- What the nouns ask of their backend, for sources that are built for size -------------------------------- */

#undef BACKEND_FUNCTION
#undef BACKEND_BODY
#undef BACKEND_NAME
#define BACKEND_FUNCTION
#define BACKEND_NAME(operation) shared_##operation
#define BACKEND_BODY(call) ; /* link names need a declaration */
#include "backend.h"
#undef BACKEND_BODY
#define BACKEND_BODY(call) \
    {                      \
        return call;       \
    }
#include "backend.h"

/* ---- One chunk of a chain that has been checked ---------------------------------------------------------------- */

#if TA_CUSTOM_BACKENDS || IS_FOR_SIZE

typedef ta_handle chunk;

typedef struct pool {
    const ta_allocator *a;
    size_t block_size;
} pool;

static pool pool_of(const ta_allocator *a)
{
    const pool p = {a, a->block_size};
    return p;
}

static chunk chunk_of(pool p, ta_handle h)
{
    (void)p;
    return h;
}

static ta_handle chunk_handle(const ta_allocator *a, chunk c)
{
    (void)a;
    return c;
}

static uint8_t *chunk_data(pool p, chunk c)
{
    return backend_get(p.a, c);
}

static chunk chunk_next(pool p, chunk c)
{
    return backend_next(p.a, c);
}

static bool chunk_is_live(pool p, chunk c)
{
    return chunk_data(p, c) != NULL;
}

static bool is_beside_next(pool p, chunk c)
{
    if (TA_CUSTOM_BACKENDS)
        return false; /* a backend's blocks may lie anywhere */
    return (p.a->first - ta_handle_slot(c))->link == 0;
}

static void chunk_link(pool p, chunk c, chunk next)
{
    (void)p;
    backend_link(p.a, c, next);
}

static size_t run_take(pool p, size_t blocks, chunk *first, chunk *last)
{
    (void)blocks;
    *first = *last = backend_take(p.a);
    return 1;
}

static size_t run_free(pool p, size_t blocks, chunk *c)
{
    (void)blocks;
    *c = backend_free_next(p.a, *c);
    return 1;
}

#else

typedef entry *chunk;

/* Blocks in one masked step: what 200 cycles on AVR and 48 instructions on a Cortex-M3 allow; on a host, where it is the
 * masking that costs, more. */
#if TA_IS_NARROW_
#define TAKE_MAX 2u
#define FREE_MAX 2u
#elif UINTPTR_MAX == UINT32_MAX
#define TAKE_MAX 4u
#define FREE_MAX 3u
#else
#define TAKE_MAX 16u
#define FREE_MAX 16u
#endif

/* An allocator as these loops see it: in locals, for memcpy might change one in memory, for all the compiler knows. */
typedef struct pool {
    entry *entries;
    entry *first;
    uint8_t *blocks;
    size_t block_size;
} pool;

static inline pool pool_of(const ta_allocator *a)
{
    const pool p = {a->entries, a->first, a->blocks, a->block_size};
    return p;
}

static inline chunk chunk_of(pool p, ta_handle h)
{
    return p.first - ta_handle_slot(h);
}

static inline ta_slot chunk_slot(pool p, chunk c)
{
    return (ta_slot)(p.first - c);
}

static inline ta_handle chunk_handle(const ta_allocator *a, chunk c)
{
    return handle_of_slot(a, (ta_slot)(a->first - c), generation_of(c));
}

static inline uint8_t *chunk_data(pool p, chunk c)
{
    return p.blocks - (size_t)(c - p.entries) * p.block_size;
}

/* Does the next chunk's block begin where this one's ends? */
static inline bool is_beside_next(pool p, chunk c)
{
    (void)p;
    return c->link == 0;
}

/* The chunk behind one that has this link; it may lie before the table, when there is no such slot. */
static inline chunk chunk_behind(pool p, chunk c, ta_slot link)
{
    if (LIKELY(link == 0))
        return c - 1;
    ta_slot slot = (ta_slot)(chunk_slot(p, c) + 1u + link);
    return slot <= (size_t)(p.first - p.entries) ? p.first - slot : NULL;
}

static inline chunk chunk_next(pool p, chunk c)
{
    return chunk_behind(p, c, c->link);
}

static inline bool chunk_is_live(pool p, chunk c)
{
    return c >= p.entries && is_live(c);
}

static inline void chunk_link(pool p, chunk c, chunk next)
{
    (void)p;
    c->link = (ta_slot)(c - next - 1);
}

static inline void next_generation(entry *e)
{
    set_generation(e, (ta_generation)(generation_of(e) + 1));
}

/* Begin or end the lifetimes of a run of chunks: linked one behind the other, and side by side. `*left` is how many at
 * most, then how many there were less. Says the last. */
static inline chunk run_pass(pool p, chunk c, size_t *left)
{
    for (;; c = opaque_entry(c - 1)) {
        next_generation(c);
        if (--*left == 0 || !is_beside_next(p, c))
            return c;
    }
}

/* Take a run of up to so many of the booked blocks. Says how many. */
static inline size_t run_take(pool p, size_t blocks, chunk *first, chunk *last)
{
    slab_state *s = (slab_state *)(void *)(p.first + 1);
    size_t most = smaller(blocks, TAKE_MAX), left = most;
    ta_mask mask = ta_critical_enter();
    *first = p.first - s->head;
    *last = run_pass(p, *first, &left);
    s->head = (ta_slot)(chunk_slot(p, *last) + 1u + (*last)->link);
    ta_critical_exit(mask);
    return most - left;
}

/* Free such a run of live blocks, and go to the block behind it. Says how many. */
static inline size_t run_free(pool p, size_t blocks, chunk *at)
{
    slab_state *s = (slab_state *)(void *)(p.first + 1);
    chunk first = *at, last = first;
    size_t most = smaller(blocks, TA_RETIRE ? 1 : FREE_MAX), left = most;
    offset_t distance = first - p.entries;
    ta_slot slot = chunk_slot(p, first), link;
    ta_mask mask = ta_critical_enter();
    if (TA_RETIRE) {
        link = last->link;
        left = 0;
        release_slot(s, p.entries, distance, slot);
    } else {
        link_behind_tail(s, p.entries, distance, slot);
        last = run_pass(p, first, &left);
        link = last->link;
        s->tail = (ta_slot)(last - p.entries);
        count_given(s, most - left);
    }
    ta_critical_exit(mask);
    *at = chunk_behind(p, last, link);
    return most - left;
}

#endif

/* ---- Bulk ------------------------------------------------------------------------------------------------------ */

/* Others may take blocks between the question and the booking: each failure asks for fewer. */
size_t book_some(const ta_allocator *a, size_t blocks, bool uses_reserve)
{
    while (blocks > 0) {
        blocks = smaller(blocks, free_blocks(a, uses_reserve));
        if (blocks > 0 && book(a, blocks, uses_reserve))
            return blocks;
        blocks -= blocks > 0;
    }
    return 0;
}

HOT void append(const ta_allocator *a, chain_end *end, const uint8_t *data, size_t n, size_t blocks)
{
    end->added = blocks;
    if (n == 0)
        return;
    pool p = pool_of(a);
    bool is_empty = end->chunk.bits == 0;
    chunk last = chunk_of(p, end->chunk);
    uint8_t *to = is_empty ? NULL : end->start + end->offset; /* NULL: the chain begins */
    size_t fits = is_empty ? 0 : p.block_size - end->offset; /* bytes side by side, up to the end of `last` */
    while (blocks > 0) {
        chunk first, before = last;
        size_t run = run_take(p, blocks, &first, &last);
        if (to)
            chunk_link(p, before, first);
        else
            end->first = chunk_handle(a, first);
        if (!to || !is_beside_next(p, before)) {
            if (fits > 0)
                memcpy(to, data, fits);
            data += fits;
            n -= fits;
            fits = 0;
            to = chunk_data(p, first);
        }
        fits += run * p.block_size;
        blocks -= run;
    }
    memcpy(to, data, n);
    end->chunk = chunk_handle(a, last);
    end->start = chunk_data(p, last);
    end->offset = p.block_size - (fits - n);
}

void chain_append(const ta_allocator *a, chain_end *end, const uint8_t *data, size_t n, size_t blocks)
{
    append(a, end, data, n, blocks);
}

/* One block needs no booking. */
static bool write_into_one(const ta_allocator *a, chain_end *end, const uint8_t *data, size_t n,
                           bool uses_reserve)
{
    uint8_t *back = end->chunk.bits ? end->start + end->offset : NULL;
    size_t part = end->chunk.bits ? a->block_size - end->offset : 0;
    if (!chain_extend(a, end, uses_reserve))
        return false;
    if (part > 0)
        memcpy(back, data, part);
    end->offset = n - part;
    memcpy(end->start, data + part, end->offset);
    return true;
}

bool chain_write(const ta_allocator *a, chain_end *end, const uint8_t *data, size_t n, bool uses_reserve)
{
    size_t room = end->chunk.bits ? a->block_size - end->offset : 0;
    if (!IS_FOR_SIZE && n > room && n - room <= a->block_size)
        return write_into_one(a, end, data, n, uses_reserve);
    size_t blocks = blocks_beyond(n, room, a->block_size);
    if (blocks > 0 && !book(a, blocks, uses_reserve))
        return false;
    append(a, end, data, n, blocks);
    return true;
}

bool chain_drain(const ta_allocator *a, chain_front *front, uint8_t *data, size_t n)
{
    pool p = pool_of(a);
    chunk c = chunk_of(p, front->chunk);
    const uint8_t *from = front->start + front->offset;
    size_t left = 0, rest = p.block_size - front->offset; /* bytes side by side, up to the end of c */
    while (n > rest) {
        chunk next = chunk_next(p, c);
        if (!chunk_is_live(p, next))
            return false;
        if (UNLIKELY(!is_beside_next(p, c))) {
            if (data) {
                memcpy(data, from, rest);
                data += rest;
            }
            n -= rest;
            rest = 0;
            from = chunk_data(p, next);
        }
        c = next;
        left++;
        rest += p.block_size;
    }
    if (data)
        memcpy(data, from, n);
    front->chunk = chunk_handle(a, c);
    front->start = chunk_data(p, c);
    front->offset = p.block_size - (rest - n);
    front->left = left;
    return true;
}

void chain_free(const ta_allocator *a, ta_handle first, size_t chunks)
{
    pool p = pool_of(a);
    chunk c = chunk_of(p, first);
    while (chunks > 0)
        chunks -= run_free(p, chunks, &c);
}

#endif /* TA_WITH_BUFFER */
