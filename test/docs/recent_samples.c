/* built with: signals
 * A signal is the interrupt of the sensor; the main loop is late. */
#include "expect.h"
#include <signal.h>
#include <sys/time.h>

static uint32_t now;
struct sample;
static struct sample sensor_sample(void);
static void use(const struct sample *s);

#include "recent_samples.h"

static uint32_t last, used;

static struct sample sensor_sample(void)
{
    now++;
    struct sample s = {now, (int16_t)(now % 1000)};
    return s;
}

static void use(const struct sample *s)
{
    EXPECT(s->time > last && s->value == (int)(s->time % 1000));
    last = s->time;
    used++;
}

static void on_signal(int number)
{
    (void)number;
    for (int i = 0; i < 5; i++)
        sensor_isr();
}

int main(void)
{
    struct sigaction action = {0};
    const struct itimerval period = {{0, 200}, {0, 200}};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;

    /* Without an interrupt: exactly the newest. */
    for (int i = 0; i < 100; i++)
        sensor_isr();
    EXPECT(ta_recent_count(&samples) == KEPT && ta_recent_dropped(&samples) == 100 - KEPT);
    poll();
    EXPECT(used == KEPT && last == 100);

    EXPECT(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &period, NULL) == 0);
    while (last < 5000)
        poll();
    signal(SIGALRM, SIG_IGN);
    EXPECT(ta_recent_check(&samples) == 0);
    EXPECT(used + ta_recent_dropped(&samples) + ta_recent_count(&samples) == now);
    EXPECT(ta_recent_clear(&samples) == TA_OK && ta_stats_of(pool).used == 0);
    return 0;
}
