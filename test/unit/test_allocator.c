/* Handles, and the calls of allocator.h. */
#include "support.h"

enum { ta_pool_id_pool = 5, ta_pool_id_other = 6, ta_pool_id_wide = 0, ta_pool_id_one = 15 };

#define BLOCK 32
#define BLOCKS 5
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);
TA_SLAB_DEFINE(other, BLOCK, BLOCKS);
TA_SLAB_DEFINE(one, 16, 1);
#define WIDE (TEST_RAM >= 0x40000 ? TA_SLAB_MAX_BLOCK_SIZE : 301)
TA_SLAB_DEFINE(wide, WIDE, 1);

static int fresh_pools(void **state)
{
    (void)state;
    fresh_pool(pool);
    fresh_pool(other);
    fresh_pool(one);
    fresh_pool(wide);
    return 0;
}

/* ---- Names --------------------------------------------------------------------------------------------- */

/* A status has the name its enumerator has. */
static void status_has_the_name_of_its_enumerator(void **state)
{
    (void)state;
    assert_string_equal(ta_status_name(TA_OK), "TA_OK");
    assert_string_equal(ta_status_name(TA_E_NO_MEMORY), "TA_E_NO_MEMORY");
    assert_string_equal(ta_status_name(TA_E_FULL), "TA_E_FULL");
    assert_string_equal(ta_status_name(TA_E_EMPTY), "TA_E_EMPTY");
    assert_string_equal(ta_status_name(TA_E_STALE), "TA_E_STALE");
    assert_string_equal(ta_status_name(TA_E_INVALID), "TA_E_INVALID");
    assert_string_equal(ta_status_name(TA_E_RANGE), "TA_E_RANGE");
    assert_string_equal(ta_status_name(TA_E_NO_MATCH), "TA_E_NO_MATCH");
    assert_string_equal(ta_status_name(TA_E_OVERFLOW), "TA_E_OVERFLOW");
    assert_string_equal(ta_status_name(TA_MORE), "TA_MORE");
}

/* Any number is safe to ask for; the answer is never NULL. */
static void unknown_status_has_a_name_too(void **state)
{
    (void)state;
    const int32_t numbers[] = {1,         TA_MORE - 1, INT8_MAX,  INT8_MIN,
                               INT16_MAX, INT16_MIN,   INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if ((ta_status)numbers[i] == numbers[i]) /* an enum may be as short as a byte */
            assert_string_equal(ta_status_name((ta_status)numbers[i]), "unknown status");
}

static void linked_version_is_that_of_the_headers(void **state)
{
    (void)state;
    assert_string_equal(ta_version(), TA_VERSION);
}

/* ---- Handles ------------------------------------------------------------------------------------------- */

/* What goes into a handle comes out of it, at the limits too. */
static void handle_keeps_slot_and_generation(void **state)
{
    (void)state;
    const ta_slot slots[] = {0, 1, 127, 128, (ta_slot)-1};
    const ta_generation generations[] = {0, 1, 127, 128, (ta_generation)-1};
    for (size_t i = 0; i < COUNT_OF(slots); i++) {
        for (size_t j = 0; j < COUNT_OF(generations); j++) {
            ta_handle h = ta_handle_make(slots[i], generations[j]);
            assert_int_equal(ta_handle_slot(h), slots[i]);
            assert_int_equal(ta_handle_generation(h), generations[j]);
        }
    }
}

/* Handles are equal when both slot and generation are. */
static void handles_are_equal_when_slot_and_generation_are(void **state)
{
    (void)state;
    assert_true(ta_handle_eq(ta_handle_make(3, 5), ta_handle_make(3, 5)));
    assert_false(ta_handle_eq(ta_handle_make(3, 5), ta_handle_make(4, 5)));
    assert_false(ta_handle_eq(ta_handle_make(3, 5), ta_handle_make(3, 7)));
    assert_true(ta_handle_eq(TA_NONE, ta_handle_make(0, 0)));
}

/* The zero handle is never valid: zeroed memory holds no handle by accident. */
static void none_is_all_zero_and_refused(void **state)
{
    (void)state;
    ta_handle initialised = TA_NONE_INIT, zeroed;
    memset(&zeroed, 0, sizeof zeroed);
    assert_true(ta_handle_eq(initialised, TA_NONE));
    assert_true(ta_handle_eq(zeroed, TA_NONE));
    expect_refused_by_every_call(pool, TA_NONE);
    must_alloc(pool, 1);
    expect_refused_by_every_call(pool, TA_NONE);
}

/* A handle is one integer, no wider than its parts need. */
static void handle_is_one_integer(void **state)
{
    (void)state;
    unsigned bits = TA_SLOT_BITS + TA_GENERATION_BITS + TA_HANDLE_POOL_BITS;
    size_t bytes = bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
    assert_int_equal(sizeof(ta_handle), bytes);
    assert_int_equal(sizeof(ta_handle), sizeof(ta_handle_bits));
}

static void refuse_unless_live(ta_handle h, const ta_handle *live, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ta_handle_eq(h, live[i])) {
            assert_true(ta_is_live(pool, h));
            return;
        }
    }
    expect_refused_by_every_call(pool, h);
}

