/* Queues, against the promises of queue.h. */
#include "support.h"

enum { ta_pool_id_pool = 4, ta_pool_id_small = 8 };

#define BLOCK 8
#define BLOCKS 16
#define CAPACITY ((size_t)BLOCK * BLOCKS)
#define SMALL 4
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);
TA_SLAB_DEFINE(small, SMALL, 12);
static TA_QUEUE_DEFINE(defined, pool, 7);

static int fresh_pools(void **state)
{
    (void)state;
    fresh_pool(pool);
    fresh_pool(small);
    return 0;
}

/* ---- Helpers ------------------------------------------------------------------------------------------- */

static void check_queue(const ta_queue *q)
{
    assert_int_equal(ta_queue_check(q), 0);
    check_pool(q->chain.allocator);
}

static void must_write(ta_queue *q, size_t first, size_t n)
{
    uint8_t data[CAPACITY];
    fill_pattern(data, first, n);
    assert_int_equal(ta_queue_write(q, data, n), TA_OK);
    check_queue(q);
}

/* Read n bytes, which are the pattern from `first` on. */
static void must_read(ta_queue *q, size_t first, size_t n)
{
    uint8_t data[CAPACITY];
    assert_int_equal(ta_queue_read(q, data, n), TA_OK);
    expect_pattern(data, first, n);
    check_queue(q);
}

static void expect_length(const ta_queue *q, size_t n)
{
    check_queue(q);
    assert_int_equal(ta_queue_len(q), n);
    assert_int_equal(ta_queue_is_empty(q), n == 0);
}

/* A queue that has taken and given `offset` bytes before, and holds n bytes from pattern 0 on. */
static ta_queue make_queue(const ta_allocator *a, size_t offset, size_t n)
{
    ta_queue q = TA_QUEUE_INIT(a, 0);
    must_write(&q, 0, offset);
    must_read(&q, 0, offset);
    must_write(&q, 0, n);
    expect_length(&q, n);
    return q;
}

static void clear_all(ta_queue *q)
{
    assert_int_equal(ta_queue_clear(q), TA_OK);
    expect_length(q, 0);
}

/* `dropped` is looked at by those who expect it to change. */
static bool is_same(const ta_queue *a, const ta_queue *b)
{
    return is_same_chain(&a->chain, &b->chain) && a->marks == b->marks;
}

/* Every call that returns a status, with arguments that are valid in themselves. */
static uint8_t scratch[CAPACITY];
static ta_span scratch_span;
static size_t scratch_size;

/* clang-format off */
static ta_status call_push(ta_queue *q) { return ta_queue_push(q, 0xee); }
static ta_status call_write(ta_queue *q) { return ta_queue_write(q, scratch, 2); }
static ta_status call_write_some(ta_queue *q) { return ta_queue_write_some(q, scratch, 2, &scratch_size); }
static ta_status call_pop(ta_queue *q) { return ta_queue_pop(q, scratch); }
static ta_status call_peek(ta_queue *q) { return ta_queue_peek(q, scratch); }
static ta_status call_read(ta_queue *q) { return ta_queue_read(q, scratch, 1); }
static ta_status call_read_some(ta_queue *q) { return ta_queue_read_some(q, scratch, 1, &scratch_size); }
static ta_status call_front(ta_queue *q) { return ta_queue_front(q, &scratch_span); }
static ta_status call_consume(ta_queue *q) { return ta_queue_consume(q, 1); }
/* clang-format on */
static ta_status call_take(ta_queue *q)
{
    ta_buffer b = TA_BUFFER_INIT(pool);
    return ta_queue_take(q, &b);
}

static const struct call {
    const char *name;
    ta_status (*run)(ta_queue *q);
    size_t drops; /* bytes it counts as dropped when there is no room */
    ta_status when_empty;
} calls[] = {
    {"push", call_push, 1, TA_OK},
    {"write", call_write, 2, TA_OK},
    {"write_some", call_write_some, 0, TA_OK},
    {"pop", call_pop, 0, TA_E_EMPTY},
    {"peek", call_peek, 0, TA_E_EMPTY},
    {"read", call_read, 0, TA_E_RANGE},
    {"read_some", call_read_some, 0, TA_E_EMPTY},
    {"front", call_front, 0, TA_E_EMPTY},
    {"consume", call_consume, 0, TA_E_RANGE},
    {"take", call_take, 0, TA_OK},
};
#define WRITERS 3

/* The call gives this status and changes neither the queue nor the pool. */
static void expect_refusal(const struct call *call, ta_queue *q, ta_status expected)
{
    ta_queue before = *q;
    size_t used_before = q->chain.allocator ? used(q->chain.allocator) : 0;
    bool no_room = expected == TA_E_NO_MEMORY || expected == TA_E_FULL;
    ta_status status = call->run(q);
    if (status != expected)
        fail_msg("%s says %s, not %s", call->name, ta_status_name(status), ta_status_name(expected));
    if (!is_same(&before, q))
        fail_msg("%s failed and changed the queue", call->name);
    assert_int_equal(q->chain.dropped, before.chain.dropped + (no_room ? call->drops : 0));
    if (q->chain.allocator) {
        assert_int_equal(used(q->chain.allocator), used_before);
        check_queue(q);
    }
}

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

static void unbound_queue_is_refused_by_every_call(void **state)
{
    (void)state;
    ta_queue q;
    memset(&q, 0, sizeof q);
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        expect_refusal(&calls[i], &q, TA_E_INVALID);
    assert_int_equal(ta_queue_clear(&q), TA_E_INVALID);
    assert_int_equal(ta_queue_trim(&q), TA_E_INVALID);
    assert_int_equal(ta_queue_len(&q), 0);
    assert_true(ta_queue_is_empty(&q));
    assert_int_equal(ta_queue_check(&q), 0);
}

static void null_queue_is_refused_by_every_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (calls[i].run(NULL) != TA_E_INVALID)
            fail_msg("%s accepts NULL", calls[i].name);
    assert_int_equal(ta_queue_clear(NULL), TA_E_INVALID);
    assert_int_equal(ta_queue_trim(NULL), TA_E_INVALID);
    assert_int_equal(ta_queue_init(NULL, pool, 0), TA_E_INVALID);
    assert_int_equal(ta_queue_set_limit(NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_queue_set_marks(NULL, NULL), TA_E_INVALID);
    assert_int_equal(ta_queue_use_headroom(NULL), TA_E_INVALID);
    assert_int_equal(ta_queue_len(NULL), 0);
    assert_true(ta_queue_is_empty(NULL));
    assert_int_equal(ta_queue_limit(NULL), 0);
    assert_int_equal(ta_queue_dropped(NULL), 0);
    assert_int_equal(ta_queue_check(NULL), 0);
}

