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

static chunk chunk_of(const ta_allocator *a, ta_handle h)
{
    (void)a;
    return h;
}

static ta_handle chunk_handle(const ta_allocator *a, chunk c)
{
    (void)a;
    return c;
}

static uint8_t *chunk_data(const ta_allocator *a, chunk c)
{
    return a->operations->get(a, c);
}

/* The live chunk behind c, to `*next`. */
static bool chunk_next(const ta_allocator *a, chunk c, chunk *next)
{
    *next = a->operations->next(a, c);
    return a->operations->get(a, *next) != NULL;
}

static void chunk_link(const ta_allocator *a, chunk c, chunk next)
{
    a->operations->set_next(a, c, next);
}

static chunk run_take(const ta_allocator *a, size_t blocks)
{
    (void)blocks;
    return a->operations->take(a);
}

static chunk run_free(const ta_allocator *a, chunk c, size_t blocks)
{
    (void)blocks;
    return a->operations->free_next(a, c);
}

#else

typedef offset_t chunk; /* its distance */
#define RUN_MAX 3u /* blocks in one masked step */

static inline chunk chunk_of(const ta_allocator *a, ta_handle h)
{
    return (offset_t)(ta_slot)(a->last - ta_handle_slot(h));
}

static inline ta_handle chunk_handle(const ta_allocator *a, chunk c)
{
    return handle_at(a, c);
}

static inline uint8_t *chunk_data(const ta_allocator *a, chunk c)
{
    return a->blocks - (size_t)c * a->block_size;
}

/* The live chunk behind c, to `*next`. */
static inline bool chunk_next(const ta_allocator *a, chunk c, chunk *next)
{
    *next = linked_distance(a->entries, c);
    return *next <= a->last && is_live(&a->entries[*next]);
}

static inline void chunk_link(const ta_allocator *a, chunk c, chunk next)
{
    a->entries[c].link = (ta_slot)(c - next - 1);
}

/* Take up to RUN_MAX booked blocks, linked one behind the other; says the first. */
static inline chunk run_take(const ta_allocator *a, size_t blocks)
{
    entry *entries = a->entries;
    slab_state *s = state_of(a);
    ta_mask mask = ta_critical_enter();
    offset_t first = a->last - s->head, at = first;
    do {
        entry *e = &entries[at];
        set_generation(e, (ta_generation)(generation_of(e) + 1));
        at = linked_distance(entries, at);
    } while (--blocks > 0);
    s->head = (ta_slot)(a->last - at);
    ta_critical_exit(mask);
    return first;
}

/* Free up to RUN_MAX live blocks that are linked one behind the other; says the block behind them. */
static inline chunk run_free(const ta_allocator *a, chunk first, size_t blocks)
{
    entry *entries = a->entries;
    slab_state *s = state_of(a);
    offset_t at = first, next = first;
    ta_mask mask = ta_critical_enter();
    if (!TA_RETIRE) {
        count_given(s, blocks);
        link_behind_tail(s, entries, first, (ta_slot)(a->last - first));
    }
    do {
        at = next;
        next = linked_distance(entries, at);
        if (TA_RETIRE)
            release_slot(s, entries, at, (ta_slot)(a->last - at));
        else
            set_generation(&entries[at], (ta_generation)(generation_of(&entries[at]) + 1));
    } while (--blocks > 0);
    if (!TA_RETIRE)
        s->tail = (ta_slot)at;
    ta_critical_exit(mask);
    return next;
}

#endif

/* ---- Bulk ------------------------------------------------------------------------------------------------------ */

void chain_append(const ta_allocator *a, chain_end *end, const uint8_t *data, size_t n, size_t blocks)
{
    size_t block_size = a->block_size;
    bool is_empty = end->chunk.bits == 0;
    chunk last = chunk_of(a, end->chunk);
    size_t part = is_empty ? 0 : smaller(n, block_size - end->offset);
    if (part > 0)
        memcpy(end->start + end->offset, data, part);
    end->offset += part;
    end->added = blocks;
    if (blocks == 0)
        return;
    while (blocks > 0) {
        size_t run = smaller(blocks, RUN_MAX);
        chunk next = run_take(a, run);
        if (is_empty)
            end->first = chunk_handle(a, next);
        else
            chunk_link(a, last, next);
        is_empty = false;
        blocks -= run;
        for (;;) {
            last = next;
            data += part;
            n -= part;
            part = smaller(n, block_size);
            memcpy(chunk_data(a, last), data, part);
            if (--run == 0)
                break;
            chunk_next(a, last, &next);
        }
    }
    end->chunk = chunk_handle(a, last);
    end->start = chunk_data(a, last);
    end->offset = part;
}

bool chain_drain(const ta_allocator *a, chain_front *front, uint8_t *data, size_t n)
{
    size_t block_size = a->block_size, offset = front->offset;
    chunk c = chunk_of(a, front->chunk);
    bool is_whole = true;
    front->left = 0;
    for (;;) {
        size_t part = smaller(n, block_size - offset);
        if (data && part > 0) {
            memcpy(data, chunk_data(a, c) + offset, part);
            data += part;
        }
        offset += part;
        n -= part;
        if (n == 0)
            break;
        chunk next;
        is_whole = chunk_next(a, c, &next);
        if (!is_whole)
            break;
        c = next;
        offset = 0;
        front->left++;
    }
    front->chunk = chunk_handle(a, c);
    front->start = chunk_data(a, c);
    front->offset = offset;
    return is_whole;
}

void chain_free(const ta_allocator *a, ta_handle first, size_t chunks)
{
    chunk c = chunk_of(a, first);
    while (chunks > 0) {
        size_t run = smaller(chunks, RUN_MAX);
        c = run_free(a, c, run);
        chunks -= run;
    }
}

#endif /* TA_WITH_BUFFER */
