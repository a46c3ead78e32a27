/* Both ends of a buffer, against the promises of buffer.h: every phase of a chain, for small blocks. */
#include "support.h"

enum { ta_pool_id_pool = 4 };

#define BLOCK 4
#define BLOCKS 6
#define CAPACITY ((size_t)BLOCK * BLOCKS)
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);

static int fresh_pools(void **state)
{
    (void)state;
    fresh_pool(pool);
    return 0;
}

/* ---- Helpers ------------------------------------------------------------------------------------------- */

#define BLOCK_SIZE_MAX EFFORT(5, 4, 3)
#define MADE_BLOCKS 12
#define BYTES_MAX ((size_t)64)

#include "phases.h"

/* ---- At the front -------------------------------------------------------------------------------------- */

static void pop_gives_the_bytes_in_order_and_each_block_back_with_its_last_byte(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        const ta_allocator *a = make_pool(block_size);
        ta_buffer b = make_buffer(a, offset, held, 0);
        uint8_t byte = 0;
        for (size_t i = 0; i < held; i++) {
            assert_int_equal(ta_buffer_pop(&b, &byte), TA_OK);
            assert_int_equal(byte, pattern(i));
            size_t begin = i + 1 == held ? 0 : (offset + i + 1) % block_size;
            assert_int_equal(used(a), blocks_of(a, begin + held - i - 1));
            assert_int_equal(ta_buffer_check(&b), 0);
        }
        assert_int_equal(ta_buffer_pop(&b, &byte), TA_E_EMPTY);
        assert_int_equal(used(a), 0);
    }
}

static void peek_and_front_show_the_first_chunk_and_take_nothing(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        ta_buffer b = make_buffer(make_pool(block_size), offset, held, 0);
        remember(&before, &b);
        uint8_t byte = 0xee;
        ta_span span = {&byte, 77};
        assert_int_equal(ta_buffer_peek(&b, &byte), held ? TA_OK : TA_E_EMPTY);
        assert_int_equal(byte, held ? pattern(0) : 0xee);
        assert_int_equal(ta_buffer_front(&b, &span), held ? TA_OK : TA_E_EMPTY);
        size_t in_first = held < block_size - offset ? held : block_size - offset;
        assert_int_equal(span.length, held ? in_first : 77);
        if (held)
            expect_pattern(span.data, 0, span.length);
        expect_unchanged(&before, &b);
    }
}

static void consume_drops_exactly_n_or_nothing(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t n = 0; n <= held + 2; n++) {
        const ta_allocator *a = make_pool(block_size);
        ta_buffer b = make_buffer(a, offset, held, 0);
        remember(&before, &b);
        assert_int_equal(ta_buffer_consume(&b, n), n <= held ? TA_OK : TA_E_RANGE);
        if (n == 0 || n > held) {
            expect_unchanged(&before, &b);
            continue;
        }
        expect_holds(&b, before.bytes + n, held - n);
        assert_int_equal(used(a), n == held ? 0 : blocks_of(a, (offset + n) % block_size + held - n));
    }
    ta_buffer b = make_buffer(make_pool(2), 1, 5, 0);
    remember(&before, &b);
    assert_int_equal(ta_buffer_consume(&b, SIZE_MAX), TA_E_RANGE);
    expect_unchanged(&before, &b);
}

/* ---- Prepend ------------------------------------------------------------------------------------------- */

/* Blocks that n bytes before the first one take: those that do not go where consumed bytes lay. */
static size_t blocks_to_prepend(const ta_allocator *a, size_t offset, size_t n)
{
    return n <= offset ? 0 : blocks_of(a, n - offset);
}

static void try_prepend(size_t block_size, size_t offset, size_t held, size_t n, size_t free_blocks)
{
    static struct memory before;
    uint8_t expected[BYTES_MAX];
    const ta_allocator *a = make_pool(block_size);
    ta_buffer b = make_buffer(a, offset, held, 0);
    leave_free(a, free_blocks);
    remember(&before, &b);
    fill_pattern(expected, 100, n);
    memcpy(expected + n, before.bytes, held);

    size_t needed = blocks_to_prepend(a, offset, n);
    ta_status status = ta_buffer_prepend(&b, expected, n);

    assert_int_equal(status, needed <= free_blocks ? TA_OK : TA_E_NO_MEMORY);
    if (status != TA_OK || n == 0) {
        expect_unchanged(&before, &b);
        return;
    }
    expect_holds(&b, expected, n + held);
    assert_int_equal(used(a), before.used + needed);
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
    assert_int_equal(used(a), before.used - blocks_of(a, held ? offset + held : 0));
}

