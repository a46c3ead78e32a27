/*
 * Foreign code has a live handle of a block that belongs to others, or copies a struct. It may cost the chain its bytes,
 * and other owners their blocks. It must never break the pool: GUARANTEES.md, G4.
 */
#include "calls.h"
#include <stdio.h>

/* ---- What it does -------------------------------------------------------------------------------------- */

/* The handle of the live block in slot n. */
#define HANDLE_OF_SLOT(h)                              \
    const ta_handle h = ta_slab_handle_at(pool, c->n); \
    if (!h.bits)                                       \
    SAYS(IMPOSSIBLE)

LIBRARY(free_slot)
{
    HANDLE_OF_SLOT(h);
    (void)ta_free(pool, h);
}

LIBRARY(resize_slot)
{
    HANDLE_OF_SLOT(h);
    r->status = (int8_t)ta_resize(pool, h, c->p);
}

/* Free a block and take blocks until it is taken again; they are somebody's from then on. */
LIBRARY(retake_slot)
{
    HANDLE_OF_SLOT(h);
    (void)ta_free(pool, h);
    for (unsigned i = 0; i < with.blocks; i++) {
        ta_handle taken = ta_slab_alloc_headroom(pool, 1);
        if (!taken.bits || ta_handle_slot(taken) == c->n)
            break; /* none: its slot has retired */
    }
}

LIBRARY(free_slot_and_alloc)
{
    HANDLE_OF_SLOT(h);
    (void)ta_free(pool, h);
    w.single[1] = ta_alloc(pool, 1);
}

LIBRARY(append_slot)
{
    HANDLE_OF_SLOT(h);
    r->status = (int8_t)ta_buffer_append_block(&w.b[c->o], h, with.size);
}

LIBRARY(copy)
{
    (void)r;
    if (c->o == Q)
        w.copy_of_q = w.q;
    else
        w.b[OTHER] = w.b[c->o];
}

/* What was q goes on as its copy, so that calls work on both. No foreign action by itself. */
LIBRARY(swap)
{
    ta_queue q = w.q;
    (void)c;
    if (!w.copy_of_q.chain.allocator)
        SAYS(IMPOSSIBLE);
    w.q = w.copy_of_q;
    w.copy_of_q = q;
}

MODEL_IS(swap, IMPOSSIBLE)

LIBRARY(clear_pool)
{
    (void)c;
    (void)r;
    ta_clear(pool);
}

#define FOREIGN_CALL(name) #name, library_##name, NULL
const operation foreign[] = {
    {FOREIGN_CALL(free_slot), "h", "i", "", FOREIGN},
    {FOREIGN_CALL(resize_slot), "h", "i", "s", FOREIGN},
    {FOREIGN_CALL(retake_slot), "h", "i", "", FOREIGN},
    {FOREIGN_CALL(free_slot_and_alloc), "h", "i", "", FOREIGN},
    {FOREIGN_CALL(append_slot), "bc", "i", "", FOREIGN},
    {FOREIGN_CALL(copy), "bcq", "", "", FOREIGN},
    {FOREIGN_CALL(clear_pool), "h", "", "", FOREIGN},
    {DO(swap), "q", "", "", OWNS},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0},
};

/* ---- What must hold after each call: NULL, or what is wrong -------------------------------------------- */

static char text[100];
#define WRONG(...) (snprintf(text, sizeof text, __VA_ARGS__), text)

static unsigned live_blocks(void)
{
    unsigned live = 0;
    for (unsigned slot = 0; slot < with.blocks; slot++)
        live += ta_slab_handle_at(pool, slot).bits != 0;
    return live;
}

static const char *check_pool(void)
{
    int broken = ta_slab_check(pool);
    ta_stats stats = ta_stats_of(pool);
    const ta_slab_state_ *state = (const void *)(pool->first + 1);
    size_t taken = stats.used + stats.retired + state->headroom;
    if (broken)
        return WRONG("ta_slab_check is %d", broken);
    if (stats.capacity != with.blocks || stats.used != live_blocks())
        return WRONG("%u blocks are live, not %u", live_blocks(), (unsigned)stats.used);
    if (ta_available(pool) != (taken < stats.capacity ? stats.capacity - taken : 0))
        return WRONG("ta_available is %u", (unsigned)ta_available(pool));
    return world_is_fenced() ? NULL : "somebody wrote outside the pool";
}

