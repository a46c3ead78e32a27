/*
 * The global allocator: chosen when the program is linked, replaced at run time, used by buffers bound to NULL.
 */
#include "support.h"

enum { ta_pool_id_other = 1 };
TA_SLAB_DEFINE(other, 16, 8);

/* Each test starts from the one that was linked, with nothing in it. */
static int fresh(void **state)
{
    (void)state;
    ta_global_set(NULL);
    ta_clear(ta_global());
    ta_clear(other);
    return 0;
}

static void default_is_256_bytes_in_blocks_of_8(void **state)
{
    (void)state;
    ta_stats stats = ta_stats_of(ta_global());
    assert_int_equal(stats.capacity, 32);
    assert_int_equal(stats.block_size, 8);
    assert_ptr_equal(ta_global(), ta_global_default());
}

static void replacing_it_takes_effect_at_once_and_null_takes_it_back(void **state)
{
    (void)state;
    ta_global_set(other);
    assert_ptr_equal(ta_global(), other);
    ta_global_set(NULL);
    assert_ptr_equal(ta_global(), ta_global_default());
}

#if TA_GLOBAL

static void buffer_bound_to_null_uses_the_global_allocator(void **state)
{
    (void)state;
    static ta_buffer b = TA_BUFFER_INIT(NULL);
    uint8_t back[20];
    assert_true(ta_buffer_is_empty(&b));
    assert_int_equal(ta_buffer_room(&b), 256);
    assert_int_equal(ta_buffer_write(&b, "across three blocks", 20), TA_OK);
    assert_int_equal(ta_stats_of(ta_global()).used, 3);
    assert_int_equal(ta_buffer_check(&b), 0);
    assert_int_equal(ta_buffer_read(&b, back, 20), TA_OK);
    assert_memory_equal(back, "across three blocks", 20);
    assert_int_equal(ta_stats_of(ta_global()).used, 0);
}

static void zeroed_buffer_is_bound_to_null(void **state)
{
    (void)state;
    static ta_buffer b;
    assert_int_equal(ta_buffer_push(&b, 7), TA_OK);
    assert_int_equal(ta_stats_of(ta_global()).used, 1);
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
}

static void buffer_keeps_its_allocator_until_it_is_empty(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(NULL);
    uint8_t byte;
    assert_int_equal(ta_buffer_push(&b, 1), TA_OK);
    ta_global_set(other);
    assert_int_equal(ta_buffer_push(&b, 2), TA_OK);
    assert_int_equal(ta_stats_of(other).used, 0);
    assert_int_equal(ta_buffer_pop(&b, &byte), TA_OK);
    assert_int_equal(ta_buffer_pop(&b, &byte), TA_OK);
    assert_int_equal(byte, 2);
    assert_int_equal(ta_buffer_push(&b, 3), TA_OK);
    assert_int_equal(ta_stats_of(other).used, 1);
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
}

static void split_and_move_keep_the_binding(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(NULL), front = TA_BUFFER_INIT(NULL);
    uint8_t back[6];
    assert_int_equal(ta_buffer_write(&b, "abcdefghijkl", 12), TA_OK);
    assert_int_equal(ta_buffer_split(&front, &b, 6), TA_OK);
    assert_int_equal(ta_buffer_copy_out(&front, 0, back, 6), TA_OK);
    assert_memory_equal(back, "abcdef", 6);
    assert_int_equal(ta_buffer_move(&front, &b), TA_OK);
    assert_int_equal(ta_buffer_clear(&front), TA_OK);
    ta_global_set(other);
    assert_int_equal(ta_buffer_push(&front, 1), TA_OK);
    assert_int_equal(ta_stats_of(other).used, 1);
    assert_int_equal(ta_buffer_clear(&front), TA_OK);
}

/* Of the two that are split, either may follow the global allocator. */
static void split_goes_by_the_front(void **state)
{
    (void)state;
    for (int follows = 0; follows < 2; follows++) {
        ta_buffer b = TA_BUFFER_INIT(NULL), front = TA_BUFFER_INIT(follows ? NULL : other);
        uint8_t back[8];
        ta_global_set(NULL);
        assert_int_equal(ta_buffer_push(&front, 1), TA_OK);
        assert_int_equal(ta_buffer_write(&b, "abcdefgh", 8), TA_OK);
        ta_global_set(other);
        assert_int_equal(ta_buffer_split(&front, &b, 8), TA_OK);
        assert_int_equal(ta_buffer_read(&front, back, 8), TA_OK);
        assert_memory_equal(back, "abcdefgh", 8);
        assert_int_equal(ta_stats_of(other).used + ta_stats_of(ta_global_default()).used, 0);
    }
}

