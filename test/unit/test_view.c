/*
 * Views, against the promises of view.h. The second half takes bytes from under every view of a buffer in
 * every way there is, lets others use the memory, and reads: a view says TA_E_STALE or gives the bytes it
 * was made of, never other ones.
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

#include "phases.h"

/* The view from `from` to `to`. */
static ta_view sub_view(ta_view v, size_t from, size_t to)
{
    assert_int_equal(ta_view_skip(&v, from), TA_OK);
    assert_int_equal(ta_view_take(&v, to - from, &v), TA_OK);
    return v;
}

static bool is_open(ta_view v)
{
    return !ta_view_is_final(&v);
}

static void expect_view(const ta_view *v, const void *bytes, size_t n)
{
    uint8_t seen[BYTES_MAX];
    assert_int_equal(ta_view_len(v), n);
    assert_int_equal(ta_view_is_empty(v), n == 0);
    assert_int_equal(ta_view_check(v), TA_OK);
    assert_int_equal(ta_view_copy(v, 0, seen, n), TA_OK);
    assert_memory_equal(seen, bytes, n);
}

static void expect_view_of_pattern(const ta_view *v, size_t first, size_t n)
{
    uint8_t bytes[BYTES_MAX];
    fill_pattern(bytes, first, n);
    expect_view(v, bytes, n);
}

/* ---- Every view of the same bytes: of buffers, and of linear memory ------------------------------------ */

static ta_buffer bytes_held;
static uint8_t bytes_linear[BYTES_MAX];

/* What a check gets: a view of n bytes of the pattern, from `first` on. */
typedef void (*view_check)(ta_view v, size_t first, size_t n);

/* Every sub-view of every small buffer, and of linear memory. */
static void for_each_view(view_check check)
{
    FOR_EACH_PHASE(block_size, offset, held)
    {
        bytes_held = make_buffer(make_pool(block_size), offset, held, 0);
        fill_pattern(bytes_linear, 0, held);
        ta_view whole = ta_buffer_view(&bytes_held), linear = ta_view_of(bytes_linear, held);
        check(whole, 0, held);
        for (size_t from = 0; from <= held; from++)
            for (size_t to = from; to <= held; to++) {
                check(sub_view(whole, from, to), from, to - from);
                check(sub_view(linear, from, to), from, to - from);
            }
    }
}

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
        }
    }
    uint8_t outside[BYTES_MAX], last = pattern(first + n - 1);
    fill_pattern(outside, first, n + 1);
    position = 77;
    assert_int_equal(ta_view_find(&v, pattern(first + n), &position),
                     TA_E_NO_MATCH); /* just behind the view, */
    if (first > 0)
        assert_int_equal(ta_view_find(&v, pattern(first - 1), &position), TA_E_NO_MATCH); /* just before */
    if (n > 0)
        assert_int_equal(ta_view_find_if(&v, is_above, &last, &position), TA_E_NO_MATCH);
    assert_int_equal(ta_view_find_seq(&v, outside, n + 1, &position), TA_E_NO_MATCH); /* across the end */
    assert_int_equal(position, 77);
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
                    assert_int_equal(position, expected);
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

/* ---- Refusals ------------------------------------------------------------------------------------------ */

/* Every call but those that only make or measure views; arguments are valid in themselves. */
static void expect_status_of_every_call(ta_view *v, ta_status expected)
{
    uint8_t byte = 0xee;
    size_t position = 77;
    int order = 77;
    ta_view other = ta_view_of("a", 1), front = other, other_before, front_before;
    ta_span span = {NULL, 77};
    memcpy(&other_before, &other, sizeof other);
    memcpy(&front_before, &front, sizeof front);
    assert_int_equal(ta_view_check(v), expected);
    assert_int_equal(ta_view_take(v, 1, &front), expected);
    assert_int_equal(ta_view_take(v, 0, &front), expected);
    assert_int_equal(ta_view_skip(v, 1), expected);
    assert_int_equal(ta_view_split(v, 1, &front), expected);
    assert_int_equal(ta_view_at(v, 0, &byte), expected);
    assert_int_equal(ta_view_find(v, 1, &position), expected);
    assert_int_equal(ta_view_find_if(v, is_above, &byte, &position), expected);
    assert_int_equal(ta_view_find_seq(v, "a", 1, &position), expected);
    assert_int_equal(ta_view_find_seq(v, "", 0, &position), expected);
    assert_int_equal(ta_view_equals(v, "a", 1), expected);
    assert_int_equal(ta_view_compare(v, &other, &order), expected);
    assert_int_equal(ta_view_compare(&other, v, &order), expected);
    assert_int_equal(ta_view_copy(v, 0, &byte, 1), expected);
    assert_int_equal(ta_view_copy(v, 0, NULL, 0), expected);
    assert_int_equal(ta_view_next_span(v, &span), expected);
    assert_int_equal(byte, 0xee);
    assert_int_equal(position, 77);
    assert_int_equal(order, 77);
    assert_int_equal(span.length, 77);
    assert_memory_equal(&front, &front_before, sizeof front);
    assert_memory_equal(&other, &other_before, sizeof other);
}

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

