/*
 * search MODE BLOCKS SIZE [OPTION=NUMBER...]     one pool, one line of figures; 1 if something was wrong
 * search foreign [POOLS]                         with foreign code: the first POOLS of several, and the sequences of named.c
 * search named 'SEQUENCE'                        one with foreign code, as it is printed: '2x1: b.push h.free_slot(0)'
 *
 * MODE   sequences   every call of one context
 *        interrupts  every call of the main flow, an interrupt with every call of its own before each access to memory;
 *                    the interrupt writes q. With writer=0 the main flow does
 *        faults      sequences; and every call that allocates finds no block from its i-th critical section on
 *        foreign     sequences; and foreign code acts in each of their states, up to twice
 * OPTION limit=N     set_limit(N) and set_limit(0) are calls, too
 *        headroom=N  of the pool, for q and h
 *        marks=1     q has water marks
 *        simple=1    the main flow only pushes to b and pops from it; it may drain q into it
 *        rare=0      without calls that are much like others
 *        after=N     with foreign code: so many calls from its first action on, that included
 *        before=N    with foreign code: it acts in so many states, those of the shortest sequences
 *        states=N seconds=N   stop there, and say how deep the search came
 */
#include "search.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* ---- Crashes and endless loops ------------------------------------------------------------------------- */

static void on_signal(int signal)
{
    static unsigned seen_ticks = 1;
    if (signal == SIGVTALRM && seen_ticks != calls_done) {
        seen_ticks = calls_done; /* a second ago it was another call */
        return;
    }
    search_fail(signal == SIGVTALRM ? "it does not end" : "it crashes");
}

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
static void on_death(void)
{
    search_fail("the sanitizer's report");
}
#endif

static void watch(void)
{
    const struct itimerval every = {{2, 0}, {2, 0}};
    signal(SIGSEGV, on_signal);
    signal(SIGBUS, on_signal);
    signal(SIGFPE, on_signal);
    signal(SIGVTALRM, on_signal);
    setitimer(ITIMER_VIRTUAL, &every, NULL);
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_set_death_callback(on_death);
#endif
}

/* ---- What is searched ---------------------------------------------------------------------------------- */

static void set_option(const char *text)
{
    const struct {
        const char *name;
        unsigned *value;
    } options[] = {{"limit", &with.limit},     {"headroom", &with.headroom}, {"marks", &with.marks},
                   {"simple", &with.simple},   {"rare", &with.rare},         {"writer", &with.writer},
                   {"after", &with.after},     {"before", &with.before},     {"states", &with.states},
                   {"seconds", &with.seconds}, {"blocks", &with.blocks},     {"size", &with.size}};
    unsigned value = 0;
    char name[16] = "";
    if (sscanf(text, "%15[a-z]=%u", name, &value) == 2)
        for (unsigned i = 0; i < sizeof options / sizeof *options; i++)
            if (strcmp(name, options[i].name) == 0) {
                *options[i].value = value;
                return;
            }
    fprintf(stderr, "no option: %s\n", text);
    exit(2);
}

static void begin_settings(const char *blocks, const char *size)
{
    const unsigned no_end = (unsigned)-1;
    with = (settings){.blocks = (unsigned)atoi(blocks),
                      .size = (unsigned)atoi(size),
                      .rare = 1,
                      .writer = 1,
                      .after = 3,
                      .before = no_end,
                      .states = no_end,
                      .seconds = no_end};
}

/* With foreign code, what is searched in each configuration of the library. */
static void search_usual(unsigned pools)
{
    static const char *const usual[][5] = {{"1", "1", "after=3"},
                                           {"1", "2", "after=2", "before=200"},
                                           {"2", "1", "after=2", "before=200"},
                                           {"2", "2", "after=2", "before=60", "marks=1"},
                                           {"2", "3", "after=2", "before=40", "limit=2"},
                                           {"3", "1", "after=2", "before=60", "headroom=1"},
                                           {"3", "2", "after=2", "before=40", "limit=2"},
                                           {"4", "1", "after=2", "before=40"}};
    printf("%u named sequences\n", named_sequences(NULL));
    for (unsigned i = 0; i < sizeof usual / sizeof *usual && i < pools; i++) {
        begin_settings(usual[i][0], usual[i][1]);
        printf("%s x %s:", usual[i][0], usual[i][1]);
        for (unsigned k = 2; k < 5 && usual[i][k]; k++) {
            set_option(usual[i][k]);
            printf(" %s", usual[i][k]);
        }
        printf(": ");
        search(FOREIGN_CODE);
    }
}

int main(int arguments_count, char **arguments)
{
    static const char *const modes[] = {"sequences", "interrupts", "faults", "foreign"};
    watch();
    for (unsigned i = 0; i < 4 && arguments_count > 3; i++)
        if (strcmp(arguments[1], modes[i]) == 0) {
            begin_settings(arguments[2], arguments[3]);
            for (int k = 4; k < arguments_count; k++)
                set_option(arguments[k]);
            search((mode)i);
            return 0;
        }
    if (arguments_count < 4 && arguments_count > 1 && strcmp(arguments[1], "foreign") == 0)
        search_usual(arguments_count == 3 ? (unsigned)atoi(arguments[2]) : -1u);
    else if (arguments_count == 3 && strcmp(arguments[1], "named") == 0)
        (void)named_sequences(arguments[2]);
    else
        return 2;
    return 0;
}
