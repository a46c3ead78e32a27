/* Slabs: the block table, its order, its widths, its sizes. */
#include "support.h"

enum {
    ta_pool_id_pool = 1,
    ta_pool_id_untouched = 2,
    ta_pool_id_one = 3,
    ta_pool_id_two = 4,
    ta_pool_id_many = 5,
    ta_pool_id_odd = 6,
    ta_pool_id_bytes = 7,
    ta_pool_id_words = 8,
    ta_pool_id_twelve = 9,
    ta_pool_id_lines = 10,
    ta_pool_id_full = 11
};

#define BLOCKS 6
#define HAS_RAM_FOR_LARGE_SLABS (TEST_RAM >= 0x200000)
#define MANY (HAS_RAM_FOR_LARGE_SLABS ? 255 : 1)
#define MOST (HAS_RAM_FOR_LARGE_SLABS ? TA_SLAB_MAX_BLOCKS : 1)
TA_SLAB_DEFINE(pool, 8, BLOCKS);
TA_SLAB_DEFINE(untouched, 24, 3);
TA_SLAB_DEFINE(one, 4, 1);
TA_SLAB_DEFINE(two, 4, 2);
TA_SLAB_DEFINE(many, 64, MANY);
TA_SLAB_DEFINE(full, 2, MOST);
TA_SLAB_DEFINE(odd, 3, 7);
TA_SLAB_DEFINE(bytes, 1, 9);
TA_SLAB_DEFINE(words, 16, 5);
TA_SLAB_DEFINE(twelve, 12, 5);
TA_SLAB_DEFINE_EX(lines, 64, 3, 64, );

static int fresh_pools(void **state)
{
    (void)state;
    const ta_allocator *const pools[] = {pool, one, two, many, full, odd, bytes, words, twelve, lines};
    for (size_t i = 0; i < COUNT_OF(pools); i++)
        fresh_pool(pools[i]);
    return 0;
}

static ta_slab_state_ *state_of(const ta_allocator *a)
{
    return (ta_slab_state_ *)(void *)(a->first + 1);
}

static size_t slot_of(ta_handle h)
{
    return ta_handle_slot(h);
}

/* ---- Zeroed memory ------------------------------------------------------------------------------------- */

/* original 16: all-zero memory is an empty slab: no start-up code, no initialised data. */
static void zeroed_memory_is_an_empty_slab(void **state)
{
    (void)state;
    const uint8_t zero[sizeof untouched_table_] = {0};
    assert_memory_equal(&untouched_table_, zero, sizeof zero);
    check_pool(untouched);
    assert_int_equal(ta_available(untouched), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(slot_of(must_alloc(untouched, 1)), i);
    assert_false(ta_is_live(untouched, ta_alloc(untouched, 1)));
}

/* Memory that start-up code did not zero is made a slab by ta_slab_reset(). */
static void reset_makes_a_slab_of_any_memory(void **state)
{
    (void)state;
    memset(&pool_table_, 0xa5, sizeof pool_table_);
    ta_slab_reset(pool);
    check_pool(pool);
    assert_int_equal(ta_available(pool), BLOCKS);
    for (size_t i = 0; i < BLOCKS; i++)
        assert_int_equal(slot_of(must_alloc(pool, 1)), i);
}

/* ---- Order --------------------------------------------------------------------------------------------- */

static void fresh_slots_are_taken_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < BLOCKS; i++)
        assert_int_equal(slot_of(must_alloc(pool, 1)), i);
}

/* The slot freed longest ago comes next; slots never used come before all of them. */
static void freed_slots_are_reused_in_the_order_they_were_freed(void **state)
{
    (void)state;
    ta_handle h[BLOCKS];
    for (size_t i = 0; i < 4; i++)
        h[i] = must_alloc(pool, 1);
    must_free(pool, h[2]);
    must_free(pool, h[0]);
    must_free(pool, h[3]);
    const size_t expected[] = {4, 5, 2, 0, 3};
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(slot_of(must_alloc(pool, 1)), expected[i]);
    assert_false(ta_is_live(pool, ta_alloc(pool, 1)));
}

/* The list may run dry and begin again with any slot, many times. */
static void free_list_begins_again_after_it_ran_dry(void **state)
{
    (void)state;
    for (size_t first = 0; first < BLOCKS; first++) {
        fresh_pool(pool);
        ta_handle h[BLOCKS];
        for (size_t i = 0; i < BLOCKS; i++)
            h[i] = must_alloc(pool, 1);
        for (size_t i = 0; i < BLOCKS; i++)
            must_free(pool, h[(first + i * 5) % BLOCKS]);
        for (size_t i = 0; i < BLOCKS; i++)
            assert_int_equal(slot_of(must_alloc(pool, 1)), (first + i * 5) % BLOCKS);
    }
}

/* The block freed last is the one that leaves the list last: the tail may be freed and taken over
 * and over. */
static void last_free_slot_can_be_taken_and_freed_again(void **state)
{
    (void)state;
    for (size_t slot = 0; slot < BLOCKS; slot++) {
        fresh_pool(pool);
        leave_free(pool, 0);
        ta_handle h = ta_slab_handle_at(pool, slot);
        for (int i = 0; i < 20; i++) {
            must_free(pool, h);
            h = must_alloc(pool, 1);
            assert_int_equal(slot_of(h), slot);
        }
        assert_int_equal(ta_available(pool), 0);
    }
}

/* Against a plain array: which slot comes next, who is live, how many are left. 600 lifetimes fit every
 * build. */
