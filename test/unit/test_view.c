/*
 * Views, against the promises of view.h: making and cutting, and what is refused. Looking: test_look.c. When they become
 * stale: test_stale.c, test_stamp.c.
 */
#include "support.h"

enum { ta_pool_id_pool = 7 };

#define BLOCK 4
#define BLOCKS 8
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);

static int fresh_pools(void **state)
{
    (void)state;
    fresh_pool(pool);
    return 0;
}

/* ---- Helpers ------------------------------------------------------------------------------------------- */

#define BLOCK_SIZE_MAX EFFORT(4, 2, 2)
#define MADE_BLOCKS 12
#define BYTES_MAX ((size_t)64)

#include "views.h"

/* ---- Making views -------------------------------------------------------------------------------------- */

static void view_of_a_buffer_is_open_and_holds_all_its_bytes(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        ta_buffer b = make_buffer(make_pool(block_size), offset, held, 0);
        ta_view v = ta_buffer_view(&b);
        expect_view_of_pattern(&v, 0, held);
        assert_true(is_open(v));
    }
}

static void view_of_a_queue_is_open_and_holds_what_has_arrived(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        uint8_t bytes[BYTES_MAX] = {0};
        ta_queue q;
        ta_queue_init(&q, make_pool(block_size), 0);
        fill_pattern(bytes + offset, 0, held);
        assert_int_equal(ta_queue_write(&q, bytes, offset + held), TA_OK);
        assert_int_equal(ta_queue_consume(&q, offset), TA_OK);
        ta_view v = ta_queue_view(&q);
        assert_int_equal(ta_queue_push(&q, 0xee), TA_OK);
        expect_view_of_pattern(&v, 0, held);
        assert_true(is_open(v));
    }
    ta_view none = ta_queue_view(NULL);
    expect_view(&none, "", 0);
}

static void view_of_memory_is_final(void **state)
{
    (void)state;
    ta_view v = ta_view_of("abc", 3), nothing = ta_view_of(NULL, 5);
    expect_view(&v, "abc", 3);
    assert_false(is_open(v));
    expect_view(&nothing, "", 0);
    assert_false(is_open(nothing));
}

static void zeroed_view_is_empty_and_open(void **state)
{
    (void)state;
    ta_view v = {0};
    ta_buffer empty = TA_BUFFER_INIT(pool);
    expect_view(&v, "", 0);
    assert_true(is_open(v));
    v = ta_buffer_view(&empty);
    expect_view(&v, "", 0);
    assert_true(is_open(v));
    v = ta_buffer_view(NULL);
    expect_view(&v, "", 0);
    assert_false(ta_view_is_final(NULL));
}

/* What every call gives on a view without bytes. A sanitized build ends at undefined arithmetic on its pointer. */
static void expect_nothing_in(const ta_view *v)
{
    ta_view in = *v, part;
    ta_span span;
    size_t position = 77;
    int order = 77;
    uint8_t byte = 0xee;
    expect_view(v, "", 0);
    assert_int_equal(ta_view_copy(v, 0, NULL, 0), TA_OK);
    assert_int_equal(ta_view_at(v, 0, &byte), TA_E_RANGE);
    assert_int_equal(ta_view_next_span(&in, &span), TA_E_EMPTY);
    assert_int_equal(ta_view_find(v, 'a', &position), TA_E_NO_MATCH);
    assert_int_equal(position, 0);
    assert_int_equal(ta_view_find_seq(v, "ab", 2, &position), TA_E_NO_MATCH);
    assert_int_equal(position, 0);
    assert_int_equal(ta_view_find_if(v, is_above, &byte, &position), TA_E_NO_MATCH);
    assert_int_equal(ta_view_find_seq(v, NULL, 0, &position), TA_OK);
    assert_int_equal(ta_view_equals(v, NULL, 0), TA_OK);
    assert_int_equal(ta_view_equals(v, "a", 1), TA_E_NO_MATCH);
    assert_int_equal(ta_view_compare(v, v, &order), TA_OK);
    assert_int_equal(order, 0);
    assert_int_equal(ta_view_take(v, 0, &part), TA_OK);
    assert_int_equal(ta_view_skip(&in, 0), TA_OK);
    assert_int_equal(ta_view_split(&in, 0, &part), TA_OK);
    assert_int_equal(ta_view_skip(&in, 1), TA_E_RANGE);
    expect_view(&part, "", 0);
}

