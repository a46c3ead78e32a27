/* built with: signals
 * A signal is the interrupt of a line that keeps to RTS: no byte is lost, and they arrive in order. */
#include "expect.h"
#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t ready_to_receive;
static uint8_t next_to_send, next_expected;
static size_t budget, arrived, pauses;

static struct {
    int number;
} uart2;

static void uart_set_rts(void *uart, bool on)
{
    EXPECT(uart == &uart2);
    pauses += !on;
    ready_to_receive = on;
}

static bool uart_has_byte(void)
{
    return ready_to_receive && budget > 0 && budget-- > 0;
}

static uint8_t uart_read_byte(void)
{
    return next_to_send++;
}

static void use(ta_buffer *b)
{
    uint8_t byte;
    while (ta_buffer_pop(b, &byte) == TA_OK) {
        EXPECT(byte == next_expected);
        next_expected++;
        arrived++;
    }
}

#include "buffers_queue.h"

static void on_signal(int number)
{
    (void)number;
    budget = 200; /* more than the queue holds */
    uart_isr();
}

int main(void)
{
    struct sigaction action = {0};
    const struct itimerval period = {{0, 200}, {0, 200}};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    start();
    EXPECT(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &period, NULL) == 0);
    while (arrived < 20000)
        poll();
    EXPECT(pauses > 0 && ta_queue_dropped(&received) == 0);
    signal(SIGALRM, SIG_IGN);
    EXPECT(ta_queue_check(&received) == 0);
    poll();
    EXPECT(ta_stats_of(pool).used <= 1 && ta_queue_trim(&received) == TA_OK && ta_stats_of(pool).used == 0);

    /* The limit: what is refused is counted, and nothing of it is stored. */
    static const uint8_t many[129];
    EXPECT(ta_queue_write(&received, many, 129) == TA_E_FULL && ta_queue_len(&received) == 0);
    EXPECT(ta_queue_dropped(&received) == 129);
    return 0;
}