static void random_allocs_and_frees_match_a_plain_fifo(void **state)
{
    (void)state;
    ta_handle live[BLOCKS];
    size_t fifo[BLOCKS], lives = 0, frees = BLOCKS, lifetimes = 0;
    uint32_t seed = 12345;
    for (size_t i = 0; i < BLOCKS; i++)
        fifo[i] = i;
    while (lifetimes < 600) {
        if (next_random(&seed) % 2) {
            ta_handle h = ta_alloc(pool, lives);
            assert_int_equal(ta_is_live(pool, h), frees > 0);
            if (frees == 0)
                continue;
            assert_int_equal(slot_of(h), fifo[0]);
            memmove(fifo, fifo + 1, --frees * sizeof fifo[0]);
            live[lives++] = h;
            lifetimes++;
        } else if (lives > 0) {
            size_t i = next_random(&seed) % lives;
            fifo[frees++] = slot_of(live[i]);
            must_free(pool, live[i]);
            live[i] = live[--lives];
        }
        check_pool(pool);
        assert_int_equal(ta_available(pool), frees);
    }
}

/* ---- Generations --------------------------------------------------------------------------------------- */

/* Each lifetime of a slot has the next odd generation, across the parts a wide generation is stored in. */
static void generation_counts_lifetimes(void **state)
{
    (void)state;
#if !TA_RETIRE
    for (uint32_t i = 0; i < 70000; i++) {
        ta_handle h = ta_alloc(one, 1);
        if (ta_handle_generation(h) != (ta_generation)(2 * i + 1))
            fail_msg("lifetime %lu has generation %u", (unsigned long)i, (unsigned)ta_handle_generation(h));
        assert_true(ta_free(one, h));
    }
    check_pool(one);
#else
    skip();
#endif
}

/* The widest generation wraps to the first lifetime: reached here by writing the table, not in 2^31 steps. */
static void generation_wraps_at_its_full_width(void **state)
{
    (void)state;
#if !TA_RETIRE
    for (size_t i = 0; i < COUNT_OF(one->entries->generation); i++)
        one->entries->generation[i] = (ta_slot)-1;
    one->entries->generation[0]--;
    check_pool(one);
    ta_handle last = must_alloc(one, 3);
    assert_int_equal(ta_handle_generation(last), (ta_generation)-1);
    assert_int_equal(ta_size(one, last), 3);
    must_free(one, last);
    expect_refused_by_every_call(one, last);
    ta_handle first = must_alloc(one, 3);
    assert_int_equal(ta_handle_generation(first), 1);
    expect_refused_by_every_call(one, last);
#else
    skip();
#endif
}

/* ---- Retiring ------------------------------------------------------------------------------------------ */

#if TA_RETIRE
#define LIFETIMES (1L << (TA_GENERATION_BITS - 1))

static ta_handle wear_out(const ta_allocator *a, ta_handle h)
{
    while (ta_handle_generation(h) != (ta_generation)-1) {
        must_free(a, h);
        h = must_alloc(a, 1);
    }
    return h;
}
#endif

/* With TA_RETIRE a slot leaves service instead of wrapping: no handle of it ever matches again. */
static void slot_retires_instead_of_wrapping(void **state)
{
    (void)state;
#if TA_RETIRE
    ta_handle old[LIFETIMES];
    for (long i = 0; i < LIFETIMES; i++) {
        assert_int_equal(ta_stats_of(one).retired, 0);
        old[i] = must_alloc(one, 1);
        must_free(one, old[i]);
        for (long k = 0; k <= i; k++)
            assert_false(ta_is_live(one, old[k]));
    }
    ta_stats s = ta_stats_of(one);
    assert_int_equal(s.retired, 1);
    assert_int_equal(s.used, 0);
    assert_int_equal(s.capacity, 1);
    assert_int_equal(ta_available(one), 0);
    assert_false(ta_is_live(one, ta_alloc(one, 1)));
    assert_true(ta_handle_eq(ta_slab_handle_at(one, 0), TA_NONE));
    for (long k = 0; k < LIFETIMES; k++)
        expect_refused_by_every_call(one, old[k]);
#else
    skip();
#endif
}

/* A slot that retires while no other is free leaves an empty list behind, which the next free begins anew. */
static void free_list_goes_on_after_its_last_slot_retired(void **state)
{
    (void)state;
#if TA_RETIRE
    ta_handle held = must_alloc(two, 1), worn = wear_out(two, must_alloc(two, 1));
    must_free(two, worn);
    assert_int_equal(ta_stats_of(two).retired, 1);
    assert_int_equal(ta_stats_of(two).peak, TA_STATISTICS ? 2 : 0);
    assert_int_equal(ta_available(two), 0);
    assert_false(ta_is_live(two, ta_alloc(two, 1)));
    must_free(two, held);
    assert_int_equal(ta_available(two), 1);
    ta_handle again = must_alloc(two, 1);
    assert_int_equal(slot_of(again), slot_of(held));
    must_free(two, wear_out(two, again));
    assert_int_equal(ta_stats_of(two).retired, 2);
    assert_int_equal(ta_available(two), 0);
#else
    skip();
#endif
}

/* Clear ends the last lifetime of a slot too, and a whole pool can be worn out in any order. */
static void clear_retires_what_has_no_lifetime_left(void **state)
{
    (void)state;
#if TA_RETIRE
    for (long i = 0; i < LIFETIMES; i++) {
        leave_free(pool, 0);
        assert_int_equal(used(pool), BLOCKS);
        ta_clear(pool);
        check_pool(pool);
        assert_int_equal(used(pool), 0);
    }
    assert_int_equal(ta_stats_of(pool).retired, BLOCKS);
    assert_int_equal(ta_available(pool), 0);
    ta_clear(pool);
    check_pool(pool);
#else
    skip();
#endif
}