static void view_of_a_stale_buffer_is_stale(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 1, 9, 0);
    ta_clear(pool);
    ta_view v = ta_buffer_view(&b);
    assert_int_equal(ta_view_check(&v), TA_E_STALE);
}

/* ---- What does not touch a view's bytes leaves it good ------------------------------------------------- */

static void view_survives_everything_written_behind_it(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        const ta_allocator *a = make_pool(block_size);
        ta_span span;
        ta_buffer b = make_buffer(a, offset, held, 0);
        ta_view v = ta_buffer_view(&b);
        for (size_t i = 0; i < block_size + 1; i++)
            assert_int_equal(ta_buffer_push(&b, 0xee), TA_OK);
        assert_int_equal(ta_buffer_write(&b, "\xee\xee\xee", 3), TA_OK);
        assert_int_equal(ta_buffer_reserve(&b, 2, &span), TA_OK);
        memset(span.data, 0xee, span.length);
        assert_int_equal(ta_buffer_commit(&b, 1), TA_OK);
        assert_int_equal(ta_buffer_truncate(&b, held + block_size + 3), TA_OK);
        expect_view_of_pattern(&v, 0, held);
    }
}

/* Bytes in front of a view may go; a partly read first chunk keeps its bytes until it is freed. */
static void view_survives_until_its_first_chunk_is_freed(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t n = 0; n < held; n++)
        for (size_t from = 0; from < held; from++) {
            ta_buffer b = make_buffer(make_pool(block_size), offset, held, 0);
            ta_view v = sub_view(ta_buffer_view(&b), from, held);
            assert_int_equal(ta_buffer_consume(&b, n), TA_OK);
            bool first_is_freed = (offset + from) / block_size < (offset + n) / block_size;
            assert_int_equal(ta_view_check(&v), first_is_freed ? TA_E_STALE : TA_OK);
            if (!first_is_freed)
                expect_view_of_pattern(&v, from, held - from);
        }
}

static void view_survives_a_cut_in_a_chunk_behind_it(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t kept = 1; kept < held; kept++)
        for (size_t to = 1; to <= held; to++) {
            ta_buffer b = make_buffer(make_pool(block_size), offset, held, 0);
            ta_view v = sub_view(ta_buffer_view(&b), 0, to);
            assert_int_equal(ta_buffer_truncate(&b, kept), TA_OK);
            /* the cut goes through the chunk of byte `kept`, unless that is the chunk's first */
            size_t cut = (offset + kept + block_size - 1) / block_size,
                   whole_chunks = (offset + kept) / block_size;
            size_t last = (offset + to - 1) / block_size;
            if (last < whole_chunks)
                expect_view_of_pattern(&v, 0, to);
            if (last >= cut)
                assert_int_equal(ta_view_check(&v), TA_E_STALE);
        }
}

static void view_survives_a_hand_over_by_relinking(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        ta_buffer b = make_buffer(make_pool(block_size), offset, held, 0);
        ta_buffer to = TA_BUFFER_INIT(b.chain.allocator);
        ta_view v = ta_buffer_view(&b);
        assert_int_equal(ta_buffer_move(&to, &b), TA_OK);
        expect_view_of_pattern(&v, 0, held);
        assert_int_equal(ta_buffer_append(&b, &to), TA_OK);
        expect_view_of_pattern(&v, 0, held);
    }
}

/* ---- Bytes are taken from under a view ----------------------------------------------------------------- */

