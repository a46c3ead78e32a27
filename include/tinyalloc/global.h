/**
 * @file global.h
 * @brief One allocator for the whole program, for code that does not pass one around.
 *
 *     TA_GLOBAL_USE(1k_32);             one of twelve ready-made slabs
 *     TA_GLOBAL_USE_POOL(my_pool);      or a slab of your own
 *
 * At most one source file of the program contains one of these lines, at file scope. Without one, the global
 * allocator is a slab of 32 blocks of 8 bytes. The ready-made slabs have 256, 512, 768 or 1k bytes, in blocks of 32,
 * 16 or 8 bytes. With a port that has a cache (port.h), the default's blocks are cache lines.
 *
 * The choice is made at link time. With --gc-sections only the chosen slab's RAM is linked, and none in a program
 * that never calls ta_global(). ta_global_set() replaces the allocator at run time.
 */
#ifndef TINYALLOC_GLOBAL_H
#define TINYALLOC_GLOBAL_H

#include "slab.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief The program's global allocator.
 *
 * O(1), from any context.
 * @return The allocator of the last ta_global_set(), otherwise the linked one; never NULL.
 */
const ta_allocator *ta_global(void);

/**
 * @brief Replace the global allocator.
 *
 * Blocks stay where they are. Buffers that contain bytes keep their allocator. O(1); call it from thread context,
 * while no interrupt uses ta_global(). A test that wants a fresh allocator calls ta_global_set(NULL) and then
 * ta_clear(ta_global()).
 * @param allocator The new one, which the program keeps; NULL: the one that was linked.
 */
void ta_global_set(const ta_allocator *allocator);

/**
 * @brief The allocator that was linked: a weak function of the library, which TA_GLOBAL_USE replaces.
 *
 * O(1), from any context.
 * @return The allocator; never NULL.
 */
const ta_allocator *ta_global_default(void);

/**
 * @brief Make a slab the program's global allocator, at file scope.
 * @param pool The name of a slab; another source file may define it.
 */
#define TA_GLOBAL_USE_POOL(pool)                            \
    TA_EXTERN_ const ta_allocator *ta_global_default(void); \
    const ta_allocator *ta_global_default(void)             \
    {                                                       \
        return pool;                                        \
    }                                                       \
    TA_SLAB_DECLARE(pool)

/**
 * @brief Define a ready-made slab and make it the program's global allocator, at file scope.
 * @param size One of 256_32, 256_16, 256_8, 512_32, 512_16, 512_8, 768_32, 768_16, 768_8, 1k_32, 1k_16 and 1k_8:
 *             bytes in all, and bytes a block.
 */
#define TA_GLOBAL_USE(size) TA_GLOBAL_USE_(TA_GLOBAL_SIZE_##size)
#define TA_GLOBAL_USE_(block_size_and_count) TA_GLOBAL_DEFINE_(block_size_and_count)
#define TA_GLOBAL_DEFINE_(block_size, block_count)           \
    TA_SLAB_DEFINE(ta_global_pool, block_size, block_count); \
    TA_GLOBAL_USE_POOL(ta_global_pool)

/** @{ */
/** The ready-made slabs: bytes in a block, number of blocks. */
#define TA_GLOBAL_SIZE_256_32 32, 8
#define TA_GLOBAL_SIZE_256_16 16, 16
#define TA_GLOBAL_SIZE_256_8 8, 32
#define TA_GLOBAL_SIZE_512_32 32, 16
#define TA_GLOBAL_SIZE_512_16 16, 32
#define TA_GLOBAL_SIZE_512_8 8, 64
#define TA_GLOBAL_SIZE_768_32 32, 24
#define TA_GLOBAL_SIZE_768_16 16, 48
#define TA_GLOBAL_SIZE_768_8 8, 96
#define TA_GLOBAL_SIZE_1k_32 32, 32
#define TA_GLOBAL_SIZE_1k_16 16, 64
#define TA_GLOBAL_SIZE_1k_8 8, 128
/** @} */

#if TA_HANDLE_POOL_BITS
enum { ta_pool_id_ta_global_pool = 0 }; /* the identity of a ready-made slab */
#endif

#ifdef __cplusplus
}
#endif

#endif