static void build_without_retiring_retires_nothing(void **state)
{
    (void)state;
#if !TA_RETIRE
    for (int i = 0; i < 300; i++)
        must_free(one, must_alloc(one, 1));
    assert_int_equal(ta_stats_of(one).retired, 0);
    assert_int_equal(ta_available(one), 1);
#else
    skip();
#endif
}

/* ---- Booking, as seen from outside --------------------------------------------------------------------- */

/* A buffer's write books all of its blocks before it takes one: it gets all of them or none is gone. */
static void several_blocks_are_booked_all_or_none(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    uint8_t data[8 * BLOCKS + 1] = {0};
    assert_int_equal(ta_buffer_write(&b, data, sizeof data), TA_E_NO_MEMORY);
    check_pool(pool);
    assert_int_equal(used(pool), 0);
    assert_int_equal(ta_stats_of(pool).failures, TA_STATISTICS ? 1 : 0);
    assert_int_equal(ta_stats_of(pool).peak, 0);
    assert_int_equal(ta_buffer_write(&b, data, sizeof data - 1), TA_OK);
    check_pool(pool);
    assert_int_equal(used(pool), BLOCKS);
    assert_int_equal(ta_available(pool), 0);
    assert_int_equal(ta_stats_of(pool).peak, TA_STATISTICS ? BLOCKS : 0);
}

/* others arithmetic: a request for more blocks than a counter can say is refused, not cut off. */
static void booking_more_than_a_counter_holds_is_refused(void **state)
{
    (void)state;
    uint8_t byte = 1;
    const size_t counts[] = {BLOCKS + 1,  256, 257, as_size(65536UL * 8) / 8, as_size(65537UL * 8) / 8,
                             SIZE_MAX / 8};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        ta_buffer b = TA_BUFFER_INIT(pool);
        assert_int_equal(ta_buffer_write(&b, &byte, counts[i] * 8), TA_E_NO_MEMORY);
        check_pool(pool);
        assert_int_equal(used(pool), 0);
    }
}

/* ---- Reserve ------------------------------------------------------------------------------------------- */

/* The main loop cannot take the last blocks; those the reserve is kept for can. */
static void reserve_is_only_for_those_it_is_kept_for(void **state)
{
    (void)state;
    assert_int_equal(ta_slab_set_headroom(pool, 2), TA_OK);
    check_pool(pool);
    assert_int_equal(used(pool), 0);
    assert_int_equal(ta_available(pool), BLOCKS - 2);
    leave_free(pool, 0);
    assert_int_equal(used(pool), BLOCKS - 2);
    assert_false(ta_is_live(pool, ta_alloc(pool, 1)));
    ta_buffer b = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_push(&b, 1), TA_E_NO_MEMORY);
    for (int i = 0; i < 2; i++) {
        ta_handle h = ta_slab_alloc_headroom(pool, 5);
        check_pool(pool);
        assert_int_equal(ta_size(pool, h), 5);
    }
    assert_int_equal(used(pool), BLOCKS);
    assert_int_equal(ta_available(pool), 0);
    assert_true(ta_handle_eq(ta_slab_alloc_headroom(pool, 1), TA_NONE));
}

/* What is freed fills the reserve before anything else. */
static void frees_refill_the_reserve_first(void **state)
{
    (void)state;
    assert_int_equal(ta_slab_set_headroom(pool, 2), TA_OK);
    ta_handle h[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++)
        h[i] = ta_slab_alloc_headroom(pool, 1);
    for (size_t i = 0; i < 2; i++) {
        must_free(pool, h[i]);
        assert_int_equal(ta_available(pool), 0);
        assert_false(ta_is_live(pool, ta_alloc(pool, 1)));
    }
    must_free(pool, h[2]);
    assert_int_equal(ta_available(pool), 1);
    must_alloc(pool, 1);
    assert_int_equal(used(pool), BLOCKS - 2);
}

static void reserve_can_be_raised_and_lowered(void **state)
{
    (void)state;
    ta_handle h = must_alloc(pool, 1);
    const size_t reserves[] = {3, BLOCKS - 1, 0, 1, 1, 0};
    for (size_t i = 0; i < COUNT_OF(reserves); i++) {
        assert_int_equal(ta_slab_set_headroom(pool, reserves[i]), TA_OK);
        check_pool(pool);
        assert_int_equal(ta_available(pool), BLOCKS - 1 - reserves[i]);
        assert_int_equal(used(pool), 1);
    }
    must_free(pool, h);
}

/* A reserve that cannot be kept is refused and changes nothing. */
static void reserve_beyond_what_is_free_is_refused(void **state)
{
    (void)state;
    must_alloc(pool, 1);
    assert_int_equal(ta_slab_set_headroom(pool, 2), TA_OK);
    assert_int_equal(ta_slab_set_headroom(pool, BLOCKS), TA_E_NO_MEMORY);
    assert_int_equal(ta_slab_set_headroom(pool, TA_SLAB_MAX_BLOCKS), TA_E_RANGE);
    assert_int_equal(ta_slab_set_headroom(pool, TA_SLAB_MAX_BLOCKS - BLOCKS + 1), TA_E_RANGE);
    assert_int_equal(ta_slab_set_headroom(pool, SIZE_MAX), TA_E_RANGE);
    check_pool(pool);
    assert_int_equal(ta_available(pool), BLOCKS - 3);
}

