/* Buffers, against the promises of buffer.h. */
#include "support.h"

enum { ta_pool_id_pool = 3, ta_pool_id_small = 9 };

#define BLOCK 8
#define BLOCKS 16
#define CAPACITY ((size_t)BLOCK * BLOCKS)
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);
TA_SLAB_DEFINE(small, 4, 6);

static int fresh_pools(void **state)
{
    (void)state;
    fresh_pool(pool);
    fresh_pool(small);
    return 0;
}

/* ---- Helpers ------------------------------------------------------------------------------------------- */

static void check_buffer(const ta_buffer *b)
{
    assert_int_equal(ta_buffer_check(b), 0);
    check_pool(b->chain.allocator);
}

static void must_write(ta_buffer *b, size_t first, size_t n)
{
    uint8_t data[CAPACITY];
    fill_pattern(data, first, n);
    assert_int_equal(ta_buffer_write(b, data, n), TA_OK);
    check_buffer(b);
}

static void must_consume(ta_buffer *b, size_t n)
{
    assert_int_equal(ta_buffer_consume(b, n), TA_OK);
    check_buffer(b);
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

/* The buffer holds n bytes of the pattern from `first` on, in no more blocks than promised. */
static void expect_held(const ta_buffer *b, size_t first, size_t n)
{
    uint8_t data[CAPACITY];
    check_buffer(b);
    assert_int_equal(ta_buffer_len(b), n);
    assert_int_equal(ta_buffer_is_empty(b), n == 0);
    assert_int_equal(ta_buffer_copy_out(b, 0, data, n), TA_OK);
    expect_pattern(data, first, n);
    size_t block = b->chain.allocator->block_size, most = n == 0 ? 0 : 1 + (n - 1 + block - 1) / block;
    assert_in_range(chunks_of(b), (n + block - 1) / block, most);
}

/* A buffer whose first byte lies `offset` bytes into its chunk, and which holds n bytes from pattern 0 on. */
static ta_buffer make_buffer(const ta_allocator *a, size_t offset, size_t n)
{
    ta_buffer b = TA_BUFFER_INIT(a);
    uint8_t skipped[CAPACITY] = {0};
    if (n > 0)
        assert_int_equal(ta_buffer_write(&b, skipped, offset), TA_OK);
    must_write(&b, 0, n);
    if (n > 0)
        must_consume(&b, offset);
    expect_held(&b, 0, n);
    return b;
}

static void clear_all(ta_buffer *b)
{
    assert_int_equal(ta_buffer_clear(b), TA_OK);
    check_buffer(b);
    assert_true(ta_buffer_is_empty(b));
}

/* Every call that returns a status, with arguments that are valid in themselves. */
static uint8_t scratch[CAPACITY];
static ta_span scratch_span;
static size_t scratch_size;

/* clang-format off */
static ta_status call_push(ta_buffer *b) { return ta_buffer_push(b, 0xee); }
static ta_status call_write(ta_buffer *b) { return ta_buffer_write(b, scratch, 2); }
static ta_status call_write_some(ta_buffer *b) { return ta_buffer_write_some(b, scratch, 2, &scratch_size); }
static ta_status call_reserve(ta_buffer *b) { return ta_buffer_reserve(b, 2, &scratch_span); }
static ta_status call_commit(ta_buffer *b) { return ta_buffer_commit(b, 1); }
static ta_status call_cancel(ta_buffer *b) { return ta_buffer_cancel(b); }
static ta_status call_pop(ta_buffer *b) { return ta_buffer_pop(b, scratch); }
static ta_status call_read(ta_buffer *b) { return ta_buffer_read(b, scratch, 1); }
static ta_status call_read_some(ta_buffer *b) { return ta_buffer_read_some(b, scratch, 1, &scratch_size); }
static ta_status call_consume(ta_buffer *b) { return ta_buffer_consume(b, 1); }
static ta_status call_front(ta_buffer *b) { return ta_buffer_front(b, &scratch_span); }
static ta_status call_peek(ta_buffer *b) { return ta_buffer_peek(b, scratch); }
static ta_status call_at(ta_buffer *b) { return ta_buffer_at(b, 0, scratch); }
static ta_status call_copy_out(ta_buffer *b) { return ta_buffer_copy_out(b, 0, scratch, 1); }
static ta_status call_find(ta_buffer *b) { return ta_buffer_find(b, 0, 0xdd, &scratch_size); }
/* clang-format on */
static ta_status call_take(ta_buffer *b)
{
    ta_queue q = TA_QUEUE_INIT(pool, 0);
    return ta_queue_take(&q, b);
}
static ta_status call_next_chunk(ta_buffer *b)
{
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    return ta_buffer_next_chunk(b, &at, &scratch_span);
}

static const struct call {
    const char *name;
    ta_status (*run)(ta_buffer *b);
    bool may_change;
    ta_status when_empty; /* what it says of an empty buffer */
} calls[] = {
    {"push", call_push, true, TA_OK},
    {"write", call_write, true, TA_OK},
    {"write_some", call_write_some, true, TA_OK},
    {"reserve", call_reserve, true, TA_OK},
    {"commit", call_commit, true, TA_E_INVALID},
    {"cancel", call_cancel, true, TA_OK},
    {"pop", call_pop, true, TA_E_EMPTY},
    {"read", call_read, true, TA_E_RANGE},
    {"read_some", call_read_some, true, TA_E_EMPTY},
    {"consume", call_consume, true, TA_E_RANGE},
    {"queue_take", call_take, true, TA_OK},
    {"clear", ta_buffer_clear, true, TA_OK},
    {"front", call_front, false, TA_E_EMPTY},
    {"peek", call_peek, false, TA_E_EMPTY},
    {"at", call_at, false, TA_E_RANGE},
    {"copy_out", call_copy_out, false, TA_E_RANGE},
    {"find", call_find, false, TA_E_NO_MATCH},
    {"next_chunk", call_next_chunk, false, TA_E_EMPTY},
};

static bool is_same(const ta_buffer *a, const ta_buffer *b)
{
    return is_same_chain(&a->chain, &b->chain) && a->chain.is_global == b->chain.is_global;
}

/* The call gives this status and changes neither the buffer nor the pool. */
static void expect_refusal(const struct call *call, ta_buffer *b, ta_status expected)
{
    ta_buffer before = *b;
    size_t used_before = b->chain.allocator ? used(b->chain.allocator) : 0;
    ta_status status = call->run(b);
    if (status != expected)
        fail_msg("%s says %s, not %s", call->name, ta_status_name(status), ta_status_name(expected));
    if (!is_same(&before, b))
        fail_msg("%s failed and changed the buffer", call->name);
    if (b->chain.allocator) {
        assert_int_equal(used(b->chain.allocator), used_before);
        check_buffer(b);
    }
}

static void expect_stale_from_every_call(ta_buffer *b)
{
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (calls[i].run != ta_buffer_clear)
            expect_refusal(&calls[i], b, TA_E_STALE);
    assert_int_equal(ta_buffer_room(b), 0);
}

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

/* Zeroed memory is an empty buffer that is bound to no allocator: every call refuses it, unless the build has
 * a global allocator for it. */
static void unbound_buffer_is_refused_by_every_call(void **state)
{
    (void)state;
#if !TA_GLOBAL
    ta_buffer b;
    memset(&b, 0, sizeof b);
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        expect_refusal(&calls[i], &b, TA_E_INVALID);
    assert_int_equal(ta_buffer_len(&b), 0);
    assert_true(ta_buffer_is_empty(&b));
    assert_int_equal(ta_buffer_room(&b), 0);
    assert_int_equal(ta_buffer_limit(&b), 0);
    assert_int_equal(ta_buffer_check(&b), 0);
#else
    skip();
#endif
}

/* With a global allocator, NULL means that one: whichever it is when the first block is taken, and until the
 * buffer is empty again. */
static void unbound_buffer_uses_the_global_allocator_while_it_holds_bytes(void **state)
{
    (void)state;
#if TA_GLOBAL
    const ta_allocator *first = ta_global();
    ta_clear(first);
    ta_buffer b = TA_BUFFER_INIT(NULL);
    must_write(&b, 0, 15);
    assert_int_not_equal(used(first), 0);
    ta_global_set(small);
    must_write(&b, 15, 15);
    expect_held(&b, 0, 30);
    assert_int_equal(used(small), 0);
    must_consume(&b, 30);
    assert_int_equal(used(first), 0);
    must_write(&b, 0, 5);
    expect_held(&b, 0, 5);
    assert_int_equal(used(first), 0);
    assert_int_equal(used(small), 2);
    ta_global_set(NULL);
    clear_all(&b);
    assert_int_equal(used(small), 0);
#else
    skip();
#endif
}

/* A reservation in an empty buffer is in a block of the global allocator of before: so are the bytes that are written there. A call
 * that closes it goes by the allocator of now. */
static void open_reservation_keeps_the_global_allocator_until_it_is_closed(void **state)
{
    (void)state;
#if TA_GLOBAL
    const ta_allocator *first = ta_global();
    ta_clear(first);
    ta_buffer b = TA_BUFFER_INIT(NULL);
    assert_int_equal(ta_buffer_reserve(&b, 3, &scratch_span), TA_OK);
    ta_global_set(small);
    ta_handle block = must_alloc(small, 4);
    assert_int_equal(ta_buffer_room(&b), ta_stats_of(first).capacity * first->block_size);
    assert_int_equal(ta_buffer_push(&b, 1), TA_OK);
    assert_int_equal(used(small), 1);
    clear_all(&b);
    ta_global_set(NULL);
    assert_int_equal(ta_buffer_reserve(&b, 3, &scratch_span), TA_OK);
    ta_global_set(small);
    assert_int_equal(ta_buffer_append_block(&b, block, 5), TA_E_INVALID);
    assert_int_equal(ta_buffer_len(&b), 0);
    assert_int_equal(ta_buffer_append_block(&b, block, 4), TA_OK);
    assert_int_equal(ta_buffer_room(&b), 5 * 4);
    assert_int_equal(used(first), 0);
    ta_global_set(NULL);
    clear_all(&b);
#else
    skip();
#endif
}

static void null_buffer_is_refused_by_every_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (calls[i].run(NULL) != TA_E_INVALID)
            fail_msg("%s accepts NULL", calls[i].name);
    assert_int_equal(ta_buffer_init(NULL, pool), TA_E_INVALID);
    assert_int_equal(ta_buffer_append_block(NULL, TA_NONE, 0), TA_E_INVALID);
    assert_int_equal(ta_buffer_set_limit(NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_buffer_limit(NULL), 0);
    assert_int_equal(ta_buffer_len(NULL), 0);
    assert_true(ta_buffer_is_empty(NULL));
    assert_int_equal(ta_buffer_room(NULL), 0);
    assert_int_equal(ta_buffer_check(NULL), 0);
}

static void null_arguments_are_refused_and_change_nothing(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 3, 9), before;
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    assert_int_equal(ta_buffer_reserve(&b, 3, &scratch_span), TA_OK); /* which stays open, too */
    before = b;
    assert_int_equal(ta_buffer_write(&b, NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_buffer_write_some(&b, NULL, 1, &scratch_size), TA_E_INVALID);
    assert_int_equal(ta_buffer_write_some(&b, scratch, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_reserve(&b, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_reserve(&b, 0, &scratch_span), TA_E_INVALID);
    assert_int_equal(ta_buffer_pop(&b, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_read(&b, NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_buffer_read_some(&b, NULL, 1, &scratch_size), TA_E_INVALID);
    assert_int_equal(ta_buffer_read_some(&b, scratch, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_front(&b, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_peek(&b, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_at(&b, 0, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_copy_out(&b, 0, NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_buffer_find(&b, 0, 0, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_next_chunk(&b, NULL, &scratch_span), TA_E_INVALID);
    assert_int_equal(ta_buffer_next_chunk(&b, &at, NULL), TA_E_INVALID);
    assert_true(is_same(&b, &before));
    expect_held(&b, 0, 9);
}

/* others edges: n = 0 is a call like any other: it succeeds, takes no block and needs no pointer. */
static void zero_bytes_are_written_and_read_without_effect(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 2 * BLOCK; held += BLOCK / 2) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, 3, held), before = b;
        size_t done = 99;
        assert_int_equal(ta_buffer_write(&b, NULL, 0), TA_OK);
        assert_int_equal(ta_buffer_write_some(&b, NULL, 0, &done), TA_OK);
        assert_int_equal(done, 0);
        assert_int_equal(ta_buffer_read(&b, NULL, 0), TA_OK);
        done = 99;
        assert_int_equal(ta_buffer_read_some(&b, NULL, 0, &done), TA_OK);
        assert_int_equal(done, 0);
        assert_int_equal(ta_buffer_consume(&b, 0), TA_OK);
        assert_int_equal(ta_buffer_copy_out(&b, 0, NULL, 0), TA_OK);
        assert_int_equal(ta_buffer_copy_out(&b, held, NULL, 0), TA_OK);
        assert_int_equal(ta_buffer_reserve(&b, 0, &scratch_span), TA_E_INVALID);
        assert_int_equal(ta_buffer_commit(&b, 0), TA_E_INVALID);
        assert_true(is_same(&b, &before));
        expect_held(&b, 0, held);
        clear_all(&b);
        assert_int_equal(used(pool), 0);
    }
}

static void init_makes_an_empty_bound_buffer_of_any_memory(void **state)
{
    (void)state;
    ta_buffer b;
    memset(&b, 0xa5, sizeof b);
    ta_buffer_init(&b, pool);
    expect_held(&b, 0, 0);
    assert_int_equal(ta_buffer_limit(&b), 0);
    must_write(&b, 0, 20);
    expect_held(&b, 0, 20);
}

/* ---- Writing and reading ------------------------------------------------------------------------------- */

/* original 1, others edges: every length at every phase comes out as it went in; a boundary between chunks is
 * no exception, at neither end. */
static void pass_every_length_at_every_phase(void (*prepare)(const ta_allocator *a))
{
    for (size_t offset = 0; offset < BLOCK; offset++) {
        for (size_t n = 0; n <= 4 * BLOCK + 1; n++) {
            prepare(pool);
            ta_buffer b = make_buffer(pool, offset, n);
            uint8_t data[CAPACITY];
            for (size_t i = 0; i < n; i++) {
                uint8_t byte = 0;
                assert_int_equal(ta_buffer_at(&b, i, &byte), TA_OK);
                assert_int_equal(byte, pattern(i));
            }
            assert_int_equal(ta_buffer_read(&b, data, n), TA_OK);
            expect_pattern(data, 0, n);
            expect_held(&b, 0, 0);
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

/* others edges: a read or consume that ends exactly at, before or behind the end of a chunk. */
static void every_split_of_a_read_gives_the_same_bytes(void **state)
{
    (void)state;
    const size_t n = 3 * BLOCK;
    for (size_t offset = 0; offset < BLOCK; offset += 3) {
        for (size_t split = 0; split <= n; split++) {
            fresh_pool(pool);
            ta_buffer b = make_buffer(pool, offset, n), c = make_buffer(pool, offset, n);
            uint8_t data[CAPACITY];
            assert_int_equal(ta_buffer_read(&b, data, split), TA_OK);
            expect_pattern(data, 0, split);
            expect_held(&b, split, n - split);
            must_consume(&c, split);
            expect_held(&c, split, n - split);
            assert_int_equal(used(pool), chunks_of(&b) + chunks_of(&c));
        }
    }
}

/* others edges: the same for writes. */
static void every_split_of_a_write_gives_the_same_bytes(void **state)
{
    (void)state;
    const size_t n = 3 * BLOCK;
    for (size_t split = 0; split <= n; split++) {
        fresh_pool(pool);
        ta_buffer b = TA_BUFFER_INIT(pool);
        must_write(&b, 0, split);
        must_write(&b, split, n - split);
        expect_held(&b, 0, n);
        assert_int_equal(used(pool), 3);
    }
}

static void push_and_pop_are_a_fifo_of_bytes(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    uint8_t byte;
    for (size_t i = 0; i < CAPACITY; i++) {
        assert_int_equal(ta_buffer_push(&b, pattern(i)), TA_OK);
        check_buffer(&b);
    }
    for (size_t i = 0; i < CAPACITY; i++) {
        assert_int_equal(ta_buffer_peek(&b, &byte), TA_OK);
        assert_int_equal(byte, pattern(i));
        byte = 0;
        assert_int_equal(ta_buffer_pop(&b, &byte), TA_OK);
        assert_int_equal(byte, pattern(i));
        check_buffer(&b);
    }
    assert_int_equal(ta_buffer_pop(&b, &byte), TA_E_EMPTY);
    assert_int_equal(used(pool), 0);
}

/* Consumed blocks go back at once: a buffer never holds more blocks than its bytes need. */
static void consumed_blocks_go_back_at_once(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, 3 * BLOCK);
    const size_t expected[] = {3, 3, 3, 3, 3, 3, 3, 3, 2, 2};
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_int_equal(used(pool), expected[i]);
        must_consume(&b, 1);
    }
    must_consume(&b, 2 * BLOCK - 2);
    assert_int_equal(used(pool), 0);
}

/* others edges: a buffer that is filled exactly: to the last byte of the last block, and not one more. */
static void buffer_takes_exactly_what_the_pool_holds(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_room(&b), CAPACITY);
    must_write(&b, 0, CAPACITY);
    assert_int_equal(ta_buffer_room(&b), 0);
    assert_int_equal(ta_buffer_push(&b, 1), TA_E_NO_MEMORY);
    expect_held(&b, 0, CAPACITY);
    uint8_t data[CAPACITY];
    assert_int_equal(ta_buffer_read(&b, data, CAPACITY), TA_OK);
    expect_pattern(data, 0, CAPACITY);
    assert_int_equal(ta_buffer_room(&b), CAPACITY);
    assert_int_equal(used(pool), 0);
}

static void some_variants_take_what_there_is(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    uint8_t data[CAPACITY + 20];
    fill_pattern(data, 0, sizeof data);
    size_t done = 0;
    assert_int_equal(ta_buffer_write_some(&b, data, sizeof data, &done), TA_OK);
    assert_int_equal(done, CAPACITY);
    expect_held(&b, 0, CAPACITY);
    assert_int_equal(ta_buffer_write_some(&b, data, 1, &done), TA_E_NO_MEMORY);
    assert_int_equal(done, 0);
    assert_int_equal(ta_buffer_read_some(&b, data, 10, &done), TA_OK);
    assert_int_equal(done, 10);
    expect_held(&b, 10, CAPACITY - 10);
    memset(data, 0, sizeof data);
    assert_int_equal(ta_buffer_read_some(&b, data, SIZE_MAX, &done), TA_OK);
    assert_int_equal(done, CAPACITY - 10);
    expect_pattern(data, 10, CAPACITY - 10);
    done = 99;
    assert_int_equal(ta_buffer_read_some(&b, data, 1, &done), TA_E_EMPTY);
    assert_int_equal(done, 0);
    check_buffer(&b);
}

#if TA_RETIRE
#define ROUNDS (BLOCKS * 128 / 4 - 4) /* what 16 slots of 128 lifetimes give, 4 blocks a round */
#elif defined(IS_SANITIZED) || TA_SLOT_BITS == 8
#define ROUNDS 270000 /* 67,500 lifetimes a slot: more than 16 bits tell apart */
#else
#define ROUNDS EFFORT(1000000, 30000, 1000)
#endif

/* original 1: a buffer of several chunks that is filled and emptied over the same slots loses nothing and
 * leaks nothing, however often: each slot lives through all of its (16-bit) generations, and begins again. */
static void buffer_loses_nothing_in_a_million_rounds(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    uint8_t in[251 + 3 * BLOCK + 5], out[3 * BLOCK + 5];
    fill_pattern(in, 0, sizeof in);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint8_t *data = in + round % 251;
        if (ta_buffer_write(&b, data, sizeof out) != TA_OK || ta_buffer_check(&b) != 0 || used(pool) != 4)
            fail_msg("round %lu: the buffer cannot be filled", (unsigned long)round);
        if (ta_buffer_read(&b, out, sizeof out) != TA_OK || memcmp(out, data, sizeof out) != 0)
            fail_msg("round %lu: bytes were lost", (unsigned long)round);
        if (used(pool) != 0)
            fail_msg("round %lu: %zu blocks were lost", (unsigned long)round, used(pool));
    }
    check_buffer(&b);
    check_pool(pool);
}

/* With TA_RETIRE the pool shrinks, and then a write is refused: nothing of it is left behind. */
static void worn_out_pool_refuses_writes_and_loses_nothing(void **state)
{
    (void)state;
#if TA_RETIRE
    ta_buffer b = TA_BUFFER_INIT(small);
    uint8_t in[10], out[10];
    fill_pattern(in, 0, sizeof in);
    size_t rounds = 0;
    while (ta_buffer_write(&b, in, sizeof in) == TA_OK) {
        rounds++;
        assert_in_range(rounds, 1, 6 * 128 / 3);
        check_buffer(&b);
        assert_int_equal(ta_buffer_read(&b, out, sizeof out), TA_OK);
        assert_memory_equal(in, out, sizeof in);
    }
    assert_int_equal(rounds, 6 * 128 / 3);
    check_buffer(&b);
    assert_int_equal(used(small), 0);
    assert_int_equal(ta_stats_of(small).retired, 6);
#else
    skip();
#endif
}

/* ---- Looking ------------------------------------------------------------------------------------------- */

/* original 4: find counts from the first byte still held, wherever it lies in its chunk. */
static void find_counts_from_the_first_byte_still_held(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, 3 * BLOCK);
    for (size_t popped = 0; popped < 3 * BLOCK; popped++) {
        for (size_t i = popped; i < 3 * BLOCK; i++) {
            size_t position = SIZE_MAX;
            assert_int_equal(ta_buffer_find(&b, 0, pattern(i), &position), TA_OK);
            assert_int_equal(position, i - popped);
        }
        size_t end = 77;
        assert_int_equal(ta_buffer_find(&b, 0, pattern(popped - 1), &end), TA_E_NO_MATCH);
        assert_int_equal(end, 3 * BLOCK - popped);
        must_consume(&b, 1);
    }
}

/* A byte behind the end of what is held, left over from before, is not found. */
static void find_does_not_see_bytes_that_are_not_held(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    size_t position;
    assert_int_equal(ta_buffer_reserve(&b, BLOCK, &scratch_span), TA_OK);
    memset(scratch_span.data, 'x', BLOCK);
    scratch_span.data[0] = 'a';
    assert_int_equal(ta_buffer_commit(&b, 1), TA_OK);
    assert_int_equal(ta_buffer_find(&b, 0, 'x', &position), TA_E_NO_MATCH);
    assert_int_equal(ta_buffer_push(&b, 'x'), TA_OK);
    assert_int_equal(ta_buffer_push(&b, 'x'), TA_OK);
    assert_int_equal(ta_buffer_find(&b, 0, 'x', &position), TA_OK);
    assert_int_equal(position, 1);
}

static void copy_out_gives_every_range_and_consumes_nothing(void **state)
{
    (void)state;
    const size_t n = 2 * BLOCK + 3;
    ta_buffer b = make_buffer(pool, 5, n);
    for (size_t first = 0; first <= n; first++) {
        for (size_t length = 0; length <= n - first; length++) {
            uint8_t data[2 * BLOCK + 4];
            memset(data, 0, sizeof data);
            assert_int_equal(ta_buffer_copy_out(&b, first, data, length), TA_OK);
            expect_pattern(data, first, length);
            assert_int_equal(data[length], 0);
        }
    }
    expect_held(&b, 0, n);
}

/* The chunks give the bytes in order; those in the middle are full; after the last comes nothing. */
static void chunks_are_the_bytes_in_order(void **state)
{
    (void)state;
    for (size_t offset = 0; offset < BLOCK; offset++) {
        fresh_pool(pool);
        const size_t n = 3 * BLOCK + 2;
        ta_buffer b = make_buffer(pool, offset, n);
        ta_chunk_iterator at = {TA_NONE_INIT, 0};
        ta_span span;
        size_t seen = 0;
        while (ta_buffer_next_chunk(&b, &at, &span) == TA_OK) {
            expect_pattern(span.data, seen, span.length);
            bool last = seen + span.length == n;
            assert_true(last || span.length == (seen == 0 ? BLOCK - offset : BLOCK));
            seen += span.length;
        }
        assert_int_equal(seen, n);
        assert_int_equal(ta_buffer_next_chunk(&b, &at, &span), TA_E_EMPTY);
    }
}

/* The front is where the bytes lie: looked at, then consumed, chunk for chunk. */
static void front_and_consume_read_without_copying(void **state)
{
    (void)state;
    const size_t n = 3 * BLOCK;
    ta_buffer b = make_buffer(pool, 3, n);
    ta_span span;
    size_t seen = 0;
    while (ta_buffer_front(&b, &span) == TA_OK) {
        assert_true(span.length > 0);
        expect_pattern(span.data, seen, span.length);
        seen += span.length;
        must_consume(&b, span.length);
    }
    assert_int_equal(seen, n);
    assert_int_equal(used(pool), 0);
}

/* ---- Clearing ------------------------------------------------------------------------------------------ */

/* original 6: clear forgets the read offset. */
static void clear_forgets_the_read_offset(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    uint8_t data[5];
    must_write(&b, 0, BLOCK);
    must_consume(&b, 3);
    clear_all(&b);
    must_write(&b, 100, 5);
    assert_int_equal(ta_buffer_len(&b), 5);
    assert_int_equal(ta_buffer_read(&b, data, 5), TA_OK);
    expect_pattern(data, 100, 5);
    assert_true(ta_buffer_is_empty(&b));
}

static void clear_frees_every_chunk_at_every_phase(void **state)
{
    (void)state;
    for (size_t offset = 0; offset < BLOCK; offset++) {
        for (size_t n = 0; n <= 3 * BLOCK; n++) {
            fresh_pool(pool);
            ta_buffer b = make_buffer(pool, offset, n);
            clear_all(&b);
            assert_int_equal(used(pool), 0);
            clear_all(&b);
            assert_int_equal(used(pool), 0);
        }
    }
}

/* original 12: a buffer of which everything was consumed is empty. */
static void buffer_is_empty_when_everything_was_consumed(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 2 * BLOCK; n++) {
        ta_buffer b = make_buffer(pool, 0, n);
        for (size_t i = 0; i < n; i++) {
            assert_false(ta_buffer_is_empty(&b));
            must_consume(&b, 1);
        }
        assert_true(ta_buffer_is_empty(&b));
        assert_int_equal(ta_buffer_len(&b), 0);
    }
}

/* ---- Limits -------------------------------------------------------------------------------------------- */

/* original 12: the limit counts bytes that are held, not those already consumed. */
static void limit_does_not_count_consumed_bytes(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_set_limit(&b, 10), TA_OK);
    assert_int_equal(ta_buffer_limit(&b), 10);
    must_write(&b, 0, 10);
    for (size_t i = 0; i < 50; i++) {
        assert_int_equal(ta_buffer_push(&b, 1), TA_E_FULL);
        must_consume(&b, 3);
        assert_int_equal(ta_buffer_room(&b), 3);
        assert_int_equal(ta_buffer_write(&b, scratch, 4), TA_E_FULL);
        must_write(&b, 10 + 3 * i, 3);
        expect_held(&b, 3 * (i + 1), 10);
    }
}

/* others arithmetic: a limit below what is held leaves no room, and not 2^64 bytes of it. */
static void limit_below_what_is_held_leaves_no_room(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 2, 12);
    size_t done = 99;
    assert_int_equal(ta_buffer_set_limit(&b, 5), TA_OK);
    ta_buffer before = b;
    assert_int_equal(ta_buffer_room(&b), 0);
    assert_int_equal(ta_buffer_push(&b, 1), TA_E_FULL);
    assert_int_equal(ta_buffer_write(&b, scratch, 1), TA_E_FULL);
    assert_int_equal(ta_buffer_write(&b, scratch, SIZE_MAX), TA_E_FULL);
    assert_int_equal(ta_buffer_write_some(&b, scratch, 1, &done), TA_E_FULL);
    assert_int_equal(done, 0);
    assert_int_equal(ta_buffer_reserve(&b, 1, &scratch_span), TA_E_FULL);
    assert_true(is_same(&b, &before));
    expect_held(&b, 0, 12);
    must_consume(&b, 8);
    must_write(&b, 12, 1);
    expect_held(&b, 8, 5);
    assert_int_equal(ta_buffer_set_limit(&b, 0), TA_OK);
    must_write(&b, 13, 20);
}

static void write_some_and_reserve_stop_at_the_limit(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    size_t done = 0;
    fill_pattern(scratch, 0, sizeof scratch);
    assert_int_equal(ta_buffer_set_limit(&b, BLOCK + 3), TA_OK);
    assert_int_equal(ta_buffer_write_some(&b, scratch, 50, &done), TA_OK);
    assert_int_equal(done, BLOCK + 3);
    expect_held(&b, 0, BLOCK + 3);
    must_consume(&b, 2);
    assert_int_equal(ta_buffer_reserve(&b, 50, &scratch_span), TA_OK);
    assert_int_equal(scratch_span.length, 2);
    assert_int_equal(ta_buffer_cancel(&b), TA_OK);
    expect_held(&b, 2, BLOCK + 1);
}

/* ---- Running out of memory ----------------------------------------------------------------------------- */

/* Blocks that n more bytes need behind a buffer whose last chunk has `room` bytes left. */
static size_t blocks_needed(size_t room, size_t n, size_t block)
{
    return n <= room ? 0 : (n - room + block - 1) / block;
}

static void try_write_with(size_t offset, size_t held, size_t n, size_t left)
{
    fresh_pool(small);
    ta_buffer b = make_buffer(small, offset, held);
    leave_free(small, left);
    size_t end = (offset + held) % 4, room = held == 0 || end == 0 ? 0 : 4 - end;
    size_t before = used(small), needed = blocks_needed(room, n, 4);
    ta_buffer copy = b;
    uint8_t data[CAPACITY];
    fill_pattern(data, held, n);
    assert_int_equal(ta_buffer_room(&b), room + 4 * left);
    ta_status status = ta_buffer_write(&b, data, n);
    assert_int_equal(status, needed <= left ? TA_OK : TA_E_NO_MEMORY);
    if (status == TA_OK) {
        assert_int_equal(used(small), before + needed);
        expect_held(&b, 0, held + n);
    } else {
        assert_int_equal(used(small), before);
        assert_true(is_same(&b, &copy));
        expect_held(&b, 0, held);
    }
}

/* original 8: a write that runs out of memory leaves nothing behind, for every number of free blocks, every
 * phase and every length. */
static void write_that_runs_out_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    for (size_t left = 0; left <= 3; left++)
        for (size_t offset = 0; offset < 4; offset++)
            for (size_t held = 0; held <= 8; held++)
                for (size_t n = 0; n <= 17; n += EFFORT(1, 1, 3))
                    try_write_with(offset, held, n, left);
}

/* original 8: write_some takes as many as fit, to the byte, and says how many. */
static void write_some_takes_exactly_what_fits(void **state)
{
    (void)state;
    for (size_t left = 0; left <= 3; left++) {
        for (size_t held = 0; held <= 8; held++) {
            for (size_t n = 1; n <= 17; n++) {
                fresh_pool(small);
                ta_buffer b = make_buffer(small, 1, held);
                leave_free(small, left);
                uint8_t data[CAPACITY];
                fill_pattern(data, held, n);
                size_t room = ta_buffer_room(&b), fits = n < room ? n : room, done = 99;
                ta_status expected = fits > 0 ? TA_OK : TA_E_NO_MEMORY;
                assert_int_equal(ta_buffer_write_some(&b, data, n, &done), expected);
                assert_int_equal(done, fits);
                expect_held(&b, 0, held + fits);
                assert_int_equal(ta_buffer_room(&b), room - fits);
            }
        }
    }
}

/* What fails for want of memory works when there is some. */
static void full_pool_refuses_every_call_that_needs_a_block(void **state)
{
    (void)state;
    ta_buffer empty = TA_BUFFER_INIT(pool), full = make_buffer(pool, 0, BLOCK);
    leave_free(pool, 0);
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        bool writes = calls[i].run == call_push || calls[i].run == call_write ||
                      calls[i].run == call_write_some || calls[i].run == call_reserve;
        if (!writes)
            continue;
        expect_refusal(&calls[i], &empty, TA_E_NO_MEMORY);
        expect_refusal(&calls[i], &full, TA_E_NO_MEMORY);
    }
    expect_held(&full, 0, BLOCK);
    clear_all(&full);
    must_write(&empty, 0, BLOCK);
    expect_held(&empty, 0, BLOCK);
}

/* ---- All or nothing ------------------------------------------------------------------------------------ */

static void calls_on_an_empty_buffer_fail_without_effect(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (calls[i].when_empty != TA_OK)
            expect_refusal(&calls[i], &b, calls[i].when_empty);
    expect_held(&b, 0, 0);
}

/* others arithmetic: more than is held, by one or by all the numbers there are: a sum of position and length
 * that wraps does not pass. */
static void more_than_is_held_is_out_of_range(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 2 * BLOCK + 1; held += BLOCK + 1) {
        ta_buffer b = make_buffer(pool, 3, held), before = b;
        uint8_t byte = 0x77;
        const size_t more[] = {held + 1,     held + BLOCK,    as_size(65536 + held),
                               SIZE_MAX / 2, SIZE_MAX - held, SIZE_MAX - 1,
                               SIZE_MAX};
        for (size_t i = 0; i < COUNT_OF(more); i++) {
            assert_int_equal(ta_buffer_read(&b, &byte, more[i]), TA_E_RANGE);
            assert_int_equal(ta_buffer_consume(&b, more[i]), TA_E_RANGE);
            assert_int_equal(ta_buffer_copy_out(&b, 0, &byte, more[i]), TA_E_RANGE);
            assert_int_equal(ta_buffer_copy_out(&b, held, &byte, more[i]), TA_E_RANGE);
            assert_int_equal(ta_buffer_copy_out(&b, more[i], &byte, 0), TA_E_RANGE);
            assert_int_equal(ta_buffer_copy_out(&b, more[i], &byte, 1), TA_E_RANGE);
            assert_int_equal(ta_buffer_copy_out(&b, more[i], &byte, SIZE_MAX - more[i] + 1), TA_E_RANGE);
            assert_int_equal(ta_buffer_at(&b, more[i] - 1, &byte), TA_E_RANGE);
        }
        assert_int_equal(byte, 0x77);
        assert_true(is_same(&b, &before));
        expect_held(&b, 0, held);
        clear_all(&b);
    }
}

