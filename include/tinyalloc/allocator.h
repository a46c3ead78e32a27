/**
 * @file allocator.h
 * @brief The interface to memory: blocks of one size, named by handles that are found out when they dangle.
 *
 *     handle   [ pool | generation | slot ]      one integer, in one register
 *                         |            '-- which block
 *                         '--------------- which of its lifetimes; odd: live
 *
 * A handle names one lifetime of one block. When the block is freed the lifetime is over and the handle is
 * stale: every call refuses it in O(1), before any payload is touched. It can match again only after exactly
 * 2^(TA_GENERATION_BITS-1) further lifetimes of its slot, and with TA_RETIRE never. Any bit pattern is safe
 * to pass to any call. All-zero is TA_NONE, never valid.
 *
 * What holds for every call below: `a` is an allocator, never NULL; the call may come from any context,
 * thread or interrupt, unless it says otherwise; the cost is O(1). A pointer is good until any context
 * frees the block: contexts that share a handle agree on who frees it.
 */
#ifndef TINYALLOC_ALLOCATOR_H
#define TINYALLOC_ALLOCATOR_H

#include "config.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types --------------------------------------------------------------------------------------------- */

/** @{ */
/** Integers as wide as TA_SLOT_BITS and TA_GENERATION_BITS ask for. */
#if TA_SLOT_BITS == 8
typedef uint8_t ta_slot;
#else
typedef uint16_t ta_slot;
#endif

/* Where an address has 16 bits a slab has fewer than 2^15 slots, whatever TA_SLOT_BITS says. */
#define TA_IS_NARROW_ (PTRDIFF_MAX <= 0x7fff)
#if TA_SLOT_BITS == 8 || TA_IS_NARROW_
typedef int_fast16_t ta_slot_difference;
typedef uint_fast16_t ta_slot_bits_; /* as wide */
#else
typedef int_fast32_t ta_slot_difference;
typedef uint_fast32_t ta_slot_bits_;
#endif

#if TA_GENERATION_BITS == 8
typedef uint8_t ta_generation;
#elif TA_GENERATION_BITS == 16
typedef uint16_t ta_generation;
#else
typedef uint32_t ta_generation;
#endif

#if TA_SLOT_BITS + TA_GENERATION_BITS + TA_HANDLE_POOL_BITS <= 16
typedef uint16_t ta_handle_bits;
#elif TA_SLOT_BITS + TA_GENERATION_BITS + TA_HANDLE_POOL_BITS <= 32
typedef uint32_t ta_handle_bits;
#else
typedef uint64_t ta_handle_bits;
#endif
/** @} */

/** Names one lifetime of one block. Copy it freely; compare with ta_handle_eq(). */
typedef struct ta_handle {
    ta_handle_bits bits; /* pool, generation, slot; 0: TA_NONE */
} ta_handle;

/** Initialiser of a handle that is never valid. */
#define TA_NONE_INIT \
    {                \
        0            \
    }
#ifdef __cplusplus
#define TA_NONE (ta_handle{0})
#else
#define TA_NONE ((ta_handle){0}) /**< the handle that is never valid, as an expression */
#endif

/** What an allocator says of itself. Blocks, except block_size (bytes) and failures (calls). */
typedef struct ta_stats {
    size_t used;       /**< blocks taken, booked ones included */
    size_t peak;       /**< the largest `used` so far; 0 in a build without TA_STATISTICS */
    size_t capacity;   /**< blocks in all */
    size_t block_size; /**< bytes a block */
    size_t
        failures; /**< allocations and bookings refused, up to 2^TA_SLOT_BITS - 1; 0 without TA_STATISTICS */
    size_t retired; /**< slots out of service (TA_RETIRE) */
} ta_stats;

typedef struct ta_operations ta_operations;
struct ta_entry_; /* an entry of the block table: see slab.h */