/* Slots 0 and 2 are live, 1 and 3 were freed, 4 was never taken. */
static void two_live_of_five(ta_handle live[2])
{
    ta_handle h[4];
    for (size_t i = 0; i < 4; i++)
        h[i] = must_alloc(pool, i);
    must_free(pool, h[1]);
    must_free(pool, h[3]);
    live[0] = h[0];
    live[1] = h[2];
}

/* original 2: any bit pattern is safe: it is refused unless it names a live block. */
static void every_bit_pattern_is_refused_unless_it_names_a_live_block(void **state)
{
    (void)state;
    ta_handle live[2], h = TA_NONE;
    two_live_of_five(live);
#if TA_SLOT_BITS + TA_GENERATION_BITS == 16
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        h.bits = (ta_handle_bits)bits;
        refuse_unless_live(h, live, 2);
    }
#else
    uint32_t seed = 2463534242U;
    for (long i = 0; i < EFFORT(100000, 20000, 2000); i++) {
        uint64_t low = next_random(&seed), high = next_random(&seed);
        h.bits = (ta_handle_bits)(low | high << 32);
        refuse_unless_live(h, live, 2);
    }
#endif
    assert_int_equal(used(pool), 2);
}

/* original 2: one bit away from a live handle is no live handle; nor is a single bit or its complement. */
static void one_bit_away_from_a_live_handle_is_refused(void **state)
{
    (void)state;
    ta_handle live[2], h = TA_NONE;
    two_live_of_five(live);
    for (unsigned bit = 0; bit < 8 * sizeof(ta_handle_bits); bit++) {
        ta_handle_bits mask = (ta_handle_bits)((ta_handle_bits)1 << bit);
        const ta_handle_bits patterns[] = {mask, (ta_handle_bits)~mask, (ta_handle_bits)(mask - 1),
                                           (ta_handle_bits)(live[0].bits ^ mask),
                                           (ta_handle_bits)(live[1].bits ^ mask)};
        for (size_t i = 0; i < COUNT_OF(patterns); i++) {
            h.bits = patterns[i];
            refuse_unless_live(h, live, 2);
        }
    }
    assert_int_equal(used(pool), 2);
}

/* original 2: every slot number with every likely generation, slots behind the end included. */
static void forged_slots_and_generations_are_refused(void **state)
{
    (void)state;
    ta_handle live[2];
    two_live_of_five(live);
    const unsigned long generations[] = {
        0,   1,   2,        3,        4,        5,         127,          128,         255,
        256, 257, 0x7fffUL, 0x8001UL, 0xffffUL, 0x10001UL, 0x7fffffffUL, 0xffffffffUL};
    for (size_t slot = 0; slot <= 300 && slot <= TA_SLAB_MAX_BLOCKS; slot++)
        for (size_t i = 0; i < COUNT_OF(generations); i++)
            refuse_unless_live(forge(pool, slot, generations[i]), live, 2);
    for (size_t i = 0; i < COUNT_OF(generations); i++)
        refuse_unless_live(forge(pool, TA_SLAB_MAX_BLOCKS, generations[i]), live, 2);
    assert_int_equal(used(pool), 2);
}

