/*
 * How long does each operation mask at most? Measured in three rounds: no pool, block or request may make it longer.
 *
 *     ways      in a pool of 8 blocks of 8: every operation in every state that the tables below can make. Each
 *               figure that is new for an operation is a way through it, and the state that led there is kept.
 *     pools     all these ways again in a pool of each number of blocks (8 to 255), of each block size (8 to 255), and
 *               in the largest pools that fit into the machine: none may mask longer than the longest of its operation.
 *     lengths   every operation with each number of bytes held and each request, from 0 to the limit, in pools of 4
 *               blocks and more: none may mask longer than the longest of its ways.
 *
 *     measure CPU IMAGE all     prints a line for each operation: name, longest masked stretch, the state that led there
 *     measure CPU IMAGE ways    the same after the first round
 */
#include "machine.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

/* ---- The operations -------------------------------------------------------------------------------------------- */

#define OPERATION_ROW(name, kind, request) {"ta_" #name, kind, request},
static const struct {
    const char *name;
    enum kind kind;
    bool is_sized;
} operations[] = {OPERATIONS(OPERATION_ROW)};

static bool has_bytes(int kind)
{
    return kind >= BUFFER;
}

static bool has_other(int kind)
{
    return kind == BUFFERS || kind == QUEUE_BUFFER;
}

/* ---- States, whatever the size of a block ---------------------------------------------------------------------- */

/* blocks * block_size + bytes */
struct length {
    int blocks, bytes;
};
static const struct length requests[] = {
    {0, 0}, {0, 1}, {0, 3}, {1, -1}, {1, 0}, {1, 1}, {2, -1}, {2, 1}, {3, 0}, {3, 1}, {4, 1}, {5, 0},
};
static const int frees[] = {0, 1, 4}; /* blocks left */
static const struct length others[] = {{0, 0}, {0, 1}, {1, 0}, {3, 1}};

/* Bytes in and out: nothing; drained, with room behind or none; one chunk, two, three, five; begun or not, full or not. */
static const struct filling {
    struct length held, eaten;
} fillings[] = {
    {{0, 0}, {0, 0}}, {{0, 1}, {0, 1}},  {{1, 0}, {1, 0}},  {{0, 1}, {0, 0}}, {{1, -1}, {0, 1}},
    {{1, 0}, {0, 0}}, {{1, 0}, {1, -1}}, {{1, 1}, {0, 0}},  {{1, 1}, {1, 0}}, {{1, 1}, {1, -1}},
    {{2, 0}, {0, 0}}, {{2, 0}, {1, 0}},  {{2, -1}, {0, 2}}, {{2, 1}, {0, 1}}, {{2, 1}, {2, 0}},
    {{3, 0}, {0, 0}}, {{3, -1}, {1, 1}}, {{4, 1}, {0, 0}},
};

struct state {
    int kind, pool, mode, filling, other, free, order;
};

#define SMALL_COUNT 8
#define SMALL_SIZE 8

static uint16_t bytes_of(struct length length, int block_size)
{
    return (uint16_t)(length.blocks * block_size + length.bytes);
}

/* A state in a pool; of the blocks beyond SMALL_COUNT all are taken. */
static struct request request_of(const struct state *s, int block_count, int block_size)
{
    struct request r = {0};
    r.kind = (uint16_t)s->kind;
    r.pool = (uint16_t)s->pool;
    r.mode = (uint16_t)s->mode;
    r.block_count = (uint16_t)block_count;
    r.block_size = (uint16_t)block_size;
    r.hogs = (uint16_t)(block_count - SMALL_COUNT);
    r.held = bytes_of(fillings[s->filling].held, block_size);
    r.eaten = bytes_of(fillings[s->filling].eaten, block_size);
    r.other = bytes_of(others[s->other], block_size);
    r.free = (uint16_t)frees[s->free];
    r.order = (uint16_t)s->order;
    return r;
}

/* ---- What was found -------------------------------------------------------------------------------------------- */

#define WAYS_MAX 64
#define STATES_MAX 1000

static struct state states[STATES_MAX]; /* those that ways begin with */
static int state_count;
static struct way {
    int state, request, stretch;
} ways[OPERATION_COUNT][WAYS_MAX];
static int way_count[OPERATION_COUNT], longest[OPERATION_COUNT];
static long measured, pools, failures;

