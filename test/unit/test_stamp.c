/* How a stale view is detected: by the count of removed bytes, and by the chunks that it is in or enters (G9). */
#include "support.h"

enum { ta_pool_id_pool = 10 };

#define BLOCK 8
#define LENGTH_MAX ((size_t)EFFORT(40, 40, 8))
TA_SLAB_DEFINE(pool, BLOCK, EFFORT(14, 14, 4));

#define BLOCK_SIZE_MAX BLOCK
#define MADE_BLOCKS 1
#define BYTES_MAX ((size_t)64)

#include "views.h"

static int fresh_pools(void **state)
{
    (void)state;
    fresh_pool(pool);
    return 0;
}

/* ---- The count of removed bytes ------------------------------------------------------------------------ */

/* One byte is in the buffer, and `passed` bytes have been. */
static void fill(ta_buffer *b, size_t passed)
{
    uint8_t bytes[LENGTH_MAX + 1] = {0};
    ta_buffer_init(b, pool);
    bytes[passed] = pattern(0);
    assert_int_equal(ta_buffer_write(b, bytes, passed + 1), TA_OK);
    assert_int_equal(ta_buffer_consume(b, passed), TA_OK);
}

/* The same chunks come back with the same bytes, whatever has passed the buffer in between. */
static void view_is_stale_after_its_bytes_went_and_came_back(void **state)
{
    (void)state;
    for (size_t passed = 0; passed <= LENGTH_MAX; passed++)
        for (size_t others = 0; others <= LENGTH_MAX; others++) {
            ta_buffer b, other;
            fresh_pool(pool);
            fill(&other, others);
            assert_int_equal(ta_buffer_clear(&other), TA_OK);
            fill(&b, passed);
            ta_view v = ta_buffer_view(&b), there;
            assert_int_equal(ta_buffer_move(&other, &b), TA_OK);
            there = ta_buffer_view(&other);
            expect_view_of_pattern(&there, 0, 1);
            assert_int_equal(ta_view_check(&v), TA_E_STALE);
            assert_int_equal(ta_buffer_move(&b, &other), TA_OK);
            assert_int_equal(ta_view_check(&v), TA_E_STALE);
            assert_int_equal(ta_view_check(&there), TA_E_STALE);
            assert_true(ta_is_live(pool, v.here.chunk)); /* so only the count tells */
            v = ta_buffer_view(&b);
            expect_view_of_pattern(&v, 0, 1);
        }
}

static void view_is_stale_though_as_many_bytes_were_put_back(void **state)
{
    (void)state;
    uint8_t bytes[BLOCK];
    fill_pattern(bytes, 0, BLOCK);
    for (size_t n = 1; n < BLOCK; n++) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, 0, BLOCK, 0);
        ta_view v = ta_buffer_view(&b);
        assert_int_equal(ta_buffer_consume(&b, n), TA_OK);
        assert_int_equal(ta_buffer_prepend(&b, bytes, n), TA_OK);
        assert_int_equal(ta_view_check(&v), TA_E_STALE);
        v = ta_buffer_view(&b);
        expect_view_of_pattern(&v, 0, BLOCK);
        assert_int_equal(ta_buffer_truncate(&b, BLOCK - n), TA_OK);
        assert_int_equal(ta_buffer_write(&b, bytes + BLOCK - n, n), TA_OK);
        assert_int_equal(ta_view_check(&v), TA_E_STALE);
        assert_true(ta_is_live(pool, v.here.chunk));
        expect_holds(&b, bytes, BLOCK);
    }
}

/* As if so many more bytes had passed both ends. */
static void pass(ta_buffer *b, size_t bytes)
{
    b->chain.in.count += bytes;
    b->chain.out.count += bytes;
    b->chain.in.base -= bytes;
    b->chain.out.base -= bytes;
}

static void view_matches_again_after_the_count_has_gone_around(void **state)
{
    (void)state;
    uint8_t byte;
    ta_buffer b = make_buffer(pool, 0, BLOCK, 0);
    pass(&b, SIZE_MAX - b.chain.out.count); /* the next byte that is removed wraps the count */
    ta_view v = ta_buffer_view(&b);
    expect_view_of_pattern(&v, 0, BLOCK);
    for (size_t n = 1; n <= 3; n++) {
        assert_int_equal(ta_buffer_pop(&b, &byte), TA_OK);
        assert_int_equal(ta_view_check(&v), TA_E_STALE);
    }
    pass(&b, SIZE_MAX - 3);
    assert_int_equal(ta_buffer_check(&b), 0);
    assert_int_equal(ta_view_check(&v), TA_E_STALE);
    assert_int_equal(ta_buffer_pop(&b, &byte), TA_OK);
    assert_int_equal(ta_view_check(&v), TA_OK); /* the documented exception */
}

/* ---- Chunks that others freed -------------------------------------------------------------------------- */