static ta_generation generation_in(const world *of, unsigned slot)
{
    size_t at = (size_t)((const uint8_t *)(pool->first - slot) - (const uint8_t *)&w);
    return ta_slab_generation_((const void *)((const uint8_t *)of + at));
}

/* No lifetime comes back, and nobody writes to a block that was free all the time. */
static const char *check_slot(const world *before, unsigned slot)
{
    ta_generation was = generation_in(before, slot), is = generation_in(&w, slot);
    size_t at = (size_t)slot * with.size;
    if ((ta_generation)(is - was) > (ta_generation)-1 / 2 && !(TA_RETIRE && is == 0))
        return WRONG("slot %u went back from generation %lu to %lu", slot, (unsigned long)was,
                     (unsigned long)is);
    if (was == is && is % 2 == 0 && memcmp(w.arena + at, before->arena + at, with.size) != 0)
        return WRONG("somebody wrote to the free block %u", slot);
    return NULL;
}

static bool is_stale(ta_handle h)
{
    return h.bits && !ta_is_live(pool, h);
}

bool foreign_must_refuse(const call *c)
{
    const ta_chain_ *chain = c->o == Q ? &w.q.chain : &w.b[c->o == C].chain;
    unsigned kind = c->operation->kind;
    if (c->o == OBJECTS || (kind & (FOREIGN | CLOSES)) || (c->n == 0 && *c->operation->n))
        return false;
    if (c->o != Q)
        return is_stale(chain->in.chunk) || is_stale(chain->out.chunk);
    return is_stale(kind & WRITES ? chain->in.chunk : chain->out.chunk) &&
           ((kind & WRITES) || (!(kind & OWNS) && ta_queue_len(&w.q) > 0));
}

const char *foreign_check_call(const world *before, const result *r, bool must_refuse)
{
    unsigned were_live = 0;
    const char *wrong = check_pool();
    for (unsigned slot = 0; slot < with.blocks && !wrong; slot++) {
        wrong = check_slot(before, slot);
        were_live += generation_in(before, slot) & 1;
    }
    if (!wrong && (r->status > TA_OK || r->status < TA_MORE))
        wrong = WRONG("%d is no status", r->status);
    if (!wrong && r->status != TA_OK && live_blocks() > were_live)
        wrong = WRONG("status %d, but a block was taken", r->status);
    if (!wrong && must_refuse && r->status != TA_E_STALE)
        wrong = WRONG("status %d, but the chunk is stale", r->status);
    if (!wrong && must_refuse && events)
        wrong = "a stale queue calls a function of its marks";
    return wrong;
}

/* ---- Looking in a state -------------------------------------------------------------------------------- */

static const char *read_span(ta_span span)
{
    static volatile uint8_t sum;
    size_t at = (size_t)(span.data - w.arena), all = (size_t)with.blocks * with.size;
    if (span.length == 0 || at >= all || span.length > all - at)
        return "a span outside the blocks";
    for (size_t i = 0; i < span.length; i++)
        sum = (uint8_t)(sum + span.data[i]);
    return NULL;
}

static bool is_odd(uint8_t byte, void *context)
{
    (void)context;
    return byte & 1;
}

/* Whatever is there: parsers must end, and stay within blocks. */
static void parse_view(ta_view v, size_t n)
{
    ta_view rest = v, part;
    uint32_t number;
    uint16_t word;
    int32_t fixed;
    (void)ta_view_split(&rest, n / 2, &part);
    (void)ta_parse_decimal(&rest, &number);
    (void)ta_parse_byte(&rest, ';');
    (void)ta_parse_fixed(&rest, 2, &fixed);
    (void)ta_parse_line(&rest, &part);
    rest = ta_view_final(v);
    (void)ta_parse_take_while(&rest, is_odd, NULL, &part);
    (void)ta_parse_u16be(&rest, &word);
    (void)ta_parse_varint(&rest, 4, &number);
    (void)ta_parse_take_until_seq(&rest, ";\n", 2, &part);
    (void)ta_parse_take(&rest, n / 2, &part);
    (void)ta_parse_end(&rest);
}