/* While part of the reserve is in use it cannot be changed. */
static void reserve_in_use_cannot_be_changed(void **state)
{
    (void)state;
    assert_int_equal(ta_slab_set_headroom(pool, 2), TA_OK);
    leave_free(pool, 0);
    ta_handle h = ta_slab_alloc_headroom(pool, 1);
    assert_int_equal(ta_slab_set_headroom(pool, 0), TA_E_RANGE);
    assert_int_equal(ta_slab_set_headroom(pool, 3), TA_E_RANGE);
    check_pool(pool);
    must_free(pool, h);
    assert_int_equal(ta_slab_set_headroom(pool, 0), TA_OK);
    assert_int_equal(ta_available(pool), 2);
    check_pool(pool);
#if TA_RETIRE /* where it was, slots may have retired: they are not in use */
    assert_int_equal(ta_slab_set_headroom(two, 2), TA_OK);
    ta_handle held = ta_slab_alloc_headroom(two, 1);
    h = ta_slab_alloc_headroom(two, 1);
    while (ta_handle_generation(h) != (ta_generation)-1) {
        must_free(two, h);
        h = ta_slab_alloc_headroom(two, 1);
    }
    must_free(two, h);
    assert_int_equal(ta_stats_of(two).retired, 1);
    assert_int_equal(ta_slab_set_headroom(two, 0), TA_E_RANGE);
    must_free(two, held);
    assert_int_equal(ta_slab_set_headroom(two, 2), TA_E_NO_MEMORY);
    assert_int_equal(ta_slab_set_headroom(two, 1), TA_OK);
    assert_int_equal(ta_available(two), 0);
    assert_int_equal(ta_slab_set_headroom(two, 0), TA_OK);
    check_pool(two);
    assert_int_equal(ta_available(two), 1);
#endif
}

static void reserve_survives_clear(void **state)
{
    (void)state;
    assert_int_equal(ta_slab_set_headroom(pool, 2), TA_OK);
    for (size_t i = 0; i < BLOCKS; i++)
        assert_true(ta_is_live(pool, ta_slab_alloc_headroom(pool, 1)));
    ta_clear(pool);
    check_pool(pool);
    assert_int_equal(used(pool), 0);
    assert_int_equal(ta_available(pool), BLOCKS - 2);
}

static void reserved_alloc_of_more_than_a_block_is_refused(void **state)
{
    (void)state;
    assert_true(ta_handle_eq(ta_slab_alloc_headroom(pool, 9), TA_NONE));
    assert_true(ta_handle_eq(ta_slab_alloc_headroom(pool, SIZE_MAX), TA_NONE));
    assert_int_equal(used(pool), 0);
    assert_int_equal(ta_stats_of(pool).failures, 0);
}

/* ---- Limits -------------------------------------------------------------------------------------------- */

static void take_all_then_free_all(const ta_allocator *a, size_t block_size, size_t count)
{
    assert_int_equal(ta_available(a), count);
    for (size_t i = 0; i < count; i++) {
        ta_handle h = ta_alloc(a, block_size);
        assert_int_equal(ta_handle_slot(h), i);
        memset(ta_get(a, h), (int)(i % 256), block_size);
    }
    check_pool(a);
    assert_false(ta_is_live(a, ta_alloc(a, 0)));
    for (size_t i = 0; i < count; i++) {
        ta_handle h = ta_slab_handle_at(a, i);
        const uint8_t *block = ta_get(a, h);
        assert_int_equal(ta_size(a, h), block_size);
        assert_int_equal(block[0], i % 256);
        assert_int_equal(block[block_size - 1], i % 256);
        assert_true(ta_free(a, h));
    }
    check_pool(a);
    assert_int_equal(ta_available(a), count);
}

/* original 10: 255 blocks of 64 bytes work: no field overflows. */
static void slab_of_255_blocks_of_64_bytes_works(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++)
        take_all_then_free_all(many, 64, 255);
}

/* original 10: as many blocks as a slot number can name work. */
static void slab_of_the_most_blocks_works(void **state)
{
    (void)state;
    assert_int_equal(TA_SLAB_MAX_BLOCKS, TA_SLOT_BITS == 8 ? 255 : 65535);
    for (int round = 0; round < 3; round++)
        take_all_then_free_all(full, 2, TA_SLAB_MAX_BLOCKS);
}

/* With every slot in use even the reserve has no number left to be counted with. */
static void slab_of_the_most_blocks_can_have_no_reserve(void **state)
{
    (void)state;
    assert_int_equal(ta_slab_set_headroom(full, 1), TA_E_RANGE);
    assert_int_equal(ta_slab_set_headroom(full, 0), TA_OK);
    check_pool(full);
}

/* ---- Memory layout ------------------------------------------------------------------------------------- */

static void expect_aligned(const ta_allocator *a, size_t alignment)
{
    while (ta_available(a) > 0) {
        ta_handle h = must_alloc(a, 0);
        assert_int_equal((uintptr_t)ta_get(a, h) % alignment, 0);
    }
}

/* original 9: blocks have the largest power of two that divides their size, at most that of max_align_t. */
static void alignment_is_the_largest_power_of_two_of_the_size(void **state)
{
    (void)state;
    size_t most = TA_ALIGNOF(max_align_t);
    assert_int_equal(TA_SLAB_ALIGNMENT(1), 1);
    assert_int_equal(TA_SLAB_ALIGNMENT(3), 1);
    assert_int_equal(TA_SLAB_ALIGNMENT(6), most < 2 ? most : 2);
    assert_int_equal(TA_SLAB_ALIGNMENT(12), most < 4 ? most : 4);
    assert_int_equal(TA_SLAB_ALIGNMENT(most), most);
    assert_int_equal(TA_SLAB_ALIGNMENT(3 * most), most);
    assert_int_equal(TA_SLAB_ALIGNMENT(8 * most), most);
}

