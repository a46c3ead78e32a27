/*
 * The conformance kit: the slab and the example's backend keep the contract, and each of three liars is caught.
 */
#include "support.h"
#include <tinyalloc/conformance.h>

enum { ta_pool_id_small = 1, ta_pool_id_large = 2 };
TA_SLAB_DEFINE(small, 1, 4);
TA_SLAB_DEFINE(large, 40, 100);

static void slab_keeps_the_contract(void **state)
{
    (void)state;
#if TA_CUSTOM_BACKENDS
    assert_null(ta_conformance(small));
    assert_null(ta_conformance(large));
#else /* there is no table of operations, and the kit says so */
    assert_string_equal(ta_conformance(small), "this build has no TA_CUSTOM_BACKENDS");
#endif
    assert_int_equal(ta_slab_check(small), 0);
    assert_int_equal(ta_slab_check(large), 0);
}

#if TA_CUSTOM_BACKENDS

#include "struct_pool.h"

STRUCT_POOL_DEFINE(pool, 20);

static void backend_with_headers_in_its_blocks_keeps_the_contract(void **state)
{
    (void)state;
    assert_null(ta_conformance(&pool.allocator));
}

static void failures_of_a_backend_saturate(void **state)
{
    (void)state;
    while (ta_alloc(&pool.allocator, 1).bits)
        ;
    for (uint32_t i = 0; i < 0x10000; i++)
        assert_int_equal(ta_alloc(&pool.allocator, 1).bits, 0);
    assert_int_equal(ta_stats_of(&pool.allocator).failures, 0xffff);
    ta_clear(&pool.allocator);
}

static void buffers_and_queues_run_on_a_backend_of_ones_own(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(&pool.allocator);
    ta_queue q = TA_QUEUE_INIT(&pool.allocator, 0);
    uint8_t bytes[300], back[300];
    fill_pattern(bytes, 0, sizeof bytes);
    for (size_t n = 0; n < sizeof bytes; n++) {
        assert_int_equal(ta_queue_write(&q, bytes, n), TA_OK);
        assert_int_equal(ta_queue_take(&q, &b), TA_OK);
        assert_int_equal(ta_buffer_check(&b), 0);
        assert_int_equal(ta_buffer_read(&b, back, n), TA_OK);
        assert_memory_equal(back, bytes, n);
    }
    assert_int_equal(ta_queue_clear(&q), TA_OK);
    assert_int_equal(ta_stats_of(&pool.allocator).used, 0);
}

static void newest_are_kept_on_a_backend_of_ones_own(void **state)
{
    (void)state;
    ta_recent r = TA_RECENT_INIT(&pool.allocator, 0, 100);
    uint8_t bytes[100], back[100];
    size_t first, n, units = 3 * ta_available(&pool.allocator);
    for (first = 0; first < units; first++) {
        fill_pattern(bytes, first, sizeof bytes);
        assert_int_equal(ta_recent_write(&r, bytes, sizeof bytes), TA_OK);
    }
    first -= ta_recent_count(&r);
    assert_int_equal(ta_recent_dropped(&r), first);
    assert_in_range(first, 1, units - 1);
    for (; ta_recent_read(&r, back, sizeof back, &n) == TA_OK; first++)
        expect_pattern(back, first, n);
    assert_int_equal(first, units);
    assert_int_equal(ta_recent_clear(&r), TA_OK);
    assert_int_equal(ta_stats_of(&pool.allocator).used, 0);
}

