/*
 * The image: prepares what the host asked for, runs one operation, checks, and reports. The interrupts run the calls
 * they were given with the same functions, as the other side. What is legal the host knows (model.c); here stand no
 * expectations.
 */
#include "race_image.h"
#include <string.h>
#include <tinyalloc/tinyalloc.h>

/* The third block, where the queue begins, ends where an address carries into its next byte: so positions that tear look
 * different from any that is right. */
#define PAGE 256
static TA_ALIGNAS(PAGE) uint8_t arena[2 * PAGE];
static ta_slab slab;
#define pool (&slab.allocator)
struct record record;
static ta_queue queue;
static ta_buffer buffer, aside;
static ta_handle handles[HANDLES], hogs[BLOCK_COUNT], first_handles[BLOCK_COUNT];
static void *own_block;
static uint8_t data[3][DATA_MAX];
static bool line_is_paused;

/* ---- The operations ---------------------------------------------------------------------------------------- */

/* A torn word is off by 256: that must not get lost. */
static uint8_t length_of(size_t length)
{
    return length > 255 ? 255 : (uint8_t)length;
}

static void keep(struct call *c, ta_handle h)
{
    handles[c->who] = h;
    c->status = h.bits != 0;
    if (c->who != MAIN && h.bits)
        memset(ta_get(pool, h), PATTERN(c->who), BLOCK_SIZE);
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
    keep(c, ta_slab_alloc_headroom(pool, c->n));
}
static void op_set_reserve(struct call *c)
{
    c->status = (int8_t)ta_slab_set_headroom(pool, c->n);
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
static ta_handle old_handle(void)
{
    return first_handles[ta_handle_slot(handles[OWN])];
}
static void op_get_old(struct call *c)
{
    c->status = ta_get(pool, old_handle()) != NULL;
}
static void op_free_old(struct call *c)
{
    c->status = ta_free(pool, old_handle());
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
    c->status = (int8_t)ta_queue_set_limit(&queue, c->n < FAR ? c->n : c->n * 0x101u);
}
static void op_limit(struct call *c)
{
    size_t limit = ta_queue_limit(&queue);
    bool is_far = limit >> 8 == (limit & 0xFF) && limit >= FAR;
    c->count = is_far ? (uint8_t)limit : limit < FAR ? length_of(limit) : 255;
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
static void tell_dropped(uint8_t *low, uint8_t *high)
{
    size_t dropped = ta_queue_dropped(&queue);
    *low = (uint8_t)dropped;
    *high = length_of(dropped >> 8);
}
static void op_dropped(struct call *c)
{
    tell_dropped(&c->count, c->bytes);
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
static void op_b_commit(struct call *c)
{
    ta_span span = {NULL, 0};
    c->status = (int8_t)ta_buffer_reserve(&buffer, c->n, &span);
    c->count = length_of(span.length);
    if (c->status != TA_OK)
        return;
    memcpy(span.data, data[c->who], span.length);
    c->status = (int8_t)ta_buffer_commit(&buffer, span.length);
}
static void op_b_cancel(struct call *c)
{
    ta_span span = {NULL, 0};
    c->status = (int8_t)ta_buffer_reserve(&buffer, c->n, &span);
    c->count = length_of(span.length);
    if (c->status == TA_OK)
        c->status = (int8_t)ta_buffer_cancel(&buffer);
}
static void op_b_copy_out(struct call *c)
{
    c->status = (int8_t)ta_buffer_copy_out(&buffer, 0, c->bytes, c->n);
}
static void op_b_append_block(struct call *c)
{
    c->status = (int8_t)ta_buffer_append_block(&buffer, handles[OWN], c->n);
}
static void op_b_split(struct call *c)
{
    c->status = (int8_t)ta_buffer_split(&aside, &buffer, c->n);
}
static void op_b_drain(struct call *c)
{
    c->status = (int8_t)ta_buffer_drain_into(&aside, &buffer, c->n);
}
static void op_b_append(struct call *c)
{
    c->status = (int8_t)ta_buffer_append(&aside, &buffer);
}
static void op_b_move(struct call *c)
{
    c->status = (int8_t)ta_buffer_move(&aside, &buffer);
}
static void op_b_copy(struct call *c)
{
    c->status = (int8_t)ta_buffer_copy_range(&aside, &buffer, 1, c->n);
}

/* In the order of enum op. */
static void (*const operations[OP_COUNT])(struct call *c) = {
    op_none,         op_alloc,
    op_alloc_copy,   op_alloc_reserved,
    op_set_reserve,  op_free,
    op_resize,       op_get,
    op_size,         op_is_live,
    op_get_old,      op_free_old,
    op_handle_of,    op_handle_at,
    op_available,    op_stats,
    op_clear,        op_push,
    op_write,        op_write_some,
    op_reserve,      op_commit,
    op_cancel,       op_room,
    op_set_limit,    op_pop,
    op_peek,         op_at,
    op_read,         op_read_some,
    op_front,        op_consume,
    op_take,         op_len,
    op_limit,        op_is_empty,
    op_dropped,      op_with,
    op_trim,         op_q_clear,
    op_b_push,       op_b_write,
    op_b_write_some, op_b_reserve,
    op_b_prepend,    op_b_pop,
    op_b_read,       op_b_consume,
    op_b_truncate,   op_b_clear,
    op_b_commit,     op_b_cancel,
    op_b_copy_out,   op_b_append_block,
    op_b_split,      op_b_drain,
    op_b_append,     op_b_move,
    op_b_copy,
};

void race_operate(void)
{
    operations[record.main.op](&record.main);
}

static void run(struct call *calls, uint8_t max)
{
    bool was_masked = race_is_masked();
    for (uint8_t i = 0; i < max && calls[i].op; i++)
        operations[calls[i].op](&calls[i]);
    record.mask_erred += race_is_masked() != was_masked;
}

void race_interrupt(void)
{
    record.isr_runs++;
    run(record.isr, ISR_CALLS_MAX);
}

void race_inner_interrupt(void)
{
    record.inner_runs++;
    run(record.inner, INNER_CALLS_MAX);
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

/* So often each slot is used beforehand. With TA_RETIRE: whatever is freed from now on leaves service. Else: the next
 * lifetime's end carries from one part of a generation into the next, where a machine needs two loads. */
#if TA_RETIRE
#define LIFETIMES ((1UL << (TA_GENERATION_BITS - 1)) - 1)
#elif TA_GENERATION_BITS == 8
#define LIFETIMES 1
#elif TA_GENERATION_BITS == TA_SLOT_BITS || defined(__AVR__)
#define LIFETIMES ((1UL << 7) - 1)
#else
#define LIFETIMES ((1UL << (TA_SLOT_BITS - 1)) - 1)
#endif

void race_open(void)
{
    size_t table =
        sizeof(ta_slab_state_) + BLOCK_COUNT * sizeof(struct ta_entry_) + TA_ALIGNOF(struct ta_entry_) - 1;
    ta_slab_init(&slab, arena + PAGE - 3 * BLOCK_SIZE, BLOCK_COUNT * BLOCK_SIZE + table, BLOCK_SIZE);
    ta_slab_set_pool(&slab, TA_HANDLE_POOL_BITS ? 5 : 0);
    for (uint32_t i = 0; i < LIFETIMES * BLOCK_COUNT; i++) {
        ta_handle h = ta_alloc(pool, 0);
        if (i < BLOCK_COUNT)
            first_handles[ta_handle_slot(h)] = h;
        ta_free(pool, h);
    }
}

static void prepare_queue(void)
{
    uint8_t first[DATA_MAX];
    for (uint8_t i = 0; i < DATA_MAX; i++)
        first[i] = QUEUE_DATA(i);
    ta_queue_init(&queue, pool, 0);
    if (record.marks)
        ta_queue_set_marks(&queue, &marks);
    if (record.uses_reserve)
        ta_queue_use_headroom(&queue);
    /* The last byte after the limit was set, so that the next one finds the fast way again. */
    uint8_t last = record.limit && record.written > record.read ? 1 : 0;
    ta_queue_write(&queue, first, record.written - last);
    ta_queue_consume(&queue, record.read);
    if (record.limit) {
        ta_queue_set_limit(&queue, record.limit);
        ta_queue_write(&queue, first + record.written - last, last);
        ta_queue_write(&queue, first, DROPPED_FIRST); /* so that the next byte dropped carries */
    }
}

static void prepare_buffer(ta_buffer *b, uint8_t which, uint8_t fed, uint8_t eaten)
{
    uint8_t first[DATA_MAX];
    for (uint8_t i = 0; i < DATA_MAX; i++)
        first[i] = BUFFER_DATA(which, i);
    ta_buffer_init(b, pool);
    ta_buffer_write(b, first, fed);
    ta_buffer_consume(b, eaten);
}

void race_prepare(void)
{
    for (uint8_t i = 0; i < DATA_MAX; i++)
        for (uint8_t who = MAIN; who <= INNER; who++)
            data[who][i] = DATA(who, i);
    handles[OWN] = ta_alloc(pool, OWN_SIZE);
    handles[GIVEN] = ta_alloc(pool, 1);
    own_block = ta_get(pool, handles[OWN]);
    memset(own_block, PATTERN(OWN), BLOCK_SIZE);
    memset(ta_get(pool, handles[GIVEN]), PATTERN(GIVEN), BLOCK_SIZE);

    prepare_queue();
    prepare_buffer(&buffer, 0, record.out, record.out_eaten);
    prepare_buffer(&aside, 1, record.aside, record.aside_eaten);

    ta_span span;
    if (record.reserved && ta_queue_reserve(&queue, record.reserved, &span) == TA_OK)
        memcpy(span.data, data[MAIN], span.length);
    ta_slab_set_headroom(pool, record.kept);
    for (uint8_t i = 0; ta_available(pool) > record.available; i++) {
        hogs[i] = ta_alloc(pool, 0);
        memset(ta_get(pool, hogs[i]), PATTERN((uint8_t)(HANDLES + i)), BLOCK_SIZE);
    }
}

static bool is_intact(ta_handle h, uint8_t which)
{
    const uint8_t *block = ta_get(pool, h);
    for (uint8_t i = 0; block && i < BLOCK_SIZE; i++)
        if (block[i] != PATTERN(which))
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
        memset(ta_get(pool, handles[MAIN]), PATTERN(MAIN), BLOCK_SIZE);
    record.intact = 1;
    for (uint8_t i = 0; i < HANDLES; i++) {
        record.live |= (uint8_t)(ta_is_live(pool, handles[i]) << i);
        record.intact &= is_intact(handles[i], i);
    }
    for (uint8_t i = 0; i < BLOCK_COUNT; i++)
        record.intact &= is_intact(hogs[i], (uint8_t)(HANDLES + i));
}

static void look_at_queue(void)
{
    record.queue_length = length_of(ta_queue_len(&queue));
    for (uint8_t i = 0; i < record.queue_length && i < DATA_MAX; i++)
        ta_queue_at(&queue, i, &record.queue[i]);
    tell_dropped(&record.dropped[0], &record.dropped[1]);
    record.is_paused = line_is_paused;
}

static void look_at_buffer(const ta_buffer *b, uint8_t which)
{
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    uint8_t chunks = 0, n = length_of(ta_buffer_len(b));
    ta_buffer_copy_out(b, 0, record.buffer[which].bytes, n < DATA_MAX ? n : DATA_MAX);
    while (chunks < 20 && ta_buffer_next_chunk(b, &at, &span) == TA_OK)
        chunks++;
    record.buffer[which].length = n;
    record.buffer[which].chunks =
        record.main.op == OP_B_RESERVE ? 0xFF : chunks; /* an open block is not iterated */
}

/* Everything goes back: then nothing is taken, and every block can be had. */
static void give_back(void)
{
    ta_queue_clear(&queue);
    ta_buffer_clear(&buffer);
    ta_buffer_clear(&aside);
    for (uint8_t i = 0; i < HANDLES; i++)
        ta_free(pool, handles[i]);
    for (uint8_t i = 0; i < BLOCK_COUNT; i++)
        ta_free(pool, hogs[i]);
    record.leaked = length_of(ta_stats_of(pool).used);
    while (record.refilled < 2 * BLOCK_COUNT && ta_slab_alloc_headroom(pool, 0).bits)
        record.refilled++;
    record.refilled += length_of(ta_stats_of(pool).retired);
    record.last_check = (int8_t)ta_slab_check(pool);
}

void race_check(void)
{
    record.is_worn = TA_RETIRE;
    record.slab_check = (int8_t)ta_slab_check(pool);
    record.queue_check = (int8_t)ta_queue_check(&queue);
    record.buffer_check = (int8_t)(ta_buffer_check(&buffer) * 10 + ta_buffer_check(&aside));
    ta_stats stats = ta_stats_of(pool);
    record.used = length_of(stats.used);
    record.peak = length_of(stats.peak);
    record.failures = length_of(stats.failures);
    look_at_handles();
    look_at_queue();
    look_at_buffer(&buffer, 0);
    look_at_buffer(&aside, 1);
    give_back();
}
