/* What a queue calls when its length has changed: the functions of its water marks, and its hook. */
#include "wake.h"

#if TA_WITH_BUFFER

void ta_chain_notify_(chain *c, bool is_writer)
{
    ta_queue *q = (ta_queue *)(void *)c;
    ta_mask mask = ta_critical_enter();
    size_t length = chain_length(c);
    if (HAS_MARKS(q) && c->is_high != is_writer &&
        (is_writer ? length >= q->marks->high : length <= q->marks->low)) {
        c->is_high = is_writer;
        (is_writer ? q->marks->on_high : q->marks->on_low)(q, q->marks->context);
    }
    unsigned events = is_writer ? take_data(q) : take_room(q);
    ta_critical_exit(mask);
    wake(q, events);
}

#endif /* TA_WITH_BUFFER */