/* Headroom and owners are a slab's. */
static void backend_of_ones_own_has_neither_headroom_nor_owners(void **state)
{
    (void)state;
    ta_queue q = TA_QUEUE_INIT(&pool.allocator, 0);
    assert_int_equal(ta_queue_use_headroom(&q), TA_E_INVALID);
#if TA_OWNERS
    ta_buffer b = TA_BUFFER_INIT(&pool.allocator);
    ta_handle h = ta_alloc_for(&pool.allocator, 1, 1);
    assert_true(ta_is_live(&pool.allocator, h));
    assert_int_equal(ta_set_owner(&pool.allocator, h, 1), TA_E_INVALID);
    uint8_t bytes[300] = {0};
    assert_int_equal(ta_buffer_write(&b, bytes, sizeof bytes), TA_OK); /* several chunks */
    assert_int_equal(ta_buffer_set_owner(&b, 1), TA_OK);
    assert_int_equal(ta_owner_stats(&pool.allocator, 1).used, 0);
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
    assert_true(ta_free(&pool.allocator, h));
#endif
}

/* Liars: the pool's operations, and one lie each. */
static ta_operations lying;
static struct_pool liar;

static const char *what_the_kit_says(void)
{
    liar = pool;
    liar.allocator.operations = &lying;
    const char *broken = ta_conformance(&liar.allocator);
    memset(pool.state, 0, sizeof *pool.state);
    memset(pool.blocks, 0, 20 * sizeof *pool.blocks);
    return broken;
}

static bool free_without_asking(const ta_allocator *a, ta_handle h)
{
    struct_pool_operations.free(a, h);
    return true;
}

static void backend_that_accepts_a_second_free_is_caught(void **state)
{
    (void)state;
    lying = struct_pool_operations;
    lying.free = free_without_asking;
    assert_string_equal(what_the_kit_says(), "free: accepts a stale handle");
}

static bool set_anything_aside(const ta_allocator *a, size_t blocks)
{
    struct_pool_operations.set_aside(a, blocks);
    return true;
}

static void backend_that_sets_aside_what_it_has_not_is_caught(void **state)
{
    (void)state;
    lying = struct_pool_operations;
    lying.set_aside = set_anything_aside;
    assert_string_equal(what_the_kit_says(), "set_aside: sets more blocks aside than there are");
}

static bool set_at_least_one_aside(const ta_allocator *a, size_t blocks)
{
    assert_true(blocks > 0);
    return struct_pool_operations.set_aside(a, blocks);
}

/* Nothing is asked of it for bytes that fit into a chunk that there is. */
static void bytes_that_need_no_block_set_none_aside(void **state)
{
    (void)state;
    lying = struct_pool_operations;
    lying.set_aside = set_at_least_one_aside;
    liar = pool;
    liar.allocator.operations = &lying;
    ta_buffer b = TA_BUFFER_INIT(&liar.allocator);
    ta_queue q = TA_QUEUE_INIT(&liar.allocator, 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ta_buffer_write(&b, "abc", 3), TA_OK);
        assert_int_equal(ta_buffer_consume(&b, 1), TA_OK);
        assert_int_equal(ta_buffer_prepend(&b, "a", 1), TA_OK);
        assert_int_equal(ta_queue_write(&q, "abc", 3), TA_OK);
        assert_int_equal(ta_queue_push(&q, 'd'), TA_OK);
    }
    assert_int_equal(ta_buffer_write(&b, "", 0), TA_OK);
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
    assert_int_equal(ta_queue_clear(&q), TA_OK);
    assert_int_equal(ta_stats_of(&pool.allocator).used, 0);
}

static ta_handle renew_nothing(const ta_allocator *a, ta_handle h)
{
    return struct_pool_operations.get(a, h) ? h : TA_NONE;
}

static void backend_that_renews_nothing_is_caught(void **state)
{
    (void)state;
    lying = struct_pool_operations;
    lying.renew = renew_nothing;
    assert_string_equal(what_the_kit_says(), "renew: the generation is not a new one");
}

#define FEW_LIFETIMES (TA_GENERATION_BITS < 32 ? (ta_generation)-1 >> 1 : 0xFFFF)

/* It keeps fewer bits of a lifetime than a generation has. */
static ta_handle alloc_with_short_lifetimes(const ta_allocator *a, size_t size)
{
    ta_handle h = struct_pool_operations.alloc(a, size);
    struct_pool_block *block = &pool.blocks[ta_handle_slot(h)];
    block->lifetime = (ta_generation)(block->lifetime & FEW_LIFETIMES);
    return ta_handle_make(ta_handle_slot(h), block->lifetime);
}

