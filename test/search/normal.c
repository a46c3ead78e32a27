/*
 * Looking at the library, and the normal form of a state: the one place that knows what is in its structs.
 *
 * Two states with the same normal form behave alike for ever, because each change maps one run of the library onto
 * another one:
 *   counters    The counts of both ends of a chain run freely, modulo 2^N. The library adds to them, subtracts one from
 *               the other, and adds `base`. So a constant may be added to both counts and subtracted from both bases.
 *               In the normal form the reader's count is -2, so counts wrap within the next bytes in every state.
 *   lifetimes   A generation is compared for equality, tested for being odd, and incremented, modulo 2^G. So an even
 *               number may be added to it, in the entry and in all handles of the slot. The normal form is the largest
 *               odd or even number, so one of the next two calls wraps. Without foreign code no handle of an object is
 *               stale: see_library() looks. Not with TA_RETIRE, which compares with the last generation: there, slots
 *               begin two lifetimes before it.
 *   bytes       Only searches look at them. Stored bytes are numbered 1, 2, … from object to object; all other bytes
 *               of blocks are 0, but those of h and g.
 *               Once foreign code has acted, nobody looks, and each place has a byte of its own: some that calls look for.
 *   statistics  Peak, failures, dropped bytes and the place of a gap are compared after each call and set back. Only
 *               the calls that return them read them (the gap: ta_lines). Those of owners are set back, too.
 *   dead words  The place of an end that has no chunk; the global allocator of a buffer that has none; padding.
 */
#include "search.h"
#include <stdio.h>
#include <string.h>

world w;
settings with;
const ta_allocator *pool;
unsigned events;
static ta_slab slab;
static const size_t normal_count = (size_t)-2;
static uint8_t
    image[BLOCKS_BYTES]; /* what the blocks contain in the normal form, once the library was looked at */

/* ---- Fences -------------------------------------------------------------------------------------------- */

/* What is around blocks and table, which otherwise follows them at once. Each ends where a unit of AddressSanitizer's
 * bookkeeping does. */
static size_t blocks_end(void)
{
    return (size_t)with.blocks * with.size;
}

static size_t table_end(void)
{
    return TABLE_AT + with.blocks * (sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_) +
           sizeof(ta_slab_state_);
}

#if !defined(__SANITIZE_ADDRESS__) && defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1 /* as gcc says it */
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
static void set_fences(bool are_closed)
{
    __asan_unpoison_memory_region(w.fence, sizeof w.fence + sizeof w.arena); /* those of another pool, too */
    if (!are_closed)
        return;
    __asan_poison_memory_region(w.fence, sizeof w.fence);
    __asan_poison_memory_region(w.arena + blocks_end(), TABLE_AT - blocks_end());
    __asan_poison_memory_region(w.arena + table_end(), sizeof w.arena - table_end());
}
#else
#define set_fences(are_closed) ((void)0)
#endif

static bool is_fence(const uint8_t *at, size_t size)
{
    while (size > 0 && *at == '#')
        at++, size--;
    return size == 0;
}

bool world_is_fenced(void)
{
    set_fences(false);
    bool is = is_fence(w.fence, sizeof w.fence) &&
              is_fence(w.arena + blocks_end(), TABLE_AT - blocks_end()) &&
              is_fence(w.arena + table_end(), sizeof w.arena - table_end());
    set_fences(true);
    return is;
}

/* ---- Beginning ----------------------------------------------------------------------------------------- */

static void on_high(ta_queue *q, void *context)
{
    (void)q;
    (void)context;
    events++;
}

static void on_low(ta_queue *q, void *context)
{
    (void)q;
    (void)context;
    events += 16;
}

/* With custom back ends, through operations that are not known to be the slab's: those have no headroom. */
static void choose_backend(void)
{
    pool = &slab.allocator;
#if TA_CUSTOM_BACKENDS
    static ta_operations operations;
    operations = ta_slab_operations;
    if (!with.headroom)
        slab.allocator.operations = &operations;
#endif
}

static void begin_pool(void)
{
    size_t size = 1;
    while (ta_slab_init(&slab, w.arena, size, with.size) != TA_OK ||
           ta_stats_of(&slab.allocator).capacity != with.blocks)
        size++;
    memset(w.fence, '#', sizeof w.fence);
    memset(w.arena, '#', sizeof w.arena);
    memset(w.arena, 0, blocks_end());
    memset(w.arena + TABLE_AT, 0, table_end() - TABLE_AT);
    slab.allocator.entries = (struct ta_entry_ *)(void *)(w.arena + TABLE_AT);
    slab.allocator.first = slab.allocator.entries + slab.allocator.last;
    for (unsigned slot = 0; slot < with.blocks && TA_RETIRE; slot++)
        memset(slab.allocator.entries[slot].generation, 255, sizeof slab.allocator.entries->generation);
    for (unsigned slot = 0; slot < with.blocks && TA_RETIRE; slot++)
        slab.allocator.entries[slot].generation[0] = (ta_slot)-4;
#if TA_HANDLE_POOL_BITS
    (void)ta_slab_set_pool(&slab, 5);
#endif
    choose_backend();
}