/* others arithmetic: a length near the largest number is refused before a byte is read: there is only one. */
static void write_of_an_impossible_length_reads_nothing(void **state)
{
    (void)state;
    uint8_t byte = 1;
    for (size_t held = 0; held <= BLOCK + 1; held += 3) {
        ta_buffer b = make_buffer(pool, 2, held), before = b;
        for (size_t less = 0; less <= 2 * BLOCK; less++) {
            assert_int_equal(ta_buffer_write(&b, &byte, SIZE_MAX - less), TA_E_NO_MEMORY);
            assert_true(is_same(&b, &before));
        }
        assert_int_equal(ta_buffer_write(&b, &byte, SIZE_MAX / 2 + 1), TA_E_NO_MEMORY);
        expect_held(&b, 0, held);
        clear_all(&b);
    }
}

/* ---- Reservations -------------------------------------------------------------------------------------- */

/* DMA-like: the whole stream goes in through reservations of odd sizes, each filled in part. */
static void bytes_written_through_reservations_are_held_in_order(void **state)
{
    (void)state;
    for (size_t wish = 1; wish <= BLOCK + 3; wish++) {
        fresh_pool(pool);
        ta_buffer b = TA_BUFFER_INIT(pool);
        size_t written = 0;
        while (written < 5 * BLOCK) {
            ta_span span;
            assert_int_equal(ta_buffer_reserve(&b, wish, &span), TA_OK);
            check_buffer(&b);
            assert_in_range(span.length, 1, wish);
            size_t n = (span.length + 1) / 2;
            fill_pattern(span.data, written, n);
            assert_int_equal(ta_buffer_commit(&b, n), TA_OK);
            written += n;
            expect_held(&b, 0, written);
        }
        clear_all(&b);
        assert_int_equal(used(pool), 0);
    }
}

