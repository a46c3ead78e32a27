/*
 * What every port promises, on the real thing: the mask register is looked at, and an interrupt comes at the wrong moment.
 */
#include "port_kit.h"

#define CHECK PORT_KIT_CHECK

static unsigned checks, failures;
volatile uint8_t port_kit_served;
static uint8_t plain, seen; /* not volatile: the compiler need not store them at once */
static size_t word;         /* the handler stores it while is_shared is set */
static volatile bool is_shared;

void port_kit_check(bool holds, const char *text)
{
    checks++;
    if (holds)
        return;
    failures++;
    port_kit_say(text);
}

unsigned port_kit_checks(void)
{
    return checks;
}

unsigned port_kit_failures(void)
{
    return failures;
}

void port_kit_interrupt(void)
{
    port_kit_served++;
    seen = plain;
    if (is_shared)
        ta_port_store(&word, SIZE_MAX);
}

static uint8_t served_after_settling(void)
{
    port_kit_settle();
    return port_kit_served;
}

/* The state of the port is usable, and nothing was masked or enabled. */
static void initialising_leaves_the_mask(void)
{
    port_kit_set_mask(OPEN);
    ta_port_init();
    CHECK(port_kit_mask() == OPEN);
}

/* Enter masks, exit restores; an inner section is left masked. */
static void sections_nest(void)
{
    port_kit_set_mask(OPEN);
    ta_mask outer = ta_critical_enter();
    CHECK(port_kit_mask() == CLOSED);
    ta_mask inner = ta_critical_enter();
    CHECK(port_kit_mask() == CLOSED);
    ta_critical_exit(inner);
    CHECK(port_kit_mask() == CLOSED);
    ta_critical_exit(outer);
    CHECK(port_kit_mask() == OPEN);
}

/* Interrupts that were off before are off afterwards, and what is pending stays so. */
static void exit_enables_nothing(void)
{
    port_kit_served = 0;
    port_kit_set_mask(CLOSED);
    port_kit_request();
    ta_mask mask = ta_critical_enter();
    CHECK(port_kit_mask() == CLOSED);
    ta_critical_exit(mask);
    CHECK(port_kit_mask() == CLOSED);
    CHECK(served_after_settling() == 0);
    port_kit_set_mask(OPEN);
    CHECK(served_after_settling() == 1);
}

/* An interrupt that comes inside is served once, after the outermost exit. */
static void interrupt_waits_for_the_outermost_exit(void)
{
    port_kit_served = 0;
    port_kit_set_mask(OPEN);
    ta_mask outer = ta_critical_enter(), inner = ta_critical_enter();
    port_kit_request();
    CHECK(served_after_settling() == 0);
    ta_critical_exit(inner);
    CHECK(served_after_settling() == 0);
    ta_critical_exit(outer);
    CHECK(served_after_settling() == 1);
    port_kit_request();
    CHECK(served_after_settling() == 2); /* and the next one at once */
}

/* What is stored inside is in memory when the interrupt comes at the exit. (That the enter is a barrier, too, cannot be seen:
 * an interrupt would have to come between a load that the compiler moved and the enter.) */
static void exit_is_a_barrier_of_the_compiler(void)
{
    plain = 0;
    port_kit_set_mask(OPEN);
    ta_mask mask = ta_critical_enter();
    port_kit_request();
    plain = 1;
    ta_critical_exit(mask);
    plain = 2; /* without a barrier, nobody would miss the store of 1 */
    port_kit_settle();
    CHECK(seen != 0);
}

static void words_are_stored_and_loaded(void)
{
    static const size_t values[] = {0, 1, 0xff, 0x100, SIZE_MAX / 2, SIZE_MAX};
    for (uint8_t i = 0; i < 2 * sizeof(values) / sizeof(values[0]); i++) {
        size_t value = values[i / 2];
        uint32_t mask = i & 1 ? CLOSED : OPEN;
        port_kit_set_mask(mask);
        ta_port_store(&word, value);
        CHECK(port_kit_mask() == mask);
        CHECK(ta_port_load(&word) == value);
        CHECK(port_kit_mask() == mask);
    }
}

