/* A process of several threads: another thread that enters a section is the interrupt. The mask is whether the lock is taken. */
#include "board.h"
#include <pthread.h>
#include <unistd.h>

const uint32_t OPEN = 0, CLOSED = 1;

static pthread_t other;
static bool is_requested;
static size_t has_begun;

static void *enter(void *unused)
{
    ta_port_store(&has_begun, 1);
    ta_mask mask = ta_critical_enter();
    port_kit_interrupt();
    ta_critical_exit(mask);
    return unused;
}

static void *try_the_lock(void *mask)
{
    *(uint32_t *)mask = CLOSED;
    if (pthread_mutex_trylock(&ta_port_lock_) == 0) {
        *(uint32_t *)mask = OPEN;
        pthread_mutex_unlock(&ta_port_lock_);
    }
    return NULL;
}

uint32_t port_kit_mask(void)
{
    pthread_t looking;
    uint32_t mask = CLOSED;
    pthread_create(&looking, NULL, try_the_lock, &mask);
    pthread_join(looking, NULL);
    return mask;
}

void port_kit_set_mask(uint32_t mask)
{
    static ta_mask before;
    if (mask != port_kit_mask()) {
        if (mask == CLOSED)
            before = ta_critical_enter();
        else
            ta_critical_exit(before);
    }
}

void port_kit_settle(void)
{
    if (is_requested && port_kit_mask() == OPEN) {
        pthread_join(other, NULL);
        is_requested = false;
    } else {
        usleep(2000);
    }
}

void port_kit_request(void)
{
    port_kit_settle();
    ta_port_store(&has_begun, 0);
    is_requested = pthread_create(&other, NULL, enter, NULL) == 0;
    while (!ta_port_load(&has_begun))
        usleep(100);
}

void board_init(void) {}
void board_checks(void) {}
void board_end(void) {}