/* A reservation is contiguous: as much as the last chunk has room for, a whole block when it has none. */
static void reservation_is_as_long_as_the_last_chunk_allows(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 2 * BLOCK; held++) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, 0, held);
        ta_span span;
        assert_int_equal(ta_buffer_reserve(&b, SIZE_MAX, &span), TA_OK);
        check_buffer(&b);
        assert_int_equal(span.length, held % BLOCK == 0 ? BLOCK : BLOCK - held % BLOCK);
        assert_int_equal(ta_buffer_len(&b), held);
        fill_pattern(span.data, held, span.length);
        assert_int_equal(ta_buffer_commit(&b, span.length), TA_OK);
        expect_held(&b, 0, held + span.length);
    }
}

/* others edges: commit 0 and cancel leave the buffer as it was before, and give a fresh block back: with the
 * last chunk full, with room in it, and on an empty buffer. */
static void commit_of_nothing_gives_a_fresh_block_back(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 2 * BLOCK; held++) {
        for (int cancel = 0; cancel < 2; cancel++) {
            fresh_pool(pool);
            ta_buffer b = make_buffer(pool, held ? 2 : 0, held), before = b;
            size_t used_before = used(pool);
            bool fresh = held == 0 || (2 + held) % BLOCK == 0;
            assert_int_equal(ta_buffer_reserve(&b, 5, &scratch_span), TA_OK);
            check_buffer(&b);
            assert_int_equal(used(pool), used_before + fresh);
            assert_int_equal(cancel ? ta_buffer_cancel(&b) : ta_buffer_commit(&b, 0), TA_OK);
            assert_int_equal(used(pool), used_before);
            assert_true(is_same(&b, &before));
            expect_held(&b, 0, held);
            must_write(&b, held, BLOCK + 1);
            expect_held(&b, 0, held + BLOCK + 1);
        }
    }
}

