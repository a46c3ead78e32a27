/**
 * @file lines.h
 * @brief Lines out of a queue or a buffer. Bytes arrive in pieces; each line is delivered once, whole or not at all.
 *
 *     static ta_lines lines = TA_LINES_OF_QUEUE(&received, 80);    // lines of at most 80 bytes
 *     char text[81];
 *     while (ta_lines_read(&lines, text, sizeof text, NULL) == TA_OK)
 *         handle(text);
 *
 * A line ends with LF or CR LF; with `ends_at_cr`, with CR alone, too. The end is not part of the line. CR and LF may
 * arrive apart.
 *
 * Two kinds of lines are skipped up to their end, and counted. Nothing of them is delivered:
 * - A line that is longer than the limit, or than the array of ta_lines_read(). It is removed as it arrives. So it
 *   needs no more room than a line of the limit. A line without an end in a queue or buffer that has reached its own
 *   limit is too long, too.
 * - A line in which the queue refused bytes. If more lines have arrived by the time the reader gets there, they are
 *   skipped, too, because more bytes may have been refused between them, and so is everything up to the next end that
 *   arrives. Lines before the refused bytes are delivered. Refused bytes count also if you have removed what was stored
 *   before them, and after ta_queue_clear().
 *
 * A writer that keeps the bytes for which there is no room (ta_queue_write_some(), ta_queue_reserve(), a buffer's
 * owner) loses none. Give its queue or buffer a limit that the pool can store, or the lines a limit that is lower.
 * Otherwise the writer may wait for room while the reader waits for the end of the line.
 *
 * You may remove bytes yourself, for example what follows a header: the next line begins with the first byte that is
 * left. Only what is left of a line that ta_lines_next() has delivered is not a line. Do not prepend to or truncate a
 * buffer while it contains such a line. Set up the ta_lines again after ta_queue_init() or ta_buffer_init(), and when you
 * clear a queue or buffer in the middle of a line.
 *
 * For every call below:
 * - **Context**: that of the queue's reader or of the buffer's owner.
 * - **Results**: every status call may return TA_E_STALE (the queue or buffer is stale), and TA_E_INVALID for a NULL
 *   that is not allowed. Only other reasons are listed.
 * - **Cost**: each byte is searched once, however often the calls are made; O(k) more a call, for k chunks of an
 *   unfinished line. Each call has one short critical section, and one or two more for each line that it skips.
 * - **Memory**: nothing is allocated. The queue or buffer must exist as long as the ta_lines is used. Blocks are freed
 *   as by ta_queue_consume() and ta_buffer_consume().
 */
#ifndef TINYALLOC_LINES_H
#define TINYALLOC_LINES_H

#include "view.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A reader of lines. */
typedef struct ta_lines {
    ta_chain_ *chain;                                             /**< Private: the queue or buffer. */
    ta_status (*take)(ta_chain_ *chain, uint8_t *data, size_t n); /**< Private: how its bytes are removed. */
    size_t limit;      /**< Bytes of the longest line that is delivered, without its end; 0: no limit. */
    uint16_t too_long; /**< Lines that were skipped because of their length, up to 65,535. */
    uint16_t damaged;  /**< Times that lines were skipped because the queue refused bytes, up to 65,535. */
    bool ends_at_cr;   /**< CR alone ends a line, too. Set it before the first call. */
    bool is_skipping;  /**< Private: up to the next end, nothing is delivered. */
    uint8_t last;      /**< Private: the last byte that was searched or used. */
    size_t stamp;      /**< Private: the chain's count of removed bytes after the last call. */
    size_t searched;   /**< Private: bytes of the chain that have no line end in them. */
    size_t used; /**< Private: bytes of a line that was delivered or skipped. The next call removes them. */
    ta_chain_place_ place; /**< Private: where the search of an unfinished line goes on. */
} ta_lines;

/* How the bytes of a queue and of a buffer are removed; `data` may be NULL. */
ta_status ta_chain_take_(ta_chain_ *chain, uint8_t *data, size_t n);
ta_status ta_lines_take_buffer_(ta_chain_ *chain, uint8_t *data, size_t n);

/**
 * @brief Initialiser of a reader of a queue's lines.
 * @param queue A pointer to the queue.
 * @param limit Bytes of the longest line that is delivered, without its end; 0: no limit.
 */
#define TA_LINES_OF_QUEUE(queue, limit)                                           \
    {                                                                             \
        &(queue)->chain, ta_chain_take_, (limit), 0, 0, false, false, 0, 0, 0, 0, \
        {                                                                         \
            0, 0, TA_NONE_INIT, 0                                                 \
        }                                                                         \
    }

/**
 * @brief Initialiser of a reader of a buffer's lines.
 * @param buffer A pointer to the buffer.
 * @param limit  Bytes of the longest line that is delivered, without its end; 0: no limit.
 */
#define TA_LINES_OF_BUFFER(buffer, limit)                                                 \
    {                                                                                     \
        &(buffer)->chain, ta_lines_take_buffer_, (limit), 0, 0, false, false, 0, 0, 0, 0, \
        {                                                                                 \
            0, 0, TA_NONE_INIT, 0                                                         \
        }                                                                                 \
    }

/**
 * @brief Deliver the next line as a view. The call first removes the line that was delivered before.
 * @param l         The reader.
 * @param[out] line The line without its end; a final view, valid until the next call. Unchanged after an error.
 * @retval TA_MORE No whole line has arrived yet.
 */
ta_status ta_lines_next(ta_lines *l, ta_view *line);

/**
 * @brief Deliver what is left after the last line end as a line. For the end of the input, after TA_MORE.
 * @param l         The reader.
 * @param[out] line The line; a final view, valid until the next call. Unchanged after an error.
 * @retval TA_E_EMPTY Nothing is left, or what is left belongs to a line that is skipped.
 */
ta_status ta_lines_last(ta_lines *l, ta_view *line);

/**
 * @brief Copy the next line to an array, with a NUL after it, and remove it.
 *
 * If the array has no room for all of the line's end, the rest of the end is removed by the next call.
 * @param l           The reader.
 * @param[out] text   The line and a NUL. What is after them in the array is not defined.
 * @param size        Bytes of the array. Lines of `size` bytes and more are skipped, as those above the limit are.
 * @param[out] length Bytes of the line without the NUL; may be NULL. (A line may contain NUL bytes of its own.)
 * @retval TA_MORE      No whole line has arrived yet.
 * @retval TA_E_INVALID `size` is 0.
 */
ta_status ta_lines_read(ta_lines *l, char *text, size_t size, size_t *length);

#ifdef __cplusplus
}
#endif

#endif
