/*
 * An operation that changes what others may change is a short critical section; clear is one for each block. A link needs
 * none: only the owner of a live block sets it.
 */
#include "struct_pool.h"

static const struct_pool *pool_of(const ta_allocator *a)
{
    return (const struct_pool *)(const void *)a;
}

/* The block a handle names; NULL when it is stale. */
static struct_pool_block *find(const ta_allocator *a, ta_handle h)
{
    const struct_pool *pool = pool_of(a);
    ta_slot index = ta_handle_slot(h);
    if (index >= pool->count || !ta_handle_eq(h, ta_handle_make(index, ta_handle_generation(h))))
        return NULL;
    struct_pool_block *block = &pool->blocks[index];
    return block->lifetime == ta_handle_generation(h) && (block->lifetime & 1) ? block : NULL;
}

static ta_handle handle_of_block(const struct_pool *pool, const struct_pool_block *block)
{
    return ta_handle_make((ta_slot)(block - pool->blocks), block->lifetime);
}

/* ---- Masked by the caller ------------------------------------------------------------------------------ */

static ta_handle take_block(const struct_pool *pool, size_t size)
{
    struct_pool_state *s = pool->state;
    struct_pool_block *block;
    if (s->free) {
        block = &pool->blocks[s->free - 1];
        s->free = block->next;
    } else {
        block = &pool->blocks[s->untouched++];
    }
    block->lifetime++;
    block->length = (uint16_t)size;
    block->next = 0;
    return handle_of_block(pool, block);
}

static void release_block(const struct_pool *pool, struct_pool_block *block)
{
    struct_pool_state *s = pool->state;
    block->lifetime++;
    block->next = s->free;
    s->free = (uint16_t)(block - pool->blocks + 1);
    s->taken--;
}

static bool count(const struct_pool *pool, size_t blocks)
{
    struct_pool_state *s = pool->state;
    if (blocks > (size_t)(pool->count - s->taken)) {
        s->failures = (uint16_t)(s->failures + (s->failures < UINT16_MAX));
        return false;
    }
    s->taken = (uint16_t)(s->taken + blocks);
    if (s->taken > s->peak)
        s->peak = s->taken;
    return true;
}

/* None, too, if somebody freed it. */
static ta_handle successor(const struct_pool *pool, const struct_pool_block *block)
{
    const struct_pool_block *next = block->next ? &pool->blocks[block->next - 1] : NULL;
    return next && (next->lifetime & 1) ? handle_of_block(pool, next) : TA_NONE;
}

/* ---- The operations ------------------------------------------------------------------------------------ */

static ta_handle op_alloc(const ta_allocator *a, size_t size)
{
    ta_mask mask = ta_critical_enter();
    ta_handle h = count(pool_of(a), 1) ? take_block(pool_of(a), size) : TA_NONE;
    ta_critical_exit(mask);
    return h;
}

static void *op_get(const ta_allocator *a, ta_handle h)
{
    struct_pool_block *block = find(a, h);
    return block ? block->bytes : NULL;
}

static size_t op_size(const ta_allocator *a, ta_handle h)
{
    ta_mask mask = ta_critical_enter();
    const struct_pool_block *block = find(a, h);
    size_t length = block ? block->length : 0;
    ta_critical_exit(mask);
    return length;
}

static ta_status op_resize(const ta_allocator *a, ta_handle h, size_t size)
{
    ta_mask mask = ta_critical_enter();
    struct_pool_block *block = find(a, h);
    if (block)
        block->length = (uint16_t)size;
    ta_critical_exit(mask);
    return block ? TA_OK : TA_E_STALE;
}

static bool op_free(const ta_allocator *a, ta_handle h)
{
    ta_mask mask = ta_critical_enter();
    struct_pool_block *block = find(a, h);
    if (block)
        release_block(pool_of(a), block);
    ta_critical_exit(mask);
    return block != NULL;
}

static void op_clear(const ta_allocator *a)
{
    const struct_pool *pool = pool_of(a);
    for (ta_slot i = 0; i < pool->count; i++) {
        ta_mask mask = ta_critical_enter();
        if (pool->blocks[i].lifetime & 1)
            release_block(pool, &pool->blocks[i]);
        ta_critical_exit(mask);
    }
}

static ta_stats op_stats(const ta_allocator *a)
{
    const struct_pool *pool = pool_of(a);
    ta_mask mask = ta_critical_enter();
    ta_stats stats = {pool->state->taken, pool->state->peak,     pool->count,
                      a->block_size,      pool->state->failures, 0};
    ta_critical_exit(mask);
    return stats;
}

static size_t op_available(const ta_allocator *a)
{
    ta_stats stats = op_stats(a);
    return stats.capacity - stats.used;
}

static ta_handle op_handle_of(const ta_allocator *a, const void *address)
{
    const struct_pool *pool = pool_of(a);
    for (ta_slot i = 0; i < pool->count; i++)
        if (pool->blocks[i].bytes == address && (pool->blocks[i].lifetime & 1))
            return handle_of_block(pool, &pool->blocks[i]);
    return TA_NONE;
}

static bool op_set_aside(const ta_allocator *a, size_t blocks)
{
    ta_mask mask = ta_critical_enter();
    bool is_enough = count(pool_of(a), blocks);
    ta_critical_exit(mask);
    return is_enough;
}

static ta_handle op_take(const ta_allocator *a)
{
    ta_mask mask = ta_critical_enter();
    ta_handle h = take_block(pool_of(a), 0);
    ta_critical_exit(mask);
    return h;
}

static ta_handle op_next(const ta_allocator *a, ta_handle h)
{
    const struct_pool_block *block = find(a, h);
    return block ? successor(pool_of(a), block) : TA_NONE;
}

static bool op_set_next(const ta_allocator *a, ta_handle h, ta_handle next)
{
    struct_pool_block *block = find(a, h);
    if (block)
        block->next = (uint16_t)(ta_handle_slot(next) + 1);
    return block != NULL;
}

static ta_handle op_free_next(const ta_allocator *a, ta_handle h)
{
    ta_mask mask = ta_critical_enter();
    struct_pool_block *block = find(a, h);
    ta_handle next = block ? successor(pool_of(a), block) : TA_NONE;
    if (block)
        release_block(pool_of(a), block);
    ta_critical_exit(mask);
    return next;
}

static ta_handle op_renew(const ta_allocator *a, ta_handle h)
{
    ta_mask mask = ta_critical_enter();
    struct_pool_block *block = find(a, h);
    if (block)
        block->lifetime = (ta_generation)(block->lifetime + 2);
    ta_critical_exit(mask);
    return block ? handle_of_block(pool_of(a), block) : TA_NONE;
}

const ta_operations struct_pool_operations = {
    op_alloc,     op_get,       op_size, op_resize, op_free,     op_clear,     op_stats, op_available,
    op_handle_of, op_set_aside, op_take, op_next,   op_set_next, op_free_next, op_renew,
};
