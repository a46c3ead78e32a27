/*
 * An interrupt at every instruction: runs each operation of the image in each scenario, once for every instruction
 * boundary inside it, with the interrupt raised exactly there, and compares what came of it with the model.
 *
 *     inject CPU image.elf protected [PART [N]]  every pair, or every N-th (of slab, queue, buffer, recent, or nested: two
 *                                                interrupts); fails when any outcome is illegal
 *     inject CPU image.elf configured [PART [N]] the same of an image with other options, where more may mask
 *     inject CPU image.elf selection             those of the slab, and those of the queues in every fifth scenario
 *     inject CPU image.elf unprotected|torn|ended  until each operation is caught; fails when one is not
 *     inject CPU image.elf broken PART           until one pair is caught; fails when none is
 *     inject CPU image.elf only PAIR [BOUNDARY]  one pair, verbosely
 *
 * The image is stepped once through the operation. At each boundary its state is saved, the interrupt raised and run,
 * and the state put back: nothing is reset, nothing sampled. What follows the interrupt runs once for neighbouring
 * boundaries that lead into one state: one boundary's state after the interrupt and one more instruction is the next
 * one's after the interrupt, byte by byte. A machine in the same state does the same.
 */
#include "judge.h"
#include "machine.h"
#include "pairs.h"
#include "teeth.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOUNDARIES_MAX 10000000

static struct tally tallies[GROUP_COUNT][OP_COUNT];

static bool is_verbose, stops_at_failure, has_failed;
static int only_pair = -1, only_boundary = -1, pair_number;

/* The pair that is under way. */
static struct {
    struct record asked;
    const char *action, *inner;
    struct tally *tally;
    bool is_legal; /* so far */
    uint32_t sp;   /* nested: of what the outer interrupt interrupts */
} pair;

/* ---- What is said of a failure ----------------------------------------------------------------------------------- */

static void print_call(const char *who, const struct call *c)
{
    printf("      %s %s %d -> status %d, count %d, bytes", who, op_names[c->op], c->n, c->status, c->count);
    for (int i = 0; i < 14; i++)
        printf(" %02x", c->bytes[i]);
    printf("\n");
}

static void print_buffer(const struct record *r, int which)
{
    printf("      buffer %d: %d bytes in %d chunks:", which, r->buffer[which].length,
           r->buffer[which].chunks);
    for (int i = 0; i < r->buffer[which].length && i < DATA_MAX; i++)
        printf(" %02x", r->buffer[which].bytes[i]);
    printf("\n");
}

static void print_record(const struct record *r)
{
    print_call("main", &r->main);
    for (int i = 0; i < ISR_CALLS_MAX && r->isr[i].op; i++)
        print_call("interrupt", &r->isr[i]);
    for (int i = 0; i < INNER_CALLS_MAX && r->inner[i].op; i++)
        print_call("inner interrupt", &r->inner[i]);
    printf(
        "      runs %d and %d, masked %d, masks that erred %d; checks: slab %d queue %d buffers %d recent "
        "%d; live "
        "%x intact %d "
        "used %d peak %d failures %d; leaked %d refilled %d check %d; paused %d\n      queue %d, dropped %d:",
        r->isr_runs, r->inner_runs, r->is_masked, r->mask_erred, r->slab_check, r->queue_check,
        r->buffer_check, r->recent_check, r->live, r->intact, r->used, r->peak, r->failures, r->leaked,
        r->refilled, r->last_check, r->is_paused, r->queue_length, r->dropped[0] | r->dropped[1] << 8);
    for (int i = 0; i < r->queue_length && i < DATA_MAX; i++)
        printf(" %02x", r->queue[i]);
    printf("\n");
    print_buffer(r, 0);
    print_buffer(r, 1);
    printf("      recent: %d units, dropped %d:", r->recent_count,
           r->recent_dropped[0] | r->recent_dropped[1] << 8);
    for (int i = 0; i < r->recent_length && i < DATA_MAX; i++)
        printf(" %02x", r->recent[i]);
    printf("\n");
}

