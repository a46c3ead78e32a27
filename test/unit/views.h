/*
 * What the tests of views share: views of patterns, and every call on a view. The includer says BLOCK_SIZE_MAX,
 * MADE_BLOCKS and BYTES_MAX, as for phases.h.
 */
#ifndef VIEWS_H
#define VIEWS_H

#include "phases.h"

/* The view from `from` to `to`. */
static inline ta_view sub_view(ta_view v, size_t from, size_t to)
{
    assert_int_equal(ta_view_skip(&v, from), TA_OK);
    assert_int_equal(ta_view_take(&v, to - from, &v), TA_OK);
    return v;
}

static inline bool is_open(ta_view v)
{
    return !ta_view_is_final(&v);
}

static inline void expect_view(const ta_view *v, const void *bytes, size_t n)
{
    uint8_t seen[BYTES_MAX];
    assert_int_equal(ta_view_len(v), n);
    assert_int_equal(ta_view_is_empty(v), n == 0);
    assert_int_equal(ta_view_check(v), TA_OK);
    assert_int_equal(ta_view_copy(v, 0, seen, n), TA_OK);
    assert_memory_equal(seen, bytes, n);
}

static inline void expect_view_of_pattern(const ta_view *v, size_t first, size_t n)
{
    uint8_t bytes[BYTES_MAX];
    fill_pattern(bytes, first, n);
    expect_view(v, bytes, n);
}

/* Every call but those that only make or measure views; arguments are valid in themselves. */
static inline void expect_status_of_every_call(ta_view *v, ta_status expected)
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
    assert_int_equal(ta_parse_take(v, 0, &front), expected);
    assert_int_equal(ta_parse_one_of(v, "a", 1, &byte), expected);
    assert_int_equal(ta_parse_end(v), expected);
    assert_int_equal(byte, 0xee);
    assert_int_equal(position, 77);
    assert_int_equal(order, 77);
    assert_int_equal(span.length, 77);
    assert_memory_equal(&front, &front_before, sizeof front);
    assert_memory_equal(&other, &other_before, sizeof other);
}

/* ---- Every view of the same bytes: of buffers, and of linear memory ------------------------------------ */

static ta_buffer bytes_held;
static uint8_t bytes_linear[BYTES_MAX];

/* What a check gets: a view of n bytes of the pattern, from `first` on. */
typedef void (*view_check)(ta_view v, size_t first, size_t n);

/* Every sub-view of every small buffer, and of linear memory. */
static inline void for_each_view(view_check check)
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

#endif
