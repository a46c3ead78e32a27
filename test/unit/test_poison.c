/*
 * Poisoning: the bytes of a freed block are TA_POISON_BYTE, and under AddressSanitizer nobody may access them. Those of
 * its neighbours and of a block that is taken again are not touched.
 */
#include "support.h"

#if defined(IS_SANITIZED)
#include <sanitizer/asan_interface.h>
#define IS_POISONED(address) __asan_address_is_poisoned(address)
#else
#define IS_POISONED(address) (*(address) == TA_POISON_BYTE)
#endif

#define BLOCKS 8
#define SIZE 16
TA_SLAB_DEFINE(pool, SIZE, BLOCKS);

static int setup(void **state)
{
    (void)state;
    fresh_pool(pool);
    memset(pool_blocks_, 0, sizeof pool_blocks_);
    return 0;
}

/* Which blocks are poisoned, every byte of them; and no other block has a poisoned byte. */
static void expect_poisoned(unsigned blocks)
{
    for (size_t i = 0; i < sizeof pool_blocks_; i++)
        if ((IS_POISONED(&pool_blocks_[i]) != 0) != ((blocks >> i / SIZE & 1) != 0))
            fail_msg("byte %zu of block %zu", i % SIZE, i / SIZE);
    check_pool(pool);
}

static uint8_t *fill(ta_handle h)
{
    uint8_t *block = ta_get(pool, h);
    assert_non_null(block);
    fill_pattern(block, 0, SIZE);
    return block;
}

static void freed_block_is_poisoned(void **state)
{
    (void)state;
    ta_handle h[4];
    for (size_t i = 0; i < 4; i++)
        fill(h[i] = must_alloc(pool, SIZE));
    expect_poisoned(0);
    must_free(pool, h[1]);
    expect_poisoned(1 << 1);
    assert_false(ta_free(pool, h[1]));
    must_free(pool, h[3]);
    expect_poisoned(1 << 1 | 1 << 3);
    ta_clear(pool);
    expect_poisoned(15);
}

static void block_that_is_taken_again_is_not_poisoned(void **state)
{
    (void)state;
    for (size_t i = 0; i < BLOCKS; i++)
        must_alloc(pool, SIZE);
    ta_clear(pool);
    expect_poisoned((1 << BLOCKS) - 1);
    uint8_t *block = ta_get(pool, must_alloc(pool, SIZE));
    for (size_t i = 0; i < SIZE; i++)
        assert_int_equal(block[i], TA_POISON_BYTE);
    fill_pattern(block, 0, SIZE);
    expect_poisoned(((1 << BLOCKS) - 1) & ~1);
}

/* Runs are taken and freed in another way. */
static void chunks_of_a_buffer_are_poisoned_when_they_are_left(void **state)
{
    (void)state;
    uint8_t bytes[5 * SIZE];
    ta_buffer b = TA_BUFFER_INIT(pool);
    fill_pattern(bytes, 0, sizeof bytes);
    for (int round = 0; round < 3; round++) {
        fresh_pool(pool);
        memset(pool_blocks_, 0, sizeof pool_blocks_);
        assert_int_equal(ta_buffer_write(&b, bytes, sizeof bytes), TA_OK);
        expect_poisoned(0);
        assert_int_equal(ta_buffer_consume(&b, 2 * SIZE + 3), TA_OK);
        expect_poisoned(3);
        assert_int_equal(ta_buffer_truncate(&b, SIZE), TA_OK);
        expect_poisoned(3 | 1 << 4);
        ta_buffer_clear(&b);
        expect_poisoned(31);
        assert_int_equal(ta_buffer_write(&b, bytes, sizeof bytes), TA_OK); /* blocks 5, 6, 7, 0 and 1 */
        expect_poisoned(1 << 2 | 1 << 3 | 1 << 4);
        ta_buffer_clear(&b);
    }
}

static void memory_of_a_slab_can_be_used_again(void **state)
{
    (void)state;
    static TA_ALIGNAS(max_align_t) uint8_t arena[200];
    ta_slab slab;
    assert_int_equal(ta_slab_init(&slab, arena, sizeof arena, 8), TA_OK);
    leave_free(&slab.allocator, 0);
    ta_clear(&slab.allocator);
    assert_true(IS_POISONED(arena));
    /* the new table is where freed blocks were */
    assert_int_equal(ta_slab_init(&slab, arena, sizeof arena, 96), TA_OK);
    assert_true((uint8_t *)slab.allocator.entries < arena + 104);
    memset(arena, 1, 96);
    ta_free(&slab.allocator, must_alloc(&slab.allocator, 1));
    assert_true(IS_POISONED(arena));
    ta_slab_reset(&slab.allocator);
    memset(arena, 0, sizeof arena);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(freed_block_is_poisoned),
        TEST(block_that_is_taken_again_is_not_poisoned),
        TEST(chunks_of_a_buffer_are_poisoned_when_they_are_left),
        TEST(memory_of_a_slab_can_be_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
