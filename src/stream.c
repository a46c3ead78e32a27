/* A buffer as a stream: removing what was found, and moving bytes from one buffer to another. */
#include "chain.h"
#include <tinyalloc/stream.h>

#if TA_WITH_STREAM

/* ---- Consuming what was found -------------------------------------------------------------------------- */

struct predicate {
    ta_byte_predicate is_match;
    void *context;
};

static bool is_no_match(uint8_t byte, void *context)
{
    const struct predicate *p = context;
    return !p->is_match(byte, p->context);
}

ta_status ta_buffer_skip_while(ta_buffer *b, ta_byte_predicate is_match, void *context, size_t *done)
{
    if (!is_match || !done)
        return invalid();
    struct predicate p = {is_match, context};
    size_t n = ta_buffer_len(b);
    *done = 0;
    ta_status status = ta_buffer_find_if(b, 0, is_no_match, &p, &n);
    if (status == TA_OK || status == TA_E_NO_MATCH)
        status = ta_buffer_consume(b, n);
    if (status == TA_OK)
        *done = n;
    return status;
}

ta_status ta_buffer_consume_until(ta_buffer *b, uint8_t byte, size_t *done)
{
    size_t position = 0;
    if (!done)
        return invalid();
    *done = 0;
    ta_status status = ta_buffer_cancel(b);
    if (status == TA_OK)
        status = ta_buffer_find(b, 0, byte, &position);
    if (status == TA_OK)
        status = ta_buffer_consume(b, position + 1);
    if (status == TA_OK)
        *done = position + 1;
    return status;
}

/* ---- From buffer to buffer ----------------------------------------------------------------------------- */

ta_status ta_buffer_drain_into(ta_buffer *destination, ta_buffer *source, size_t n)
{
    chain *to = AS_CHAIN(destination), *from = AS_CHAIN(source);
    if (to == from || !is_bound(to) || !is_bound(from))
        return invalid();
    ta_chain_follow_(to);
    if (ta_chain_next_allocator_(to) == from->allocator)
        return ta_chain_move_(to, from, n);
    size_t before = ta_buffer_len(destination);
    ta_status status = ta_chain_close_(from);
    if (status == TA_OK)
        status = ta_buffer_copy_range(destination, source, 0, n);
    if (status != TA_OK)
        return status;
    status = ta_buffer_consume(source, n);
    if (status != TA_OK)
        ta_buffer_truncate(destination, before); /* the chunk after these bytes is gone */
    return status;
}

ta_status ta_buffer_append(ta_buffer *destination, ta_buffer *source)
{
    return ta_buffer_drain_into(destination, source, ta_buffer_len(source));
}

ta_status ta_buffer_split(ta_buffer *front, ta_buffer *b, size_t n)
{
    if (!front || front == b)
        return invalid();
    ta_buffer taken = TA_BUFFER_INIT(TA_GLOBAL && front->chain.is_global ? NULL : front->chain.allocator);
    taken.chain.limit = front->chain.limit;
    SET_CHAIN_OWNER(&taken.chain, CHAIN_OWNER(&front->chain));
    ta_status status = ta_buffer_drain_into(&taken, b, n);
    return status == TA_OK ? ta_buffer_move(front, &taken) : status;
}

#endif /* TA_WITH_STREAM */