/* Committing more than was reserved is the caller's bug; the reservation stays open. */
static void commit_beyond_the_reservation_is_refused(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, BLOCK);
    assert_int_equal(ta_buffer_commit(&b, 1), TA_E_INVALID);
    assert_int_equal(ta_buffer_reserve(&b, 3, &scratch_span), TA_OK);
    const size_t more[] = {4, BLOCK, 256, 256 + 1, as_size(65536 + 1), SIZE_MAX};
    for (size_t i = 0; i < COUNT_OF(more); i++) {
        assert_int_equal(ta_buffer_commit(&b, more[i]), TA_E_INVALID);
        check_buffer(&b);
    }
    fill_pattern(scratch_span.data, BLOCK, 3);
    assert_int_equal(ta_buffer_commit(&b, 3), TA_OK);
    expect_held(&b, 0, BLOCK + 3);
    assert_int_equal(ta_buffer_commit(&b, 0), TA_E_INVALID);
}

/* others edges: the next call that may change the buffer ends the reservation, whether it works or not. */
static void every_changing_call_ends_the_reservation(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 2 * BLOCK; held += 4) {
        for (size_t i = 0; i < 2 * COUNT_OF(calls); i++) {
            bool has_read = i >= COUNT_OF(calls); /* so it knows of its first chunk how much is left */
            size_t call = i % COUNT_OF(calls);
            if (!calls[call].may_change || calls[call].run == call_commit || calls[call].run == call_reserve)
                continue;
            fresh_pool(pool);
            ta_buffer b = make_buffer(pool, 0, held);
            if (has_read && held > 0)
                assert_int_equal(ta_buffer_consume(&b, 1), TA_OK);
            assert_int_equal(ta_buffer_reserve(&b, BLOCK, &scratch_span), TA_OK);
            calls[call].run(&b);
            check_buffer(&b);
            if (ta_buffer_commit(&b, 1) != TA_E_INVALID)
                fail_msg("%s leaves the reservation open", calls[call].name);
            assert_int_equal(used(pool), chunks_of(&b));
        }
    }
}

