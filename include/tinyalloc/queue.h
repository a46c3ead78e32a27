/**
 * @file queue.h
 * @brief Bytes on a chain of blocks, from one writer to one reader. Either may be an interrupt.
 *
 *     the reader's end                       the writer's end
 *     [.....|aaa]-->[bbbbbbbb]-->[cc|......]
 *            ^ next byte to read    ^ next byte to write
 *
 * Each end counts the bytes that pass it, and only its own side changes it. The bytes of one write are contiguous and
 * become visible together, by one store. A chunk that was read to its end is freed by the next call that removes a
 * byte after it. So an empty queue keeps at most one block, until ta_queue_trim() or ta_queue_clear(), and n bytes
 * take at most 1 + ceil(n / block_size) blocks. An open reservation may have one more.
 *
 * For every call below:
 * - **Binding**: TA_QUEUE_DEFINE, TA_QUEUE_INIT or ta_queue_init() binds the queue to its allocator. The queue owns
 *   its chunks.
 * - **Context**: one context writes, one reads, and one may interrupt the other. Several writers or several readers
 *   wrap their calls in ta_critical_enter() and ta_critical_exit(). The table says which side makes which call.
 * - **Results**: all or nothing; a call that does not return TA_OK has changed nothing but ta_queue_dropped(). Every
 *   status call may return TA_E_STALE, and TA_E_INVALID for a NULL that is not allowed or a queue that is bound to
 *   nothing; only other reasons are listed.
 * - **Stale**: a side is stale when the chunk of its end was freed elsewhere, for example by ta_clear(). Its calls
 *   are rejected until ta_queue_clear(). See GUARANTEES.md, G4.
 * - **Cost**: O(1), unless a call says otherwise; k is the number of chunks that it passes.
 * - **Units**: lengths and positions are in bytes. Positions count from the first byte stored.
 *
 * | call                            | context        | masks at most (see GUARANTEES.md, G14) | takes at most         |
 * |---------------------------------|----------------|----------------------------------------|-----------------------|
 * | push, reserve                   | writer         | taking a block                         | one block             |
 * | write, write_some               | writer         | taking a few blocks at a time          | the blocks of n bytes |
 * | commit, cancel                  | writer         | freeing the block of a reservation     | nothing               |
 * | room                            | writer         | counting free blocks                   | nothing               |
 * | set_limit                       | writer         | nothing                                | nothing               |
 * | pop, read, read_some, consume   | reader         | freeing one block at a time            | nothing               |
 * | peek, front, at, find, copy_out | reader         | nothing                                | nothing               |
 * | take, drain_into                | reader         | taking, linking or freeing blocks      | one block             |
 * | len, is_empty, limit, dropped   | any            | nothing; `dropped` reads its counter   | nothing               |
 * | trim                            | see there      | detaching the block, then freeing it   | nothing               |
 * | clear                           | no other call  | freeing one block at a time            | nothing               |
 * | check                           | no other call  | nothing                                | nothing               |
 * | init, set_marks, use_headroom   | before any use | nothing                                | nothing               |
 * | arm                             | reader         | setting a flag                         | nothing               |
 * | set_wake                        | before any use | nothing                                | nothing               |
 *
 * On AVR, each load or store of a counter is masked, too. A refused push or write counts the bytes while masked. With
 * water marks, each call that adds or removes bytes has one more critical section, which includes the callback. With a
 * hook (TA_WAKE), the same section serves both; so have each call that the limit refuses, and ta_queue_set_limit(). The
 * hook is called after it.
 *
 * Writer and reader may be on two cores, with a port for several cores (port.h). Then both may be inside a call at the
 * same time, and this is what changes:
 *
 * | call                          | on two cores                                                                        |
 * |-------------------------------|-------------------------------------------------------------------------------------|
 * | the writer's, the reader's    | nothing changes; with water marks, other cores' critical sections wait for callbacks |
 * | limit, dropped                | nothing changes                                                                     |
 * | len, is_empty                 | nothing for either side; a third context may get more than was stored at any time   |
 * | trim                          | the other side must be outside its calls: see there                                 |
 * | clear, check                  | no call on any core; the next user must see what was done, as after init            |
 * | init, set_…, use_headroom     | before the other core is told of the queue, by a call that orders memory            |
 * | views, lines (their headers)  | nothing changes: they are the reader's                                              |
 *
 * A reservation (ta_queue_reserve()) stays open until commit or cancel, or until push, write, write_some or reserve
 * uses its space. It stays open if they fail or write 0 bytes. The reader's calls and ta_queue_trim() do not change it.
 */
