/**
 * @file tinyalloc.h
 * @brief All of TinyAlloc: slabs, buffers, queues.
 *
 * Bytes come in at a port (port.h), go through a queue (queue.h) into a buffer (buffer.h), all of them made
 * of blocks of one slab (slab.h), named by handles (allocator.h) that are found out when they dangle.
 */
#ifndef TINYALLOC_TINYALLOC_H
#define TINYALLOC_TINYALLOC_H

#include "allocator.h"
#include "config.h"
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
#include "view.h"
#endif
#if TA_WITH_PARSE
#include "parse.h"
#endif
#if TA_WITH_QUEUE
#include "queue.h"
#endif
#if TA_WITH_GLOBAL
#include "global.h"
#endif

#define TA_VERSION "0.1.0" /**< of these headers */

#ifdef __cplusplus
extern "C" {
#endif

/** The version of the library that was linked. Not part of the configuration check. */
const char *ta_version(void);

#ifdef __cplusplus
}
#endif

#endif