/* original 2: a slot that was never allocated has no valid handle; free cannot corrupt the count. */
static void handle_of_a_never_allocated_slot_is_refused(void **state)
{
    (void)state;
    expect_refused_by_every_call(pool, forge(pool, 0, 0));
    expect_refused_by_every_call(pool, forge(pool, 0, 1));
    expect_refused_by_every_call(pool, forge(pool, BLOCKS - 1, 1));
    assert_int_equal(used(pool), 0);
    assert_int_equal(ta_available(pool), BLOCKS);
}

/* A handle of another pool is refused with certainty where handles carry their pool. */
static void handle_of_another_pool_is_refused(void **state)
{
    (void)state;
#if TA_HANDLE_POOL_BITS
    ta_handle h = must_alloc(pool, 1), same_slot = must_alloc(other, 1);
    assert_int_equal(ta_handle_slot(h), ta_handle_slot(same_slot));
    assert_false(ta_handle_eq(h, same_slot));
    expect_refused_by_every_call(other, h);
    expect_refused_by_every_call(pool, same_slot);
    expect_refused_by_every_call(pool, ta_handle_make(0, 1));
#else
    skip();
#endif
}

/* ---- alloc, get, size ---------------------------------------------------------------------------------- */

static void alloc_gives_a_live_block_of_that_length(void **state)
{
    (void)state;
    ta_handle h = must_alloc(pool, 10);
    assert_non_null(ta_get(pool, h));
    assert_int_equal(ta_size(pool, h), 10);
    assert_int_equal(ta_available(pool), BLOCKS - 1);
    assert_int_equal(used(pool), 1);
}

/* Size 0 is a block like any other, of length 0. */
static void alloc_of_zero_bytes_takes_a_block(void **state)
{
    (void)state;
    ta_handle h = must_alloc(pool, 0);
    assert_non_null(ta_get(pool, h));
    assert_int_equal(ta_size(pool, h), 0);
    assert_int_equal(used(pool), 1);
    must_free(pool, h);
}

/* More than a block is the caller's bug, not a shortage: refused, and no failure is counted. */
static void alloc_of_more_than_a_block_is_refused_and_not_counted(void **state)
{
    (void)state;
    const size_t sizes[] = {BLOCK + 1, 255 + BLOCK, 256 + BLOCK, as_size(65536), as_size(65536 + BLOCK),
                            SIZE_MAX};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        assert_true(ta_handle_eq(ta_alloc(pool, sizes[i]), TA_NONE));
        check_pool(pool);
    }
    assert_int_equal(used(pool), 0);
    assert_int_equal(ta_stats_of(pool).failures, 0);
    must_alloc(pool, BLOCK);
}

static void alloc_from_an_exhausted_pool_is_refused_and_counted(void **state)
{
    (void)state;
    leave_free(pool, 0);
    assert_true(ta_handle_eq(ta_alloc(pool, 1), TA_NONE));
    assert_true(ta_handle_eq(ta_alloc(pool, 0), TA_NONE));
    check_pool(pool);
    assert_int_equal(used(pool), BLOCKS);
    assert_int_equal(ta_stats_of(pool).failures, TA_STATISTICS ? 2 : 0);
}

/* original 3: the length of a block is not cut off: 300 reads as 300, and the largest as the largest. */
static void block_reports_its_whole_length(void **state)
{
    (void)state;
    const size_t lengths[] = {0, 1, 44, 127, 128, 254, 255, 256, 257, 300, 32768, 65534, 65535};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        if (lengths[i] > WIDE)
            break;
        ta_handle h = must_alloc(wide, lengths[i]);
        assert_int_equal(ta_size(wide, h), lengths[i]);
        assert_int_equal(ta_resize(wide, h, WIDE), TA_OK);
        assert_int_equal(ta_size(wide, h), WIDE);
        must_free(wide, h);
    }
}