#ifndef TINYALLOC_QUEUE_H
#define TINYALLOC_QUEUE_H

#include "buffer.h"
#include "wake.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types --------------------------------------------------------------------------------------------- */

typedef struct ta_queue ta_queue;

/** When to tell the other end of the line to pause and to continue, as RTS does. Constant; `high` is above `low`. */
typedef struct ta_water_marks {
    size_t
        high; /**< on_high is called when at least that many bytes are stored. An empty pool does not trigger it. */
    size_t low; /**< After that, on_low is called once at most that many bytes are stored. */
    void (*on_high)(ta_queue *q,
                    void *context); /**< Called in the writer's context, while masked: keep it short. */
    void (*on_low)(ta_queue *q,
                   void *context); /**< Called in the reader's context, while masked: keep it short. */
    void *context;                 /**< What both are called with, for example the UART of this queue. */
} ta_water_marks;

#if TA_WAKE
#define TA_QUEUE_WAKE_                                                                         \
    const ta_wake *wake; /**< Private: NULL if there is none. */                               \
    size_t wanted;       /**< Private: bytes that somebody waits to write; 0: nobody waits. */ \
    bool is_armed;       /**< Private: the next write calls the hook. Both are used only while masked. */
#define TA_QUEUE_WAKE_INIT_ , 0, 0, false
#else
#define TA_QUEUE_WAKE_
#define TA_QUEUE_WAKE_INIT_
#endif

/** A queue. Its members are private. Zeroed memory is an empty queue that is bound to nothing. */
struct ta_queue {
    ta_chain_ chain;             /**< Private: the chain. */
    const ta_water_marks *marks; /**< Private: NULL if there are none. */
    size_t
        gap; /**< Private: how many bytes had been written when bytes were refused, first since a reader asked. */
    TA_QUEUE_WAKE_
};

/**
 * @brief Initialiser of an empty queue.
 * @param allocator The allocator to bind it to.
 * @param limit     The most bytes it may store; 0: no limit.
 */
#define TA_QUEUE_INIT(allocator, limit)                                   \
    {                                                                     \
        TA_CHAIN_INIT_((allocator), (limit), 1), 0, 0 TA_QUEUE_WAKE_INIT_ \
    }

/**
 * @brief Define a queue at file scope.
 * @param name      Its name.
 * @param allocator The allocator to bind it to.
 * @param limit     The most bytes it may store; 0: no limit.
 */
#define TA_QUEUE_DEFINE(name, allocator, limit) ta_queue name = TA_QUEUE_INIT(allocator, limit)

/**
 * @brief Declare a queue that another source file defines.
 * @param name Its name.
 */
#define TA_QUEUE_DECLARE(name) TA_EXTERN_ ta_queue name

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

/**
 * @brief Make a queue empty and bind it, before either side uses it.
 *
 * Blocks that it had before are forgotten, not freed: call ta_queue_clear() first. Water marks, hook and headroom are
 * off.
 * @param q         The queue.
 * @param allocator Its allocator.
 * @param limit     The most bytes it may store; 0: no limit.
 * @return TA_OK or TA_E_INVALID.
 */
ta_status ta_queue_init(ta_queue *q, const ta_allocator *allocator, size_t limit);

/**
 * @brief Remove all bytes, close the reservation and free all blocks. O(k).
 *
 * No other call on the queue may be in progress: disable the interrupt first. A stale queue, or one whose chain is
 * broken, frees nothing; it is empty and usable afterwards. Limit, marks and ta_queue_dropped() stay. If on_high was
 * called last, on_low is called.
 * @param q The queue.
 * @return TA_OK, also if the queue was stale, or TA_E_INVALID.
 */
ta_status ta_queue_clear(ta_queue *q);

