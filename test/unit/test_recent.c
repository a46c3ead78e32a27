/* Queues that keep the newest, against the promises of recent.h and G18. */
#include "support.h"

enum { ta_pool_id_pool = 4, ta_pool_id_wide = 8 };

#define BLOCK 8
#define BLOCKS 6
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);
TA_SLAB_DEFINE(wide, 64, 2);
static TA_RECENT_DEFINE(defined, pool, 12, 6);

static int fresh_pools(void **state)
{
    (void)state;
    fresh_pool(pool);
    fresh_pool(wide);
    return 0;
}

/* ---- Helpers ------------------------------------------------------------------------------------------- */

static ta_recent recent_of(size_t limit, size_t unit)
{
    ta_recent r = TA_RECENT_INIT(pool, limit, unit);
    return r;
}

/* Write a unit of n bytes that begins with pattern(first). */
static ta_status put(ta_recent *r, size_t first, size_t n)
{
    uint8_t data[BLOCK * BLOCKS];
    fill_pattern(data, first, n);
    ta_status status = ta_recent_write(r, data, n);
    assert_int_equal(ta_recent_check(r), 0);
    check_pool(r->chain.allocator);
    return status;
}

static void must_put(ta_recent *r, size_t first, size_t n)
{
    assert_int_equal(put(r, first, n), TA_OK);
}

/* The oldest unit is this one; remove it. */
static void must_get(ta_recent *r, size_t first, size_t n)
{
    uint8_t data[BLOCK * BLOCKS];
    size_t length;
    assert_int_equal(ta_recent_read(r, data, sizeof data, &length), TA_OK);
    assert_int_equal(length, n);
    expect_pattern(data, first, n);
    assert_int_equal(ta_recent_check(r), 0);
    check_pool(r->chain.allocator);
}

static void expect_counts(const ta_recent *r, size_t count, size_t dropped)
{
    assert_int_equal(ta_recent_count(r), count);
    assert_int_equal(ta_recent_is_empty(r), count == 0);
    assert_int_equal(ta_recent_dropped(r), dropped);
}

static void must_clear(ta_recent *r)
{
    assert_int_equal(ta_recent_clear(r), TA_OK);
    assert_int_equal(ta_recent_check(r), 0);
    assert_int_equal(ta_recent_count(r), 0);
    check_pool(r->chain.allocator);
}

static void check_says_what_is_broken(void **state)
{
    (void)state;
    ta_recent r = recent_of(0, 0);
    r.chain.in.credit = 1; /* no chunk, but room in it */
    assert_int_equal(ta_recent_check(&r), 2);
    r.chain.in.credit = 0;
    must_put(&r, 0, 3);
    ta_recent sound = r;
    r.claimed = 1;
    assert_int_equal(ta_recent_check(&r), 8);
    r = sound;
    r.pinned = r.chain.in.chunk;
    assert_int_equal(ta_recent_check(&r), 8);
    r = sound;
    r.written++;
    assert_int_equal(ta_recent_check(&r), 7);
}

/* ---- What is refused ----------------------------------------------------------------------------------- */

