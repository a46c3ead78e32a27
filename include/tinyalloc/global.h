/**
 * @file global.h
 * @brief One allocator for the whole program, for code that does not want to pass one around.
 *
 * ta_global() is 256 bytes in 8-byte blocks, unless one source file of the program says otherwise at file
 * scope:
 *
 *     TA_GLOBAL_USE(1k_32);             one of twelve ready-made slabs
 *     TA_GLOBAL_USE_POOL(my_pool);      or any slab of its own
 *
 * The ready-made ones have 256, 512, 768 or 1k bytes in blocks of 32, 16 or 8.
 * Which one is settled when the program is linked, and only that one's RAM is linked (with --gc-sections). A
 * program that never asks links none. At run time ta_global_set() replaces it.
 */
#ifndef TINYALLOC_GLOBAL_H
#define TINYALLOC_GLOBAL_H

#include "slab.h"

#ifdef __cplusplus
extern "C" {
#endif


/** The program's allocator; never NULL. O(1), any context. */
const ta_allocator *ta_global(void);

/** Replace it; NULL: back to the one that was linked. Blocks stay where they are, and buffers that hold bytes
 * keep the allocator they have. Thread context, while no interrupt uses ta_global(). A test that wants a
 * fresh one calls ta_global_set(NULL) and ta_clear(ta_global()). */
void ta_global_set(const ta_allocator *allocator);

/** The one that was linked: weak in the library, defined by TA_GLOBAL_USE. */
const ta_allocator *ta_global_default(void);

/** Make a slab the program's allocator. */
#define TA_GLOBAL_USE_POOL(pool)                            \
    TA_EXTERN_ const ta_allocator *ta_global_default(void); \
    const ta_allocator *ta_global_default(void)             \
    {                                                       \
        return pool;                                        \
    }                                                       \
    TA_SLAB_DECLARE(pool)

/** Define a ready-made slab and make it the program's allocator. */
#define TA_GLOBAL_USE(size) TA_GLOBAL_USE_(TA_GLOBAL_SIZE_##size)
#define TA_GLOBAL_USE_(block_size_and_count) TA_GLOBAL_DEFINE_(block_size_and_count)
#define TA_GLOBAL_DEFINE_(block_size, block_count)           \
    TA_SLAB_DEFINE(ta_global_pool, block_size, block_count); \
    TA_GLOBAL_USE_POOL(ta_global_pool)

/** @{ */
/** Bytes a block, blocks. */
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
