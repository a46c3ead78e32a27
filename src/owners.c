/* Owners: noting who has a block. Taking and freeing count in slab_table.h; here are the calls of owners.h. */
#include "chain.h"
#include <tinyalloc/owners.h>

#if TA_OWNERS

#if TA_CUSTOM_BACKENDS
#define IS_SLAB(a) ((a)->operations == &ta_slab_operations)
#else
#define IS_SLAB(a) ((void)(a), true)
#endif

ta_handle ta_alloc_for(const ta_allocator *a, size_t size, unsigned owner)
{
    if (size > a->block_size || owner >= TA_OWNERS) {
        TA_FAULT(TA_E_INVALID);
        return TA_NONE;
    }
    return IS_SLAB(a) ? slab_alloc(a, size, TAKER(false, owner)) : ta_alloc(a, size);
}

ta_status ta_set_owner(const ta_allocator *a, ta_handle h, unsigned owner)
{
    if (owner >= TA_OWNERS || !IS_SLAB(a))
        return invalid();
    ta_mask mask = ta_critical_enter();
    bool is_live_block = find_live(a, h) != NULL;
    if (is_live_block)
        change_owner(state_of(a), ta_handle_slot(h), (uint8_t)owner);
    ta_critical_exit(mask);
    return is_live_block ? TA_OK : TA_E_STALE;
}

ta_owner_counts ta_owner_stats(const ta_allocator *a, unsigned owner)
{
    ta_owner_counts counts = {0, 0};
    if (owner >= TA_OWNERS || !IS_SLAB(a))
        return counts;
    const slab_state *s = state_of(a);
    ta_mask mask = ta_critical_enter();
    counts.peak = s->highest[owner];
    counts.used = counts.peak - s->below[owner];
    ta_critical_exit(mask);
    return counts;
}

#if TA_WITH_BUFFER

/* The end of the loop does not depend on links: foreign code may have made them a ring. */
void ta_blocks_own_(const ta_allocator *a, ta_handle first, ta_handle last, size_t blocks, uint8_t owner)
{
    if (!IS_SLAB(a))
        return;
    for (ta_handle chunk = first; chunk.bits && blocks > 0; blocks--) {
        ta_set_owner(a, chunk, owner);
        chunk = chunk.bits == last.bits ? TA_NONE : slab_next(a, chunk);
    }
}

ta_status ta_buffer_set_owner(ta_buffer *b, unsigned owner)
{
    place end;
    size_t length;
    chain *c = AS_CHAIN(b);
    if (owner >= TA_OWNERS)
        return invalid();
    ta_status status = ta_chain_open_reader_(c, &end, &length);
    if (status != TA_OK)
        return status;
    c->owner = (uint8_t)owner;
    if (c->in.chunk.bits) /* of these, the chunk of a reservation may have no byte */
        ta_blocks_own_(c->allocator, c->out.chunk, c->in.chunk, length + 1, c->owner);
    return TA_OK;
}

#endif

/* A queue's chunks may be in use by the other side: they stay as they are. */
#if TA_WITH_QUEUE || TA_WITH_RECENT
static ta_status set_queue_owner(chain *c, unsigned owner)
{
    if (owner >= TA_OWNERS || !is_bound(c))
        return invalid();
    c->owner = (uint8_t)owner;
    return TA_OK;
}
#endif

#if TA_WITH_QUEUE
QUEUE_NAME(ta_status, ta_queue_set_owner, (ta_queue * q, unsigned owner), set_queue_owner,
           (QUEUE_CHAIN(q), owner))
#endif

#if TA_WITH_RECENT
QUEUE_NAME(ta_status, ta_recent_set_owner, (ta_recent * r, unsigned owner), set_queue_owner,
           (QUEUE_CHAIN(r), owner))
#endif

#endif /* TA_OWNERS */