static void null_and_unbound_are_invalid(void **state)
{
    (void)state;
    uint8_t byte = 7;
    size_t n = 9;
    ta_recent r, unbound;
    memset(&unbound, 0, sizeof unbound);
    assert_int_equal(ta_recent_init(NULL, pool, 0, 0), TA_E_INVALID);
    assert_int_equal(ta_recent_init(&r, NULL, 0, 0), TA_E_INVALID);
    assert_int_equal(ta_recent_write(NULL, &byte, 1), TA_E_INVALID);
    assert_int_equal(ta_recent_write(&unbound, &byte, 1), TA_E_INVALID);
    assert_int_equal(ta_recent_read(NULL, &byte, 1, &n), TA_E_INVALID);
    assert_int_equal(ta_recent_read(&unbound, &byte, 1, &n), TA_E_INVALID);
    assert_int_equal(ta_recent_clear(NULL), TA_E_INVALID);
    assert_int_equal(ta_recent_clear(&unbound), TA_E_INVALID);
    assert_int_equal(ta_recent_init(&r, pool, 0, 0), TA_OK);
    assert_int_equal(ta_recent_write(&r, NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_recent_read(&r, NULL, 1, &n), TA_E_INVALID);
    assert_int_equal(ta_recent_read(&r, &byte, 1, NULL), TA_E_INVALID);
    assert_int_equal(n, 9);
    assert_int_equal(byte, 7);
    expect_counts(NULL, 0, 0);
    expect_counts(&unbound, 0, 0);
    assert_int_equal(ta_recent_check(NULL), 0);
    assert_int_equal(ta_recent_check(&unbound), 0);
    assert_int_equal(used(pool), 0);
}

static void the_length_of_a_unit_must_be_right(void **state)
{
    (void)state;
    ta_recent r = recent_of(0, 3);
    assert_int_equal(put(&r, 0, 2), TA_E_INVALID);
    assert_int_equal(put(&r, 0, 4), TA_E_INVALID);
    assert_int_equal(put(&r, 0, 0), TA_E_INVALID);
    must_put(&r, 0, 3);
    expect_counts(&r, 1, 0);
    must_clear(&r);
}

static void an_empty_one_has_nothing_to_read(void **state)
{
    (void)state;
    uint8_t byte = 7;
    size_t n = 9;
    ta_recent r = recent_of(0, 1);
    assert_int_equal(ta_recent_read(&r, &byte, 1, &n), TA_E_EMPTY);
    assert_int_equal(n, 0);
    must_put(&r, 0, 1);
    must_get(&r, 0, 1);
    n = 9;
    assert_int_equal(ta_recent_read(&r, &byte, 1, &n), TA_E_EMPTY);
    assert_int_equal(n, 0);
    assert_int_equal(byte, 7);
    must_clear(&r);
}

/* G1: nothing is removed, and the caller learns how much room is needed. */
static void a_small_array_gets_nothing(void **state)
{
    (void)state;
    uint8_t data[5] = {0};
    size_t n = 0;
    ta_recent own = recent_of(0, 0), fixed = recent_of(0, 5);
    must_put(&own, 3, 5);
    must_put(&fixed, 3, 5);
    assert_int_equal(ta_recent_read(&own, data, 4, &n), TA_E_RANGE);
    assert_int_equal(n, 5);
    n = 0;
    assert_int_equal(ta_recent_read(&fixed, NULL, 0, &n), TA_E_RANGE);
    assert_int_equal(n, 5);
    assert_int_equal(data[0], 0);
    expect_counts(&own, 1, 0);
    must_get(&own, 3, 5);
    must_get(&fixed, 3, 5);
    must_clear(&own);
    must_clear(&fixed);
}

static void a_unit_above_the_limit_is_refused(void **state)
{
    (void)state;
    ta_recent own = recent_of(10, 0), fixed = recent_of(4, 5);
    must_put(&own, 0, 8); /* and 2 bytes of prefix */
    assert_int_equal(put(&own, 0, 9), TA_E_FULL);
    assert_int_equal(put(&fixed, 0, 5), TA_E_FULL);
    expect_counts(&own, 1, 0);
    expect_counts(&fixed, 0, 0);
    must_clear(&own);
}

/* More than a prefix can say; the bytes are not looked at. */
static void a_unit_too_long_for_its_prefix_is_refused(void **state)
{
    (void)state;
    ta_recent r = recent_of(0, 0);
    must_put(&r, 0, 3);
    assert_int_equal(ta_recent_write(&r, &r, TA_RECENT_MAX), TA_E_NO_MEMORY);
    assert_int_equal(ta_recent_write(&r, &r, TA_RECENT_MAX + 1), TA_E_FULL);
    expect_counts(&r, 1, 0);
    must_clear(&r);
}

/* G1: it is known before the first unit is dropped. */
static void a_unit_above_the_pool_drops_nothing(void **state)
{
    (void)state;
    ta_recent r = recent_of(0, 0);
    must_put(&r, 0, 4);
    must_put(&r, 4, 4);
    leave_free(pool, 1);
    size_t before = used(pool);
    assert_int_equal(put(&r, 0, 23), TA_E_NO_MEMORY); /* 25 bytes: 4 blocks, and there are 2 and 1 */
    expect_counts(&r, 2, 0);
    assert_int_equal(used(pool), before);
    must_put(&r, 8, 22); /* 24 bytes: all of them */
    expect_counts(&r, 1, 2);
    must_get(&r, 8, 22);
    must_clear(&r);
}

/* ---- What is kept -------------------------------------------------------------------------------------- */

/* G18 */
static void the_limit_keeps_the_last_units(void **state)
{
    (void)state;
    ta_recent r = recent_of(15, 3);
    for (size_t i = 0; i < 20; i++)
        must_put(&r, i, 3);
    expect_counts(&r, 5, 15);
    for (size_t i = 15; i < 20; i++)
        must_get(&r, i, 3);
    expect_counts(&r, 0, 15);
    must_clear(&r);
    assert_int_equal(used(pool), 0);
}

static void a_limit_of_one_unit_keeps_the_latest(void **state)
{
    (void)state;
    ta_recent r = recent_of(BLOCK, BLOCK);
    leave_free(pool, 1);
    for (size_t i = 0; i < 10; i++) {
        must_put(&r, i, BLOCK);
        must_put(&r, i + 1, BLOCK);
        expect_counts(&r, 1, i + 1);
        must_get(&r, i + 1, BLOCK);
    }
    must_clear(&r);
}

static void the_pool_keeps_the_last_units(void **state)
{
    (void)state;
    ta_recent r = recent_of(0, BLOCK);
    for (size_t i = 0; i < 20; i++)
        must_put(&r, i, BLOCK);
    expect_counts(&r, BLOCKS, 20 - BLOCKS);
    assert_int_equal(used(pool), BLOCKS);
    for (size_t i = 20 - BLOCKS; i < 20; i++)
        must_get(&r, i, BLOCK);
    must_clear(&r);
    assert_int_equal(used(pool), 0);
}

/* A unit over many chunks takes the place of many, and many that of one. */
static void units_over_many_chunks(void **state)
{
    (void)state;
    const size_t most = (size_t)BLOCK * BLOCKS - TA_RECENT_PREFIX;
    ta_recent r = recent_of(0, 0);
    for (size_t i = 0; i < 4 * BLOCKS; i++)
        must_put(&r, i, 2);
    expect_counts(&r, 2 * BLOCKS, 2 * BLOCKS);
    must_put(&r, 7, most);
    expect_counts(&r, 1, 4 * BLOCKS);
    must_put(&r, 0, 6);
    expect_counts(&r, 1, 4 * BLOCKS + 1);
    must_put(&r, 6, 20);
    must_put(&r, 26, 14);
    expect_counts(&r, 3, 4 * BLOCKS + 1);
    must_put(&r, 40, 6);
    expect_counts(&r, 3, 4 * BLOCKS + 2);
    must_get(&r, 6, 20);
    must_get(&r, 26, 14);
    must_get(&r, 40, 6);
    must_clear(&r);
    assert_int_equal(used(pool), 0);
}

static void a_unit_may_have_no_bytes(void **state)
{
    (void)state;
    uint8_t byte;
    size_t n = 9;
    ta_recent r = recent_of(6, 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(ta_recent_write(&r, NULL, 0), TA_OK);
    expect_counts(&r, 3, 2);
    assert_int_equal(ta_recent_read(&r, NULL, 0, &n), TA_OK);
    assert_int_equal(n, 0);
    assert_int_equal(ta_recent_read(&r, &byte, 1, &n), TA_OK);
    expect_counts(&r, 1, 2);
    must_clear(&r);
}

/* A length above 255 needs both bytes of the prefix. */
static void a_unit_of_many_bytes(void **state)
{
    (void)state;
    static uint8_t arena[ARENA_OF(3, 130)], data[300];
    ta_slab slab;
    ta_recent r;
    size_t n;
    assert_int_equal(ta_slab_init(&slab, arena, sizeof arena, 130), TA_OK);
    assert_int_equal(ta_recent_init(&r, &slab.allocator, 0, 0), TA_OK);
    fill_pattern(data, 1, 300);
    assert_int_equal(ta_recent_write(&r, data, 300), TA_OK);
    memset(data, 0, sizeof data);
    assert_int_equal(ta_recent_read(&r, data, sizeof data, &n), TA_OK);
    assert_int_equal(n, 300);
    expect_pattern(data, 1, 300);
    assert_int_equal(ta_recent_clear(&r), TA_OK);
    assert_int_equal(used(&slab.allocator), 0);
}

/* Others took the free blocks: its own ones are enough to go on. */
static void others_take_the_pool(void **state)
{
    (void)state;
    ta_recent r = recent_of(0, 5);
    must_put(&r, 0, 5);
    must_put(&r, 1, 5);
    leave_free(pool, 0);
    for (size_t i = 2; i < 12; i++)
        must_put(&r, i, 5);
    expect_counts(&r, 2, 10);
    must_get(&r, 10, 5);
    must_get(&r, 11, 5);
    must_clear(&r);
}

static void what_was_dropped_is_counted_up_to_a_limit(void **state)
{
    (void)state;
    ta_recent r = recent_of(1, 1);
    r.chain.dropped = UINT16_MAX - 2; /* writing as often takes an emulator long */
    for (size_t i = 0; i < 6; i++)
        must_put(&r, i, 1);
    expect_counts(&r, 1, UINT16_MAX);
    must_clear(&r);
    expect_counts(&r, 0, UINT16_MAX);
}

static void defined_at_file_scope(void **state)
{
    (void)state;
    must_put(&defined, 0, 6);
    must_put(&defined, 6, 6);
    must_put(&defined, 12, 6);
    expect_counts(&defined, 2, 1);
    must_get(&defined, 6, 6);
    must_clear(&defined);
    assert_int_equal(ta_recent_init(&defined, wide, 0, 64), TA_OK);
    for (size_t i = 0; i < 5; i++) {
        uint8_t data[64];
        fill_pattern(data, i, 64);
        assert_int_equal(ta_recent_write(&defined, data, 64), TA_OK);
    }
    expect_counts(&defined, 2, 3);
    must_clear(&defined);
    assert_int_equal(ta_recent_init(&defined, pool, 12, 6), TA_OK);
}

/* ---- Stale: G4 ----------------------------------------------------------------------------------------- */

static void expect_stale(ta_recent *r)
{
    uint8_t data[BLOCK * BLOCKS] = {0};
    size_t n = 9;
    assert_int_equal(ta_recent_write(r, data, r->unit), TA_E_STALE);
    assert_int_equal(ta_recent_read(r, data, sizeof data, &n), TA_E_STALE);
    assert_int_equal(n, 0);
    check_pool(pool);
    assert_int_equal(ta_recent_check(r), 0);
}

static void a_cleared_pool_makes_it_stale(void **state)
{
    (void)state;
    ta_recent r = recent_of(0, 5);
    must_put(&r, 0, 5);
    ta_clear(pool);
    expect_stale(&r);
    ta_handle h = must_alloc(pool, 1); /* in the same block */
    expect_stale(&r);
    assert_int_equal(ta_recent_clear(&r), TA_OK);
    must_free(pool, h);
    must_put(&r, 0, 5);
    must_get(&r, 0, 5);
    ta_clear(pool); /* also without a unit */
    expect_stale(&r);
    must_clear(&r);
    assert_int_equal(used(pool), 0);
}

/* Each chunk in turn is freed by its handle. Once it has a new owner, a write may cost that one the block, but not the
 * pool its order. */
static void foreign_code_frees_a_chunk(void **state)
{
    (void)state;
    for (size_t which = 0; which < 4; which++) {
        uint8_t data[BLOCK * BLOCKS] = {0};
        size_t n;
        fresh_pool(pool);
        ta_recent r = recent_of(0, 30);
        must_put(&r, 0, 30); /* 4 chunks */
        assert_true(ta_free(pool, ta_slab_handle_at(pool, (ta_slot)which)));
        for (int times = 0; times < 2; times++) { /* the unit stays */
            assert_int_equal(ta_recent_read(&r, data, sizeof data, &n), TA_E_STALE);
            assert_int_equal(n, 0);
            expect_counts(&r, 1, 0);
            assert_int_equal(r.chain.in.count - r.chain.out.count, 30);
            assert_int_equal(r.claimed, 0);
            assert_int_equal(r.pinned.bits, 0);
        }
        assert_int_equal(ta_recent_write(&r, data, 30), TA_E_STALE);
        check_pool(pool);
        leave_free(pool, 0);
        ta_recent_write(&r, data, 30);
        check_pool(pool);
        assert_int_equal(ta_recent_clear(&r), TA_OK);
        check_pool(pool);
        fresh_pool(pool);
        must_put(&r, 0, 30);
        must_get(&r, 0, 30);
    }
}

/* The front is at the end of its chunk. Nothing is taken for the unit that lies in the next one. */
static void a_unit_after_a_chunk_that_was_freed_stays(void **state)
{
    static const struct {
        size_t unit, n, count;
    } cases[] = {{0, 6, 2}, {1, 1, BLOCK + 1}, {BLOCK, BLOCK, 2}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t data[BLOCK * BLOCKS] = {0};
        size_t n;
        fresh_pool(pool);
        ta_recent r = recent_of(0, cases[i].unit);
        for (size_t j = 0; j < cases[i].count; j++)
            must_put(&r, j, cases[i].n);
        for (size_t j = 0; j < cases[i].count - 1; j++)
            must_get(&r, j, cases[i].n);
        size_t stored = r.chain.in.count - r.chain.out.count;
        assert_true(ta_free(pool, ta_slab_handle_at(pool, 1)));
        for (int times = 0; times < 2; times++) {
            assert_int_equal(ta_recent_read(&r, data, sizeof data, &n), TA_E_STALE);
            assert_int_equal(n, 0);
            expect_counts(&r, 1, 0);
            assert_int_equal(r.chain.in.count - r.chain.out.count, stored);
        }
    }
}

/* The front is freed, and a write that finds room in the last chunk does not look there. */
static void a_write_that_finds_room_needs_no_front(void **state)
{
    (void)state;
    uint8_t data[4] = {0};
    ta_recent r = recent_of(16, 4);
    for (size_t i = 0; i < 3; i++)
        must_put(&r, i, 4);
    assert_true(ta_free(pool, ta_slab_handle_at(pool, 0)));
    assert_int_equal(ta_recent_write(&r, data, 4), TA_OK); /* to the end of its chunk, and up to the limit */
    expect_counts(&r, 4, 0);
    assert_int_equal(ta_recent_write(&r, data, 4), TA_E_STALE);
    expect_counts(&r, 4, 0);
}

/* Resizing a chunk changes its link. */
static void a_link_that_leads_elsewhere_makes_it_stale(void **state)
{
    (void)state;
    uint8_t data[22] = {0};
    ta_recent r = recent_of(0, 0);
    must_put(&r, 0, 14); /* 2 chunks */
    ta_handle h = must_alloc(pool, 1);
    assert_int_equal(ta_resize(pool, r.chain.out.chunk, 1), TA_OK);
    assert_int_equal(ta_recent_clear(&r), TA_OK); /* frees nothing */
    assert_true(ta_is_live(pool, h));
    assert_int_equal(used(pool), 3);
    fresh_pool(pool);
    must_put(&r, 0, 22); /* 3 chunks; the first leads to the last, and that one to another block */
    leave_free(pool, 0);
    assert_int_equal(ta_resize(pool, r.chain.out.chunk, 1), TA_OK);
    assert_int_equal(ta_recent_write(&r, data, 14), TA_E_STALE);
    assert_false(ta_is_live(pool, r.chain.in.chunk));
    check_pool(pool);
    assert_int_equal(ta_recent_clear(&r), TA_OK);
}

/* A prefix that says more than is stored is not believed. */
static void foreign_code_writes_into_a_chunk(void **state)
{
    (void)state;
    uint8_t data[BLOCK * BLOCKS];
    size_t n;
    ta_recent r = recent_of(0, 0);
    must_put(&r, 0, 3);
    uint8_t *block = ta_get(pool, r.chain.out.chunk);
    block[0] = 4;
    assert_int_equal(ta_recent_check(&r), 6);
    assert_int_equal(ta_recent_read(&r, data, sizeof data, &n), TA_E_STALE);
    block[0] = 2; /* one byte is left after the unit: no prefix fits */
    assert_int_equal(ta_recent_read(&r, data, sizeof data, &n), TA_OK);
    assert_int_equal(n, 2);
    assert_int_equal(ta_recent_read(&r, data, sizeof data, &n), TA_E_STALE);
    assert_int_equal(n, 0);
    must_clear(&r);
    must_put(&r, 0, 3);
    must_get(&r, 0, 3);
    must_clear(&r);
}

/* Frees and resizes whatever is live, at random places of a random sequence of calls. */
static void foreign_code_never_breaks_the_pool(void **state)
{
    (void)state;
    uint8_t data[20] = {0};
    size_t n;
    for (uint32_t first = 1; first <= EFFORT(2000, 100, 20); first++) {
        uint32_t seed = first * 2654435761u;
        fresh_pool(pool);
        ta_recent r = recent_of(first % 3 ? 30 : 0, first % 2 ? 0 : 5);
        for (int step = 0; step < 60; step++) {
            ta_handle h = ta_slab_handle_at(pool, (ta_slot)(next_random(&seed) % BLOCKS));
            uint32_t what = next_random(&seed) % 16;
            if (what < 7)
                ta_recent_write(&r, data, r.unit ? r.unit : next_random(&seed) % sizeof data);
            else if (what < 11)
                ta_recent_read(&r, data, sizeof data, &n);
            else if (what < 12)
                ta_free(pool, h);
            else if (what < 13)
                ta_resize(pool, h, next_random(&seed) % BLOCK);
            else if (what < 15)
                ta_alloc(pool, 1);
            else
                assert_int_equal(ta_recent_clear(&r), TA_OK);
            check_pool(pool);
        }
        ta_clear(pool);
        assert_int_equal(ta_available(pool), BLOCKS);
        ta_recent_clear(&r);
        must_put(&r, 0, 5);
        must_get(&r, 0, 5);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(null_and_unbound_are_invalid),
        TEST(the_length_of_a_unit_must_be_right),
        TEST(an_empty_one_has_nothing_to_read),
        TEST(a_small_array_gets_nothing),
        TEST(a_unit_above_the_limit_is_refused),
        TEST(a_unit_too_long_for_its_prefix_is_refused),
        TEST(a_unit_above_the_pool_drops_nothing),
        TEST(the_limit_keeps_the_last_units),
        TEST(a_limit_of_one_unit_keeps_the_latest),
        TEST(the_pool_keeps_the_last_units),
        TEST(units_over_many_chunks),
        TEST(check_says_what_is_broken),
        TEST(a_unit_may_have_no_bytes),
        TEST(a_unit_of_many_bytes),
        TEST(others_take_the_pool),
        TEST(what_was_dropped_is_counted_up_to_a_limit),
        TEST(defined_at_file_scope),
        TEST(a_cleared_pool_makes_it_stale),
        TEST(foreign_code_frees_a_chunk),
        TEST(a_unit_after_a_chunk_that_was_freed_stays),
        TEST(a_write_that_finds_room_needs_no_front),
        TEST(a_link_that_leads_elsewhere_makes_it_stale),
        TEST(foreign_code_writes_into_a_chunk),
        TEST(foreign_code_never_breaks_the_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
