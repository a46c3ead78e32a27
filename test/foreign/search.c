/* Breadth first: each state is met by a shortest sequence, and no state is gone on from twice. */
#include "foreign.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOREIGN_MAX = 2 };

/* A state, and the call by which it was met. */
typedef struct node {
    snapshot state;
    uint32_t parent;
    uint16_t call;
    uint8_t foreign;
} node;

/* What is being searched. */
static struct {
    const alphabet *calls;
    node *nodes;
    size_t count, room;
    uint64_t *seen; /* fingerprints; 0: none */
    size_t seen_count, seen_room;
    size_t at;        /* the node that is gone on from */
    const call *next; /* by this call */
    unsigned foreign; /* foreign actions, this one included */
    const char *failed;
    bool is_possible;
    totals sum;
} s;

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

static void *resized(void *memory, size_t size)
{
    memory = realloc(memory, size);
    if (!memory) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

static bool remember_in(uint64_t *seen, size_t room, uint64_t fingerprint)
{
    size_t at = fingerprint & (room - 1);
    while (seen[at] != 0 && seen[at] != fingerprint)
        at = (at + 1) & (room - 1);
    bool is_new = seen[at] == 0;
    seen[at] = fingerprint;
    return is_new;
}

static void grow_seen(void)
{
    size_t room = s.seen_room ? 2 * s.seen_room : 1 << 12;
    uint64_t *seen = resized(NULL, room * sizeof *seen);
    memset(seen, 0, room * sizeof *seen);
    for (size_t i = 0; i < s.seen_room; i++)
        if (s.seen[i])
            remember_in(seen, room, s.seen[i]);
    free(s.seen);
    s.seen = seen;
    s.seen_room = room;
}

/* Is this state met for the first time, after so many foreign actions? */
static bool is_new(const snapshot *state)
{
    if (2 * s.seen_count >= s.seen_room)
        grow_seen();
    uint64_t fingerprint = (pools_fingerprint(state) << 2 | s.foreign) + 1;
    bool added = remember_in(s.seen, s.seen_room, fingerprint ? fingerprint : 1);
    s.seen_count += added;
    return added;
}

static void add_node(const snapshot *state, size_t parent, uint16_t by)
{
    if (s.count == s.room) {
        s.room = s.room ? 2 * s.room : 256;
        s.nodes = resized(s.nodes, s.room * sizeof *s.nodes);
    }
    node *n = &s.nodes[s.count++];
    n->state = *state;
    n->parent = (uint32_t)parent;
    n->call = by;
    n->foreign = (uint8_t)s.foreign;
}

/* ---- Printing --------------------------------------------------------------------------------------------------- */

static void print_path(size_t at)
{
    if (at == 0)
        return;
    print_path(s.nodes[at].parent);
    fprintf(stderr, " %s", s.calls->calls[s.nodes[at].call].name);
}

static void print_sequence(void)
{
    fprintf(stderr, "  %zux%zu:", the_pool.blocks, the_pool.size);
    print_path(s.at);
    fprintf(stderr, " %s", s.next ? s.next->name : "");
}

/* Was this said often enough? */
static bool is_known(const char *text)
{
    enum { KINDS_MAX = 16, EACH_MAX = 4, TEXT_MAX = 160 };
    static char texts[KINDS_MAX][TEXT_MAX];
    static unsigned counts[KINDS_MAX];
    size_t i = 0;
    while (i < KINDS_MAX && counts[i] > 0 && strncmp(texts[i], text, TEXT_MAX - 1) != 0)
        i++;
    if (i == KINDS_MAX)
        return true;
    strncpy(texts[i], text, TEXT_MAX - 1);
    return ++counts[i] > EACH_MAX;
}

static void report(void)
{
    s.sum.failures++;
    if (is_known(s.failed))
        return;
    print_sequence();
    fprintf(stderr, "\n      %s\n", s.failed);
}

/* ---- Searching -------------------------------------------------------------------------------------------------- */

/* One call from the state of s.at; guarded. */
static const char *step(void *context)
{
    const snapshot *before = &s.nodes[s.at].state;
    (void)context;
    pools_restore(before);
    ta_status status = s.next->run(s.next);
    s.is_possible = (int)status != NOT_POSSIBLE;
    return s.is_possible ? check_call(before, status) : NULL;
}

static const char *check_here(void *context)
{
    return check_state(context, s.foreign);
}

/* Go on from s.at by s.next. */
static void follow(void)
{
    snapshot state;
    memset(&state, 0, sizeof state);
    s.failed = guarded(step, NULL);
    if (!s.failed && !s.is_possible)
        return;
    s.sum.transitions++;
    s.sum.foreign += s.next->is_foreign;
    if (!s.failed) {
        pools_save(&state);
        if (!is_new(&state))
            return;
        s.sum.states++;
        s.failed = guarded(check_here, &state);
    }
    if (s.failed)
        report();
    else
        add_node(&state, s.at, (uint16_t)(s.next - s.calls->calls));
}

static void follow_all(unsigned groups)
{
    for (size_t i = 0; i < s.calls->count; i++) {
        s.next = &s.calls->calls[i];
        s.foreign = s.nodes[s.at].foreign + s.next->is_foreign;
        if ((s.next->groups & groups) && s.foreign <= FOREIGN_MAX)
            follow();
    }
}

static void begin_search(size_t blocks, size_t size, age begins)
{
    static alphabet calls;
    snapshot state;
    memset(&state, 0, sizeof state);
    memset(&s, 0, sizeof s);
    pools_begin(blocks, size, begins);
    alphabet_make(&calls);
    s.calls = &calls;
    pools_save(&state);
    is_new(&state);
    add_node(&state, 0, 0);
    print_current = print_sequence;
}

static void end_search(totals *sum)
{
    sum->transitions += s.sum.transitions;
    sum->states += s.sum.states;
    sum->foreign += s.sum.foreign;
    sum->failures += s.sum.failures;
    print_current = NULL;
    free(s.nodes);
    free(s.seen);
}

/* Calls that the next level takes, at most. */
static unsigned long level_calls(size_t nodes, unsigned groups)
{
    unsigned long calls = 0;
    for (size_t i = 0; i < s.calls->count; i++)
        calls += (s.calls->calls[i].groups & groups) != 0;
    return calls * nodes;
}

unsigned search(const quest *q, totals *sum)
{
    enum { LENGTH_MIN = 3 };
    size_t first = 0;
    unsigned length = 0;
    begin_search(q->blocks, q->size, q->begins);
    while (first < s.count &&
           (length < LENGTH_MIN || level_calls(s.count - first, q->groups) <= q->level_max)) {
        size_t end = s.count;
        for (s.at = first; s.at < end; s.at++)
            follow_all(q->groups);
        first = end;
        length++;
    }
    end_search(sum);
    return length;
}

/* ---- One sequence ------------------------------------------------------------------------------------------------ */

static const char *skip_spaces(const char *c)
{
    return c + strspn(c, " ");
}

/* The next call of a sequence; NULL after a complaint. */
static const call *next_of(const char *name, size_t length)
{
    const call *c = alphabet_find(s.calls, name, length);
    if (!c)
        fprintf(stderr, "there is no call %.*s\n", (int)length, name);
    return c;
}

/* Follow one sequence of names; where it does not fail, each state is kept. */
static bool follow_names(const char *names)
{
    for (names = skip_spaces(names); *names; names = skip_spaces(names)) {
        size_t length = strcspn(names, " "), count = s.count;
        s.next = next_of(names, length);
        if (!s.next)
            return false;
        s.foreign = s.nodes[s.at].foreign + s.next->is_foreign;
        follow();
        if (s.failed)
            return false;
        if (s.count > count)
            s.at = s.count - 1; /* else nothing changed */
        names += length;
    }
    return true;
}

bool replay(const char *sequence)
{
    unsigned blocks, size;
    int length;
    if (sscanf(sequence, "%ux%u:%n", &blocks, &size, &length) != 2 || blocks - 1 >= BLOCKS_MAX ||
        size - 1 >= SIZE_MAX_OF_BLOCK) {
        fprintf(stderr, "a sequence begins with the pool, as in 4x1: b.push\n");
        return false;
    }
    totals sum = {0, 0, 0, 0};
    begin_search(blocks, size, IS_NEW);
    bool is_right = follow_names(sequence + length);
    end_search(&sum);
    return is_right;
}