/* original 9: every block of a static slab is aligned as promised. */
static void static_blocks_are_aligned(void **state)
{
    (void)state;
    expect_aligned(bytes, TA_SLAB_ALIGNMENT(1));
    expect_aligned(odd, TA_SLAB_ALIGNMENT(3));
    expect_aligned(one, TA_SLAB_ALIGNMENT(4));
    expect_aligned(pool, TA_SLAB_ALIGNMENT(8));
    expect_aligned(twelve, TA_SLAB_ALIGNMENT(12));
    expect_aligned(words, TA_SLAB_ALIGNMENT(16));
    expect_aligned(lines, 64);
}

/* The table is aligned for its entries, and the state behind it for its members. */
static void state_and_table_are_aligned(void **state)
{
    (void)state;
    const ta_allocator *const pools[] = {pool, untouched, one, two, many, odd, bytes, words, twelve, lines};
    for (size_t i = 0; i < COUNT_OF(pools); i++)
        assert_int_equal((uintptr_t)state_of(pools[i]) % TA_ALIGNOF(ta_slab_state_), 0);
    for (size_t i = 0; i < COUNT_OF(pools); i++)
        assert_int_equal((uintptr_t)pools[i]->entries % TA_ALIGNOF(struct ta_entry_), 0);
}

/* The table costs (slot bits + generation bits) / 8 bytes a slot. */
static void entry_costs_what_the_header_says(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct ta_entry_), (TA_SLOT_BITS + TA_GENERATION_BITS) / 8);
    size_t members = 4 + (TA_STATISTICS ? 2 : 0) + (TA_RETIRE ? 1 : 0) +
                     (TA_RETIRE && TA_STATISTICS ? 1 : 0) + 2 * TA_OWNERS;
    size_t wake = TA_WAKE ? sizeof(ta_slot) + sizeof(void *) : 0;
    assert_int_equal(sizeof(ta_slab_state_), members * sizeof(ta_slot) + wake);
}

/* RAM of a static slab: count x (block size + entry) + state. */
static void static_slab_costs_what_the_header_says(void **state)
{
    (void)state;
    size_t entry = sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_, fixed = sizeof(ta_slab_state_);
    assert_int_equal(sizeof pool_blocks_, BLOCKS * 8);
    assert_int_equal(sizeof pool_table_, BLOCKS * entry + fixed);
    assert_int_equal(sizeof many_blocks_, MANY * 64);
    assert_in_range(sizeof many_table_, MANY * entry + fixed, MANY * entry + fixed + 1);
}

