/*
 * search MODE BLOCKS SIZE [OPTION=NUMBER...]     one pool, one line of figures; 1 if something was wrong
 *
 * MODE   sequences   every call of one context
 *        interrupts  every call of the main flow, an interrupt with every call of its own before each access to memory;
 *                    the interrupt writes q. With writer=0 the main flow does
 *        faults      sequences; and every call that allocates finds no block from its i-th critical section on
 * OPTION limit=N     set_limit(N) and set_limit(0) are calls, too
 *        headroom=N  of the pool, for q and h
 *        marks=1     q has water marks
 *        simple=1    the main flow only pushes to b and pops from it; it may drain q into it
 *        rare=0      without calls that are much like others
 *        states=N seconds=N   stop there, and say how deep the search came
 */
#include "search.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

typedef struct node {
    snapshot state;
    uint32_t parent, depth;
    uint16_t call, interrupt, at;
} node;

enum { NO_CALL = 0xffff, STEPS_MAX = 40, IMPOSSIBLE = 99 };

static node *nodes;
static uint32_t *table; /* of nodes, by their states; 0: none */
static size_t count, room, table_size;
static unsigned long made, interrupted, refused[CALLS_MAX];
static unsigned long states_max = 50000000, seconds_max = 1000000;
static unsigned interrupts_write = 1, with_rare = 1;
static size_t from;                   /* the node that is gone on from, */
static uint16_t next, next_interrupt; /* by this call, and this interrupt */
static unsigned done_ticks;

unsigned who;

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
    if (table[place])
        return;
    if (count == room) {
        room = room ? room + room / 2 : 1 << 10;
        nodes = resized(nodes, room * sizeof *nodes);
    }
    const node made_node = {*state, (uint32_t)from, count ? nodes[from].depth + 1 : 0,
                            next,   next_interrupt, (uint16_t)at};
    nodes[count++] = made_node;
    table[place] = (uint32_t)count;
    fail_if(check_state(state));
}

/* ---- Saying what is wrong ------------------------------------------------------------------------------ */

static unsigned boundaries, boundary_at, yields, yield_at;
static bool is_armed, has_come;

static void print_step(uint16_t call, uint16_t interrupt, unsigned at)
{
    if (call == NO_CALL) /* at the beginning */
        return;
    calls_print(&calls[call]);
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
    print_step(nodes[to].call, nodes[to].interrupt, nodes[to].at);
}

static void print_seen(const char *of, const seen *s)
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

static void fail(const char *why)
{
    fprintf(stderr, "FAILED: %s, after", why);
    print_path(from);
    fputs(" and now", stderr);
    print_step(next, next_interrupt, boundary_at);
    fputs("\n", stderr);
    exit(1);
}

static void fail_if(const char *wrong)
{
    if (wrong)
        fail(wrong);
}

static void on_signal(int signal)
{
    static unsigned seen_ticks = 1;
    if (signal == SIGVTALRM && seen_ticks != done_ticks) {
        seen_ticks = done_ticks; /* a second ago it was another call */
        return;
    }
    fail(signal == SIGVTALRM ? "it does not end" : "it crashes");
}

static void watch(void)
{
    const struct itimerval every = {{2, 0}, {2, 0}};
    signal(SIGSEGV, on_signal);
    signal(SIGBUS, on_signal);
    signal(SIGFPE, on_signal);
    signal(SIGVTALRM, on_signal);
    setitimer(ITIMER_VIRTUAL, &every, NULL);
}

/* ---- One call ------------------------------------------------------------------------------------------ */

static const call *the_interrupt;
static seen library, models[STEPS_MAX];
static model model_after[STEPS_MAX];
static unsigned models_count;

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
    done_ticks++;
}

