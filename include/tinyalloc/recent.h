/**
 * @file recent.h
 * @brief A queue that keeps the newest: when there is no room, a write drops the oldest units.
 *
 *     the oldest unit                     the newest
 *     [.....|aaa]-->[abbbb|ccc]-->[cc|......]
 *            ^ read next              ^ written next
 *
 * A unit is what one write stores and one read delivers, always whole. All units have the same length, or each write is
 * a unit of its own length. In the second case a length of TA_RECENT_PREFIX bytes is stored before each unit, and the
 * limit counts it.
 *
 * There is room when the bytes stored stay within the limit and blocks are free. If not, a write first looks whether
 * dropping units would make room. Only then does it drop, the oldest unit first, and no more than needed. A unit that a
 * read has begun to copy counts as read: a write neither drops it nor waits for it, but cannot use its blocks either.
 *
 * To keep the last n samples, set the limit to n samples; to keep only the latest, to one. Without a limit the units
 * take all free blocks of the pool, and others find none.
 *
 * For every call below:
 * - **Binding**: TA_RECENT_DEFINE, TA_RECENT_INIT or ta_recent_init() binds it to its allocator. It owns its chunks.
 * - **Context**: one context writes, one reads, and one may interrupt the other. Several writers or several readers
 *   wrap their calls in ta_critical_enter() and ta_critical_exit(). Neither side waits for the other. If the writer
 *   drops the unit that a read is about to begin, the read looks again.
 * - **Results**: all or nothing. Every status call may return TA_E_STALE, and TA_E_INVALID for a NULL that is not
 *   allowed or an object that is bound to nothing; only other reasons are listed.
 * - **Stale**: the chunk of an end was freed elsewhere, for example by ta_clear(). Calls that need that end are
 *   rejected until ta_recent_clear(). See GUARANTEES.md, G4.
 * - **Cost**: O(1), unless a call says otherwise. Masked stretches are short and do not grow (GUARANTEES.md, G14).
 * - **Units**: lengths and the limit are in bytes; `count` and `dropped` are in units.
 *
 * | call                     | context       | masks at most                                           |
 * |--------------------------|---------------|---------------------------------------------------------|
 * | write                    | writer        | moving the front by one unit; taking or freeing a block |
 * | read                     | reader        | looking at the front; freeing one block at a time       |
 * | count, is_empty, dropped | any           | reading counters; is_empty nothing                      |
 * | clear, check             | no other call | freeing one block at a time                             |
 * | init                     | before use    | nothing                                                 |
 */
#ifndef TINYALLOC_RECENT_H
#define TINYALLOC_RECENT_H

#include "chain.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types --------------------------------------------------------------------------------------------- */

/** Bytes stored before each unit, if each write is a unit of its own length. */
#define TA_RECENT_PREFIX 2

/** The longest write that can be a unit of its own length, in bytes. */
#define TA_RECENT_MAX (0xffffu - TA_RECENT_PREFIX)

/** A queue that keeps the newest. Its members are private. Zeroed memory is an empty one that is bound to nothing. */
typedef struct ta_recent {
    ta_chain_ chain; /**< Private: the chain. Both sides move its reading end, while masked. */
    size_t unit;     /**< Private: bytes of every unit; 0: each write is a unit. */
    size_t written;  /**< Private: units written, modulo 2^N. Only the writer changes it. */
    size_t gone;     /**< Private: units read or dropped, modulo 2^N; changes while masked. */
    size_t version;  /**< Private: how often the reading end has changed; changes while masked. */
    size_t claimed;  /**< Private: bytes that the reader is copying and the reading end has not passed yet. */
    ta_handle
        pinned; /**< Private: where the unit ends that the reader is copying, if the writer has passed it. */
} ta_recent;

/**
 * @brief Initialiser of an empty queue that keeps the newest.
 * @param allocator The allocator to bind it to.
 * @param limit     The most bytes it may store; 0: no limit.
 * @param unit      Bytes of every unit; 0: each write is a unit of its own length.
 */
#define TA_RECENT_INIT(allocator, limit, unit)                                    \
    {                                                                             \
        TA_CHAIN_INIT_((allocator), (limit), 1), (unit), 0, 0, 0, 0, TA_NONE_INIT \
    }

/**
 * @brief Define a queue that keeps the newest at file scope.
 * @param name      Its name.
 * @param allocator The allocator to bind it to.
 * @param limit     The most bytes it may store; 0: no limit.
 * @param unit      Bytes of every unit; 0: each write is a unit of its own length.
 */