/**
 * @brief Set the limit: the number of bytes above which writes return TA_E_FULL. Writer's context.
 *
 * Bytes that are stored already stay, even above the limit. An open reservation may still be committed.
 * @param q     The queue.
 * @param limit The limit; 0: none.
 * @return TA_OK, TA_E_INVALID or TA_E_STALE.
 */
ta_status ta_queue_set_limit(ta_queue *q, size_t limit);

/**
 * @brief Set the water marks, before either side uses the queue.
 *
 * With marks, push and pop cost several times as much, because each call compares the length while masked.
 * @param q     The queue.
 * @param marks The marks, which must exist as long as the queue; NULL: none.
 * @retval TA_E_INVALID A callback is missing, or `high` is not above `low`.
 */
ta_status ta_queue_set_marks(ta_queue *q, const ta_water_marks *marks);

/**
 * @brief Set the hook that wakes the tasks which wait for this queue, before either side uses it. Needs TA_WAKE.
 *
 * It is called with TA_WAKE_DATA, TA_WAKE_ROOM and TA_WAKE_FULL; see wake.h. It is armed for the first bytes. If a write
 * needs a block and none is free, the slab's hook tells when there is one: ta_slab_set_wake(). As with water marks, push and
 * pop cost several times as much, because each call looks at the length while masked: write several bytes a call where
 * the hardware has them.
 * @param q    The queue.
 * @param hook The hook, which must exist as long as the queue; NULL: none.
 * @retval TA_E_INVALID The hook has no function.
 */
ta_status ta_queue_set_wake(ta_queue *q, const ta_wake *hook);

/**
 * @brief Let the next write call the hook with TA_WAKE_DATA. Reader's context. Needs TA_WAKE.
 *
 * Call it before you look whether there is enough to read, and look before you sleep. One critical section.
 * @param q The queue.
 * @retval TA_E_INVALID The queue has no hook.
 */
ta_status ta_queue_arm(ta_queue *q);

/**
 * @brief Let the writer take blocks from the headroom of the slab (ta_slab_set_headroom()).
 *
 * For a queue that an interrupt writes. Call it before either side uses the queue.
 * @param q The queue.
 * @retval TA_E_INVALID The allocator is not a slab.
 */
ta_status ta_queue_use_headroom(ta_queue *q);

/**
 * @brief Free the block that an empty queue keeps. Nothing happens if bytes are stored or a reservation is open.
 *
 * No call of the other side may be in progress. So call it from the side that is interrupted, usually the main loop,
 * or while the other side's interrupt is disabled. If the other side is on another core or in another thread, both sides
 * wrap their calls in critical sections, or the other side is stopped.
 * @param q The queue.
 * @return TA_OK, TA_E_INVALID or TA_E_STALE.
 */
ta_status ta_queue_trim(ta_queue *q);

/* ---- The writer's calls -------------------------------------------------------------------------------- */

/**
 * @brief Append one byte.
 * @param q    The queue.
 * @param byte The byte.
 * @retval TA_E_NO_MEMORY A block is needed and none is free. One byte counts as dropped.
 * @retval TA_E_FULL      The limit is reached. One byte counts as dropped.
 */
ta_status ta_queue_push(ta_queue *q, uint8_t byte);

/**
 * @brief Append n bytes, all or none. The reader sees all of them at once. O(n).
 * @param q    The queue.
 * @param data The bytes; may be NULL if n is 0.
 * @param n    How many.
 * @retval TA_E_NO_MEMORY Too few blocks are free. n bytes count as dropped.
 * @retval TA_E_FULL      The limit would be exceeded. n bytes count as dropped.
 */
ta_status ta_queue_write(ta_queue *q, const void *data, size_t n);

/**
 * @brief Append as many of n bytes as limit and free blocks allow. Nothing counts as dropped. O(n).
 * @param q         The queue.
 * @param data      The bytes; may be NULL if n is 0.
 * @param n         How many.
 * @param[out] done How many were appended; 0 after an error other than TA_E_INVALID.
 * @retval TA_OK          At least one byte was appended, or n is 0.
 * @retval TA_E_NO_MEMORY No byte was appended, because no block is free.
 * @retval TA_E_FULL      No byte was appended, because the limit is reached.
 */
ta_status ta_queue_write_some(ta_queue *q, const void *data, size_t n, size_t *done);