#define MINE_MAX ((size_t)EFFORT(16, 16, 5))
#define OTHERS 0x80 /* what is written later has this bit, what was there before has not */

static struct scene {
    ta_buffer b, front, other;
    ta_queue queue;
    ta_view views[(MINE_MAX + 1) * (MINE_MAX + 2) / 2];
    size_t begins[(MINE_MAX + 1) * (MINE_MAX + 2) / 2];
    size_t count;
} scene;

/* A view reads the bytes it was made of, all of them, or says that it is stale. */
static void expect_stale_or_right(const ta_view *v, size_t begin, const char *when)
{
    uint8_t bytes[BYTES_MAX], byte;
    ta_status status = ta_view_check(v);
    size_t n = ta_view_len(v);
    if (status != TA_OK && status != TA_E_STALE)
        fail_msg("%s: %s", when, ta_status_name(status));
    if (n > 0 && (ta_view_at(v, n - 1, &byte) != status || ta_view_copy(v, 0, bytes, n) != status))
        fail_msg("%s: a call does not say %s", when, ta_status_name(status));
    for (size_t i = 0; status == TA_OK && i < n; i++)
        if (bytes[i] != pattern(begin + i))
            fail_msg("%s: byte %zu of %zu to %zu is another's, %d", when, i, begin, begin + n, bytes[i]);
    if (status == TA_OK && n > 0 && byte != pattern(begin + n - 1))
        fail_msg("%s: the last byte of %zu to %zu is another's, %d", when, begin, begin + n, byte);
}

static void check_scene(const char *when)
{
    assert_int_equal(ta_buffer_check(&scene.b), 0);
    assert_int_equal(ta_buffer_check(&scene.front), 0);
    assert_int_equal(ta_buffer_check(&scene.other), 0);
    check_pool(scene.b.chain.allocator);
    for (size_t i = 0; i < scene.count; i++)
        expect_stale_or_right(&scene.views[i], scene.begins[i], when);
}

static void make_scene(size_t block_size, size_t offset, size_t held)
{
    const ta_allocator *a = make_pool(block_size);
    ta_buffer_init(&scene.front, a);
    ta_buffer_init(&scene.other, a);
    ta_queue_init(&scene.queue, a, 0);
    scene.b = make_buffer(a, offset, held, 0);
    scene.count = 0;
    for (size_t from = 0; from <= held; from++)
        for (size_t to = from; to <= held; to++) {
            scene.begins[scene.count] = from;
            scene.views[scene.count++] = sub_view(ta_buffer_view(&scene.b), from, to);
        }
    check_scene("made");
}

static uint8_t foreign[BYTES_MAX];

/* Write n bytes that no view was made of. */
static void write_foreign(ta_buffer *b, size_t n)
{
    size_t done;
    memset(foreign, OTHERS | 0x6e, sizeof foreign);
    ta_buffer_write_some(b, foreign, n, &done);
}

/* clang-format off */
static void by_pop(size_t n) { uint8_t byte; while (n-- > 0) ta_buffer_pop(&scene.b, &byte); }
static void by_consume(size_t n) { ta_buffer_consume(&scene.b, n); }
static void by_read(size_t n) { uint8_t bytes[BYTES_MAX]; ta_buffer_read(&scene.b, bytes, n); }
static void by_truncate(size_t n) { ta_buffer_truncate(&scene.b, n); }
static void by_split(size_t n) { ta_buffer_split(&scene.front, &scene.b, n); }
static void by_drain(size_t n) { ta_buffer_drain_into(&scene.front, &scene.b, n); }
static void by_push(size_t n) { while (n-- > 0) ta_buffer_push(&scene.b, OTHERS); }
static void by_write(size_t n) { write_foreign(&scene.b, n); }
static void by_clear(size_t n) { (void)n; ta_buffer_clear(&scene.b); }
static void by_clear_of_the_pool(size_t n) { (void)n; ta_clear(scene.b.chain.allocator); ta_buffer_clear(&scene.b); }
static void by_copy_from_itself(size_t n) { ta_buffer_copy_range(&scene.b, &scene.b, 0, n); }
/* clang-format on */

static void by_prepend(size_t n)
{
    memset(foreign, OTHERS | 0x11, sizeof foreign);
    ta_buffer_prepend(&scene.b, foreign, n);
}

