/* What test/owners/cost.c calls, on an emulated Cortex-M3. */
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 16, 8);

/* A peak that the counted call of ta_alloc() does not raise. Returns a handle to free. */
uint32_t prepare(void)
{
    ta_handle h = ta_alloc(pool, 1), other = ta_alloc(pool, 1), third = ta_alloc(pool, 1);
    ta_free(pool, other);
    ta_free(pool, third);
    return h.bits;
}

const ta_allocator *pool_of_image(void)
{
    return pool;
}