void world_begin(void)
{
    static const ta_water_marks marks = {2, 1, on_high, on_low, NULL};
    const ta_allocator *bound = &slab.allocator;
    set_fences(false);
    memset(&w, 0, sizeof w);
    memset(&m, 0, sizeof m);
    begin_pool();
#if TA_GLOBAL
    ta_global_set(bound);
    bound = NULL;
#endif
    for (unsigned i = 0; i < 2; i++)
        (void)ta_buffer_init(&w.b[i], bound);
    (void)ta_queue_init(&w.q, pool, 0);
#if TA_OWNERS
    for (unsigned i = 0; i < 2; i++)
        (void)ta_buffer_set_owner(&w.b[i], i);
    (void)ta_queue_set_owner(&w.q, 2);
#endif
    if (with.marks)
        (void)ta_queue_set_marks(&w.q, &marks);
    if (with.headroom) {
        (void)ta_slab_set_headroom(pool, with.headroom);
        (void)ta_queue_use_headroom(&w.q);
        m.headroom = (uint8_t)with.headroom;
    }
}

/* ---- Looking ------------------------------------------------------------------------------------------- */

static ta_chain_ *chain_of(unsigned o)
{
    return o == Q ? &w.q.chain : &w.b[o].chain;
}

void see_model(seen *s)
{
    for (unsigned o = 0; o < OBJECTS; o++) {
        const chain_model *c = &m.chain[o];
        s->length[o] = c->length;
        s->start[o] = (uint8_t)(c->length ? c->start % with.size : 0);
        memcpy(s->bytes[o], m.bytes[o], c->length);
        s->used = (uint8_t)(s->used + model_blocks(c));
    }
    for (unsigned i = 0; i < 2; i++)
        s->used = (uint8_t)(s->used + (s->is_live[i] = m.single[i]));
    s->used = (uint8_t)(s->used + m.pending);
    s->dropped = m.dropped;
    s->failures = TA_STATISTICS ? m.failures : 0;
    s->events = m.events;
}

/* Go over the bytes of an object: they must be in blocks, and in none of another object. */
static const char *see_bytes(seen *s, unsigned o, uint8_t *number)
{
    ta_view v = o == Q ? ta_queue_view(&w.q) : ta_buffer_view(&w.b[o]);
    ta_span span;
    unsigned at = 0;
    for (; ta_view_next_span(&v, &span) == TA_OK; at += (unsigned)span.length) {
        size_t place = (size_t)(span.data - w.arena), all = blocks_end();
        if (place >= all || span.length > all - place || at + span.length > BYTES_MAX)
            return "bytes outside the blocks";
        if (at == 0)
            s->start[o] = (uint8_t)(place % with.size);
        for (size_t i = 0; i < span.length; i++) {
            if (image[place + i])
                return "two objects have the same byte";
            image[place + i] = ++*number;
            s->bytes[o][at + i] = span.data[i];
        }
    }
    return at == s->length[o] ? NULL : "the bytes are not those of the length";
}

static const char *see_single(unsigned i)
{
    const uint8_t *block = ta_get(pool, w.single[i]);
    for (unsigned k = 0; block && k < with.size; k++) {
        uint8_t *in_image = &image[block - w.arena + k];
        if (*in_image || block[k] != 200 + 16 * i + k)
            return "somebody wrote to a block that has an owner";
        *in_image = block[k];
    }
    return NULL;
}

/* In the normal form no handle of an end may be stale. */
static bool is_end_stale(const ta_chain_ *c)
{
    return c->in.chunk.bits && !(ta_is_live(pool, c->in.chunk) && ta_is_live(pool, c->out.chunk));
}

