/**
 * @file wake.h
 * @brief How a task sleeps until there is something to do. Needs TA_WAKE.
 *
 * The library never waits: waiting is the RTOS's. It calls a function of yours, the hook, when what was missing may have
 * come. The hook gives a semaphore or notifies a task. docs/rtos.md has complete programs.
 *
 * | event         | called when                                             | in the context of                      |
 * |---------------|---------------------------------------------------------|----------------------------------------|
 * | TA_WAKE_DATA  | after ta_queue_arm(): bytes were written or dropped (1) | the queue's writer                     |
 * | TA_WAKE_FULL  | the limit has refused bytes, the first time since ROOM  | the queue's writer                     |
 * | TA_WAKE_ROOM  | after FULL, there is room for the bytes that it refused | the queue's reader; sometimes the writer |
 * | TA_WAKE_BLOCK | a block was freed after the slab had refused one        | whoever frees it                       |
 *
 * (1) The first bytes that ta_queue_push() or ta_queue_write() drops wake the reader, too. A line in which bytes are missing
 * never ends, and only the reader can remove what is stored of it (lines.h).
 *
 * A hook belongs to a queue (ta_queue_set_wake()) or to a slab (ta_slab_set_wake()). A task looks first, and sleeps only
 * if it finds nothing. After each wake-up it looks again:
 *
 *     for (;;) {                                                     // the reader of a queue
 *         ta_queue_arm(&received);                                   // from now on, the next write wakes me
 *         if (ta_lines_read(&lines, text, sizeof text, NULL) == TA_OK)
 *             handle(text);
 *         else
 *             semaphore_take(sem, timeout);                          // nothing was there when I looked
 *     }
 *     while (ta_queue_write(&work, data, n) == TA_E_FULL)            // the writer of a queue: the refusal arms
 *         semaphore_take(sem, timeout);
 *     while (!(h = ta_alloc(pool, n)).bits)                          // a user of a slab: the refusal arms
 *         semaphore_take(sem, timeout);
 *
 * No wake-up is lost. What a task waits for is there when it looks, or the hook is called after that. The semaphore must
 * remember a give that comes before the take: a binary semaphore and a task notification do.
 *
 * The reader arms before *each* look that it may sleep after. If it arms after the look, bytes that arrive between the two
 * wake nobody. If it does not arm again after handle(), a write may have called the hook already, and handle() may have
 * taken the semaphore while it waited for something else. It arms for any bytes, not for the first ones in an empty queue,
 * because it may wait for more than is stored, for example for the rest of a line.
 *
 * For every hook:
 * - **Calls**: at least one for each event in the table. There may be more, so a hook is a hint: look again.
 * - **All waiters**: one call is for everybody who waits. If several tasks wait for blocks of one slab, or for room in one
 *   queue, the hook wakes all of them. Those who find nothing are refused again, which arms the hook again.
 * - **Place**: the library calls it outside its own critical sections. If the caller has opened one, the hook runs inside
 *   it, where an RTOS may not allow what the hook does. Tasks that share one side of a queue use a mutex instead.
 * - **What it may do**: what an interrupt could do at that moment. It must not use the queue or buffer whose call has led
 *   to it from the same side.
 * - **Memory**: the ta_wake belongs to the caller. It is constant and must exist as long as the queue or slab.
 */
#ifndef TINYALLOC_WAKE_H
#define TINYALLOC_WAKE_H

#include "config.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What may have come: bits of the second argument of a hook. */
enum {
    TA_WAKE_DATA = 1, /**< A queue: bytes were written, or dropped. */
    TA_WAKE_ROOM = 2, /**< A queue: there is room below the limit again. */
    TA_WAKE_FULL = 4, /**< A queue: the limit has refused bytes. */
    TA_WAKE_BLOCK = 8 /**< A slab: a block is free again. */
};

/** A hook. */
typedef struct ta_wake {
    void (*call)(void *context, unsigned events); /**< The function. */
    void *context;                                /**< What it is called with, for example a task. */
} ta_wake;

#ifdef __cplusplus
}
#endif

#endif