static void null_arguments_are_refused_and_change_nothing(void **state)
{
    (void)state;
    ta_queue q = make_queue(pool, 3, 9), before = q;
    assert_int_equal(ta_queue_write(&q, NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_queue_write_some(&q, NULL, 1, &scratch_size), TA_E_INVALID);
    assert_int_equal(ta_queue_write_some(&q, scratch, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_queue_pop(&q, NULL), TA_E_INVALID);
    assert_int_equal(ta_queue_peek(&q, NULL), TA_E_INVALID);
    assert_int_equal(ta_queue_read(&q, NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_queue_read_some(&q, NULL, 1, &scratch_size), TA_E_INVALID);
    assert_int_equal(ta_queue_read_some(&q, scratch, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_queue_front(&q, NULL), TA_E_INVALID);
    assert_int_equal(ta_queue_take(&q, NULL), TA_E_INVALID);
    assert_true(is_same(&q, &before));
    assert_int_equal(ta_queue_dropped(&q), 0);
    must_read(&q, 0, 9);
}

/* others edges: n = 0 is a call like any other: it succeeds, takes no block and needs no pointer. */
static void zero_bytes_are_written_and_read_without_effect(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 2 * BLOCK; held += BLOCK / 2) {
        ta_queue q = make_queue(pool, 0, held), before = q;
        size_t done = 99;
        assert_int_equal(ta_queue_write(&q, NULL, 0), TA_OK);
        assert_int_equal(ta_queue_write_some(&q, NULL, 0, &done), TA_OK);
        assert_int_equal(done, 0);
        assert_int_equal(ta_queue_read(&q, NULL, 0), TA_OK);
        done = 99;
        assert_int_equal(ta_queue_read_some(&q, NULL, 0, &done), TA_OK);
        assert_int_equal(done, 0);
        assert_int_equal(ta_queue_consume(&q, 0), TA_OK);
        assert_true(is_same(&q, &before));
        must_read(&q, 0, held);
        clear_all(&q);
        assert_int_equal(used(pool), 0);
    }
}

static void defined_queue_is_usable_at_once(void **state)
{
    (void)state;
    assert_int_equal(ta_queue_limit(&defined), 7);
    expect_length(&defined, 0);
    must_write(&defined, 0, 7);
    assert_int_equal(ta_queue_push(&defined, 1), TA_E_FULL);
    must_read(&defined, 0, 7);
    clear_all(&defined);
}

static void init_makes_an_empty_bound_queue_of_any_memory(void **state)
{
    (void)state;
    ta_queue q;
    memset(&q, 0xa5, sizeof q);
    ta_queue_init(&q, pool, 33);
    expect_length(&q, 0);
    assert_int_equal(ta_queue_limit(&q), 33);
    assert_int_equal(ta_queue_dropped(&q), 0);
    must_write(&q, 0, 33);
    must_read(&q, 0, 33);
}

/* ---- Writing and reading ------------------------------------------------------------------------------- */

/* others edges: every length at every phase, that of a chunk read to its exact end included. */
static void pass_every_length_at_every_phase(void (*prepare)(const ta_allocator *a))
{
    for (size_t offset = 0; offset <= 2 * BLOCK; offset++) {
        for (size_t n = 0; n <= 3 * BLOCK + 1; n++) {
            prepare(pool);
            ta_queue q = make_queue(pool, offset, n);
            must_read(&q, 0, n);
            expect_length(&q, 0);
            assert_in_range(used(pool), 0, 1);
            clear_all(&q);
            assert_int_equal(used(pool), 0);
        }
    }
}

static void every_length_at_every_phase_comes_out_as_it_went_in(void **state)
{
    (void)state;
    pass_every_length_at_every_phase(fresh_pool);
}

static void every_length_comes_out_of_blocks_that_lie_apart(void **state)
{
    (void)state;
    pass_every_length_at_every_phase(fresh_mixed_pool);
}

/* others edges: a read or a write that ends exactly at, before or behind the end of a chunk. */
static void every_split_gives_the_same_bytes(void **state)
{
    (void)state;
    const size_t n = 3 * BLOCK;
    for (size_t in = 0; in <= n; in++) {
        for (size_t out = 0; out <= n; out++) {
            fresh_pool(pool);
            ta_queue q = make_queue(pool, 3, in), r;
            must_write(&q, in, n - in);
            expect_length(&q, n);
            must_read(&q, 0, out);
            expect_length(&q, n - out);
            r = q; /* the struct goes on elsewhere, q is not used any more */
            assert_int_equal(ta_queue_consume(&r, (n - out) / 2), TA_OK);
            check_queue(&r);
            must_read(&r, out + (n - out) / 2, n - out - (n - out) / 2);
        }
    }
}

static void push_and_pop_are_a_fifo_of_bytes(void **state)
{
    (void)state;
    ta_queue q = TA_QUEUE_INIT(pool, 0);
    uint8_t byte = 0;
    for (size_t i = 0; i < CAPACITY; i++) {
        assert_int_equal(ta_queue_push(&q, pattern(i)), TA_OK);
        expect_length(&q, i + 1);
    }
    assert_int_equal(ta_queue_push(&q, 1), TA_E_NO_MEMORY);
    for (size_t i = 0; i < CAPACITY; i++) {
        assert_int_equal(ta_queue_peek(&q, &byte), TA_OK);
        assert_int_equal(byte, pattern(i));
        byte = 0;
        assert_int_equal(ta_queue_pop(&q, &byte), TA_OK);
        assert_int_equal(byte, pattern(i));
        expect_length(&q, CAPACITY - 1 - i);
    }
    byte = 0x77;
    assert_int_equal(ta_queue_pop(&q, &byte), TA_E_EMPTY);
    assert_int_equal(byte, 0x77);
}

static void some_variants_take_what_there_is(void **state)
{
    (void)state;
    ta_queue q = TA_QUEUE_INIT(pool, 0);
    uint8_t data[CAPACITY + 20];
    size_t done = 0;
    fill_pattern(data, 0, sizeof data);
    assert_int_equal(ta_queue_write_some(&q, data, sizeof data, &done), TA_OK);
    assert_int_equal(done, CAPACITY);
    expect_length(&q, CAPACITY);
    assert_int_equal(ta_queue_write_some(&q, data, 1, &done), TA_E_NO_MEMORY);
    assert_int_equal(done, 0);
    assert_int_equal(ta_queue_dropped(&q), 0);
    assert_int_equal(ta_queue_read_some(&q, data, 10, &done), TA_OK);
    assert_int_equal(done, 10);
    memset(data, 0, sizeof data);
    assert_int_equal(ta_queue_read_some(&q, data, SIZE_MAX, &done), TA_OK);
    assert_int_equal(done, CAPACITY - 10);
    expect_pattern(data, 10, CAPACITY - 10);
    expect_length(&q, 0);
    assert_int_equal(ta_queue_read_some(&q, data, 1, &done), TA_E_EMPTY);
    assert_int_equal(done, 0);
}

static void front_and_consume_read_without_copying(void **state)
{
    (void)state;
    for (size_t offset = 0; offset <= BLOCK; offset++) {
        fresh_pool(pool);
        ta_queue q = make_queue(pool, offset, 3 * BLOCK);
        ta_span span;
        size_t seen = 0;
        while (ta_queue_front(&q, &span) == TA_OK) {
            assert_true(span.length > 0);
            expect_pattern(span.data, seen, span.length);
            seen += span.length;
            assert_int_equal(ta_queue_consume(&q, span.length), TA_OK);
            expect_length(&q, 3 * BLOCK - seen);
        }
        assert_int_equal(seen, 3 * BLOCK);
    }
}

/* original 1: a queue over the same slots loses nothing, however often. */
static void queue_loses_nothing_in_many_rounds(void **state)
{
    (void)state;
#if TA_RETIRE
    const uint32_t rounds = 16 * 128 / 4 - 16; /* as many lifetimes as the slots have */
#else
    const uint32_t rounds = EFFORT(100000, 20000, 1000);
#endif
    ta_queue q = TA_QUEUE_INIT(pool, 0);
    uint8_t in[251 + 29], out[29];
    fill_pattern(in, 0, sizeof in);
    for (uint32_t round = 0; round < rounds; round++) {
        const uint8_t *data = in + round % 251;
        if (ta_queue_write(&q, data, sizeof out) != TA_OK || ta_queue_check(&q) != 0)
            fail_msg("round %lu: the queue cannot be filled", (unsigned long)round);
        if (ta_queue_read(&q, out, sizeof out) != TA_OK || memcmp(out, data, sizeof out) != 0)
            fail_msg("round %lu: bytes were lost", (unsigned long)round);
        if (used(pool) > 1)
            fail_msg("round %lu: blocks were lost", (unsigned long)round);
    }
    clear_all(&q);
    assert_int_equal(used(pool), 0);
}

/* The end of a block is the start of its neighbour: reader and writer at one address may still lie blocks apart. */
static void equal_positions_are_not_always_empty(void **state)
{
    (void)state;
    fresh_pool(pool);
    ta_handle blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++)
        blocks[i] = must_alloc(pool, 0);
    for (size_t i = 3; i-- > 0;) /* so that the queue takes slots 2, 1, 0 */
        assert_true(ta_free(pool, blocks[i]));
    ta_queue q = TA_QUEUE_INIT(pool, 0);
    must_write(&q, 0, 3 * BLOCK);
    must_read(&q, 0, BLOCK);
    assert_int_equal(ta_queue_front(&q, &scratch_span), TA_OK); /* moves on to slot 1 */
    assert_true(q.chain.out.count != q.chain.in.count);
    expect_length(&q, 2 * BLOCK);
    for (size_t i = 0; i < 2 * BLOCK; i++) {
        uint8_t byte;
        assert_int_equal(ta_queue_pop(&q, &byte), TA_OK);
        assert_int_equal(byte, pattern(BLOCK + i));
    }
    expect_length(&q, 0);
}

/* ---- Limits and refusals ------------------------------------------------------------------------------- */

static void calls_on_an_empty_queue_fail_without_effect(void **state)
{
    (void)state;
    for (size_t offset = 0; offset <= BLOCK; offset += 4) {
        ta_queue q = make_queue(pool, offset, 0);
        for (size_t i = 0; i < COUNT_OF(calls); i++)
            if (calls[i].when_empty != TA_OK)
                expect_refusal(&calls[i], &q, calls[i].when_empty);
        assert_int_equal(call_take(&q), TA_OK);
        expect_length(&q, 0);
    }
}

/* original 12: the limit counts bytes that are held, not those already consumed. */
static void limit_does_not_count_consumed_bytes(void **state)
{
    (void)state;
    ta_queue q = TA_QUEUE_INIT(pool, 10);
    assert_int_equal(ta_queue_limit(&q), 10);
    must_write(&q, 0, 10);
    for (size_t i = 0; i < 50; i++) {
        expect_refusal(&calls[0], &q, TA_E_FULL);
        must_read(&q, 3 * i, 3);
        assert_int_equal(ta_queue_write(&q, scratch, 4), TA_E_FULL);
        must_write(&q, 10 + 3 * i, 3);
        expect_length(&q, 10);
    }
}

static void limit_refuses_every_writer_and_counts_what_it_dropped(void **state)
{
    (void)state;
    ta_queue q = TA_QUEUE_INIT(pool, BLOCK + 2);
    size_t done = 99;
    assert_int_equal(ta_queue_write(&q, scratch, BLOCK + 3), TA_E_FULL);
    assert_int_equal(ta_queue_dropped(&q), BLOCK + 3);
    fill_pattern(scratch, 0, sizeof scratch);
    assert_int_equal(ta_queue_write_some(&q, scratch, 50, &done), TA_OK);
    assert_int_equal(done, BLOCK + 2);
    for (size_t i = 0; i < WRITERS; i++)
        expect_refusal(&calls[i], &q, TA_E_FULL);
    assert_int_equal(ta_queue_dropped(&q), BLOCK + 3 + 1 + 2);
    must_read(&q, 0, BLOCK + 2);
}

static void full_pool_refuses_every_writer_and_counts_what_it_dropped(void **state)
{
    (void)state;
    ta_queue empty = TA_QUEUE_INIT(pool, 0), full = make_queue(pool, 0, BLOCK);
    leave_free(pool, 0);
    for (size_t i = 0; i < WRITERS; i++) {
        expect_refusal(&calls[i], &empty, TA_E_NO_MEMORY);
        expect_refusal(&calls[i], &full, TA_E_NO_MEMORY);
    }
    assert_int_equal(ta_queue_dropped(&empty), 3);
    assert_int_equal(ta_queue_dropped(&full), 3);
    must_read(&full, 0, BLOCK);
}

static void writer_with_the_reserve_takes_what_others_may_not(void **state)
{
    (void)state;
    uint8_t data[3 * BLOCK];
    size_t done;
    fill_pattern(data, 0, sizeof data);
    for (int way = 0; way < 3; way++) {
        fresh_pool(pool);
        assert_int_equal(ta_slab_set_headroom(pool, 2), TA_OK);
        leave_free(pool, 0);
        ta_queue plain = TA_QUEUE_INIT(pool, 0), q = TA_QUEUE_INIT(pool, 0);
        assert_int_equal(ta_queue_use_headroom(&q), TA_OK);
        assert_int_equal(ta_queue_room(&plain), 0);
        assert_int_equal(ta_queue_push(&plain, 1), TA_E_NO_MEMORY);
        assert_int_equal(ta_queue_write_some(&plain, data, 1, &done), TA_E_NO_MEMORY);
        assert_int_equal(ta_queue_room(&q), 2 * BLOCK);
        assert_int_equal(ta_queue_write(&q, data, sizeof data), TA_E_NO_MEMORY);
        if (way == 0) {
            assert_int_equal(ta_queue_write_some(&q, data, sizeof data, &done), TA_OK);
            assert_int_equal(done, 2 * BLOCK);
        } else if (way == 1) {
            must_write(&q, 0, 2 * BLOCK);
        } else {
            for (size_t i = 0; i < 2 * BLOCK; i++)
                assert_int_equal(ta_queue_push(&q, data[i]), TA_OK);
        }
        assert_int_equal(ta_queue_room(&q), 0);
        assert_int_equal(ta_queue_push(&q, 1), TA_E_NO_MEMORY);
        must_read(&q, 0, 2 * BLOCK);
    }
}

static void line_changed(ta_queue *q, void *context)
{
    assert_non_null(q);
    ++*(int *)context;
}

static void settings_that_mean_nothing_are_refused(void **state)
{
    (void)state;
    static const ta_water_marks marks[] = {{4, 2, NULL, line_changed, NULL},
                                           {4, 2, line_changed, NULL, NULL},
                                           {2, 2, line_changed, line_changed, NULL}};
    ta_queue q = make_queue(pool, 1, 3), before = q;
    assert_int_equal(ta_queue_init(&q, NULL, 1), TA_E_INVALID);
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        assert_int_equal(ta_queue_set_marks(&q, &marks[i]), TA_E_INVALID);
    assert_memory_equal(&q, &before, sizeof q);
    assert_true(ta_free(pool, q.chain.in.chunk));
    assert_int_equal(ta_queue_set_limit(&q, 1), TA_E_STALE);
    assert_int_equal(ta_queue_set_marks(&q, NULL), TA_E_STALE);
}

/* model queue: marks at every length. This one: what a side noted down before does not hide them. */
static void marks_count_from_the_next_call_on(void **state)
{
    (void)state;
    static int line_changes;
    static const ta_water_marks marks = {4, 2, line_changed, line_changed, &line_changes};
    ta_queue q = make_queue(pool, 2, 3);
    uint8_t byte;
    assert_int_equal(ta_queue_pop(&q, &byte), TA_OK);
    assert_int_equal(ta_queue_set_marks(&q, &marks), TA_OK);
    line_changes = 0;
    assert_int_equal(ta_queue_push(&q, pattern(3)), TA_OK);
    assert_int_equal(line_changes, 0);
    assert_int_equal(ta_queue_push(&q, pattern(4)), TA_OK);
    assert_int_equal(line_changes, 1);
    assert_int_equal(ta_queue_pop(&q, &byte), TA_OK);
    assert_int_equal(line_changes, 1);
    assert_int_equal(ta_queue_pop(&q, &byte), TA_OK);
    assert_int_equal(line_changes, 2);
    must_read(&q, 3, 2);
}

/* A counter of dropped bytes that wrapped would tell that all is well. */
static void dropped_saturates(void **state)
{
    (void)state;
    ta_queue q = TA_QUEUE_INIT(pool, 1);
    assert_int_equal(ta_queue_write(&q, scratch, UINT16_MAX - 1), TA_E_FULL);
    assert_int_equal(ta_queue_dropped(&q), UINT16_MAX - 1);
    assert_int_equal(ta_queue_write(&q, scratch, 100), TA_E_FULL);
    assert_int_equal(ta_queue_dropped(&q), UINT16_MAX);
    assert_int_equal(ta_queue_write(&q, scratch, SIZE_MAX), TA_E_FULL);
    assert_int_equal(ta_queue_dropped(&q), UINT16_MAX);
    expect_length(&q, 0);
}

/* others arithmetic: a length near the largest number is refused before a byte is read: there is only one. */
static void write_of_an_impossible_length_reads_nothing(void **state)
{
    (void)state;
    uint8_t byte = 1;
    for (size_t held = 0; held <= BLOCK + 1; held += 3) {
        ta_queue q = make_queue(pool, 2, held), before = q;
        for (size_t less = 0; less <= 2 * BLOCK; less++)
            assert_int_equal(ta_queue_write(&q, &byte, SIZE_MAX - less), TA_E_NO_MEMORY);
        assert_int_equal(ta_queue_write(&q, &byte, SIZE_MAX / 2 + 1), TA_E_NO_MEMORY);
        assert_true(is_same(&q, &before));
        must_read(&q, 0, held);
        clear_all(&q);
    }
}

/* others arithmetic: more than is held, by one or by all the numbers there are. */
static void more_than_is_held_is_out_of_range(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 2 * BLOCK + 1; held += BLOCK + 1) {
        ta_queue q = make_queue(pool, 3, held), before = q;
        uint8_t byte = 0x77;
        const size_t more[] = {held + 1,     held + BLOCK,    as_size(65536 + held),
                               SIZE_MAX / 2, SIZE_MAX - held, SIZE_MAX};
        for (size_t i = 0; i < COUNT_OF(more); i++) {
            assert_int_equal(ta_queue_read(&q, &byte, more[i]), TA_E_RANGE);
            assert_int_equal(ta_queue_consume(&q, more[i]), TA_E_RANGE);
        }
        assert_int_equal(byte, 0x77);
        assert_true(is_same(&q, &before));
        must_read(&q, 0, held);
        clear_all(&q);
    }
}

static void try_write_with(size_t offset, size_t held, size_t n, size_t left)
{
    fresh_pool(small);
    ta_queue q = make_queue(small, offset, held), copy = q;
    leave_free(small, left);
    size_t end = offset + held, room = (SMALL - end % SMALL) % SMALL, before = used(small);
    size_t needed = n <= room ? 0 : (n - room + SMALL - 1) / SMALL;
    uint8_t data[CAPACITY];
    fill_pattern(data, held, n);
    ta_status status = ta_queue_write(&q, data, n);
    assert_int_equal(status, needed <= left ? TA_OK : TA_E_NO_MEMORY);
    assert_int_equal(used(small), before + (status == TA_OK ? needed : 0));
    assert_int_equal(ta_queue_dropped(&q), status == TA_OK ? 0 : n);
    if (status != TA_OK)
        assert_true(is_same(&q, &copy));
    expect_length(&q, status == TA_OK ? held + n : held);
    must_read(&q, 0, ta_queue_len(&q));
}

/* original 8: a write that runs out of memory leaves nothing behind, for every number of free blocks, every
 * phase and every length. */
static void write_that_runs_out_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    for (size_t left = 0; left <= 3; left++)
        for (size_t offset = 0; offset <= SMALL; offset++)
            for (size_t held = 0; held <= 8; held++)
                for (size_t n = 0; n <= 17; n += EFFORT(1, 1, 3))
                    try_write_with(offset, held, n, left);
}

