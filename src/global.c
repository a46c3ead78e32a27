/*
 * The global allocator. The default is reached through a weak *function*: a strong one elsewhere leaves this one,
 * and with it the default's RAM, unreferenced. (A weak constant would be folded into its users, and the RAM
 * would stay.)
 */
#include <tinyalloc/global.h>
#include <tinyalloc/slab.h>

#if TA_WITH_GLOBAL

#if TA_HANDLE_POOL_BITS
enum { ta_pool_id_ta_global_default_pool = 0 };
#endif

/* Blocks of 8 bytes, or of a cache line where they must be whole lines. */
TA_SLAB_DEFINE(ta_global_default_pool, TA_PORT_CACHE_LINE > 8 ? TA_PORT_CACHE_LINE : 8, 32);

static const ta_allocator *replacement;

TA_WEAK_ const ta_allocator *ta_global_default(void)
{
    return ta_global_default_pool;
}

const ta_allocator *ta_global(void)
{
    return replacement ? replacement : ta_global_default();
}

void ta_global_set(const ta_allocator *allocator)
{
    replacement = allocator;
}

#endif /* TA_WITH_GLOBAL */
