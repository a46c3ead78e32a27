/* Queues: what a buffer does not have. Writing, reading and looking are in chain_write.c and chain_read.c. */
#include "chain.h"
#include "wake.h"
#include <string.h>

#if TA_WITH_QUEUE

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

ta_status ta_queue_init(ta_queue *q, const ta_allocator *allocator, size_t limit)
{
    const ta_queue empty = TA_QUEUE_INIT(allocator, limit);
    if (!q || !allocator)
        return invalid();
    *q = empty;
    return TA_OK;
}

/* The writer may interrupt: it changes its chunk only together with bytes or a reservation, and then there
 * is nothing to do. */
ta_status ta_queue_trim(ta_queue *q)
{
    if (!is_bound(QUEUE_CHAIN(q)))
        return invalid();
    chain *c = &q->chain;
    ta_mask mask = ta_critical_enter();
    ta_handle last = c->in.chunk;
    bool is_stale = last.bits && !is_chunk_live(c->allocator, last);
    bool is_drained = last.bits && !is_stale && c->in.count == c->out.count && c->in.reserved == 0;
    if (is_drained)
        ta_chain_forget_(c);
    ta_critical_exit(mask);
    if (is_drained)
        free_chunk(c->allocator, last);
    return is_stale ? TA_E_STALE : TA_OK;
}

/* A stale queue frees nothing. */
ta_status ta_queue_clear(ta_queue *q)
{
    chain *c = QUEUE_CHAIN(q);
    ta_status status = ta_chain_close_(c);
    if (status == TA_E_INVALID)
        return status;
    if (status == TA_OK && ta_chain_take_(c, NULL, chain_length(c)) == TA_OK)
        ta_queue_trim(q);
    ta_chain_forget_(c);
    if (c->is_watched)
        ta_chain_notify_(c, false);
    return TA_OK;
}

/* Both begin where they ended: so neither has a byte that a view of it remembers. */
void ta_queue_move_(ta_queue *to, ta_queue *from)
{
    size_t read = to->chain.in.count, written = from->chain.in.count;
    *to = *from;
    to->gap += read - to->chain.out.count;
    ta_chain_end_views_(&to->chain, read);
    ta_queue_init(from, to->chain.allocator, to->chain.limit);
    from->chain.in.count = from->chain.out.count = written;
}

/* ---- Settings ------------------------------------------------------------------------------------------ */

ta_status ta_queue_set_limit(ta_queue *q, size_t limit)
{
    place p;
    chain *c = QUEUE_CHAIN(q);
    ta_status status = ta_chain_open_writer_(c, &p);
    if (status != TA_OK)
        return status;
    ta_port_store(&c->limit, limit);
    c->in.credit = 0;
    offer_room(q);
    return TA_OK;
}

ta_status ta_queue_set_marks(ta_queue *q, const ta_water_marks *marks)
{
    place p;
    chain *c = QUEUE_CHAIN(q);
    if (marks && (!marks->on_high || !marks->on_low || marks->low >= marks->high))
        return invalid();
    ta_status status = ta_chain_open_writer_(c, &p);
    if (status != TA_OK)
        return status;
    q->marks = marks;
    c->is_watched = marks != NULL || HAS_WAKE(q);
    c->in.credit = c->out.credit = 0;
    return TA_OK;
}

#if TA_WAKE

ta_status ta_queue_set_wake(ta_queue *q, const ta_wake *hook)
{
    place p;
    chain *c = QUEUE_CHAIN(q);
    if (hook && !hook->call)
        return invalid();
    ta_status status = ta_chain_open_writer_(c, &p);
    if (status != TA_OK)
        return status;
    q->wake = hook;
    q->is_armed = hook != NULL;
    q->wanted = 0;
    c->is_watched = hook != NULL || q->marks != NULL;
    c->in.credit = c->out.credit = 0;
    return TA_OK;
}

ta_status ta_queue_arm(ta_queue *q)
{
    if (!is_bound(QUEUE_CHAIN(q)) || !q->wake)
        return invalid();
    ta_mask mask = ta_critical_enter();
    q->is_armed = true;
    ta_critical_exit(mask);
    return TA_OK;
}

#endif

ta_status ta_queue_use_headroom(ta_queue *q)
{
    if (!is_bound(QUEUE_CHAIN(q)))
        return invalid();
#if TA_CUSTOM_BACKENDS
    if (q->chain.allocator->operations != &ta_slab_operations)
        return invalid();
#endif
    q->chain.uses_headroom = 1;
    return TA_OK;
}

/* ---- To a buffer --------------------------------------------------------------------------------------- */

ta_status ta_queue_drain_into(ta_buffer *destination, ta_queue *source, size_t n)
{
    if (!is_bound(QUEUE_CHAIN(source)) || !is_bound(AS_CHAIN(destination)))
        return invalid();
    ta_chain_follow_(AS_CHAIN(destination));
    if (ta_chain_next_allocator_(&destination->chain) != source->chain.allocator)
        return invalid();
    return ta_chain_move_(&destination->chain, &source->chain, n);
}

ta_status ta_queue_take(ta_queue *q, ta_buffer *destination)
{
    return ta_queue_drain_into(destination, q, ta_queue_len(q));
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

size_t ta_queue_dropped(const ta_queue *q)
{
    if (!q)
        return 0;
    ta_mask mask = ta_critical_enter();
    size_t dropped = q->chain.dropped;
    ta_critical_exit(mask);
    return dropped;
}

int ta_queue_check(const ta_queue *q)
{
    return ta_chain_check_(QUEUE_CHAIN(q));
}

#endif /* TA_WITH_QUEUE */