static void drained_bytes_come_by_the_allocator_of_the_moment(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(NULL), source = TA_BUFFER_INIT(other);
    ta_queue q = TA_QUEUE_INIT(other, 0);
    ta_span span;
    for (int from_queue = 0; from_queue < 2; from_queue++) {
        ta_global_set(NULL);
        assert_int_equal(ta_buffer_reserve(&b, 1, &span), TA_OK);
        ta_global_set(other);
        if (from_queue) {
            assert_int_equal(ta_queue_write(&q, "abc", 3), TA_OK);
            assert_int_equal(ta_queue_drain_into(&b, &q, 3), TA_OK);
            assert_int_equal(ta_queue_clear(&q), TA_OK);
        } else {
            assert_int_equal(ta_buffer_write(&source, "abc", 3), TA_OK);
            assert_int_equal(ta_buffer_drain_into(&b, &source, 3), TA_OK);
        }
        assert_int_equal(ta_stats_of(ta_global_default()).used, 0);
        assert_int_equal(ta_stats_of(other).used, 1);
        assert_int_equal(ta_buffer_clear(&b), TA_OK);
    }
}

/* The bytes move with their block: none is free for a copy. */
static void drained_block_needs_no_other_of_the_allocator_of_the_moment(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(NULL), source = TA_BUFFER_INIT(other);
    ta_span span;
    assert_int_equal(ta_buffer_reserve(&b, 1, &span), TA_OK);
    ta_global_set(other);
    assert_int_equal(ta_buffer_write(&source, "abc", 3), TA_OK);
    leave_free(other, 0);
    assert_int_equal(ta_buffer_drain_into(&b, &source, 3), TA_OK);
    assert_int_equal(ta_buffer_len(&b), 3);
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
    assert_int_equal(ta_available(other), 1);
}

/* Only of an empty buffer that follows the global allocator. */
static void reservation_stays_if_a_block_is_refused(void **state)
{
    (void)state;
    for (int follows = 0; follows < 2; follows++) {
        ta_buffer b = TA_BUFFER_INIT(follows ? NULL : other);
        ta_span span;
        ta_global_set(NULL);
        if (follows)
            assert_int_equal(ta_buffer_push(&b, 1), TA_OK);
        assert_int_equal(ta_buffer_reserve(&b, 1, &span), TA_OK);
        ta_global_set(follows ? other : NULL);
        assert_int_equal(ta_buffer_append_block(&b, TA_NONE, 17), TA_E_INVALID);
        assert_int_equal(ta_buffer_commit(&b, 1), TA_OK);
        assert_int_equal(ta_buffer_clear(&b), TA_OK);
    }
}

/* A reservation alone gives way when the allocator was replaced; bytes do not, nor does a buffer bound to another one. */
static void block_is_appended_by_the_allocator_of_the_moment(void **state)
{
    (void)state;
    for (int stored = 0; stored < 2; stored++)
        for (int replaced = 0; replaced < 2; replaced++)
            for (int follows = 0; follows < 2; follows++) {
                ta_global_set(NULL);
                const ta_allocator *const first = follows ? ta_global() : other;
                const ta_allocator *const now = replaced && follows && !stored ? other : first;
                ta_buffer b = TA_BUFFER_INIT(follows ? NULL : other);
                ta_span span;
                if (stored)
                    assert_int_equal(ta_buffer_push(&b, 1), TA_OK);
                assert_int_equal(ta_buffer_reserve(&b, 1, &span), TA_OK);
                ta_global_set(replaced ? other : NULL);
                ta_handle block = ta_alloc(now, 3);
                assert_int_equal(ta_buffer_append_block(&b, block, 3), TA_OK);
                assert_int_equal(ta_buffer_len(&b), 3 + (size_t)stored);
                assert_int_equal(ta_buffer_clear(&b), TA_OK);
                assert_int_equal(ta_stats_of(other).used + ta_stats_of(ta_global_default()).used, 0);
            }
}

static void view_is_stale_when_an_empty_buffer_was_copied_over_its_own(void **state)
{
    (void)state;
    const ta_buffer empty = TA_BUFFER_INIT(NULL);
    ta_buffer b = empty;
    assert_int_equal(ta_buffer_push(&b, 1), TA_OK);
    ta_view v = ta_buffer_view(&b);
    assert_int_equal(ta_view_check(&v), TA_OK);
    b = empty;
    assert_int_equal(ta_view_check(&v), TA_E_STALE);
}

