/* The port: critical sections and shared words. */
#include "support.h"

/* What is stored is what is loaded, at the limits too. */
static void stored_word_is_loaded(void **state)
{
    (void)state;
    const size_t values[] = {0, 1, 0xff, 0x100, SIZE_MAX / 2, SIZE_MAX - 1, SIZE_MAX};
    size_t word = 99;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        ta_port_store(&word, values[i]);
        assert_int_equal(ta_port_load(&word), values[i]);
    }
}

/* Critical sections are public, and nest on every port. */
static void critical_sections_may_be_entered_again(void **state)
{
    (void)state;
    ta_mask outer = ta_critical_enter(), inner = ta_critical_enter();
    ta_critical_exit(inner);
    ta_critical_exit(outer);
}

#ifdef TINYALLOC_PORT_POSIX_SIGNAL_H

static volatile sig_atomic_t arrived;

static void count_signal(int number)
{
    (void)number;
    arrived++;
}

static bool is_masked(int number)
{
    sigset_t now;
    sigprocmask(SIG_SETMASK, NULL, &now);
    return sigismember(&now, number) == 1;
}

/* others concurrency: the end of an inner section does not enable what the outer one masked. */
static void inner_exit_leaves_the_outer_section_masked(void **state)
{
    (void)state;
    assert_false(is_masked(SIGALRM));
    ta_mask outer = ta_critical_enter();
    assert_true(is_masked(SIGALRM));
    ta_mask inner = ta_critical_enter();
    assert_true(is_masked(SIGALRM));
    ta_critical_exit(inner);
    assert_true(is_masked(SIGALRM));
    ta_critical_exit(outer);
    assert_false(is_masked(SIGALRM));
}

/* others concurrency: exit restores what enter found: interrupts that were off before stay off. */
static void exit_restores_what_enter_found(void **state)
{
    (void)state;
    sigset_t alarm, before;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    assert_int_equal(sigprocmask(SIG_BLOCK, &alarm, &before), 0);
    ta_mask mask = ta_critical_enter();
    assert_true(is_masked(SIGALRM) && is_masked(SIGUSR1));
    ta_critical_exit(mask);
    assert_true(is_masked(SIGALRM));
    assert_false(is_masked(SIGUSR1));
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

/* An interrupt that comes inside the section waits for its end, and is not lost. */
static void interrupt_waits_for_the_end_of_the_section(void **state)
{
    (void)state;
    arrived = 0;
    assert_true(signal(SIGALRM, count_signal) != SIG_ERR);
    ta_mask mask = ta_critical_enter();
    raise(SIGALRM);
    assert_int_equal(arrived, 0);
    ta_critical_exit(mask);
    assert_int_equal(arrived, 1);
    raise(SIGALRM);
    assert_int_equal(arrived, 2);
    signal(SIGALRM, SIG_DFL);
}

#elif defined(TINYALLOC_PORT_POSIX_THREAD_H)

#include <unistd.h>

TA_SLAB_DEFINE(pool, 4, 4);
static size_t has_begun, arrived;

static void *try_the_lock(void *is_free)
{
    *(bool *)is_free = pthread_mutex_trylock(&ta_port_lock_) == 0;
    if (*(bool *)is_free)
        pthread_mutex_unlock(&ta_port_lock_);
    return NULL;
}

static bool is_masked(void)
{
    pthread_t other;
    bool is_free = false;
    assert_int_equal(pthread_create(&other, NULL, try_the_lock, &is_free), 0);
    assert_int_equal(pthread_join(other, NULL), 0);
    return !is_free;
}

/* others concurrency: the end of an inner section does not let in what the outer one keeps out. */
static void inner_exit_leaves_the_outer_section_masked(void **state)
{
    (void)state;
    assert_false(is_masked());
    ta_mask outer = ta_critical_enter();
    assert_true(is_masked());
    ta_mask inner = ta_critical_enter();
    assert_true(is_masked());
    ta_critical_exit(inner);
    assert_true(is_masked());
    ta_critical_exit(outer);
    assert_false(is_masked());
}

/* The library, in other files, has the same lock, and leaves it as it found it. */
static void exit_restores_what_enter_found(void **state)
{
    (void)state;
    assert_true(ta_free(pool, ta_alloc(pool, 1)));
    assert_false(is_masked());
    ta_mask mask = ta_critical_enter();
    assert_true(ta_free(pool, ta_alloc(pool, 1)));
    assert_true(is_masked());
    ta_critical_exit(mask);
    assert_false(is_masked());
}

static void *arrive(void *handle)
{
    ta_port_store(&has_begun, 1);
    *(ta_handle *)handle = ta_alloc(pool, 1);
    ta_port_store(&arrived, 1);
    return NULL;
}

/* A thread that comes inside the section waits for its end. */
static void interrupt_waits_for_the_end_of_the_section(void **state)
{
    (void)state;
    pthread_t other;
    ta_handle taken = TA_NONE;
    ta_mask mask = ta_critical_enter();
    assert_int_equal(pthread_create(&other, NULL, arrive, &taken), 0);
    while (!ta_port_load(&has_begun))
        usleep(1000);
    usleep(20000);
    assert_int_equal(ta_port_load(&arrived), 0);
    ta_critical_exit(mask);
    assert_int_equal(pthread_join(other, NULL), 0);
    assert_int_equal(ta_port_load(&arrived), 1);
    assert_true(ta_free(pool, taken));
}

#else

static void inner_exit_leaves_the_outer_section_masked(void **state)
{
    (void)state;
    skip();
}

static void exit_restores_what_enter_found(void **state)
{
    (void)state;
    skip();
}

static void interrupt_waits_for_the_end_of_the_section(void **state)
{
    (void)state;
    skip();
}

#endif

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_word_is_loaded),
        cmocka_unit_test(critical_sections_may_be_entered_again),
        cmocka_unit_test(inner_exit_leaves_the_outer_section_masked),
        cmocka_unit_test(exit_restores_what_enter_found),
        cmocka_unit_test(interrupt_waits_for_the_end_of_the_section),
    };
    return cmocka_run_group_tests_name("port", tests, NULL, NULL);
}