/* The model, with the interrupt before step `at`; at -1 before all; and if there is no such step, after all. */
static bool run_model(const call *c, const snapshot *state, int at)
{
    seen *s = &models[models_count];
    world_restore(state);
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

static void run_models(const call *c, const snapshot *state)
{
    int at = -1;
    models_count = 0;
    while (run_model(c, state, at++))
        if (models_count == STEPS_MAX)
            fail("the model has too many steps");
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
                fail("the stamp of views did not grow");
            return;
        }
    print_seen("the library", &library);
    for (unsigned i = 0; i < models_count; i++)
        print_seen("the model", &models[i]);
    fail("the library and the model differ");
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
        fail("a call that failed or only looked has changed something");
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
    compare();
    for (unsigned o = 0; o < OBJECTS; o++) {
        bool is_stale = lengths[o] && (m.ended >> o & 1);
        if (ta_view_equals(&views[o], bytes[o], lengths[o]) != (is_stale ? TA_E_STALE : TA_OK))
            fail("a view is stale and should not be, or the other way round");
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

/* ---- Modes --------------------------------------------------------------------------------------------- */

typedef enum mode { SEQUENCES, INTERRUPTS, FAULTS } mode;

static void follow_all(mode mode)
{
    for (next = 0; next < calls_count; next++) {
        const call *c = &calls[next];
        the_interrupt = NULL;
        next_interrupt = NO_CALL;
        if (!with_rare && (c->operation->kind & RARE))
            continue;
        if (mode != INTERRUPTS)
            follow_sequences(c);
        if (mode == FAULTS && (c->operation->kind & ALLOCATES))
            follow_faults(c);
        if (mode != INTERRUPTS || !calls_are_of(c, MAIN, interrupts_write))
            continue;
        for (next_interrupt = 0; next_interrupt < calls_count; next_interrupt++) {
            the_interrupt = &calls[next_interrupt];
            if ((with_rare || !(the_interrupt->operation->kind & RARE)) &&
                calls_are_of(the_interrupt, INTERRUPT, interrupts_write))
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
        if ((o->kind & ALLOCATES) && (with_rare || !(o->kind & RARE)) && times == 0) {
            fprintf(stderr, "FAILED: %s was never refused a block\n", o->name);
            exit(1);
        }
        times = 0;
    }
}

/* Of CPU time. */
static unsigned long seconds(void)
{
    return (unsigned long)(clock() / CLOCKS_PER_SEC);
}

static void search(mode mode)
{
    snapshot first;
    world_begin();
    calls_make();
    next = next_interrupt = NO_CALL;
    memset(&library, 0, sizeof library);
    fail_if(see_library(&library));
    world_normalise(&first);
    add_state(&first, 0);
    for (; from < count && count < states_max && seconds() < seconds_max; from++)
        follow_all(mode);
    if (mode == FAULTS)
        check_refused();
    printf("%zu states, %lu calls, %lu interrupted, %lu s: %s", count, made, interrupted, seconds(),
           from == count ? "closed" : "not closed, ");
    if (from < count)
        printf("all sequences of %u calls", nodes[from].depth - (nodes[from].depth > 0));
    printf(", no failure\n");
}

static void set_option(const char *text)
{
    unsigned long value = 0;
    char name[16] = "";
    if (sscanf(text, "%15[a-z]=%lu", name, &value) != 2) {
        fprintf(stderr, "no option: %s\n", text);
        exit(2);
    }
    if (strcmp(name, "limit") == 0)
        with.limit = (uint8_t)value;
    else if (strcmp(name, "headroom") == 0)
        with.headroom = (uint8_t)value;
    else if (strcmp(name, "marks") == 0)
        with.has_marks = value != 0;
    else if (strcmp(name, "simple") == 0)
        with.is_simple = value != 0;
    else if (strcmp(name, "rare") == 0)
        with_rare = value != 0;
    else if (strcmp(name, "writer") == 0)
        interrupts_write = value != 0;
    else if (strcmp(name, "states") == 0)
        states_max = value;
    else if (strcmp(name, "seconds") == 0)
        seconds_max = value;
    else {
        fprintf(stderr, "no option: %s\n", text);
        exit(2);
    }
}

int main(int arguments_count, char **arguments)
{
    static const char *const modes[] = {"sequences", "interrupts", "faults"};
    if (arguments_count < 4)
        return 2;
    with.blocks = (uint8_t)atoi(arguments[2]);
    with.size = (uint8_t)atoi(arguments[3]);
    for (int i = 4; i < arguments_count; i++)
        set_option(arguments[i]);
    watch();
    for (unsigned i = 0; i < 3; i++)
        if (strcmp(arguments[1], modes[i]) == 0) {
            search((mode)i);
            return 0;
        }
    return 2;
}