/* original 8: write_some takes as many as fit, to the byte, says how many, and counts nothing as dropped. */
static void write_some_takes_exactly_what_fits(void **state)
{
    (void)state;
    for (size_t left = 0; left <= 3; left++) {
        for (size_t held = 0; held <= 8; held++) {
            for (size_t n = 1; n <= 17; n++) {
                fresh_pool(small);
                ta_queue q = make_queue(small, 0, held);
                leave_free(small, left);
                uint8_t data[CAPACITY];
                fill_pattern(data, held, n);
                size_t room = (SMALL - held % SMALL) % SMALL + SMALL * left, done = 99;
                size_t fits = n < room ? n : room;
                assert_int_equal(ta_queue_write_some(&q, data, n, &done), fits > 0 ? TA_OK : TA_E_NO_MEMORY);
                assert_int_equal(done, fits);
                assert_int_equal(ta_queue_dropped(&q), 0);
                expect_length(&q, held + fits);
                must_read(&q, 0, held + fits);
            }
        }
    }
}

/* ---- Blocks kept and given back ------------------------------------------------------------------------ */

/* A drained queue keeps at most one block; trim gives it back, and then the queue works as before. */
static void drained_queue_keeps_at_most_one_block(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 3 * BLOCK; n++) {
        fresh_pool(pool);
        ta_queue q = make_queue(pool, 0, n);
        must_read(&q, 0, n);
        assert_int_equal(used(pool), 1);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(ta_queue_trim(&q), TA_OK);
            expect_length(&q, 0);
            assert_int_equal(used(pool), 0);
        }
        must_write(&q, 5, n);
        must_read(&q, 5, n);
    }
}

