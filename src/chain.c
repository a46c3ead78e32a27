/*
 * Chains of blocks: the bulk transfer that buffers and queues share. Whole runs of blocks are taken from the free list
 * and given back to it: its links and those of a chain are the same, so a run stays linked as it is.
 */
#include "internal.h"

#if TA_WITH_BUFFER

/* ---- One chunk of a chain that has been checked ---------------------------------------------------------------- */

#if TA_CUSTOM_BACKENDS

typedef ta_handle chunk;
#define RUN_MAX 1u

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
    return p.a->operations->get(p.a, c);
}

static chunk chunk_next(pool p, chunk c)
{
    return p.a->operations->next(p.a, c);
}

static bool chunk_is_live(pool p, chunk c)
{
    return chunk_data(p, c) != NULL;
}

static void chunk_link(pool p, chunk c, chunk next)
{
    p.a->operations->set_next(p.a, c, next);
}

static chunk run_take(pool p, size_t blocks)
{
    (void)blocks;
    return p.a->operations->take(p.a);
}

static chunk run_free(pool p, chunk c, size_t blocks)
{
    (void)blocks;
    return p.a->operations->free_next(p.a, c);
}

#else

typedef size_t chunk; /* its distance */
#define RUN_MAX 2u /* blocks in one masked step */

/* An allocator as these loops see it: in locals, for memcpy might change one in memory, for all the compiler knows. */
typedef struct pool {
    entry *entries;
    uint8_t *blocks;
    size_t block_size;
    size_t last;
    slab_state *state;
} pool;

static inline pool pool_of(const ta_allocator *a)
{
    const pool p = {a->entries, a->blocks, a->block_size, (size_t)a->last, state_of(a)};
    return p;
}

static inline chunk chunk_of(pool p, ta_handle h)
{
    return (ta_slot)(p.last - ta_handle_slot(h));
}

static inline ta_handle chunk_handle(const ta_allocator *a, chunk c)
{
    return handle_at(a, c);
}

static inline uint8_t *chunk_data(pool p, chunk c)
{
    return p.blocks - c * p.block_size;
}

static inline chunk chunk_next(pool p, chunk c)
{
    return linked_distance(p.entries, c);
}

static inline bool chunk_is_live(pool p, chunk c)
{
    return c <= p.last && is_live(&p.entries[c]);
}

static inline void chunk_link(pool p, chunk c, chunk next)
{
    p.entries[c].link = (ta_slot)(c - next - 1);
}

static inline void next_generation(entry *e)
{
    set_generation(e, (ta_generation)(generation_of(e) + 1));
}

/* Take up to RUN_MAX booked blocks, linked one behind the other; says the first. */
static inline chunk run_take(pool p, size_t blocks)
{
    slab_state *s = p.state;
    ta_mask mask = ta_critical_enter();
    chunk first = p.last - s->head, c = first;
    do {
        next_generation(&p.entries[c]);
        c = chunk_next(p, c);
    } while (--blocks > 0);
    s->head = (ta_slot)(p.last - c);
    ta_critical_exit(mask);
    return first;
}

/* Free up to RUN_MAX live blocks that are linked one behind the other; says the block behind them. */
static inline chunk run_free(pool p, chunk first, size_t blocks)
{
    slab_state *s = p.state;
    chunk c, next = first;
    ta_mask mask = ta_critical_enter();
    if (!TA_RETIRE) {
        count_given(s, blocks);
        link_behind_tail(s, p.entries, (offset_t)first, (ta_slot)(p.last - first));
    }
    do {
        c = next;
        next = chunk_next(p, c);
        if (TA_RETIRE)
            release_slot(s, p.entries, (offset_t)c, (ta_slot)(p.last - c));
        else
            next_generation(&p.entries[c]);
    } while (--blocks > 0);
    if (!TA_RETIRE)
        s->tail = (ta_slot)c;
    ta_critical_exit(mask);
    return next;
}

#endif

/* ---- Bulk ------------------------------------------------------------------------------------------------------ */

/* Fill n bytes into fresh chunks behind `last`, if there is one. */
static void append_chunks(const ta_allocator *a, chain_end *end, const uint8_t *data, size_t n, size_t blocks)
{
    pool p = pool_of(a);
    chunk last = chunk_of(p, end->chunk);
    bool is_empty = end->chunk.bits == 0;
    while (blocks > 0) {
        size_t run = smaller(blocks, RUN_MAX);
        chunk next = run_take(p, run);
        if (is_empty)
            end->first = chunk_handle(a, next);
        else
            chunk_link(p, last, next);
        is_empty = false;
        blocks -= run;
        for (;;) {
            last = next;
            if (n <= p.block_size)
                break;
            memcpy(chunk_data(p, last), data, p.block_size);
            data += p.block_size;
            n -= p.block_size;
            if (--run == 0)
                break;
            next = chunk_next(p, last);
        }
    }
    end->chunk = chunk_handle(a, last);
    end->start = chunk_data(p, last);
    end->offset = n;
    memcpy(end->start, data, n);
}

void chain_append(const ta_allocator *a, chain_end *end, const uint8_t *data, size_t n, size_t blocks)
{
    size_t part = end->chunk.bits ? smaller(n, a->block_size - end->offset) : 0;
    if (part > 0)
        memcpy(end->start + end->offset, data, part);
    end->offset += part;
    end->added = blocks;
    if (blocks > 0)
        append_chunks(a, end, data + part, n - part, blocks);
}

/* One block needs no booking. */
static bool write_into_one(const ta_allocator *a, chain_end *end, const uint8_t *data, size_t n,
                           bool uses_reserve)
{
    uint8_t *back = end->start + end->offset;
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
    chain_append(a, end, data, n, blocks);
    return true;
}

bool chain_drain(const ta_allocator *a, chain_front *front, uint8_t *data, size_t n)
{
    pool p = pool_of(a);
    chunk c = chunk_of(p, front->chunk);
    const uint8_t *from = front->start + front->offset;
    size_t left = 0, rest = p.block_size - front->offset;
    bool is_whole = true;
    while (n > rest) {
        if (data) {
            memcpy(data, from, rest);
            data += rest;
        }
        n -= rest;
        rest = 0;
        chunk next = chunk_next(p, c);
        is_whole = chunk_is_live(p, next);
        if (!is_whole)
            break;
        c = next;
        left++;
        from = chunk_data(p, c);
        rest = p.block_size;
    }
    n = smaller(n, rest);
    if (data)
        memcpy(data, from, n);
    front->chunk = chunk_handle(a, c);
    front->start = chunk_data(p, c);
    front->offset = p.block_size - (rest - n);
    front->left = left;
    return is_whole;
}

void chain_free(const ta_allocator *a, ta_handle first, size_t chunks)
{
    pool p = pool_of(a);
    chunk c = chunk_of(p, first);
    while (chunks > 0) {
        size_t run = smaller(chunks, RUN_MAX);
        c = run_free(p, c, run);
        chunks -= run;
    }
}

#endif /* TA_WITH_BUFFER */
