/*
 * A writer and a reader of a queue that keeps the newest: each stops at places of interrupts.h, and the other goes on from
 * where it had stopped. So a side sees what an interrupt does between two of its steps, and what a second core does.
 * Others take blocks of the pool in between, and foreign code frees one. Then the same in small steps: what a call in the
 * middle of another must find is known.
 */
#include "one_interrupt.h"
#include "support.h"
#include <setjmp.h>
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
    if (is_masked)
        return;
    if (sides.places > 0 && --sides.places == 0)
        go_on_with_other();
    pass_place();
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

static void make_recent(size_t limit, size_t unit)
{
    static const ta_recent none = TA_RECENT_INIT(pool, 0, 0);
    fresh_pool(pool);
    r = none;
    assert_int_equal(ta_recent_init(&r, pool, limit, unit), TA_OK);
    memset(&sides, 0, sizeof sides);
    memset(accepted, 0, sizeof accepted);
    next_expected = delivered = skipped = reads = 0;
    newest = UNITS;
}

static void make_reader(void (*read)(void))
{
    static uint8_t stack[1 << 16];
    getcontext(&sides.contexts[READER]);
    sides.contexts[READER].uc_stack.ss_sp = stack;
    sides.contexts[READER].uc_stack.ss_size = sizeof stack;
    makecontext(&sides.contexts[READER], read, 0);
}

