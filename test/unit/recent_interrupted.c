/*
 * A writer and a reader of a queue that keeps the newest: each stops at places of interrupts.h, and the other goes on from
 * where it had stopped. So a side sees what an interrupt does between two of its steps, and what a second core does.
 * Others take blocks of the pool in between, and foreign code frees one.
 */
#include "support.h"
#include <ucontext.h>

#define BLOCK 3
#define BLOCKS 7
#define UNITS 14
#define UNIT_MAX 8
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);

static ta_recent r;

/* ---- Two sides ----------------------------------------------------------------------------------------- */

enum { WRITER, READER };

static struct {
    ucontext_t contexts[2];
    size_t steps[2]; /* the places that a side passes before the other goes on; 0: all */
    size_t places;   /* that are left */
    size_t switches;
    int running;
    bool is_over, is_done; /* the reader shall end, and has ended */
} sides;

bool is_masked;

static void others_go_on(void);

static void go_on_with_other(void)
{
    int before = sides.running;
    others_go_on();
    sides.running = !before;
    sides.places = sides.steps[sides.running];
    sides.switches++;
    swapcontext(&sides.contexts[before], &sides.contexts[sides.running]);
}

void maybe_interrupt(void)
{
    if (!is_masked && sides.places > 0 && --sides.places == 0)
        go_on_with_other();
}

/* ---- What they do -------------------------------------------------------------------------------------- */

static struct {
    size_t limit, unit;
    size_t others;     /* go on at each of so many switches; 0: never */
    size_t freed_slot; /* by foreign code, in the middle; BLOCKS: none */
} setup;

static bool accepted[UNITS];
static size_t next_expected, delivered, skipped, reads;
static size_t
    newest; /* the last one accepted; UNITS: none, or a refused write has dropped units after that */

static ta_handle taken[3];

/* Take a block or free one; not for ever, or else a writer might wait for ever for blocks that it sees. */
static void others_go_on(void)
{
    if (setup.others == 0 || sides.switches % setup.others || sides.switches > 300)
        return;
    ta_handle *h = &taken[sides.switches / setup.others % COUNT_OF(taken)];
    sides.places = 0; /* nobody stops here */
    if (!ta_free(pool, *h))
        *h = ta_alloc(pool, 0);
}

/* Each unit says which it is. */
static size_t make_unit(size_t number, uint8_t *data)
{
    size_t n = setup.unit ? setup.unit : 1 + number * 5 % (UNIT_MAX - 1);
    for (size_t i = 0; i < n; i++)
        data[i] = (uint8_t)(number + 16 * i);
    return n;
}

/* Whole, as it was written, and after all that were delivered before. */
static void expect_unit(const uint8_t *data, size_t n)
{
    uint8_t expected[UNIT_MAX];
    size_t number = data[0];
    assert_in_range(number, next_expected, UNITS - 1);
    assert_int_equal(n, make_unit(number, expected));
    assert_memory_equal(data, expected, n);
    for (; next_expected < number; next_expected++)
        skipped += accepted[next_expected];
    next_expected = number + 1;
    delivered++;
}

static bool is_damaged(void)
{
    return setup.freed_slot < BLOCKS;
}

static ta_status read_unit(void)
{
    uint8_t data[UNIT_MAX];
    size_t n;
    ta_status status = ta_recent_read(&r, data, sizeof data, &n);
    assert_false(is_masked);
    if (status == TA_OK && !is_damaged())
        expect_unit(data, n);
    else if (status != TA_OK)
        assert_int_equal(status, is_damaged() && status != TA_E_EMPTY ? TA_E_STALE : TA_E_EMPTY);
    return status;
}

static void read_on(void)
{
    /* Who goes on with a broken chain may keep the writer busy. */
    while (!sides.is_over && read_unit() != TA_E_STALE) {
        if (++reads == 3 && is_damaged())
            ta_free(pool, ta_slab_handle_at(pool, setup.freed_slot));
        if (sides.steps[READER] == 0)
            go_on_with_other();
    }
    while (!sides.is_over)
        go_on_with_other();
    sides.is_done = true;
    for (;;)
        go_on_with_other();
}

