/* Looking at the bytes of views, against the promises of view.h: copying, spans, finding, comparing. */
#include "support.h"

enum { ta_pool_id_pool = 11 };

#define BLOCK 4
#define BLOCKS 8
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);

#define BLOCK_SIZE_MAX EFFORT(4, 2, 2)
#define MADE_BLOCKS 12
#define BYTES_MAX ((size_t)64)

#include "views.h"

static int fresh_pools(void **state)
{
    (void)state;
    fresh_pool(pool);
    return 0;
}

/* ---- Looking ------------------------------------------------------------------------------------------- */

static void check_copies(ta_view v, size_t first, size_t n)
{
    for (size_t position = 0; position <= n; position++) {
        uint8_t byte = 0xee, bytes[BYTES_MAX];
        assert_int_equal(ta_view_at(&v, position, &byte), position < n ? TA_OK : TA_E_RANGE);
        assert_int_equal(byte, position < n ? pattern(first + position) : 0xee);
        for (size_t length = 0; length <= n - position; length++) {
            memset(bytes, 0xee, sizeof bytes);
            assert_int_equal(ta_view_copy(&v, position, bytes, length), TA_OK);
            expect_pattern(bytes, first + position, length);
            assert_int_equal(bytes[length], 0xee);
        }
        memset(bytes, 0xee, sizeof bytes);
        assert_int_equal(ta_view_copy(&v, position, bytes, n - position + 1), TA_E_RANGE);
        assert_int_equal(ta_view_copy(&v, position, bytes, SIZE_MAX), TA_E_RANGE);
        assert_int_equal(ta_view_copy(&v, n + 1, bytes, 0), TA_E_RANGE);
        assert_int_equal(bytes[0], 0xee);
    }
}

static void at_and_copy_give_every_range_and_nothing_behind_the_end(void **state)
{
    (void)state;
    for_each_view(check_copies);
}

static void check_spans(ta_view v, size_t first, size_t n)
{
    ta_span span = {NULL, 0};
    size_t position = 0;
    ta_status status;
    while ((status = ta_view_next_span(&v, &span)) == TA_OK) {
        assert_true(span.length > 0);
        expect_pattern(span.data, first + position, span.length);
        position += span.length;
    }
    assert_int_equal(status, TA_E_EMPTY);
    assert_int_equal(position, n);
    assert_int_equal(ta_view_next_span(&v, &span), TA_E_EMPTY);
}

static void spans_are_the_bytes_in_order(void **state)
{
    (void)state;
    for_each_view(check_spans);
}

static void check_finding(ta_view v, size_t first, size_t n)
{
    size_t position;
    for (size_t i = 0; i < n; i++) {
        uint8_t before = (uint8_t)(pattern(first + i) - 1);
        assert_int_equal(ta_view_find(&v, pattern(first + i), &position), TA_OK);
        assert_int_equal(position, i);
        assert_int_equal(ta_view_find_if(&v, is_above, &before, &position), TA_OK);
        assert_int_equal(position, i);
        for (size_t length = 1; length <= n - i; length++) {
            uint8_t wanted[BYTES_MAX];
            fill_pattern(wanted, first + i, length);
            assert_int_equal(ta_view_find_seq(&v, wanted, length, &position), TA_OK);
            assert_int_equal(position, i);
            wanted[length - 1] = 0xee;
            assert_int_equal(ta_view_find_seq(&v, wanted, length, &position), TA_E_NO_MATCH);
            assert_int_equal(position, n - length + 1); /* the last bytes may be the first of a match */
        }
    }
    uint8_t outside[BYTES_MAX], last = pattern(first + n - 1);
    fill_pattern(outside, first, n + 1);
    position = 77;
    assert_int_equal(ta_view_find(&v, pattern(first + n), &position),
                     TA_E_NO_MATCH); /* the byte after the view, */
    assert_int_equal(position, n);
    if (first > 0)
        assert_int_equal(ta_view_find(&v, pattern(first - 1), &position), TA_E_NO_MATCH); /* and before it */
    position = 77;
    if (n > 0) {
        assert_int_equal(ta_view_find_if(&v, is_above, &last, &position), TA_E_NO_MATCH);
        assert_int_equal(position, n);
    }
    assert_int_equal(ta_view_find_seq(&v, outside, n + 1, &position), TA_E_NO_MATCH); /* across the end */
    assert_int_equal(position, 0);
    assert_int_equal(ta_view_find_seq(&v, NULL, 0, &position), TA_OK);
    assert_int_equal(position, 0);
}

