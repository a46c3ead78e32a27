/*
 * What a pool is, said without the library: its invariant, its state as a model of plain arrays, and what the two
 * transitions of a slot do to the model. The library's sources are part of this file, so that its static functions
 * are in reach. <slab.c> and the like are those of src/, or of a copy of it that is broken on purpose.
 *
 * Each prove_… function of slab.c and blocks.c is one proof: begin_proof() makes any table and state that satisfy the
 * invariant. Then come the call, with any arguments, and `want`, the model changed as the call's contract says.
 * end_proof() compares every word of the table and the state. REACHED says that the line is reached: run.sh requires
 * it.
 */
#ifndef PROOF_MODEL_H
#define PROOF_MODEL_H

#include <stddef.h>
#include <stdint.h>

extern unsigned faults;
#define TA_FAULT(code) ((void)faults++)

#include <allocator.c>
#include <blocks.c>
#include <slab.c>

#ifndef SLOTS
#define SLOTS 3
#endif
#ifndef BLOCK_SIZE
#define BLOCK_SIZE 3
#endif
#define LIVE 1
#define FREE 2
#define RETIRED 3
#define GENERATION_MAX ((ta_generation)-1)

#define CHECK(condition, what) __CPROVER_assert(condition, what)
#define REACHED(what) __CPROVER_assert(0, "reached: " what)

size_t nondet_size(void);
ta_handle_bits nondet_bits(void);
uint8_t nondet_byte(void);
ta_slot nondet_slot(void);

#ifdef __AVR__ /* CBMC's own do not know these widths */
void *memset(void *to, int byte, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)to)[i] = (uint8_t)byte;
    return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    return to;
}
#endif

/* ---- The pool ------------------------------------------------------------------------------------------ */

typedef struct {
    struct ta_entry_ entries[SLOTS];
    ta_slab_state_ state;
    TA_SLAB_OWNER_OF_EACH_(SLOTS)
} table_of_slots;

table_of_slots nondet_table(void); /* any bits */

static uint8_t arena[SLOTS * BLOCK_SIZE];
static table_of_slots table;
static ta_allocator pool = TA_SLAB_CONSTANTS_(arena, table, BLOCK_SIZE, SLOTS, 0);
static const ta_allocator *const a = &pool;

/* ---- The model ----------------------------------------------------------------------------------------- */

typedef struct {
    ta_generation generation[SLOTS];
    ta_slot link[SLOTS];
    uint8_t kind[SLOTS];
    uint8_t order[SLOTS]; /* the free slots, the next to be taken first */
    size_t free, live, retired;
    size_t taken, headroom, peak, old_peak, failures;
    bool is_awaited;
} model;

/* Look at the table. True if it satisfies the invariant:
 *   S1  a slot is live (odd generation), or free, or retired;
 *   S2  each free slot is in the list exactly once, and the list ends at the tail;
 *   S3  live and retired slots, and quotas, are counted as taken, and so is the headroom. Apart from the headroom no
 *       more than all are taken. Peak and old peak are no more than that can have been. */
