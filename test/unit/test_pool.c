/* Typed pools: what the names of TA_POOL_OF() do, and that each pool has its own type of handle. */
#include "support.h"

typedef struct sensor {
    uint32_t offset;
    uint16_t channel;
} sensor;

struct odd { /* no power of two, and aligned as a byte is */
    uint8_t bytes[7];
};

typedef struct wide { /* aligned more than any type is by itself */
    TA_ALIGNAS(2 * TA_ALIGNOF(max_align_t)) uint8_t bytes[3];
} wide;

enum {
    ta_pool_id_sensors = 0,
    ta_pool_id_odds = 1,
    ta_pool_id_wides = 2,
    ta_pool_id_pointers = 3,
    ta_pool_id_apart = 4
};
TA_POOL_OF(sensor, sensors, 3);
TA_POOL_OF(struct odd, odds, 5);
TA_POOL_OF(wide, wides, 2);
TA_POOL_OF(const char *, pointers, 2);

/* As in a program of several files: declared in a header, defined in one source file. */
TA_POOL_DECLARE(sensor, apart);
TA_POOL_DEFINE(sensor, apart, 1);

#define IS_OF_TYPE(expression, type) _Generic((expression), type : 1, default : 0)

static void objects_are_allocated_used_and_freed(void **state)
{
    (void)state;
    sensors_handle h[3];
    for (size_t i = 0; i < 3; i++) {
        h[i] = sensors_alloc();
        assert_true(sensors_is_live(h[i]));
        sensors_get(h[i])->offset = 1000u + (uint32_t)i;
        sensors_get(h[i])->channel = (uint16_t)i;
    }
    assert_int_equal(sensors_alloc().untyped.bits, 0);
    assert_int_equal(ta_available(sensors), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(sensors_get(h[i])->offset, 1000 + i);
        assert_int_equal(ta_size(sensors, h[i].untyped), sizeof(sensor));
        assert_true(sensors_eq(sensors_handle_of(sensors_get(h[i])), h[i]));
        assert_true(sensors_free(h[i]));
    }
    assert_int_equal(ta_available(sensors), 3);
    assert_int_equal(ta_slab_check(sensors), 0);
}

static void stale_handles_of_typed_pools_are_rejected(void **state)
{
    (void)state;
    sensors_handle none = {TA_NONE_INIT}, old = sensors_alloc();
    assert_false(sensors_is_live(none));
    assert_null(sensors_get(none));
    assert_true(sensors_free(old));
    assert_null(sensors_get(old));
    assert_false(sensors_is_live(old));
    assert_false(sensors_free(old));
    sensors_handle another = sensors_alloc();
    assert_false(sensors_eq(old, another));
    assert_true(sensors_free(another));
}

/* The compiler decides these: the types of handles differ, and get returns the type of the objects. */
static void typed_pools_have_types_of_their_own(void **state)
{
    (void)state;
    assert_true(IS_OF_TYPE(sensors_alloc, sensors_handle(*)(void)));
    assert_true(IS_OF_TYPE(odds_alloc, odds_handle(*)(void)));
    assert_false(IS_OF_TYPE(odds_alloc, sensors_handle(*)(void)));
    assert_true(IS_OF_TYPE(sensors_get, sensor * (*)(sensors_handle)));
    assert_true(IS_OF_TYPE(odds_get, struct odd * (*)(odds_handle)));
    assert_true(IS_OF_TYPE(pointers_get, const char **(*)(pointers_handle)));
    assert_int_equal(sizeof(sensors_handle), sizeof(ta_handle));
}

/* Blocks have the alignment of the type, and no byte more than it needs. */
static void typed_blocks_are_aligned_as_their_type(void **state)
{
    (void)state;
    odds_handle a = odds_alloc(), b = odds_alloc();
    assert_int_equal((uintptr_t)odds_get(b) - (uintptr_t)odds_get(a), sizeof(struct odd));
    wides_handle c = wides_alloc(), d = wides_alloc();
    assert_int_equal((uintptr_t)wides_get(c) % TA_ALIGNOF(wide), 0);
    assert_int_equal((uintptr_t)wides_get(d) - (uintptr_t)wides_get(c), sizeof(wide));
    pointers_handle p = pointers_alloc();
    assert_int_equal((uintptr_t)pointers_get(p) % TA_ALIGNOF(const char *), 0);
    assert_int_equal(ta_stats_of(sensors).block_size, sizeof(sensor));
    assert_int_equal(ta_stats_of(pointers).block_size, sizeof(const char *));
    ta_clear(odds);
    ta_clear(wides);
    ta_clear(pointers);
}

static void typed_pool_is_declared_in_a_header(void **state)
{
    (void)state;
    apart_handle h = apart_alloc();
    assert_non_null(apart_get(h));
    assert_int_equal(apart_alloc().untyped.bits, 0);
    assert_true(apart_free(h));
}

/* G: with TA_HANDLE_POOL_BITS, also a handle that was cast is rejected. */
static void cast_handle_of_another_pool_is_rejected_by_pool_bits(void **state)
{
    (void)state;
    if (TA_HANDLE_POOL_BITS == 0)
        skip();
    sensors_handle h = sensors_alloc();
    odds_handle own = odds_alloc(), cast = {h.untyped};
    assert_false(odds_is_live(cast));
    assert_true(odds_free(own));
    assert_true(sensors_free(h));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_allocated_used_and_freed),
        cmocka_unit_test(stale_handles_of_typed_pools_are_rejected),
        cmocka_unit_test(typed_pools_have_types_of_their_own),
        cmocka_unit_test(typed_blocks_are_aligned_as_their_type),
        cmocka_unit_test(typed_pool_is_declared_in_a_header),
        cmocka_unit_test(cast_handle_of_another_pool_is_rejected_by_pool_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
