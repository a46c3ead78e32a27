/*
 * Which calls end views (G9). Each call that removes, prepends, truncates, moves or clears bytes of a buffer or queue
 * ends every view of it; no other call does. Each is in a table by its name, and tried at every phase of small chains.
 */
#include "support.h"

enum { ta_pool_id_pool = 9 };

TA_SLAB_DEFINE(pool, 8, 4);

#define BLOCK_SIZE_MAX EFFORT(4, 3, 2)
#define MADE_BLOCKS 18
#define BYTES_MAX ((size_t)64)

#include "views.h"

/* Nobody reads it on an AVR, which would keep it in RAM. */
#define NAME(text) EFFORT(text, text, NULL)

/* ---- The objects, and all kinds of views of one of them ------------------------------------------------ */

static ta_buffer b, other, far; /* `far` uses another pool */
static ta_queue q;
static size_t stored; /* bytes of the pattern, in `b` or in `q` */

enum { WHOLE, FIRST, LAST, AT_END, OF_NO_BYTE, VIEWS };
static ta_view views[VIEWS];

static void make_views(ta_view whole)
{
    views[WHOLE] = views[AT_END] = whole;
    views[FIRST] = sub_view(whole, 0, 1);
    views[LAST] = sub_view(whole, stored - 1, stored);
    views[OF_NO_BYTE] = sub_view(whole, 0, 0);
    assert_int_equal(ta_view_skip(&views[AT_END], stored), TA_OK);
}

static void expect_all_stale(const char *name, const char *when)
{
    for (size_t i = 0; i < VIEWS; i++) {
        if (ta_view_check(&views[i]) != TA_E_STALE)
            fail_msg("%s, %s: view %zu of %zu bytes is not stale", name, when, i, stored);
        expect_status_of_every_call(&views[i], TA_E_STALE);
    }
}

static void expect_all_right(const char *name)
{
    for (size_t i = 0; i < VIEWS; i++)
        if (ta_view_check(&views[i]) != TA_OK)
            fail_msg("%s: view %zu of %zu bytes is stale", name, i, stored);
    expect_view_of_pattern(&views[WHOLE], 0, stored);
    expect_view_of_pattern(&views[FIRST], 0, 1);
    expect_view_of_pattern(&views[LAST], stored - 1, 1);
    expect_view(&views[AT_END], "", 0);
    expect_view(&views[OF_NO_BYTE], "", 0);
}

static void check_objects(void)
{
    assert_int_equal(ta_buffer_check(&b), 0);
    assert_int_equal(ta_buffer_check(&other), 0);
    assert_int_equal(ta_buffer_check(&far), 0);
    assert_int_equal(ta_queue_check(&q), 0);
    check_pool(pool);
    check_pool(&made.allocator);
}

/* n bytes of the pattern are in `b`, or in `q`; 3 bytes are in `other`. */
static void start(size_t block_size, size_t offset, size_t n, bool is_queue)
{
    uint8_t bytes[BYTES_MAX] = {0};
    const ta_allocator *a = make_pool(block_size);
    fresh_pool(pool);
    stored = n;
    b = make_buffer(a, offset, is_queue ? 0 : n, 0);
    other = make_buffer(a, 0, 3, 100);
    ta_buffer_init(&far, pool);
    ta_queue_init(&q, a, 0);
    fill_pattern(bytes + offset, 0, n);
    assert_int_equal(ta_queue_write(&q, bytes, is_queue ? offset + n : 2), TA_OK);
    assert_int_equal(ta_queue_consume(&q, is_queue ? offset : 0), TA_OK);
    make_views(is_queue ? ta_queue_view(&q) : ta_buffer_view(&b));
    expect_all_right("made");
}

typedef struct operation {
    const char *name;
    ta_status (*run)(size_t n);
    ta_status expected;
} operation;