/* It keeps more of them than fit into a handle. */
static uint32_t lifetimes;
static ta_handle alloc_with_long_lifetimes(const ta_allocator *a, size_t size)
{
    ta_handle h = struct_pool_operations.alloc(a, size);
    if (++lifetimes > FEW_LIFETIMES / 2)
        pool.blocks[ta_handle_slot(h)].lifetime += 2; /* the handle's generation does not follow */
    return h;
}

static void backend_whose_lifetimes_have_another_width_is_caught(void **state)
{
    (void)state;
    lying = struct_pool_operations;
    lying.alloc = alloc_with_short_lifetimes;
    assert_string_equal(what_the_kit_says(), "alloc: gives a handle again too early");
    lying.alloc = alloc_with_long_lifetimes;
    assert_string_equal(what_the_kit_says(), "alloc: gives a stale handle");
}

static ta_stats count_too_many(const ta_allocator *a)
{
    ta_stats stats = struct_pool_operations.stats(a);
    stats.capacity = TA_SLAB_MAX_BLOCKS + 1;
    return stats;
}

static void backend_with_too_many_blocks_is_caught(void **state)
{
    (void)state;
    lying = struct_pool_operations;
    lying.stats = count_too_many;
    assert_string_equal(what_the_kit_says(), "stats: capacity is above TA_SLAB_MAX_BLOCKS");
}

static size_t asked;
static bool set_none_aside(const ta_allocator *a, size_t blocks)
{
    (void)a;
    asked = blocks;
    return false;
}

/* Nobody counts further than that. */
static void more_blocks_than_handles_can_name_are_not_asked_for(void **state)
{
    (void)state;
    static uint8_t bytes[(TA_SLAB_MAX_BLOCKS + 1) * STRUCT_POOL_BLOCK_SIZE];
    lying = struct_pool_operations;
    lying.set_aside = set_none_aside;
    liar = pool;
    liar.allocator.operations = &lying;
    ta_buffer b = TA_BUFFER_INIT(&liar.allocator);
    assert_int_equal(ta_buffer_write(&b, bytes, sizeof bytes - STRUCT_POOL_BLOCK_SIZE), TA_E_NO_MEMORY);
    assert_int_equal(asked, TA_SLAB_MAX_BLOCKS);
    asked = 0;
    assert_int_equal(ta_buffer_write(&b, bytes, sizeof bytes), TA_E_NO_MEMORY);
    assert_int_equal(ta_buffer_prepend(&b, bytes, sizeof bytes), TA_E_NO_MEMORY);
    assert_int_equal(asked, 0);
}

#endif

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_if(TEST_RAM >= 2 * sizeof large_blocks_, slab_keeps_the_contract, NULL),
#if TA_CUSTOM_BACKENDS
        cmocka_unit_test(backend_with_headers_in_its_blocks_keeps_the_contract),
        cmocka_unit_test(failures_of_a_backend_saturate),
        cmocka_unit_test(buffers_and_queues_run_on_a_backend_of_ones_own),
        cmocka_unit_test(newest_are_kept_on_a_backend_of_ones_own),
        cmocka_unit_test(backend_of_ones_own_has_neither_headroom_nor_owners),
        cmocka_unit_test(backend_that_accepts_a_second_free_is_caught),
        cmocka_unit_test(backend_that_sets_aside_what_it_has_not_is_caught),
        cmocka_unit_test(bytes_that_need_no_block_set_none_aside),
        cmocka_unit_test(backend_that_renews_nothing_is_caught),
        cmocka_unit_test(backend_whose_lifetimes_have_another_width_is_caught),
        cmocka_unit_test(backend_with_too_many_blocks_is_caught),
        cmocka_unit_test(more_blocks_than_handles_can_name_are_not_asked_for),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
