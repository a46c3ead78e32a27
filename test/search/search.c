/* Breadth first through all states: sequences, interrupts, faults, foreign code. */
#include "search.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct node {
    snapshot state;
    uint32_t parent;
    uint16_t depth, after; /* calls, and those from the first action of foreign code on */
    uint16_t by, interrupt, at;
} node;

enum { NO_CALL = 0xffff, STEPS_MAX = 40, FOREIGN_MAX = 2 };

static mode the_mode;
static node *nodes;
static uint32_t *table; /* of nodes, by their states; 0: none */
static size_t count, room, table_size;
static unsigned long made, interrupted, refused[CALLS_MAX];
static size_t from;                   /* the node that is gone on from, */
static uint16_t next, next_interrupt; /* by this call, and this interrupt */
static clock_t began;
static size_t reached; /* the node of the last state that was met */

unsigned masked, calls_done;

/* ---- The set of states --------------------------------------------------------------------------------- */

static void *resized(void *memory, size_t size)
{
    memory = realloc(memory, size);
    if (!memory) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

static size_t place_of(const snapshot *state)
{
    const uint64_t *words = (const uint64_t *)(const void *)state;
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof *state / sizeof *words; i++) {
        sum = (sum ^ words[i]) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 29;
    }
    size_t at = sum & (table_size - 1);
    while (table[at] && memcmp(&nodes[table[at] - 1].state, state, sizeof *state) != 0)
        at = (at + 1) & (table_size - 1);
    return at;
}

static void grow_table(void)
{
    free(table);
    table_size = table_size ? 2 * table_size : 1 << 12;
    table = resized(NULL, table_size * sizeof *table);
    memset(table, 0, table_size * sizeof *table);
    for (size_t i = 0; i < count; i++)
        table[place_of(&nodes[i].state)] = (uint32_t)i + 1;
}

static void fail_if(const char *wrong);

static void add_state(const snapshot *state, unsigned at)
{
    if (2 * count >= table_size)
        grow_table();
    size_t place = place_of(state);
    reached = table[place] ? table[place] - 1 : count;
    if (table[place])
        return;
    if (count == room) {
        room = room ? room + room / 2 : 1 << 10;
        nodes = resized(nodes, room * sizeof *nodes);
    }
    node *n = &nodes[count];
    *n = (node){*state, (uint32_t)from, 0, 0, next, next_interrupt, (uint16_t)at};
    if (count++ > 0) {
        n->depth = (uint16_t)(nodes[from].depth + 1);
        n->after = (uint16_t)(m.foreign ? nodes[from].after + 1 : 0);
    }
    table[place] = (uint32_t)count;
    if (!m.foreign)
        fail_if(check_state(state));
    if (the_mode == FOREIGN_CODE)
        fail_if(foreign_check_state(state));
}

/* ---- Saying what is wrong ------------------------------------------------------------------------------ */

static unsigned boundaries, boundary_at, yields, yield_at;
static bool is_armed, has_come;

static void print_step(uint16_t by, uint16_t interrupt, unsigned at)
{
    if (by == NO_CALL) /* at the beginning */
        return;
    calls_print(&calls[by]);
    if (interrupt != NO_CALL) {
        fprintf(stderr, " {before access %u:", at);
        calls_print(&calls[interrupt]);
        fputs("}", stderr);
    }
}

static void print_path(size_t to)
{
    if (to == 0)
        return;
    print_path(nodes[to].parent);
    print_step(nodes[to].by, nodes[to].interrupt, nodes[to].at);
}

void search_fail(const char *why)
{
    fprintf(stderr, "FAILED: %s, after", why);
    print_path(from);
    fputs(" and now", stderr);
    print_step(next, next_interrupt, boundary_at);
    fputs("\n", stderr);
    fflush(NULL);
    _Exit(1);
}

static void fail_if(const char *wrong)
{
    if (wrong)
        search_fail(wrong);
}

/* ---- One call ------------------------------------------------------------------------------------------ */

static const call *the_interrupt;
static seen library, models[STEPS_MAX];
static model model_after[STEPS_MAX];
static unsigned models_count;
static uint8_t retired_first;