static void print_outcome(const char *verdict, const struct record *r, int first, int last, uint32_t pc)
{
    const struct record *a = &pair.asked;
    printf("%s: pair %d, boundaries %d to %d, first pc %#x: %s %d while the interrupt does \"%s\"%s%s\n      "
           "queue %d-%d "
           "bytes, buffers %d-%d and %d-%d, recent %d-%d units of %d below %d, %d blocks free, limit %d, "
           "reserved %d, kept %d   (repeat: only "
           "%d %d)\n",
           verdict, pair_number, first, last, (unsigned)pc, op_names[a->main.op], a->main.n, pair.action,
           a->nests ? ", interrupted by " : "", a->nests ? pair.inner : "", a->written, a->read, a->out,
           a->out_eaten, a->aside, a->aside_eaten, a->units, a->units_read, a->unit, a->units_limit,
           a->available, a->limit, a->reserved, a->kept, pair_number, first);
    if (r)
        print_record(r);
}

/* ---- Outcomes ---------------------------------------------------------------------------------------------------- */

/* Those of this pair so far: where the operation ended in the same state, the checks say the same. */
#define OUTCOMES_MAX 64
static struct outcome {
    struct machine_state end;
    bool has_ended;
    struct record record;
    enum verdict verdict;
} outcomes[OUTCOMES_MAX];
static int outcome_count;

