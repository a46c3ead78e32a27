/*
 * An interrupt at every instruction: runs each operation of the image in each scenario, once for every instruction
 * boundary inside it, with the interrupt raised exactly there, and compares what came of it with the model.
 *
 *     inject image.elf protected [NOUN]      every pair (of slab, queue or buffer); fails when any outcome is illegal
 *     inject image.elf unprotected|torn      until each operation has been caught; fails when too few are
 *     inject image.elf only PAIR [BOUNDARY]  one pair, verbosely
 *
 * The image is stepped once through the operation. At each boundary its state is saved, the interrupt raised, the rest
 * run to the verdict, and the state put back: nothing is reset, nothing sampled.
 */
#include "model.h"
#include <sim_avr.h>
#include <sim_core.h>
#include <sim_elf.h>
#include <sim_interrupts.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GPIOR0 0x3E
#define GPIOR1 0x4A
#define GPIOR2 0x4B
#define VECTOR 1 /* INT0 */
#define CYCLES_MAX 200000
#define BURST 64
#define LONGEST_INSTRUCTION 5 /* cycles: call, ret */
#define STEPS_MAX 10000
#define CALL(o, k)          \
    {                       \
        .op = (o), .n = (k) \
    }

/* ---- What is run ----------------------------------------------------------------------------------------------- */

/* See struct record in race.h: bytes fed to the queue and taken from it, blocks left, the queue's limit and open
 * reservation, blocks kept in reserve, bytes fed to the buffer and taken from it, water marks. */
struct scenario {
    uint8_t written, read, available, limit, reserved, kept, out, out_eaten, marks;
};
struct action {
    const char *name;
    struct call calls[ISR_CALLS_MAX];
};
struct list {
    const void *items;
    int count;
};
#define LIST(array)                            \
    {                                          \
        array, sizeof(array) / sizeof *(array) \
    }

/* With a pool that is empty, nearly so, or not; a queue of three chunks and a buffer of two beside it. */
static const struct scenario slab_scenarios[] = {
    {7, 2, 0, 0, 0, 0, 5, 0, 0}, {7, 2, 1, 0, 0, 0, 5, 0, 0}, {7, 2, 2, 0, 0, 0, 5, 0, 0},
    {0, 0, 8, 0, 0, 0, 0, 0, 0}, {8, 4, 0, 0, 0, 2, 0, 0, 0}, {8, 4, 1, 0, 0, 1, 0, 0, 0},
};
/* The queue: never used; drained, with a block that has room or none; a byte before the end of a chunk, at the end of
 * it; a chunk that the reader has used up but not left; several chunks. */
#define SHAPES(available)                                                         \
    {0, 0, available, 0, 0, 0, 0, 0, 0}, {2, 2, available, 0, 0, 0, 0, 0, 0},     \
        {4, 4, available, 0, 0, 0, 0, 0, 0}, {3, 0, available, 0, 0, 0, 0, 0, 0}, \
        {4, 0, available, 0, 0, 0, 0, 0, 0}, {5, 4, available, 0, 0, 0, 0, 0, 0}, \
        {8, 4, available, 0, 0, 0, 0, 0, 0},                                      \
    {                                                                             \
        10, 3, available, 0, 0, 0, 0, 0, 0                                        \
    }
