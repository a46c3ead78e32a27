/*
 * A sensor whose old samples do not matter. An interrupt takes samples faster than the main loop uses them, and the newest
 * ones are kept. On this host a timer signal plays the interrupt. (Built with
 * TA_PORT_FILE="tinyalloc/port/posix_signal.h".)
 *
 * Take away: the interrupt never fails for want of room and never waits; what the main loop gets is whole and in order.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/time.h>
#include <tinyalloc/tinyalloc.h>
#include <unistd.h>

struct sample {
    uint32_t number;
    int16_t x, y, z;
};

#define KEPT 4

TA_SLAB_DEFINE(pool, 16, 6);
TA_RECENT_DEFINE(samples, pool, KEPT * sizeof(struct sample), sizeof(struct sample));
static volatile uint32_t taken, refused;

/* The interrupt: several samples at once, as from the FIFO of a sensor. */
static void on_sensor(int signal_number)
{
    (void)signal_number;
    for (int i = 0; i < 3; i++) {
        int16_t n = (int16_t)(taken % 1000);
        struct sample s = {taken + 1, n, (int16_t)-n, (int16_t)(2 * n)};
        taken = s.number;
        refused += ta_recent_write(&samples, &s, sizeof s) != TA_OK;
    }
}

static bool start_interrupts(void)
{
    const struct itimerval every_millisecond = {{0, 1000}, {0, 1000}};
    struct sigaction action = {0};
    action.sa_handler = on_sensor;
    action.sa_flags = SA_RESTART;
    return sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &every_millisecond, NULL) == 0;
}

static bool is_whole(const struct sample *s)
{
    int n = (int)((s->number - 1) % 1000);
    return s->x == n && s->y == -n && s->z == 2 * n;
}

int main(void)
{
    uint32_t delivered = 0, last = 0, torn = 0, out_of_order = 0;
    struct sample s;
    size_t n;
    if (!start_interrupts())
        return 1;
    while (taken < 300) {
        for (int i = 0; i < 5; i++)
            pause(); /* the main loop is busy with other things */
        while (ta_recent_read(&samples, &s, sizeof s, &n) == TA_OK) {
            torn += !is_whole(&s);
            out_of_order += s.number <= last;
            last = s.number;
            delivered++;
        }
    }
    signal(SIGALRM, SIG_IGN);
    bool is_counted = delivered + ta_recent_dropped(&samples) + ta_recent_count(&samples) == taken;
    printf("refused: %u, torn: %u, out of order: %u\n", (unsigned)refused, (unsigned)torn,
           (unsigned)out_of_order);
    printf("samples were dropped: %s\n", ta_recent_dropped(&samples) > 0 ? "yes" : "no");
    printf("delivered + dropped + stored = taken: %s\n", is_counted ? "yes" : "no");
    return ta_recent_check(&samples);
}
