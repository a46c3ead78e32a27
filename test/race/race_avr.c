/*
 * The image: prepares what the host asked for, runs one operation between two marks, checks, and reports. The
 * interrupt runs the calls it was given with the same functions, as the other side. What is legal the host
 * knows (inject.c); here stand no expectations.
 */
#include "race.h"
#include <avr/interrupt.h>
#include <avr/io.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, BLOCK_SIZE, BLOCK_COUNT);
static ta_queue queue;
static ta_buffer buffer;
static ta_handle handles[HANDLES], hogs[BLOCK_COUNT];
static void *own_block;
static struct record record;
static uint8_t data[2][DATA_MAX];
static bool line_is_paused;

/* ---- The operations ---------------------------------------------------------------------------------------- */

/* A torn word is off by 256: that must not get lost. */
static uint8_t length_of(size_t length)
{
    return length > 255 ? 255 : (uint8_t)length;
}

static uint8_t pattern(uint8_t which)
{
    return (uint8_t)(0xC0 + which);
}

static void keep(struct call *c, ta_handle h)
{
    handles[c->who] = h;
    c->status = h.bits != 0;
    if (c->who == ISR && h.bits)
        memset(ta_get(pool, h), pattern(ISR), BLOCK_SIZE);
}

static void op_none(struct call *c)
{
    (void)c;
}
static void op_alloc(struct call *c)
{
    keep(c, ta_alloc(pool, c->n));
}
static void op_alloc_copy(struct call *c)
{
    keep(c, ta_alloc_copy(pool, data[c->who], c->n));
}
static void op_alloc_reserved(struct call *c)
{
    keep(c, ta_slab_alloc_reserved(pool, c->n));
}
static void op_set_reserve(struct call *c)
{
    c->status = (int8_t)ta_slab_set_reserve(pool, c->n);
}
static void op_free(struct call *c)
{
    c->status = ta_free(pool, handles[c->n]);
}
static void op_resize(struct call *c)
{
    c->status = (int8_t)ta_resize(pool, handles[OWN], c->n);
}
static void op_get(struct call *c)
{
    c->status = ta_get(pool, handles[OWN]) != NULL;
}
static void op_size(struct call *c)
{
    c->count = length_of(ta_size(pool, handles[OWN]));
}
static void op_is_live(struct call *c)
{
    c->status = ta_is_live(pool, handles[OWN]);
}