/**
 * @brief Open a reservation: contiguous space after the last byte, which the writer or its DMA fills.
 *
 * The span is valid until ta_queue_commit(), ta_queue_cancel(), or the next call that writes. Nothing counts as
 * dropped.
 * @param q         The queue.
 * @param n         How many bytes are wanted.
 * @param[out] span 1 to n bytes of space.
 * @retval TA_E_NO_MEMORY A block is needed and none is free.
 * @retval TA_E_FULL      The limit is reached.
 * @retval TA_E_INVALID   n is 0.
 */
ta_status ta_queue_reserve(ta_queue *q, size_t n, ta_span *span);

/**
 * @brief Append the first n bytes of the reservation, and close it. The reader sees all of them at once.
 * @param q The queue.
 * @param n How many bytes of the span are data. 0: as ta_queue_cancel().
 * @retval TA_E_INVALID No reservation is open, or n is more than its span.
 */
ta_status ta_queue_commit(ta_queue *q, size_t n);

/**
 * @brief Close the reservation without appending anything. A block that was taken for it is freed.
 * @param q The queue.
 * @return TA_OK, also if no reservation is open; TA_E_INVALID or TA_E_STALE.
 */
ta_status ta_queue_cancel(ta_queue *q);

/**
 * @brief How many bytes ta_queue_write() would accept now, if no other context takes a block.
 * @param q The queue.
 * @return Bytes; 0 if `q` is stale or invalid.
 */
size_t ta_queue_room(const ta_queue *q);

/* ---- The reader's calls -------------------------------------------------------------------------------- */

/**
 * @brief Remove the first byte and store it in *byte.
 * @param q         The queue.
 * @param[out] byte The byte; unchanged after an error.
 * @retval TA_E_EMPTY The queue is empty.
 */
ta_status ta_queue_pop(ta_queue *q, uint8_t *byte);

/**
 * @brief Copy the first byte and leave it in the queue.
 * @param q         The queue.
 * @param[out] byte The byte; unchanged after an error.
 * @retval TA_E_EMPTY The queue is empty.
 */
ta_status ta_queue_peek(const ta_queue *q, uint8_t *byte);

/**
 * @brief Copy the byte at a position and leave it in the queue. O(k).
 * @param q         The queue.
 * @param position  Its position.
 * @param[out] byte The byte; unchanged after an error.
 * @retval TA_E_RANGE Not more than `position` bytes are stored.
 */
ta_status ta_queue_at(const ta_queue *q, size_t position, uint8_t *byte);

/**
 * @brief Remove the first n bytes and copy them to plain memory, all or none. O(n).
 * @param q         The queue.
 * @param[out] data The bytes; may be NULL if n is 0.
 * @param n         How many.
 * @retval TA_E_RANGE Fewer bytes are stored.
 */
ta_status ta_queue_read(ta_queue *q, void *data, size_t n);

/**
 * @brief Remove as many of the first n bytes as are stored, and copy them to plain memory. O(n).
 * @param q         The queue.
 * @param[out] data The bytes; may be NULL if n is 0.
 * @param n         The most bytes to remove.
 * @param[out] done How many were removed; 0 after an error other than TA_E_INVALID.
 * @retval TA_E_EMPTY The queue is empty, and n is not 0.
 */
ta_status ta_queue_read_some(ta_queue *q, void *data, size_t n, size_t *done);

/**
 * @brief The first contiguous bytes, in place: for DMA, or to look at. Remove them with ta_queue_consume().
 * @param q         The queue.
 * @param[out] span The bytes; valid until they are removed.
 * @retval TA_E_EMPTY The queue is empty.
 */
ta_status ta_queue_front(const ta_queue *q, ta_span *span);

/**
 * @brief Copy n bytes from a position on to plain memory, and leave them in the queue. O(k + n).
 * @param q         The queue.
 * @param position  Where they begin.
 * @param[out] data The copy; may be NULL if n is 0.
 * @param n         How many.
 * @retval TA_E_RANGE Fewer bytes are stored from there on.
 */
ta_status ta_queue_copy_out(const ta_queue *q, size_t position, void *data, size_t n);