static const struct scenario queue_scenarios[] = {
    SHAPES(0),
    SHAPES(1),
    SHAPES(3),
    /* at the limit, and just below it */
    {3, 0, 4, 3, 0, 0, 0, 0, 0},
    {3, 0, 4, 4, 0, 0, 0, 0, 0},
    {8, 4, 4, 4, 0, 0, 0, 0, 0},
    {8, 4, 1, 9, 0, 0, 0, 0, 0},
    {0, 0, 4, 5, 0, 0, 0, 0, 0},
    /* just enough for one of two writes; with water marks: to be passed, and passed */
    {0, 0, 4, 0, 0, 0, 0, 0, 0},
    {4, 4, 5, 0, 0, 0, 0, 0, 0},
    {7, 0, 3, 0, 0, 0, 0, 0, 1},
    {9, 2, 3, 0, 0, 0, 0, 0, 1},
    {10, 1, 1, 0, 0, 0, 0, 0, 1},
};
/* The same for operations that take long. */
static const struct scenario bulk_scenarios[] = {
    {3, 0, 0, 0, 0, 0, 0, 0, 0}, {8, 4, 0, 0, 0, 0, 0, 0, 0},  {0, 0, 1, 0, 0, 0, 0, 0, 0},
    {3, 0, 1, 0, 0, 0, 0, 0, 0}, {8, 4, 1, 0, 0, 0, 0, 0, 0},  {10, 3, 1, 0, 0, 0, 0, 0, 0},
    {4, 4, 2, 0, 0, 0, 0, 0, 0}, {5, 4, 2, 0, 0, 0, 0, 0, 0},  {0, 0, 4, 0, 0, 0, 0, 0, 0},
    {4, 0, 4, 0, 0, 0, 0, 0, 0}, {4, 4, 5, 0, 0, 0, 0, 0, 0},  {10, 3, 3, 0, 0, 0, 0, 0, 0},
    {8, 4, 4, 4, 0, 0, 0, 0, 0}, {8, 4, 3, 12, 0, 0, 0, 0, 0}, {0, 0, 4, 9, 0, 0, 0, 0, 0},
    {9, 2, 3, 0, 0, 0, 0, 0, 1}, {10, 1, 1, 0, 0, 0, 0, 0, 1},
};
static const struct scenario reserved_scenarios[] = {
    {0, 0, 1, 0, 3, 0, 0, 0, 0}, {2, 2, 1, 0, 2, 0, 0, 0, 0}, {4, 4, 1, 0, 3, 0, 0, 0, 0},
    {8, 4, 2, 0, 3, 0, 0, 0, 0}, {8, 5, 0, 0, 3, 0, 0, 0, 0}, {3, 0, 4, 5, 2, 0, 0, 0, 0},
};
static const struct scenario take_scenarios[] = {
    {0, 0, 1, 0, 0, 0, 0, 0, 0},  {3, 0, 1, 0, 0, 0, 0, 0, 0},  {3, 0, 0, 0, 0, 0, 0, 0, 0},
    {4, 0, 1, 0, 0, 0, 0, 0, 0},  {8, 4, 0, 0, 0, 0, 0, 0, 0},  {8, 4, 1, 0, 0, 0, 0, 0, 0},
    {10, 3, 2, 0, 0, 0, 0, 0, 0}, {10, 3, 1, 0, 0, 0, 2, 0, 0}, {10, 4, 1, 0, 0, 0, 4, 0, 0},
    {10, 3, 1, 0, 0, 0, 7, 2, 0}, {9, 1, 0, 0, 0, 0, 3, 0, 0},  {7, 0, 2, 9, 0, 0, 4, 0, 0},
};
static const struct scenario buffer_scenarios[] = {
    {7, 2, 0, 0, 0, 0, 0, 0, 0},  {7, 2, 1, 0, 0, 0, 3, 0, 0}, {7, 2, 2, 0, 0, 0, 4, 0, 0},
    {8, 4, 0, 0, 0, 0, 7, 2, 0},  {8, 4, 2, 0, 0, 0, 7, 2, 0}, {0, 0, 2, 0, 0, 0, 8, 4, 0},
    {0, 0, 0, 0, 0, 0, 10, 3, 0},
};

/* What the interrupt does: works on the pool, as the writer, as the reader. */
#define FEW_POOL_ACTIONS                            \
    {"alloc", {CALL(OP_ALLOC, 2)}},                 \
    {                                               \
        "free, alloc",                              \
        {                                           \
            CALL(OP_FREE, GIVEN), CALL(OP_ALLOC, 1) \
        }                                           \
    }
#define POOL_ACTIONS                                                                          \
    {"alloc, free", {CALL(OP_ALLOC, 2), CALL(OP_FREE, ISR)}}, {"alloc", {CALL(OP_ALLOC, 2)}}, \
        {"free", {CALL(OP_FREE, GIVEN)}},                                                     \
    {                                                                                         \
        "free, alloc",                                                                        \
        {                                                                                     \
            CALL(OP_FREE, GIVEN), CALL(OP_ALLOC, 1)                                           \
        }                                                                                     \
    }
#define OWN_ACTIONS                                                                                   \
    {"free own", {CALL(OP_FREE, OWN)}}, {"free own, alloc", {CALL(OP_FREE, OWN), CALL(OP_ALLOC, 1)}}, \
        {"free own and given", {CALL(OP_FREE, OWN), CALL(OP_FREE, GIVEN)}},                           \
    {                                                                                                 \
        "resize",                                                                                     \
        {                                                                                             \
            CALL(OP_RESIZE, 2)                                                                        \
        }                                                                                             \
    }
#define WRITER_ACTIONS                                                                                  \
    {"push", {CALL(OP_PUSH, 0)}}, {"write 5", {CALL(OP_WRITE, 5)}}, {"write 12", {CALL(OP_WRITE, 12)}}, \
        {"write_some 12", {CALL(OP_WRITE_SOME, 12)}},                                                   \
    {                                                                                                   \
        "alloc, push, free both",                                                                       \
        {                                                                                               \
            CALL(OP_ALLOC, 2), CALL(OP_PUSH, 0), CALL(OP_FREE, ISR), CALL(OP_FREE, GIVEN)               \
        }                                                                                               \
    }