/* Consumed bytes of the first chunk are where prepended ones go. */
static void by_consume_then_prepend(size_t n)
{
    ta_buffer_consume(&scene.b, n);
    by_prepend(1);
}

static void by_consume_then_prepend_as_many(size_t n)
{
    ta_buffer_consume(&scene.b, n);
    by_prepend(n);
}

static void by_truncate_then_push(size_t n)
{
    ta_buffer_truncate(&scene.b, n);
    ta_buffer_push(&scene.b, OTHERS);
}

static void by_truncate_then_reserve(size_t n)
{
    ta_span span;
    ta_buffer_truncate(&scene.b, n);
    if (ta_buffer_reserve(&scene.b, SIZE_MAX, &span) == TA_OK) {
        memset(span.data, OTHERS, span.length);
        ta_buffer_commit(&scene.b, span.length);
    }
}

static void by_cut_at_both_ends(size_t n)
{
    ta_buffer_truncate(&scene.b, n);
    ta_buffer_consume(&scene.b, n / 2);
}

/* The destination has room in its last chunk: bytes are copied, and emptied chunks are used again. */
static void by_drain_to_a_filled_one(size_t n)
{
    write_foreign(&scene.front, 1);
    ta_buffer_drain_into(&scene.front, &scene.b, n);
}

static void by_drain_to_a_full_one(size_t n)
{
    write_foreign(&scene.front, scene.b.chain.allocator->block_size);
    ta_buffer_drain_into(&scene.front, &scene.b, n);
}

static void by_append(size_t n)
{
    write_foreign(&scene.front, n);
    ta_buffer_append(&scene.front, &scene.b);
}

static void by_move(size_t n)
{
    write_foreign(&scene.front, n);
    ta_buffer_move(&scene.front, &scene.b);
}

static void by_being_moved_over(size_t n)
{
    write_foreign(&scene.front, n);
    ta_buffer_move(&scene.b, &scene.front);
}

static void by_being_split_over(size_t n)
{
    write_foreign(&scene.front, n);
    ta_buffer_split(&scene.b, &scene.front, n / 2);
}

static void by_append_of_another(size_t n)
{
    write_foreign(&scene.front, n);
    ta_buffer_append(&scene.b, &scene.front);
}

static void by_append_of_a_block(size_t n)
{
    const ta_allocator *a = scene.b.chain.allocator;
    ta_handle block = ta_alloc(a, 0);
    n = n < a->block_size ? n : a->block_size;
    memset(ta_get(a, block), OTHERS, n);
    ta_buffer_append_block(&scene.b, block, n);
}

static void by_queue_take(size_t n)
{
    memset(foreign, OTHERS | 0x22, sizeof foreign);
    ta_queue_write(&scene.queue, foreign, n);
    ta_queue_take(&scene.queue, &scene.b);
}

/* The bytes go, and come back from the front of another buffer. */
static void by_split_and_append_back(size_t n)
{
    ta_buffer_split(&scene.front, &scene.b, n);
    ta_buffer_append(&scene.b, &scene.front);
}

static void by_split_and_truncate_of_the_front(size_t n)
{
    ta_buffer_split(&scene.front, &scene.b, n);
    ta_buffer_truncate(&scene.front, n - n / 2);
    write_foreign(&scene.front, 1);
}

static void by_append_and_truncate_there(size_t n)
{
    ta_buffer_append(&scene.front, &scene.b);
    ta_buffer_truncate(&scene.front, n);
    write_foreign(&scene.front, 1);
}

/* Nobody reads it on an AVR, which would keep it in RAM. */
#define NAME(text) EFFORT(text, text, NULL)