static void layout_says_how_this_build_packs(void **state)
{
    (void)state;
    ta_slab_bits bits = ta_slab_layout();
    assert_int_equal(bits.index, TA_SLOT_BITS);
    assert_int_equal(bits.generation, TA_GENERATION_BITS);
    assert_int_equal(bits.length, TA_SLOT_BITS);
    assert_int_equal(bits.pool, TA_HANDLE_POOL_BITS);
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

/* For dumps and leak reports: the live block of a slot, nothing for a free slot or no slot. */
static void handle_at_names_the_live_block_of_a_slot(void **state)
{
    (void)state;
    ta_handle h[3];
    for (size_t i = 0; i < 3; i++)
        h[i] = must_alloc(pool, 1);
    must_free(pool, h[1]);
    assert_true(ta_handle_eq(ta_slab_handle_at(pool, 0), h[0]));
    assert_true(ta_handle_eq(ta_slab_handle_at(pool, 1), TA_NONE));
    assert_true(ta_handle_eq(ta_slab_handle_at(pool, 2), h[2]));
    const size_t none[] = {3,
                           BLOCKS - 1,
                           BLOCKS,
                           255,
                           256,
                           as_size(65536),
                           as_size(65536 + 2),
                           SIZE_MAX,
                           SIZE_MAX > 65535 ? SIZE_MAX - 65535 : SIZE_MAX};
    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_true(ta_handle_eq(ta_slab_handle_at(pool, none[i]), TA_NONE));
}

/* The check can fail: each number is given for what it stands for. */
static void check_says_which_constant_or_count_is_broken(void **state)
{
    (void)state;
    ta_slab slab;
    _Alignas(max_align_t) uint8_t arena[256];
    assert_int_equal(ta_slab_check(NULL), 1);
    assert_int_equal(ta_slab_init(&slab, arena, sizeof arena, 8), TA_OK);
    ta_slab broken = slab;
    broken.allocator.last_live++;
    assert_int_equal(ta_slab_check(&broken.allocator), 1);
    broken = slab;
    broken.allocator.block_size = 0;
    assert_int_equal(ta_slab_check(&broken.allocator), 1);
    broken = slab;
    broken.allocator.last = -1;
    assert_int_equal(ta_slab_check(&broken.allocator), 1);
    broken = slab;
    broken.allocator.entries++;
    assert_int_equal(ta_slab_check(&broken.allocator), 1);
    ta_slab_state_ *s = state_of(&slab.allocator);
    size_t tail = s->tail;
    s->tail = (ta_slot)(slab.allocator.last + 1);
    assert_int_equal(ta_slab_check(&slab.allocator), 2);
    s->tail = (ta_slot)tail;
    s->headroom = s->taken = (ta_slot)(ta_stats_of(&slab.allocator).capacity + 1);
    assert_int_equal(ta_slab_check(&slab.allocator), 2);
    s->headroom = 0;
    s->taken = (ta_slot)(ta_stats_of(&slab.allocator).capacity + 1);
    assert_int_equal(ta_slab_check(&slab.allocator), 2);
    s->taken = 0;
    s->headroom = 1;
    assert_int_equal(ta_slab_check(&slab.allocator), 2);
    s->headroom = 0;
    check_pool(&slab.allocator);
}

static void check_says_how_the_free_list_is_broken(void **state)
{
    (void)state;
    ta_handle h = must_alloc(pool, 1);
    ta_slab_state_ *s = state_of(pool), sound = *s;
    s->head = ta_handle_slot(h); /* a live block is in the list */
    assert_int_equal(ta_slab_check(pool), 3);
    s->head = BLOCKS; /* the list leaves the slab */
    assert_int_equal(ta_slab_check(pool), 3);
    *s = sound;
    s->tail = 2; /* the list is longer than that */
    assert_int_equal(ta_slab_check(pool), 3);
    *s = sound;
    s->head = 2; /* a slot is lost, so the list is shorter than it should be */
    assert_int_equal(ta_slab_check(pool), 3);
    *s = sound;
    s->tail = (ta_slot)(pool->last - ta_handle_slot(h)); /* the list does not end there */
    assert_int_equal(ta_slab_check(pool), 4);
    *s = sound;
    pool->entries[1].link = (ta_slot)-1; /* a slot that leads to itself */
    assert_int_not_equal(ta_slab_check(pool), 0);
    pool->entries[1].link = 0;
    check_pool(pool);
}

static void check_says_that_the_counts_do_not_add_up(void **state)
{
    (void)state;
    ta_handle h = must_alloc(pool, 1);
    ta_slab_state_ *s = state_of(pool);
    s->taken = 0;
    assert_int_equal(ta_slab_check(pool), 5);
    s->taken = s->headroom = 1; /* the live block cannot be the headroom, too */
    assert_int_equal(ta_slab_check(pool), 5);
    s->headroom = 0;
    check_pool(pool);
#if TA_RETIRE
    s->retired++; /* none is out of service */
    assert_int_equal(ta_slab_check(pool), 5);
    s->retired--;
#endif
#if TA_STATISTICS
    s->peak = BLOCKS + 1; /* more than there are */
    assert_int_equal(ta_slab_check(pool), 6);
    s->peak = 0; /* less than are taken */
    assert_int_equal(ta_slab_check(pool), 6);
    s->peak = 1;
#endif
    must_free(pool, h);
    fresh_pool(one);
    one->entries->generation[0] = 1; /* live, but nobody took it */
    assert_int_not_equal(ta_slab_check(one), 0);
}

/* ---- Slabs made at run time ---------------------------------------------------------------------------- */

#define BLOCK_SIZE_MAX 64
static const size_t block_sizes[] = {1, 2, 3, 4, 7, 8, 12, 16, 24, 32, 33, BLOCK_SIZE_MAX};

#define MISALIGNMENT_MAX 17
#define ARENA_MAX(block_size) (92 + 2 * (block_size))

/* Bytes of an arena that are not available for blocks and entries: to align the blocks, the table, and at
 * most one byte of the table for each of table and state. */
static size_t overhead(uintptr_t arena, size_t block_size)
{
    size_t alignment = TA_SLAB_ALIGNMENT(block_size);
    return (alignment - arena % alignment) % alignment + sizeof(ta_slab_state_);
}

static void use_all_of(ta_slab *slab, const uint8_t *arena, size_t size, size_t block_size)
{
    const ta_allocator *a = &slab->allocator;
    size_t capacity = ta_stats_of(a).capacity;
    assert_int_equal(ta_stats_of(a).block_size, block_size);
    const uint8_t *end = (const uint8_t *)(state_of(a) + 1);
    assert_true(end <= arena + size);
    for (size_t i = 0; i < capacity; i++) {
        ta_handle h = ta_alloc(a, block_size);
        uint8_t *block = ta_get(a, h);
        assert_int_equal((uintptr_t)block % TA_SLAB_ALIGNMENT(block_size), 0);
        assert_true(block >= arena && block + block_size <= (const uint8_t *)a->entries);
        memset(block, 0xff, block_size);
    }
    check_pool(a);
    assert_false(ta_is_live(a, ta_alloc(a, 1)));
    ta_clear(a);
    check_pool(a);
    assert_int_equal(ta_available(a), capacity);
}

/* With guards on both sides. */
static void try_arena(size_t misalignment, size_t size, size_t block_size)
{
    enum { GUARD = 16 };
    static uint8_t memory[MISALIGNMENT_MAX + ARENA_MAX(BLOCK_SIZE_MAX) + GUARD];
    uint8_t *arena = memory + misalignment;
    memset(memory, 0xa5, sizeof memory);
    ta_slab slab;
    ta_status status = ta_slab_init(&slab, arena, size, block_size);
    size_t lost = overhead((uintptr_t)arena, block_size),
           each = block_size + sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_;
    size_t most = size < lost ? 0 : (size - lost) / each,
           least = size < lost + 4 ? 0 : (size - lost - 4) / each;
    if (most > TA_SLAB_MAX_BLOCKS)
        most = TA_SLAB_MAX_BLOCKS;
    if (status == TA_OK) {
        assert_in_range(ta_stats_of(&slab.allocator).capacity, least ? least : 1, most);
        use_all_of(&slab, arena, size, block_size);
        ta_slab_reset(&slab.allocator); /* the memory is used for another slab */
    } else {
        assert_int_equal(status, TA_E_INVALID);
        assert_int_equal(least, 0);
    }
    for (size_t i = 0; i < sizeof memory; i++)
        if (i < misalignment || i >= misalignment + size)
            assert_int_equal(memory[i], 0xa5);
}

/* others arithmetic: no arena, however small or crooked, is written outside, promises more than it holds, or
 * is accepted when it is smaller than its own metadata. original 9: its blocks are aligned all the same. */
static void arena_of_any_size_and_place_is_kept_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(block_sizes); i++)
        for (size_t misalignment = 0; misalignment <= MISALIGNMENT_MAX;
             misalignment += misalignment < 5 ? 1 : 4)
            for (size_t size = 0; size < ARENA_MAX(block_sizes[i]); size += EFFORT(1, 1, 7))
                try_arena(misalignment, size, block_sizes[i]);
}

