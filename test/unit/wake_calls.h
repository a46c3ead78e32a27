/*
 * For wake_interrupted.c: the calls of those who wait, and the calls that wake them. An attempt does what a task does before
 * it sleeps: it returns true if it got what it wanted.
 */
#ifndef WAKE_CALLS_H
#define WAKE_CALLS_H

#include "support.h"

#define BLOCK 4
#define BLOCKS 14
#define LIMIT 8

TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);

bool is_masked;

/* ---- Interrupts ---------------------------------------------------------------------------------------- */

static struct {
    void (*handler)(void);
    size_t place, places; /* where it comes; those that were passed */
    bool is_inside, has_come;
} interrupt;

void maybe_interrupt(void)
{
    if (is_masked || !interrupt.handler || interrupt.is_inside || interrupt.places++ != interrupt.place)
        return;
    interrupt.is_inside = interrupt.has_come = true;
    interrupt.handler();
    interrupt.is_inside = false;
}

/* ---- The hook ------------------------------------------------------------------------------------------ */

static struct {
    unsigned events, calls;
    void (*at_once)(void); /* runs in the hook: a task that is more urgent than the caller */
} woken;

static void wake_up(void *context, unsigned events)
{
    assert_ptr_equal(context, &woken);
    assert_false(is_masked);
    assert_int_not_equal(events, 0);
    maybe_interrupt(); /* the waiter may be preempted by others before it is woken */
    woken.events |= events;
    woken.calls++;
    if (woken.at_once)
        woken.at_once();
}

static const ta_wake hook = {wake_up, &woken};

static void forget_calls(void)
{
    woken.events = woken.calls = 0;
}

static unsigned marks_reached;

static void mark_reached(ta_queue *q, void *context)
{
    marks_reached++;
    assert_non_null(q);
    assert_ptr_equal(context, &hook);
    assert_true(is_masked);
}

static const ta_water_marks marks = {5, 4, mark_reached, mark_reached, (void *)(uintptr_t)&hook};

/* ---- What the calls work on ---------------------------------------------------------------------------- */

static ta_queue q;                        /* of which one side waits */
static ta_queue other, written, reserved; /* queues on the same pool */
static ta_buffer input, text;             /* and buffers */
static ta_buffer destination;
static ta_lines lines;
static ta_handle block;
static uint8_t scratch[64];

static void must(ta_status status)
{
    assert_int_equal(status, TA_OK);
}

static void begin(bool has_marks, size_t phase)
{
    const ta_lines of_queue = TA_LINES_OF_QUEUE(&q, 0);
    ta_queue *const queues[] = {&q, &other, &written, &reserved};
    ta_buffer *const buffers[] = {&input, &text, &destination};
    interrupt.handler = NULL;
    woken.at_once = NULL;
    fresh_pool(pool);
    must(ta_slab_set_wake(pool, &hook));
    for (size_t i = 0; i < COUNT_OF(queues); i++)
        must(ta_queue_init(queues[i], pool, 0));
    for (size_t i = 0; i < COUNT_OF(buffers); i++)
        must(ta_buffer_init(buffers[i], pool));
    must(ta_queue_set_limit(&q, LIMIT));
    for (size_t i = 0; i < 2; i++) /* in either order */
        must((i + phase) % 2 ? ta_queue_set_wake(&q, &hook)
                             : ta_queue_set_marks(&q, has_marks ? &marks : NULL));
    lines = of_queue;
    for (; phase > 0; phase--) {
        must(ta_queue_push(&q, 1));
        must(ta_queue_pop(&q, scratch));
    }
}

/* ---- Waiting for bytes --------------------------------------------------------------------------------- */

static void store_nothing(void) {}

static void store_one(void)
{
    must(ta_queue_push(&q, 'a'));
}

static bool try_read_some(void)
{
    size_t done;
    must(ta_queue_arm(&q));
    return ta_queue_read_some(&q, scratch, sizeof scratch, &done) == TA_OK;
}

static bool try_pop(void)
{
    must(ta_queue_arm(&q));
    return ta_queue_pop(&q, scratch) == TA_OK;
}

static bool try_read_two(void)
{
    must(ta_queue_arm(&q));
    return ta_queue_read(&q, scratch, 2) == TA_OK;
}

static bool try_line(void)
{
    char line[16];
    must(ta_queue_arm(&q));
    return ta_lines_read(&lines, line, sizeof line, NULL) == TA_OK;
}

static void push(void)
{
    must(ta_queue_push(&q, '\n'));
}

static void write_five(void)
{
    must(ta_queue_write(&q, "\nbcde", 5));
}

static void write_some(void)
{
    size_t done;
    must(ta_queue_write_some(&q, "\nbcdefghijk", 11, &done));
}

static void reserve_and_commit(void)
{
    ta_span span;
    must(ta_queue_reserve(&q, 2, &span));
    span.data[0] = '\n';
    must(ta_queue_commit(&q, 1));
}

/* ---- Waiting for room ---------------------------------------------------------------------------------- */