static bool is_valid(model *m)
{
    const ta_slab_state_ *s = &table.state;
    size_t at = s->head;
    unsigned seen = 0;
    m->free = m->live = m->retired = 0;
    for (size_t slot = 0; slot < SLOTS; slot++) {
        const struct ta_entry_ *e = &table.entries[SLOTS - 1 - slot];
        ta_generation generation = e->generation[0];
        if (TA_GENERATION_BITS > TA_SLOT_BITS)
            generation = (ta_generation)(generation | (ta_generation)e->generation[GENERATION_PARTS - 1]
                                                          << (TA_GENERATION_BITS - TA_SLOT_BITS));
        bool is_out = TA_RETIRE && generation == 0 && e->link == SLOT_MAX;
        m->generation[slot] = generation;
        m->link[slot] = e->link;
        m->kind[slot] = generation % 2 == 1 ? LIVE : is_out ? RETIRED : FREE;
        m->live += m->kind[slot] == LIVE;
        m->retired += m->kind[slot] == RETIRED;
        m->free += m->kind[slot] == FREE;
        m->order[slot] = 0;
    }
    if (s->tail >= SLOTS)
        return false;
    for (size_t i = 0; i < SLOTS; i++) {
        if (i == m->free)
            break;
        if (at >= SLOTS || m->kind[at] != FREE || (seen >> at & 1))
            return false;
        seen |= 1u << at;
        m->order[i] = (uint8_t)at;
        if (i + 1 == m->free && at != SLOTS - 1 - (size_t)s->tail)
            return false;
        at = (ta_slot)(at + 1 + m->link[at]);
    }
    m->taken = s->taken;
    m->headroom = s->headroom;
    m->peak = m->failures = m->old_peak = 0;
    m->is_awaited = IS_AWAITED(s);
    if (m->headroom > SLOTS || m->taken < m->headroom + m->live + m->retired ||
        m->taken > m->headroom + SLOTS)
        return false;
#if TA_STATISTICS
    m->peak = s->peak;
    m->failures = s->failures;
    if (m->peak < m->taken || m->peak > m->headroom + SLOTS)
        return false;
#endif
#if TA_RETIRE
    if (s->retired != m->retired)
        return false;
#if TA_STATISTICS
    m->old_peak = s->old_peak;
    if (m->old_peak > SLOTS)
        return false;
#endif
#endif
    return true;
}

/* Do two models agree in all that a contract can speak of? The link of a free slot is in the order; that of the tail
 * has no meaning. */
static bool is_same(const model *x, const model *y)
{
    for (size_t slot = 0; slot < SLOTS; slot++) {
        if (x->generation[slot] != y->generation[slot] || x->kind[slot] != y->kind[slot])
            return false;
        if (x->kind[slot] == LIVE && x->link[slot] != y->link[slot])
            return false;
        if (slot < x->free && x->order[slot] != y->order[slot])
            return false;
    }
    return x->free == y->free && x->taken == y->taken && x->headroom == y->headroom && x->peak == y->peak &&
           x->old_peak == y->old_peak && x->failures == y->failures && x->is_awaited == y->is_awaited;
}

/* ---- What contracts say, as changes of the model --------------------------------------------------------- */

static size_t used_at_most(const model *m)
{
    size_t now = m->peak - m->headroom - m->retired;
    return now > m->old_peak ? now : m->old_peak;
}

static void set_taken(model *m, size_t taken)
{
    m->taken = taken;
    if (TA_STATISTICS && taken > m->peak)
        m->peak = taken;
}

static void refuse(model *m)
{
    if (TA_STATISTICS && m->failures < SLOT_MAX)
        m->failures++;
    m->is_awaited = TA_WAKE;
}

/* The first free slot becomes live; it was counted as taken before. */
static size_t begin_life(model *m, size_t size)
{
    size_t slot = m->order[0];
    m->generation[slot]++;
    m->kind[slot] = LIVE;
    m->link[slot] = (ta_slot)size;
    for (size_t i = 1; i < SLOTS; i++)
        m->order[i - 1] = m->order[i];
    m->free--;
    m->live++;
    return slot;
}

static void end_life(model *m, size_t slot)
{
    m->live--;
    if (TA_RETIRE && m->generation[slot] == GENERATION_MAX) {
        m->old_peak = TA_STATISTICS ? used_at_most(m) : 0;
        m->generation[slot] = 0;
        m->kind[slot] = RETIRED;
        m->retired++;
        m->peak = TA_STATISTICS ? m->taken : 0;
        return;
    }
    m->generation[slot]++;
    m->kind[slot] = FREE;
    m->order[m->free++] = (uint8_t)slot;
    m->taken--;
}

/* ---- Handles ------------------------------------------------------------------------------------------- */

static ta_handle name_of(const model *m, size_t slot)
{
    ta_handle h = ta_handle_make((ta_slot)slot, m->generation[slot]);
#if TA_HANDLE_POOL_BITS
    h.bits |= pool.pool;
#endif
    return h;
}

