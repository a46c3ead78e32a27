/*
 * ta_buffer_truncate() looks at a chunk, and then once more for the one after it. Foreign code frees that one in between, in a
 * pool in which slot 0 has had its last lifetime: then TA_NONE fits its entry. The linker puts this between both.
 */
#include "support.h"

#define BLOCK 4

TA_SLAB_DEFINE(pool, BLOCK, 6);
static ta_handle victim;

ta_handle __real_ta_blocks_linked_(const ta_allocator *a, ta_handle chunk);
ta_handle __wrap_ta_blocks_linked_(const ta_allocator *a, ta_handle chunk)
{
    if (victim.bits)
        assert_true(ta_free(pool, victim));
    victim = TA_NONE;
    return __real_ta_blocks_linked_(a, chunk);
}

static void chunk_freed_meanwhile_frees_nobody_elses_slot(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    ta_chunk_iterator at = {0};
    ta_span span;
    const uint8_t bytes[3 * BLOCK] = {0};
    ta_handle first = ta_alloc(pool, 1);
    while (ta_handle_slot(first) != 0 || (ta_generation)(first.bits >> TA_SLOT_BITS) != (ta_generation)-1) {
        assert_true(ta_free(pool, first));
        first = ta_alloc(pool, 1);
    }
    assert_int_equal(ta_buffer_write(&b, bytes, sizeof bytes), TA_OK);
    assert_true(ta_free(pool, first));

    assert_int_equal(ta_buffer_next_chunk(&b, &at, &span), TA_OK);
    victim = at.next;
    assert_int_equal(ta_buffer_truncate(&b, 2), TA_E_STALE);
    assert_int_equal(ta_buffer_len(&b), sizeof bytes);
    assert_int_equal(ta_slab_check(pool), 0);
    assert_int_equal(used(pool), 2); /* what the broken chain holds */
    ta_clear(pool);
    assert_int_equal(ta_slab_check(pool), 0);
    assert_int_equal(used(pool), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunk_freed_meanwhile_frees_nobody_elses_slot)};
    return cmocka_run_group_tests_name("truncate", tests, NULL, NULL);
}