/* Make a call on all chains, for all numbers of bytes from `least` up to all that are stored and `more`. */
static void for_each_chain(const operation *o, bool is_queue, size_t least, size_t more,
                           void (*check)(const char *name, bool is_queue))
{
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t n = least; held > 0 && n <= held + more; n++) {
        start(block_size, offset, held, is_queue);
        ta_status status = o->run(n);
        if (status != o->expected)
            fail_msg("%s of %zu: %s", o->name, n, ta_status_name(status));
        check_objects();
        check(o->name, is_queue);
    }
}

/* ---- Calls that take bytes away ------------------------------------------------------------------------ */

static const char letters[3 * BLOCK_SIZE_MAX + 1 + BLOCK_SIZE_MAX + 1] = "abcdef"; /* enough for each call */
static uint8_t read[BYTES_MAX];
static size_t done;

static bool is_at_most(uint8_t byte, void *context)
{
    return !is_above(byte, context);
}

static ta_status by_pop(size_t n)
{
    ta_status status = TA_OK;
    while (n-- > 0 && status == TA_OK)
        status = ta_buffer_pop(&b, read);
    return status;
}

static ta_status by_skip_while(size_t n)
{
    uint8_t last = pattern(n - 1);
    return ta_buffer_skip_while(&b, is_at_most, &last, &done);
}

static ta_status by_move_from(size_t n)
{
    (void)n;
    return ta_buffer_move(&other, &b);
}

static ta_status by_move_of_nothing_to(size_t n)
{
    (void)n;
    return ta_buffer_move(&b, &far);
}

static ta_status by_split_with_a_reservation(size_t n)
{
    ta_span span;
    assert_int_equal(ta_buffer_reserve(&b, 2, &span), TA_OK);
    return ta_buffer_split(&other, &b, n);
}

static ta_status by_clear(size_t n)
{
    (void)n;
    return ta_buffer_clear(&b);
}

static ta_status by_append_from(size_t n)
{
    (void)n;
    return ta_buffer_append(&other, &b);
}

static ta_status by_append_to_another_pool(size_t n)
{
    (void)n;
    return ta_buffer_append(&far, &b);
}

static ta_status by_split_to(size_t n)
{
    return ta_buffer_split(&b, &other, n % 4);
}

static ta_status by_move_to(size_t n)
{
    (void)n;
    return ta_buffer_move(&b, &other);
}

/* clang-format off */
static ta_status by_consume(size_t n) { return ta_buffer_consume(&b, n); }
static ta_status by_read(size_t n) { return ta_buffer_read(&b, read, n); }
static ta_status by_read_some(size_t n) { return ta_buffer_read_some(&b, read, n, &done); }
static ta_status by_consume_until(size_t n) { return ta_buffer_consume_until(&b, pattern(n - 1), &done); }
static ta_status by_truncate(size_t n) { return ta_buffer_truncate(&b, stored - n); }
static ta_status by_prepend(size_t n) { return ta_buffer_prepend(&b, letters, n); }
static ta_status by_split_from(size_t n) { return ta_buffer_split(&other, &b, n); }
static ta_status by_split_to_another_pool(size_t n) { return ta_buffer_split(&far, &b, n); }
static ta_status by_drain_from(size_t n) { return ta_buffer_drain_into(&other, &b, n); }
static ta_status by_drain_to_another_pool(size_t n) { return ta_buffer_drain_into(&far, &b, n); }