const char *see_library(seen *s)
{
    uint8_t number = 0;
    const char *wrong = NULL;
    memset(image, 0, sizeof image);
    ta_stats stats = ta_stats_of(pool);
    for (unsigned o = 0; o < OBJECTS && !wrong; o++) {
        size_t length = o == Q ? ta_queue_len(&w.q) : ta_buffer_len(&w.b[o]);
        s->length[o] = length < 255 ? (uint8_t)length : 255;
        wrong = is_end_stale(chain_of(o)) ? "an end is stale" : see_bytes(s, o, &number);
    }
    for (unsigned i = 0; i < 2 && !wrong; i++) {
        s->is_live[i] = ta_is_live(pool, w.single[i]);
        wrong = see_single(i);
    }
    if (!world_is_fenced())
        return "somebody wrote outside the pool";
    s->used = (uint8_t)stats.used;
    s->dropped = (uint8_t)ta_queue_dropped(&w.q);
    s->failures = (uint8_t)stats.failures;
    s->events = (uint8_t)events;
    return wrong                                      ? wrong
           : TA_STATISTICS && stats.peak < stats.used ? "the peak is below the blocks in use"
                                                      : NULL;
}

void see_print(const char *of, const seen *s)
{
    fprintf(stderr, "    %s: used %u dropped %u failures %u events %u\n", of, s->used, s->dropped,
            s->failures, s->events);
    for (unsigned i = 0; i < 2; i++)
        fprintf(stderr, "        result %d, %u, first byte %u\n", s->results[i].status, s->results[i].count,
                s->results[i].bytes[0]);
    for (unsigned o = 0; o < OBJECTS; o++) {
        fprintf(stderr, "        %c: length %u start %u:", "bcq"[o], s -> length[o], s -> start[o]);
        for (unsigned i = 0; i < s->length[o] && i < BYTES_MAX; i++)
            fprintf(stderr, " %u", s->bytes[o][i]);
        fputs("\n", stderr);
    }
}

/* Views compare their stamp with the reader's count. So it never falls, and each call that makes views stale raises it;
 * that this holds for each call shows it for all sequences. */
bool do_stamps_grow(void)
{
    bool is_right = true;
    for (unsigned o = 0; o < OBJECTS; o++) {
        ptrdiff_t grown = (ptrdiff_t)(chain_of(o)->out.count - normal_count);
        is_right = is_right && grown >= (m.ended >> o & 1);
    }
    return is_right;
}

static const char *check_object(unsigned o)
{
    size_t limit = o == Q ? ta_queue_limit(&w.q) : ta_buffer_limit(&w.b[o]);
    size_t room = o == Q ? ta_queue_room(&w.q) : ta_buffer_room(&w.b[o]);
    if (o == Q ? ta_queue_check(&w.q) : ta_buffer_check(&w.b[o]))
        return "ta_queue_check or ta_buffer_check";
    return limit != m.chain[o].limit ? "the limit" : room != model_room(o) ? "the room" : NULL;
}

/* The pool is cleared under the objects: whoever had a block is stale; cleared, it is usable again. */
static const char *check_clear(void)
{
    ta_clear(pool);
    for (unsigned o = 0; o < OBJECTS; o++) {
        bool had_block = model_blocks(&m.chain[o]) > 0;
        bool is_full = (o == Q ? 0 : m.headroom) + ta_stats_of(pool).retired >= with.blocks;
        ta_status expected = had_block ? TA_E_STALE : is_full ? TA_E_NO_MEMORY : TA_OK;
        chain_of(o)->limit = 0;
        if ((o == Q ? ta_queue_push(&w.q, 1) : ta_buffer_push(&w.b[o], 1)) != expected)
            return "a push after ta_clear";
        if ((o == Q ? ta_queue_clear(&w.q) : ta_buffer_clear(&w.b[o])) != TA_OK ||
            ta_stats_of(pool).used != 0)
            return "a clear after ta_clear";
    }
    return ta_slab_check(pool) ? "ta_slab_check after ta_clear" : NULL;
}

const char *check_state(const snapshot *state)
{
    const char *wrong = ta_slab_check(pool) ? "ta_slab_check" : NULL;
    for (unsigned o = 0; o < OBJECTS && !wrong; o++)
        wrong = check_object(o);
    for (unsigned o = 0; o < OBJECTS && !wrong; o++)
        if ((o == Q ? ta_queue_clear(&w.q) : ta_buffer_clear(&w.b[o])) != TA_OK)
            wrong = "a clear";
    size_t used = 0;
    for (unsigned i = 0; i < 2; i++)
        used += w.single[i].bits && ta_free(pool, w.single[i]) != m.single[i];
    if (!wrong && (used || ta_stats_of(pool).used))
        wrong = "a block is lost";
    world_restore(state);
    return wrong ? wrong : check_clear();
}

/* ---- The normal form ----------------------------------------------------------------------------------- */

/* What is added to the generation of a slot. */
static ta_generation more_lifetimes(unsigned slot)
{
    ta_generation is = ta_slab_generation_(pool->first - slot);
    return (ta_generation)(TA_RETIRE ? 0u : 0u - 2u + (is & 1u) - is);
}