/* A chain that leads in a circle has no more bytes than its length says. */
const char *foreign_look_at_view(ta_view v)
{
    const bool is_stale_view = v.chain && (v.stamp != v.chain->out.count || !ta_is_live(pool, v.here.chunk));
    uint8_t bytes[4 * BYTES_MAX] = {0};
    ta_view rest = v, part;
    ta_span span;
    size_t position, left = ta_view_len(&v), n = left < sizeof bytes ? left : sizeof bytes;
    int order;
    const char *wrong = NULL;
    const ta_status all[] = {ta_view_check(&v),
                             ta_view_at(&v, n / 2, bytes),
                             ta_view_copy(&v, 0, bytes, n),
                             ta_view_find(&v, 3, &position),
                             ta_view_find_seq(&v, ";\n", 2, &position),
                             ta_view_equals(&v, bytes, n),
                             ta_view_compare(&v, &v, &order),
                             ta_view_take(&v, n / 2, &part)};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        if (is_stale_view && all[i] != TA_E_STALE)
            return WRONG("call %u of a stale view says %d", i, all[i]);
    for (; !wrong && ta_view_next_span(&rest, &span) == TA_OK; left -= span.length)
        wrong = is_stale_view || span.length > left ? "a span too many" : read_span(span);
    if (!wrong)
        parse_view(v, n);
    return wrong;
}

/* Iterators that begin, or are at any live chunk, or at one of its earlier lifetime. */
static const char *look_at_chunks(const ta_buffer *b)
{
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    const char *wrong = NULL;
    for (size_t most = ta_buffer_len(b) + 2; !wrong && ta_buffer_next_chunk(b, &at, &span) == TA_OK;)
        wrong = --most ? read_span(span) : "the chunks of a buffer do not end";
    for (unsigned slot = 0; slot < with.blocks && !wrong; slot++) {
        at.next = ta_slab_handle_at(pool, slot);
        at.position = 1;
        if (!at.next.bits)
            continue;
        ta_chunk_iterator stale = at;
        stale.next.bits = (ta_handle_bits)(at.next.bits ^ (ta_handle_bits)2 << TA_SLOT_BITS);
        if (ta_buffer_next_chunk(b, &at, &span) == TA_OK)
            wrong = read_span(span);
        if (ta_buffer_next_chunk(b, &stale, &span) == TA_OK)
            wrong = "ta_buffer_next_chunk delivers a stale chunk";
    }
    return wrong;
}

static const char *look_at_everything(void)
{
    uint8_t byte;
    size_t position;
    const char *wrong = NULL;
    for (unsigned i = 0; i < 2 && !wrong; i++) {
        const ta_buffer *b = &w.b[i];
        bool must_be_stale = is_stale(b->chain.in.chunk) || is_stale(b->chain.out.chunk);
        const ta_status all[] = {ta_buffer_at(b, ta_buffer_len(b) / 2, &byte),
                                 ta_buffer_find_if(b, 0, is_odd, NULL, &position),
                                 ta_buffer_find_seq(b, 0, ";\n", 2, &position)};
        for (unsigned k = 0; k < 3; k++)
            if (must_be_stale && all[k] != TA_E_STALE)
                return WRONG("call %u of a stale buffer says %d", k, all[k]);
        (void)ta_buffer_check(b);
        (void)ta_buffer_room(b);
        wrong = look_at_chunks(b);
    }
    if (is_stale(w.q.chain.in.chunk) && ta_queue_set_marks(&w.q, NULL) != TA_E_STALE)
        wrong = "a stale queue gets marks";
    (void)ta_queue_at(&w.q, ta_queue_len(&w.q) / 2, &byte);
    (void)ta_queue_check(&w.q);
    (void)ta_queue_room(&w.q);
    return wrong;
}

/* ---- How a sequence may end ---------------------------------------------------------------------------- */

static const char *clear_objects(void)
{
    const char *wrong = NULL;
    for (unsigned i = 0; !wrong && i < 4; i++) {
        ta_queue *q = i == 2 ? &w.q : &w.copy_of_q;
        ta_status status = i < 2 ? ta_buffer_clear(&w.b[i]) : !q->chain.allocator ? TA_OK : ta_queue_clear(q);
        wrong = status == TA_OK ? check_pool() : WRONG("a clear says %d", status);
    }
    return wrong;
}