static void expect_nothing_to_parse_in(ta_view in)
{
    ta_view part;
    uint32_t number;
    int32_t fixed;
    ta_status too_short = is_open(in) ? TA_MORE : TA_E_NO_MATCH;
    assert_int_equal(ta_parse_byte(&in, 'a'), too_short);
    assert_int_equal(ta_parse_tag(&in, "ab", 2), too_short);
    assert_int_equal(in.missing, is_open(in) ? 2 : 0);
    assert_int_equal(ta_parse_one_of(&in, "a", 1, NULL), too_short);
    assert_int_equal(ta_parse_u32le(&in, &number), too_short);
    assert_int_equal(ta_parse_varint(&in, 4, &number), too_short);
    assert_int_equal(ta_parse_decimal(&in, &number), too_short);
    assert_int_equal(ta_parse_fixed(&in, 2, &fixed), too_short);
    assert_int_equal(ta_parse_hex(&in, 1, 8, &number), too_short);
    assert_int_equal(ta_parse_take_until(&in, 'a', &part), too_short);
    assert_int_equal(ta_parse_line(&in, &part), too_short);
    assert_int_equal(ta_parse_prefixed(&in, 1, 9, &part), too_short);
    assert_int_equal(ta_parse_end(&in), is_open(in) ? TA_MORE : TA_OK);
    assert_int_equal(ta_parse_tag(&in, NULL, 0), TA_OK);
    assert_int_equal(ta_parse_take(&in, 0, &part), TA_OK);
    assert_int_equal(ta_parse_rest(&in, &part), TA_OK);
    expect_view(&part, "", 0);
}

static void view_without_bytes_can_be_read_and_parsed(void **state)
{
    (void)state;
    ta_view zeroed = {0};
    ta_buffer b = make_buffer(pool, 1, 9, 0), empty = TA_BUFFER_INIT(pool);
    ta_view passed = ta_buffer_view(&b), spanned = passed, nothing;
    ta_span span;
    assert_int_equal(ta_view_skip(&passed, 9), TA_OK);
    while (ta_view_next_span(&spanned, &span) == TA_OK)
        ;
    assert_int_equal(ta_view_take(&passed, 0, &nothing), TA_OK);
    const ta_view views[] = {
        zeroed, ta_buffer_view(&empty), ta_view_of(NULL, 5), ta_view_of("", 0), passed, spanned, nothing};
    for (size_t i = 0; i < COUNT_OF(views); i++) {
        expect_nothing_in(&views[i]);
        expect_nothing_to_parse_in(views[i]);
        expect_nothing_to_parse_in(ta_view_final(views[i]));
    }
}

static void declared_final_the_same_bytes_are_all(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 1, 9, 0);
    ta_view open = ta_buffer_view(&b), final = ta_view_final(open);
    expect_view_of_pattern(&final, 0, 9);
    assert_false(is_open(final));
    assert_true(is_open(open));
}

/* Whatever becomes of the reservation, and wherever it lies: in the last chunk, in a fresh block. */
static void view_does_not_see_an_open_reservation(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 9; held++)
        for (size_t committed = 0; committed <= 2; committed++) {
            fresh_pool(pool);
            ta_span span;
            ta_buffer b = make_buffer(pool, 0, held, 0);
            assert_int_equal(ta_buffer_reserve(&b, 2, &span), TA_OK);
            memset(span.data, 0xee, span.length);
            ta_view v = ta_buffer_view(&b);
            expect_view_of_pattern(&v, 0, held);
            if (committed <= span.length)
                assert_int_equal(ta_buffer_commit(&b, committed), TA_OK);
            expect_view_of_pattern(&v, 0, held);
            assert_int_equal(ta_buffer_cancel(&b), TA_OK);
            expect_view_of_pattern(&v, 0, held);
        }
}

/* ---- Cutting ------------------------------------------------------------------------------------------- */