/* A drained queue keeps its block; when that is gone, a view of no bytes is stale, so that nobody waits for more. */
static void view_of_a_stale_queue_without_bytes_is_stale(void **state)
{
    (void)state;
    uint8_t byte;
    ta_queue q = TA_QUEUE_INIT(pool, 0);
    assert_int_equal(ta_queue_push(&q, 1), TA_OK);
    assert_int_equal(ta_queue_pop(&q, &byte), TA_OK);
    ta_view v = ta_queue_view(&q);
    assert_int_equal(ta_view_check(&v), TA_OK);
    ta_clear(pool);
    v = ta_queue_view(&q);
    assert_int_equal(ta_view_check(&v), TA_E_STALE);
    assert_int_equal(ta_parse_u8(&v, &byte), TA_E_STALE);
}

static void every_view_is_stale_after_clear_of_the_pool(void **state)
{
    (void)state;
    uint8_t bytes[2 * BLOCK + 1];
    fill_pattern(bytes, 0, sizeof bytes);
    for (size_t at = 0; at <= sizeof bytes; at++)
        for (int is_refilled = 0; is_refilled < 2; is_refilled++) {
            ta_queue q;
            ta_buffer b;
            fresh_pool(pool);
            ta_queue_init(&q, pool, 0);
            bool is_queue = at % 2;
            b = make_buffer(pool, 0, is_queue ? 0 : sizeof bytes, 0);
            assert_int_equal(ta_queue_write(&q, bytes, is_queue ? sizeof bytes : 0), TA_OK);
            ta_view v = is_queue ? ta_queue_view(&q) : ta_buffer_view(&b);
            assert_int_equal(ta_view_skip(&v, at), TA_OK);
            ta_clear(pool);
            if (is_refilled)
                leave_free(pool, 0);
            expect_status_of_every_call(&v, TA_E_STALE);
            assert_int_equal(ta_queue_clear(&q), TA_OK);
            assert_int_equal(ta_buffer_clear(&b), TA_OK);
            expect_status_of_every_call(&v, TA_E_STALE);
        }
}

/* The handle of a chunk, by its number. */
static ta_handle chunk_of(const ta_buffer *b, size_t number)
{
    ta_span span;
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_handle chunk = b->chain.out.chunk;
    for (size_t i = 0; i < number; i++) {
        assert_int_equal(ta_buffer_next_chunk(b, &at, &span), TA_OK);
        chunk = at.next;
    }
    return chunk;
}

/* `right` bytes of a view are before a chunk that was freed. */
static void expect_right_up_to(ta_view v, size_t first, size_t right)
{
    uint8_t byte, bytes[3 * BLOCK];
    ta_view front;
    size_t length = ta_view_len(&v);
    assert_int_equal(ta_view_take(&v, right, &front), TA_OK);
    expect_view_of_pattern(&front, first, right);
    assert_int_equal(ta_view_at(&v, right, &byte), TA_E_STALE);
    assert_int_equal(ta_view_copy(&v, 0, bytes, right + 1), TA_E_STALE);
    assert_int_equal(ta_view_skip(&v, right + 1), TA_E_STALE);
    assert_int_equal(ta_parse_take(&v, right + 1, NULL), TA_E_STALE);
    assert_int_equal(ta_view_len(&v), length);
    assert_int_equal(ta_parse_take(&v, right, NULL), TA_OK);
    assert_int_equal(ta_parse_u8(&v, &byte), TA_E_STALE);
}

/* Every call looks at the chunk that a view is in. Another one is detected when it is entered. */
static void freed_chunk_is_detected_where_the_view_is_and_where_it_goes(void **state)
{
    (void)state;
    for (size_t freed = 0; freed < 3; freed++)
        for (size_t at = 0; at < 3 * BLOCK; at++) {
            fresh_mixed_pool(pool); /* each chunk is entered by itself */
            ta_buffer b = make_buffer(pool, 0, 3 * BLOCK, 0);
            ta_view v = ta_buffer_view(&b);
            assert_int_equal(ta_view_skip(&v, at), TA_OK);
            must_free(pool, chunk_of(&b, freed));
            size_t current = at > 0 ? (at - 1) / BLOCK : 0; /* a chunk is entered with its first byte */
            if (freed == current)
                expect_status_of_every_call(&v, TA_E_STALE);
            else if (freed < current)
                expect_view_of_pattern(&v, at, 3 * BLOCK - at); /* it does not go back there */
            else
                expect_right_up_to(v, at, freed * BLOCK - at);
        }
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(view_is_stale_after_its_bytes_went_and_came_back),
        TEST(view_is_stale_though_as_many_bytes_were_put_back),
        TEST(view_matches_again_after_the_count_has_gone_around),
        TEST(view_of_a_stale_queue_without_bytes_is_stale),
        TEST(every_view_is_stale_after_clear_of_the_pool),
        TEST(freed_chunk_is_detected_where_the_view_is_and_where_it_goes),
    };
    return cmocka_run_group_tests_name("stamp", tests, NULL, NULL);
}