static void what_is_in_view_is_found_and_nothing_beside_it(void **state)
{
    (void)state;
    for_each_view(check_finding);
}

static void overlapping_beginnings_are_found_across_chunks(void **state)
{
    (void)state;
    static const char *const texts[] = {"aaab", "aabaabaaab", "ababac", "mississippi"};
    static const char *const wanted[] = {"aab", "aaab", "abac", "ab",         "issip",
                                         "ssi", "ippi", "aaaa", "mississippi"};
    for (size_t t = 0; t < COUNT_OF(texts); t++)
        for (size_t w = 0; w < COUNT_OF(wanted); w++)
            for (size_t block_size = 1; block_size <= BLOCK_SIZE_MAX; block_size++)
                for (size_t offset = 0; offset < block_size; offset++) {
                    size_t length = strlen(texts[t]), n = strlen(wanted[w]), position = SIZE_MAX;
                    ta_buffer b = make_buffer_of(make_pool(block_size), offset, texts[t], length);
                    ta_view v = ta_buffer_view(&b);
                    size_t expected = naive_find(texts[t], length, wanted[w], n);
                    assert_int_equal(ta_view_find_seq(&v, wanted[w], n, &position),
                                     expected == SIZE_MAX ? TA_E_NO_MATCH : TA_OK);
                    size_t resume = length - (n - 1 < length ? n - 1 : length);
                    assert_int_equal(position, expected == SIZE_MAX ? resume : expected);
                }
}

static void check_equality(ta_view v, size_t first, size_t n)
{
    uint8_t bytes[BYTES_MAX] = {0};
    fill_pattern(bytes, first, n + 1);
    assert_int_equal(ta_view_equals(&v, bytes, n), TA_OK);
    assert_int_equal(ta_view_equals(&v, bytes, n + 1), TA_E_NO_MATCH);
    if (n > 0)
        assert_int_equal(ta_view_equals(&v, bytes, n - 1), TA_E_NO_MATCH);
    for (size_t i = 0; i < n; i++) {
        bytes[i] ^= 0x80;
        assert_int_equal(ta_view_equals(&v, bytes, n), TA_E_NO_MATCH);
        bytes[i] ^= 0x80;
    }
}

static void view_equals_its_bytes_no_more_and_no_less(void **state)
{
    (void)state;
    for_each_view(check_equality);
}

static int sign_of(int number)
{
    return (number > 0) - (number < 0);
}

/* As memcmp() orders them; a beginning comes before the whole. */
static int naive_order(const char *a, const char *b)
{
    size_t in_a = strlen(a), in_b = strlen(b);
    int order = memcmp(a, b, in_a < in_b ? in_a : in_b);
    return order ? sign_of(order) : (in_a > in_b) - (in_a < in_b);
}

