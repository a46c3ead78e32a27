/* What foreign code may do with a live handle, or with a struct that it copied. */
#include "foreign.h"

static ta_status free_slot(const call *c)
{
    ta_handle h = pools_live(c->object);
    if (!h.bits)
        return (ta_status)NOT_POSSIBLE;
    return ta_free(the_pool.allocator, h) ? TA_OK : TA_E_STALE;
}

static ta_status resize_slot(const call *c)
{
    ta_handle h = pools_live(c->object);
    return h.bits ? ta_resize(the_pool.allocator, h, c->n) : (ta_status)NOT_POSSIBLE;
}

/* Free a block and take blocks until it is taken again; those are somebody's from then on. */
static ta_status retake_slot(const call *c)
{
    const ta_allocator *a = the_pool.allocator;
    ta_handle h = pools_live(c->object);
    if (!h.bits || !ta_free(a, h))
        return (ta_status)NOT_POSSIBLE;
    for (size_t i = 0; i < the_pool.blocks; i++) {
        ta_handle taken = ta_slab_alloc_headroom(a, c->n);
        if (!taken.bits || ta_handle_slot(taken) == c->object)
            break; /* none: its slot has retired */
    }
    return TA_OK;
}

/* Free a block, and let g take the next one that is free. */
static ta_status free_and_alloc(const call *c)
{
    ta_handle h = pools_live(c->object);
    if (!h.bits || !ta_free(the_pool.allocator, h))
        return (ta_status)NOT_POSSIBLE;
    now.single[1] = ta_alloc(the_pool.allocator, c->n);
    return TA_OK;
}

static ta_status append_slot_b(const call *c)
{
    ta_handle h = pools_live(c->object);
    return h.bits ? ta_buffer_append_block(&now.buffer[0], h, c->n) : (ta_status)NOT_POSSIBLE;
}

static ta_status append_slot_c(const call *c)
{
    ta_handle h = pools_live(c->object);
    return h.bits ? ta_buffer_append_block(&now.buffer[1], h, c->n) : (ta_status)NOT_POSSIBLE;
}

static ta_status copy_buffer(const call *c)
{
    now.buffer[1 - c->object] = now.buffer[c->object];
    return TA_OK;
}

static ta_status copy_queue(const call *c)
{
    (void)c;
    now.queue[1] = now.queue[0];
    return TA_OK;
}

static ta_status clear_pool(const call *c)
{
    (void)c;
    ta_clear(the_pool.allocator);
    return TA_OK;
}

static void add_of_slot(alphabet *to, uint8_t slot)
{
    call c = {"", free_slot, 0, slot, ON_ALL | ON_BUFFERS | ON_QUEUES, true};
    alphabet_add(to, &c, "free(slot=%d)", slot);
    c.run = resize_slot;
    for (c.n = 0; c.n <= the_pool.size; c.n++)
        alphabet_add(to, &c, "resize(slot=%d,%zu)", slot, c.n);
    c.n = 1;
    c.run = retake_slot;
    alphabet_add(to, &c, "retake(slot=%d)", slot);
    c.groups = ON_ALL;
    c.run = free_and_alloc;
    alphabet_add(to, &c, "free_and_alloc(slot=%d)", slot);
    c.n = the_pool.size;
    c.run = append_slot_c;
    alphabet_add(to, &c, "c.append_block(slot=%d)", slot);
    c.groups = ON_ALL | ON_BUFFERS;
    c.run = append_slot_b;
    alphabet_add(to, &c, "b.append_block(slot=%d)", slot);
}

void calls_of_foreign_code(alphabet *to)
{
    for (uint8_t slot = 0; slot < the_pool.blocks; slot++)
        add_of_slot(to, slot);
    const call copies[] = {{"", copy_buffer, 0, 0, ON_ALL | ON_BUFFERS, true},
                           {"", copy_buffer, 0, 1, ON_ALL, true},
                           {"", copy_queue, 0, 0, ON_ALL | ON_QUEUES, true},
                           {"", clear_pool, 0, 0, ON_ALL | ON_BUFFERS | ON_QUEUES, true}};
    alphabet_add(to, &copies[0], "copy(b,to=c)");
    alphabet_add(to, &copies[1], "copy(c,to=b)");
    alphabet_add(to, &copies[2], "copy(q,to=r)");
    alphabet_add(to, &copies[3], "clear_pool");
}
