/*
 * The pools, each in static arrays of its exact size, so that AddressSanitizer's red zones begin where blocks and table end.
 */
#include "foreign.h"
#include <stdlib.h>
#include <string.h>

#define FOR_EACH_SHAPE(shape) \
    EACH_SIZE(shape, 1) EACH_SIZE(shape, 2) EACH_SIZE(shape, 3) EACH_SIZE(shape, 4) EACH_SIZE(shape, 5)
#define EACH_SIZE(shape, blocks) shape(blocks, 1) shape(blocks, 2) shape(blocks, 3)

#if TA_HANDLE_POOL_BITS
#define IDENTITY(blocks, size) \
    enum { ta_pool_id_pool_##blocks##x##size = ((1 << TA_HANDLE_POOL_BITS) - 1) & 5 };
#else
#define IDENTITY(blocks, size)
#endif
#define DEFINE(blocks, size) \
    IDENTITY(blocks, size)   \
    TA_SLAB_DEFINE(pool_##blocks##x##size, size, blocks);
FOR_EACH_SHAPE(DEFINE)

#define DESCRIBE(blocks, size)                    \
    {pool_##blocks##x##size,                      \
     pool_##blocks##x##size##_blocks_,            \
     (uint8_t *)&pool_##blocks##x##size##_table_, \
     sizeof pool_##blocks##x##size##_table_,      \
     blocks,                                      \
     size,                                        \
     0},
static const pool pools[BLOCKS_MAX * SIZE_MAX_OF_BLOCK] = {FOR_EACH_SHAPE(DESCRIBE)};

objects now;
pool the_pool;

/* ---- Beginning --------------------------------------------------------------------------------------------- */

/* With custom backends, half of the pools are reached through operations that are not known to be the slab's. */
static void choose_backend(void)
{
#if TA_CUSTOM_BACKENDS
    static ta_operations operations;
    static ta_allocator allocator;
    if ((the_pool.blocks + the_pool.size) % 2 == 0)
        return;
    operations = ta_slab_operations;
    memcpy(&allocator, the_pool.allocator, sizeof allocator);
    allocator.operations = &operations;
    the_pool.allocator = &allocator;
#endif
}

/* Take and free each block until four lifetimes are left before its generation is the first again. */
static void grow_old(void)
{
    const ta_allocator *a = the_pool.allocator;
    unsigned long lifetimes = TA_GENERATION_BITS > 16 ? 0 : (1ul << (TA_GENERATION_BITS - 1)) - 4;
    for (unsigned long i = 0; i < lifetimes * the_pool.blocks; i++)
        if (!ta_free(a, ta_alloc(a, 0)))
            abort();
}

static void pause_line(ta_queue *q, void *context)
{
    (void)context;
    (void)q;
}

static void begin_objects(void)
{
    static const ta_water_marks marks = {2, 1, pause_line, pause_line, NULL};
    const ta_allocator *bound = the_pool.allocator;
#if TA_GLOBAL
    ta_global_set(bound);
    bound = NULL;
#endif
    memset(&now, 0, sizeof now);
    for (size_t i = 0; i < 2; i++) {
        (void)ta_buffer_init(&now.buffer[i], bound);
        (void)ta_queue_init(&now.queue[i], the_pool.allocator, 0);
        (void)ta_buffer_set_owner(&now.buffer[i], (unsigned)i);
        (void)ta_queue_set_owner(&now.queue[i], (unsigned)i + 2);
    }
    if (the_pool.size == 3)
        (void)ta_queue_set_marks(&now.queue[0], &marks);
    if (the_pool.kept)
        (void)ta_queue_use_headroom(&now.queue[0]);
    now.view = ta_buffer_view(&now.buffer[0]);
}

void pools_begin(size_t blocks, size_t size, age begins)
{
    the_pool = pools[(blocks - 1) * SIZE_MAX_OF_BLOCK + size - 1];
    choose_backend();
    ta_slab_reset(the_pool.allocator);
    memset(the_pool.bytes, '.', blocks * size);
    if (begins == IS_AGED)
        grow_old();
    the_pool.kept = blocks == 3 && size == 2;
    (void)ta_slab_set_headroom(the_pool.allocator, the_pool.kept);
    begin_objects();
}

/* ---- Saving, restoring, telling apart ---------------------------------------------------------------------- */

void pools_save(snapshot *to)
{
    to->objects = now;
    memcpy(to->table, the_pool.table, the_pool.table_size);
    memcpy(to->bytes, the_pool.bytes, the_pool.blocks * the_pool.size);
}

void pools_restore(const snapshot *from)
{
    now = from->objects;
    memcpy(the_pool.table, from->table, the_pool.table_size);
    memcpy(the_pool.bytes, from->bytes, the_pool.blocks * the_pool.size);
}

static struct ta_entry_ entry_of(const snapshot *s, size_t slot)
{
    struct ta_entry_ e;
    memcpy(&e, s->table + (the_pool.blocks - 1 - slot) * sizeof e, sizeof e);
    return e;
}

ta_generation pools_generation(const snapshot *s, size_t slot)
{
    struct ta_entry_ e = entry_of(s, slot);
    return ta_slab_generation_(&e);
}

ta_handle pools_live(size_t slot)
{
    return ta_slab_handle_at(the_pool.allocator, slot);
}

static uint64_t mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
    return sum ^ sum >> 29;
}

/* What looks like a handle of the last few lifetimes counts as its slot and how many lifetimes ago that was. */
static uint64_t without_lifetimes(const ta_generation *generations, ta_handle_bits word)
{
    const ta_handle h = {word};
    size_t slot = ta_handle_slot(h);
    if (TA_RETIRE || slot >= the_pool.blocks || ta_handle_generation(h) == 0)
        return word;
    ta_generation ago = (ta_generation)(generations[slot] - ta_handle_generation(h));
    return ago < 16 ? ~(uint64_t)(slot << 8 | ago) : word;
}

static uint64_t mix_object(uint64_t sum, const ta_generation *generations, const void *object, size_t size)
{
    for (size_t at = 0; at + sizeof(ta_handle_bits) <= size; at += sizeof(ta_handle_bits)) {
        ta_handle_bits word;
        memcpy(&word, (const uint8_t *)object + at, sizeof word);
        sum = mix(sum, without_lifetimes(generations, word));
    }
    return sum;
}

static uint64_t mix_table(uint64_t sum, const snapshot *s, const ta_generation *generations)
{
    ta_slab_state_ state;
    memcpy(&state, s->table + the_pool.blocks * sizeof(struct ta_entry_), sizeof state);
    for (size_t slot = 0; slot < the_pool.blocks; slot++) {
        ta_generation generation = TA_RETIRE ? generations[slot] : generations[slot] & 1;
        sum = mix(sum, (uint64_t)generation << 16 | entry_of(s, slot).link);
    }
    return mix(sum, (uint64_t)state.head << 48 | (uint64_t)state.tail << 32 | (uint64_t)state.taken << 16 |
                        state.headroom);
}

/* How many bytes passed a chain in all makes no difference, nor how many were dropped: the length and the places do. */
static void since_read(ta_chain_ *c)
{
    size_t read = c->out.count;
    c->in.count -= read;
    c->in.base += read;
    c->out.count -= read;
    c->out.base += read;
    c->dropped = 0;
}

/* Of the view's count only this matters: is it still that of its chain? */
static void since_made(objects *o)
{
    size_t at = (size_t)((const uint8_t *)o->view.chain - (const uint8_t *)&now);
    const ta_chain_ *c = o->view.chain ? (const void *)((const uint8_t *)o + at) : NULL;
    o->view.stamp = c && o->view.stamp != c->out.count;
}

uint64_t pools_fingerprint(const snapshot *s)
{
    ta_generation generations[BLOCKS_MAX];
    for (size_t slot = 0; slot < the_pool.blocks; slot++)
        generations[slot] = pools_generation(s, slot);
    objects o = s->objects;
    since_made(&o);
    for (size_t i = 0; i < 2; i++) {
        since_read(&o.buffer[i].chain);
        since_read(&o.queue[i].chain);
    }
    return mix_table(mix_object(0, generations, &o, sizeof o), s, generations);
}