/* All of a block is the caller's, and nothing of its neighbours. */
static void blocks_do_not_overlap(void **state)
{
    (void)state;
    ta_handle h[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        h[i] = must_alloc(pool, BLOCK);
        memset(ta_get(pool, h[i]), (int)(0xf0 + i), BLOCK);
    }
    check_pool(pool);
    for (size_t i = 0; i < BLOCKS; i++) {
        const uint8_t *block = ta_get(pool, h[i]);
        assert_int_equal(ta_size(pool, h[i]), BLOCK);
        for (size_t k = 0; k < BLOCK; k++)
            assert_int_equal(block[k], 0xf0 + i);
    }
}

static void alloc_copy_copies_the_bytes(void **state)
{
    (void)state;
    ta_handle h = ta_alloc_copy(pool, "twelve bytes", 12);
    assert_int_equal(ta_size(pool, h), 12);
    assert_memory_equal(ta_get(pool, h), "twelve bytes", 12);
    ta_handle empty = ta_alloc_copy(pool, NULL, 0);
    assert_true(ta_is_live(pool, empty));
    assert_int_equal(ta_size(pool, empty), 0);
    check_pool(pool);
}

/* A refused alloc_copy reads nothing: the source here is one byte long. */
static void alloc_copy_refuses_what_alloc_refuses(void **state)
{
    (void)state;
    char byte = 'x';
    assert_true(ta_handle_eq(ta_alloc_copy(pool, NULL, 1), TA_NONE));
    assert_true(ta_handle_eq(ta_alloc_copy(pool, &byte, BLOCK + 1), TA_NONE));
    assert_true(ta_handle_eq(ta_alloc_copy(pool, &byte, SIZE_MAX), TA_NONE));
    assert_int_equal(used(pool), 0);
    leave_free(pool, 0);
    assert_true(ta_handle_eq(ta_alloc_copy(pool, &byte, 1), TA_NONE));
    check_pool(pool);
}

/* ---- resize -------------------------------------------------------------------------------------------- */

static void resize_keeps_place_and_contents(void **state)
{
    (void)state;
    ta_handle h = ta_alloc_copy(pool, "abcd", 4);
    void *block = ta_get(pool, h);
    assert_int_equal(ta_resize(pool, h, BLOCK), TA_OK);
    assert_int_equal(ta_size(pool, h), BLOCK);
    assert_int_equal(ta_resize(pool, h, 0), TA_OK);
    assert_int_equal(ta_size(pool, h), 0);
    assert_ptr_equal(ta_get(pool, h), block);
    assert_memory_equal(block, "abcd", 4);
    check_pool(pool);
}

#if TA_CUSTOM_BACKENDS
/* For a back end that adds to a slab: what the code above asks of any. */
static void operations_of_a_slab_may_be_called_by_another_back_end(void **state)
{
    (void)state;
    const ta_operations *is = &ta_slab_operations;
    const size_t all = ta_available(pool);
    assert_int_equal(ta_slab_set_headroom(pool, 1), TA_OK);
    assert_false(is->set_aside(pool, all)); /* it has no access to the headroom */
    assert_true(is->set_aside(pool, all - 1));
    assert_int_equal(ta_available(pool), 0);
    ta_handle first = is->take(pool), next = is->take(pool);
    assert_int_equal(ta_size(pool, first), 0);
    assert_int_equal(ta_owner_stats(pool, 0).used, TA_OWNERS ? 2 : 0);
    is->set_next(pool, first, next);
    assert_int_equal(is->next(pool, first).bits, next.bits);
    assert_int_equal(is->free_next(pool, first).bits, next.bits);
    assert_false(ta_is_live(pool, first));
    assert_int_equal(is->free_next(pool, first).bits, 0);
    ta_handle renewed = is->renew(pool, next);
    assert_false(ta_is_live(pool, next));
    assert_true(ta_is_live(pool, renewed));
    fresh_pool(pool);
}
#endif