static void prepended_bytes_stand_before_the_others_at_every_phase(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t n = 0; n <= 3 * block_size + 1; n++)
        for (size_t free_blocks = 0; free_blocks <= 4; free_blocks++)
            try_prepend(block_size, offset, held, n, free_blocks);
}

static void prepend_of_nothing_changes_nothing(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        const ta_allocator *a = make_pool(block_size);
        ta_buffer b = make_buffer(a, offset, held, 0);
        leave_free(a, 0);
        ta_buffer_set_limit(&b, 1);
        remember(&before, &b);
        assert_int_equal(ta_buffer_prepend(&b, NULL, 0), TA_OK);
        assert_int_equal(ta_buffer_prepend(&b, "x", 0), TA_OK);
        expect_unchanged(&before, &b);
    }
}

static void what_was_popped_from_the_first_chunk_is_put_back_without_a_block(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, CAPACITY, 0);
    uint8_t taken[BLOCK - 1], expected[CAPACITY];
    fill_pattern(expected, 0, CAPACITY);
    assert_int_equal(ta_buffer_read(&b, taken, sizeof taken), TA_OK);
    assert_int_equal(ta_available(pool), 0);
    assert_int_equal(ta_buffer_prepend(&b, taken, sizeof taken), TA_OK);
    expect_holds(&b, expected, CAPACITY);
}

static void prepended_byte_by_byte_is_like_prepended_at_once(void **state)
{
    (void)state;
    static uint8_t expected[BYTES_MAX]; /* on the stack, avr-gcc 5.4 gets its address wrong */
    FOR_EACH_PHASE(block_size, offset, held)
    {
        const ta_allocator *a = make_pool(block_size);
        ta_buffer b = make_buffer(a, offset, held, 0);
        size_t n = 2 * block_size + 1;
        fill_pattern(expected, 100, n);
        fill_pattern(expected + n, 0, held);
        for (size_t i = n; i-- > 0;) {
            assert_int_equal(ta_buffer_prepend(&b, &expected[i], 1), TA_OK);
            expect_holds(&b, expected + i, n + held - i);
        }
    }
}

/* One byte, k bytes before it, then both ends are filled byte by byte: no byte of the pool stays unused. */
static void fill_from_both_sides(size_t k)
{
    static uint8_t deque[2 * CAPACITY];
    static struct memory before;
    size_t first = CAPACITY, last = CAPACITY;
    ta_buffer b = TA_BUFFER_INIT(pool);
    deque[last++] = 0xaa;
    assert_int_equal(ta_buffer_push(&b, 0xaa), TA_OK);
    first -= k;
    fill_pattern(deque + first, 50, k);
    assert_int_equal(ta_buffer_prepend(&b, deque + first, k), TA_OK);
    while (ta_buffer_push(&b, pattern(last)) == TA_OK) {
        deque[last] = pattern(last);
        last++;
    }
    for (uint8_t byte = 200; ta_buffer_prepend(&b, &byte, 1) == TA_OK; byte++)
        deque[--first] = byte;
    assert_int_equal(last - first, CAPACITY);
    expect_holds(&b, deque + first, CAPACITY);
    assert_int_equal(ta_buffer_room(&b), 0);
    remember(&before, &b);
    assert_int_equal(ta_buffer_prepend(&b, deque, 1), TA_E_NO_MEMORY);
    assert_int_equal(ta_buffer_push(&b, 1), TA_E_NO_MEMORY);
    expect_unchanged(&before, &b);
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
    assert_int_equal(used(pool), 0);
}

static void deque_can_be_built_exactly_full_from_both_sides(void **state)
{
    (void)state;
    for (size_t k = 0; k <= CAPACITY - BLOCK; k++) {
        fresh_pool(pool);
        fill_from_both_sides(k);
    }
}