/**
 * An allocator: constants only, so it may lie in flash; what changes sits behind the pointers. A slab fills
 * all members. A custom backend makes this the first member of its own const struct, fills it with
 * TA_ALLOCATOR_INIT and keeps the pointer to its state behind it.
 */
typedef struct ta_allocator {
#if TA_CUSTOM_BACKENDS
    const ta_operations *operations;
#endif
    size_t block_size;         /* bytes; 1 to 2^TA_SLOT_BITS - 1 */
    uint8_t *blocks;           /* the last slot's block */
    struct ta_entry_ *entries; /* the last slot's entry: the table's first */
    struct ta_entry_ *first;   /* the first slot's entry: the table's last; the state lies right behind it */
    ta_slot_difference last;   /* the last slot */
    ta_slot_difference last_live; /* last - 2^TA_SLOT_BITS: see ta_slab_distance_() */
#if TA_HANDLE_POOL_BITS
    ta_handle_bits pool; /* this pool's identity in its handles */
#endif
} ta_allocator;

/* ---- Handles ------------------------------------------------------------------------------------------- */

/** Are these the same lifetime of the same block? (Two handles of different pools may be equal.) */
static inline bool ta_handle_eq(ta_handle a, ta_handle b)
{
    return a.bits == b.bits;
}

/** The handle of a slot's lifetime, of pool 0; for tests and tools. Even generations are never valid. */
static inline ta_handle ta_handle_make(ta_slot slot, ta_generation generation)
{
    ta_handle h = TA_NONE_INIT;
    h.bits = (ta_handle_bits)((ta_handle_bits)((ta_handle_bits)generation << TA_SLOT_BITS) | slot);
    return h;
}

/** The slot a handle names. */
static inline ta_slot ta_handle_slot(ta_handle h)
{
    return (ta_slot)h.bits;
}

/** The generation (lifetime count, odd while live) a handle names. */
static inline ta_generation ta_handle_generation(ta_handle h)
{
    return (ta_generation)(h.bits >> TA_SLOT_BITS);
}

/* ---- Blocks -------------------------------------------------------------------------------------------- */


/**
 * Take a block and say that `size` bytes of it are used. One masked step.
 * The contents are not cleared. Size 0 takes a block of length 0.
 * @return the block's handle, owned by the caller until ta_free(). TA_NONE when no block is free (counted as
 *         a failure), or when size is more than a block holds (the caller's bug: TA_FAULT, not counted).
 */
ta_handle ta_alloc(const ta_allocator *a, size_t size);

/** ta_alloc(), and copy `size` bytes from `data` into the block. O(size), masked as ta_alloc() is.
 *  `data` may be NULL when size is 0, else that is the caller's bug: TA_NONE. */
ta_handle ta_alloc_copy(const ta_allocator *a, const void *data, size_t size);

/** The block's first byte, aligned as the allocator promises. NULL when stale. Masks nothing. */
void *ta_get(const ta_allocator *a, ta_handle h);

/** The bytes in use of a block, as ta_alloc() or ta_resize() said; never more than a block. 0 when stale. */
size_t ta_size(const ta_allocator *a, ta_handle h);

/** Would ta_get() give a pointer? */
bool ta_is_live(const ta_allocator *a, ta_handle h);

/** Say that `size` bytes of the block are used now. The block stays where it is; contents stay. One masked
 * step.
 *  @return TA_OK; TA_E_STALE; TA_E_INVALID when size is more than a block holds. */
ta_status ta_resize(const ta_allocator *a, ta_handle h, size_t size);

/** Give the block back. One masked step. The slot is reused as late as possible: those freed before go first.
 *  @return false when stale: a second free is refused, and frees nobody else's block. */
bool ta_free(const ta_allocator *a, ta_handle h);

/**
 * End every lifetime: all handles go stale, all blocks are free. O(blocks), two masked steps for each.
 * Call it while no other context is inside an operation of this pool or holds a pointer into it. Buffers and
 * queues on the pool say TA_E_STALE afterwards, until cleared. Reserve and statistics stay.
 */
