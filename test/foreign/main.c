/*
 * foreign                          as the tests run it
 * foreign deeper [N]               N more calls a sequence (1)
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
    setitimer(ITIMER_VIRTUAL, &every, NULL);
}

const char *guarded(const char *(*run)(void *context), void *context)
{
    int signal = sigsetjmp(outside, 0);
    if (signal) {
        is_inside = 0;
        return signal == SIGVTALRM ? "it does not end" : "it crashes";
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
#else
static void watch_sanitizer(void) {}
#endif

/* ---- What is searched --------------------------------------------------------------------------------------------- */

static void search_pool(size_t blocks, size_t size, age begins, unsigned deeper, totals *sum)
{
    static alphabet calls;
    pools_begin(blocks, size, begins);
    alphabet_make(&calls);
    unsigned depth = 3 + deeper;
    search(&calls, ON_ALL, depth, 2, sum);
}

static totals search_everything(unsigned deeper)
{
    totals sum = {0, 0, 0, 0};
    for (size_t blocks = 1; blocks <= BLOCKS_MAX; blocks++)
        for (size_t size = 1; size <= SIZE_MAX_OF_BLOCK; size++)
            search_pool(blocks, size, IS_NEW, deeper, &sum);
    return sum;
}

int main(int count, char **arguments)
{
    watch();
    watch_sanitizer();
    if (count > 2 && strcmp(arguments[1], "replay") == 0)
        return !replay(arguments[2]);
    unsigned deeper = 0;
    if (count > 1 && strcmp(arguments[1], "deeper") == 0)
        deeper = count > 2 ? (unsigned)atoi(arguments[2]) : 1;
    unsigned named = named_sequences();
    totals sum = search_everything(deeper);
    printf("%lu transitions, %lu of them foreign actions; %lu states; %lu failures, and %u of the named "
           "sequences\n",
           sum.transitions, sum.foreign, sum.states, sum.failures, named);
    return sum.failures || named;
}