static void drained_deque_begins_anew_at_either_end(void **state)
{
    (void)state;
    uint8_t byte;
    ta_buffer b = make_buffer(pool, 3, 6, 0);
    assert_int_equal(ta_buffer_consume(&b, 6), TA_OK);
    assert_int_equal(ta_buffer_prepend(&b, "bc", 2), TA_OK);
    assert_int_equal(ta_buffer_pop(&b, &byte), TA_OK);
    assert_int_equal(ta_buffer_prepend(&b, "ab", 2), TA_OK);
    expect_holds(&b, (const uint8_t *)"abc", 3);
}

/* ---- Truncate ------------------------------------------------------------------------------------------ */

static void truncate_keeps_exactly_the_first_bytes(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t kept = 0; kept <= held + 2; kept++) {
        const ta_allocator *a = make_pool(block_size);
        ta_buffer b = make_buffer(a, offset, held, 0);
        remember(&before, &b);
        assert_int_equal(ta_buffer_truncate(&b, kept), kept <= held ? TA_OK : TA_E_RANGE);
        if (kept >= held) {
            expect_unchanged(&before, &b);
            continue;
        }
        expect_holds(&b, before.bytes, kept);
        assert_int_equal(used(a), kept ? blocks_of(a, offset + kept) : 0);
    }
}

/* The bytes cut off make room: no block is taken before the last chunk is full again. */
static void writing_goes_on_where_truncate_cut(void **state)
{
    (void)state;
    uint8_t expected[BYTES_MAX];
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t kept = 0; kept <= held; kept++) {
        const ta_allocator *a = make_pool(block_size);
        ta_buffer b = make_buffer(a, offset, held, 0);
        assert_int_equal(ta_buffer_truncate(&b, kept), TA_OK);
        fill_pattern(expected, 0, kept);
        for (size_t n = kept; n < kept + block_size + 1; n++) {
            expected[n] = (uint8_t)(200 + n - kept);
            assert_int_equal(ta_buffer_push(&b, expected[n]), TA_OK);
            expect_holds(&b, expected, n + 1);
            assert_int_equal(used(a), blocks_of(a, (kept ? offset : 0) + n + 1));
        }
    }
}

static void what_is_left_between_both_cuts_is_right(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t to = 0; to <= held; to++)
        for (size_t from = 0; from <= to; from++) {
            const ta_allocator *a = make_pool(block_size);
            ta_buffer b = make_buffer(a, offset, held, 0);
            remember(&before, &b);
            assert_int_equal(ta_buffer_truncate(&b, to), TA_OK);
            assert_int_equal(ta_buffer_consume(&b, from), TA_OK);
            expect_holds(&b, before.bytes + from, to - from);
            if (from == to)
                assert_int_equal(used(a), 0);
        }
}

/* ---- Failures: nothing changes ------------------------------------------------------------------------- */

static uint8_t scratch[16];
static ta_span scratch_span;

/* clang-format off */
static ta_status call_pop(ta_buffer *b) { return ta_buffer_pop(b, scratch); }
static ta_status call_peek(ta_buffer *b) { return ta_buffer_peek(b, scratch); }
static ta_status call_front(ta_buffer *b) { return ta_buffer_front(b, &scratch_span); }
static ta_status call_consume(ta_buffer *b) { return ta_buffer_consume(b, 1); }
static ta_status call_prepend(ta_buffer *b) { return ta_buffer_prepend(b, scratch, 1); }
static ta_status call_truncate(ta_buffer *b) { return ta_buffer_truncate(b, 1); }
static ta_status pop_to_null(ta_buffer *b) { return ta_buffer_pop(b, NULL); }
static ta_status peek_to_null(ta_buffer *b) { return ta_buffer_peek(b, NULL); }
static ta_status front_to_null(ta_buffer *b) { return ta_buffer_front(b, NULL); }
static ta_status prepend_of_null(ta_buffer *b) { return ta_buffer_prepend(b, NULL, 1); }
/* clang-format on */

typedef ta_status (*call)(ta_buffer *b);

static const struct deque_call {
    call run;
    ta_status when_empty;
} calls[] = {{call_pop, TA_E_EMPTY},     {call_peek, TA_E_EMPTY}, {call_front, TA_E_EMPTY},
             {call_consume, TA_E_RANGE}, {call_prepend, TA_OK},   {call_truncate, TA_E_RANGE}};

static const call calls_with_null[] = {pop_to_null, peek_to_null, front_to_null, prepend_of_null};

