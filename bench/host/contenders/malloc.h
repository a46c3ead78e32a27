/* malloc and free: glibc's, or those of the library that is linked. */
#include <cstdlib>

#define HAS_BLOCKS

struct blocks {
    using handle = void *;

    static handle alloc(size_t size)
    {
        return malloc(size);
    }

    static uint8_t *get(handle h)
    {
        return (uint8_t *)h;
    }

    static bool free(handle h)
    {
        ::free(h);
        return true;
    }
};
