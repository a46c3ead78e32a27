/* A process of one thread: SIGALRM is the interrupt. The mask is whether SIGALRM (1) and SIGUSR1 (2) are blocked. */
#include "board.h"
#include <signal.h>

const uint32_t OPEN = 0, CLOSED = 3;

static void handle(int number)
{
    (void)number;
    port_kit_interrupt();
}

uint32_t port_kit_mask(void)
{
    sigset_t now;
    sigprocmask(SIG_SETMASK, NULL, &now);
    return (uint32_t)(sigismember(&now, SIGALRM) | sigismember(&now, SIGUSR1) << 1);
}

void port_kit_set_mask(uint32_t mask)
{
    sigset_t now;
    sigemptyset(&now);
    if (mask & 1)
        sigaddset(&now, SIGALRM);
    if (mask & 2)
        sigaddset(&now, SIGUSR1);
    sigprocmask(SIG_SETMASK, &now, NULL);
}

void port_kit_request(void)
{
    raise(SIGALRM);
}

void port_kit_settle(void) {}

void board_init(void)
{
    signal(SIGALRM, handle);
}

/* Of several signals, exit unblocks those that were not blocked before. */
void board_checks(void)
{
    port_kit_set_mask(1);
    ta_mask mask = ta_critical_enter();
    CHECK(port_kit_mask() == 3);
    ta_critical_exit(mask);
    CHECK(port_kit_mask() == 1);
}

void board_end(void) {}