/* A second reservation replaces the first; it does not add a second fresh block. */
static void reserve_again_begins_anew(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, BLOCK);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ta_buffer_reserve(&b, BLOCK, &scratch_span), TA_OK);
        check_buffer(&b);
        assert_int_equal(used(pool), 2);
    }
    fill_pattern(scratch_span.data, BLOCK, 2);
    assert_int_equal(ta_buffer_commit(&b, 2), TA_OK);
    expect_held(&b, 0, BLOCK + 2);
}

/* Looking does not end the reservation, and does not see its bytes. */
static void looking_leaves_the_reservation_open(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 2 * BLOCK; held++) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, 0, held);
        assert_int_equal(ta_buffer_reserve(&b, 4, &scratch_span), TA_OK);
        ta_span reserved = scratch_span;
        memset(reserved.data, 0xdd, reserved.length); /* the byte call_find looks for */
        for (size_t i = 0; i < COUNT_OF(calls); i++)
            if (!calls[i].may_change)
                calls[i].run(&b);
        assert_int_equal(call_find(&b), TA_E_NO_MATCH);
        expect_held(&b, 0, held);
        fill_pattern(reserved.data, held, reserved.length);
        assert_int_equal(ta_buffer_commit(&b, reserved.length), TA_OK);
        expect_held(&b, 0, held + reserved.length);
    }
}