/* 0: none, 1: OWN, 2: another live block's, -1: a handle that is not live */
static void tell_handle(struct call *c, ta_handle h)
{
    if (ta_handle_eq(h, handles[OWN]) && h.bits)
        c->status = 1;
    else if (h.bits)
        c->status = (int8_t)((ta_handle_generation(h) & 1) ? 2 : -1);
}
static void op_handle_of(struct call *c)
{
    tell_handle(c, ta_handle_of(pool, own_block));
}
static void op_handle_at(struct call *c)
{
    tell_handle(c, ta_slab_handle_at(pool, ta_handle_slot(handles[OWN])));
}
static void op_available(struct call *c)
{
    c->count = length_of(ta_available(pool));
}
static void op_stats(struct call *c)
{
    ta_stats stats = ta_stats_of(pool);
    c->count = length_of(stats.used);
    c->bytes[0] = length_of(stats.peak);
    c->bytes[1] = length_of(stats.failures);
}
static void op_clear(struct call *c)
{
    (void)c;
    ta_clear(pool);
}
static void op_push(struct call *c)
{
    c->status = (int8_t)ta_queue_push(&queue, data[c->who][0]);
}
static void op_write(struct call *c)
{
    c->status = (int8_t)ta_queue_write(&queue, data[c->who], c->n);
}
static void op_write_some(struct call *c)
{
    size_t done;
    c->status = (int8_t)ta_queue_write_some(&queue, data[c->who], c->n, &done);
    c->count = length_of(done);
}
static void op_reserve(struct call *c)
{
    ta_span span = {NULL, 0};
    c->status = (int8_t)ta_queue_reserve(&queue, c->n, &span);
    c->count = length_of(span.length);
    if (span.length > 0)
        memcpy(span.data, data[c->who], span.length);
}
static void op_commit(struct call *c)
{
    c->status = (int8_t)ta_queue_commit(&queue, c->n);
}
static void op_cancel(struct call *c)
{
    c->status = (int8_t)ta_queue_cancel(&queue);
}
static void op_room(struct call *c)
{
    c->count = length_of(ta_queue_room(&queue));
}
static void op_set_limit(struct call *c)
{
    c->status = (int8_t)ta_queue_set_limit(&queue, c->n);
}
static void op_pop(struct call *c)
{
    c->status = (int8_t)ta_queue_pop(&queue, c->bytes);
}
static void op_peek(struct call *c)
{
    c->status = (int8_t)ta_queue_peek(&queue, c->bytes);
}
static void op_at(struct call *c)
{
    c->status = (int8_t)ta_queue_at(&queue, c->n, c->bytes);
}
static void op_read(struct call *c)
{
    c->status = (int8_t)ta_queue_read(&queue, c->bytes, c->n);
}
static void op_read_some(struct call *c)
{
    size_t done;
    c->status = (int8_t)ta_queue_read_some(&queue, c->bytes, c->n, &done);
    c->count = length_of(done);
}
static void op_front(struct call *c)
{
    ta_span span = {NULL, 0};
    c->status = (int8_t)ta_queue_front(&queue, &span);
    c->count = length_of(span.length);
    if (span.length > 0 && span.length <= BLOCK_SIZE)
        memcpy(c->bytes, span.data, span.length);
}
static void op_consume(struct call *c)
{
    c->status = (int8_t)ta_queue_consume(&queue, c->n);
}
static void op_take(struct call *c)
{
    c->status = (int8_t)ta_queue_take(&queue, &buffer);
}
static void op_len(struct call *c)
{
    c->count = length_of(ta_queue_len(&queue));
}
static void op_is_empty(struct call *c)
{
    c->status = ta_queue_is_empty(&queue);
}
static void op_dropped(struct call *c)
{
    c->count = length_of(ta_queue_dropped(&queue));
}
static void look(ta_queue *q, void *context)
{
    struct call *c = context;
    c->count = length_of(ta_queue_len(q));
    c->bytes[0] = length_of(ta_available(pool));
    c->bytes[1] = length_of(ta_queue_len(q));
}
static void op_with(struct call *c)
{
    c->status = (int8_t)ta_queue_with(&queue, look, c);
}
static void op_trim(struct call *c)
{
    c->status = (int8_t)ta_queue_trim(&queue);
}
static void op_q_clear(struct call *c)
{
    c->status = (int8_t)ta_queue_clear(&queue);
}
static void op_b_push(struct call *c)
{
    c->status = (int8_t)ta_buffer_push(&buffer, data[c->who][0]);
}
static void op_b_write(struct call *c)
{
    c->status = (int8_t)ta_buffer_write(&buffer, data[c->who], c->n);
}
static void op_b_write_some(struct call *c)
{
    size_t done;
    c->status = (int8_t)ta_buffer_write_some(&buffer, data[c->who], c->n, &done);
    c->count = length_of(done);
}
static void op_b_reserve(struct call *c)
{
    ta_span span = {NULL, 0};
    c->status = (int8_t)ta_buffer_reserve(&buffer, c->n, &span);
    c->count = length_of(span.length);
}
static void op_b_prepend(struct call *c)
{
    c->status = (int8_t)ta_buffer_prepend(&buffer, data[c->who], c->n);
}
static void op_b_pop(struct call *c)
{
    c->status = (int8_t)ta_buffer_pop(&buffer, c->bytes);
}
static void op_b_read(struct call *c)
{
    c->status = (int8_t)ta_buffer_read(&buffer, c->bytes, c->n);
}
static void op_b_consume(struct call *c)
{
    c->status = (int8_t)ta_buffer_consume(&buffer, c->n);
}
static void op_b_truncate(struct call *c)
{
    c->status = (int8_t)ta_buffer_truncate(&buffer, c->n);
}
static void op_b_clear(struct call *c)
{
    c->status = (int8_t)ta_buffer_clear(&buffer);
}

/* In the order of enum op. */
static void (*const operations[OP_COUNT])(struct call *c) = {
    op_none,      op_alloc,  op_alloc_copy, op_alloc_reserved, op_set_reserve, op_free,
    op_resize,    op_get,    op_size,       op_is_live,        op_handle_of,   op_handle_at,
    op_available, op_stats,  op_clear,      op_push,           op_write,       op_write_some,
    op_reserve,   op_commit, op_cancel,     op_room,           op_set_limit,   op_pop,
    op_peek,      op_at,     op_read,       op_read_some,      op_front,       op_consume,
    op_take,      op_len,    op_is_empty,   op_dropped,        op_with,        op_trim,
    op_q_clear,   op_b_push, op_b_write,    op_b_write_some,   op_b_reserve,   op_b_prepend,
    op_b_pop,     op_b_read, op_b_consume,  op_b_truncate,     op_b_clear,
};

ISR(INT0_vect)
{
    record.isr_runs++;
    for (uint8_t i = 0; i < ISR_CALLS_MAX && record.isr[i].op; i++)
        operations[record.isr[i].op](&record.isr[i]);
    record.isr_is_masked = !(SREG >> SREG_I);
}

/* ---- Before and after -------------------------------------------------------------------------------------- */

static void pause_line(ta_queue *q)
{
    (void)q;
    line_is_paused = true;
}

static void resume_line(ta_queue *q)
{
    (void)q;
    line_is_paused = false;
}

static const ta_water_marks marks = {HIGH, LOW, pause_line, resume_line};

