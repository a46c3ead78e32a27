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

/* Numbers, none of them 0. */
typedef struct set {
    uint64_t *numbers; /* 0: none */
    size_t count, room;
} set;

/* States that were checked, in this search of a pool or in one before. */
static set checked;

/* What is being searched. */
static struct {
    const alphabet *calls;
    node *nodes;
    size_t count, room;
    set seen;         /* states met in this search */
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

static bool put(uint64_t *numbers, size_t room, uint64_t number)
{
    size_t at = number & (room - 1);
    while (numbers[at] != 0 && numbers[at] != number)
        at = (at + 1) & (room - 1);
    bool is_new = numbers[at] == 0;
    numbers[at] = number;
    return is_new;
}

static void grow(set *in)
{
    size_t room = in->room ? 2 * in->room : 1 << 12;
    uint64_t *numbers = resized(NULL, room * sizeof *numbers);
    memset(numbers, 0, room * sizeof *numbers);
    for (size_t i = 0; i < in->room; i++)
        if (in->numbers[i])
            put(numbers, room, in->numbers[i]);
    free(in->numbers);
    in->numbers = numbers;
    in->room = room;
}

/* Is it new? */
static bool add_number(set *to, uint64_t number)
{
    if (2 * to->count >= to->room)
        grow(to);
    bool added = put(to->numbers, to->room, number);
    to->count += added;
    return added;
}

static void forget(set *numbers)
{
    free(numbers->numbers);
    memset(numbers, 0, sizeof *numbers);
}

/* A number, not 0, for a state and the number of foreign actions before it. */
static uint64_t number_of(const snapshot *state)
{
    uint64_t number = pools_fingerprint(state) << 2 | s.foreign;
    return number ? number : 1;
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
        uint64_t number = number_of(&state);
        if (!add_number(&s.seen, number))
            return;
        if (add_number(&checked, number)) {
            s.sum.states++;
            s.failed = guarded(check_here, &state);
        }
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
    add_number(&s.seen, number_of(&state));
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
    forget(&s.seen);
}

void search_begin_pool(void)
{
    forget(&checked);
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
    search_begin_pool();
    begin_search(blocks, size, IS_NEW);
    bool is_right = follow_names(sequence + length);
    end_search(&sum);
    return is_right;
}