static const struct {
    const char *name;
    void (*run)(size_t n);
} ways[] = {
    {NAME("pop"), by_pop},
    {NAME("consume"), by_consume},
    {NAME("read"), by_read},
    {NAME("truncate"), by_truncate},
    {NAME("split"), by_split},
    {NAME("drain_into an empty one"), by_drain},
    {NAME("drain_into one with room"), by_drain_to_a_filled_one},
    {NAME("drain_into a full one"), by_drain_to_a_full_one},
    {NAME("push"), by_push},
    {NAME("write"), by_write},
    {NAME("prepend"), by_prepend},
    {NAME("consume, prepend 1"), by_consume_then_prepend},
    {NAME("consume, prepend as many"), by_consume_then_prepend_as_many},
    {NAME("truncate, push"), by_truncate_then_push},
    {NAME("truncate, reserve"), by_truncate_then_reserve},
    {NAME("truncate, consume"), by_cut_at_both_ends},
    {NAME("clear"), by_clear},
    {NAME("ta_clear"), by_clear_of_the_pool},
    {NAME("append to another"), by_append},
    {NAME("move to another"), by_move},
    {NAME("another moved here"), by_being_moved_over},
    {NAME("another split to here"), by_being_split_over},
    {NAME("append another"), by_append_of_another},
    {NAME("append a block"), by_append_of_a_block},
    {NAME("copy_range from itself"), by_copy_from_itself},
    {NAME("queue_take"), by_queue_take},
    {NAME("split, append back"), by_split_and_append_back},
    {NAME("split, truncate the front"), by_split_and_truncate_of_the_front},
    {NAME("append, truncate there"), by_append_and_truncate_there},
};

/* What others do with the memory afterwards. Each step is followed by a look at all views. */

/* clang-format off */
static void fill_the_pool(void) { for (int i = 0; i < 2; i++) write_foreign(&scene.other, BYTES_MAX); }
static void empty_the_other(void) { ta_buffer_clear(&scene.other); }
static void push_to_both(void) { ta_buffer_push(&scene.front, OTHERS); ta_buffer_push(&scene.b, OTHERS); }
static void write_to_both(void) { write_foreign(&scene.front, 5); write_foreign(&scene.b, 5); }
static void prepend_to_both(void) { by_prepend(1); ta_buffer_prepend(&scene.front, foreign, 1); }
static void prepend_much_to_both(void) { by_prepend(5); ta_buffer_prepend(&scene.front, foreign, 5); }
static void consume_from_both(void) { ta_buffer_consume(&scene.front, 1); ta_buffer_consume(&scene.b, 1); }
static void append_to_the_front(void) { ta_buffer_append(&scene.front, &scene.b); }
static void drain_some_back(void) { ta_buffer_drain_into(&scene.b, &scene.front, ta_buffer_len(&scene.front) / 2); }
static void drop_both(void) { ta_buffer_clear(&scene.front); ta_buffer_clear(&scene.b); }
/* clang-format on */

static void truncate_both(void)
{
    ta_buffer_truncate(&scene.front, ta_buffer_len(&scene.front) / 2);
    ta_buffer_truncate(&scene.b, ta_buffer_len(&scene.b) / 2);
}

typedef void (*step)(void);
#define STEPS 9

static const step sequels[][STEPS] = {
    {fill_the_pool, push_to_both, prepend_to_both, empty_the_other, prepend_much_to_both, write_to_both,
     drop_both, fill_the_pool},
    {prepend_to_both, push_to_both, consume_from_both, prepend_to_both, fill_the_pool, truncate_both,
     push_to_both, drop_both, fill_the_pool},
    {consume_from_both, prepend_to_both, append_to_the_front, fill_the_pool, truncate_both, write_to_both,
     prepend_to_both},
    {write_to_both, drain_some_back, prepend_to_both, truncate_both, push_to_both, fill_the_pool,
     prepend_to_both},
};

static void views_never_show_other_bytes_after(size_t way)
{
    for (size_t block_size = EFFORT(1, 1, 2); block_size <= BLOCK_SIZE_MAX; block_size++)
        for (size_t offset = 0; offset < block_size; offset++)
            for (size_t held = 2 * block_size + 1; held <= EFFORT(3, 3, 2) * block_size + 1; held++)
                for (size_t n = 0; n <= held; n += EFFORT(1, 1, 3))
                    for (size_t sequel = 0; sequel < COUNT_OF(sequels); sequel += EFFORT(1, 1, 2)) {
                        make_scene(block_size, offset, held);
                        ways[way].run(n);
                        check_scene(ways[way].name);
                        for (size_t i = 0; i < STEPS && sequels[sequel][i]; i++) {
                            sequels[sequel][i]();
                            check_scene(ways[way].name);
                        }
                    }
}

static void view_is_stale_or_right_whatever_is_done_to_its_buffer(void **state)
{
    (void)state;
    for (size_t way = 0; way < COUNT_OF(ways); way++)
        views_never_show_other_bytes_after(way);
}

