/*
 * What a failed check says on a host: numbers by their names, what ta_…_check() means by its number, and the lines that
 * led to a check inside a helper. The targets' cmocka says the line only, and tcc's tests run with that one.
 */
#ifndef FAILURE_H
#define FAILURE_H

#include <cmocka.h>
#ifdef CMOCKA_H_ /* the real one */

#include <ctype.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <stdio.h>
#include <tinyalloc/status.h>

/* `make check T=NAME` runs one case: cmocka skips the others. */
__attribute__((constructor)) static void choose_case(void)
{
    cmocka_set_test_filter(getenv("TINYALLOC_CASE"));
}

int getpid(void); /* not <unistd.h>, which has names that tests use */

/* Print what explain.sh, beside this file, says. */
__attribute__((format(printf, 1, 2))) static void explain(const char *arguments, ...)
{
    char command[1000], line[300];
    int length = snprintf(command, sizeof(command), "sh '%.*sexplain.sh' ",
                          (int)(sizeof(__FILE__) - sizeof("failure.h")), __FILE__);
    va_list list;
    va_start(list, arguments);
    vsnprintf(command + length, sizeof(command) - (size_t)length, arguments, list);
    va_end(list);
    FILE *said = popen(command, "r");
    while (said && fgets(line, sizeof(line), said))
        print_error("%s", line);
    if (said)
        pclose(said);
}

/* The end of each of cmocka's assertions: the program's own function stands before the library's. Weak: a program may have it
 * in several files. */
#ifndef RTLD_NEXT /* with _GNU_SOURCE only */
#define RTLD_NEXT ((void *)-1L)
#endif
__attribute__((weak)) void _fail(const char *file, int line)
{
    extern const char __executable_start;
    void (*original)(const char *, int), *frames[16];
    char addresses[16 * 20] = "";
    int count = backtrace(frames, 16);
    for (int i = 0, length = 0; i < count; i++) /* each is after its call */
        length +=
            sprintf(addresses + length, " 0x%zx", (size_t)((char *)frames[i] - &__executable_start) - 1);
    explain("callers /proc/%d/exe%s", getpid(), addresses);
    *(void **)&original = dlsym(RTLD_NEXT, "_fail");
    original(file, line);
}

static void print_number(LargestIntegralType number, bool is_status)
{
    long long value = (long long)number;
    if (is_status)
        print_error("%s (%lld)", ta_status_name((ta_status)value), value);
    else
        print_error(value >= -999 && value <= 999 ? "%lld" : "%lld (0x%llx)", value,
                    (unsigned long long)number);
}

static inline bool names_status(const char *expression)
{
    return strstr(expression, "TA_OK") || strstr(expression, "TA_E_") || strstr(expression, "TA_MORE");
}

static inline void expect_equal_(LargestIntegralType a, LargestIntegralType b, const char *text_a,
                                 const char *text_b, const char *file, int line)
{
    if (a == b)
        return;
    bool is_status =
        names_status(text_a) || names_status(text_b) ||
        ((long long)a >= TA_MORE && (long long)b >= TA_MORE && ((long long)a < 0 || (long long)b < 0));
    print_error("%s is ", text_a);
    print_number(a, is_status);
    print_error(", not ");
    print_number(b, is_status);
    if (!isdigit((unsigned char)*text_b) && !names_status(text_b))
        print_error(" as %s", text_b);
    print_error("\n");
    const char *check = strstr(text_a, "_check(");
    if (check && strncmp(text_a, "ta_", 3) == 0)
        explain("number %.*s %d", (int)(check + strlen("_check") - text_a), text_a, (int)a);
    _fail(file, line);
}
#undef assert_int_equal
#define assert_int_equal(a, b)                                                                          \
    expect_equal_(cast_to_largest_integral_type(a), cast_to_largest_integral_type(b), #a, #b, __FILE__, \
                  __LINE__)

#endif
#endif
