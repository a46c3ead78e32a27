/*
 * What every port promises, on the real thing: the mask register is looked at, and a timer's interrupt comes at the wrong
 * moment.
 */
#include "board.h"

static uint16_t checks, failures;
volatile uint8_t served;

void check(bool holds, const char *what)
{
    checks++;
    if (holds)
        return;
    failures++;
    say(TEXT("does not hold: "));
    say(what);
    say(TEXT("\n"));
}

static uint8_t served_after_settling(void)
{
    settle();
    return served;
}

/* Enter masks, exit restores; an inner section is left masked. */
static void sections_nest(void)
{
    set_mask(OPEN);
    ta_mask outer = ta_critical_enter();
    CHECK(mask_now() == CLOSED);
    ta_mask inner = ta_critical_enter();
    CHECK(mask_now() == CLOSED);
    ta_critical_exit(inner);
    CHECK(mask_now() == CLOSED);
    ta_critical_exit(outer);
    CHECK(mask_now() == OPEN);
}

/* Interrupts that were off before are off afterwards, and what is pending stays so. */
static void exit_enables_nothing(void)
{
    served = 0;
    set_mask(CLOSED);
    let_timer_run_out();
    ta_mask mask = ta_critical_enter();
    CHECK(mask_now() == CLOSED);
    ta_critical_exit(mask);
    CHECK(mask_now() == CLOSED);
    CHECK(served_after_settling() == 0);
    set_mask(OPEN);
    CHECK(served_after_settling() == 1);
}

/* An interrupt that comes inside is served once, after the outermost exit. */
static void interrupt_waits_for_the_outermost_exit(void)
{
    served = 0;
    set_mask(OPEN);
    ta_mask outer = ta_critical_enter(), inner = ta_critical_enter();
    let_timer_run_out();
    CHECK(served_after_settling() == 0);
    ta_critical_exit(inner);
    CHECK(served_after_settling() == 0);
    ta_critical_exit(outer);
    CHECK(served_after_settling() == 1);
    let_timer_run_out();
    CHECK(served_after_settling() == 2); /* and the next one at once */
}

/* Ports for several cores also take a lock. */
#ifdef TINYALLOC_PORT_SPIN_LOCK_H
static void lock_is_taken_in_the_outermost_section(void)
{
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
}
#else
static void lock_is_taken_in_the_outermost_section(void) {}
#endif

static void words_are_stored_and_loaded(void)
{
    static const size_t values[] = {0, 1, 0xff, 0x100, SIZE_MAX / 2, SIZE_MAX};
    static size_t word;
    for (uint8_t i = 0; i < 2 * sizeof(values) / sizeof(values[0]); i++) {
        size_t value = values[i / 2];
        uint32_t mask = i & 1 ? CLOSED : OPEN;
        set_mask(mask);
        ta_port_store(&word, value);
        CHECK(mask_now() == mask);
        CHECK(ta_port_load(&word) == value);
        CHECK(mask_now() == mask);
    }
}

/* ---- The library's own sections ------------------------------------------------------------------------ */

TA_SLAB_DEFINE(pool, 8, 8);
static TA_QUEUE_DEFINE(queue, pool, 0);
static ta_buffer buffer = TA_BUFFER_INIT(pool);

/* The critical sections of calls, inside one of the caller's. */
static void calls_leave_an_outer_section_closed(void)
{
    served = 0;
    set_mask(OPEN);
    ta_mask mask = ta_critical_enter();
    let_timer_run_out();
    CHECK(ta_queue_push(&queue, 'x') == TA_OK && mask_now() == CLOSED); /* takes a block */
    CHECK(ta_queue_clear(&queue) == TA_OK && mask_now() == CLOSED);
    CHECK(served_after_settling() == 0);
    ta_critical_exit(mask);
    CHECK(served_after_settling() == 1);
    CHECK(mask_now() == OPEN);
}

static void use_the_library(void)
{
    uint8_t bytes[20] = "across three blocks";
    size_t position = 0;
    ta_handle h = ta_alloc(pool, 5);
    CHECK(ta_get(pool, h) && ta_free(pool, h) && !ta_free(pool, h));
    CHECK(ta_queue_write(&queue, bytes, sizeof(bytes)) == TA_OK && ta_queue_push(&queue, 'x') == TA_OK);
    CHECK(ta_queue_read(&queue, bytes, 10) == TA_OK && ta_queue_pop(&queue, bytes) == TA_OK);
    CHECK(ta_queue_drain_into(&buffer, &queue, 4) == TA_OK &&
          ta_queue_find(&queue, 0, 'x', &position) == TA_OK);
    CHECK(position == 5 && ta_queue_copy_out(&queue, 1, bytes, 5) == TA_OK);
    CHECK(ta_queue_take(&queue, &buffer) == TA_OK && ta_buffer_len(&buffer) == 10);
    CHECK(ta_buffer_write(&buffer, bytes, sizeof(bytes)) == TA_OK && ta_buffer_consume(&buffer, 30) == TA_OK);
    CHECK(ta_buffer_clear(&buffer) == TA_OK && ta_queue_clear(&queue) == TA_OK &&
          ta_queue_trim(&queue) == TA_OK);
    CHECK(ta_slab_check(pool) == 0 && ta_stats_of(pool).used == 0);
}

/* A pending interrupt would be served at the first instruction that lets it: no call of the library has one when
 * interrupts were off before. */
static void library_enables_nothing(void)
{
    served = 0;
    set_mask(CLOSED);
    let_timer_run_out();
    use_the_library();
    CHECK(mask_now() == CLOSED);
    CHECK(served == 0);
    set_mask(OPEN);
    CHECK(served_after_settling() == 1);
    use_the_library();
    CHECK(mask_now() == OPEN);
}

int main(void)
{
    board_init();
    ta_port_init();
    sections_nest();
    exit_enables_nothing();
    interrupt_waits_for_the_outermost_exit();
    lock_is_taken_in_the_outermost_section();
    words_are_stored_and_loaded();
    calls_leave_an_outer_section_closed();
    library_enables_nothing();
    board_checks();
    say(TEXT("%u checks, %u failed\n"), (unsigned)checks, (unsigned)failures);
    if (failures == 0)
        say(TEXT("passed\n"));
    board_end(failures == 0);
    return failures != 0;
}
