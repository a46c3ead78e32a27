/* Today's names for those that the calls use. To be deleted with the first edition. */
#ifndef COMPAT_H
#define COMPAT_H

#include <tinyalloc/tinyalloc.h>

#define ta_slab_set_headroom ta_slab_set_reserve
#define ta_slab_alloc_headroom ta_slab_alloc_reserved
#define ta_queue_use_headroom ta_queue_use_reserve
#define ta_buffer_set_limit ta_buffer_set_max_len
#define ta_buffer_init(b, a) (ta_buffer_init(b, a), TA_OK)
#define ta_queue_init(q, a, n) (ta_queue_init(q, a, n), TA_OK)
#define STATE_HEADROOM reserve

static inline ta_status ta_queue_find(const ta_queue *q, uint8_t byte, size_t *position)
{
    uint8_t found;
    ta_status status = ta_queue_at((ta_queue *)(uintptr_t)q, 0, &found);
    *position = 0;
    return status != TA_OK || found == byte ? status : TA_E_NO_MATCH;
}

static inline ta_status ta_queue_copy_out(const ta_queue *q, size_t position, void *data, size_t n)
{
    ta_status status = TA_OK;
    for (size_t i = 0; status == TA_OK && i < n; i++)
        status = ta_queue_at((ta_queue *)(uintptr_t)q, position + i, (uint8_t *)data + i);
    return status;
}

static inline ta_status ta_queue_drain_into(ta_buffer *destination, ta_queue *source, size_t n)
{
    return n == ta_queue_len(source) ? ta_queue_take(source, destination) : TA_E_RANGE;
}

#endif