static const operation endings[] = {
    {NAME("pop"), by_pop, TA_OK},
    {NAME("consume"), by_consume, TA_OK},
    {NAME("read"), by_read, TA_OK},
    {NAME("read_some"), by_read_some, TA_OK},
    {NAME("skip_while"), by_skip_while, TA_OK},
    {NAME("consume_until"), by_consume_until, TA_OK},
    {NAME("truncate"), by_truncate, TA_OK},
    {NAME("prepend"), by_prepend, TA_OK},
    {NAME("clear"), by_clear, TA_OK},
    {NAME("split, source"), by_split_from, TA_OK},
    {NAME("split, source, reserved"), by_split_with_a_reservation, TA_OK},
    {NAME("split, source, other pool"), by_split_to_another_pool, TA_OK},
    {NAME("split, destination"), by_split_to, TA_OK},
    {NAME("drain_into, source"), by_drain_from, TA_OK},
    {NAME("drain_into, source, other pool"), by_drain_to_another_pool, TA_OK},
    {NAME("append, source"), by_append_from, TA_OK},
    {NAME("append, source, other pool"), by_append_to_another_pool, TA_OK},
    {NAME("move, source"), by_move_from, TA_OK},
    {NAME("move, destination"), by_move_to, TA_OK},
    {NAME("move, destination, of nothing"), by_move_of_nothing_to, TA_OK},
};
/* clang-format on */

/* Also when the bytes are there again: before those that are left, or after them. */
static void expect_ended(const char *name, bool is_queue)
{
    uint8_t bytes[BYTES_MAX];
    fill_pattern(bytes, 0, stored);
    expect_all_stale(name, "at once");
    if (is_queue) {
        ta_queue_write(&q, bytes, stored);
    } else {
        ta_buffer_prepend(&b, bytes, 1);
        ta_buffer_write(&b, bytes, stored);
    }
    expect_all_stale(name, "written again");
}

static void call_that_takes_bytes_away_ends_every_view(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        for_each_chain(&endings[i], false, 1, 0, expect_ended);
}

/* ---- Calls that do not --------------------------------------------------------------------------------- */

static ta_status by_reserve_and_commit(size_t n)
{
    ta_span span;
    assert_int_equal(ta_buffer_reserve(&b, n + 1, &span), TA_OK);
    memset(span.data, 0xee, span.length);
    return ta_buffer_commit(&b, span.length);
}

static ta_status by_reserve_and_cancel(size_t n)
{
    ta_span span;
    assert_int_equal(ta_buffer_reserve(&b, n + 1, &span), TA_OK);
    memset(span.data, 0xee, span.length);
    return ta_buffer_cancel(&b);
}

static ta_status by_append_block(size_t n)
{
    const ta_allocator *a = b.chain.allocator;
    ta_handle h = must_alloc(a, 0);
    memset(ta_get(a, h), 0xee, a->block_size);
    return ta_buffer_append_block(&b, h, n % (a->block_size + 1));
}

static ta_status by_append_to(size_t n)
{
    (void)n;
    return ta_buffer_append(&b, &other);
}

static ta_status by_queue_take(size_t n)
{
    (void)n;
    return ta_queue_take(&q, &b);
}

static ta_status by_move_that_is_refused(size_t n)
{
    (void)n;
    assert_int_equal(ta_buffer_set_limit(&other, 1), TA_OK);
    ta_buffer_push(&b, 0xee);
    return ta_buffer_move(&other, &b);
}

static ta_status by_looking(size_t n)
{
    ta_span span;
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    while (ta_buffer_next_chunk(&b, &at, &span) == TA_OK)
        ;
    assert_int_equal(ta_buffer_front(&b, &span), TA_OK);
    assert_int_equal(ta_buffer_peek(&b, read), TA_OK);
    assert_int_equal(ta_buffer_find(&b, 0, pattern(0), &done), TA_OK);
    return n <= stored ? ta_buffer_copy_out(&b, 0, read, n) : TA_OK;
}

