/**
 * @file config.h
 * @brief Every build option, always defined. All are numbers, tested with `#if`, except TA_FAULT and TA_MISUSE, which are
 * statements.
 *
 * To change one, define it for every file of the program (compiler command line), or name a header
 * of your own with `-DTA_CONFIG_FILE='"my_config.h"'`. No option changes what a promise means.
 *
 * Objects that were built with different options do not link: see options.h. For that, each option that it lists must be a
 * plain number, without parentheses.
 */
#ifndef TINYALLOC_CONFIG_H
#define TINYALLOC_CONFIG_H

#ifdef TA_CONFIG_FILE
#include TA_CONFIG_FILE
#endif

#include "compiler.h"

/** 8 or 16: a slab has at most 255 or 65,535 blocks, and a block as many bytes. */
#ifndef TA_SLOT_BITS
#define TA_SLOT_BITS 16
#endif
/** 8, 16 or 32: 2^(bits-1) lifetimes of a slot are told apart. With 8-bit slots 8 or 16, otherwise 16 or 32. */
#ifndef TA_GENERATION_BITS
#define TA_GENERATION_BITS 16
#endif
/** 0 to 8: handles carry this many bits of the identity of their pool. */
#ifndef TA_HANDLE_POOL_BITS
#define TA_HANDLE_POOL_BITS 0
#endif
/** 1: a slot leaves service rather than wrap its generation. */
#ifndef TA_RETIRE
#define TA_RETIRE 0
#endif
/** 1: slabs keep their peak and count refused allocations. */
#ifndef TA_STATISTICS
#define TA_STATISTICS 1
#endif
/** 1: allocators other than the slab may be used. */
#ifndef TA_CUSTOM_BACKENDS
#define TA_CUSTOM_BACKENDS 0
#endif
/** 1: a buffer that is bound to NULL uses the global allocator. */
#ifndef TA_GLOBAL
#define TA_GLOBAL 0
#endif
/** 1, for development: checks for which a release need not pay. */
#ifndef TA_CHECKED
#define TA_CHECKED 0
#endif
/** 1: queues and pools call a hook that wakes a task. */
#ifndef TA_WAKE
#define TA_WAKE 0
#endif
/** 0, or 2 to 255: how many owners are told apart. It takes 1 byte a slot. */
#ifndef TA_OWNERS
#define TA_OWNERS 0
#endif
/** 1, for development: freed blocks are overwritten. */
#ifndef TA_POISON
#define TA_POISON 0
#endif
/** 0 to 255: what TA_POISON overwrites them with. */
#ifndef TA_POISON_BYTE
#define TA_POISON_BYTE 0xDB
#endif
/** 0 leaves out buffers. */
#ifndef TA_WITH_BUFFER
#define TA_WITH_BUFFER 1
#endif
/** 0 leaves out buffers at both ends. Needs TA_WITH_BUFFER. */
#ifndef TA_WITH_DEQUE
#define TA_WITH_DEQUE TA_WITH_BUFFER
#endif
/** 0 leaves out views. Needs TA_WITH_BUFFER. */
#ifndef TA_WITH_VIEW
#define TA_WITH_VIEW TA_WITH_BUFFER
#endif
/** 0 leaves out buffers as streams. Needs TA_WITH_DEQUE and TA_WITH_VIEW. */
#ifndef TA_WITH_STREAM
#define TA_WITH_STREAM (TA_WITH_DEQUE && TA_WITH_VIEW)
#endif
/** 0 leaves out parsers. Needs TA_WITH_VIEW. */
#ifndef TA_WITH_PARSE
#define TA_WITH_PARSE TA_WITH_VIEW
#endif
/** 0 leaves out SLIP, COBS and CRCs. Needs TA_WITH_VIEW. */
#ifndef TA_WITH_FRAMING
#define TA_WITH_FRAMING TA_WITH_VIEW
#endif
/** 0 leaves out queues. Needs TA_WITH_BUFFER. */
#ifndef TA_WITH_QUEUE
#define TA_WITH_QUEUE TA_WITH_BUFFER
#endif
/** 0 leaves out queues that keep the newest. Needs TA_WITH_BUFFER. */
#ifndef TA_WITH_RECENT
#define TA_WITH_RECENT TA_WITH_BUFFER
#endif
/** 0 leaves out the global allocator. */
#ifndef TA_WITH_GLOBAL
#define TA_WITH_GLOBAL 1
#endif
/** A statement that runs where a bug of the caller is detected, before the call returns. `code` is TA_E_INVALID. */
#ifndef TA_FAULT
#define TA_FAULT(code) ((void)0)
#endif
/** A statement that runs, with TA_CHECKED, where masking has no effect. */
#ifndef TA_MISUSE
#define TA_MISUSE(what) TA_TRAP_()
#endif

#if !((TA_SLOT_BITS == 8 && (TA_GENERATION_BITS == 8 || TA_GENERATION_BITS == 16)) || \
      (TA_SLOT_BITS == 16 && (TA_GENERATION_BITS == 16 || TA_GENERATION_BITS == 32)))
#error "TA_SLOT_BITS/TA_GENERATION_BITS must be 8/8, 8/16, 16/16 or 16/32"
#endif
#if TA_HANDLE_POOL_BITS < 0 || TA_HANDLE_POOL_BITS > 8
#error "TA_HANDLE_POOL_BITS must be 0 to 8"
#endif
#if TA_OWNERS < 0 || TA_OWNERS == 1 || TA_OWNERS > 255
#error "TA_OWNERS must be 0, or 2 to 255"
#endif

#if (TA_WITH_DEQUE && !TA_WITH_BUFFER) || (TA_WITH_VIEW && !TA_WITH_BUFFER) ||                    \
    (TA_WITH_QUEUE && !TA_WITH_BUFFER) || (TA_WITH_STREAM && !(TA_WITH_DEQUE && TA_WITH_VIEW)) || \
    (TA_WITH_PARSE && !TA_WITH_VIEW) || (TA_WITH_FRAMING && !TA_WITH_VIEW) ||                     \
    (TA_WITH_RECENT && !TA_WITH_BUFFER) || (TA_GLOBAL && !TA_WITH_GLOBAL)
#error "a module is left out that another one needs: see tinyalloc/config.h"
#endif

/** @{ */
/** Both spellings of what C and C++ spell differently. */
#ifdef __cplusplus
#define TA_ALIGNAS(n) alignas(n)
#define TA_ALIGNOF(type) alignof(type)
#define TA_STATIC_ASSERT(condition, message) static_assert(condition, message)
#else
#define TA_ALIGNAS(n) _Alignas(n)
#define TA_ALIGNOF(type) _Alignof(type)
#define TA_STATIC_ASSERT(condition, message) _Static_assert(condition, message)
#endif
/** @} */

/* Every header of the library includes this one, so that each file takes part in the check of options.h. */
#include "port.h"

#endif
