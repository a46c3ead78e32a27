/*
 * An interrupt puts bytes into a queue, the main loop takes them out as lines. On this host a timer signal
 * plays the interrupt: like one, it strikes between any two instructions. (Built with
 * TA_PORT_FILE="tinyalloc/port/posix_signal.h".)
 *
 * Take away: the two sides share nothing but the queue and need no lock. ta_queue_take() moves all that has
 * arrived into a buffer of the main loop's own, where it can be searched and split at leisure.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <tinyalloc/tinyalloc.h>
#include <unistd.h>

TA_SLAB_DEFINE(pool, 16, 16);
TA_QUEUE_DEFINE(received, pool, 160);
static ta_buffer text = TA_BUFFER_INIT(pool), line = TA_BUFFER_INIT(pool);

static const char wire[] = "power on\nself test passed\nbattery 3.71 V\nlink up\nbye\n";

/* The interrupt: up to five bytes have arrived. What the queue refuses is counted: see ta_queue_dropped(). */
static void on_uart(int signal_number)
{
    static size_t next;
    (void)signal_number;
    for (int i = 0; i < 5 && wire[next]; i++)
        (void)ta_queue_push(&received, (uint8_t)wire[next++]);
}

static bool start_interrupts(void)
{
    const struct itimerval every_millisecond = {{0, 1000}, {0, 1000}};
    struct sigaction action = {0};
    action.sa_handler = on_uart;
    action.sa_flags = SA_RESTART;
    return sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &every_millisecond, NULL) == 0;
}

int main(void)
{
    size_t end;
    if (!start_interrupts())
        return 1;

    for (int lines = 0; lines < 5;) {
        pause(); /* until an interrupt: "wfi" on a microcontroller */
        if (ta_queue_take(&received, &text) != TA_OK)
            return 1;
        while (ta_buffer_find(&text, 0, '\n', &end) == TA_OK) {
            ta_span span;
            ta_chunk_iterator at = {0};
            if (ta_buffer_split(&line, &text, end + 1) != TA_OK)
                return 1;
            printf("line %d: ", ++lines);
            while (ta_buffer_next_chunk(&line, &at, &span) == TA_OK)
                printf("%.*s", (int)span.length, (const char *)span.data);
        }
    }
    printf("dropped: %zu bytes, left: %zu bytes\n", ta_queue_dropped(&received), ta_buffer_len(&text));
    return ta_queue_check(&received);
}
