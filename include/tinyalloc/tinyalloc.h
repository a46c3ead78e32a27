/**
 * @file tinyalloc.h
 * @brief All of TinyAlloc: this header includes every other one that the build has.
 *
 *     interrupt --bytes--> [ queue ] --chunks--> [ buffer ] --view--> [ parser ] --> result
 *                              |                     |
 *                              '------ blocks of one slab ------'
 *
 * Queues (queue.h) and buffers (buffer.h) take their blocks from a slab (slab.h). Blocks are addressed by handles
 * (allocator.h). A handle to a freed block is stale: every call detects and rejects it. Critical sections come from a
 * port (port.h), build options from config.h.
 */
#ifndef TINYALLOC_TINYALLOC_H
#define TINYALLOC_TINYALLOC_H

#include "allocator.h"
#include "config.h"
#include "pool.h"
#include "port.h"
#include "slab.h"
#include "status.h"
#if TA_WITH_BUFFER
#include "buffer.h"
#endif
#if TA_WITH_STREAM
#include "stream.h"
#endif
#if TA_WITH_VIEW
#include "lines.h"
#include "view.h"
#endif
#if TA_WITH_PARSE
#include "parse.h"
#endif
#if TA_WITH_FRAMING
#include "cobs.h"
#include "crc.h"
#include "slip.h"
#endif
#if TA_WITH_QUEUE
#include "queue.h"
#endif
#if TA_WITH_RECENT
#include "recent.h"
#endif
#if TA_WITH_GLOBAL
#include "global.h"
#endif
#include "owners.h"

#define TA_VERSION "0.1.0" /**< The version of these headers. */

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief The version of the library that was linked.
 *
 * Compare it with TA_VERSION, the version of the headers: the link-time check of options.h does not.
 * O(1), from any context.
 * @return Constant text, never NULL.
 */
const char *ta_version(void);

#ifdef __cplusplus
}
#endif

#endif