/* Two ways, one after the other: what one left is taken from under the views by the next. */
static void view_is_stale_or_right_after_any_two_operations(void **state)
{
    (void)state;
    static const size_t counts[] = {5, 1, 3, 9};
    for (size_t first = 0; first < COUNT_OF(ways); first++)
        for (size_t second = first % EFFORT(1, 1, 4); second < COUNT_OF(ways); second += EFFORT(1, 1, 4))
            for (size_t i = 0; i < EFFORT(COUNT_OF(counts), 2, 1); i++)
                for (size_t j = 0; j < EFFORT(COUNT_OF(counts), 2, 1); j++) {
                    make_scene(BLOCK_SIZE_MAX, 1, EFFORT(10, 8, 5));
                    ways[first].run(counts[i]);
                    check_scene(ways[first].name);
                    ways[second].run(counts[j]);
                    check_scene(ways[second].name);
                    prepend_to_both();
                    check_scene(ways[second].name);
                    push_to_both();
                    fill_the_pool();
                    check_scene(ways[second].name);
                }
}

/* The cases in words, one for each way in which a chunk may come to hold other bytes. */

static void view_of_bytes_cut_off_is_stale(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, 6, 0);
    ta_view v = sub_view(ta_buffer_view(&b), 0, 6);
    assert_int_equal(ta_buffer_truncate(&b, 5), TA_OK);
    assert_int_equal(ta_buffer_push(&b, 0xee), TA_OK);
    assert_int_equal(ta_view_check(&v), TA_E_STALE);
}

static void view_of_bytes_prepended_over_is_stale(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, 6, 0);
    ta_view v = ta_buffer_view(&b);
    assert_int_equal(ta_buffer_consume(&b, 1), TA_OK);
    expect_view_of_pattern(&v, 0, 6);
    assert_int_equal(ta_buffer_prepend(&b, "x", 1), TA_OK);
    assert_int_equal(ta_view_check(&v), TA_E_STALE);
}

static void view_across_a_split_is_stale(void **state)
{
    (void)state;
    ta_buffer b = make_buffer(pool, 0, 10, 0), front = TA_BUFFER_INIT(pool);
    ta_view across = sub_view(ta_buffer_view(&b), 2, 9), behind = sub_view(ta_buffer_view(&b), 5, 10);
    assert_int_equal(ta_buffer_split(&front, &b, 5), TA_OK);
    assert_int_equal(ta_view_check(&across), TA_E_STALE);
    expect_view_of_pattern(&behind, 5, 5);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(view_of_a_buffer_is_open_and_holds_all_its_bytes),
        TEST(view_of_memory_is_final),
        TEST(zeroed_view_is_empty_and_open),
        TEST(declared_final_the_same_bytes_are_all),
        TEST(view_does_not_see_an_open_reservation),
        TEST(view_can_be_cut_everywhere),
        TEST(cut_behind_the_end_is_out_of_range_and_changes_nothing),
        TEST(view_can_be_taken_from_itself_but_not_split_into_itself),
        TEST(at_and_copy_give_every_range_and_nothing_behind_the_end),
        TEST(spans_are_the_bytes_in_order),
        TEST(what_is_in_view_is_found_and_nothing_beside_it),
        TEST(overlapping_beginnings_are_found_across_chunks),
        TEST(view_equals_its_bytes_no_more_and_no_less),
        TEST(views_are_ordered_as_memcmp_orders_bytes),
        TEST(two_views_of_chunks_with_other_phases_can_be_compared),
        TEST(null_view_is_refused_by_every_call),
        TEST(null_arguments_are_refused_and_change_nothing),
        TEST(stale_view_is_refused_by_every_call_and_stays_as_it_is),
        TEST(view_of_a_stale_buffer_is_stale),
        TEST(view_survives_everything_written_behind_it),
        TEST(view_survives_until_its_first_chunk_is_freed),
        TEST(view_survives_a_cut_in_a_chunk_behind_it),
        TEST(view_survives_a_hand_over_by_relinking),
        TEST(view_is_stale_or_right_whatever_is_done_to_its_buffer),
        TEST(view_is_stale_or_right_after_any_two_operations),
        TEST(view_of_bytes_cut_off_is_stale),
        TEST(view_of_bytes_prepended_over_is_stale),
        TEST(view_across_a_split_is_stale),
    };
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