static void calls_that_fail_on_an_empty_deque_change_nothing(void **state)
{
    (void)state;
    static struct memory before;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        ta_buffer b = TA_BUFFER_INIT(pool);
        remember(&before, &b);
        assert_int_equal(calls[i].run(&b), calls[i].when_empty);
        if (calls[i].when_empty != TA_OK)
            expect_unchanged(&before, &b);
    }
}

static void null_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    static struct memory before;
    ta_buffer b = make_buffer(pool, 1, 9, 0);
    assert_int_equal(ta_buffer_reserve(&b, 1, &scratch_span), TA_OK); /* which stays open, too */
    remember(&before, &b);
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        assert_int_equal(calls[i].run(NULL), TA_E_INVALID);
    for (size_t i = 0; i < COUNT_OF(calls_with_null); i++)
        assert_int_equal(calls_with_null[i](&b), TA_E_INVALID);
    expect_unchanged(&before, &b);
}

/* Stale after ta_clear(), even when the slots are live again for another owner, whose bytes stay his. */
static void stale_deque_is_refused_by_every_call(void **state)
{
    (void)state;
    for (size_t offset = 0; offset < BLOCK; offset++) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, offset, 2 * BLOCK, 0), copy;
        ta_clear(pool);
        ta_buffer other = make_buffer(pool, 0, CAPACITY, 0);
        uint8_t expected[CAPACITY];
        fill_pattern(expected, 0, CAPACITY);
        memcpy(&copy, &b, sizeof b);
        for (size_t i = 0; i < COUNT_OF(calls); i++) {
            assert_int_equal(calls[i].run(&b), TA_E_STALE);
            assert_memory_equal(&b, &copy, sizeof b);
            expect_holds(&other, expected, CAPACITY);
        }
    }
}

static void prepend_refuses_to_pass_the_limit(void **state)
{
    (void)state;
    static struct memory before;
    for (size_t limit = 1; limit <= 12; limit++)
        for (size_t held = 0; held <= 8; held++)
            for (size_t n = 1; n <= 8; n++) {
                fresh_pool(pool);
                ta_buffer b = make_buffer(pool, held ? 2 : 0, held, 0);
                ta_buffer_set_limit(&b, limit);
                remember(&before, &b);
                bool fits = held + n <= limit;
                assert_int_equal(ta_buffer_prepend(&b, scratch, n), fits ? TA_OK : TA_E_FULL);
                if (!fits)
                    expect_unchanged(&before, &b);
            }
}

static void prepend_leaves_the_headroom_to_others(void **state)
{
    (void)state;
    static struct memory before;
    ta_buffer b = make_buffer(pool, 0, 1, 0);
    assert_int_equal(ta_slab_set_headroom(pool, ta_available(pool)), TA_OK);
    remember(&before, &b);
    assert_int_equal(ta_buffer_prepend(&b, scratch, 1), TA_E_NO_MEMORY);
    expect_unchanged(&before, &b);
    assert_int_equal(ta_slab_set_headroom(pool, 0), TA_OK);
}

static void prepend_of_an_impossible_length_reads_nothing(void **state)
{
    (void)state;
    static struct memory before;
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - BLOCK, SIZE_MAX / 2 + 1};
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        for (size_t held = 0; held <= BLOCK; held += BLOCK) {
            fresh_pool(pool);
            ta_buffer b = make_buffer(pool, held ? 1 : 0, held, 0);
            remember(&before, &b);
            assert_int_equal(ta_buffer_prepend(&b, scratch, lengths[i]), TA_E_NO_MEMORY);
            ta_buffer_set_limit(&b, 10);
            remember(&before, &b);
            assert_int_equal(ta_buffer_prepend(&b, scratch, lengths[i]), TA_E_FULL);
            expect_unchanged(&before, &b);
        }
}

/* A reservation ends with every call of this file that may change the buffer, and with none that only
 * looks. */
static void open_reservation_ends_with_every_changing_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        for (size_t held = 3; held <= 4; held++) { /* in the tail's room; in a fresh block */
            fresh_pool(pool);
            ta_buffer b = make_buffer(pool, 0, held, 0);
            assert_int_equal(ta_buffer_reserve(&b, 1, &scratch_span), TA_OK);
            assert_int_equal(calls[i].run(&b), TA_OK);
            bool looks = calls[i].run == call_peek || calls[i].run == call_front;
            assert_int_equal(ta_buffer_commit(&b, 1), looks ? TA_OK : TA_E_INVALID);
            assert_int_equal(ta_buffer_check(&b), 0);
        }
}

