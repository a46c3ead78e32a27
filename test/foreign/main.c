/*
 * foreign [CALLS]                  sequences grow while the next length takes at most CALLS calls
 * foreign only BLOCKS SIZE CALLS   the same on one pool
 * foreign replay '4x1: b.push …'   one sequence, as it is printed
 */
#include "foreign.h"
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* ---- Crashes and endless loops ----------------------------------------------------------------------------------- */

void (*print_current)(void);

static sigjmp_buf outside;
static volatile sig_atomic_t is_inside, is_slow;

/* A second of CPU time passed. A call that two such seconds find running is one that does not end. */
static void on_second(int signal)
{
    if (!is_inside)
        return;
    if (is_slow)
        siglongjmp(outside, signal);
    is_slow = 1;
}

static void on_crash(int signal)
{
    if (is_inside)
        siglongjmp(outside, signal);
    _Exit(3);
}

static void watch(void)
{
    const struct itimerval every = {{1, 0}, {1, 0}};
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_flags = SA_NODEFER;
    action.sa_handler = on_second;
    sigaction(SIGVTALRM, &action, NULL);
    action.sa_handler = on_crash;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGABRT, &action, NULL);
    setitimer(ITIMER_VIRTUAL, &every, NULL);
}

const char *guarded(const char *(*run)(void *context), void *context)
{
    int signal = sigsetjmp(outside, 0);
    if (signal) {
        is_inside = 0;
        return signal == SIGVTALRM ? "it does not end" : signal == SIGABRT ? "it is undefined" : "it crashes";
    }
    is_slow = 0;
    is_inside = 1;
    const char *failed = run(context);
    is_inside = 0;
    return failed;
}

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>

static void on_death(void)
{
    fputs("the sanitizer's report is about\n", stderr);
    if (print_current)
        print_current();
    fputs("\n", stderr);
}

static void watch_sanitizer(void)
{
    __sanitizer_set_death_callback(on_death);
}

/* After undefined behaviour the search goes on; after a bad address it cannot. */
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
    return "abort_on_error=1";
}
#else
static void watch_sanitizer(void) {}
#endif

/* ---- What is searched --------------------------------------------------------------------------------------------- */

/* A pool: sequences of every call, of a buffer's calls only, and of a queue's. */
static void search_pool(size_t blocks, size_t size, age begins, unsigned long level_max, totals *sum)
{
    unsigned lengths[3];
    search_begin_pool();
    const unsigned groups[3] = {ON_ALL, ON_BUFFERS, ON_QUEUES};
    for (size_t i = 0; i < 3; i++) {
        const quest q = {blocks, size, begins, groups[i], level_max};
        lengths[i] = search(&q, sum);
    }
    printf("%zu blocks of %zu%s: up to %u calls of all, %u of buffers, %u of queues\n", blocks, size,
           begins == IS_AGED ? ", aged" : "", lengths[0], lengths[1], lengths[2]);
}

static totals search_everything(unsigned long level_max)
{
    totals sum = {0, 0, 0, 0};
    for (size_t blocks = 1; blocks <= BLOCKS_SEARCHED; blocks++)
        for (size_t size = 1; size <= SIZE_MAX_OF_BLOCK; size++)
            search_pool(blocks, size, IS_NEW, level_max, &sum);
    if (TA_GENERATION_BITS <= 16)
        for (size_t blocks = 1; blocks <= 3; blocks++)
            search_pool(blocks, 1, IS_AGED, level_max, &sum);
    return sum;
}

static void print_totals(const totals *sum)
{
    printf("%lu calls, %lu of them foreign actions; %lu states; %lu failures\n", sum->transitions,
           sum->foreign, sum->states, sum->failures);
}

/* foreign only <blocks> <size> <calls a level> */
static int search_only(char **numbers)
{
    totals sum = {0, 0, 0, 0};
    search_pool((size_t)atoi(numbers[0]), (size_t)atoi(numbers[1]), IS_NEW, strtoul(numbers[2], NULL, 10),
                &sum);
    print_totals(&sum);
    return sum.failures != 0;
}

static int search_all(unsigned long level_max)
{
    unsigned broken = details(), named = named_sequences();
    totals sum = search_everything(level_max);
    printf("%u details and %u of the named sequences fail\n", broken, named);
    sum.failures += broken + named;
    print_totals(&sum);
    return sum.failures != 0;
}

int main(int count, char **arguments)
{
    enum { LEVEL_MAX = 80000 };
    watch();
    watch_sanitizer();
    if (count > 2 && strcmp(arguments[1], "replay") == 0)
        return !replay(arguments[2]);
    if (count > 4 && strcmp(arguments[1], "only") == 0)
        return search_only(arguments + 2);
    return search_all(count > 1 ? strtoul(arguments[1], NULL, 10) : LEVEL_MAX);
}