#define READER_ACTIONS                                                                                      \
    {"pop", {CALL(OP_POP, 0)}}, {"read 3", {CALL(OP_READ, 3)}}, {"read_some 12", {CALL(OP_READ_SOME, 12)}}, \
        {"take", {CALL(OP_TAKE, 0)}},                                                                       \
    {                                                                                                       \
        "alloc, pop, free both",                                                                            \
        {                                                                                                   \
            CALL(OP_ALLOC, 2), CALL(OP_POP, 0), CALL(OP_FREE, ISR), CALL(OP_FREE, GIVEN)                    \
        }                                                                                                   \
    }
static const struct action pool_actions[] = {POOL_ACTIONS, OWN_ACTIONS};
static const struct action slab_actions[] = {
    POOL_ACTIONS,
    OWN_ACTIONS,
    {"push", {CALL(OP_PUSH, 0)}},
    {"write 12", {CALL(OP_WRITE, 12)}},
    {"pop", {CALL(OP_POP, 0)}},
    {"read 3", {CALL(OP_READ, 3)}},
    {"alloc_reserved", {CALL(OP_ALLOC_RESERVED, 1)}},
};
static const struct action writer_actions[] = {
    FEW_POOL_ACTIONS, WRITER_ACTIONS, {"reserve, commit", {CALL(OP_RESERVE, 3), CALL(OP_COMMIT, 1)}}};
static const struct action reader_actions[] = {FEW_POOL_ACTIONS,
                                               READER_ACTIONS,
                                               {"consume 2", {CALL(OP_CONSUME, 2)}},
                                               {"buffer_write 9", {CALL(OP_B_WRITE, 9)}}};
static const struct action either_actions[] = {WRITER_ACTIONS, READER_ACTIONS};
static const struct action buffer_actions[] = {
    FEW_POOL_ACTIONS, WRITER_ACTIONS, {"pop", {CALL(OP_POP, 0)}}, {"read 3", {CALL(OP_READ, 3)}}};

static const struct call slab_calls[] = {
    CALL(OP_ALLOC, 3),       CALL(OP_ALLOC_COPY, 3), CALL(OP_ALLOC_RESERVED, 1), CALL(OP_SET_RESERVE, 1),
    CALL(OP_SET_RESERVE, 0), CALL(OP_FREE, OWN),     CALL(OP_RESIZE, 1),         CALL(OP_GET, 0),
    CALL(OP_SIZE, 0),        CALL(OP_IS_LIVE, 0),    CALL(OP_HANDLE_OF, 0),      CALL(OP_HANDLE_AT, 0),
    CALL(OP_AVAILABLE, 0),   CALL(OP_STATS, 0),
};
static const struct call clearing_calls[] = {CALL(OP_CLEAR, 0), CALL(OP_Q_CLEAR, 0)};
static const struct call writer_calls[] = {
    CALL(OP_PUSH, 0),
    CALL(OP_RESERVE, 3),
    CALL(OP_ROOM, 0),
    CALL(OP_SET_LIMIT, 6),
};
static const struct call bulk_writer_calls[] = {CALL(OP_WRITE, 1), CALL(OP_WRITE, 9), CALL(OP_WRITE_SOME, 9)};
static const struct call bulk_reader_calls[] = {
    CALL(OP_AT, 5), CALL(OP_READ, 3), CALL(OP_READ, 6), CALL(OP_READ_SOME, 12), CALL(OP_CONSUME, 6),
};
static const struct call reserved_calls[] = {CALL(OP_COMMIT, 2), CALL(OP_COMMIT, 0), CALL(OP_CANCEL, 0),
                                             CALL(OP_WRITE, 5)};
static const struct call reader_calls[] = {
    CALL(OP_POP, 0),
    CALL(OP_PEEK, 0),
    CALL(OP_AT, 0),
    CALL(OP_FRONT, 0),
};
static const struct call take_calls[] = {CALL(OP_TAKE, 0)};
static const struct call either_calls[] = {
    CALL(OP_LEN, 0), CALL(OP_IS_EMPTY, 0), CALL(OP_DROPPED, 0), CALL(OP_WITH, 0), CALL(OP_TRIM, 0),
};
static const struct call buffer_calls[] = {
    CALL(OP_B_PUSH, 0),     CALL(OP_B_WRITE, 6), CALL(OP_B_WRITE_SOME, 9), CALL(OP_B_RESERVE, 3),
    CALL(OP_B_PREPEND, 5),  CALL(OP_B_POP, 0),   CALL(OP_B_READ, 6),       CALL(OP_B_CONSUME, 5),
    CALL(OP_B_TRUNCATE, 1), CALL(OP_B_CLEAR, 0),
};

