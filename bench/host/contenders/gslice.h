#include <glib.h>

#define HAS_BLOCKS

struct blocks {
    using handle = void *;

    static handle alloc(size_t size)
    {
        return g_slice_alloc(size);
    }

    static uint8_t *get(handle h)
    {
        return (uint8_t *)h;
    }

    static bool free(handle h)
    {
        g_slice_free1(BLOCK_SIZE, h);
        return true;
    }
};
