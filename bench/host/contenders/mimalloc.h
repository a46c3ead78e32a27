#include <mimalloc.h>

#define HAS_BLOCKS

struct blocks {
    using handle = void *;

    static handle alloc(size_t size)
    {
        return mi_malloc(size);
    }

    static uint8_t *get(handle h)
    {
        return (uint8_t *)h;
    }

    static bool free(handle h)
    {
        mi_free(h);
        return true;
    }
};