static void resize_beyond_the_block_changes_nothing(void **state)
{
    (void)state;
    ta_handle h = must_alloc(pool, 7);
    assert_int_equal(ta_resize(pool, h, BLOCK + 1), TA_E_INVALID);
    assert_int_equal(ta_resize(pool, h, SIZE_MAX), TA_E_INVALID);
    assert_int_equal(ta_resize(pool, h, as_size(65536 + 3)), TA_E_INVALID);
#if TA_CUSTOM_BACKENDS /* for a back end that adds to a slab */
    assert_int_equal(ta_slab_operations.resize(pool, h, BLOCK + 1), TA_E_INVALID);
#endif
    assert_int_equal(ta_size(pool, h), 7);
    check_pool(pool);
}

/* ---- free ---------------------------------------------------------------------------------------------- */

static void stale_handle_is_refused_by_every_call(void **state)
{
    (void)state;
    ta_handle h = must_alloc(pool, 4);
    must_free(pool, h);
    expect_refused_by_every_call(pool, h);
}

/* others lifetimes: a second free is refused, and frees nobody else's block. */
static void double_free_frees_nobody_elses_block(void **state)
{
    (void)state;
    ta_handle first = must_alloc(one, 4);
    must_free(one, first);
    assert_false(ta_free(one, first));
    ta_handle second = must_alloc(one, 9);
    assert_int_equal(ta_handle_slot(first), ta_handle_slot(second));
    expect_refused_by_every_call(one, first);
    assert_true(ta_is_live(one, second));
    assert_int_equal(ta_size(one, second), 9);
}

/* others lifetimes: a double free does not put a slot into the free list twice. */
static void double_free_does_not_hand_out_a_block_twice(void **state)
{
    (void)state;
    ta_handle h = must_alloc(pool, 1);
    must_free(pool, h);
    for (int i = 0; i < 3; i++)
        assert_false(ta_free(pool, h));
    check_pool(pool);
    void *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = ta_get(pool, must_alloc(pool, 1));
        for (size_t k = 0; k < i; k++)
            assert_ptr_not_equal(blocks[i], blocks[k]);
    }
    assert_int_equal(ta_available(pool), 0);
}

/* others lifetimes: giving back one block leaves its neighbours as they are. */
static void free_leaves_the_neighbours_alone(void **state)
{
    (void)state;
    for (size_t freed = 0; freed < BLOCKS; freed++) {
        fresh_pool(pool);
        ta_handle h[BLOCKS];
        for (size_t i = 0; i < BLOCKS; i++) {
            h[i] = must_alloc(pool, i + 1);
            memset(ta_get(pool, h[i]), (int)i, BLOCK);
        }
        must_free(pool, h[freed]);
        for (size_t i = 0; i < BLOCKS; i++) {
            assert_int_equal(ta_size(pool, h[i]), i == freed ? 0 : i + 1);
            if (i != freed)
                assert_int_equal(((uint8_t *)ta_get(pool, h[i]))[BLOCK - 1], i);
        }
    }
}

/* original 5: reusing the slot 256 times and more does not bring an old handle back. */
static void stale_handle_is_not_accepted_after_256_reuses(void **state)
{
    (void)state;
#if TA_GENERATION_BITS > 8
    ta_handle first = must_alloc(one, 1), h = first;
    for (int i = 0; i < 1024; i++) {
        must_free(one, h);
        assert_false(ta_is_live(one, first));
        h = must_alloc(one, 1);
        assert_int_equal(ta_handle_slot(h), ta_handle_slot(first));
        expect_refused_by_every_call(one, first);
    }
#else
    skip();
#endif
}

