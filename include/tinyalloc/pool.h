/**
 * @file pool.h
 * @brief Typed pools: a slab whose blocks are objects of one type, with handles of a type of their own.
 *
 *     struct sensor { int32_t offset; uint16_t channel; };
 *     TA_POOL_OF(struct sensor, sensors, 8);              at file scope: a pool of 8 sensors
 *
 *     sensors_handle h = sensors_alloc();                 TA_NONE inside, if no block is free
 *     struct sensor *s = sensors_get(h);                  NULL, if the handle is stale
 *     sensors_free(h);
 *
 * The compiler refuses a handle of one pool where another pool expects its own, and the address has the right type. All
 * of it is checked when the program is compiled. Each function is one call of allocator.h, inlined. docs/pools.md says
 * what that costs: nothing, with three exceptions.
 *
 * TA_POOL_OF(type, pool, count) declares
 *
 * | name                | what it is                                                      | the call that it is |
 * |---------------------|-----------------------------------------------------------------|---------------------|
 * | `pool`              | the slab, for every call of allocator.h, slab.h and the others  | TA_SLAB_DEFINE_EX   |
 * | `pool_handle`       | the type of its handles: a struct whose member `untyped` is the ta_handle | ta_handle |
 * | `pool_alloc()`      | allocates an object; the contents are not cleared               | ta_alloc()          |
 * | `pool_get(h)`       | its address, of type `type *`; NULL if the handle is stale      | ta_get()            |
 * | `pool_free(h)`      | frees it; false if the handle is stale                          | ta_free()           |
 * | `pool_is_live(h)`   | is the handle valid?                                            | ta_is_live()        |
 * | `pool_eq(a, b)`     | do both name the same lifetime of the same object?              | ta_handle_eq()      |
 * | `pool_handle_of(p)` | the handle of an object by its address                          | ta_handle_of()      |
 *
 * Context, cost and memory are those of the call. A zeroed handle is TA_NONE. To keep handles of several pools in one
 * place, store `h.untyped`; to make one of it again is the cast of this header, and not checked: `(sensors_handle){u}`.
 *
 * A block has the size and the alignment of the type, rounded up to whole lines where there is a cache that DMA does not
 * see (TA_PORT_CACHE_LINE). With TA_HANDLE_POOL_BITS the program defines `ta_pool_id_<pool>`, as for TA_SLAB_DEFINE().
 *
 * For C++, which also calls constructors and destructors, see tinyalloc.hpp; these macros work there, too.
 */
#ifndef TINYALLOC_POOL_H
#define TINYALLOC_POOL_H

#include "slab.h"

/**
 * @brief Define a typed pool at file scope, and declare its handle and its functions.
 * @param type  The type of its objects: a complete type.
 * @param pool  The name of the slab, and the beginning of the other names.
 * @param count How many objects: 1 to TA_SLAB_MAX_BLOCKS.
 */
#define TA_POOL_OF(type, pool, count) \
    TA_POOL_DECLARE(type, pool);      \
    TA_POOL_DEFINE(type, pool, count)

/**
 * @brief Declare a typed pool in a header, for several source files. One of them has TA_POOL_DEFINE().
 * @param type The type of its objects.
 * @param pool Its name.
 */
#define TA_POOL_DECLARE(type, pool)                                                \
    typedef struct pool##_handle {                                                 \
        ta_handle untyped;                                                         \
    } pool##_handle;                                                               \
    TA_SLAB_DECLARE(pool);                                                         \
    TA_MAYBE_UNUSED_ TA_INLINE_ pool##_handle pool##_alloc(void)                   \
    {                                                                              \
        pool##_handle h = {ta_alloc(pool, sizeof(type))};                          \
        return h;                                                                  \
    }                                                                              \
    TA_MAYBE_UNUSED_ TA_INLINE_ type *pool##_get(pool##_handle h)                  \
    {                                                                              \
        return TA_CAST_(type *, ta_get(pool, h.untyped));                          \
    }                                                                              \
    TA_MAYBE_UNUSED_ TA_INLINE_ bool pool##_free(pool##_handle h)                  \
    {                                                                              \
        return ta_free(pool, h.untyped);                                           \
    }                                                                              \
    TA_MAYBE_UNUSED_ TA_INLINE_ bool pool##_is_live(pool##_handle h)               \
    {                                                                              \
        return ta_is_live(pool, h.untyped);                                        \
    }                                                                              \
    TA_MAYBE_UNUSED_ TA_INLINE_ bool pool##_eq(pool##_handle a, pool##_handle b)   \
    {                                                                              \
        return ta_handle_eq(a.untyped, b.untyped);                                 \
    }                                                                              \
    TA_MAYBE_UNUSED_ TA_INLINE_ pool##_handle pool##_handle_of(const type *object) \
    {                                                                              \
        pool##_handle h = {ta_handle_of(pool, object)};                            \
        return h;                                                                  \
    }                                                                              \
    TA_STATIC_ASSERT(sizeof(type) > 0, "tinyalloc: a pool has objects of a complete type")

/**
 * @brief Define the slab of a typed pool that TA_POOL_DECLARE() has declared. In one source file, at file scope.
 * @param type  The type of its objects.
 * @param pool  Its name.
 * @param count How many objects: 1 to TA_SLAB_MAX_BLOCKS.
 */
#define TA_POOL_DEFINE(type, pool, count) \
    TA_SLAB_DEFINE_EX(pool, TA_POOL_BLOCK_SIZE_(type), count, TA_POOL_ALIGNMENT_(type), )

/* The alignment of the type or of a cache line, whichever is larger; the size, rounded up to it. */
#define TA_POOL_ALIGNMENT_(type) \
    (TA_ALIGNOF(type) > TA_PORT_CACHE_LINE ? TA_ALIGNOF(type) : TA_CAST_(size_t, TA_PORT_CACHE_LINE))
#define TA_POOL_BLOCK_SIZE_(type) \
    ((sizeof(type) + TA_POOL_ALIGNMENT_(type) - 1) / TA_POOL_ALIGNMENT_(type) * TA_POOL_ALIGNMENT_(type))

#endif
