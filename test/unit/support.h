/* What every unit test needs: cmocka, the public interface, and the checks that follow each step. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the five above */
#include "../chains.h"
#include <cmocka.h>
#include <tinyalloc/tinyalloc.h>

#include "failure.h"

/* Sanitized builds run the long loops shorter. gcc says it in one way, clang in another. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

/* On an emulated target some loops are shorter than on a host, on an AVR shorter still; and a test that needs
 * more memory than a target has is left out there. test/target/ says where. */
#ifndef EFFORT
#define EFFORT(host, emulated, avr) (host)
#endif
#ifndef TEST_RAM
#define TEST_RAM 0x40000000
#define TEST_FLASH 0x40000000
#endif
#ifndef cmocka_unit_test_if
#define cmocka_unit_test_if(has_memory, test, setup) cmocka_unit_test_setup(test, setup)
#endif

/* An AVR copies what is not marked so to its RAM. */
#ifdef __AVR__
#include <avr/pgmspace.h>
#define IN_FLASH PROGMEM
#define copy_from_flash memcpy_P
#else
#define IN_FLASH
#define copy_from_flash memcpy
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* A size, or the largest where sizes have 16 bits. */
static inline size_t as_size(unsigned long n)
{
    return n < SIZE_MAX ? (size_t)n : SIZE_MAX;
}

/* The bytes of an arena that holds so many blocks, wherever it lies. */
#define ARENA_OF(blocks, block_size)                                                                        \
    ((blocks) * ((block_size) + sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_) + sizeof(ta_slab_state_) + \
     2 * (TA_ALIGNOF(max_align_t) - 1))

/* Bytes that tell their position: no two of 251 neighbours are alike, and a period is no power of two. */
static inline uint8_t pattern(size_t position)
{
    return (uint8_t)(position % 251 + 1);
}

static inline void fill_pattern(uint8_t *bytes, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = pattern(first + i);
}

static inline void expect_pattern(const uint8_t *bytes, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != pattern(first + i))
            fail_msg("byte %zu is %d, not %d", i, bytes[i], pattern(first + i));
}

static inline uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static inline size_t used(const ta_allocator *a)
{
    return ta_stats_of(a).used;
}

static inline void check_pool(const ta_allocator *a)
{
    assert_int_equal(ta_slab_check(a), 0);
}

/* Start anew: a pool whose slots retire would wear out from test to test. */
static inline void fresh_pool(const ta_allocator *a)
{
    ta_slab_reset(a);
    check_pool(a);
}

#define MIXED_MAX 32 /* blocks; the smallest target has 2 KiB */

/* The same, but no two of its free blocks that are taken one after the other lie side by side. */
static inline void fresh_mixed_pool(const ta_allocator *a)
{
    ta_handle all[MIXED_MAX];
    fresh_pool(a);
    size_t count = ta_available(a);
    assert_in_range(count, 3, MIXED_MAX);
    for (size_t i = 0; i < count; i++)
        all[i] = ta_alloc(a, 0);
    for (size_t i = 0; i < count; i++)
        assert_true(ta_free(a, all[i % 2 ? count - 1 - i / 2 : i / 2]));
    check_pool(a);
}

static inline ta_handle must_alloc(const ta_allocator *a, size_t size)
{
    ta_handle h = ta_alloc(a, size);
    assert_true(ta_is_live(a, h));
    check_pool(a);
    return h;
}

static inline void must_free(const ta_allocator *a, ta_handle h)
{
    assert_true(ta_free(a, h));
    check_pool(a);
}

/* Take blocks until `left` are free. */
static inline void leave_free(const ta_allocator *a, size_t left)
{
    while (ta_available(a) > left)
        assert_true(ta_is_live(a, ta_alloc(a, 0)));
}

/* A handle with this pool's identity and any slot and generation. */
static inline ta_handle forge(const ta_allocator *a, size_t slot, unsigned long generation)
{
    ta_handle h = ta_handle_make((ta_slot)slot, (ta_generation)generation);
    h.bits = (ta_handle_bits)(h.bits | TA_SLAB_POOL_OF_(a));
    return h;
}

/* What a handle that is not live gets: a refusal from every call, and no other change. */
static inline void expect_refused_by_every_call(const ta_allocator *a, ta_handle h)
{
    size_t before = used(a);
    assert_null(ta_get(a, h));
    assert_int_equal(ta_size(a, h), 0);
    assert_false(ta_is_live(a, h));
    assert_int_equal(ta_resize(a, h, 1), TA_E_STALE);
    assert_false(ta_free(a, h));
    assert_int_equal(used(a), before);
    check_pool(a);
}

#endif