/* original 5: the documented price: after exactly 2^(G-1) further lifetimes the handle matches again. */
static void stale_handle_matches_again_after_exactly_the_documented_count(void **state)
{
    (void)state;
#if TA_GENERATION_BITS <= 16 && !TA_RETIRE
    ta_handle first = must_alloc(one, 1), h = first;
    for (long i = 1; i < 1L << (TA_GENERATION_BITS - 1); i++) {
        must_free(one, h);
        h = must_alloc(one, 1);
        assert_false(ta_is_live(one, first));
    }
    must_free(one, h);
    h = must_alloc(one, 1);
    assert_true(ta_handle_eq(h, first));
#else
    skip();
#endif
}

/* ---- clear --------------------------------------------------------------------------------------------- */

static void clear_ends_every_lifetime(void **state)
{
    (void)state;
    ta_handle h[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++)
        h[i] = must_alloc(pool, i);
    must_free(pool, h[2]);
    ta_clear(pool);
    check_pool(pool);
    assert_int_equal(used(pool), 0);
    assert_int_equal(ta_available(pool), BLOCKS);
    for (size_t i = 0; i < BLOCKS; i++)
        expect_refused_by_every_call(pool, h[i]);
    leave_free(pool, 0);
    for (size_t i = 0; i < BLOCKS; i++)
        expect_refused_by_every_call(pool, h[i]);
}

static void clear_of_an_empty_pool_changes_nothing(void **state)
{
    (void)state;
    ta_clear(pool);
    check_pool(pool);
    ta_handle h = must_alloc(pool, 1);
    assert_int_equal(ta_handle_slot(h), 0);
    ta_clear(pool);
    ta_clear(pool);
    check_pool(pool);
    assert_int_equal(ta_available(pool), BLOCKS);
}

/* ---- handle_of ----------------------------------------------------------------------------------------- */

/* A DMA-complete interrupt knows an address only: each live block is found by its first byte. */
static void handle_of_finds_every_live_block(void **state)
{
    (void)state;
    ta_handle h[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++)
        h[i] = must_alloc(pool, 1);
    for (size_t i = 0; i < BLOCKS; i++)
        assert_true(ta_handle_eq(ta_handle_of(pool, ta_get(pool, h[i])), h[i]));
    void *block = ta_get(pool, h[3]);
    must_free(pool, h[3]);
    assert_true(ta_handle_eq(ta_handle_of(pool, block), TA_NONE));
    ta_handle again = must_alloc(pool, 1);
    assert_true(ta_handle_eq(ta_handle_of(pool, block), again));
}

/* Only the first byte of a live block of this pool is an answer. */
static void handle_of_any_other_address_is_none(void **state)
{
    (void)state;
    leave_free(pool, 0);
    const uint8_t *first = ta_get(pool, ta_slab_handle_at(pool, 0));
    uintptr_t start = (uintptr_t)first;
    for (uintptr_t i = 0; i < (BLOCKS + 2) * BLOCK; i++) {
        const void *address = (const void *)(start - BLOCK + i);
        bool is_block = i % BLOCK == 0 && i >= BLOCK && i < (BLOCKS + 1) * BLOCK;
        assert_int_equal(ta_handle_of(pool, address).bits != 0, is_block);
    }
    int foreign = 0;
    assert_true(ta_handle_eq(ta_handle_of(pool, &foreign), TA_NONE));
    assert_true(ta_handle_eq(ta_handle_of(pool, NULL), TA_NONE));
    assert_true(ta_handle_eq(ta_handle_of(pool, (const void *)UINTPTR_MAX), TA_NONE));
    assert_true(ta_handle_eq(ta_handle_of(other, first), TA_NONE));
}

/* ---- stats --------------------------------------------------------------------------------------------- */

