/* Fails on purpose: what a failed check says. CMakeLists.txt has what is expected. */
#include "support.h"

TA_SLAB_DEFINE(pool, 4, 4);

static void number_is_named(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_truncate(&b, 1), TA_OK);
}

static void number_of_a_check_is_explained(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    b.chain.in.reserved = 1;
    assert_int_equal(ta_buffer_check(&b), 0);
}

static void helper_names_its_caller(void **state)
{
    (void)state;
    must_free(pool, TA_NONE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_is_named),
        cmocka_unit_test(number_of_a_check_is_explained),
        cmocka_unit_test(helper_names_its_caller),
    };
    return cmocka_run_group_tests_name("failing", tests, NULL, NULL);
}
