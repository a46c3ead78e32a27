/*
 * The public calls on blocks. In a build with custom back ends each goes through a table of operations; in
 * any other build every allocator is a slab, and the public call is the slab's operation.
 */
#include "fault.h"
#include "slab_table.h"
#include <string.h>
#include <tinyalloc/tinyalloc.h>

const char *ta_version(void)
{
    return TA_VERSION;
}

const char *ta_status_name(ta_status status)
{
    /* All names in one string: a table of pointers would cost as much again. */
    const char *name = "TA_OK\0TA_E_NO_MEMORY\0TA_E_FULL\0TA_E_EMPTY\0TA_E_STALE\0TA_E_INVALID\0"
                       "TA_E_RANGE\0TA_E_NO_MATCH\0TA_E_OVERFLOW\0TA_MORE\0unknown status";
    size_t before = 0 - (size_t)status, unknown = 1 - TA_MORE; /* names before this one */
    if (before > unknown)
        before = unknown;
    for (; before > 0; name++)
        before -= *name == '\0';
    return name;
}

/* ---- The slab's operations ----------------------------------------------------------------------------- */

#if TA_CUSTOM_BACKENDS
#define SLAB_OPERATION(type, name) static type slab_##name
#else
#define SLAB_OPERATION(type, name) type ta_##name
#endif

/* Masked: if the block were freed and taken again between the check and the load, the length would be its
 * next owner's. The link of a chunk is no length: never say more than a block. */
SLAB_OPERATION(size_t, size)(const ta_allocator *a, ta_handle h)
{
    ta_mask mask = ta_critical_enter();
    size_t size = ta_get(a, h) ? entry_of(a, h)->link : 0;
    ta_critical_exit(mask);
    return size < a->block_size ? size : a->block_size;
}

/* Masked: if the block were freed between the check and the store, the length would end up in the free
 * list. */
SLAB_OPERATION(ta_status, resize)(const ta_allocator *a, ta_handle h, size_t size)
{
    if (size > a->block_size)
        return invalid();
    ta_mask mask = ta_critical_enter();
    bool is_live_block = ta_get(a, h) != NULL;
    if (is_live_block)
        entry_of(a, h)->link = (ta_slot)size;
    ta_critical_exit(mask);
    return is_live_block ? TA_OK : TA_E_STALE;
}

SLAB_OPERATION(void, clear)(const ta_allocator *a)
{
    for (size_t slot = 0; slot <= (size_t)a->last; slot++)
        ta_free(a, ta_slab_handle_at(a, slot));
}

SLAB_OPERATION(ta_stats, stats_of)(const ta_allocator *a)
{
    const slab_state *s = state_of(a);
    ta_stats stats = {0, 0, (size_t)a->last + 1, a->block_size, 0, 0};
    ta_mask mask = ta_critical_enter();
    stats.retired = RETIRED_OF(s);
    stats.used = (size_t)s->taken - s->headroom - stats.retired;
    if (TA_STATISTICS)
        stats.peak = peak_used(s);
    stats.failures = FAILURES_OF(s);
    ta_critical_exit(mask);
    return stats;
}

SLAB_OPERATION(size_t, available)(const ta_allocator *a)
{
    ta_mask mask = ta_critical_enter();
    size_t free = free_for(state_of(a), a->last, false);
    ta_critical_exit(mask);
    return free;
}

SLAB_OPERATION(ta_handle, handle_of)(const ta_allocator *a, const void *block)
{
    uintptr_t after = (uintptr_t)a->blocks - (uintptr_t)block;
    uintptr_t slots = after / a->block_size;
    if (after % a->block_size != 0 || slots > (uintptr_t)a->last)
        return TA_NONE;
    return ta_slab_handle_at(a, (size_t)a->last - (size_t)slots);
}

#if TA_CUSTOM_BACKENDS

static ta_handle op_alloc(const ta_allocator *a, size_t size)
{
    return slab_alloc(a, size, TAKER(false, 0));
}

static void *op_get(const ta_allocator *a, ta_handle h)
{
    return ta_slab_get(a, h);
}

static bool op_free(const ta_allocator *a, ta_handle h)
{
    return slab_free(a, h);
}

static bool op_set_aside(const ta_allocator *a, size_t blocks)
{
    ta_mask mask = ta_critical_enter();
    bool is_enough = slab_set_aside(state_of(a), a->last, blocks, false);
    ta_critical_exit(mask);
    return is_enough;
}

static ta_handle op_take(const ta_allocator *a)
{
    ta_mask mask = ta_critical_enter();
    ta_handle h = take_slot(a, a->first, 0, 0);
    ta_critical_exit(mask);
    return h;
}

static ta_handle op_free_next(const ta_allocator *a, ta_handle h)
{
    ta_handle next = slab_next(a, h);
    return slab_free(a, h) ? next : TA_NONE;
}

const ta_operations ta_slab_operations = {
    op_alloc,   op_get,        slab_size,      slab_resize,    op_free,
    slab_clear, slab_stats_of, slab_available, slab_handle_of, op_set_aside,
    op_take,    slab_next,     slab_set_next,  op_free_next,   slab_renew,
};

#define BACKEND(a, operation, ...) ((a)->operations->operation(__VA_ARGS__))
#else
#define BACKEND(a, operation, ...) (slab_##operation(__VA_ARGS__))
#define slab_get(a, h) ta_slab_get(a, h)
#endif

/* ---- The public calls ---------------------------------------------------------------------------------- */

ta_handle ta_alloc(const ta_allocator *a, size_t size)
{
    if (!LIKELY(size <= a->block_size)) {
        TA_FAULT(TA_E_INVALID);
        return TA_NONE;
    }
#if TA_CUSTOM_BACKENDS
    return a->operations->alloc(a, size);
#else
    return slab_alloc(a, size, TAKER(false, 0));
#endif
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

#if TA_CUSTOM_BACKENDS

size_t ta_size(const ta_allocator *a, ta_handle h)
{
    return a->operations->size(a, h);
}

ta_status ta_resize(const ta_allocator *a, ta_handle h, size_t size)
{
    return size > a->block_size ? invalid() : a->operations->resize(a, h, size);
}

void ta_clear(const ta_allocator *a)
{
    a->operations->clear(a);
}

size_t ta_available(const ta_allocator *a)
{
    return a->operations->available(a);
}

ta_handle ta_handle_of(const ta_allocator *a, const void *block)
{
    return a->operations->handle_of(a, block);
}

ta_stats ta_stats_of(const ta_allocator *a)
{
    return a->operations->stats(a);
}

#endif