static void trim_leaves_a_queue_that_holds_bytes_alone(void **state)
{
    (void)state;
    for (size_t offset = 0; offset <= BLOCK; offset++) {
        fresh_pool(pool);
        ta_queue q = make_queue(pool, offset, BLOCK + 1), before = q;
        size_t used_before = used(pool);
        assert_int_equal(ta_queue_trim(&q), TA_OK);
        assert_true(is_same(&q, &before));
        assert_int_equal(used(pool), used_before);
        must_read(&q, 0, BLOCK + 1);
    }
}

/* Clear frees every block at every phase; what was dropped stays counted. */
static void clear_frees_every_block_at_every_phase(void **state)
{
    (void)state;
    for (size_t offset = 0; offset <= BLOCK; offset++) {
        for (size_t n = 0; n <= 3 * BLOCK; n++) {
            fresh_pool(pool);
            ta_queue q = make_queue(pool, offset, n);
            q.chain.dropped = 17;
            clear_all(&q);
            assert_int_equal(used(pool), 0);
            assert_int_equal(ta_queue_dropped(&q), 17);
            must_write(&q, 40, 9);
            must_read(&q, 40, 9);
        }
    }
}

/* ---- Stale queues -------------------------------------------------------------------------------------- */

/* Other data in every block: a stale read would see it, a stale free would be missed. */
static ta_buffer occupy_everything(void)
{
    ta_buffer other = TA_BUFFER_INIT(pool);
    uint8_t data[CAPACITY];
    memset(data, 0xcc, sizeof data);
    assert_int_equal(ta_buffer_write(&other, data, CAPACITY), TA_OK);
    return other;
}

static void expect_untouched(const ta_buffer *other)
{
    uint8_t data[CAPACITY];
    assert_int_equal(ta_buffer_check(other), 0);
    assert_int_equal(used(pool), BLOCKS);
    assert_int_equal(ta_buffer_copy_out(other, 0, data, CAPACITY), TA_OK);
    for (size_t i = 0; i < CAPACITY; i++)
        assert_int_equal(data[i], 0xcc);
}

/* After ta_clear() every call says TA_E_STALE, until the queue is cleared; blocks that others took since
 * then stay theirs. A drained queue that keeps a block is no exception. */
static void queue_is_stale_after_clear_of_its_pool(void **state)
{
    (void)state;
    for (size_t offset = 0; offset <= BLOCK; offset++) {
        for (size_t n = 0; n <= 2 * BLOCK; n++) {
            if (offset + n == 0)
                continue;
            fresh_pool(pool);
            ta_queue q = make_queue(pool, offset, n);
            ta_clear(pool);
            ta_buffer other = occupy_everything();
            for (size_t i = 0; i < COUNT_OF(calls); i++)
                expect_refusal(&calls[i], &q, TA_E_STALE);
            expect_untouched(&other);
            clear_all(&q);
            expect_untouched(&other);
            assert_int_equal(ta_buffer_clear(&other), TA_OK);
            must_write(&q, 0, 5);
            must_read(&q, 0, 5);
        }
    }
}