/* clang-format off */
static ta_status by_push(size_t n) { (void)n; return ta_buffer_push(&b, 0xee); }
static ta_status by_write(size_t n) { return ta_buffer_write(&b, letters, n); }
static ta_status by_write_some(size_t n) { return ta_buffer_write_some(&b, letters, n, &done); }
static ta_status by_set_limit(size_t n) { return ta_buffer_set_limit(&b, n); }
static ta_status by_drain_to(size_t n) { return ta_buffer_drain_into(&b, &other, n % 4); }
static ta_status by_copy_range(size_t n) { return ta_buffer_copy_range(&b, &other, 0, n % 4); }
static ta_status by_copy_of_itself(size_t n) { return ta_buffer_copy_range(&b, &b, 0, n % (stored + 1)); }
static ta_status by_copy_to_another(size_t n) { return ta_buffer_copy_range(&other, &b, 0, n % (stored + 1)); }
static ta_status by_queue_drain(size_t n) { return ta_queue_drain_into(&b, &q, n % 3); }
static ta_status by_removing_nothing(size_t n) { (void)n; return ta_buffer_read(&b, NULL, 0); }
static ta_status by_truncating_nothing(size_t n) { (void)n; return ta_buffer_truncate(&b, stored); }
static ta_status by_prepending_nothing(size_t n) { (void)n; return ta_buffer_prepend(&b, NULL, 0); }
static ta_status by_draining_nothing(size_t n) { (void)n; return ta_buffer_drain_into(&other, &b, 0); }
static ta_status by_removing_too_much(size_t n) { return ta_buffer_consume(&b, stored + n + 1); }
static ta_status by_splitting_too_much(size_t n) { return ta_buffer_split(&other, &b, stored + n + 1); }

static const operation appendings[] = {
    {NAME("push"), by_push, TA_OK},
    {NAME("write"), by_write, TA_OK},
    {NAME("write_some"), by_write_some, TA_OK},
    {NAME("reserve, commit"), by_reserve_and_commit, TA_OK},
    {NAME("reserve, cancel"), by_reserve_and_cancel, TA_OK},
    {NAME("append_block"), by_append_block, TA_OK},
    {NAME("set_limit"), by_set_limit, TA_OK},
    {NAME("append, destination"), by_append_to, TA_OK},
    {NAME("drain_into, destination"), by_drain_to, TA_OK},
    {NAME("copy_range, destination"), by_copy_range, TA_OK},
    {NAME("copy_range, both"), by_copy_of_itself, TA_OK},
    {NAME("copy_range, source"), by_copy_to_another, TA_OK},
    {NAME("queue_take, destination"), by_queue_take, TA_OK},
    {NAME("queue_drain_into, destination"), by_queue_drain, TA_OK},
    {NAME("read of nothing"), by_removing_nothing, TA_OK},
    {NAME("truncate of nothing"), by_truncating_nothing, TA_OK},
    {NAME("prepend of nothing"), by_prepending_nothing, TA_OK},
    {NAME("drain_into of nothing"), by_draining_nothing, TA_OK},
    {NAME("consume, refused"), by_removing_too_much, TA_E_RANGE},
    {NAME("split, refused"), by_splitting_too_much, TA_E_RANGE},
    {NAME("move, refused"), by_move_that_is_refused, TA_E_FULL},
    {NAME("looking"), by_looking, TA_OK},
};
/* clang-format on */

static void expect_kept(const char *name, bool is_queue)
{
    (void)is_queue;
    expect_all_right(name);
}

static void call_that_appends_or_is_refused_ends_no_view(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(appendings); i++)
        for_each_chain(&appendings[i], false, 0, BLOCK_SIZE_MAX, expect_kept);
}

/* ---- The same for queues ------------------------------------------------------------------------------- */

static ta_status by_queue_pop(size_t n)
{
    ta_status status = TA_OK;
    while (n-- > 0 && status == TA_OK)
        status = ta_queue_pop(&q, read);
    return status;
}

static ta_status by_queue_reserve_and_commit(size_t n)
{
    ta_span span;
    assert_int_equal(ta_queue_reserve(&q, n + 1, &span), TA_OK);
    memset(span.data, 0xee, span.length);
    return ta_queue_commit(&q, span.length);
}

static ta_status by_queue_reserve_and_cancel(size_t n)
{
    ta_span span;
    assert_int_equal(ta_queue_reserve(&q, n + 1, &span), TA_OK);
    memset(span.data, 0xee, span.length);
    return ta_queue_cancel(&q);
}