/* ---- Stale buffers ------------------------------------------------------------------------------------- */

/* Take every free block and fill it with other bytes, so that a stale read would be seen. */
static ta_buffer occupy_everything(void)
{
    ta_buffer other = TA_BUFFER_INIT(pool);
    uint8_t data[CAPACITY];
    memset(data, 0xcc, sizeof data);
    assert_int_equal(ta_buffer_write(&other, data, ta_buffer_room(&other)), TA_OK);
    check_buffer(&other);
    return other;
}

static void expect_untouched(const ta_buffer *other, size_t length)
{
    uint8_t data[CAPACITY];
    check_buffer(other);
    assert_int_equal(ta_buffer_len(other), length);
    assert_int_equal(ta_buffer_copy_out(other, 0, data, length), TA_OK);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(data[i], 0xcc);
}

/* The loser says TA_E_STALE whatever it is asked, and its clear frees nothing and leaves it empty and
 * usable. */
static void expect_loser(ta_buffer *loser)
{
    ta_buffer other = occupy_everything();
    size_t length = ta_buffer_len(&other), before = used(pool);
    memset(scratch, 0, sizeof scratch);
    expect_stale_from_every_call(loser);
    assert_int_not_equal(scratch[0], 0xcc);
    expect_untouched(&other, length);
    clear_all(loser);
    assert_int_equal(used(pool), before);
    expect_untouched(&other, length);
    clear_all(&other);
    must_write(loser, 0, 3);
    expect_held(loser, 0, 3);
    clear_all(loser);
}

/* original 15: of two copies of a buffer's struct, the one whose head the other freed is found out: it gets
 * TA_E_STALE, never other data. At every number of bytes that frees the head. */
static void copy_is_stale_once_the_head_was_freed(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 3 * BLOCK; n++) {
        size_t to_free_head = n < BLOCK ? n : BLOCK;
        for (size_t consumed = to_free_head; consumed <= n; consumed++) {
            fresh_pool(pool);
            ta_buffer original = make_buffer(pool, 0, n), copy = original;
            must_consume(&original, consumed);
            expect_loser(&copy);
            expect_held(&original, consumed, n - consumed);
        }
    }
}

/* original 15: and the other way round: the copy frees, the original is found out. */
static void original_is_stale_once_the_copy_freed_the_head(void **state)
{
    (void)state;
    ta_buffer original = make_buffer(pool, 3, 2 * BLOCK), copy = original;
    must_consume(&copy, BLOCK - 4);
    expect_held(&original, 0, 2 * BLOCK); /* nothing was freed yet */
    must_consume(&copy, 1);
    expect_loser(&original);
    expect_held(&copy, BLOCK - 3, BLOCK + 3);
}

/* original 15: the same when the tail was freed and the head is still there: only a reservation's fresh block
 * can go so. */
static void copy_is_stale_once_the_tail_was_freed(void **state)
{
    (void)state;
    ta_buffer original = make_buffer(pool, 0, 2 * BLOCK);
    assert_int_equal(ta_buffer_reserve(&original, 4, &scratch_span), TA_OK);
    ta_buffer copy = original;
    assert_int_equal(ta_buffer_cancel(&original), TA_OK);
    check_buffer(&original);
    expect_loser(&copy);
    expect_held(&original, 0, 2 * BLOCK);
}

/* original 15: a copy is found out also when its old slots now belong to the original again. */
static void copy_is_stale_when_the_original_was_refilled(void **state)
{
    (void)state;
    ta_buffer original = make_buffer(pool, 0, CAPACITY), copy = original;
    clear_all(&original);
    must_write(&original, 50, CAPACITY);
    expect_stale_from_every_call(&copy);
    clear_all(&copy);
    expect_held(&original, 50, CAPACITY);
}

/* After ta_clear() the buffers of the pool are stale, until each is cleared; blocks that others took since
 * then stay theirs. */
static void buffer_is_stale_after_clear_of_its_pool(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 3 * BLOCK; n++) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, n % BLOCK, n);
        ta_clear(pool);
        check_buffer(&b);
        assert_int_equal(ta_buffer_len(&b), n);
        expect_loser(&b);
        assert_int_equal(used(pool), 0);
    }
}

static void open_reservation_is_stale_after_clear_of_its_pool(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 2 * BLOCK; n += 4) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, 0, n);
        assert_int_equal(ta_buffer_reserve(&b, 1, &scratch_span), TA_OK);
        ta_clear(pool);
        expect_loser(&b);
    }
}

/* A buffer that holds no block has nothing that could go stale. */
static void empty_buffer_survives_clear_of_its_pool(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, 2 * BLOCK);
    must_consume(&b, 2 * BLOCK);
    ta_clear(pool);
    must_write(&b, 0, 5);
    expect_held(&b, 0, 5);
}

/* Also one of no bytes ends the reservation, as everything does that appends. */
static void appended_block_ends_the_reservation(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, BLOCK);
    assert_int_equal(ta_buffer_reserve(&b, 1, &scratch_span), TA_OK);
    assert_int_equal(used(pool), 2);
    assert_int_equal(ta_buffer_append_block(&b, must_alloc(pool, 0), 0), TA_OK);
    assert_int_equal(used(pool), 1);
    assert_int_equal(ta_buffer_commit(&b, 1), TA_E_INVALID);
    expect_held(&b, 0, BLOCK);
    clear_all(&b);
    assert_int_equal(ta_buffer_append_block(&b, must_alloc(pool, 0), 0), TA_OK);
    assert_int_equal(ta_buffer_check(&b), 0);
    assert_int_equal(used(pool), 0);
    must_write(&b, 0, 3);
    expect_held(&b, 0, 3);
}

