/**
 * @file config.h
 * @brief Every build option, always defined, always a number, tested with `#if`.
 *
 * To change one, define it for every file of the program (compiler command line), or name a header
 * of your own with `-DTA_CONFIG_FILE='"my_config.h"'`. No option changes what a promise means.
 *
 * Objects that were built with different options do not link: see options.h. For that each value must be a plain
 * number, without parentheses.
 *
 * | option               | default | values       | what it sets                                          |
 * |----------------------|---------|--------------|-------------------------------------------------------|
 * | TA_SLOT_BITS         | 16      | 8, 16        | blocks a slab, bytes a block: at most 255 or 65,535   |
 * | TA_GENERATION_BITS   | 16      | 8, 16, 32    | lifetimes told apart: 2^(bits-1); 8/8, 8/16, 16/16, 16/32 |
 * | TA_HANDLE_POOL_BITS  | 0       | 0..8         | handles carry this many bits of their pool's identity |
 * | TA_RETIRE            | 0       | 0, 1         | a slot leaves service rather than wrap its generation |
 * | TA_STATISTICS        | 1       | 0, 1         | slabs keep peak and refused allocations               |
 * | TA_CUSTOM_BACKENDS   | 0       | 0, 1         | allocators other than the slab may be used            |
 * | TA_GLOBAL            | 0       | 0, 1         | a buffer bound to NULL uses the global allocator      |
 * | TA_CHECKED           | 0       | 0, 1         | for development: checks a release need not pay for    |
 * | TA_WAKE              | 0       | 0, 1         | queues and pools call a hook that wakes a task        |
 * | TA_OWNERS            | 0       | 0, 2..255    | so many owners are told apart; 1 byte a slot          |
 * | TA_POISON            | 0       | 0, 1         | for development: freed blocks are overwritten         |
 * | TA_POISON_BYTE       | 0xDB    | 0..255       | … with this byte                                      |
 * | TA_WITH_BUFFER       | 1       | 0, 1         | buffers                                               |
 * | TA_WITH_DEQUE        | 1       | 0, 1         | … at both ends; needs BUFFER                          |
 * | TA_WITH_VIEW         | 1       | 0, 1         | views; needs BUFFER                                   |
 * | TA_WITH_STREAM       | 1       | 0, 1         | buffers as streams; needs DEQUE and VIEW              |
 * | TA_WITH_PARSE        | 1       | 0, 1         | parsers; needs VIEW                                   |
 * | TA_WITH_FRAMING      | 1       | 0, 1         | SLIP, COBS, CRC; needs VIEW                           |
 * | TA_WITH_QUEUE        | 1       | 0, 1         | queues; needs BUFFER                                  |
 * | TA_WITH_RECENT       | 1       | 0, 1         | queues that keep the newest; needs BUFFER             |
 * | TA_WITH_GLOBAL       | 1       | 0, 1         | the global allocator                                  |
 * | TA_FAULT(code)       | nothing | a statement  | run where a caller's bug is seen, before TA_E_INVALID |
 * | TA_MISUSE(what)      | a trap  | a statement  | run with TA_CHECKED where masking has no effect       |
 */
#ifndef TINYALLOC_CONFIG_H
#define TINYALLOC_CONFIG_H

#ifdef TA_CONFIG_FILE
#include TA_CONFIG_FILE
#endif

#include "compiler.h"

/** @{ */
/** See the table at the top. */
#ifndef TA_SLOT_BITS
#define TA_SLOT_BITS 16
#endif
#ifndef TA_GENERATION_BITS
#define TA_GENERATION_BITS 16
#endif
#ifndef TA_HANDLE_POOL_BITS
#define TA_HANDLE_POOL_BITS 0
#endif
#ifndef TA_RETIRE
#define TA_RETIRE 0
#endif
#ifndef TA_STATISTICS
#define TA_STATISTICS 1
#endif
#ifndef TA_CUSTOM_BACKENDS
#define TA_CUSTOM_BACKENDS 0
#endif
#ifndef TA_GLOBAL
#define TA_GLOBAL 0
#endif
#ifndef TA_CHECKED
#define TA_CHECKED 0
#endif
#ifndef TA_WAKE
#define TA_WAKE 0
#endif
#ifndef TA_OWNERS
#define TA_OWNERS 0
#endif
#ifndef TA_POISON
#define TA_POISON 0
#endif
#ifndef TA_POISON_BYTE
#define TA_POISON_BYTE 0xDB
#endif
#ifndef TA_WITH_BUFFER
#define TA_WITH_BUFFER 1
#endif
#ifndef TA_WITH_DEQUE
#define TA_WITH_DEQUE TA_WITH_BUFFER
#endif
#ifndef TA_WITH_VIEW
#define TA_WITH_VIEW TA_WITH_BUFFER
#endif
#ifndef TA_WITH_STREAM
#define TA_WITH_STREAM (TA_WITH_DEQUE && TA_WITH_VIEW)
#endif
#ifndef TA_WITH_PARSE
#define TA_WITH_PARSE TA_WITH_VIEW
#endif
#ifndef TA_WITH_FRAMING
#define TA_WITH_FRAMING TA_WITH_VIEW
#endif
#ifndef TA_WITH_QUEUE
#define TA_WITH_QUEUE TA_WITH_BUFFER
#endif
#ifndef TA_WITH_RECENT
#define TA_WITH_RECENT TA_WITH_BUFFER
#endif
#ifndef TA_WITH_GLOBAL
#define TA_WITH_GLOBAL 1
#endif
#ifndef TA_FAULT
#define TA_FAULT(code) ((void)0)
#endif
#ifndef TA_MISUSE
#define TA_MISUSE(what) TA_TRAP_()
#endif
/** @} */

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
#error "a module is left out that another one needs: see the table in tinyalloc/config.h"
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