static bool is_same(const struct machine_state *a, const struct machine_state *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* Run on from this state to the verdict. */
static const struct outcome *outcome_of(const struct machine_state *s)
{
    struct outcome *o = &outcomes[outcome_count];
    machine_restore(s);
    o->has_ended = (!pair.asked.nests || machine_leave(pair.sp)) && machine_finish(&o->end);
    for (int i = 0; o->has_ended && i < outcome_count; i++)
        if (outcomes[i].has_ended && is_same(&outcomes[i].end, &o->end))
            return &outcomes[i];
    if (outcome_count < OUTCOMES_MAX - 1)
        outcome_count++;
    o->has_ended = o->has_ended && machine_check(&o->record);
    o->verdict = o->has_ended ? judge(&pair.asked, &o->record, machine_returns_late) : ILLEGAL;
    return o;
}

/* Boundaries in a row that lead into one state. */
static struct {
    struct machine_state next; /* one instruction after the last one's interrupt */
    bool is_alive;             /* the interrupt has returned, and that instruction done no harm */
    int first, count;
    uint32_t pc;
} stretch;

static void judge_stretch(void)
{
    static const char *const says[] = {"ILLEGAL", "serial", "between"};
    if (stretch.count == 0)
        return;
    struct tally *t = pair.tally;
    const struct outcome *o = stretch.is_alive ? outcome_of(&stretch.next) : NULL;
    bool has_ended = o && o->has_ended;
    enum verdict verdict = has_ended ? o->verdict : ILLEGAL;
    t->runs++;
    t->compared += has_ended ? stretch.count : 0;
    t->between += verdict == BETWEEN ? stretch.count : 0;
    t->failures += verdict == ILLEGAL ? stretch.count : 0;
    pair.is_legal &= verdict != ILLEGAL;
    if (is_verbose && (verdict == ILLEGAL || only_boundary >= 0))
        print_outcome(has_ended ? says[verdict] : "HUNG", has_ended ? &o->record : NULL, stretch.first,
                      stretch.first + stretch.count - 1, stretch.pc);
    stretch.count = 0;
}

/* The machine stands at a boundary: what comes of an interrupt here? */
static void inject(int boundary, int which)
{
    static struct machine_state now;
    uint32_t pc = machine_pc(), sp = machine_sp();
    pair.tally->boundaries++;
    pair.tally->at_once += machine_interrupt(which);
    bool is_alive = machine_leave(sp) && machine_save(&now);
    if (stretch.count == 0 || !is_alive || !stretch.is_alive || !is_same(&now, &stretch.next)) {
        judge_stretch();
        stretch.first = boundary;
        stretch.pc = pc;
        if (is_alive)
            machine_restore(&now);
    }
    stretch.count++;
    stretch.is_alive = is_alive && machine_step() && machine_save(&stretch.next);
}

/* ---- One pair of operation and interrupt, in one scenario --------------------------------------------------------- */

static bool is_wanted(int boundary)
{
    if (boundary > BOUNDARIES_MAX) {
        printf("pair %d does not end\n", pair_number);
        exit(2);
    }
    return only_boundary < 0 || only_boundary == boundary;
}

static void step_from(const struct machine_state *s)
{
    machine_restore(s);
    if (!machine_step()) {
        printf("pair %d fails without an interrupt\n", pair_number);
        exit(2);
    }
}

/* An interrupt at every boundary of the operation. */
static void run_single(void)
{
    static struct machine_state here;
    for (int boundary = 0; !machine_is_done() && (pair.is_legal || !stops_at_failure); boundary++) {
        machine_save(&here);
        if (is_wanted(boundary))
            inject(boundary, OUTER_INTERRUPT);
        step_from(&here);
    }
    judge_stretch();
}

/* At every boundary of the operation at which the interrupt is taken: one more at every boundary of its handler. */
static void run_nested(void)
{
    static struct machine_state here, inside;
    for (int boundary = 0; !machine_is_done();) {
        machine_save(&here);
        pair.sp = machine_sp();
        machine_interrupt(OUTER_INTERRUPT);
        for (; machine_sp() < pair.sp && (pair.is_legal || !stops_at_failure); boundary++) {
            machine_save(&inside);
            if (is_wanted(boundary))
                inject(boundary, INNER_INTERRUPT);
            step_from(&inside);
        }
        judge_stretch();
        step_from(&here);
    }
}

static void run_pair(const struct group *g, int call, int scenario, int action, int inner)
{
    const struct action *a = (const struct action *)g->actions.items + action;
    const struct action *i = (const struct action *)g->inner.items + inner;
    struct record *asked = &pair.asked;
    *asked = ((const struct record *)g->scenarios.items)[scenario];
    asked->main = ((const struct call *)g->calls.items)[call];
    memcpy(asked->isr, a->calls, sizeof asked->isr);
    for (int k = 0; k < ISR_CALLS_MAX; k++)
        asked->isr[k].who = ISR;
    pair.action = a->name;
    asked->nests = g->inner.count > 0;
    asked->reader_wraps = (scenario + scenario / 8) % 2;
    if (asked->nests) {
        memcpy(asked->inner, i->calls, sizeof asked->inner);
        for (int k = 0; k < INNER_CALLS_MAX; k++)
            asked->inner[k].who = INNER;
        pair.inner = i->name;
    }

    if (!machine_begin(asked)) {
        printf("cannot prepare pair %d\n", pair_number);
        exit(2);
    }
    pair.tally->pairs++;
    pair.is_legal = true;
    outcome_count = 0;
    if (asked->nests)
        run_nested();
    else
        run_single();
    pair.tally->failed_pairs += !pair.is_legal;
    has_failed |= !pair.is_legal;
}

/* ---- All of them -------------------------------------------------------------------------------------------------- */

/* What is left out. */
static struct {
    const char *part;     /* all others; "queue" has the part "view", too */
    const char *also;     /* but this one */
    int every;            /* pairs with other numbers than its multiples; 0: none */
    bool is_selection;    /* what a selection leaves out */
    bool after_first;     /* what follows the first pair that failed */
    int failed_pairs_max; /* an operation that has failed in so many pairs; 0: none */
} leave_out;

static bool is_left_out(const struct group *g, int scenario)
{
    bool is_slab = strcmp(g->name, "slab") == 0, is_view = strcmp(g->name, "view") == 0;
    bool is_queue = strcmp(g->name, "queue") == 0 || strcmp(g->name, "recent") == 0 || is_view;
    if (only_pair >= 0)
        return only_pair != pair_number;
    if (leave_out.part && strcmp(leave_out.part, g->name) != 0 &&
        !(is_view && strcmp(leave_out.part, "queue") == 0) &&
        !(leave_out.also && strcmp(leave_out.also, g->name) == 0))
        return true;
    if (leave_out.every && pair_number % leave_out.every != 0)
        return true;
    if (leave_out.is_selection && !(is_slab || (is_queue && scenario % 5 == 0)))
        return true;
    if (leave_out.after_first && has_failed)
        return true;
    return leave_out.failed_pairs_max &&
           (g->inner.count > 0 || pair.tally->failed_pairs >= leave_out.failed_pairs_max);
}

static void run_group(int number)
{
    const struct group *g = group_at(number);
    for (int call = 0; call < g->calls.count; call++)
        for (int scenario = 0; scenario < g->scenarios.count; scenario++)
            for (int action = 0; action < g->actions.count; action++)
                for (int inner = 0; inner < g->inner.count + (g->inner.count == 0); inner++, pair_number++) {
                    pair.tally = &tallies[number][((const struct call *)g->calls.items)[call].op];
                    if (!is_left_out(g, scenario))
                        run_pair(g, call, scenario, action, inner);
                }
}

static void run_all(void)
{
    for (int g = 0; g < GROUP_COUNT; g++)
        run_group(g);
}

/* ---- The report --------------------------------------------------------------------------------------------------- */

static void add(struct tally *sum, const struct tally *t)
{
    sum->pairs += t->pairs;
    sum->boundaries += t->boundaries;
    sum->at_once += t->at_once;
    sum->runs += t->runs;
    sum->compared += t->compared;
    sum->between += t->between;
    sum->failures += t->failures;
    sum->failed_pairs += t->failed_pairs;
}

static void print_tally(const char *name, const struct tally *t)
{
    printf("%-19s %6ld %9ld %9ld %9ld %8ld %9ld %8ld\n", name, t->pairs, t->boundaries, t->at_once,
           t->compared, t->between, t->runs, t->failures);
}

/* By operation, of the groups with two interrupts, or of those with one. */
static void sum_up(bool nested, struct tally of_op[OP_COUNT])
{
    memset(of_op, 0, OP_COUNT * sizeof *of_op);
    for (int op = 0; op < OP_COUNT; op++)
        for (int g = 0; g < GROUP_COUNT; g++)
            if ((group_at(g)->inner.count > 0) == nested)
                add(&of_op[op], &tallies[g][op]);
}

static struct tally report(const char *machine, bool nested)
{
    struct tally sum = {0}, of_op[OP_COUNT];
    int operations = 0;
    printf("%-19s %6s %9s %9s %9s %8s %9s %8s\n", "operation", nested ? "triples" : "pairs", "bounds",
           "at once", "compared", "between", "runs", "failures");
    sum_up(nested, of_op);
    for (int op = 0; op < OP_COUNT; op++) {
        if (of_op[op].pairs == 0)
            continue;
        operations++;
        print_tally(op_names[op], &of_op[op]);
        add(&sum, &of_op[op]);
    }
    print_tally("all", &sum);
    printf("%s, %s: %d operations, %ld %s, %ld boundaries injected, %ld outcomes compared (%ld in orders "
           "between two "
           "steps), %ld failures\n",
           machine, nested ? "an interrupt in the interrupt" : "one interrupt", operations, sum.pairs,
           nested ? "triples" : "pairs", sum.boundaries, sum.compared, sum.between, sum.failures);
    return sum;
}

static bool report_all(const char *machine, bool is_default)
{
    bool is_legal = true;
    for (int nested = 0; nested < 2; nested++) {
        struct tally of_op[OP_COUNT], sum = {0};
        sum_up(nested, of_op);
        for (int op = 0; op < OP_COUNT; op++)
            add(&sum, &of_op[op]);
        if (sum.pairs == 0)
            continue;
        sum = report(machine, nested);
        is_legal &= sum.failures == 0 && sum.compared == sum.boundaries;
        is_legal &= nested || !is_default || teeth_mask_nothing(machine, of_op);
    }
    return is_legal;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    const char *cpu = argv[1], *mode = argv[3];
    struct tally of_op[OP_COUNT];
    setvbuf(stdout, NULL, _IOLBF, 0);
    machine_open(cpu, argv[2]);
    if (strcmp(mode, "unprotected") == 0 || strcmp(mode, "torn") == 0 || strcmp(mode, "ended") == 0) {
        bool torn = strcmp(mode, "torn") == 0, ended = strcmp(mode, "ended") == 0;
        stops_at_failure = true;
        leave_out.failed_pairs_max = torn || ended ? 1 : 3;
        leave_out.part = torn ? "queue" : ended ? "view" : NULL;
        leave_out.also = torn ? "recent" : NULL;
        run_all();
        report(cpu, false);
        sum_up(false, of_op);
        return !teeth_caught_all(cpu, mode, of_op);
    }
    if (strcmp(mode, "broken") == 0 && argc > 4) {
        stops_at_failure = leave_out.after_first = true;
        leave_out.part = argv[4];
        run_all();
        if (has_failed)
            printf("found: %s while the interrupt does \"%s\"\n", op_names[pair.asked.main.op], pair.action);
        return !has_failed;
    }
    is_verbose = true;
    if (strcmp(mode, "only") == 0 && argc > 4) {
        only_pair = atoi(argv[4]);
        only_boundary = argc > 5 ? atoi(argv[5]) : -1;
    } else {
        stops_at_failure = true;
        leave_out.is_selection = strcmp(mode, "selection") == 0;
        leave_out.part = argc > 4 ? argv[4] : NULL;
        leave_out.every = argc > 5 ? atoi(argv[5]) : 0;
    }
    run_all();
    return !report_all(cpu, strcmp(mode, "protected") == 0);
}