/* Trim is a call like any other: it does not heal a stale queue behind its owner's back. */
static void trim_of_a_stale_queue_says_so(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 3; n += 3) {
        fresh_pool(pool);
        ta_queue q = make_queue(pool, 2, n), before = q;
        ta_clear(pool);
        ta_buffer other = occupy_everything();
        assert_int_equal(ta_queue_trim(&q), TA_E_STALE);
        assert_true(is_same(&q, &before));
        expect_untouched(&other);
    }
}

/* A queue that holds no block has nothing that could go stale. */
static void trimmed_queue_survives_clear_of_its_pool(void **state)
{
    (void)state;
    ta_queue q = make_queue(pool, 3, 0);
    assert_int_equal(ta_queue_trim(&q), TA_OK);
    ta_clear(pool);
    must_write(&q, 0, 5);
    must_read(&q, 0, 5);
}

/* ---- Taking all that has arrived ----------------------------------------------------------------------- */

/* A buffer whose first byte lies `offset` bytes into its chunk, with n bytes of the pattern from 0 on. */
static ta_buffer make_destination(size_t offset, size_t n)
{
    ta_buffer b = TA_BUFFER_INIT(small);
    uint8_t data[CAPACITY];
    if (n == 0)
        return b;
    assert_int_equal(ta_buffer_write(&b, scratch, offset), TA_OK);
    fill_pattern(data, 0, n);
    assert_int_equal(ta_buffer_write(&b, data, n), TA_OK);
    assert_int_equal(ta_buffer_consume(&b, offset), TA_OK);
    return b;
}

static size_t chunks_of(const ta_buffer *b)
{
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    size_t chunks = 0;
    while (ta_buffer_next_chunk(b, &at, &span) == TA_OK)
        chunks++;
    return chunks;
}

/* A queue phase for which there is room beside the buffer; it holds n bytes of the pattern from
 * `first` on. */
static ta_queue make_source(size_t offset, size_t first, size_t n)
{
    ta_queue q = make_queue(small, offset, 0);
    must_write(&q, first, n);
    return q;
}

static void expect_taken(ta_queue *q, ta_buffer *b, size_t n, size_t most)
{
    uint8_t data[CAPACITY];
    assert_int_equal(ta_buffer_len(b), n);
    assert_int_equal(ta_buffer_copy_out(b, 0, data, n), TA_OK);
    expect_pattern(data, 0, n);
    expect_length(q, 0);
    assert_in_range(chunks_of(b), 0, n ? 1 + (n - 1 + SMALL - 1) / SMALL : 0);
    assert_in_range(used(small), 0, most);
}

/* Buffer phase x queue phase x lengths x free blocks: one block more is always enough, and contents are
 * what a plain array would hold; without one the call either works or changes nothing. */
static void try_take(size_t at, size_t held, size_t offset, size_t arrived, size_t left)
{
    fresh_pool(small);
    ta_buffer b = make_destination(at, held), b_before = b;
    ta_queue q = make_source(offset, held, arrived), q_before = q;
    size_t needed = used(small);
    leave_free(small, left);
    size_t before = used(small), others = before - needed;
    bool fits_tail = arrived == 0 || (held > 0 && arrived <= (SMALL - (at + held) % SMALL) % SMALL);
    ta_status status = ta_queue_take(&q, &b);
    assert_int_equal(ta_buffer_check(&b), 0);
    check_queue(&q);
    if (status == TA_OK) {
        expect_taken(&q, &b, held + arrived, before + 1);
    } else {
        assert_int_equal(status, TA_E_NO_MEMORY);
        assert_true(left == 0 && !fits_tail);
        assert_true(is_same(&q, &q_before) && ta_queue_dropped(&q) == 0);
        assert_true(is_same_chain(&b.chain, &b_before.chain));
        assert_int_equal(used(small), before);
    }
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
    clear_all(&q);
    assert_int_equal(used(small), others);
}

static void take_works_at_every_phase_with_one_block_more(void **state)
{
    (void)state;
    for (size_t at = 0; at < SMALL; at++)
        for (size_t held = 0; held <= 2 * SMALL + 1; held += EFFORT(1, 1, 3))
            for (size_t offset = 0; offset <= SMALL; offset++)
                for (size_t arrived = 0; arrived <= 3 * SMALL + 1; arrived++)
                    for (size_t left = 0; left <= 1; left++)
                        try_take(at, held, offset, arrived, left);
}

/* After a take both go on: the queue is written, the buffer read, over and over. */
static void queue_and_buffer_go_on_after_take(void **state)
{
    (void)state;
    for (size_t step = 1; step <= 11; step++) {
        fresh_pool(small);
        ta_queue q = TA_QUEUE_INIT(small, 0);
        ta_buffer b = TA_BUFFER_INIT(small);
        size_t in = 0, out = 0;
        for (int round = 0; round < 40; round++) {
            uint8_t data[CAPACITY];
            must_write(&q, in, step);
            in += step;
            assert_int_equal(ta_queue_take(&q, &b), TA_OK);
            check_queue(&q);
            assert_int_equal(ta_buffer_check(&b), 0);
            size_t n = ta_buffer_len(&b) > 14 ? ta_buffer_len(&b) - 2 : ta_buffer_len(&b) / 2;
            assert_int_equal(ta_buffer_read(&b, data, n), TA_OK);
            expect_pattern(data, out, n);
            out += n;
        }
    }
}

/* Whole chunks are handed over as they are: the bytes stay where they lie. */
static void take_relinks_whole_chunks(void **state)
{
    (void)state;
    ta_queue q = make_queue(pool, 0, 3 * BLOCK);
    ta_buffer b = TA_BUFFER_INIT(pool);
    ta_span before, after;
    assert_int_equal(ta_queue_front(&q, &before), TA_OK);
    assert_int_equal(ta_queue_take(&q, &b), TA_OK);
    check_queue(&q);
    assert_int_equal(ta_buffer_front(&b, &after), TA_OK);
    assert_ptr_equal(after.data, before.data);
    assert_int_equal(ta_buffer_len(&b), 3 * BLOCK);
}

static void take_keeps_to_the_limit_of_the_destination(void **state)
{
    (void)state;
    for (size_t limit = 1; limit <= 10; limit++) {
        fresh_pool(pool);
        ta_queue q = make_queue(pool, 1, 6), before = q;
        ta_buffer b = TA_BUFFER_INIT(pool);
        assert_int_equal(ta_buffer_write(&b, scratch, 3), TA_OK);
        assert_int_equal(ta_buffer_set_limit(&b, limit), TA_OK);
        ta_status status = ta_queue_take(&q, &b);
        assert_int_equal(status, limit >= 9 ? TA_OK : TA_E_FULL);
        assert_int_equal(ta_buffer_len(&b), status == TA_OK ? 9 : 3);
        assert_int_equal(ta_buffer_check(&b), 0);
        if (status != TA_OK) {
            assert_true(is_same(&q, &before));
            must_read(&q, 0, 6);
        }
    }
}

/* Blocks cannot change their pool, and a stale or unbound destination takes nothing. */
static void take_refuses_a_destination_it_cannot_fill(void **state)
{
    (void)state;
    ta_queue q = make_queue(pool, 3, 10), before = q;
    ta_buffer foreign = TA_BUFFER_INIT(small), unbound = TA_BUFFER_INIT(NULL), stale = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_queue_take(&q, &foreign), TA_E_INVALID);
    assert_int_equal(ta_queue_take(&q, &unbound), TA_E_INVALID);
    assert_int_equal(ta_buffer_write(&stale, scratch, 3), TA_OK);
    ta_buffer copy = stale;
    assert_int_equal(ta_buffer_clear(&copy), TA_OK);
    assert_int_equal(ta_queue_take(&q, &stale), TA_E_STALE);
    assert_true(is_same(&q, &before));
    assert_int_equal(used(small), 0);
    must_read(&q, 0, 10);
}

/* others edges: a reservation that is open in the destination ends, and its fresh block is used or given
 * back. */