#ifdef PORT_KIT_TIMER
/* An interrupt at every cycle of a load and of a store: neither side sees half of a word. */
static void words_are_not_torn(void)
{
    port_kit_set_mask(OPEN);
    is_shared = true;
    for (uint8_t cycles = 1; cycles < 100; cycles++) {
        port_kit_request_in(cycles);
        bool is_whole = true;
        for (uint8_t i = 0; i < 4; i++) {
            ta_port_store(&word, 0);
            size_t value = ta_port_load(&word);
            is_whole = is_whole && (value == 0 || value == SIZE_MAX);
        }
        CHECK(is_whole);
        port_kit_settle();
    }
    is_shared = false;
}
#else
static void words_are_not_torn(void) {}
#endif

/* ---- The library's own sections ------------------------------------------------------------------------ */

TA_SLAB_DEFINE(port_kit_pool, 8, 8);
static TA_QUEUE_DEFINE(port_kit_queue, port_kit_pool, 0);
static ta_buffer buffer = TA_BUFFER_INIT(port_kit_pool);

/* The critical sections of calls, inside one of the caller's. */
static void calls_leave_an_outer_section_closed(void)
{
    port_kit_served = 0;
    port_kit_set_mask(OPEN);
    ta_mask mask = ta_critical_enter();
    port_kit_request();
    CHECK(ta_queue_push(&port_kit_queue, 'x') == TA_OK && port_kit_mask() == CLOSED); /* takes a block */
    CHECK(ta_queue_clear(&port_kit_queue) == TA_OK && port_kit_mask() == CLOSED);
    CHECK(served_after_settling() == 0);
    ta_critical_exit(mask);
    CHECK(served_after_settling() == 1);
    CHECK(port_kit_mask() == OPEN);
}

static void use_the_library(void)
{
    uint8_t bytes[20] = "across three blocks";
    size_t position = 0;
    ta_handle h = ta_alloc(port_kit_pool, 5);
    CHECK(ta_get(port_kit_pool, h) && ta_free(port_kit_pool, h) && !ta_free(port_kit_pool, h));
    CHECK(ta_queue_write(&port_kit_queue, bytes, sizeof(bytes)) == TA_OK &&
          ta_queue_push(&port_kit_queue, 'x') == TA_OK);
    CHECK(ta_queue_read(&port_kit_queue, bytes, 10) == TA_OK &&
          ta_queue_pop(&port_kit_queue, bytes) == TA_OK);
    CHECK(ta_queue_drain_into(&buffer, &port_kit_queue, 4) == TA_OK &&
          ta_queue_find(&port_kit_queue, 0, 'x', &position) == TA_OK);
    CHECK(position == 5 && ta_queue_copy_out(&port_kit_queue, 1, bytes, 5) == TA_OK);
    CHECK(ta_queue_take(&port_kit_queue, &buffer) == TA_OK && ta_buffer_len(&buffer) == 10);
    CHECK(ta_buffer_write(&buffer, bytes, sizeof(bytes)) == TA_OK && ta_buffer_consume(&buffer, 30) == TA_OK);
    CHECK(ta_buffer_clear(&buffer) == TA_OK && ta_queue_clear(&port_kit_queue) == TA_OK &&
          ta_queue_trim(&port_kit_queue) == TA_OK);
    CHECK(ta_slab_check(port_kit_pool) == 0 && ta_stats_of(port_kit_pool).used == 0);
}

/* A pending interrupt would be served at the first instruction that lets it: no call of the library has one when
 * interrupts were off before. */
static void library_enables_nothing(void)
{
    port_kit_served = 0;
    port_kit_set_mask(CLOSED);
    port_kit_request();
    use_the_library();
    CHECK(port_kit_mask() == CLOSED);
    CHECK(port_kit_served == 0);
    port_kit_set_mask(OPEN);
    CHECK(served_after_settling() == 1);
    use_the_library();
    CHECK(port_kit_mask() == OPEN);
}

void port_kit_run(void)
{
    initialising_leaves_the_mask();
    sections_nest();
    exit_enables_nothing();
    interrupt_waits_for_the_outermost_exit();
    exit_is_a_barrier_of_the_compiler();
    words_are_stored_and_loaded();
    words_are_not_torn();
    calls_leave_an_outer_section_closed();
    library_enables_nothing();
    port_kit_set_mask(OPEN);
}