static void run(size_t writer_steps, size_t reader_steps, size_t first)
{
    make_recent(setup.limit, setup.unit);
    make_reader(read_on);
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

/* ---- A call in the middle of another ------------------------------------------------------------------- */

/* Units of one length, `skipped` read before and `kept` stored. No other block is free, unless there is a limit. */
static struct scene {
    bool has_prefix;
    size_t bytes, skipped, kept; /* bytes with the prefix */
    size_t calls;                /* in the middle */
    size_t written, others, chunks, held, room;
} scene;

static ta_status write_next(void)
{
    uint8_t data[UNIT_MAX];
    size_t number = scene.written++, n = make_unit(number, data), dropped = ta_recent_dropped(&r);
    accepted[number] = true; /* it may be read before the call returns */
    ta_status status = ta_recent_write(&r, data, n);
    accepted[number] = status == TA_OK;
    if (status == TA_OK)
        newest = number;
    else if (status == TA_E_NO_MEMORY && setup.others == 0)
        assert_int_equal(ta_recent_dropped(&r), dropped);
    assert_false(is_masked);
    return status;
}

static size_t blocks_for(size_t bytes)
{
    return (bytes + BLOCK - 1) / BLOCK;
}

static void store_units(void)
{
    for (size_t i = 0; i < scene.skipped; i++) {
        assert_int_equal(write_next(), TA_OK);
        assert_int_equal(read_unit(), TA_OK);
    }
    for (size_t i = 0; i < scene.kept; i++)
        assert_int_equal(write_next(), TA_OK);
}

/* How many chunks there are, and how many a read of the oldest unit needs: that before the unit counts, until it is left. */
static void make_scene(void)
{
    size_t front = scene.skipped * scene.bytes, end = front + scene.kept * scene.bytes;
    size_t first = blocks_for(front) - (front > 0);
    make_recent(0, scene.has_prefix ? 0 : scene.bytes);
    setup.others = scene.written = 0;
    store_units();
    leave_free(pool, 0);
    scene.chunks = blocks_for(end) - first;
    scene.held = blocks_for(front + scene.bytes) - first;
    scene.room = blocks_for(end) * BLOCK - end;
    scene.others = BLOCKS - scene.chunks;
}

/* Call it for every scene without a limit that the pool has room for. */
static void for_each_scene(void (*check)(void))
{
    for (size_t i = 0; i < 2 * 5 * 4 * 5 * 3; i++) {
        scene.has_prefix = i % 2;
        setup.unit = 1 + i / 2 % 5;
        scene.bytes = setup.unit + (scene.has_prefix ? TA_RECENT_PREFIX : 0);
        scene.skipped = i / 10 % 4;
        scene.kept = 1 + i / 40 % 5;
        scene.calls = 1 + i / 200;
        setup.freed_slot = BLOCKS;
        if ((scene.skipped + scene.kept) * scene.bytes <= (size_t)BLOCK * BLOCKS)
            check();
    }
}

static void expect_sound_scene(void)
{
    expect_newest();
    check_pool(pool);
    assert_int_equal(ta_recent_clear(&r), TA_OK);
    assert_int_equal(used(pool), scene.others);
}

/* A write beside a read that has begun to copy can have all blocks but those of its unit. */
static void write_units_in_the_middle(void)
{
    bool is_copying = r.claimed > 0, has_begun = r.gone > scene.skipped;
    ta_handle first = r.chain.out.chunk;
    for (size_t i = 0; i < scene.calls; i++) {
        bool has_blocks = blocks_for(scene.bytes) <= scene.chunks - (is_copying ? scene.held : 0);
        bool has_room = scene.bytes <= scene.room;
        ta_status status = write_next();
        if (is_copying || !has_begun)
            assert_int_equal(status, has_room || has_blocks ? TA_OK : TA_E_NO_MEMORY);
        scene.room -= has_room ? scene.bytes : 0;
    }
    assert_true(!is_copying || ta_is_live(pool, first));
}

static void write_in_the_middle_of_each_read(void)
{
    bool came = true;
    for (size_t place = 0; came; place++) {
        make_scene();
        interrupt_at(place, write_units_in_the_middle);
        assert_int_equal(read_unit(), TA_OK);
        came = has_come();
        expect_sound_scene();
    }
}

static void write_in_the_middle_of_a_read_gets_every_other_block(void **state)
{
    (void)state;
    for_each_scene(write_in_the_middle_of_each_read);
}

static void read_units_in_the_middle(void)
{
    for (size_t i = 0; i < scene.calls; i++)
        read_unit();
}

static void read_in_the_middle_of_each_write(void)
{
    bool came = true;
    for (size_t place = 0; came; place++) {
        make_scene();
        interrupt_at(place, read_units_in_the_middle);
        assert_int_equal(write_next(), TA_OK);
        came = has_come();
        expect_sound_scene();
    }
}

static void read_in_the_middle_of_a_write_refuses_nothing(void **state)
{
    (void)state;
    for_each_scene(read_in_the_middle_of_each_write);
}

/* With a limit and as many blocks as docs/recent.md says. */
static void write_within_the_limit(void)
{
    for (size_t i = 0; i < scene.calls; i++)
        assert_int_equal(write_next(), TA_OK);
}

static void write_in_the_middle_of_a_read_finds_the_blocks_for_its_limit(void **state)
{
    (void)state;
    setup.freed_slot = BLOCKS;
    setup.others = 0;
    for (size_t i = 0; i < 2 * 4 * 3 * 4 * 3; i++) {
        bool came = true;
        scene.has_prefix = i % 2;
        setup.unit = 1 + i / 2 % 4;
        scene.bytes = setup.unit + (scene.has_prefix ? TA_RECENT_PREFIX : 0);
        scene.kept = 1 + i / 8 % 3; /* units within the limit */
        scene.skipped = i / 24 % 4;
        scene.calls = 1 + i / 96;
        size_t limit = scene.kept * scene.bytes, needed = 2 + blocks_for(limit) + blocks_for(scene.bytes);
        for (size_t place = 0; came && needed <= BLOCKS; place++) {
            make_recent(limit, scene.has_prefix ? 0 : setup.unit);
            leave_free(pool, needed);
            scene.written = 0;
            scene.others = used(pool);
            store_units();
            interrupt_at(place, write_within_the_limit);
            assert_int_equal(read_unit(), TA_OK);
            came = has_come();
            expect_sound_scene();
        }
    }
}

/* ---- A read that never ends ---------------------------------------------------------------------------- */

static jmp_buf reader_has_ended;

static void end_the_reader(void)
{
    for (size_t i = 1; i < scene.calls; i++) /* the front may have passed what it was reading */
        write_next();
    longjmp(reader_has_ended, 1);
}

static void clear_after_each_begun_read(void)
{
    static size_t place, begun;
    for (place = begun = 0; begun == place; place++) {
        make_scene();
        if (setjmp(reader_has_ended) == 0) {
            interrupt_at(place, end_the_reader);
            read_unit();
            interrupt.act = NULL;
        } else {
            begun++;
        }
        bool has_all = r.claimed > 0; /* its chunks are in the chain */
        assert_int_equal(ta_recent_check(&r) != 0, has_all || r.pinned.bits);
        assert_int_equal(ta_recent_clear(&r), TA_OK);
        assert_int_equal(ta_recent_check(&r), 0);
        assert_int_equal(ta_recent_count(&r), 0);
        if (has_all)
            assert_int_equal(used(pool), scene.others);
    }
}

static void clear_after_a_read_that_never_ended_leaves_it_sound(void **state)
{
    (void)state;
    for_each_scene(clear_after_each_begun_read);
}

/* ---- Others take each block as soon as it is free ------------------------------------------------------ */

static void take_every_block(void)
{
    leave_free(pool, 0);
    assert_in_range(interrupt.passed, 0, 1000); /* or else the call never ends */
    interrupt.act = take_every_block;
    interrupt.place = interrupt.passed;
}

/* The headroom, if a block is left for that, stays. */
static void write_that_others_rob_from_each_place_on(void)
{
    bool came = true, has_headroom = (scene.skipped + scene.kept) * scene.bytes <= (BLOCKS - 1) * BLOCK;
    for (size_t place = 0; came; place++) {
        make_scene();
        if (has_headroom) {
            assert_true(ta_free(pool, ta_slab_handle_at(pool, BLOCKS - 1)));
            assert_int_equal(ta_slab_set_headroom(pool, 1), TA_OK);
        }
        setup.others = 1; /* so a refused write may have dropped units */
        interrupt_at(place, take_every_block);
        ta_status status = write_next();
        came = interrupt.passed > place;
        interrupt.act = NULL;
        assert_true(status == TA_OK || (came && status == TA_E_NO_MEMORY));
        assert_int_equal(ta_recent_check(&r), 0);
        assert_true(!has_headroom || ta_slab_alloc_headroom(pool, 0).bits != 0);
        check_pool(pool);
    }
}

static void write_that_others_rob_is_refused_in_the_end(void **state)
{
    (void)state;
    for_each_scene(write_that_others_rob_from_each_place_on);
}

/* ---- Foreign code breaks off the unit that is being read ----------------------------------------------- */

/* The reader stops where it begins to copy, and the writer goes on to some place. There foreign code frees a chunk of the
 * unit, so the read fails. The reader may begin with the next unit and stop there, too, before the writer goes on. */
static bool reads_next;
static ta_handle pinned; /* then; the front was in it */

static void stop_when_copying(void)
{
    if (r.claimed > 0)
        go_on_with_other();
    else
        interrupt_at(0, stop_when_copying);
}

static void read_broken_unit(void)
{
    uint8_t data[UNIT_MAX];
    size_t n;
    interrupt_at(0, stop_when_copying);
    assert_int_equal(ta_recent_read(&r, data, sizeof data, &n), TA_E_STALE);
    interrupt_at(0, stop_when_copying);
    delivered += reads_next && ta_recent_read(&r, data, sizeof data, &n) == TA_OK;
    interrupt.act = NULL;
    for (sides.is_done = true;;)
        go_on_with_other();
}

/* It lies in slot 0 and the next ones. */
static void break_unit(void)
{
    if (ta_handle_eq(r.pinned, r.chain.out.chunk))
        pinned = r.pinned;
    assert_true(ta_free(pool, ta_slab_handle_at(pool, 1)));
    go_on_with_other();
}

/* Nothing passes a unit that is broken. If the front had passed it, it is lost, but nothing else. */
static void expect_one_unit_broken(void)
{
    int fault = ta_recent_check(&r);
    size_t count = ta_recent_count(&r), dropped = ta_recent_dropped(&r);
    if (fault != 0) {
        assert_int_equal(fault, 3);
        assert_int_equal(count, scene.written);
        assert_int_equal(dropped, 0);
    } else {
        assert_int_equal(count + dropped + delivered + 1, scene.written);
    }
    assert_int_equal(ta_recent_clear(&r), TA_OK);
    assert_false(ta_is_live(pool, pinned));
    check_pool(pool);
}

static void break_unit_at_each_place_of_the_writer(void)
{
    uint8_t data[UNIT_MAX] = {0};
    bool came = true;
    if (scene.skipped > 0 || blocks_for(scene.bytes) < 3)
        return; /* the last of three chunks may be pinned */
    for (size_t place = 0; came; place++) {
        make_scene();
        make_reader(read_broken_unit);
        go_on_with_other();
        pinned.bits = 0;
        interrupt_at(place, break_unit);
        for (size_t i = 0; i < scene.calls; i++)
            scene.written += ta_recent_write(&r, data, setup.unit) == TA_OK;
        came = has_come();
        if (!came)
            break_unit();
        while (!sides.is_done)
            go_on_with_other();
        expect_one_unit_broken();
    }
}

static void read_that_breaks_off_counts_no_other_unit(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        reads_next = i == 1;
        for_each_scene(break_unit_at_each_place_of_the_writer);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(write_in_the_middle_of_a_read_gets_every_other_block),
        cmocka_unit_test(read_in_the_middle_of_a_write_refuses_nothing),
        cmocka_unit_test(write_in_the_middle_of_a_read_finds_the_blocks_for_its_limit),
        cmocka_unit_test(clear_after_a_read_that_never_ended_leaves_it_sound),
        cmocka_unit_test(write_that_others_rob_is_refused_in_the_end),
        cmocka_unit_test(read_that_breaks_off_counts_no_other_unit),
        cmocka_unit_test(sides_may_stop_at_any_place),
        cmocka_unit_test(foreign_code_breaks_no_pool_at_any_place),
    };
    return cmocka_run_group_tests_name("recent_interrupted", tests, NULL, NULL);
}