static void run_interrupt(bool is_model)
{
    seen *s = is_model ? &models[models_count] : &library;
    has_come = true;
    who = INTERRUPT;
    (is_model ? the_interrupt->operation->model : the_interrupt->operation->library)(the_interrupt,
                                                                                     &s->results[INTERRUPT]);
    who = MAIN;
}

void search_boundary(void)
{
    if (is_armed && masked == 0 && who == MAIN && boundaries++ == boundary_at)
        run_interrupt(false);
}

static void on_yield(void)
{
    if (who == MAIN && yields++ == yield_at)
        run_interrupt(true);
}

static void run_library(const call *c, const snapshot *state)
{
    world_restore(state);
    memset(&library, 0, sizeof library);
    boundaries = masked = 0;
    has_come = false;
    is_armed = the_interrupt != NULL;
    c->operation->library(c, &library.results[MAIN]);
    is_armed = false;
    calls_done++;
}

/* The model, with the interrupt before step `at`; at -1 before all; and if there is no such step, after all. */
static bool run_model(const call *c, const snapshot *state, int at)
{
    seen *s = &models[models_count];
    world_restore(state);
    if (retired_first)
        m.retired = retired_first;
    memset(s, 0, sizeof *s);
    yields = 0;
    yield_at = (unsigned)at;
    has_come = false;
    if (the_interrupt && at < 0)
        run_interrupt(true);
    at_yield = the_interrupt ? on_yield : NULL;
    c->operation->model(c, &s->results[MAIN]);
    at_yield = NULL;
    bool is_last = !has_come;
    if (the_interrupt && !has_come)
        run_interrupt(true);
    if (the_interrupt && the_interrupt->operation == &steal)
        m.stolen = 0;
    see_model(s);
    model_after[models_count++] = m;
    return !is_last;
}

/* With TA_RETIRE, slots may have retired in the call: for the model that is at its end, or at its beginning. */
static void run_model_retired(const call *c, const snapshot *state)
{
    const uint8_t retired = (uint8_t)ta_stats_of(pool).retired;
    if (retired == model_after[0].retired)
        return;
    model_after[0].retired = retired_first = retired;
    (void)run_model(c, state, 0);
    retired_first = 0;
    run_library(c, state);
}

static void run_models(const call *c, const snapshot *state)
{
    int at = -1;
    models_count = 0;
    while (run_model(c, state, at++))
        if (models_count == STEPS_MAX)
            search_fail("the model has too many steps");
}

/* Are reservations where this model has them? */
static bool has_spans_of(const model *one)
{
    for (unsigned o = 0; o < OBJECTS; o++)
        if (one->chain[o].reserved &&
            (size_t)(w.span[o].data - w.arena) % with.size != model_end(&one->chain[o]) % with.size)
            return false;
    return true;
}

/* Which of the models does the library agree with? The world is in that state then. */
static void compare(void)
{
    fail_if(see_library(&library));
    for (unsigned i = 0; i < models_count; i++)
        if (memcmp(&library, &models[i], sizeof library) == 0 && has_spans_of(&model_after[i])) {
            m = model_after[i];
            if (!do_stamps_grow())
                search_fail("the stamp of views did not grow");
            return;
        }
    see_print("the library", &library);
    for (unsigned i = 0; i < models_count; i++)
        see_print("the model", &models[i]);
    search_fail("the library and the model differ");
}

/* A call that only looked, or failed, must have left everything as it was; but closing a reservation is allowed. */
static void check_unchanged(const call *c, const snapshot *before, const snapshot *after, bool is_whole)
{
    bool failed = library.results[MAIN].status != TA_OK || (c->operation->kind & LOOKS);
    if (!failed)
        return;
    const model *was = (const void *)before->model, *is = (const void *)after->model;
    for (unsigned o = 0; o < OBJECTS; o++)
        if (was->chain[o].reserved != is->chain[o].reserved)
            return;
    if (is_whole ? memcmp(before, after, sizeof *before) != 0 : !world_is_as(before, after))
        search_fail("a call that failed or only looked has changed something");
}