static void take_ends_the_reservation_of_the_destination(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 2 * SMALL; held++) {
        for (size_t arrived = 0; arrived <= 2 * SMALL; arrived++) {
            fresh_pool(small);
            ta_buffer b = make_destination(0, held);
            ta_queue q = make_source(1, held, arrived);
            assert_int_equal(ta_buffer_reserve(&b, 3, &scratch_span), TA_OK);
            assert_int_equal(ta_queue_take(&q, &b), TA_OK);
            assert_int_equal(ta_buffer_check(&b), 0);
            assert_int_equal(ta_buffer_commit(&b, 1), TA_E_INVALID);
            expect_taken(&q, &b, held + arrived, 12);
            assert_int_equal(ta_queue_trim(&q), TA_OK);
            assert_int_equal(used(small), chunks_of(&b));
        }
    }
}

/* A caller's bug changes nothing, whether bytes had arrived or not. */
static void take_of_another_pool_leaves_the_reservation_open(void **state)
{
    (void)state;
    for (size_t arrived = 0; arrived <= 2; arrived += 2) {
        fresh_pools(NULL);
        ta_queue q = make_queue(pool, 1, arrived);
        ta_buffer b = make_destination(0, SMALL);
        assert_int_equal(ta_buffer_reserve(&b, 3, &scratch_span), TA_OK);
        assert_int_equal(ta_queue_take(&q, &b), TA_E_INVALID);
        assert_int_equal(ta_buffer_commit(&b, 1), TA_OK);
    }
}

/* Somebody who got hold of a handle may free a chunk in the middle: then nothing is taken. */
static void take_across_a_chunk_freed_by_a_stranger_is_refused(void **state)
{
    (void)state;
    for (size_t freed = 1; freed <= 2; freed++)
        for (size_t offset = 0; offset < BLOCK; offset++)
            for (size_t held = 0; held <= BLOCK; held++) {
                fresh_pool(pool);
                ta_queue q = make_queue(pool, offset, 4 * BLOCK - offset - 1), before = q;
                assert_true(ta_free(pool, ta_slab_handle_at(pool, freed)));
                ta_buffer b = TA_BUFFER_INIT(pool);
                assert_int_equal(ta_buffer_write(&b, scratch, held), TA_OK);
                ta_buffer b_before = b;
                size_t used_before = used(pool);
                assert_int_equal(ta_queue_take(&q, &b), TA_E_STALE);
                assert_true(is_same(&q, &before));
                assert_true(is_same_chain(&b.chain, &b_before.chain));
                assert_int_equal(used(pool), used_before);
                check_pool(pool);
                assert_int_equal(ta_buffer_check(&b), 0);
            }
}

/* A length in place of a link may lead to the last chunk too early. */
static void take_of_a_queue_whose_chunk_was_resized_is_refused(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 3; size++) {
        fresh_pool(pool);
        ta_queue q = make_queue(pool, 0, 4 * BLOCK), before = q;
        ta_buffer b = TA_BUFFER_INIT(pool);
        assert_int_equal(ta_resize(pool, q.chain.out.chunk, size), TA_OK);
        assert_int_equal(ta_queue_take(&q, &b), TA_E_STALE);
        assert_true(is_same(&q, &before));
        assert_true(ta_buffer_is_empty(&b));
        assert_int_equal(used(pool), 4);
    }
}

/* The writer's chunk was freed, and is another's now: a link carries no generation, but the pool stays right. */
static void take_of_a_queue_whose_last_chunk_is_anothers_leaves_the_pool_right(void **state)
{
    (void)state;
    ta_queue q = make_queue(pool, 0, 2 * BLOCK);
    assert_true(ta_free(pool, q.chain.in.chunk));
    ta_buffer other = TA_BUFFER_INIT(pool), b = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_write(&other, scratch, CAPACITY - BLOCK), TA_OK);
    ta_queue_take(&q, &b);
    check_pool(pool);
    assert_int_equal(ta_queue_push(&q, 1), TA_E_STALE);
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
    assert_int_equal(ta_buffer_clear(&other), TA_OK);
    assert_int_equal(ta_queue_clear(&q), TA_OK);
    check_pool(pool);
}