static void prepare(void)
{
    uint8_t first[DATA_MAX], i;
    for (i = 0; i < DATA_MAX; i++) {
        data[MAIN][i] = DATA(MAIN, i);
        data[ISR][i] = DATA(ISR, i);
        first[i] = QUEUE_DATA(i);
    }
    handles[OWN] = ta_alloc(pool, OWN_SIZE);
    handles[GIVEN] = ta_alloc(pool, 1);
    own_block = ta_get(pool, handles[OWN]);
    memset(own_block, pattern(OWN), BLOCK_SIZE);
    memset(ta_get(pool, handles[GIVEN]), pattern(GIVEN), BLOCK_SIZE);

    ta_queue_init(&queue, pool, 0);
    if (record.marks)
        ta_queue_set_marks(&queue, &marks);
    ta_queue_write(&queue, first, record.written);
    ta_queue_consume(&queue, record.read);
    queue.max_length = record.limit;

    for (i = 0; i < DATA_MAX; i++)
        first[i] = BUFFER_DATA(i);
    ta_buffer_init(&buffer, pool);
    ta_buffer_write(&buffer, first, record.out);
    ta_buffer_consume(&buffer, record.out_eaten);

    ta_span span;
    if (record.reserved && ta_queue_reserve(&queue, record.reserved, &span) == TA_OK)
        memcpy(span.data, data[MAIN], span.length);
    ta_slab_set_reserve(pool, record.kept);
    for (i = 0; ta_available(pool) > record.available; i++) {
        hogs[i] = ta_alloc(pool, 0);
        memset(ta_get(pool, hogs[i]), pattern((uint8_t)(HANDLES + i)), BLOCK_SIZE);
    }
}

static bool is_intact(ta_handle h, uint8_t which)
{
    const uint8_t *block = ta_get(pool, h);
    for (uint8_t i = 0; block && i < BLOCK_SIZE; i++)
        if (block[i] != pattern(which))
            return false;
    return true;
}

static void look_at_handles(void)
{
    if (record.main.op == OP_ALLOC_COPY && record.main.status) {
        const uint8_t *block = ta_get(pool, handles[MAIN]);
        memcpy(record.main.bytes, block, record.main.n);
    }
    if (ta_is_live(pool, handles[MAIN]))
        memset(ta_get(pool, handles[MAIN]), pattern(MAIN), BLOCK_SIZE);
    record.intact = 1;
    for (uint8_t i = 0; i < HANDLES; i++) {
        record.live |= (uint8_t)(ta_is_live(pool, handles[i]) << i);
        record.intact &= is_intact(handles[i], i);
    }
    for (uint8_t i = 0; i < BLOCK_COUNT; i++)
        record.intact &= is_intact(hogs[i], (uint8_t)(HANDLES + i));
}

static void look_at_bytes(void)
{
    record.queue_length = length_of(ta_queue_len(&queue));
    for (uint8_t i = 0; i < record.queue_length && i < DATA_MAX; i++)
        ta_queue_at(&queue, i, &record.queue[i]);
    record.dropped = length_of(ta_queue_dropped(&queue));
    record.is_paused = line_is_paused;

    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    uint8_t n = record.buffer_length = length_of(ta_buffer_len(&buffer));
    ta_buffer_copy_out(&buffer, 0, record.buffer, n < DATA_MAX ? n : DATA_MAX);
    while (record.buffer_chunks < 20 && ta_buffer_next_chunk(&buffer, &at, &span) == TA_OK)
        record.buffer_chunks++;
    if (record.main.op == OP_B_RESERVE)
        record.buffer_chunks = 0xFF; /* the open block is not iterated */
}

/* Everything goes back: then nothing is taken, and every block can be had. */
static void give_back(void)
{
    ta_queue_clear(&queue);
    ta_buffer_clear(&buffer);
    ta_slab_set_reserve(pool, 0);
    for (uint8_t i = 0; i < HANDLES; i++)
        ta_free(pool, handles[i]);
    for (uint8_t i = 0; i < BLOCK_COUNT; i++)
        ta_free(pool, hogs[i]);
    record.leaked = length_of(ta_stats_of(pool).used);
    while (record.refilled < 2 * BLOCK_COUNT && ta_alloc(pool, 0).bits)
        record.refilled++;
    record.last_check = (int8_t)ta_slab_check(pool);
}

int main(void)
{
    GPIOR1 = (uint8_t)(uintptr_t)&record;
    GPIOR2 = (uint8_t)((uintptr_t)&record >> 8);
    EIMSK = 1 << INT0;
    GPIOR0 = READY;
    while (GPIOR0 != GO)
        ;
    prepare();
    void (*operation)(struct call * c) = operations[record.main.op];
    sei();
    GPIOR0 = BEGIN;
    operation(&record.main);
    GPIOR0 = END;
    record.is_masked = !(SREG >> SREG_I);
    cli();
    while (GPIOR0 != CHECK)
        ;

    record.slab_check = (int8_t)ta_slab_check(pool);
    record.queue_check = (int8_t)ta_queue_check(&queue);
    record.buffer_check = (int8_t)ta_buffer_check(&buffer);
    ta_stats stats = ta_stats_of(pool);
    record.used = length_of(stats.used);
    record.peak = length_of(stats.peak);
    record.failures = length_of(stats.failures);
    look_at_handles();
    look_at_bytes();
    give_back();
    GPIOR0 = DONE;
    for (;;)
        ;
}