/* Somebody who got hold of a handle may free a chunk in the middle: no cut is made across it, not even one that leaves
 * nothing. */
static void truncate_across_a_chunk_freed_by_a_stranger_is_refused(void **state)
{
    (void)state;
    for (size_t kept = 0; kept < 3 * BLOCK; kept++) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, 0, 3 * BLOCK, 0), copy;
        must_free(pool, ta_slab_handle_at(pool, 1));
        memcpy(&copy, &b, sizeof b);
        assert_int_equal(ta_buffer_truncate(&b, kept), TA_E_STALE);
        assert_memory_equal(&b, &copy, sizeof b);
        assert_int_equal(used(pool), 2);
    }
}

/* Resizing a chunk changes its link: it leads to a block of others. */
static void truncate_across_a_chunk_that_leads_elsewhere_is_refused(void **state)
{
    (void)state;
    for (size_t kept = 0; kept < 3 * BLOCK; kept++) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, 0, 3 * BLOCK, 0), copy;
        ta_handle h = must_alloc(pool, 0);
        assert_int_equal(ta_resize(pool, ta_slab_handle_at(pool, 1), 1), TA_OK);
        memcpy(&copy, &b, sizeof b);
        assert_int_equal(ta_buffer_truncate(&b, kept), TA_E_STALE);
        assert_memory_equal(&b, &copy, sizeof b);
        assert_true(ta_is_live(pool, h));
        assert_int_equal(used(pool), 4);
    }
}

/* What a pop has noted of the first chunk ends with a cut. */
static void no_byte_behind_a_cut_is_popped(void **state)
{
    (void)state;
    for (size_t n = 2; n <= 2 * BLOCK; n++)
        for (size_t kept = 1; kept < n; kept++) {
            fresh_pool(pool);
            uint8_t byte;
            ta_buffer b = make_buffer(pool, 0, n + 1, 0);
            assert_int_equal(ta_buffer_pop(&b, &byte), TA_OK);
            assert_int_equal(ta_buffer_truncate(&b, kept), TA_OK);
            assert_int_equal(ta_buffer_check(&b), 0);
            for (size_t i = 1; i <= kept; i++) {
                assert_int_equal(ta_buffer_pop(&b, &byte), TA_OK);
                assert_int_equal(byte, pattern(i));
            }
            assert_int_equal(ta_buffer_pop(&b, &byte), TA_E_EMPTY);
            assert_int_equal(used(pool), 0);
        }
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(pop_gives_the_bytes_in_order_and_each_block_back_with_its_last_byte),
        TEST(peek_and_front_show_the_first_chunk_and_take_nothing),
        TEST(consume_drops_exactly_n_or_nothing),
        TEST(prepended_bytes_stand_before_the_others_at_every_phase),
        TEST(prepend_of_nothing_changes_nothing),
        TEST(what_was_popped_from_the_first_chunk_is_put_back_without_a_block),
        TEST(prepended_byte_by_byte_is_like_prepended_at_once),
        TEST(deque_can_be_built_exactly_full_from_both_sides),
        TEST(drained_deque_begins_anew_at_either_end),
        TEST(truncate_keeps_exactly_the_first_bytes),
        TEST(writing_goes_on_where_truncate_cut),
        TEST(what_is_left_between_both_cuts_is_right),
        TEST(no_byte_behind_a_cut_is_popped),
        TEST(calls_that_fail_on_an_empty_deque_change_nothing),
        TEST(null_is_refused_and_changes_nothing),
        TEST(stale_deque_is_refused_by_every_call),
        TEST(prepend_refuses_to_pass_the_limit),
        TEST(prepend_leaves_the_headroom_to_others),
        TEST(prepend_of_an_impossible_length_reads_nothing),
        TEST(open_reservation_ends_with_every_changing_call),
        TEST(truncate_across_a_chunk_freed_by_a_stranger_is_refused),
        TEST(truncate_across_a_chunk_that_leads_elsewhere_is_refused),
    };
    return cmocka_run_group_tests_name("deque", tests, NULL, NULL);
}