/* Where the arena is aligned, not a byte is lost but what aligns the table. */
static void arena_holds_as_many_blocks_as_fit(void **state)
{
    (void)state;
    static TA_ALIGNAS(16) uint8_t
        arena[4 * (17 + sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_) + sizeof(ta_slab_state_) + 8];
    ta_slab slab;
    for (size_t size = 1; size <= 17; size++)
        for (size_t blocks = 1; blocks <= 4; blocks++) {
            size_t gap = blocks * size % TA_ALIGNOF(struct ta_entry_);
            size_t needed = blocks * (size + sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_) +
                            sizeof(ta_slab_state_) + gap;
            assert_int_equal(ta_slab_init(&slab, arena, needed, size), TA_OK);
            assert_int_equal(ta_stats_of(&slab.allocator).capacity, blocks);
            ta_slab_reset(&slab.allocator);
            bool fits_less = ta_slab_init(&slab, arena, needed - 1, size) == TA_OK;
            assert_int_equal(fits_less ? ta_stats_of(&slab.allocator).capacity : 0, blocks - 1);
            if (fits_less)
                ta_slab_reset(&slab.allocator);
        }
}

static TA_ALIGNAS(16) uint8_t large_arena[MOST * 8 + 64];

/* One block more or less than a slot number can name, in just the memory that it needs or one byte less. */
static void try_about_the_most(void)
{
    ta_slab slab;
    for (size_t blocks = MOST - 1; blocks <= (size_t)MOST + 1; blocks++)
        for (size_t missing = 0; missing <= 1; missing++) {
            size_t needed = blocks * (1 + sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_) +
                            sizeof(ta_slab_state_) + blocks % TA_ALIGNOF(struct ta_entry_);
            assert_int_equal(ta_slab_init(&slab, large_arena, needed - missing, 1), TA_OK);
            assert_int_equal(ta_stats_of(&slab.allocator).capacity,
                             blocks - missing < MOST ? blocks - missing : MOST);
            ta_slab_reset(&slab.allocator);
        }
}

/* An arena that could hold more than a slot number can name gives the most blocks there are. */
static void arena_larger_than_needed_gives_the_most_blocks(void **state)
{
    (void)state;
    ta_slab slab;
    assert_int_equal(ta_slab_init(&slab, large_arena, sizeof large_arena, 1), TA_OK);
    assert_int_equal(ta_stats_of(&slab.allocator).capacity, TA_SLAB_MAX_BLOCKS);
    take_all_then_free_all(&slab.allocator, 1, TA_SLAB_MAX_BLOCKS);
    ta_slab_reset(&slab.allocator);
#if !TA_POISON /* which would look at all of it */
    size_t up_to_the_last_address = UINTPTR_MAX - (uintptr_t)large_arena;
    assert_int_equal(ta_slab_init(&slab, large_arena, up_to_the_last_address, 1), TA_OK);
    assert_int_equal(ta_stats_of(&slab.allocator).capacity, TA_SLAB_MAX_BLOCKS);
#endif
    try_about_the_most();
}

/* A buffer that takes the most blocks there are, and one byte more than they hold. */
static void write_of_the_most_blocks_books_them_all(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(full);
    assert_int_equal(ta_buffer_write(&b, large_arena, 2 * (size_t)MOST + 1), TA_E_NO_MEMORY);
    check_pool(full);
    assert_int_equal(used(full), 0);
    assert_int_equal(ta_buffer_write(&b, large_arena, 2 * (size_t)MOST), TA_OK);
    check_pool(full);
    assert_int_equal(used(full), TA_SLAB_MAX_BLOCKS);
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
}

static void init_refuses_null_and_impossible_block_sizes(void **state)
{
    (void)state;
    ta_slab slab, before;
    memset(large_arena, 0, sizeof large_arena);
    memset(&slab, 0x77, sizeof slab);
    before = slab;
    assert_int_equal(ta_slab_init(NULL, large_arena, sizeof large_arena, 8), TA_E_INVALID);
    assert_int_equal(ta_slab_init(&slab, NULL, sizeof large_arena, 8), TA_E_INVALID);
    const size_t sizes[] = {0,
                            as_size(TA_SLAB_MAX_BLOCK_SIZE + 1UL),
                            as_size(65536),
                            as_size(65536 + 8),
                            SIZE_MAX / 2 + 1,
                            SIZE_MAX - 7,
                            SIZE_MAX};
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        assert_int_equal(ta_slab_init(&slab, large_arena, sizeof large_arena, sizes[i]), TA_E_INVALID);
    assert_memory_equal(&slab, &before, sizeof slab);
    for (size_t i = 0; i < sizeof large_arena; i++)
        if (large_arena[i] != 0)
            fail_msg("byte %zu was written", i);
}