static void follow_sequences(const call *c)
{
    snapshot after;
    ta_view views[OBJECTS];
    uint8_t lengths[OBJECTS], bytes[OBJECTS][BYTES_MAX];
    const snapshot *state = &nodes[from].state;
    models_count = 0;
    run_model(c, state, 0);
    if (models[0].results[MAIN].status == IMPOSSIBLE)
        return;
    world_restore(state);
    for (unsigned o = 0; o < OBJECTS; o++) {
        views[o] = o == Q ? ta_queue_view(&w.q) : ta_buffer_view(&w.b[o]);
        lengths[o] = m.chain[o].length;
    }
    memcpy(bytes, m.bytes, sizeof bytes);
    run_library(c, state);
    made++;
    run_model_retired(c, state);
    compare();
    for (unsigned o = 0; o < OBJECTS; o++) {
        bool is_stale = lengths[o] && (m.ended >> o & 1);
        if (ta_view_equals(&views[o], bytes[o], lengths[o]) != (is_stale ? TA_E_STALE : TA_OK))
            search_fail("a view is stale and should not be, or the other way round");
    }
    world_normalise(&after);
    check_unchanged(c, state, &after, true);
    add_state(&after, 0);
}

/* Did the last run of this call and this interrupt end with the same results and the same memory? */
static bool is_same_again(void)
{
    static world last;
    static result results[2];
    static unsigned last_events;
    bool is_same = boundary_at > 0 && last_events == events && memcmp(&last, &w, sizeof w) == 0 &&
                   memcmp(results, library.results, sizeof results) == 0;
    if (!is_same) {
        memcpy(&last, &w, sizeof w);
        memcpy(results, library.results, sizeof results);
        last_events = events;
    }
    return is_same;
}

static void follow_interrupts(const call *c)
{
    snapshot after;
    const snapshot *state = &nodes[from].state;
    run_models(c, state);
    if (models[0].results[MAIN].status == IMPOSSIBLE || models[0].results[INTERRUPT].status == IMPOSSIBLE)
        return;
    for (boundary_at = 0;; boundary_at++) {
        run_library(c, state);
        if (!has_come)
            break;
        interrupted++;
        if (is_same_again())
            continue;
        compare();
        world_normalise(&after);
        add_state(&after, boundary_at);
        state = &nodes[from].state; /* they may have moved */
    }
}

/* The i-th critical section finds no block, for every i until there is none. */
static void follow_faults(const call *c)
{
    static const call thief = {&steal, OBJECTS, 0, 0};
    snapshot after;
    const snapshot *state = &nodes[from].state;
    the_interrupt = &thief;
    run_models(c, state);
    for (boundary_at = 0; models[0].results[MAIN].status != IMPOSSIBLE; boundary_at++) {
        run_library(c, state);
        if (!has_come)
            break;
        calls_return_stolen();
        interrupted++;
        compare();
        bool is_refused = library.results[MAIN].status == TA_E_NO_MEMORY ||
                          (c->o == OBJECTS && library.results[MAIN].count == 0);
        refused[next] += is_refused;
        world_normalise(&after);
        check_unchanged(c, state, &after, false);
        fail_if(check_state(&after));
    }
    the_interrupt = NULL;
}

static void follow_foreign(const call *c)
{
    snapshot after;
    ta_view views[OBJECTS];
    const snapshot *state = &nodes[from].state;
    world_restore(state);
    m.foreign = (uint8_t)(m.foreign + ((c->operation->kind & FOREIGN) != 0));
    if (m.foreign > FOREIGN_MAX)
        return;
    bool must_refuse = foreign_must_refuse(c);
    for (unsigned o = 0; o < OBJECTS; o++)
        views[o] = o == Q ? ta_queue_view(&w.q) : ta_buffer_view(&w.b[o]);
    memset(&library, 0, sizeof library);
    c->operation->library(c, &library.results[MAIN]);
    calls_done++;
    if (library.results[MAIN].status == IMPOSSIBLE)
        return;
    made++;
    fail_if(foreign_check_call(&state->world, &library.results[MAIN], must_refuse));
    for (unsigned o = 0; o < OBJECTS; o++)
        fail_if(foreign_look_at_view(views[o]));
    world_normalise(&after);
    add_state(&after, 0);
}