static const struct group {
    const char *name;
    struct list calls, scenarios, actions;
} groups[] = {
    {"slab", LIST(slab_calls), LIST(slab_scenarios), LIST(slab_actions)},
    {"slab", LIST(clearing_calls), LIST(slab_scenarios), LIST(pool_actions)},
    {"queue", LIST(writer_calls), LIST(queue_scenarios), LIST(reader_actions)},
    {"queue", LIST(bulk_writer_calls), LIST(bulk_scenarios), LIST(reader_actions)},
    {"queue", LIST(bulk_reader_calls), LIST(bulk_scenarios), LIST(writer_actions)},
    {"queue", LIST(reserved_calls), LIST(reserved_scenarios), LIST(reader_actions)},
    {"queue", LIST(reader_calls), LIST(queue_scenarios), LIST(writer_actions)},
    {"queue", LIST(take_calls), LIST(take_scenarios), LIST(writer_actions)},
    {"queue", LIST(either_calls), LIST(bulk_scenarios), LIST(either_actions)},
    {"buffer", LIST(buffer_calls), LIST(buffer_scenarios), LIST(buffer_actions)},
};
#define GROUPS (int)(sizeof groups / sizeof *groups)

static const char *const op_names[OP_COUNT] = {
    "nothing",
    "alloc",
    "alloc_copy",
    "alloc_reserved",
    "set_reserve",
    "free",
    "resize",
    "get",
    "size",
    "is_live",
    "handle_of",
    "handle_at",
    "available",
    "stats",
    "clear",
    "queue_push",
    "queue_write",
    "queue_write_some",
    "queue_reserve",
    "queue_commit",
    "queue_cancel",
    "queue_room",
    "queue_set_limit",
    "queue_pop",
    "queue_peek",
    "queue_at",
    "queue_read",
    "queue_read_some",
    "queue_front",
    "queue_consume",
    "queue_take",
    "queue_len",
    "queue_is_empty",
    "queue_dropped",
    "queue_with",
    "queue_trim",
    "queue_clear",
    "buffer_push",
    "buffer_write",
    "buffer_write_some",
    "buffer_reserve",
    "buffer_prepend",
    "buffer_pop",
    "buffer_read",
    "buffer_consume",
    "buffer_truncate",
    "buffer_clear",
};

/* ---- The simulated machine ------------------------------------------------------------------------------------- */

#define DATA_SIZE 0x2200 /* registers and RAM of an ATmega2560 */

static avr_t *avr;
static avr_int_vector_t *vector;
static uint16_t record_at;

/* Registers and statics, and the stack: all that a sound image touches. */
#define RAM_START 0x200
#define LOW_SIZE 0x600
#define STACK_SIZE 0x200

struct state {
    uint8_t low[LOW_SIZE], stack[STACK_SIZE], sreg[8];
    avr_flashaddr_t pc;
    int8_t interrupt_state;
};
static struct state at_ready, at_boundary;
static uint8_t all_at_ready[DATA_SIZE];

static void save(struct state *s)
{
    memcpy(s->low, avr->data, LOW_SIZE);
    memcpy(s->stack, avr->data + DATA_SIZE - STACK_SIZE, STACK_SIZE);
    memcpy(s->sreg, avr->sreg, sizeof s->sreg);
    s->pc = avr->pc;
    s->interrupt_state = avr->interrupt_state;
}

static void restore(const struct state *s)
{
    if (avr->interrupts.running_ptr || avr_has_pending_interrupts(avr))
        avr_interrupt_reset(avr);
    memcpy(avr->data, s->low, LOW_SIZE);
    memcpy(avr->data + DATA_SIZE - STACK_SIZE, s->stack, STACK_SIZE);
    memcpy(avr->sreg, s->sreg, sizeof s->sreg);
    avr->pc = s->pc;
    avr->interrupt_state = s->interrupt_state;
    avr->state = cpu_Running;
}

static void restore_all(void)
{
    memcpy(avr->data, all_at_ready, DATA_SIZE);
    restore(&at_ready);
}

/* Run until the image stands at `mark`; false when it never gets there. `burst`: cycles until the mark is looked at
 * again; 1: one instruction. The image waits at END, DONE and READY. */