static ta_status by_queue_push_refused(size_t n)
{
    assert_int_equal(ta_queue_set_limit(&q, 1), TA_OK);
    return ta_queue_write(&q, letters, n + 1);
}

/* clang-format off */
static ta_status by_queue_read(size_t n) { return ta_queue_read(&q, read, n); }
static ta_status by_queue_read_some(size_t n) { return ta_queue_read_some(&q, read, n, &done); }
static ta_status by_queue_consume(size_t n) { return ta_queue_consume(&q, n); }
static ta_status by_queue_drain_from(size_t n) { return ta_queue_drain_into(&other, &q, n); }
static ta_status by_queue_take_from(size_t n) { (void)n; return ta_queue_take(&q, &b); }
static ta_status by_queue_clear(size_t n) { (void)n; return ta_queue_clear(&q); }
static ta_status by_queue_push(size_t n) { (void)n; return ta_queue_push(&q, 0xee); }
static ta_status by_queue_write(size_t n) { return ta_queue_write(&q, letters, n); }
static ta_status by_queue_write_some(size_t n) { return ta_queue_write_some(&q, letters, n, &done); }
static ta_status by_queue_set_limit(size_t n) { return ta_queue_set_limit(&q, n); }
static ta_status by_queue_trim(size_t n) { (void)n; return ta_queue_trim(&q); }
static ta_status by_queue_removing_nothing(size_t n) { (void)n; return ta_queue_consume(&q, 0); }
static ta_status by_queue_draining_nothing(size_t n) { (void)n; return ta_queue_drain_into(&other, &q, 0); }
static ta_status by_queue_removing_too_much(size_t n) { return ta_queue_read(&q, read, stored + n + 1); }

static const operation queue_endings[] = {
    {NAME("queue_pop"), by_queue_pop, TA_OK},
    {NAME("queue_read"), by_queue_read, TA_OK},
    {NAME("queue_read_some"), by_queue_read_some, TA_OK},
    {NAME("queue_consume"), by_queue_consume, TA_OK},
    {NAME("queue_drain_into, source"), by_queue_drain_from, TA_OK},
    {NAME("queue_take, source"), by_queue_take_from, TA_OK},
    {NAME("queue_clear"), by_queue_clear, TA_OK},
};

static const operation queue_appendings[] = {
    {NAME("queue_push"), by_queue_push, TA_OK},
    {NAME("queue_write"), by_queue_write, TA_OK},
    {NAME("queue_write_some"), by_queue_write_some, TA_OK},
    {NAME("queue_reserve, commit"), by_queue_reserve_and_commit, TA_OK},
    {NAME("queue_reserve, cancel"), by_queue_reserve_and_cancel, TA_OK},
    {NAME("queue_set_limit"), by_queue_set_limit, TA_OK},
    {NAME("queue_trim"), by_queue_trim, TA_OK},
    {NAME("queue_consume of nothing"), by_queue_removing_nothing, TA_OK},
    {NAME("queue_drain_into of nothing"), by_queue_draining_nothing, TA_OK},
    {NAME("queue_read, refused"), by_queue_removing_too_much, TA_E_RANGE},
    {NAME("queue_write, refused"), by_queue_push_refused, TA_E_FULL},
};
/* clang-format on */

static void call_that_takes_bytes_of_a_queue_ends_every_view(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(queue_endings); i++)
        for_each_chain(&queue_endings[i], true, 1, 0, expect_ended);
}

static void call_that_appends_to_a_queue_ends_no_view(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(queue_appendings); i++)
        for_each_chain(&queue_appendings[i], true, 0, BLOCK_SIZE_MAX, expect_kept);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_that_takes_bytes_away_ends_every_view),
        cmocka_unit_test(call_that_appends_or_is_refused_ends_no_view),
        cmocka_unit_test(call_that_takes_bytes_of_a_queue_ends_every_view),
        cmocka_unit_test(call_that_appends_to_a_queue_ends_no_view),
    };
    return cmocka_run_group_tests_name("stale", tests, NULL, NULL);
}