/* Take all blocks that are free, and look at each; they are live, none was, and there are as many as should be. */
static const char *take_all(ta_handle *taken)
{
    const ta_stats stats = ta_stats_of(pool);
    unsigned count = 0, live = 0;
    for (unsigned slot = 0; slot < with.blocks; slot++)
        live |= (unsigned)(ta_slab_handle_at(pool, slot).bits != 0) << slot;
    while (count <= with.blocks && (taken[count] = ta_slab_alloc_headroom(pool, with.size)).bits) {
        const ta_handle h = taken[count++];
        const unsigned slot = ta_handle_slot(h);
        if (slot >= with.blocks || !ta_is_live(pool, h) || (live >> slot & 1) ||
            ta_get(pool, h) != w.arena + (size_t)slot * with.size ||
            !ta_handle_eq(ta_handle_of(pool, ta_get(pool, h)), h) ||
            !ta_handle_eq(ta_slab_handle_at(pool, slot), h))
            return WRONG("alloc gave slot %u, which is not right", slot);
        memset(ta_get(pool, h), '!', with.size);
    }
    return count == stats.capacity - stats.used - stats.retired ? check_pool()
                                                                : WRONG("%u blocks could be taken", count);
}

static const char *give_all(const ta_handle *taken)
{
    const char *wrong = NULL;
    for (; taken->bits && !wrong; taken++)
        wrong = *(const uint8_t *)ta_get(pool, *taken) != '!' ? "another owner's block was touched"
                : ta_free(pool, *taken)                       ? check_pool()
                                                              : "free refuses a block just taken";
    return wrong;
}

static const char *end_with_pool_cleared(void)
{
    ta_handle taken[BLOCKS_MAX + 2];
    ta_clear(pool);
    const char *wrong = ta_stats_of(pool).used ? "blocks are used after ta_clear" : take_all(taken);
    return wrong ? wrong : give_all(taken);
}

static const char *end_by_giving_back(void)
{
    ta_handle taken[BLOCKS_MAX + 2];
    const char *wrong = clear_objects();
    wrong = wrong ? wrong : take_all(taken);
    wrong = wrong ? wrong : give_all(taken);
    return wrong ? wrong : end_with_pool_cleared();
}

/* Others take all blocks that are left, and only then everything is given back. */
static const char *end_with_a_full_pool(void)
{
    ta_handle taken[BLOCKS_MAX + 2];
    const char *wrong = take_all(taken);
    wrong = wrong ? wrong : clear_objects();
    return wrong ? wrong : end_with_pool_cleared();
}

/* The pool is cleared under the objects, and others take all blocks: no object may write or read any. */
static const char *end_with_others(void)
{
    ta_handle taken[BLOCKS_MAX + 2];
    uint8_t byte;
    ta_view views[3] = {ta_buffer_view(&w.b[0]), ta_buffer_view(&w.b[1]), ta_queue_view(&w.q)};
    ta_clear(pool);
    const char *wrong = take_all(taken);
    for (unsigned i = 0; i < 2 && !wrong; i++)
        if (ta_buffer_push(&w.b[i], '?') == TA_OK || ta_buffer_pop(&w.b[i], &byte) == TA_OK)
            wrong = "a buffer works on blocks that it lost";
    if (!wrong && (ta_queue_push(&w.q, '?') == TA_OK || ta_queue_pop(&w.q, &byte) == TA_OK))
        wrong = "a queue works on blocks that it lost";
    for (unsigned i = 0; i < 3 && !wrong; i++)
        wrong = foreign_look_at_view(views[i]);
    wrong = wrong ? wrong : clear_objects();
    return wrong ? wrong : give_all(taken);
}

const char *foreign_check_state(const snapshot *state)
{
    static const char *(*const all[])(void) = {look_at_everything, end_by_giving_back, end_with_a_full_pool,
                                               end_with_others};
    const char *wrong = NULL;
    for (unsigned i = 0; i < 4 && !wrong; i++) {
        world_restore(state);
        wrong = all[i]();
    }
    return wrong;
}