static bool run_to(uint8_t mark, avr_cycle_count_t burst)
{
    bool arrived = false;
    avr->run_cycle_limit = avr->run_cycle_count = burst;
    avr_cycle_count_t end = avr->cycle + CYCLES_MAX;
    while (!(arrived = avr->data[GPIOR0] == mark) && avr->cycle < end) {
        int state = avr_run(avr);
        if (state == cpu_Done || state == cpu_Crashed)
            break;
    }
    avr->run_cycle_limit = avr->run_cycle_count = 1;
    return arrived;
}

/* The interrupt comes now; or, when it is masked, as soon as it no longer is. */
static bool raise_interrupt(void)
{
    avr_flashaddr_t pc = avr->pc;
    avr_raise_interrupt(avr, vector);
    avr_service_interrupts(avr);
    return avr->pc != pc;
}

static void quiet(avr_t *a, const int level, const char *format, va_list arguments)
{
    (void)a, (void)level, (void)format, (void)arguments;
}

static void start(const char *image)
{
    elf_firmware_t firmware = {0};
    avr_global_logger_set(quiet);
    if (elf_read_firmware(image, &firmware) != 0 || !(avr = avr_make_mcu_by_name("atmega2560")))
        exit(2);
    avr_init(avr);
    avr->frequency = 16000000;
    avr_load_firmware(avr, &firmware);
    for (int i = 0; i < avr->interrupts.vector_count; i++)
        if (avr->interrupts.vector[i]->vector == VECTOR)
            vector = avr->interrupts.vector[i];
    if (!vector || avr->ramend + 1 != DATA_SIZE ||
        firmware.datasize + firmware.bsssize > LOW_SIZE - RAM_START || !run_to(READY, BURST))
        exit(2);
    record_at = (uint16_t)(avr->data[GPIOR1] | avr->data[GPIOR2] << 8);
    save(&at_ready);
    memcpy(all_at_ready, avr->data, DATA_SIZE);
}

/* ---- Is it legal? ------------------------------------------------------------------------------------------------ */

static bool same_call(const struct call *a, const struct call *b)
{
    return a->status == b->status && a->count == b->count && memcmp(a->bytes, b->bytes, DATA_MAX) == 0;
}

/* Compare the image's record with the model after the same calls. */
static bool agrees(const struct record *r, const struct model *m, const struct record *expected)
{
    if (!same_call(&r->main, &expected->main))
        return false;
    for (int i = 0; i < ISR_CALLS_MAX; i++)
        if (!same_call(&r->isr[i], &expected->isr[i]))
            return false;
    uint8_t live = 0;
    for (int i = 0; i < HANDLES; i++)
        live |= (uint8_t)(m->live[i] << i);
    if (r->live != live || r->used != m->taken - m->reserve || r->peak != m->peak ||
        r->failures != m->failures)
        return false;
    if (r->main.op == OP_CLEAR)
        return true;
    if (r->buffer_chunks != 0xFF && r->buffer_chunks != model_out_chunks(m))
        return false;
    int held = m->written - m->read;
    return r->queue_length == held && memcmp(r->queue, m->tape + m->read, (size_t)held) == 0 &&
           r->dropped == m->dropped && r->buffer_length == m->out_length &&
           memcmp(r->buffer, m->out, (size_t)m->out_length) == 0;
}

static bool is_sound(const struct record *r)
{
    bool line_is_right = r->queue_length >= HIGH ? r->is_paused : r->queue_length > LOW || !r->is_paused;
    return r->isr_runs == 1 && !r->is_masked && r->isr_is_masked && r->slab_check == 0 &&
           r->queue_check == 0 && r->buffer_check == 0 && r->intact && (line_is_right || !r->marks) &&
           r->leaked == 0 && r->refilled == BLOCK_COUNT && r->last_check == 0;
}

enum verdict { ILLEGAL, SERIAL, BETWEEN };

/* The interrupt before the model's step p, for every p, and after the last one. */
static enum verdict judge(const struct record *asked, const struct record *r)
{
    enum verdict verdict = ILLEGAL;
    if (!is_sound(r))
        return ILLEGAL;
    for (int choice = 0; choice < 2; choice++) {
        bool is_done = false;
        for (int p = 0; !is_done; p++) {
            struct model m;
            struct record e = *asked;
            model_prepare(&m, asked);
            m.choice = choice;
            struct work w = {&e.main, 0, 0, 0, 0};
            for (int i = 0; i < p && !is_done; i++)
                is_done = model_step(&m, &w);
            for (int i = 0; i < ISR_CALLS_MAX && e.isr[i].op; i++)
                model_run(&m, &e.isr[i]);
            bool is_serial = p == 0 || is_done;
            if (!is_done)
                while (!model_step(&m, &w))
                    ;
            if (!agrees(r, &m, &e))
                continue;
            if (is_serial)
                return SERIAL;
            verdict = BETWEEN;
        }
    }
    return verdict;
}