static void fill_queue(void)
{
    while (ta_queue_len(&q) + 1 < LIMIT)
        must(ta_queue_push(&q, 'a'));
    must(ta_queue_push(&q, '\n'));
}

static void fill_but_two(void)
{
    must(ta_queue_write(&q, "abcde\n", LIMIT - 2));
}

static bool try_push(void)
{
    return ta_queue_push(&q, 'b') == TA_OK;
}

static bool try_write_three(void)
{
    return ta_queue_write(&q, "bcd", 3) == TA_OK;
}

static bool try_write_some(void)
{
    size_t done;
    return ta_queue_write_some(&q, "bcd", 3, &done) == TA_OK;
}

static bool try_reserve(void)
{
    ta_span span;
    return ta_queue_reserve(&q, 3, &span) == TA_OK;
}

static void pop_one(void)
{
    must(ta_queue_pop(&q, scratch));
}

static void pop_three(void)
{
    for (int i = 0; i < 3; i++)
        must(ta_queue_pop(&q, scratch));
}

static void read_three(void)
{
    must(ta_queue_read(&q, scratch, 3));
}

static void read_some(void)
{
    size_t done;
    must(ta_queue_read_some(&q, scratch, 5, &done));
}

static void consume(void)
{
    must(ta_queue_consume(&q, 5));
}

static void take(void)
{
    must(ta_queue_take(&q, &destination));
}

static void drain(void)
{
    must(ta_queue_drain_into(&destination, &q, 5));
}

static void read_line(void)
{
    char line[16];
    must(ta_lines_read(&lines, line, sizeof line, NULL));
}

static void next_line(void)
{
    ta_view line;
    must(ta_lines_next(&lines, &line));
    assert_true(ta_lines_next(&lines, &line) != TA_E_STALE); /* which removes the first */
}

static void raise_limit(void)
{
    must(ta_queue_set_limit(&q, LIMIT + 3));
}

static void remove_limit(void)
{
    must(ta_queue_set_limit(&q, 0));
}

static void clear_queue(void)
{
    must(ta_queue_clear(&q));
}

/* ---- Waiting for a block ------------------------------------------------------------------------------- */

/* Everybody has something to give back; then the pool is empty. */
static void exhaust(void)
{
    ta_span span;
    block = must_alloc(pool, 1);
    must(ta_buffer_write(&input, "abcdefghi", 9));
    must(ta_queue_write(&other, "abcdefghi", 9));
    must(ta_queue_push(&written, 1));
    must(ta_queue_consume(&written, 1)); /* it keeps a block */
    must(ta_queue_reserve(&reserved, 1, &span));
    must(ta_slab_set_headroom(pool, 1));
    leave_free(pool, 0);
}

static bool try_alloc(void)
{
    return ta_alloc(pool, 1).bits != 0;
}

static bool try_alloc_copy(void)
{
    return ta_alloc_copy(pool, "a", 1).bits != 0;
}

static bool try_buffer_push(void)
{
    return ta_buffer_push(&text, 'a') == TA_OK;
}

static bool try_buffer_write(void)
{
    return ta_buffer_write(&text, "ab", 2) == TA_OK;
}

static bool try_buffer_reserve(void)
{
    ta_span span;
    return ta_buffer_reserve(&text, 1, &span) == TA_OK;
}

static bool try_prepend(void)
{
    return ta_buffer_prepend(&text, "ab", 2) == TA_OK;
}

static ta_queue third = TA_QUEUE_INIT(pool, 0); /* without a hook: the slab's is enough */

static bool try_queue_write(void)
{
    return ta_queue_write(&third, "ab", 2) == TA_OK;
}

static bool try_queue_write_some(void)
{
    size_t done;
    return ta_queue_write_some(&third, "ab", 2, &done) == TA_OK;
}

static bool try_queue_reserve(void)
{
    ta_span span;
    return ta_queue_reserve(&third, 1, &span) == TA_OK;
}

static void free_block(void)
{
    assert_true(ta_free(pool, block));
}

static void clear_buffer(void)
{
    must(ta_buffer_clear(&input));
}

static void consume_buffer(void)
{
    must(ta_buffer_consume(&input, 5));
}

static void pop_buffer(void)
{
    for (int i = 0; i < BLOCK; i++)
        must(ta_buffer_pop(&input, scratch));
}

static void truncate_buffer(void)
{
    must(ta_buffer_truncate(&input, 2));
}

static void replace_buffer(void)
{
    must(ta_buffer_move(&input, &destination));
}

static void consume_other(void)
{
    must(ta_queue_consume(&other, 6));
}

static void clear_other(void)
{
    must(ta_queue_clear(&other));
}

static void trim_written(void)
{
    must(ta_queue_trim(&written));
}

static void cancel(void)
{
    must(ta_queue_cancel(&reserved));
}

static void end_headroom(void)
{
    must(ta_slab_set_headroom(pool, 0));
}

static void clear_pool(void)
{
    ta_clear(pool);
}

#endif