static void print_request(FILE *to, const struct request *r)
{
    static const char *const pool_names[] = {"used", "fresh", "worn"};
    static const char *const modes[] = {"",
                                        ", a reservation open",
                                        ", at its limit",
                                        ", stale",
                                        ", a block of headroom",
                                        ", on_high next",
                                        ", on_low next"};
    fprintf(to, "%s pool, %d blocks of %d", pool_names[r->pool], r->block_count, r->block_size);
    if (r->free != ANY)
        fprintf(to, ", %d free", r->free);
    if (r->order != ANY && r->order > 0)
        fprintf(to, r->order == MIXED ? ", not side by side" : ", from block %d on", r->order);
    if (has_bytes(r->kind))
        fprintf(to, ", %d bytes in and %d out", r->held, r->eaten);
    if (has_other(r->kind))
        fprintf(to, ", %d in the other", r->other);
    if (operations[r->operation].is_sized)
        fprintf(to, ", asked for %d", r->n);
    fprintf(to, "%s\n", modes[r->mode]);
}

static int measure(struct request *r, int operation, int n)
{
    r->operation = (uint16_t)operation;
    r->n = (uint16_t)n;
    measured++;
    return machine_measure(r);
}

#define FAILURES_SHOWN 20

static void fail(const struct request *r, int stretch, int longest_way)
{
    if (failures++ >= FAILURES_SHOWN)
        return;
    fprintf(stderr, "%s masks for %d, not %d at most: ", operations[r->operation].name, stretch, longest_way);
    print_request(stderr, r);
}

/* ---- The ways -------------------------------------------------------------------------------------------------- */

static int number_of(const struct state *s)
{
    if (state_count > 0 && memcmp(&states[state_count - 1], s, sizeof *s) == 0)
        return state_count - 1;
    if (state_count == STATES_MAX) {
        fprintf(stderr, "too many states\n");
        exit(2);
    }
    states[state_count] = *s;
    return state_count++;
}

static void find_way(const struct state *s, struct request *r, int operation, int request)
{
    struct way *known = ways[operation];
    int stretch = measure(r, operation, bytes_of(requests[request], SMALL_SIZE));
    if (stretch == 0)
        return;
    for (int i = 0; i < way_count[operation]; i++)
        if (known[i].stretch == stretch)
            return;
    if (way_count[operation] == WAYS_MAX) {
        fprintf(stderr, "%s masks for more than %d different times\n", operations[operation].name, WAYS_MAX);
        exit(2);
    }
    if (stretch >= known[longest[operation]].stretch)
        longest[operation] = way_count[operation];
    known[way_count[operation]++] = (struct way){number_of(s), request, stretch};
}

static bool find_ways_from(const struct state *s)
{
    struct request r = request_of(s, SMALL_COUNT, SMALL_SIZE);
    if (!machine_prepare(&r))
        return false;
    for (int op = 0; op < OPERATION_COUNT; op++)
        for (int k = 0; operations[op].kind == r.kind && k < (operations[op].is_sized ? COUNT(requests) : 1);
             k++)
            find_way(s, &r, op, k);
    return true;
}

/* Does this mode make a difference for the kind in the pool? `peak` and `failures` have to do with taking blocks, not
 * with the bytes. */
static bool matters(int kind, int pool, int mode)
{
    if (kind == PLAIN)
        return pool == USED && mode == USUAL;
    if (pool != USED)
        return mode == USUAL || mode == KEPT;
    if (kind == RECENT)
        return mode == USUAL || mode == LIMITED || mode == STALE;
    return kind >= QUEUE || mode <= KEPT;
}

static void find_ways(int kind, int pool, int mode, int order)
{
    struct state s = {kind, pool, mode, 0, 0, 0, order};
    int most_free = pool == WORN ? 0 : COUNT(frees) - 1;
    for (s.filling = 0; s.filling < (has_bytes(kind) ? COUNT(fillings) : 1); s.filling++)
        for (s.other = 0; s.other < (has_other(kind) ? COUNT(others) : 1); s.other++)
            for (s.free = 0; s.free <= most_free && find_ways_from(&s); s.free++)
                ;
}

/* Free blocks that lie side by side are taken and freed together. */
static void find_ways_in_every_order(int kind, int pool, int mode)
{
    if (kind == PLAIN || pool != USED) {
        find_ways(kind, pool, mode, ANY);
        return;
    }
    for (int order = 0; order < SMALL_COUNT; order++)
        find_ways(kind, pool, mode, order);
    find_ways(kind, pool, mode, MIXED);
}

static void find_all_ways(void)
{
    for (int pool = USED; pool <= WORN; pool++)
        for (int mode = USUAL; mode <= AT_LOW_MARK; mode++)
            for (int kind = PLAIN; kind < KIND_COUNT; kind++)
                if (matters(kind, pool, mode))
                    find_ways_in_every_order(kind, pool, mode);
}