/**
 * @brief Find the first byte of a value from a position on. O(length).
 *
 * A search can be resumed when more bytes have arrived: begin with position 0, and after TA_E_NO_MATCH begin the next
 * search where this one ended.
 *
 * @param q             The queue.
 * @param from          Where to begin.
 * @param byte          The value.
 * @param[out] position Where it is; with TA_E_NO_MATCH, where to resume; unchanged after another error.
 * @retval TA_E_NO_MATCH The value is not there.
 * @retval TA_E_RANGE    Fewer bytes are stored than `from`.
 */
ta_status ta_queue_find(const ta_queue *q, size_t from, uint8_t byte, size_t *position);

/**
 * @brief Remove the first n bytes, all or none. O(k).
 * @param q The queue.
 * @param n How many.
 * @retval TA_E_RANGE Fewer bytes are stored.
 */
ta_status ta_queue_consume(ta_queue *q, size_t n);

/**
 * @brief Move all bytes that have arrived to the end of a buffer. As ta_queue_drain_into() with their number.
 * @param q           The queue.
 * @param destination The buffer that gets them.
 * @retval TA_OK          The bytes were moved, or there were none.
 * @retval TA_E_NO_MEMORY A block is needed and none is free.
 * @retval TA_E_FULL      The destination's limit would be exceeded.
 * @retval TA_E_STALE     The queue or the destination is stale.
 * @retval TA_E_INVALID   The two use different allocators.
 */
ta_status ta_queue_take(ta_queue *q, ta_buffer *destination);

/**
 * @brief Move the first n bytes of a queue to the end of a buffer, all or none. O(k), or O(n) where bytes are copied.
 *
 * Chunks are relinked without a copy if the destination is empty, or if its last chunk is full and no byte was removed
 * from the source's first one. Otherwise the bytes of each chunk move up to fill the chunk before it. The queue's last
 * chunk stays, because the writer may use it; its bytes are copied. The caller must own the destination (buffer.h).
 * @param destination The buffer that gets them.
 * @param source      The queue.
 * @param n           How many.
 * @retval TA_E_RANGE     The queue stores fewer bytes.
 * @retval TA_E_NO_MEMORY A block is needed and none is free.
 * @retval TA_E_FULL      The destination's limit would be exceeded.
 * @retval TA_E_STALE     The queue or the destination is stale.
 * @retval TA_E_INVALID   The two use different allocators.
 */
ta_status ta_queue_drain_into(ta_buffer *destination, ta_queue *source, size_t n);

/* ---- Inspection ---------------------------------------------------------------------------------------- */

/**
 * @brief How many bytes are stored: a snapshot.
 *
 * For the writer the true number can only be lower by the time it is used; for the reader it can only be higher. A
 * context that is neither, on another core or in another thread, may get a number above the limit, because bytes may pass
 * both ends between its two loads.
 * @param q The queue.
 * @return Bytes; 0 if `q` is NULL.
 */
size_t ta_queue_len(const ta_queue *q);

/**
 * @brief Is the queue empty?
 * @param q The queue.
 * @return true if ta_queue_len() is 0.
 */
static inline bool ta_queue_is_empty(const ta_queue *q)
{
    return ta_queue_len(q) == 0;
}

/**
 * @brief The limit.
 * @param q The queue.
 * @return The limit; 0: none, or `q` is NULL.
 */
size_t ta_queue_limit(const ta_queue *q);

/**
 * @brief How many bytes ta_queue_push() and ta_queue_write() refused with TA_E_FULL or TA_E_NO_MEMORY.
 * @param q The queue.
 * @return Bytes since the queue was initialised, up to 65,535; 0 if `q` is NULL.
 */
size_t ta_queue_dropped(const ta_queue *q);

/**
 * @brief Check the invariants of a queue. O(k), while neither side is inside a call.
 * @param q The queue.
 * @return 0, also if `q` is stale or invalid; otherwise the number of what is broken, as ta_buffer_check() says.
 */
int ta_queue_check(const ta_queue *q);

/* For queue.hpp: `from` moves to `to`, which is empty; views of both become stale. While neither side uses them. */
void ta_queue_move_(ta_queue *to, ta_queue *from);

#ifdef __cplusplus
}
#endif

#endif