static ta_handle any_handle(void)
{
    ta_handle h = {nondet_bits()};
    return h;
}

/* Which live slot does a handle name? SLOTS: none. */
static size_t slot_of(const model *m, ta_handle h)
{
    for (size_t slot = 0; slot < SLOTS; slot++)
        if (m->kind[slot] == LIVE && name_of(m, slot).bits == h.bits)
            return slot;
    return SLOTS;
}

static uint8_t *block_in(size_t slot)
{
    return arena + slot * BLOCK_SIZE;
}

/* ---- A proof ------------------------------------------------------------------------------------------- */

ta_mask proof_masked;
unsigned faults;
static model was, want, now;
static table_of_slots open_table; /* as the last critical section left it */
static size_t watched;            /* one byte of the blocks, any; SLOTS * BLOCK_SIZE: none */
static uint8_t watched_byte;
static ta_mask masked_before;
static unsigned wakes, wanted_wakes, wanted_faults;
static bool may_write; /* a call that is alone with the pool may write outside of critical sections */

static bool is_untouched(void)
{
    const uint8_t *x = (const uint8_t *)&table, *y = (const uint8_t *)&open_table;
    size_t i = nondet_size();
    __CPROVER_assume(i < sizeof table);
    return x[i] == y[i];
}

void proof_open(void)
{
    CHECK(may_write || is_untouched(), "S4: nothing was written since the last critical section");
}

void proof_closed(void)
{
    CHECK(is_valid(&now), "the invariant holds after each critical section");
    open_table = table;
}

#if TA_WAKE
static void on_wake(void *context, unsigned events)
{
    CHECK(context == &wakes && events == TA_WAKE_BLOCK, "the hook gets its arguments");
    CHECK(proof_masked == masked_before, "the hook runs outside of critical sections");
    wakes++;
}

static const ta_wake hook = {on_wake, &wakes};

static void any_hook(void)
{
    const ta_wake *wake = nondet_byte() ? &hook : NULL;
    memcpy(table.state.wake, &wake, sizeof wake);
    table.state.is_awaited = nondet_byte() ? 1 : 0;
}
#endif

/* A block was freed: who waits is told. */
static void want_wake(void)
{
#if TA_WAKE
    const ta_wake *wake;
    memcpy(&wake, table.state.wake, sizeof wake);
    wanted_wakes += want.is_awaited && wake;
#endif
    want.is_awaited = false;
}

static void begin_proof(void)
{
    table = nondet_table();
#if TA_WAKE
    any_hook();
#endif
#if TA_HANDLE_POOL_BITS
    pool.pool = (ta_handle_bits)nondet_byte() % (1u << TA_HANDLE_POOL_BITS)
                << (TA_SLOT_BITS + TA_GENERATION_BITS);
#endif
    __CPROVER_assume(is_valid(&was));
    want = was;
    open_table = table;
    masked_before = proof_masked = nondet_byte() & 1;
    watched = nondet_size();
    __CPROVER_assume(watched < SLOTS * BLOCK_SIZE);
    watched_byte = arena[watched] = nondet_byte();
    REACHED("a state that satisfies the invariant");
}

static void end_proof(void)
{
    CHECK(is_valid(&now), "the invariant holds afterwards");
    CHECK(is_same(&now, &want), "the pool is what the contract says");
    CHECK(may_write || masked_before || is_untouched(),
          "S4: nothing was written outside of critical sections");
    CHECK(proof_masked == masked_before, "interrupts are masked as before");
    CHECK(watched == SLOTS * BLOCK_SIZE || arena[watched] == watched_byte, "no byte of a block was changed");
    CHECK(faults == wanted_faults, "TA_FAULT runs where the contract says so, and nowhere else");
    CHECK(wakes == wanted_wakes, "the hook is called where the contract says so, and nowhere else");
    REACHED("the end");
}

#endif