static void check_cuts(ta_view v, size_t first, size_t n)
{
    for (size_t at = 0; at <= n; at++) {
        ta_view front, rest = v, split = v, split_front;
        assert_int_equal(ta_view_take(&v, at, &front), TA_OK);
        assert_int_equal(ta_view_skip(&rest, at), TA_OK);
        assert_int_equal(ta_view_split(&split, at, &split_front), TA_OK);
        expect_view_of_pattern(&front, first, at);
        expect_view_of_pattern(&split_front, first, at);
        expect_view_of_pattern(&rest, first + at, n - at);
        expect_view_of_pattern(&split, first + at, n - at);
        assert_false(is_open(front)); /* cut to a length; */
        assert_false(is_open(split_front));
        assert_int_equal(is_open(rest), is_open(v)); /* the rest ends where the view ended */
        assert_int_equal(is_open(split), is_open(v));
        expect_view_of_pattern(&v, first, n);
    }
}

static void view_can_be_cut_everywhere(void **state)
{
    (void)state;
    for_each_view(check_cuts);
}

static void check_cut_behind_the_end(ta_view v, size_t first, size_t n)
{
    ta_view before, front, front_before;
    (void)first;
    memset(&front, 0xa5, sizeof front);
    memcpy(&before, &v, sizeof v);
    memcpy(&front_before, &front, sizeof front);
    static const size_t beyond[] = {1, 2, SIZE_MAX};
    for (size_t i = 0; i < COUNT_OF(beyond); i++) {
        size_t at = beyond[i] == SIZE_MAX ? SIZE_MAX : n + beyond[i];
        assert_int_equal(ta_view_take(&v, at, &front), TA_E_RANGE);
        assert_int_equal(ta_view_skip(&v, at), TA_E_RANGE);
        assert_int_equal(ta_view_split(&v, at, &front), TA_E_RANGE);
        assert_memory_equal(&v, &before, sizeof v);
        assert_memory_equal(&front, &front_before, sizeof front);
    }
}

static void cut_behind_the_end_is_out_of_range_and_changes_nothing(void **state)
{
    (void)state;
    for_each_view(check_cut_behind_the_end);
}

static void view_can_be_taken_from_itself_but_not_split_into_itself(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 1, 9, 0);
    ta_view v = ta_buffer_view(&b);
    assert_int_equal(ta_view_split(&v, 3, &v), TA_E_INVALID);
    expect_view_of_pattern(&v, 0, 9);
    assert_int_equal(ta_view_take(&v, 5, &v), TA_OK);
    expect_view_of_pattern(&v, 0, 5);
}

/* ---- Refusals ------------------------------------------------------------------------------------------ */

static void null_view_is_refused_by_every_call(void **state)
{
    (void)state;
    expect_status_of_every_call(NULL, TA_E_INVALID);
    assert_int_equal(ta_view_len(NULL), 0);
    assert_true(ta_view_is_empty(NULL));
}