/* ---- One pair of operation and interrupt, in one scenario -------------------------------------------------------- */

struct tally {
    long pairs, boundaries, at_once, compared, between, failures, failed_pairs;
    int masked_cycles, masked_instructions;
};
static struct tally tallies[GROUPS + 1][OP_COUNT];

static bool is_verbose, stops_at_failure;
static int only_pair = -1, only_boundary = -1, pair_number;

static void print_call(const char *who, const struct call *c)
{
    printf("      %s %s %d -> status %d, count %d, bytes", who, op_names[c->op], c->n, c->status, c->count);
    for (int i = 0; i < 14; i++)
        printf(" %02x", c->bytes[i]);
    printf("\n");
}

static void print_record(const struct record *r)
{
    print_call("main", &r->main);
    for (int i = 0; i < ISR_CALLS_MAX && r->isr[i].op; i++)
        print_call("interrupt", &r->isr[i]);
    printf("      runs %d, checks: slab %d queue %d buffer %d; live %x intact %d used %d peak %d failures %d "
           "leaked %d "
           "refilled %d check %d paused %d marks %d masked %d isr masked %d\n      queue %d, dropped %d:",
           r->isr_runs, r->slab_check, r->queue_check, r->buffer_check, r->live, r->intact, r->used, r->peak,
           r->failures, r->leaked, r->refilled, r->last_check, r->is_paused, r->marks, r->is_masked,
           r->isr_is_masked, r->queue_length, r->dropped);
    for (int i = 0; i < r->queue_length && i < DATA_MAX; i++)
        printf(" %02x", r->queue[i]);
    printf("\n      buffer %d in %d chunks:", r->buffer_length, r->buffer_chunks);
    for (int i = 0; i < r->buffer_length && i < DATA_MAX; i++)
        printf(" %02x", r->buffer[i]);
    printf("\n");
}

static void print_failure(const struct record *asked, const struct record *r, int boundary,
                          avr_flashaddr_t pc, const char *action, const char *why)
{
    printf("%s: pair %d, boundary %d, pc 0x%x: %s %d while the interrupt does \"%s\"\n      queue %d-%d "
           "bytes, buffer "
           "%d-%d, %d blocks free, limit %d, reserved %d, kept %d   (repeat: only %d %d)\n",
           why, pair_number, boundary, (unsigned)pc, op_names[asked->main.op], asked->main.n, action,
           asked->written, asked->read, asked->out, asked->out_eaten, asked->available, asked->limit,
           asked->reserved, asked->kept, pair_number, boundary);
    if (r)
        print_record(r);
}

static void order(struct record *asked, const struct call *c, const struct scenario *s,
                  const struct action *a)
{
    memset(asked, 0, sizeof *asked);
    asked->main = *c;
    for (int i = 0; i < ISR_CALLS_MAX; i++) {
        asked->isr[i] = a->calls[i];
        asked->isr[i].who = ISR;
    }
    asked->written = s->written;
    asked->read = s->read;
    asked->available = s->available;
    asked->limit = s->limit;
    asked->reserved = s->reserved;
    asked->kept = s->kept;
    asked->out = s->out;
    asked->out_eaten = s->out_eaten;
    asked->marks = s->marks;
    /* so that the next byte carries from the low to the high half of a counter: of `read` where that one is looked at */
    asked->start = (uint8_t)(0xFF - (s->limit ? s->read : s->written));
}

/* The outcomes of this pair so far. What follows END depends only on the statics, on the registers that a call
 * keeps and on the stack pointer: where these are the same bytes, the verdict is the same. */
#define OUTCOMES_MAX 64
static struct outcome {
    uint8_t kept[18], low[LOW_SIZE - RAM_START];
    uint16_t stack_pointer;
    bool ended;
    struct record record;
    enum verdict verdict;
} outcomes[OUTCOMES_MAX];
static int outcome_count;

static void look_at_end(struct outcome *o)
{
    memset(o, 0, sizeof *o);
    memcpy(o->kept, avr->data + 2, 16);
    memcpy(o->kept + 16, avr->data + 28, 2);
    memcpy(o->low, avr->data + RAM_START, sizeof o->low);
    o->stack_pointer = (uint16_t)(avr->data[R_SPL] | avr->data[R_SPH] << 8);
}

static bool same_end(const struct outcome *a, const struct outcome *b)
{
    return a->stack_pointer == b->stack_pointer && memcmp(a->kept, b->kept, sizeof a->kept) == 0 &&
           memcmp(a->low, b->low, sizeof a->low) == 0;
}

