/**
 * @file status.h
 * @brief What a call says of itself: 0 or a negative reason.
 *
 * Three kinds of errors, three channels. Scarcity and staleness are normal life: TA_NONE, NULL or a
 * negative status, counted where the noun keeps counters. Bad input from the wire is the parser's status.
 * A bug of the caller that can be seen is TA_E_INVALID in every build, and TA_FAULT(code) runs first.
 *
 * Everywhere: a call that does not return TA_OK has changed nothing.
 */
#ifndef TINYALLOC_STATUS_H
#define TINYALLOC_STATUS_H

#include "config.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a call returns; ta_status_name() gives its text. */
typedef enum ta_status {
    TA_OK = 0,           /**< done */
    TA_E_NO_MEMORY = -1, /**< the allocator has not enough free blocks */
    TA_E_FULL = -2,      /**< a limit that the caller set would be passed */
    TA_E_EMPTY = -3,     /**< nothing is held */
    TA_E_STALE = -4,     /**< the blocks this object holds were ended by somebody else */
    TA_E_INVALID = -5,   /**< the caller's bug: NULL, more than a block, a commit beyond the reservation */
    TA_E_RANGE = -6,     /**< more bytes than are held */
    TA_E_NO_MATCH = -7,  /**< what was looked for is not there */
    TA_E_OVERFLOW = -8,  /**< a number does not fit its type */
    TA_MORE = -9         /**< undecided until more bytes arrive */
} ta_status;


/** The name of a status as text, for people: "TA_OK". Never NULL; the text is constant. O(1), any context. */
const char *ta_status_name(ta_status status);

#ifdef __cplusplus
}
#endif

#endif
