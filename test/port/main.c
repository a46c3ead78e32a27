/* The port kit on a board, and what the kit cannot know. */
#include "board.h"
#include <stdio.h>

#ifdef __AVR__
#define print(...) printf_P(__VA_ARGS__)
#else
#define print(...) printf(__VA_ARGS__)
#endif

void port_kit_say(const char *text)
{
    print(PORT_KIT_TEXT("does not hold: "));
    print(text);
    print(PORT_KIT_TEXT("\n"));
}

/* Ports for several cores also take a lock. */
static void lock_is_taken_in_the_outermost_section(void)
{
#ifdef TINYALLOC_PORT_SPIN_LOCK_H
    CHECK(ta_port_lock_ == 0);
    ta_mask outer = ta_critical_enter();
    uint32_t owner = ta_port_lock_;
    CHECK(owner != 0);
    ta_mask inner = ta_critical_enter();
    CHECK(ta_port_lock_ == owner);
    ta_critical_exit(inner);
    CHECK(ta_port_lock_ == owner);
    ta_critical_exit(outer);
    CHECK(ta_port_lock_ == 0);
#endif
}

int main(void)
{
    board_init();
    port_kit_run();
    lock_is_taken_in_the_outermost_section();
    board_checks();
    print(PORT_KIT_TEXT("%u checks, %u failed\n"), port_kit_checks(), port_kit_failures());
    board_end();
    return port_kit_failures() != 0;
}