/* others arithmetic: an arena that would run past the end of the address space is refused. The sizes come
 * from subtractions that went below zero; where memory allows it, the real arena is large enough that
 * accepting them harms nobody here. */
static void arena_past_the_end_of_the_address_space_is_refused(void **state)
{
    (void)state;
    ta_slab slab;
    assert_int_equal(ta_slab_init(&slab, large_arena, SIZE_MAX, 1), TA_E_INVALID);
    assert_int_equal(ta_slab_init(&slab, large_arena, SIZE_MAX - 63, 1), TA_E_INVALID);
    assert_int_equal(ta_slab_init(&slab, large_arena, UINTPTR_MAX - (uintptr_t)large_arena + 2, 1),
                     TA_E_INVALID);
}

/* A slab made at run time is as good as a static one: each is used, none touches the other. */
static void slabs_are_independent(void **state)
{
    (void)state;
    uint8_t arena[2][200];
    ta_slab slabs[2];
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(ta_slab_init(&slabs[i], arena[i], sizeof arena[i], 8), TA_OK);
    ta_handle h = must_alloc(&slabs[0].allocator, 3);
    must_alloc(pool, 1);
    assert_int_equal(used(&slabs[1].allocator), 0);
    ta_clear(&slabs[1].allocator);
    assert_true(ta_is_live(&slabs[0].allocator, h));
    assert_int_equal(used(pool), 1);
}

/* An identity that does not fit the bits is refused; one that fits makes handles of the pool its own. */
static void pool_identity_must_fit_its_bits(void **state)
{
    (void)state;
    uint8_t arena[200];
    ta_slab slab;
    unsigned most = (1U << TA_HANDLE_POOL_BITS) - 1;
    assert_int_equal(ta_slab_init(&slab, arena, sizeof arena, 8), TA_OK);
    assert_int_equal(ta_slab_set_pool(NULL, 0), TA_E_INVALID);
    assert_int_equal(ta_slab_set_pool(&slab, most + 1), TA_E_INVALID);
    assert_int_equal(ta_slab_set_pool(&slab, most), TA_OK);
    check_pool(&slab.allocator);
    ta_handle h = must_alloc(&slab.allocator, 1);
    assert_int_equal((unsigned)((uint64_t)h.bits >> (TA_SLOT_BITS + TA_GENERATION_BITS)), most);
    must_free(&slab.allocator, h);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)
#define LARGE_TEST(name) cmocka_unit_test_if(HAS_RAM_FOR_LARGE_SLABS, name, fresh_pools)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_memory_is_an_empty_slab),
        TEST(reset_makes_a_slab_of_any_memory),
        TEST(fresh_slots_are_taken_in_order),
        TEST(freed_slots_are_reused_in_the_order_they_were_freed),
        TEST(free_list_begins_again_after_it_ran_dry),
        TEST(last_free_slot_can_be_taken_and_freed_again),
        TEST(random_allocs_and_frees_match_a_plain_fifo),
        TEST(generation_counts_lifetimes),
        TEST(generation_wraps_at_its_full_width),
        TEST(slot_retires_instead_of_wrapping),
        TEST(free_list_goes_on_after_its_last_slot_retired),
        TEST(clear_retires_what_has_no_lifetime_left),
        TEST(build_without_retiring_retires_nothing),
        TEST(several_blocks_are_booked_all_or_none),
        TEST(booking_more_than_a_counter_holds_is_refused),
        TEST(reserve_is_only_for_those_it_is_kept_for),
        TEST(frees_refill_the_reserve_first),
        TEST(reserve_can_be_raised_and_lowered),
        TEST(reserve_beyond_what_is_free_is_refused),
        TEST(reserve_in_use_cannot_be_changed),
        TEST(reserve_survives_clear),
        TEST(reserved_alloc_of_more_than_a_block_is_refused),
        LARGE_TEST(slab_of_255_blocks_of_64_bytes_works),
        LARGE_TEST(slab_of_the_most_blocks_works),
        LARGE_TEST(slab_of_the_most_blocks_can_have_no_reserve),
        TEST(alignment_is_the_largest_power_of_two_of_the_size),
        TEST(static_blocks_are_aligned),
        TEST(state_and_table_are_aligned),
        TEST(entry_costs_what_the_header_says),
        TEST(static_slab_costs_what_the_header_says),
        TEST(layout_says_how_this_build_packs),
        TEST(handle_at_names_the_live_block_of_a_slot),
        TEST(check_says_which_constant_or_count_is_broken),
        TEST(check_says_how_the_free_list_is_broken),
        TEST(check_says_that_the_counts_do_not_add_up),
        TEST(arena_of_any_size_and_place_is_kept_to),
        TEST(arena_holds_as_many_blocks_as_fit),
        LARGE_TEST(arena_larger_than_needed_gives_the_most_blocks),
        LARGE_TEST(write_of_the_most_blocks_books_them_all),
        TEST(init_refuses_null_and_impossible_block_sizes),
        TEST(arena_past_the_end_of_the_address_space_is_refused),
        TEST(slabs_are_independent),
        TEST(pool_identity_must_fit_its_bits),
    };
    return cmocka_run_group_tests_name("slab", tests, NULL, NULL);
}