static const struct outcome *outcome_of(const struct record *asked)
{
    struct outcome *o = &outcomes[outcome_count];
    bool ended = run_to(END, BURST);
    look_at_end(o);
    for (int i = 0; ended && i < outcome_count; i++)
        if (outcomes[i].ended && same_end(&outcomes[i], o))
            return &outcomes[i];
    if (outcome_count < OUTCOMES_MAX - 1)
        outcome_count++;
    if (ended) {
        avr->data[GPIOR0] = CHECK;
        ended = run_to(DONE, BURST);
    }
    o->ended = ended;
    memcpy(&o->record, avr->data + record_at, sizeof o->record);
    o->verdict = ended ? judge(asked, &o->record) : ILLEGAL;
    return o;
}

/* Inject at this boundary, run to the verdict, come back. */
static bool inject(const struct record *asked, int boundary, struct tally *t, const char *action)
{
    static const char *const says[] = {"ILLEGAL", "serial", "between"};
    avr_flashaddr_t pc = avr->pc;
    save(&at_boundary);
    t->boundaries++;
    t->at_once += raise_interrupt();
    const struct outcome *o = outcome_of(asked);
    t->compared += o->ended;
    t->between += o->verdict == BETWEEN;
    t->failures += o->verdict == ILLEGAL;
    if (is_verbose && (o->verdict == ILLEGAL || only_boundary >= 0))
        print_failure(asked, o->ended ? &o->record : NULL, boundary, pc, action,
                      o->ended ? says[o->verdict] : "HUNG");
    restore(&at_boundary);
    return o->verdict != ILLEGAL;
}

/* One instruction of the operation itself; how long have interrupts been masked? */
struct masked {
    int cycles, instructions;
};

static void step(struct masked *m, struct tally *t)
{
    bool was_masked = !avr->sreg[S_I];
    avr_cycle_count_t before = avr->cycle;
    avr_run(avr);
    if (avr->cycle - before > LONGEST_INSTRUCTION) {
        printf("more than one instruction at a time\n");
        exit(2);
    }
    m->cycles = was_masked ? m->cycles + (int)(avr->cycle - before) : 0;
    m->instructions = was_masked ? m->instructions + 1 : 0;
    if (m->cycles > t->masked_cycles) {
        t->masked_cycles = m->cycles;
        t->masked_instructions = m->instructions;
    }
}

static void run_pair(const struct record *asked, struct tally *t, const char *action)
{
    restore_all();
    memcpy(avr->data + record_at, asked, sizeof *asked);
    avr->data[GPIOR0] = GO;
    if (!run_to(BEGIN, 1)) {
        printf("cannot prepare pair %d\n", pair_number);
        exit(2);
    }
    t->pairs++;
    outcome_count = 0;
    struct masked masked = {0, 0};
    bool all_legal = true;
    for (int boundary = 0; avr->data[GPIOR0] == BEGIN; boundary++) {
        if (boundary > STEPS_MAX)
            exit(2);
        if (only_boundary < 0 || only_boundary == boundary)
            all_legal &= inject(asked, boundary, t, action);
        if (stops_at_failure && !all_legal)
            break;
        step(&masked, t);
    }
    t->failed_pairs += !all_legal;
}

static void run_all(int failing_pairs_max, const char *only_noun)
{
    for (int g = 0; g < GROUPS; g++)
        for (int c = 0; c < groups[g].calls.count; c++)
            for (int s = 0; s < groups[g].scenarios.count; s++)
                for (int a = 0; a < groups[g].actions.count; a++, pair_number++) {
                    const struct call *call = (const struct call *)groups[g].calls.items + c;
                    const struct action *action = (const struct action *)groups[g].actions.items + a;
                    struct tally *t = &tallies[g][call->op];
                    struct record asked;
                    if (only_noun && strcmp(only_noun, groups[g].name) != 0)
                        continue;
                    if (only_pair >= 0 ? only_pair != pair_number
                                       : failing_pairs_max && t->failed_pairs >= failing_pairs_max)
                        continue;
                    order(&asked, call, (const struct scenario *)groups[g].scenarios.items + s, action);
                    run_pair(&asked, t, action->name);
                }
}

/* ---- The report --------------------------------------------------------------------------------------------------- */

static void add(struct tally *sum, const struct tally *t)
{
    sum->pairs += t->pairs;
    sum->boundaries += t->boundaries;
    sum->at_once += t->at_once;
    sum->compared += t->compared;
    sum->between += t->between;
    sum->failures += t->failures;
    sum->failed_pairs += t->failed_pairs;
    if (t->masked_cycles > sum->masked_cycles) {
        sum->masked_cycles = t->masked_cycles;
        sum->masked_instructions = t->masked_instructions;
    }
}