/* ---- Modes --------------------------------------------------------------------------------------------- */

static bool has_foreign_acted(void)
{
    return ((const model *)(const void *)nodes[from].state.model)->foreign > 0;
}

static void follow_all(bool may_act)
{
    for (next = 0; next < calls_count; next++) {
        const call *c = &calls[next];
        the_interrupt = NULL;
        next_interrupt = NO_CALL;
        if (may_act) {
            if (has_foreign_acted() ? nodes[from].after < with.after : c->operation->kind & FOREIGN)
                follow_foreign(c);
            continue;
        }
        if (the_mode != INTERRUPTS && !(c->operation->kind & FOREIGN))
            follow_sequences(c);
        if (the_mode == FAULTS && (c->operation->kind & ALLOCATES))
            follow_faults(c);
        if (the_mode != INTERRUPTS || !calls_are_of(c, MAIN, with.writer))
            continue;
        for (next_interrupt = 0; next_interrupt < calls_count; next_interrupt++) {
            the_interrupt = &calls[next_interrupt];
            if (calls_are_of(the_interrupt, INTERRUPT, with.writer))
                follow_interrupts(c);
        }
    }
}

/* Every operation that allocates must have been refused a block by the thief. */
static void check_refused(void)
{
    unsigned long times = 0;
    for (unsigned i = 0; i < calls_count; i++) {
        const operation *o = calls[i].operation;
        times += refused[i];
        if (i + 1 < calls_count && calls[i + 1].operation == o)
            continue;
        if ((o->kind & ALLOCATES) && times == 0) {
            fprintf(stderr, "FAILED: %s was never refused a block\n", o->name);
            exit(1);
        }
        times = 0;
    }
}

/* Of CPU time. */
static unsigned long seconds(void)
{
    return (unsigned long)((clock() - began) / CLOCKS_PER_SEC);
}

static void begin(void)
{
    snapshot first;
    count = from = made = interrupted = 0;
    began = clock();
    if (table)
        memset(table, 0, table_size * sizeof *table);
    world_begin();
    next = next_interrupt = NO_CALL;
    memset(&library, 0, sizeof library);
    fail_if(see_library(&library));
    world_normalise(&first);
    add_state(&first, 0);
}

static void print_depth(void)
{
    if (from == count)
        printf("closed");
    else
        printf("not closed, all sequences of %u calls", nodes[from].depth - (nodes[from].depth > 0));
}

static void act(void)
{
    printf(", then foreign code; ");
    for (from = 0; from < count && count < with.states && seconds() < with.seconds; from++)
        follow_all(true);
    printf("%zu states, %lu calls, %lu s: all sequences of %u calls from its first action on", count, made,
           seconds(), from < count ? nodes[from].after : with.after);
}

void search(mode which)
{
    the_mode = which;
    calls_make(which == FOREIGN_CODE);
    begin();
    for (; from < count && count < with.before && count < with.states && seconds() < with.seconds; from++)
        follow_all(false);
    if (which == FAULTS)
        check_refused();
    printf("%zu states, %lu calls, %lu interrupted, %lu s: ", count, made, interrupted, seconds());
    print_depth();
    if (which == FOREIGN_CODE)
        act();
    printf(", no failure\n");
}

void search_sequence(const char *text)
{
    the_mode = FOREIGN_CODE;
    calls_count = 0;
    if (sscanf(text, "%ux%u:", &with.blocks, &with.size) != 2)
        exit(2);
    for (const char *at = strchr(text, ' '); at; at = strchr(at + 1, ' '))
        calls_read(at + 1);
    begin();
    for (next = 0; next < calls_count; next++, from = reached) {
        reached = from;
        if (has_foreign_acted() || (calls[next].operation->kind & FOREIGN))
            follow_foreign(&calls[next]);
        else
            follow_sequences(&calls[next]);
    }
}