/* What fits the last chunk of the source may be too much for the destination. */
static void moved_bytes_obey_the_limit_of_the_destination(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, 2), limited = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_set_limit(&limited, 3), TA_OK);
    assert_int_equal(ta_buffer_move(&limited, &b), TA_OK);
    assert_int_equal(ta_buffer_push(&limited, pattern(2)), TA_OK);
    assert_int_equal(ta_buffer_push(&limited, 1), TA_E_FULL);
    expect_held(&limited, 0, 3);
}

static void next_chunk_that_was_freed_is_stale(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, 3 * BLOCK);
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    assert_int_equal(ta_buffer_next_chunk(&b, &at, &scratch_span), TA_OK);
    assert_true(ta_free(pool, at.next));
    assert_int_equal(ta_buffer_next_chunk(&b, &at, &scratch_span), TA_E_STALE);
}

/* A stale one says how much it has read: nothing. */
static void nothing_is_read_from_a_stale_buffer(void **state)
{
    (void)state;
    for (int is_reserved = 0; is_reserved < 2; is_reserved++) {
        ta_buffer b = make_buffer(pool, 0, BLOCK);
        size_t done = 77;
        if (is_reserved)
            assert_int_equal(ta_buffer_reserve(&b, 1, &scratch_span), TA_OK);
        ta_clear(pool);
        assert_int_equal(ta_buffer_read_some(&b, scratch, 3, &done), TA_E_STALE);
        assert_int_equal(done, 0);
    }
}

/* A parser stops before it with one byte left. */
static void last_byte_in_a_chunk_that_was_freed_is_stale(void **state)
{
    (void)state;
    uint8_t byte;
    ta_buffer b = make_buffer(pool, 0, BLOCK + 1);
    ta_view v = ta_buffer_view(&b);
    assert_int_equal(ta_view_skip(&v, BLOCK), TA_OK);
    must_free(pool, b.chain.in.chunk);
    assert_int_equal(ta_parse_u8(&v, &byte), TA_E_STALE);
}

/* Resizing a chunk changes its link. After the last block comes the table, and what is before that looks like a live entry. */
static void chain_that_leads_past_the_last_slot_is_stale(void **state)
{
    (void)state;
    static TA_ALIGNAS(max_align_t) uint8_t arena[ARENA_OF(3, BLOCK)];
    ta_slab slab;
    const ta_allocator *a = &slab.allocator;
    uint8_t data[3 * BLOCK];
    memset(data, 0xff, sizeof data);
    assert_int_equal(ta_slab_init(&slab, arena, sizeof arena, BLOCK), TA_OK);
    leave_free(a, 2);
    must_free(a, ta_slab_handle_at(a, 0));
    ta_buffer b = TA_BUFFER_INIT(a);
    assert_int_equal(ta_buffer_write(&b, data, sizeof data), TA_OK); /* the last two slots and the first */
    assert_int_equal(ta_resize(a, ta_slab_handle_at(a, (size_t)a->last), 0), TA_OK);
    assert_int_equal(ta_buffer_copy_out(&b, 0, data, sizeof data), TA_E_STALE);
    assert_int_equal(ta_buffer_check(&b), 3);
    ta_slab_reset(a);
}

/* Not one of an earlier lifetime either. */
static void appended_block_has_a_handle_that_nobody_had(void **state)
{
    (void)state;
    ta_handle before[3];
    leave_free(pool, 1);
    for (size_t i = 0; i < COUNT_OF(before); i++) {
        before[i] = must_alloc(pool, 1);
        if (i + 1 < COUNT_OF(before))
            must_free(pool, before[i]);
    }
    ta_buffer b = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_append_block(&b, before[2], 1), TA_OK);
    for (size_t i = 0; i < COUNT_OF(before); i++)
        assert_false(ta_is_live(pool, before[i]));
}

/* With TA_RETIRE it is copied, since its slot has no other lifetime, and the headroom is not for that. */
static void block_in_its_last_lifetime_is_appended_with_its_bytes(void **state)
{
    (void)state;
#if TA_RETIRE
    ta_buffer b = TA_BUFFER_INIT(pool);
    leave_free(pool, 1);
    ta_handle h = must_alloc(pool, 1);
    while (ta_handle_generation(h) != (ta_generation)-1) {
        must_free(pool, h);
        h = must_alloc(pool, 1);
    }
    fill_pattern(ta_get(pool, h), 100, BLOCK);
    memset(ta_get(pool, ta_slab_handle_at(pool, 0)), 0, BLOCK); /* it goes there */
    assert_true(ta_free(pool, ta_slab_handle_at(pool, 0)));
    assert_int_equal(ta_slab_set_headroom(pool, 1), TA_OK);
    assert_int_equal(ta_buffer_append_block(&b, h, BLOCK), TA_E_NO_MEMORY);
    assert_int_equal(ta_buffer_append_block(&b, TA_NONE, 0), TA_E_STALE);
    assert_int_equal(ta_slab_set_headroom(pool, 0), TA_OK);
    assert_int_equal(ta_buffer_append_block(&b, h, BLOCK), TA_OK);
    assert_false(ta_is_live(pool, h));
    expect_held(&b, 100, BLOCK);
    must_consume(&b, BLOCK);
    for (h = must_alloc(pool, 1); ta_handle_generation(h) != (ta_generation)-1; h = must_alloc(pool, 1))
        must_free(pool, h);
    assert_int_equal(ta_available(pool), 0);
    assert_int_equal(ta_buffer_append_block(&b, h, 0), TA_OK); /* no bytes need no copy */
    assert_false(ta_is_live(pool, h));
#else
    skip();
#endif
}

static void block_is_not_appended_to_a_stale_buffer(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, BLOCK);
    ta_clear(pool);
    ta_handle block = must_alloc(pool, 1);
    assert_int_equal(ta_buffer_append_block(&b, block, 1), TA_E_STALE);
    assert_true(ta_is_live(pool, block));
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

/* The check can fail: each number is given for what it stands for. */
static void check_says_what_is_broken(void **state)
{
    (void)state;
    const ta_buffer sound = make_buffer(pool, 2, 3 * BLOCK);
    ta_buffer b = sound;
    b.chain.out.base += BLOCK;
    assert_int_equal(ta_buffer_check(&b), 1);
    b = sound;
    b.chain.in.base -= BLOCK;
    assert_int_equal(ta_buffer_check(&b), 1);
    b = sound;
    b.chain.in.reserved = BLOCK;
    assert_int_equal(ta_buffer_check(&b), 1);
    b = sound;
    b.chain.out.base += BLOCK - 2; /* a buffer enters the next chunk at once */
    assert_int_equal(ta_buffer_check(&b), 1);
    b = sound;
    b.chain.in.chunk = TA_NONE;
    assert_int_equal(ta_buffer_check(&b), 2);
    ta_buffer byte_without_chunk = TA_BUFFER_INIT(pool);
    byte_without_chunk.chain.in.count++;
    assert_int_equal(ta_buffer_check(&byte_without_chunk), 2);
    for (int i = 0; i < 4; i++) { /* no chunk, and one of what only a chunk can have */
        ta_buffer none = TA_BUFFER_INIT(pool);
        ta_slot *const fields[] = {&none.chain.in.credit, &none.chain.in.reserved, &none.chain.out.credit,
                                   &none.chain.out.reserved};
        assert_int_equal(ta_buffer_check(&none), 0);
        *fields[i] = 1;
        assert_int_equal(ta_buffer_check(&none), 2);
    }
    b = sound;
    b.chain.out.count = b.chain.in.count;
    assert_int_equal(ta_buffer_check(&b), 2);
    b = sound;
    b.chain.in.chunk = b.chain.out.chunk; /* the place is outside that block, or after fewer bytes */
    int broken = ta_buffer_check(&b);
    assert_true(broken == 1 || broken == 4);
    b = sound;
    b.chain.in.credit++;
    assert_int_equal(ta_buffer_check(&b), 5);
    b = sound;
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    assert_int_equal(ta_buffer_next_chunk(&b, &at, &scratch_span), TA_OK);
    assert_true(ta_free(pool, at.next));
    assert_int_equal(ta_buffer_check(&b), 3);
}

