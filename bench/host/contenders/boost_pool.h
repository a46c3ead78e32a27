/* A pool of one size; the header's code becomes two functions. */
#include <boost/pool/pool.hpp>

#define HAS_BLOCKS

static boost::pool<> the_pool(BLOCK_SIZE, 64, 64);

WHOLE void *pool_alloc() { return the_pool.malloc(); }
WHOLE bool pool_free(void *block) { the_pool.free(block); return true; }

struct blocks {
    using handle = void *;
    static handle alloc(size_t) { return pool_alloc(); }
    static uint8_t *get(handle h) { return (uint8_t *)h; }
    static bool free(handle h) { return pool_free(h); }
};
