/**
 * @file status.h
 * @brief What calls return: TA_OK, or a negative reason.
 *
 * There are three kinds of results other than TA_OK:
 *
 * | kind                    | statuses                                   | what to do                              |
 * |-------------------------|--------------------------------------------|-----------------------------------------|
 * | normal at run time      | NO_MEMORY, FULL, EMPTY, RANGE, NO_MATCH, STALE | handle it where the call is made    |
 * | input from outside      | TA_MORE, NO_MATCH, OVERFLOW (parse.h)      | wait for more bytes, or reject the input |
 * | a bug in the caller     | INVALID                                    | fix the program                         |
 *
 * TA_E_INVALID is returned in every build. The statement TA_FAULT(code) of config.h runs first, so a debug build
 * can stop there. Calls that return a handle, a pointer or a length report the same kinds by TA_NONE, NULL or 0.
 *
 * A call that does not return TA_OK has changed nothing, with these exceptions:
 * - Counters of refused calls and bytes increase, and `*done` is 0.
 * - A buffer's open reservation may have been closed (buffer.h).
 * - A call that copies bytes out may have copied some of them before it met a stale chunk.
 * - Decoders and encoders of frames have advanced, and a decoder may have discarded a frame (framing.h).
 */
#ifndef TINYALLOC_STATUS_H
#define TINYALLOC_STATUS_H

#include "config.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a call returns; ta_status_name() gives its name as text. */
typedef enum ta_status {
    TA_OK = 0,           /**< The call did what it was asked for. */
    TA_E_NO_MEMORY = -1, /**< The allocator has not enough free blocks. */
    TA_E_FULL = -2,      /**< The call would exceed a limit that the program has set. */
    TA_E_EMPTY = -3,     /**< There are no bytes, or no further chunk or span. */
    TA_E_STALE = -4,     /**< The handle or object is stale: its blocks were freed elsewhere. */
    TA_E_INVALID = -5,  /**< A bug in the caller: NULL, more than a block, a commit beyond the reservation. */
    TA_E_RANGE = -6,    /**< A position or length is beyond the bytes that are stored. */
    TA_E_NO_MATCH = -7, /**< The searched bytes are not there, or the input is something else. */
    TA_E_OVERFLOW = -8, /**< A number does not fit its type or its maximum. */
    TA_MORE = -9        /**< The result depends on bytes that have not arrived yet. */
} ta_status;

/**
 * @brief The name of a status as text, for example "TA_E_EMPTY".
 *
 * O(1), from any context.
 * @param status Any value.
 * @return Constant text, never NULL; "unknown status" for a value that is no status.
 */
const char *ta_status_name(ta_status status);

#ifdef __cplusplus
}
#endif

#endif
