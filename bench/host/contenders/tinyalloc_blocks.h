#include <tinyalloc/tinyalloc.h>

#define HAS_BLOCKS

TA_SLAB_DEFINE(pool, BLOCK_SIZE, 64);

struct blocks {
    using handle = ta_handle;

    static handle alloc(size_t size)
    {
        return ta_alloc(pool, size);
    }

    static uint8_t *get(handle h)
    {
        return (uint8_t *)ta_get(pool, h);
    }

    static bool free(handle h)
    {
        return ta_free(pool, h);
    }
};
