/*
 * When the hook of a queue is due: see tinyalloc/wake.h. Whoever waits sets a flag in a critical section and then
 * looks; whoever has published clears the flag in a critical section after that. One of the two sees the other, whichever
 * section comes first. An event is due once, and the hook is called after the section.
 *
 *   is_armed   set by the reader, before it looks; cleared by the writer, after it has published in.count or set has_gap
 *   wanted     set by the refused writer, which then looks again; cleared by the reader, after it has published out.count
 */
#ifndef TINYALLOC_PRIVATE_WAKE_H
#define TINYALLOC_PRIVATE_WAKE_H

#include "chain.h"
#include <tinyalloc/queue.h>

#if TA_WAKE && TA_WITH_QUEUE

#define HAS_WAKE(q) ((q)->wake != NULL)
#define HAS_MARKS(q) ((q)->marks != NULL)

/* The writer has published bytes, or the reader must hear of refused ones. While masked. */
static inline unsigned take_data(ta_queue *q)
{
    unsigned events = q->is_armed ? TA_WAKE_DATA : 0;
    q->is_armed = false;
    return events;
}

/* Is there room for what was refused? An empty queue has all the room that there ever is. While masked. */
static inline unsigned take_room(ta_queue *q)
{
    size_t length = chain_length(&q->chain), limit = ta_port_load(&q->chain.limit);
    bool has_room = length == 0 || limit == 0 || (length < limit && limit - length >= q->wanted);
    if (q->wanted == 0 || !has_room)
        return 0;
    q->wanted = 0;
    return TA_WAKE_ROOM;
}

/* The limit has refused n bytes. Of several that wait, the one that needs least counts. While masked. */
static inline unsigned want_room(ta_queue *q, size_t n)
{
    if (!q->wake)
        return 0;
    unsigned events = q->wanted == 0 ? TA_WAKE_FULL : 0;
    if (q->wanted == 0 || n < q->wanted)
        q->wanted = n;
    return events | take_room(q); /* the reader may have removed bytes since the refusal */
}

/* After the section. With an event there is a hook. */
static inline void wake(const ta_queue *q, unsigned events)
{
    if (events)
        q->wake->call(q->wake->context, events);
}

/* The limit has changed: others may wait for the room that a higher one gives. */
static inline void offer_room(ta_queue *q)
{
    ta_mask mask = ta_critical_enter();
    unsigned events = take_room(q);
    ta_critical_exit(mask);
    wake(q, events);
}

#else

#define HAS_WAKE(q) false
#define HAS_MARKS(q) true
#define take_data(q) 0u
#define take_room(q) 0u
#define want_room(q, n) ((void)(q), (void)(n), 0u)
#define wake(q, events) ((void)(q), (void)(events))
#define offer_room(q) ((void)(q))

#endif

/* After the side has published its count, in a queue with water marks or a hook: call its function if the length has
 * crossed its mark, and the hook if it is due. */
void ta_chain_notify_(chain *c, bool is_writer);

#endif