static void stats_say_used_peak_capacity_and_failures(void **state)
{
    (void)state;
    ta_stats s = ta_stats_of(pool);
    assert_int_equal(s.used + s.peak + s.failures + s.retired, 0);
    assert_int_equal(s.capacity, BLOCKS);
    assert_int_equal(s.block_size, BLOCK);
    ta_handle h[3];
    for (size_t i = 0; i < 3; i++)
        h[i] = must_alloc(pool, 1);
    must_free(pool, h[0]);
    must_free(pool, h[1]);
    must_alloc(pool, 1);
    s = ta_stats_of(pool);
    assert_int_equal(s.used, 2);
    assert_int_equal(s.peak, TA_STATISTICS ? 3 : 0);
    leave_free(pool, 0);
    assert_false(ta_is_live(pool, ta_alloc(pool, 1)));
    s = ta_stats_of(pool);
    assert_int_equal(s.peak, TA_STATISTICS ? BLOCKS : 0);
    assert_int_equal(s.failures, TA_STATISTICS ? 1 : 0);
    assert_int_equal(ta_available(pool), 0);
}

/* Clearing the pool is no reason to forget how full it was. */
static void clear_keeps_the_statistics(void **state)
{
    (void)state;
    leave_free(pool, 0);
    assert_false(ta_is_live(pool, ta_alloc(pool, 1)));
    ta_clear(pool);
    ta_stats s = ta_stats_of(pool);
    assert_int_equal(s.used, 0);
    assert_int_equal(s.peak, TA_STATISTICS ? BLOCKS : 0);
    assert_int_equal(s.failures, TA_STATISTICS ? 1 : 0);
}

/* A counter of failures that wrapped would tell that all is well. */
static void failures_saturate(void **state)
{
    (void)state;
    leave_free(one, 0);
    for (long i = 0; i < 65600; i++)
        assert_false(ta_is_live(one, ta_alloc(one, 1)));
    assert_int_equal(ta_stats_of(one).failures, TA_STATISTICS ? TA_SLAB_MAX_BLOCKS : 0);
    check_pool(one);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(status_has_the_name_of_its_enumerator),
        TEST(unknown_status_has_a_name_too),
        TEST(linked_version_is_that_of_the_headers),
        TEST(handle_keeps_slot_and_generation),
        TEST(handles_are_equal_when_slot_and_generation_are),
        TEST(none_is_all_zero_and_refused),
        TEST(handle_is_one_integer),
        TEST(every_bit_pattern_is_refused_unless_it_names_a_live_block),
        TEST(one_bit_away_from_a_live_handle_is_refused),
        TEST(forged_slots_and_generations_are_refused),
        TEST(handle_of_a_never_allocated_slot_is_refused),
        TEST(handle_of_another_pool_is_refused),
        TEST(alloc_gives_a_live_block_of_that_length),
        TEST(alloc_of_zero_bytes_takes_a_block),
        TEST(alloc_of_more_than_a_block_is_refused_and_not_counted),
        TEST(alloc_from_an_exhausted_pool_is_refused_and_counted),
        TEST(block_reports_its_whole_length),
        TEST(blocks_do_not_overlap),
        TEST(alloc_copy_copies_the_bytes),
        TEST(alloc_copy_refuses_what_alloc_refuses),
        TEST(resize_keeps_place_and_contents),
        TEST(resize_beyond_the_block_changes_nothing),
#if TA_CUSTOM_BACKENDS
        TEST(operations_of_a_slab_may_be_called_by_another_back_end),
#endif
        TEST(stale_handle_is_refused_by_every_call),
        TEST(double_free_frees_nobody_elses_block),
        TEST(double_free_does_not_hand_out_a_block_twice),
        TEST(free_leaves_the_neighbours_alone),
        TEST(stale_handle_is_not_accepted_after_256_reuses),
        TEST(stale_handle_matches_again_after_exactly_the_documented_count),
        TEST(clear_ends_every_lifetime),
        TEST(clear_of_an_empty_pool_changes_nothing),
        TEST(handle_of_finds_every_live_block),
        TEST(handle_of_any_other_address_is_none),
        TEST(stats_say_used_peak_capacity_and_failures),
        TEST(clear_keeps_the_statistics),
        TEST(failures_saturate),
    };
    return cmocka_run_group_tests_name("allocator", tests, NULL, NULL);
}
