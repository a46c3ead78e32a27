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
 *               odd or even number, so one of the next two calls wraps. No handle of an object is stale: see_library()
 *               looks. (Not with TA_RETIRE, which compares with the last generation.)
 *   bytes       Only searches look at them. Stored bytes are numbered 1, 2, … from object to object; all other bytes
 *               of blocks are 0, but those of h and g.
 *   statistics  Peak, failures, dropped bytes and the place of a gap are compared after each call and set back. Only
 *               the calls that return them read them (the gap: ta_lines).
 *   dead words  The place of an end that has no chunk; padding.
 */
#include "search.h"
#include <string.h>

world w;
settings with;
const ta_allocator *pool;
unsigned events;
static ta_slab slab;
static const size_t normal_count = (size_t)-2;
static size_t arena_size;
static uint8_t
    image[ARENA_MAX]; /* what the blocks contain in the normal form, once the library was looked at */

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

/* With custom back ends, through operations that are not known to be the slab's. */
static void choose_backend(void)
{
    pool = &slab.allocator;
#if TA_CUSTOM_BACKENDS
    static ta_operations operations;
    operations = ta_slab_operations;
    slab.allocator.operations = &operations;
#endif
}

void world_begin(void)
{
    static const ta_water_marks marks = {2, 1, on_high, on_low, NULL};
    memset(&w, 0, sizeof w);
    memset(&m, 0, sizeof m);
    for (arena_size = 1; ta_slab_init(&slab, w.arena, arena_size, with.size) != TA_OK ||
                         ta_stats_of(&slab.allocator).capacity != with.blocks;)
        arena_size++;
    choose_backend();
    memset(w.guard, '#', sizeof w.guard);
    memset(w.arena + arena_size, '#', sizeof w.arena - arena_size + sizeof w.end_guard);
    for (unsigned i = 0; i < 2; i++)
        (void)ta_buffer_init(&w.b[i], pool);
    (void)ta_queue_init(&w.q, pool, 0);
    if (with.has_marks)
        (void)ta_queue_set_marks(&w.q, &marks);
    if (with.headroom) {
        (void)ta_slab_set_headroom(pool, with.headroom);
        (void)ta_queue_use_headroom(&w.q);
        m.headroom = with.headroom;
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
        s->start[o] = c->length ? c->start % with.size : 0;
        memcpy(s->bytes[o], m.bytes[o], c->length);
        s->used = (uint8_t)(s->used + model_blocks(c));
    }
    for (unsigned i = 0; i < 2; i++)
        s->used = (uint8_t)(s->used + (s->is_live[i] = m.single[i]));
    s->used = (uint8_t)(s->used + m.pending);
    s->dropped = m.dropped;
    s->failures = m.failures;
    s->events = m.events;
}

/* Go over the bytes of an object: they must be in blocks, and in none of another object. */
static const char *see_bytes(seen *s, unsigned o, uint8_t *number)
{
    ta_view v = o == Q ? ta_queue_view(&w.q) : ta_buffer_view(&w.b[o]);
    ta_span span;
    unsigned at = 0;
    for (; ta_view_next_span(&v, &span) == TA_OK; at += (unsigned)span.length) {
        size_t place = (size_t)(span.data - w.arena), all = (size_t)with.blocks * with.size;
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
    if (memcmp(w.guard, "########", 8) != 0 || memcmp(w.end_guard, "########", 8) != 0 ||
        w.arena[arena_size] != '#')
        return "somebody wrote outside the pool";
    s->used = (uint8_t)stats.used;
    s->dropped = (uint8_t)ta_queue_dropped(&w.q);
    s->failures = (uint8_t)stats.failures;
    s->events = (uint8_t)events;
    return wrong ? wrong : stats.peak < stats.used ? "the peak is below the blocks in use" : NULL;
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
        bool had_block = model_blocks(&m.chain[o]) > 0, is_full = m.headroom == with.blocks && o != Q;
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

static const ta_generation normal_live = (ta_generation)-1, normal_free = (ta_generation)-2;

static void normalise_handle(ta_handle *h)
{
    if (h->bits)
        *h = ta_handle_make(ta_handle_slot(*h), normal_live);
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

static void normalise_pool(void)
{
    ta_slab_state_ *state = (ta_slab_state_ *)(void *)(pool->first + 1);
    for (unsigned slot = 0; slot < with.blocks; slot++) {
        struct ta_entry_ *e = pool->first - slot;
        ta_generation normal = e->generation[0] & 1 ? normal_live : normal_free;
        e->generation[TA_GENERATION_PARTS_ - 1] =
            (ta_slot)((uint32_t)normal >> (TA_GENERATION_BITS - TA_SLOT_BITS));
        e->generation[0] = (ta_slot)normal;
    }
    state->peak = state->taken;
    state->failures = 0;
    memcpy(w.arena, image, (size_t)with.blocks * with.size);
}

void world_normalise(snapshot *to)
{
    memset(to, 0, sizeof *to);
    for (unsigned o = 0; o < OBJECTS; o++) {
        normalise_chain(chain_of(o));
        if (!m.chain[o].reserved)
            memset(&w.span[o], 0, sizeof w.span[o]);
    }
    w.q.gap = 0;
    normalise_handle(&w.single[0]);
    normalise_handle(&w.single[1]);
    normalise_pool();
    m.dropped = m.failures = m.events = m.ended = 0;
    memcpy(to->model, &m, sizeof to->model);
    memcpy(&to->world, &w, sizeof w);
}

void world_restore(const snapshot *from)
{
    uint8_t number = 0;
    memcpy(&w, &from->world, sizeof w);
    memcpy(&m, from->model, sizeof from->model);
    for (unsigned o = 0; o < OBJECTS; o++)
        for (unsigned i = 0; i < m.chain[o].length; i++)
            m.bytes[o][i] = ++number;
    events = 0;
}

bool world_is_as(const snapshot *before, const snapshot *after)
{
    return memcmp(before, after, offsetof(snapshot, world) + offsetof(world, guard)) == 0;
}