static void print_tally(const char *name, const struct tally *t)
{
    printf("%-18s %6ld %9ld %9ld %9ld %8ld %9ld %7d %7d\n", name, t->pairs, t->boundaries, t->at_once,
           t->compared, t->between, t->failures, t->masked_cycles, t->masked_instructions);
}

static struct tally report(void)
{
    static struct tally by_op[OP_COUNT];
    struct tally sum = {0};
    int operations = 0;
    printf("%-18s %6s %9s %9s %9s %8s %9s %7s %7s\n", "operation", "pairs", "bounds", "at once", "compared",
           "between", "failures", "masked", "instr.");
    for (int op = 0; op < OP_COUNT; op++) {
        for (int g = 0; g < GROUPS; g++)
            add(&by_op[op], &tallies[g][op]);
        if (by_op[op].pairs == 0)
            continue;
        operations++;
        print_tally(op_names[op], &by_op[op]);
        add(&sum, &by_op[op]);
    }
    print_tally("all", &sum);
    printf("%d operations, %ld boundaries injected, %ld outcomes compared (%ld in orders between two steps), "
           "%ld "
           "failures; longest masked stretch %d cycles\n",
           operations, sum.boundaries, sum.compared, sum.between, sum.failures, sum.masked_cycles);
    return sum;
}

/* ---- Teeth: what must be caught when the protection is gone ------------------------------------------------------ */

static const uint8_t unprotected_slab[] = {OP_ALLOC, OP_ALLOC_COPY, OP_ALLOC_RESERVED, OP_SET_RESERVE,
                                           OP_FREE,  OP_RESIZE,     OP_STATS,          OP_CLEAR};
static const uint8_t unprotected_queue[] = {
    OP_PUSH, OP_WRITE, OP_WRITE_SOME, OP_RESERVE, OP_COMMIT,  OP_CANCEL, OP_ROOM, OP_POP,  OP_PEEK,
    OP_AT,   OP_READ,  OP_READ_SOME,  OP_FRONT,   OP_CONSUME, OP_TAKE,   OP_WITH, OP_TRIM, OP_Q_CLEAR,
};
static const uint8_t unprotected_buffer[] = {
    OP_B_PUSH, OP_B_WRITE, OP_B_WRITE_SOME, OP_B_RESERVE,  OP_B_PREPEND,
    OP_B_POP,  OP_B_READ,  OP_B_CONSUME,    OP_B_TRUNCATE, OP_B_CLEAR,
};
static const uint8_t torn_queue[] = {OP_PUSH, OP_WRITE,     OP_WRITE_SOME, OP_ROOM,    OP_POP,  OP_AT,
                                     OP_READ, OP_READ_SOME, OP_FRONT,      OP_CONSUME, OP_TAKE, OP_LEN};

static bool all_caught(const char *noun, const uint8_t *ops, int op_count)
{
    int caught = 0;
    for (int i = 0; i < op_count; i++) {
        long failures = 0;
        for (int g = 0; g < GROUPS; g++)
            failures += tallies[g][ops[i]].failures;
        caught += failures > 0;
        if (failures == 0)
            printf("NOT CAUGHT: %s\n", op_names[ops[i]]);
    }
    printf("without protection: %d of %d %s operations that need it were caught\n", caught, op_count, noun);
    return caught == op_count;
}
#define ALL_CAUGHT(noun, ops) all_caught(noun, ops, (int)sizeof(ops))

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const char *mode = argv[2];
    setvbuf(stdout, NULL, _IOLBF, 0);
    start(argv[1]);
    if (strcmp(mode, "only") == 0 && argc > 3) {
        is_verbose = true;
        only_pair = atoi(argv[3]);
        only_boundary = argc > 4 ? atoi(argv[4]) : -1;
        run_all(0, NULL);
        return report().failures != 0;
    }
    if (strcmp(mode, "protected") == 0) {
        is_verbose = stops_at_failure = true;
        run_all(0, argc > 3 ? argv[3] : NULL);
        struct tally sum = report();
        return sum.failures != 0 || sum.compared != sum.boundaries;
    }
    bool torn = strcmp(mode, "torn") == 0;
    stops_at_failure = true;
    run_all(torn ? 1 : 3, torn ? "queue" : NULL);
    report();
    if (torn)
        return !ALL_CAUGHT("queue", torn_queue);
    bool slab = ALL_CAUGHT("slab", unprotected_slab);
    bool queue = ALL_CAUGHT("queue", unprotected_queue);
    bool buffer = ALL_CAUGHT("buffer", unprotected_buffer);
    return !(slab && queue && buffer);
}