void ta_clear(const ta_allocator *a);

/** Blocks that ta_alloc() could still give, if nobody else took one. */
size_t ta_available(const ta_allocator *a);

/** The handle of the live block that starts at `block`: a DMA-complete interrupt knows an address only.
 *  TA_NONE when no live block starts there. Costs one division. */
ta_handle ta_handle_of(const ta_allocator *a, const void *block);

/** Used, peak, capacity, block size, failures, retired. One masked step. */
ta_stats ta_stats_of(const ta_allocator *a);

/* ---- Backends of your own ------------------------------------------------------------------------------ */

/**
 * The contract of a backend. The first nine are the calls above; `a` is never NULL, `size` at most a block.
 * A chain is made of blocks that carry the handle of their successor; the backend keeps that word wherever
 * it likes. It is undefined for a block that is not in a chain, and for the last of one.
 * Every operation may come from any context, and masks for bounded steps only: `free_next` for two at most, `clear` for
 * two for each block, all others for one at most.
 */
struct ta_operations {
    /** @{ */
    /** What ta_alloc(), ta_get() and so on do. */
    ta_handle (*alloc)(const ta_allocator *a, size_t size);
    void *(*get)(const ta_allocator *a, ta_handle h);
    size_t (*size)(const ta_allocator *a, ta_handle h);
    ta_status (*resize)(const ta_allocator *a, ta_handle h, size_t size);
    bool (*free)(const ta_allocator *a, ta_handle h);
    void (*clear)(const ta_allocator *a);
    ta_stats (*stats)(const ta_allocator *a);
    size_t (*available)(const ta_allocator *a);
    ta_handle (*handle_of)(const ta_allocator *a, const void *block);
    /** @} */

    /** Set aside a quota of `blocks` blocks, all or none: count them as used. False when there are fewer (a failure). */
    bool (*set_aside)(const ta_allocator *a, size_t blocks);
    /** Take one block of a quota. Cannot fail. */
    ta_handle (*take)(const ta_allocator *a);

    /** The successor of a live block in its chain; TA_NONE when stale. */
    ta_handle (*next)(const ta_allocator *a, ta_handle h);
    /** Make `next`, a live block, the successor of a live block; false when h is stale. */
    bool (*set_next)(const ta_allocator *a, ta_handle h, ta_handle next);
    /** Read the successor and free the block; TA_NONE when stale. */
    ta_handle (*free_next)(const ta_allocator *a, ta_handle h);
    /** End this lifetime and begin the next, in one step: block, contents and successor stay, old handles
     *  go stale. TA_NONE when stale. */
    ta_handle (*renew)(const ta_allocator *a, ta_handle h);
};

#if TA_HANDLE_POOL_BITS
#define TA_ALLOCATOR_POOL_(identity) , (identity)
#else
#define TA_ALLOCATOR_POOL_(identity)
#endif
#if TA_CUSTOM_BACKENDS
#define TA_ALLOCATOR_INIT_(operations, block_size) (operations), (block_size), 0
#else
/* A build without custom backends refuses one when it is linked: nobody defines this. */
extern uint8_t ta_error_this_build_has_no_TA_CUSTOM_BACKENDS; /**< @private */
#define TA_ALLOCATOR_INIT_(operations, block_size) \
    (block_size), (1 ? &ta_error_this_build_has_no_TA_CUSTOM_BACKENDS : (uint8_t *)(void *)(operations))
#endif

/** Initialiser of a custom backend's `ta_allocator` member. */
#define TA_ALLOCATOR_INIT(operations, block_size)                                    \
    {                                                                                \
        TA_ALLOCATOR_INIT_(operations, block_size), 0, 0, 0, 0 TA_ALLOCATOR_POOL_(0) \
    }

#ifdef __cplusplus
}
#endif

#endif