static void views_are_ordered_as_memcmp_orders_bytes(void **state)
{
    (void)state;
    static const char *const texts[] = {"",        "a",        "ab",   "abcdefgh", "abcdefgi",
                                        "abcdefg", "abcdEfgh", "\xff", "b",        "abd"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (size_t j = 0; j < COUNT_OF(texts); j++)
            for (size_t block_size = 1; block_size <= BLOCK_SIZE_MAX; block_size++)
                for (size_t offset = 0; offset < block_size; offset++) {
                    const ta_allocator *a = make_pool(block_size);
                    size_t in_a = strlen(texts[i]), in_b = strlen(texts[j]);
                    int order = 77, expected = naive_order(texts[i], texts[j]);
                    ta_buffer in_chunks = make_buffer_of(a, in_a ? offset : 0, texts[i], in_a);
                    ta_view x = ta_buffer_view(&in_chunks), y = ta_view_of(texts[j], in_b);
                    assert_int_equal(ta_view_compare(&x, &y, &order), TA_OK);
                    assert_int_equal(sign_of(order), expected);
                    assert_int_equal(ta_view_compare(&y, &x, &order), TA_OK);
                    assert_int_equal(sign_of(order), -expected);
                }
}

static void two_views_of_chunks_with_other_phases_can_be_compared(void **state)
{
    (void)state;
    for (size_t i = 0; i < BLOCK; i++)
        for (size_t j = 0; j < BLOCK; j++) {
            fresh_pool(pool);
            int order = 77;
            ta_buffer a = make_buffer(pool, i, 10, 0), b = make_buffer(pool, j, 10, 0);
            ta_view x = ta_buffer_view(&a), y = ta_buffer_view(&b);
            assert_int_equal(ta_view_compare(&x, &y, &order), TA_OK);
            assert_int_equal(order, 0);
        }
}

/* Which bytes a view has, and how it is ordered next to another; the sign of the result tells. */
static void bytes_of_value_0_are_compared_as_others_are(void **state)
{
    static const struct {
        char a[4], b[4];
        size_t length_a, length_b;
        int order;
    } pairs[] = {
        {"", "", 0, 0, 0},         {"\0", "", 1, 0, 1},       {"\0", "\0", 1, 1, 0},
        {"a", "b", 1, 1, -1},      {"\0a", "\0b", 2, 2, -1},  {"\0a", "\0", 2, 1, 1},
        {"a\0", "a\0b", 2, 3, -1}, {"\0\0", "\0\0", 2, 2, 0}, {"b\0a", "b\0b", 3, 3, -1},
        {"\0", "\1", 1, 1, -1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        int order = 77, back = 77;
        ta_view a = ta_view_of(pairs[i].a, pairs[i].length_a), b = ta_view_of(pairs[i].b, pairs[i].length_b);
        assert_int_equal(ta_view_compare(&a, &b, &order), TA_OK);
        assert_int_equal(ta_view_compare(&b, &a, &back), TA_OK);
        assert_int_equal(sign_of(order), pairs[i].order);
        assert_int_equal(sign_of(back), -pairs[i].order);
    }
}

/* A chunk in the middle was freed by foreign code. */
static void look_that_would_enter_a_freed_chunk_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[3 * BLOCK];
    int order = 77;
    size_t position = 77;
    ta_span span = {NULL, 77};
    ta_buffer b = make_buffer(pool, 0, 3 * BLOCK, 0);
    fill_pattern(bytes, 0, sizeof bytes);
    must_free(pool, ta_slab_handle_at(pool, 1));
    ta_view v = ta_buffer_view(&b), same = ta_view_of(bytes, sizeof bytes);
    ta_view shorter = ta_view_of(bytes, BLOCK), other = ta_view_of(bytes, BLOCK - 1);
    assert_int_equal(ta_view_equals(&v, bytes, sizeof bytes), TA_E_STALE);
    assert_int_equal(ta_view_compare(&v, &same, &order), TA_E_STALE);
    assert_int_equal(ta_view_compare(&same, &v, &order), TA_E_STALE);
    assert_int_equal(ta_view_compare(&v, &shorter, &order), TA_E_STALE);
    assert_int_equal(ta_view_compare(&shorter, &v, &order), TA_E_STALE);
    assert_int_equal(order, 77);
    assert_int_equal(ta_view_compare(&v, &other, &order), TA_OK);
    assert_true(order > 0);
    assert_int_equal(ta_view_compare(&other, &v, &order), TA_OK);
    assert_true(order < 0);
    bytes[BLOCK - 1] ^= 1;
    assert_int_equal(ta_view_equals(&v, bytes, sizeof bytes), TA_E_NO_MATCH);
    assert_int_equal(ta_view_find(&v, 0, &position), TA_E_STALE);
    assert_int_equal(ta_buffer_find(&b, 2 * BLOCK, 0, &position), TA_E_STALE);
    assert_int_equal(ta_buffer_find_if(&b, 2 * BLOCK, is_above, bytes, &position), TA_E_STALE);
    assert_int_equal(ta_buffer_find_if(&b, 3 * BLOCK + 1, is_above, bytes, &position), TA_E_RANGE);
    assert_int_equal(position, 77);
    assert_int_equal(ta_view_next_span(&v, &span), TA_OK);
    assert_int_equal(span.length, BLOCK);
    assert_int_equal(ta_view_next_span(&v, &span), TA_E_STALE);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(at_and_copy_give_every_range_and_nothing_behind_the_end),
        TEST(spans_are_the_bytes_in_order),
        TEST(what_is_in_view_is_found_and_nothing_beside_it),
        TEST(overlapping_beginnings_are_found_across_chunks),
        TEST(view_equals_its_bytes_no_more_and_no_less),
        TEST(views_are_ordered_as_memcmp_orders_bytes),
        TEST(two_views_of_chunks_with_other_phases_can_be_compared),
        TEST(bytes_of_value_0_are_compared_as_others_are),
        TEST(look_that_would_enter_a_freed_chunk_is_refused),
    };
    return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