#define TA_RECENT_DEFINE(name, allocator, limit, unit) ta_recent name = TA_RECENT_INIT(allocator, limit, unit)

/**
 * @brief Declare a queue that keeps the newest and that another source file defines.
 * @param name Its name.
 */
#define TA_RECENT_DECLARE(name) TA_EXTERN_ ta_recent name

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

/**
 * @brief Make it empty and bind it, before either side uses it.
 *
 * Blocks that it had before are forgotten, not freed: call ta_recent_clear() first.
 * @param r         The object.
 * @param allocator Its allocator.
 * @param limit     The most bytes it may store; 0: no limit.
 * @param unit      Bytes of every unit; 0: each write is a unit of its own length.
 * @return TA_OK or TA_E_INVALID.
 */
ta_status ta_recent_init(ta_recent *r, const ta_allocator *allocator, size_t limit, size_t unit);

/**
 * @brief Remove all units and free all blocks. O(chunks).
 *
 * No other call on the object may be in progress: disable the interrupt first. If it is stale, or its chain is broken,
 * it frees nothing; it is empty and usable afterwards. ta_recent_dropped() stays, and does not count these units.
 * @param r The object.
 * @return TA_OK, also if it was stale, or TA_E_INVALID.
 */
ta_status ta_recent_clear(ta_recent *r);

/* ---- The writer's call --------------------------------------------------------------------------------- */

/**
 * @brief Store one unit; drop the oldest ones if there is no room. The reader sees all of it at once.
 *
 * O(n), and O(1) more for each unit dropped and each chunk freed. With units of one length, the limit makes a write drop
 * one unit at most. A write that is refused has dropped nothing, unless meanwhile others took blocks of the
 * same pool, a read began on another core, or a block that it freed went out of service (TA_RETIRE).
 * @param r    The object.
 * @param data The unit; may be NULL if n is 0.
 * @param n    Its bytes. If the units have one length, it must be that length.
 * @retval TA_E_FULL      The unit, with its prefix, is longer than the limit, or longer than TA_RECENT_MAX.
 * @retval TA_E_NO_MEMORY Even dropping all units would not give enough blocks.
 * @retval TA_E_INVALID   Also: n is not the length of a unit.
 */
ta_status ta_recent_write(ta_recent *r, const void *data, size_t n);

/* ---- The reader's call --------------------------------------------------------------------------------- */

/**
 * @brief Remove the oldest unit and copy it to plain memory. O(unit).
 * @param r           The object.
 * @param[out] data   The unit; may be NULL if `size` is 0. Unchanged after an error other than TA_E_STALE.
 * @param size        Bytes that fit there.
 * @param[out] length Bytes of the unit, also after TA_E_RANGE; 0 after another error; unchanged after TA_E_INVALID.
 * @retval TA_E_EMPTY No unit is stored.
 * @retval TA_E_RANGE The unit has more than `size` bytes. It stays the oldest one.
 */
ta_status ta_recent_read(ta_recent *r, void *data, size_t size, size_t *length);

/* ---- Inspection ---------------------------------------------------------------------------------------- */

/**
 * @brief How many units are stored. A unit that is being written may count already.
 * @param r The object; NULL: 0.
 * @return Units. The true value may change at any time, in both directions.
 */
size_t ta_recent_count(const ta_recent *r);

/**
 * @brief Is no unit stored?
 * @param r The object; NULL: true.
 * @return true if a read would return TA_E_EMPTY.
 */
bool ta_recent_is_empty(const ta_recent *r);

/**
 * @brief How many units were dropped to make room, up to 65,535. Writes that were refused do not count.
 * @param r The object; NULL: 0.
 * @return Units since ta_recent_init().
 */
size_t ta_recent_dropped(const ta_recent *r);

/**
 * @brief Do the invariants hold? For tests. O(bytes stored).
 *
 * No other call on the object may be in progress.
 * @param r The object.
 * @return 0 if it is sound or stale or bound to nothing; otherwise what is wrong:
 *         1 to 5: as ta_queue_check() says; 6: the stored bytes are not whole units; 7: the units are miscounted;
 *         8: a read has begun and not ended.
 */
int ta_recent_check(const ta_recent *r);

#ifdef __cplusplus
}
#endif

#endif