static void compare(struct request *r, int operation, int n)
{
    int longest_way = ways[operation][longest[operation]].stretch;
    int stretch = measure(r, operation, n);
    if (stretch > longest_way)
        fail(r, stretch, longest_way);
}

/* ---- The pools ------------------------------------------------------------------------------------------------- */

static bool is_large_enough(int block_count, int block_size)
{
    struct state s = {PLAIN, USED, 0, 0, 0, 0, ANY};
    struct request r = request_of(&s, block_count, block_size);
    return machine_prepare(&r);
}

static void compare_ways_in(int block_count, int block_size)
{
    pools++;
    for (int i = 0; i < state_count; i++) {
        struct request r = request_of(&states[i], block_count, block_size);
        r.order = ANY;
        if (r.pool == WORN)
            continue;
        if (!machine_prepare(&r)) {
            fprintf(stderr, "cannot prepare: ");
            print_request(stderr, &r);
            exit(2);
        }
        for (int op = 0; op < OPERATION_COUNT; op++)
            for (const struct way *w = ways[op]; w < ways[op] + way_count[op]; w++) {
                if (w->state != i)
                    continue;
                compare(&r, op, bytes_of(requests[w->request], block_size));
            }
    }
}

static void compare_pools(void)
{
    for (int count = SMALL_COUNT; count <= 255; count++)
        compare_ways_in(count, SMALL_SIZE);
    for (int size = SMALL_SIZE; size <= 255; size++)
        compare_ways_in(SMALL_COUNT, size);
    int largest = 255;
    for (int size = SMALL_SIZE + 7; size <= 255; size += 8) {
        while (largest > SMALL_COUNT && !is_large_enough(largest, size))
            largest--;
        compare_ways_in(largest, size);
    }
}

/* ---- The lengths ----------------------------------------------------------------------------------------------- */

/* In a pool without hogs: every operation with these bytes, asked for 0 and so on in steps, and for the limit. */
static void compare_lengths_of(int kind, int block_count, int block_size, int held, int other, int step)
{
    struct state s = {kind, USED, 0, 0, 0, 0, ANY};
    struct request r = request_of(&s, block_count, block_size);
    int limit = block_count * block_size;
    r.hogs = 0;
    r.free = ANY;
    r.held = (uint16_t)held;
    r.other = (uint16_t)other;
    if (!machine_prepare(&r))
        return;
    for (int op = 0; op < OPERATION_COUNT; op++) {
        if (operations[op].kind != r.kind)
            continue;
        for (int n = 0; operations[op].is_sized && n < limit; n += step)
            compare(&r, op, n);
        compare(&r, op, limit);
    }
}

static void compare_lengths(int block_count, int block_size, int step)
{
    int limit = block_count * block_size;
    for (int kind = SLAB; kind < KIND_COUNT; kind++)
        for (int other = 0; other <= (has_other(kind) ? limit / 4 : 0); other += limit / 4) {
            for (int held = 0; has_bytes(kind) && held < limit; held += step)
                compare_lengths_of(kind, block_count, block_size, held, other, limit / 3);
            compare_lengths_of(kind, block_count, block_size, 0, other, step);
            compare_lengths_of(kind, block_count, block_size, limit / 2, other, step);
            compare_lengths_of(kind, block_count, block_size, limit, other, step);
        }
}

/* ---- The report ------------------------------------------------------------------------------------------------ */

static void report(void)
{
    int count = 0;
    for (int op = 0; op < OPERATION_COUNT; op++) {
        const struct way *w = &ways[op][longest[op]];
        printf("%s %d", operations[op].name, w->stretch);
        if (w->stretch > 0) {
            struct request r = request_of(&states[w->state], SMALL_COUNT, SMALL_SIZE);
            r.operation = (uint16_t)op;
            r.n = bytes_of(requests[w->request], SMALL_SIZE);
            printf(" ");
            print_request(stdout, &r);
        } else {
            printf("\n");
        }
        count += way_count[op];
    }
    fprintf(stderr, "%ld calls of %d operations measured, %d ways in %ld pools, %ld failures\n", measured,
            OPERATION_COUNT, count, pools, failures);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    machine_open(argv[1], argv[2]);
    find_all_ways();
    if (strcmp(argv[3], "all") == 0) {
        compare_pools();
        for (int count = 4; count < SMALL_COUNT; count++)
            compare_lengths(count, 8, 1);
        compare_lengths(16, 8, 1);
        compare_lengths(255, 8, 37);
        compare_lengths(4, 255, 13);
    }
    report();
    return failures > 0;
}