/* The reader has read its chunk to the end; the next one is gone. */
static void take_from_a_freed_chunk_is_refused(void **state)
{
    (void)state;
    ta_queue q = make_queue(pool, 0, 3 * BLOCK);
    ta_buffer b = TA_BUFFER_INIT(pool);
    size_t done = 77;
    assert_int_equal(ta_queue_consume(&q, BLOCK), TA_OK);
    assert_true(ta_free(pool, ta_slab_handle_at(pool, 1)));
    assert_int_equal(ta_queue_take(&q, &b), TA_E_STALE);
    assert_int_equal(ta_buffer_len(&b), 0);
    assert_int_equal(ta_queue_len(&q), 2 * BLOCK);
    assert_int_equal(ta_queue_read_some(&q, scratch, 3, &done), TA_E_STALE);
    assert_int_equal(done, 0);
    assert_int_equal(ta_queue_clear(&q), TA_OK);
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

/* The check can fail: each number is given for what it stands for. */
static void check_says_what_is_broken(void **state)
{
    (void)state;
    const ta_queue sound = make_queue(pool, 2, 3 * BLOCK);
    ta_queue q = sound;
    q.chain.out.base += BLOCK;
    assert_int_equal(ta_queue_check(&q), 1);
    q = sound;
    q.chain.in.base += BLOCK;
    assert_int_equal(ta_queue_check(&q), 1);
    q = sound;
    q.chain.in.chunk = TA_NONE;
    assert_int_equal(ta_queue_check(&q), 2);
    q = sound;
    q.chain.in.count--;
    q.chain.in.base++; /* the place is right, the count is not */
    assert_int_equal(ta_queue_check(&q), 4);
    q = sound;
    q.chain.in.credit++;
    assert_int_equal(ta_queue_check(&q), 5);
    q = sound;
    q.chain.out.credit = BLOCK;
    assert_int_equal(ta_queue_check(&q), 5);
    q = sound;
    q.chain.limit = 3 * BLOCK;
    assert_int_equal(ta_queue_check(&q), 5);
    q = sound;
    q.chain.out.count = q.chain.in.count; /* nothing is stored, but nothing was read either */
    q.chain.out.reserved = 0;
    assert_int_equal(ta_queue_check(&q), 2);
    q = sound;
    ta_handle stranger = must_alloc(pool, 0);
    q.chain.in.chunk = stranger;
    int broken = ta_queue_check(&q);
    assert_true(broken == 1 || broken == 4);
    q = sound;
    assert_true(ta_free(pool, ta_slab_handle_at(pool, 1))); /* the chunk in the middle */
    assert_int_equal(ta_queue_check(&q), 3);
}

/* Somebody who got hold of a handle may free a chunk in the middle. What is read over it is refused, and nothing else
 * of the pool suffers. */
static void chunk_freed_by_a_stranger_is_found_out(void **state)
{
    (void)state;
    uint8_t data[3 * BLOCK];
    ta_queue q = make_queue(pool, 0, sizeof data);
    const ta_queue before = q;
    assert_true(ta_free(pool, ta_slab_handle_at(pool, 1)));
    size_t used_before = used(pool);
    assert_int_equal(ta_queue_read(&q, data, sizeof data), TA_E_STALE);
    assert_int_equal(ta_queue_consume(&q, sizeof data), TA_E_STALE);
    assert_true(is_same(&q, &before));
    assert_int_equal(used(pool), used_before);
    check_pool(pool);
    assert_int_equal(ta_queue_read(&q, data, BLOCK), TA_OK);
    expect_pattern(data, 0, BLOCK);
    assert_int_equal(ta_queue_read(&q, data, 1), TA_E_STALE);
    assert_int_equal(ta_queue_len(&q), 2 * BLOCK);
}

/* A length in place of a link may lead behind the last slot. */
static void chunk_resized_by_a_stranger_leads_nowhere(void **state)
{
    (void)state;
    uint8_t byte;
    ta_queue q = make_queue(pool, CAPACITY - BLOCK, 2 * BLOCK);
    must_read(&q, 0, BLOCK);
    ta_handle first = ta_slab_handle_at(pool, BLOCKS - 1);
    assert_true(ta_handle_eq(q.chain.out.chunk, first));
    for (size_t size = 0; size <= BLOCK; size++) {
        assert_int_equal(ta_resize(pool, first, size), TA_OK);
        assert_int_equal(ta_queue_read(&q, &byte, 1), TA_E_STALE);
        assert_int_equal(ta_queue_pop(&q, &byte), TA_E_STALE);
        assert_int_equal(ta_queue_len(&q), BLOCK);
    }
}

/* Nor does it make the reader leave more chunks than the queue has. */
static void chunk_resized_by_a_stranger_frees_nobody_elses_block(void **state)
{
    (void)state;
    uint8_t data[BLOCK];
    ta_handle others[4];
    ta_queue q = make_queue(pool, 0, 2 * BLOCK - 1);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        others[i] = must_alloc(pool, 0);
    must_read(&q, 0, BLOCK - 1);
    assert_int_equal(ta_resize(pool, q.chain.out.chunk, 1), TA_OK); /* it leads to the first of them now */
    for (size_t i = 0; i < 2 * COUNT_OF(others); i++) {
        ta_queue_read(&q, data, BLOCK);
        assert_int_not_equal(ta_queue_check(&q), 0);
        assert_in_range(chunks_in(&q.chain), 1, 2);
    }
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_true(ta_is_live(pool, others[i]));
}

static void reservation_freed_by_a_stranger_is_not_committed(void **state)
{
    (void)state;
    ta_span span;
    ta_queue q = make_queue(pool, 0, BLOCK);
    assert_int_equal(ta_queue_reserve(&q, 4, &span), TA_OK);
    assert_true(ta_free(pool, ta_handle_of(pool, span.data)));
    assert_int_equal(ta_queue_commit(&q, 2), TA_E_STALE);
    assert_int_equal(ta_queue_cancel(&q), TA_E_STALE);
    must_read(&q, 0, BLOCK); /* the reader's end is not */
    clear_all(&q);
    must_write(&q, 0, BLOCK + 3);
    must_read(&q, 0, BLOCK + 3);
}

/* What ta::queue does when it is moved. */
static void moved_queue_keeps_bytes_and_gap_and_ends_views(void **state)
{
    (void)state;
    ta_queue to = TA_QUEUE_INIT(pool, 0), from = TA_QUEUE_INIT(pool, 4);
    char text[4];
    assert_int_equal(ta_queue_write(&to, "old", 3), TA_OK);
    ta_view view_of_to = ta_queue_view(&to);
    assert_int_equal(ta_queue_clear(&to), TA_OK);
    assert_int_equal(ta_queue_write(&from, "ab\n", 3), TA_OK);
    assert_int_equal(ta_queue_write(&from, "cd", 2), TA_E_FULL);
    ta_view view_of_from = ta_queue_view(&from);

    ta_queue_move_(&to, &from);
    assert_int_equal(ta_view_check(&view_of_to), TA_E_STALE);
    assert_int_equal(ta_view_check(&view_of_from), TA_E_STALE);
    assert_int_equal(ta_queue_check(&to), 0);
    assert_int_equal(ta_queue_len(&to), 3);
    assert_int_equal(ta_queue_limit(&to), 4);
    ta_lines lines = TA_LINES_OF_QUEUE(&to, 0);
    assert_int_equal(ta_lines_read(&lines, text, sizeof text, NULL), TA_OK);
    assert_string_equal(text, "ab");
    assert_int_equal(ta_lines_read(&lines, text, sizeof text, NULL), TA_MORE);
    assert_int_equal(lines.damaged, 1);
    clear_all(&to);

    assert_int_equal(ta_queue_len(&from), 0);
    assert_int_equal(ta_queue_limit(&from), 4);
    must_write(&from, 0, 4);
    must_read(&from, 0, 4);
    clear_all(&from);
    assert_int_equal(used(pool), 0);
}

/* ---- Interrupts ---------------------------------------------------------------------------------------- */

#ifdef TINYALLOC_PORT_POSIX_SIGNAL_H
#include <sys/time.h>
#include <time.h>

/* A signal is a real asynchronous interrupt: it comes between any two instructions of the main flow. */
static ta_queue line;
static uint32_t sent, refused, errors, fires;
static uint32_t handler_seed;

static void arm(long microseconds, void (*handler)(int))
{
    struct itimerval every = {{0, microseconds}, {0, microseconds}};
    fires = sent = refused = errors = 0;
    handler_seed = 99;
    assert_true(signal(SIGALRM, handler) != SIG_ERR);
    assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
}

static size_t saturated(size_t n)
{
    return n < UINT16_MAX ? n : UINT16_MAX;
}

static void disarm(void)
{
    struct itimerval never = {{0, 0}, {0, 0}};
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    signal(SIGALRM, SIG_IGN);
}

/* Also after a test that failed in the middle: the next one starts without interrupts. */
static int stop_interrupts(void **state)
{
    (void)state;
    disarm();
    return 0;
}

/* After 300 ms, if what the test waits for has happened by then; a machine that is busy with other work takes
 * longer, but no longer than a minute. */
static bool is_over(const struct timespec *start, bool has_happened)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long ms = (long)(now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
    return ms >= (has_happened ? 300 : 60000);
}

static uint32_t latest(const uint32_t *count)
{
    return *(const volatile uint32_t *)count;
}

static void handler_writes(int number)
{
    (void)number;
    fires++;
    for (uint32_t n = next_random(&handler_seed) % 30; n > 0; n--) {
        if (ta_queue_push(&line, pattern(sent)) == TA_OK)
            sent++;
        else
            refused++;
    }
}

static size_t expect_next(const uint8_t *data, size_t n, size_t received)
{
    expect_pattern(data, received, n);
    return received + n;
}

/* One of the ways to read what has arrived; says how many bytes came, all of them the right ones. */
static size_t receive(ta_buffer *b, int way, size_t received)
{
    uint8_t data[CAPACITY];
    ta_span span;
    size_t done = 0;
    if (way == 0 && ta_queue_pop(&line, data) == TA_OK)
        return expect_next(data, 1, received);
    if (way == 1 && ta_queue_read_some(&line, data, 20, &done) == TA_OK)
        return expect_next(data, done, received);
    if (way == 2 && ta_queue_front(&line, &span) == TA_OK) {
        received = expect_next(span.data, span.length, received);
        assert_int_equal(ta_queue_consume(&line, span.length), TA_OK);
    }
    if (way == 3 && ta_queue_take(&line, b) == TA_OK &&
        ta_buffer_read_some(b, data, sizeof data, &done) == TA_OK)
        return expect_next(data, done, received);
    return received;
}

/* What is left when the interrupt is off: no more than the pool holds. */
static size_t receive_rest(ta_buffer *b, size_t received)
{
    for (size_t i = 0; i < CAPACITY; i++)
        received = receive(b, 1, received);
    return received;
}

static void interrupt_writes_and_main_loop_reads(void **state)
{
    (void)state;
    struct timespec start;
    ta_buffer b = TA_BUFFER_INIT(pool);
    size_t received = 0;
    ta_queue_init(&line, pool, 0);
    clock_gettime(CLOCK_MONOTONIC, &start);
    arm(50, handler_writes);
    for (int i = 0; !is_over(&start, latest(&fires) > 100 && latest(&refused) > 0 && latest(&sent) > 1000);
         i++) {
        received = receive(&b, i % 4, received);
        if (i % 1000 == 0) /* be late now and then, so that the pool runs out */
            for (uint32_t until = latest(&fires) + 20; latest(&fires) < until && !is_over(&start, false);)
                ;
        if (i % 777 == 0)
            assert_int_equal(ta_queue_trim(&line), TA_OK);
    }
    disarm();
    received = receive_rest(&b, received);
    assert_int_equal(received, sent);
    assert_int_equal(ta_queue_dropped(&line), saturated(refused));
    assert_true(fires > 100 && refused > 0 && sent > 1000);
    clear_all(&line);
    assert_int_equal(used(pool), 0);
}

#define MESSAGE 5

/* The bytes of one write become visible together: the handler never sees part of a message. */
static void handler_reads(int number)
{
    (void)number;
    uint8_t data[MESSAGE];
    if (ta_queue_len(&line) % MESSAGE != 0)
        errors++;
    if (fires++ % 32 < 8) /* be late now and then, so that the pool runs out */
        return;
    for (uint32_t n = next_random(&handler_seed) % 20; n > 0 && ta_queue_len(&line) > 0; n--) {
        if (ta_queue_read(&line, data, MESSAGE) != TA_OK)
            errors++;
        for (size_t i = 0; i < MESSAGE; i++)
            errors += data[i] != pattern(sent++);
    }
}

/* others concurrency: length and data of a message do not come apart; the original's unprotected queue
 * (13). */
static void main_loop_writes_and_interrupt_reads(void **state)
{
    (void)state;
    struct timespec start;
    uint8_t data[MESSAGE];
    size_t written = 0, failed = 0;
    ta_queue_init(&line, pool, 0);
    clock_gettime(CLOCK_MONOTONIC, &start);
    arm(50, handler_reads);
    while (!is_over(&start, latest(&fires) > 100 && written > 1000 && failed > 0)) {
        fill_pattern(data, written, MESSAGE);
        if (ta_queue_write(&line, data, MESSAGE) == TA_OK)
            written += MESSAGE;
        else
            failed += MESSAGE;
    }
    disarm();
    while (ta_queue_len(&line) > 0 && errors == 0)
        handler_reads(0);
    assert_int_equal(errors, 0);
    assert_int_equal(sent, written);
    assert_int_equal(ta_queue_dropped(&line), saturated(failed));
    assert_true(fires > 100 && written > 1000 && failed > 0);
    clear_all(&line);
    assert_int_equal(used(pool), 0);
}

/* The handler holds up to four blocks, each marked with its own slot, and writes to the queue as well. */
static ta_handle handlers[4];

static void handler_allocates(int number)
{
    handler_writes(number);
    ta_handle *h = &handlers[next_random(&handler_seed) % 4];
    uint8_t *block = ta_get(pool, *h);
    if (h->bits && (!block || block[0] != ta_handle_slot(*h) || !ta_free(pool, *h) || ta_free(pool, *h)))
        errors++;
    *h = ta_alloc(pool, 1);
    block = ta_get(pool, *h);
    if (block)
        block[0] = (uint8_t)ta_handle_slot(*h);
}

/* Buffer, queue and single blocks of main loop and interrupt come from one pool; none loses or shares a
 * block. */
static void main_loop_and_interrupt_share_the_pool(void **state)
{
    (void)state;
    struct timespec start;
    ta_buffer b = TA_BUFFER_INIT(pool);
    uint8_t in[251 + 40], out[40];
    size_t received = 0;
    fill_pattern(in, 0, sizeof in);
    memset(handlers, 0, sizeof handlers);
    ta_queue_init(&line, pool, 60);
    clock_gettime(CLOCK_MONOTONIC, &start);
    arm(70, handler_allocates);
    for (uint32_t i = 0; !is_over(&start, latest(&fires) > 100); i++) {
        size_t n = i % sizeof out;
        ta_handle h = ta_alloc_copy(pool, in + i % 251, BLOCK);
        if (ta_buffer_write(&b, in + i % 251, n) == TA_OK) {
            assert_int_equal(ta_buffer_read(&b, out, n), TA_OK);
            assert_memory_equal(out, in + i % 251, n);
        }
        if (ta_is_live(pool, h)) {
            assert_memory_equal(ta_get(pool, h), in + i % 251, BLOCK);
            assert_true(ta_free(pool, h));
        }
        received = receive(&b, (int)(i % 4), received);
    }
    disarm();
    received = receive_rest(&b, received);
    assert_int_equal(received, sent);
    assert_int_equal(errors, 0);
    assert_true(fires > 100);
    for (size_t i = 0; i < 4; i++)
        ta_free(pool, handlers[i]);
    assert_true(ta_buffer_is_empty(&b));
    clear_all(&line);
    assert_int_equal(used(pool), 0);
}

#else

static int stop_interrupts(void **state)
{
    (void)state;
    return 0;
}

static void interrupt_writes_and_main_loop_reads(void **state)
{
    (void)state;
    skip();
}

static void main_loop_writes_and_interrupt_reads(void **state)
{
    (void)state;
    skip();
}

static void main_loop_and_interrupt_share_the_pool(void **state)
{
    (void)state;
    skip();
}

#endif

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh_pools, stop_interrupts)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(unbound_queue_is_refused_by_every_call),
        TEST(null_queue_is_refused_by_every_call),
        TEST(settings_that_mean_nothing_are_refused),
        TEST(null_arguments_are_refused_and_change_nothing),
        TEST(zero_bytes_are_written_and_read_without_effect),
        TEST(defined_queue_is_usable_at_once),
        TEST(init_makes_an_empty_bound_queue_of_any_memory),
        TEST(every_length_at_every_phase_comes_out_as_it_went_in),
        TEST(every_length_comes_out_of_blocks_that_lie_apart),
        TEST(every_split_gives_the_same_bytes),
        TEST(push_and_pop_are_a_fifo_of_bytes),
        TEST(some_variants_take_what_there_is),
        TEST(front_and_consume_read_without_copying),
        TEST(queue_loses_nothing_in_many_rounds),
        TEST(equal_positions_are_not_always_empty),
        TEST(calls_on_an_empty_queue_fail_without_effect),
        TEST(limit_does_not_count_consumed_bytes),
        TEST(limit_refuses_every_writer_and_counts_what_it_dropped),
        TEST(full_pool_refuses_every_writer_and_counts_what_it_dropped),
        TEST(writer_with_the_reserve_takes_what_others_may_not),
        TEST(marks_count_from_the_next_call_on),
        TEST(dropped_saturates),
        TEST(write_of_an_impossible_length_reads_nothing),
        TEST(more_than_is_held_is_out_of_range),
        TEST(write_that_runs_out_of_memory_leaves_nothing_behind),
        TEST(write_some_takes_exactly_what_fits),
        TEST(drained_queue_keeps_at_most_one_block),
        TEST(trim_leaves_a_queue_that_holds_bytes_alone),
        TEST(clear_frees_every_block_at_every_phase),
        TEST(queue_is_stale_after_clear_of_its_pool),
        TEST(trim_of_a_stale_queue_says_so),
        TEST(trimmed_queue_survives_clear_of_its_pool),
        TEST(take_works_at_every_phase_with_one_block_more),
        TEST(queue_and_buffer_go_on_after_take),
        TEST(take_relinks_whole_chunks),
        TEST(take_keeps_to_the_limit_of_the_destination),
        TEST(take_refuses_a_destination_it_cannot_fill),
        TEST(take_ends_the_reservation_of_the_destination),
        TEST(take_of_another_pool_leaves_the_reservation_open),
        TEST(take_across_a_chunk_freed_by_a_stranger_is_refused),
        TEST(take_of_a_queue_whose_chunk_was_resized_is_refused),
        TEST(take_of_a_queue_whose_last_chunk_is_anothers_leaves_the_pool_right),
        TEST(check_says_what_is_broken),
        TEST(take_from_a_freed_chunk_is_refused),
        TEST(chunk_freed_by_a_stranger_is_found_out),
        TEST(chunk_resized_by_a_stranger_leads_nowhere),
        TEST(chunk_resized_by_a_stranger_frees_nobody_elses_block),
        TEST(reservation_freed_by_a_stranger_is_not_committed),
        TEST(moved_queue_keeps_bytes_and_gap_and_ends_views),
        TEST(interrupt_writes_and_main_loop_reads),
        TEST(main_loop_writes_and_interrupt_reads),
        TEST(main_loop_and_interrupt_share_the_pool),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