/* A queue never follows the global allocator: a zeroed one is refused as NULL is. */
static void zeroed_queue_is_refused_by_every_call(void **state)
{
    (void)state;
    static ta_queue zeroed, unbound = TA_QUEUE_INIT(NULL, 0);
    ta_queue *const queues[] = {NULL, &zeroed, &unbound};
    for (size_t i = 0; i < COUNT_OF(queues); i++) {
        ta_queue *q = queues[i];
        uint8_t byte = 0xee;
        size_t n = 77;
        ta_span span;
        assert_int_equal(ta_queue_push(q, 1), TA_E_INVALID);
        assert_int_equal(ta_queue_write(q, &byte, 1), TA_E_INVALID);
        assert_int_equal(ta_queue_write_some(q, &byte, 1, &n), TA_E_INVALID);
        assert_int_equal(ta_queue_reserve(q, 1, &span), TA_E_INVALID);
        assert_int_equal(ta_queue_commit(q, 0), TA_E_INVALID);
        assert_int_equal(ta_queue_cancel(q), TA_E_INVALID);
        assert_int_equal(ta_queue_pop(q, &byte), TA_E_INVALID);
        assert_int_equal(ta_queue_read(q, &byte, 1), TA_E_INVALID);
        assert_int_equal(ta_queue_read_some(q, &byte, 1, &n), TA_E_INVALID);
        assert_int_equal(ta_queue_consume(q, 0), TA_E_INVALID);
        assert_int_equal(ta_queue_peek(q, &byte), TA_E_INVALID);
        assert_int_equal(ta_queue_front(q, &span), TA_E_INVALID);
        assert_int_equal(ta_queue_at(q, 0, &byte), TA_E_INVALID);
        assert_int_equal(ta_queue_copy_out(q, 0, &byte, 1), TA_E_INVALID);
        assert_int_equal(ta_queue_find(q, 0, 1, &n), TA_E_INVALID);
        assert_int_equal(ta_queue_set_marks(q, NULL), TA_E_INVALID);
        assert_int_equal(ta_queue_clear(q), TA_E_INVALID);
        assert_int_equal(ta_queue_trim(q), TA_E_INVALID);
        assert_int_equal(ta_queue_set_limit(q, 1), TA_E_INVALID);
        assert_int_equal(ta_queue_use_headroom(q), TA_E_INVALID);
        assert_int_equal(ta_queue_room(q), 0);
        assert_int_equal(ta_queue_len(q), 0);
        assert_int_equal(ta_queue_limit(q), 0);
        ta_view v = ta_queue_view(q);
        assert_int_equal(ta_view_len(&v), 0);
        assert_int_equal(byte, 0xee);
    }
    ta_lines lines = TA_LINES_OF_QUEUE(&zeroed, 0);
    ta_view line;
    assert_int_equal(ta_lines_next(&lines, &line), TA_E_INVALID);
    ta_queue bound = TA_QUEUE_INIT(other, 0);
    size_t position = 77;
    assert_int_equal(ta_queue_write(&bound, "ab", 2), TA_OK);
    assert_int_equal(ta_queue_find(&bound, 0, 'b', &position), TA_OK);
    assert_int_equal(position, 1);
    assert_int_equal(ta_queue_clear(&bound), TA_OK);
}

#else

static void buffer_bound_to_null_is_refused_where_the_global_allocator_is_left_out(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(NULL);
    assert_int_equal(ta_buffer_push(&b, 7), TA_E_INVALID);
    assert_int_equal(ta_buffer_init(&b, NULL), TA_E_INVALID);
}

#endif

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(default_is_256_bytes_in_blocks_of_8, fresh),
        cmocka_unit_test_setup(replacing_it_takes_effect_at_once_and_null_takes_it_back, fresh),
#if TA_GLOBAL
        cmocka_unit_test_setup(buffer_bound_to_null_uses_the_global_allocator, fresh),
        cmocka_unit_test_setup(zeroed_buffer_is_bound_to_null, fresh),
        cmocka_unit_test_setup(buffer_keeps_its_allocator_until_it_is_empty, fresh),
        cmocka_unit_test_setup(split_and_move_keep_the_binding, fresh),
        cmocka_unit_test_setup(split_goes_by_the_front, fresh),
        cmocka_unit_test_setup(drained_bytes_come_by_the_allocator_of_the_moment, fresh),
        cmocka_unit_test_setup(drained_block_needs_no_other_of_the_allocator_of_the_moment, fresh),
        cmocka_unit_test_setup(reservation_stays_if_a_block_is_refused, fresh),
        cmocka_unit_test_setup(block_is_appended_by_the_allocator_of_the_moment, fresh),
        cmocka_unit_test_setup(view_is_stale_when_an_empty_buffer_was_copied_over_its_own, fresh),
        cmocka_unit_test_setup(zeroed_queue_is_refused_by_every_call, fresh),
#else
        cmocka_unit_test_setup(buffer_bound_to_null_is_refused_where_the_global_allocator_is_left_out, fresh),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