/* An empty last chunk follows the chunk in which the bytes end. */
static void check_says_what_is_broken_in_a_reservation(void **state)
{
    (void)state;
    ta_buffer sound = make_buffer(pool, 0, 2 * BLOCK);
    assert_int_equal(ta_buffer_reserve(&sound, 1, &scratch_span), TA_OK);
    assert_int_equal(ta_buffer_check(&sound), 0);
    ta_buffer b = sound;
    b.chain.in.base++; /* the last chunk is not empty */
    assert_int_equal(ta_buffer_check(&b), 4);
    b = sound;
    b.chain.in.count--; /* the bytes end before the end of their chunk */
    b.chain.in.base++;
    assert_int_equal(ta_buffer_check(&b), 4);
    b = sound;
    b.chain.in.count -= BLOCK; /* they end in the chunk before that one */
    b.chain.in.base += BLOCK;
    assert_int_equal(ta_buffer_check(&b), 4);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)

/* Somebody who got hold of a handle may free a chunk in the middle. What is consumed over it is refused, and nothing
 * else of the pool suffers. */
static void chunk_freed_by_a_stranger_is_found_out(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, 3 * BLOCK);
    assert_true(ta_free(pool, ta_slab_handle_at(pool, 1)));
    size_t used_before = used(pool);
    assert_int_equal(ta_buffer_consume(&b, 3 * BLOCK), TA_E_STALE);
    assert_int_equal(ta_buffer_len(&b), 3 * BLOCK);
    assert_int_equal(used(pool), used_before);
    check_pool(pool);
    assert_int_equal(ta_buffer_consume(&b, BLOCK - 1), TA_OK);
}

/* The chunk that was freed would be the next first one: the call that would go up to it changes nothing. */
static void last_byte_before_a_freed_chunk_is_refused(void **state)
{
    (void)state;
    for (int by_pop = 0; by_pop < 2; by_pop++) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, 0, 3 * BLOCK);
        assert_true(ta_free(pool, ta_slab_handle_at(pool, 1)));
        assert_int_equal(ta_buffer_consume(&b, BLOCK - 1), TA_OK);
        ta_buffer before = b;
        assert_int_equal(by_pop ? call_pop(&b) : ta_buffer_consume(&b, 1), TA_E_STALE);
        assert_true(is_same(&b, &before));
        clear_all(&b);
        check_pool(pool);
        must_write(&b, 0, 3);
        expect_held(&b, 0, 3);
    }
}

/* The last chunk with bytes may be freed while a reservation waits in a fresh block after it. Writing goes on there; whoever goes
 * back to that chunk, or comes to it, is told. */
static void chunk_freed_before_a_reservation_is_detected(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        if (!calls[i].may_change || calls[i].run == call_commit || calls[i].run == ta_buffer_clear)
            continue;
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, 0, 2 * BLOCK);
        assert_int_equal(ta_buffer_reserve(&b, 4, &scratch_span), TA_OK);
        assert_true(ta_free(pool, ta_slab_handle_at(pool, 1)));
        ta_status status = calls[i].run(&b);
        assert_true(status == TA_E_STALE || status == TA_OK);
        uint8_t data[2 * BLOCK];
        assert_int_equal(ta_buffer_read(&b, data, sizeof data), TA_E_STALE);
        assert_int_not_equal(ta_buffer_len(&b), 0);
        check_pool(pool);
        clear_all(&b);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(unbound_buffer_is_refused_by_every_call),
        TEST(unbound_buffer_uses_the_global_allocator_while_it_holds_bytes),
        TEST(open_reservation_keeps_the_global_allocator_until_it_is_closed),
        TEST(null_buffer_is_refused_by_every_call),
        TEST(null_arguments_are_refused_and_change_nothing),
        TEST(zero_bytes_are_written_and_read_without_effect),
        TEST(init_makes_an_empty_bound_buffer_of_any_memory),
        TEST(every_length_at_every_phase_comes_out_as_it_went_in),
        TEST(every_length_comes_out_of_blocks_that_lie_apart),
        TEST(every_split_of_a_read_gives_the_same_bytes),
        TEST(every_split_of_a_write_gives_the_same_bytes),
        TEST(push_and_pop_are_a_fifo_of_bytes),
        TEST(consumed_blocks_go_back_at_once),
        TEST(buffer_takes_exactly_what_the_pool_holds),
        TEST(some_variants_take_what_there_is),
        TEST(buffer_loses_nothing_in_a_million_rounds),
        TEST(worn_out_pool_refuses_writes_and_loses_nothing),
        TEST(find_counts_from_the_first_byte_still_held),
        TEST(find_does_not_see_bytes_that_are_not_held),
        TEST(copy_out_gives_every_range_and_consumes_nothing),
        TEST(chunks_are_the_bytes_in_order),
        TEST(front_and_consume_read_without_copying),
        TEST(clear_forgets_the_read_offset),
        TEST(clear_frees_every_chunk_at_every_phase),
        TEST(buffer_is_empty_when_everything_was_consumed),
        TEST(limit_does_not_count_consumed_bytes),
        TEST(limit_below_what_is_held_leaves_no_room),
        TEST(write_some_and_reserve_stop_at_the_limit),
        TEST(write_that_runs_out_of_memory_leaves_nothing_behind),
        TEST(write_some_takes_exactly_what_fits),
        TEST(full_pool_refuses_every_call_that_needs_a_block),
        TEST(calls_on_an_empty_buffer_fail_without_effect),
        TEST(more_than_is_held_is_out_of_range),
        TEST(write_of_an_impossible_length_reads_nothing),
        TEST(bytes_written_through_reservations_are_held_in_order),
        TEST(reservation_is_as_long_as_the_last_chunk_allows),
        TEST(commit_of_nothing_gives_a_fresh_block_back),
        TEST(commit_beyond_the_reservation_is_refused),
        TEST(every_changing_call_ends_the_reservation),
        TEST(reserve_again_begins_anew),
        TEST(looking_leaves_the_reservation_open),
        TEST(copy_is_stale_once_the_head_was_freed),
        TEST(original_is_stale_once_the_copy_freed_the_head),
        TEST(copy_is_stale_once_the_tail_was_freed),
        TEST(copy_is_stale_when_the_original_was_refilled),
        TEST(buffer_is_stale_after_clear_of_its_pool),
        TEST(open_reservation_is_stale_after_clear_of_its_pool),
        TEST(empty_buffer_survives_clear_of_its_pool),
        TEST(check_says_what_is_broken),
        TEST(check_says_what_is_broken_in_a_reservation),
        TEST(appended_block_ends_the_reservation),
        TEST(moved_bytes_obey_the_limit_of_the_destination),
        TEST(next_chunk_that_was_freed_is_stale),
        TEST(nothing_is_read_from_a_stale_buffer),
        TEST(last_byte_in_a_chunk_that_was_freed_is_stale),
        TEST(chain_that_leads_past_the_last_slot_is_stale),
        TEST(appended_block_has_a_handle_that_nobody_had),
        TEST(block_in_its_last_lifetime_is_appended_with_its_bytes),
        TEST(block_is_not_appended_to_a_stale_buffer),
        TEST(chunk_freed_by_a_stranger_is_found_out),
        TEST(last_byte_before_a_freed_chunk_is_refused),
        TEST(chunk_freed_before_a_reservation_is_detected),
    };
    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
