/*
 * What the unit tests use of cmocka, for targets that have none. The first assertion that does not hold ends
 * the program and says the number of the test and the line: a text would cost an AVR its RAM.
 *
 * A target may be too small for all tests of a program at once: only those from TEST_FIRST on and before
 * TEST_END are in the image, the others are not linked.
 */
#ifndef CMOCKA_H
#define CMOCKA_H

#include "board.h"
#include <stdbool.h>
#include <stdio.h>

#ifdef __AVR__
#define EFFORT(host, emulated, avr) (avr)
#else
#define EFFORT(host, emulated, avr) (emulated)
#endif

#ifndef TEST_FIRST
#define TEST_FIRST 0
#define TEST_END 1000
#endif

typedef int (*CMFixtureFunction)(void **state);

struct CMUnitTest {
    void (*test)(void **state); /* NULL: not in this image */
    CMFixtureFunction setup, teardown;
};

static unsigned test_number, tests_skipped, tests_left_out;

/* ---- Assertions ---------------------------------------------------------------------------------------- */

/* Out of line: a call is all that an assertion costs. */
__attribute__((noinline, unused)) static void expect(bool holds, unsigned line)
{
    if (!holds)
        end_of_failed_test(test_number, line);
}

__attribute__((noinline, unused)) static void expect_equal(unsigned long a, unsigned long b, unsigned line)
{
    expect(a == b, line);
}

#define assert_true(condition) expect((condition), __LINE__)
#define assert_false(condition) expect(!(condition), __LINE__)
#define assert_null(pointer) assert_ptr_equal(pointer, NULL)
#define assert_non_null(pointer) assert_ptr_not_equal(pointer, NULL)
#define assert_ptr_equal(a, b) expect((const void *)(a) == (const void *)(b), __LINE__)
#define assert_ptr_not_equal(a, b) expect((const void *)(a) != (const void *)(b), __LINE__)
#define assert_memory_equal(a, b, size) expect(memcmp(a, b, size) == 0, __LINE__)
#define assert_string_equal(a, b) expect(strcmp(a, b) == 0, __LINE__)
#define assert_in_range(value, least, most) \
    expect(as_long(value) >= as_long(least) && as_long(value) <= as_long(most), __LINE__)
#define assert_int_equal(a, b) expect_equal(as_long(a), as_long(b), __LINE__)
#define assert_int_not_equal(a, b) expect(as_long(a) != as_long(b), __LINE__)
#define fail_msg(...) expect(not_printed(__VA_ARGS__), __LINE__)
#define print_error(...) (void)not_printed(__VA_ARGS__)

/* A number that a long cannot hold is not compared in parts: it does not compile. */
#define as_long(number) ((unsigned long)(number) + 0 * sizeof(char[sizeof(number) <= sizeof(long) ? 1 : -1]))
#define not_printed(...) (sizeof printf(__VA_ARGS__) == 0)

/* ---- Running ------------------------------------------------------------------------------------------- */

#define skip()           \
    do {                 \
        tests_skipped++; \
        return;          \
    } while (0)

__attribute__((unused)) static void leave_out(void **state)
{
    (void)state;
    tests_left_out++;
    note_left_out_test(test_number);
}

/* Entries count themselves; nothing else in a test program uses __COUNTER__. */
#define TEST_ENTRY(test, setup, teardown)                                                                 \
    {                                                                                                     \
        (unsigned)(__COUNTER__ - TEST_FIRST) < TEST_END - TEST_FIRST ? (test) : NULL, (setup), (teardown) \
    }
#define cmocka_unit_test_if(has_memory, test, setup) \
    TEST_ENTRY((has_memory) ? (test) : leave_out, setup, NULL)
#define cmocka_unit_test(test) TEST_ENTRY(test, NULL, NULL)
#define cmocka_unit_test_setup(test, setup) TEST_ENTRY(test, setup, NULL)
#define cmocka_unit_test_teardown(test, teardown) TEST_ENTRY(test, NULL, teardown)
#define cmocka_unit_test_setup_teardown(test, setup, teardown) TEST_ENTRY(test, setup, teardown)

#define cmocka_run_group_tests(tests, setup, teardown) run_tests(tests, sizeof(tests) / sizeof(tests)[0])
#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
    cmocka_run_group_tests(tests, setup, teardown)

static inline int run_tests(const struct CMUnitTest *tests, unsigned count)
{
    unsigned run = 0;
    for (test_number = 0; test_number < count; test_number++) {
        const struct CMUnitTest *t = &tests[test_number];
        void *state = NULL;
        if (!t->test)
            continue;
        expect(!t->setup || t->setup(&state) == 0, __LINE__);
        t->test(&state);
        expect(!t->teardown || t->teardown(&state) == 0, __LINE__);
        run++;
    }
    end_of_tests(run - tests_skipped - tests_left_out, tests_skipped);
}

#endif