static void normalise_handle(ta_handle *h)
{
    unsigned slot = ta_handle_slot(*h);
    if (!h->bits || slot >= with.blocks)
        return;
    ta_generation was = ta_handle_generation(*h), is = (ta_generation)(was + more_lifetimes(slot));
    h->bits ^= (ta_handle_bits)((ta_handle_bits)(was ^ is) << TA_SLOT_BITS);
}

/* Padding: the library copies whole structs, and those may have been on its stack. */
static void clear_padding(ta_chain_ *c)
{
    const size_t gaps[][2] = {
        {offsetof(ta_chain_, dropped) + sizeof c->dropped, offsetof(ta_chain_, allocator)},
        {offsetof(ta_chain_, in.reserved) + sizeof c->in.reserved, offsetof(ta_chain_, out)},
        {offsetof(ta_chain_, out.reserved) + sizeof c->out.reserved, sizeof *c}};
    for (unsigned i = 0; i < sizeof gaps / sizeof *gaps; i++)
        memset((uint8_t *)c + gaps[i][0], 0, gaps[i][1] - gaps[i][0]);
}

static void normalise_chain(ta_chain_ *c)
{
    clear_padding(c);
    size_t more = normal_count - c->out.count;
    if (!c->in.chunk.bits) {
        c->out.chunk = TA_NONE;
        c->in.base = c->out.base = more;
        if (c->is_global) { /* it takes the allocator of the moment when it takes its next block */
            c->allocator = NULL;
            c->is_global = 0;
        }
    }
    c->in.count += more;
    c->in.base -= more;
    c->out.count += more;
    c->out.base -= more;
    c->dropped = 0;
    c->has_gap = 0;
    normalise_handle(&c->in.chunk);
    normalise_handle(&c->out.chunk);
}

static void normalise_statistics(ta_slab_state_ *state)
{
#if TA_STATISTICS
    state->peak = state->taken;
    state->failures = 0;
#endif
#if TA_STATISTICS && TA_RETIRE
    state->old_peak = 0;
#endif
#if TA_OWNERS
    for (unsigned i = 0; i < TA_OWNERS; i++) {
        state->highest[i] = (ta_slot)(state->highest[i] - state->below[i]);
        state->below[i] = 0;
    }
    for (unsigned slot = 0; slot < with.blocks; slot++)
        if (!ta_slab_handle_at(pool, slot).bits)
            ((uint8_t *)(state + 1))[slot] = 0;
#endif
    (void)state;
}

static void normalise_pool(void)
{
    normalise_statistics((ta_slab_state_ *)(void *)(pool->first + 1));
    for (unsigned slot = 0; slot < with.blocks; slot++) {
        struct ta_entry_ *e = pool->first - slot;
        ta_generation normal = (ta_generation)(ta_slab_generation_(e) + more_lifetimes(slot));
        e->generation[TA_GENERATION_PARTS_ - 1] =
            (ta_slot)((uint32_t)normal >> (TA_GENERATION_BITS - TA_SLOT_BITS));
        e->generation[0] = (ta_slot)normal;
    }
    for (unsigned i = 0; i < sizeof image && m.foreign; i++)
        image[i] = (uint8_t) "\1"
                             "12;\n\2"
                             "45\3\n78;90"[i];
    memcpy(w.arena, image, blocks_end());
}

void world_normalise(snapshot *to)
{
    memset(to, 0, sizeof *to);
    for (unsigned o = 0; o < OBJECTS; o++) {
        normalise_chain(chain_of(o));
        if (!m.chain[o].reserved)
            memset(&w.span[o], 0, sizeof w.span[o]);
    }
    w.q.gap = w.copy_of_q.gap = 0;
    normalise_chain(&w.copy_of_q.chain);
    normalise_handle(&w.single[0]);
    normalise_handle(&w.single[1]);
    normalise_pool();
    m.dropped = m.failures = m.events = m.ended = 0;
    if (m.foreign)
        m = (model){.foreign = m.foreign};
    memcpy(to->model, &m, sizeof to->model);
    set_fences(false);
    memcpy(&to->world, &w, sizeof w);
    set_fences(true);
}

void world_restore(const snapshot *from)
{
    uint8_t number = 0;
    set_fences(false);
    memcpy(&w, &from->world, sizeof w);
    set_fences(true);
    memcpy(&m, from->model, sizeof from->model);
    for (unsigned o = 0; o < OBJECTS; o++)
        for (unsigned i = 0; i < m.chain[o].length; i++)
            m.bytes[o][i] = ++number;
    events = 0;
}

bool world_is_as(const snapshot *before, const snapshot *after)
{
    return memcmp(before, after, offsetof(snapshot, world) + offsetof(world, fence)) == 0;
}
