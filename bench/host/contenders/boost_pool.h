/* A pool of one size; the header's code becomes two functions. */
#include <boost/pool/pool.hpp>

#define HAS_BLOCKS

static boost::pool<> the_pool(BLOCK_SIZE, 64, 64);

struct blocks {
    using handle = void *;

    WHOLE handle alloc(size_t)
    {
        return the_pool.malloc();
    }

    static uint8_t *get(handle h)
    {
        return (uint8_t *)h;
    }

    WHOLE bool free(handle h)
    {
        the_pool.free(h);
        return true;
    }
};