static void null_arguments_are_refused_and_change_nothing(void **state)
{
    (void)state;
    uint8_t byte = 0;
    int order = 0;
    size_t position = 0;
    ta_buffer b = make_buffer(pool, 1, 9, 0);
    ta_view v = ta_buffer_view(&b), before;
    memcpy(&before, &v, sizeof v);
    assert_int_equal(ta_view_take(&v, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_view_split(&v, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_view_at(&v, 0, NULL), TA_E_INVALID);
    assert_int_equal(ta_view_find(&v, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_view_find_if(&v, NULL, NULL, &position), TA_E_INVALID);
    assert_int_equal(ta_view_find_if(&v, is_above, &byte, NULL), TA_E_INVALID);
    assert_int_equal(ta_view_find_seq(&v, NULL, 1, &position), TA_E_INVALID);
    assert_int_equal(ta_view_find_seq(&v, "a", 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_view_equals(&v, NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_view_compare(&v, NULL, &order), TA_E_INVALID);
    assert_int_equal(ta_view_compare(&v, &v, NULL), TA_E_INVALID);
    assert_int_equal(ta_view_copy(&v, 0, NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_view_next_span(&v, NULL), TA_E_INVALID);
    assert_memory_equal(&v, &before, sizeof v);
}

static void stale_view_is_refused_by_every_call_and_stays_as_it_is(void **state)
{
    (void)state;
    for (size_t held = 1; held <= 9; held += 4) {
        fresh_pool(pool);
        ta_buffer b = make_buffer(pool, 1, held, 0);
        ta_view v = ta_buffer_view(&b), before;
        ta_clear(pool);
        make_buffer(pool, 0, (size_t)BLOCK * BLOCKS, 0);
        memcpy(&before, &v, sizeof v);
        expect_status_of_every_call(&v, TA_E_STALE);
        assert_memory_equal(&v, &before, sizeof v);
        assert_int_equal(ta_view_len(&v), held);
    }
}

/* Also where TA_NONE looks like the handle of a slot: one that was never allocated. */
static void view_of_a_stale_buffer_is_stale(void **state)
{
    (void)state;
    for (int is_new = 0; is_new < 2; is_new++) {
        ta_buffer b = make_buffer(pool, 1, 9, 0);
        if (is_new)
            ta_slab_reset(pool);
        else
            ta_clear(pool);
        ta_view v = ta_buffer_view(&b);
        expect_status_of_every_call(&v, TA_E_STALE);
        assert_int_equal(ta_view_len(&v), 9);
    }
}

/* It comes after an end, and more bytes may follow it in the next chunk. */
static void byte_of_zero_is_no_end(void **state)
{
    (void)state;
    static const uint8_t zeros[BLOCK + 1] = {0}, one = 1;
    ta_buffer b = TA_BUFFER_INIT(pool);
    int order = 0;
    assert_int_equal(ta_buffer_write(&b, zeros, sizeof zeros), TA_OK);
    ta_view v = ta_buffer_view(&b), other = ta_view_of(&one, 1), none = ta_view_of(&one, 0);
    assert_int_equal(ta_view_compare(&v, &other, &order), TA_OK);
    assert_true(order < 0);
    assert_int_equal(ta_view_compare(&other, &v, &order), TA_OK);
    assert_true(order > 0);
    assert_int_equal(ta_view_compare(&v, &none, &order), TA_OK);
    assert_true(order > 0);
    assert_int_equal(ta_view_compare(&none, &v, &order), TA_OK);
    assert_true(order < 0);
}

/* Somebody has freed the last chunk, of one byte, after the view was made. */
static void view_that_lacks_one_byte_is_stale(void **state)
{
    (void)state;
    static const uint8_t bytes[BLOCK + 1] = "abcde";
    ta_buffer b = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_write(&b, bytes, sizeof bytes), TA_OK);
    ta_view v = ta_buffer_view(&b), whole = ta_view_of(bytes, sizeof bytes), at = v;
    assert_true(ta_free(pool, ta_slab_handle_at(pool, 1)));
    ta_span span;
    size_t position;
    int order;
    uint8_t back[sizeof bytes];
    assert_int_equal(ta_view_check(&v), TA_OK);
    assert_int_equal(ta_view_find(&v, 'e', &position), TA_E_STALE);
    assert_int_equal(ta_view_compare(&v, &whole, &order), TA_E_STALE);
    assert_int_equal(ta_view_compare(&whole, &v, &order), TA_E_STALE);
    assert_int_equal(ta_view_copy(&v, 0, back, sizeof back), TA_E_STALE);
    assert_int_equal(ta_view_next_span(&at, &span), TA_OK);
    assert_int_equal(ta_view_next_span(&at, &span), TA_E_STALE);
#if TA_WITH_FRAMING
    uint16_t crc = 0;
    ta_slip_decoder decoder = {0};
    ta_buffer frame = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_crc16(&crc, &v), TA_E_STALE);
    at = v;
    assert_int_equal(ta_slip_decode(&decoder, &at, &frame), TA_E_STALE);
#endif
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(view_of_a_buffer_is_open_and_holds_all_its_bytes),
        TEST(view_of_a_queue_is_open_and_holds_what_has_arrived),
        TEST(view_of_memory_is_final),
        TEST(zeroed_view_is_empty_and_open),
        TEST(view_without_bytes_can_be_read_and_parsed),
        TEST(declared_final_the_same_bytes_are_all),
        TEST(view_does_not_see_an_open_reservation),
        TEST(view_can_be_cut_everywhere),
        TEST(cut_behind_the_end_is_out_of_range_and_changes_nothing),
        TEST(view_can_be_taken_from_itself_but_not_split_into_itself),
        TEST(null_view_is_refused_by_every_call),
        TEST(null_arguments_are_refused_and_change_nothing),
        TEST(stale_view_is_refused_by_every_call_and_stays_as_it_is),
        TEST(view_of_a_stale_buffer_is_stale),
        TEST(byte_of_zero_is_no_end),
        TEST(view_that_lacks_one_byte_is_stale),
    };
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
