#include "../unit/support.h"

#include "add_a_test.h"

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(write_that_does_not_fit_changes_nothing)};
    return cmocka_run_group_tests_name("add_a_test", tests, NULL, NULL);
}