/* What is refused has dropped nothing, unless the reader came in between. */
static void write_units(void)
{
    uint8_t data[UNIT_MAX];
    for (size_t number = 0; number < UNITS; number++) {
        size_t n = make_unit(number, data), dropped = ta_recent_dropped(&r), before = sides.switches;
        accepted[number] = true; /* it may be read before the call returns */
        ta_status status = ta_recent_write(&r, data, n);
        assert_false(is_masked);
        accepted[number] = status == TA_OK;
        if (is_damaged())
            continue;
        assert_true(status == TA_OK || status == TA_E_NO_MEMORY);
        bool drops = ta_recent_dropped(&r) != dropped;
        assert_false(status != TA_OK && drops && before == sides.switches);
        newest = status == TA_OK ? number : drops ? UNITS : newest;
    }
}

static void run(size_t writer_steps, size_t reader_steps, size_t first)
{
    static uint8_t stack[1 << 16];
    static const ta_recent none = TA_RECENT_INIT(pool, 0, 0);
    fresh_pool(pool);
    r = none;
    assert_int_equal(ta_recent_init(&r, pool, setup.limit, setup.unit), TA_OK);
    memset(&sides, 0, sizeof sides);
    next_expected = delivered = skipped = reads = 0;
    newest = UNITS;
    getcontext(&sides.contexts[READER]);
    sides.contexts[READER].uc_stack.ss_sp = stack;
    sides.contexts[READER].uc_stack.ss_size = sizeof stack;
    makecontext(&sides.contexts[READER], read_on, 0);
    sides.steps[WRITER] = writer_steps;
    sides.steps[READER] = reader_steps;
    sides.places = first;
    write_units();
    sides.steps[WRITER] = sides.steps[READER] = 0;
    for (sides.is_over = true; !sides.is_done;)
        go_on_with_other();
    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        ta_free(pool, taken[i]);
        taken[i] = TA_NONE; /* a pool that was reset may give out the same handle again */
    }
}

/* Units accepted are those delivered and dropped; the newest is delivered. */
static void expect_newest(void)
{
    size_t count = ta_recent_count(&r), before = delivered;
    assert_false(is_masked);
    assert_int_equal(ta_recent_check(&r), 0);
    while (read_unit() == TA_OK)
        assert_int_equal(ta_recent_check(&r), 0);
    assert_int_equal(delivered - before, count);
    if (newest < UNITS)
        assert_int_equal(next_expected, newest + 1);
    for (; next_expected < UNITS; next_expected++)
        skipped += accepted[next_expected];
    assert_int_equal(ta_recent_dropped(&r), skipped);
    assert_false(is_masked);
}

static void run_at_each_step(void)
{
    static const size_t steps[] = {1, 2, 3, 5, 7, 9, 12, 16, 21, 28, 37, 1000};
    for (size_t i = 0; i < COUNT_OF(steps); i += EFFORT(1, 2, 2))
        for (size_t j = 0; j < COUNT_OF(steps); j += EFFORT(1, 2, 2))
            for (size_t first = 1; first <= EFFORT(5, 2, 2); first++) {
                run(steps[i], steps[j], first * first);
                if (!is_damaged())
                    expect_newest();
                check_pool(pool);
                assert_int_equal(ta_recent_clear(&r), TA_OK);
                check_pool(pool);
                if (!is_damaged())
                    assert_int_equal(used(pool), 0);
            }
}

static void run_each_setup(size_t freed_slot)
{
    static const size_t limits[] = {0, 11, 16}, units[] = {0, 1, 4};
    setup.freed_slot = freed_slot;
    for (size_t i = 0; i < COUNT_OF(limits); i++)
        for (size_t j = 0; j < COUNT_OF(units); j++)
            for (size_t others = 0; others <= 3; others++) {
                setup.limit = limits[i];
                setup.unit = units[j];
                setup.others = others;
                run_at_each_step();
            }
}

static void sides_may_stop_at_any_place(void **state)
{
    (void)state;
    run_each_setup(BLOCKS);
}

static void foreign_code_breaks_no_pool_at_any_place(void **state)
{
    (void)state;
    for (size_t slot = 0; slot < BLOCKS; slot += 4)
        run_each_setup(slot);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sides_may_stop_at_any_place),
        cmocka_unit_test(foreign_code_breaks_no_pool_at_any_place),
    };
    return cmocka_run_group_tests_name("recent_interrupted", tests, NULL, NULL);
}
