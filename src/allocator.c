/*
 * The public interface: refuse what no backend need see, then go to the backend.
 */
#include "internal.h"
#include <tinyalloc/tinyalloc.h>

const char *ta_version(void)
{
    return TA_VERSION;
}

const char *ta_status_name(ta_status status)
{
    /* One after another, as a table of where they lie would cost as much again. */
    const char *name = "TA_OK\0TA_E_NO_MEMORY\0TA_E_FULL\0TA_E_EMPTY\0TA_E_STALE\0TA_E_INVALID\0"
                       "TA_E_RANGE\0TA_E_NO_MATCH\0TA_E_OVERFLOW\0TA_MORE\0unknown status";
    size_t before = smaller(0 - (size_t)status, 1 - TA_MORE); /* names before this one */
    for (; before > 0; name++)
        before -= *name == '\0';
    return name;
}

ta_handle ta_alloc(const ta_allocator *a, size_t size)
{
    if (UNLIKELY(size > a->block_size)) {
        TA_FAULT(TA_E_INVALID);
        return TA_NONE;
    }
    return BACKEND(a, alloc, a, size);
}

ta_handle ta_alloc_copy(const ta_allocator *a, const void *data, size_t size)
{
    if (!data && size) {
        TA_FAULT(TA_E_INVALID);
        return TA_NONE;
    }
    ta_handle h = ta_alloc(a, size);
    void *block = ta_get(a, h);
    if (block && size)
        memcpy(block, data, size);
    return h;
}

void *ta_get(const ta_allocator *a, ta_handle h)
{
    return BACKEND(a, get, a, h);
}

bool ta_is_live(const ta_allocator *a, ta_handle h)
{
    return ta_get(a, h) != NULL;
}

bool ta_free(const ta_allocator *a, ta_handle h)
{
    return BACKEND(a, free, a, h);
}

/* In a build without custom backends these are the slab's own: see internal.h. */
#if TA_CUSTOM_BACKENDS

size_t ta_size(const ta_allocator *a, ta_handle h)
{
    return BACKEND(a, size, a, h);
}

ta_status ta_resize(const ta_allocator *a, ta_handle h, size_t size)
{
    if (size > a->block_size)
        return invalid();
    return BACKEND(a, resize, a, h, size);
}

void ta_clear(const ta_allocator *a)
{
    BACKEND(a, clear, a);
}

size_t ta_available(const ta_allocator *a)
{
    return BACKEND(a, available, a);
}

ta_handle ta_handle_of(const ta_allocator *a, const void *block)
{
    return BACKEND(a, handle_of, a, block);
}

ta_stats ta_stats_of(const ta_allocator *a)
{
    return BACKEND(a, stats, a);
}

#endif
