/**
 * @file allocator.h
 * @brief Fixed-size blocks addressed by generation-checked handles, and the interface to a custom back end.
 *
 *     handle   [ pool | generation | slot ]      one integer, in one register
 *                         |            '-- index of the block
 *                         '--------------- lifetime of the block; odd while it is live
 *
 * A handle names one lifetime of one block. When the block is freed, that lifetime is over and the handle is stale.
 * Every call detects a stale handle in O(1) and rejects it before it touches the block. A handle can match again only
 * after exactly 2^(TA_GENERATION_BITS-1) further lifetimes of its slot, and never with TA_RETIRE. Any bit pattern is
 * safe to pass. All-zero is TA_NONE, which is never valid.
 *
 * For every call below:
 * - **Parameters**: `a` is an allocator and never NULL; NULL is not checked.
 * - **Context**: thread or interrupt, unless the call says otherwise; calls may interrupt each other. With a port for
 *   several cores (port.h), calls may also run at the same time on different cores. To pass a handle to another core, use a
 *   queue, a critical section or ta_port_store() and ta_port_load(): then the contents of the block arrive with it.
 * - **Cost**: O(1), unless the call says otherwise. How long interrupts are masked is measured in GUARANTEES.md, G14.
 * - **Memory**: the caller owns a block from ta_alloc() to ta_free(). A pointer to a block is valid until any context
 *   frees the block, so contexts that share a handle agree on who frees it.
 * - **Blocks of a buffer or queue**: free or resize them only through their owner. Doing it by handle damages the
 *   chain, because the length and the link of a block share one word; see GUARANTEES.md, G4.
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
/** Integer types as wide as TA_SLOT_BITS and TA_GENERATION_BITS require. */
#if TA_SLOT_BITS == 8
typedef uint8_t ta_slot;
#else
typedef uint16_t ta_slot;
#endif

/* With 16-bit addresses a slab has fewer than 2^15 slots, whatever TA_SLOT_BITS is. */
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

/** The name of one lifetime of one block. Copy it freely; compare with ta_handle_eq(). */
typedef struct ta_handle {
    ta_handle_bits bits; /* pool, generation and slot; 0: TA_NONE */
} ta_handle;

/** Initialiser of the handle that is never valid. */
#define TA_NONE_INIT \
    {                \
        0            \
    }
#ifdef __cplusplus
#define TA_NONE (ta_handle{0})
#else
#define TA_NONE ((ta_handle){0}) /**< The handle that is never valid, as an expression. */
#endif

/** Counters of an allocator. */
typedef struct ta_stats {
    size_t used;       /**< Blocks in use, including quotas that calls have set aside. */
    size_t peak;       /**< The largest value of `used` so far; 0 without TA_STATISTICS. */
    size_t capacity;   /**< All blocks. */
    size_t block_size; /**< Bytes in a block. */
    size_t failures;   /**< Refused requests for blocks, up to 2^TA_SLOT_BITS - 1; 0 without TA_STATISTICS. */
    size_t retired;    /**< Slots out of service; 0 without TA_RETIRE. */
} ta_stats;

typedef struct ta_operations ta_operations;
struct ta_entry_; /* an entry of the block table: see slab.h */

/**
 * An allocator. It consists of constants, so it can be in flash; the pointers lead to what changes.
 *
 * A slab fills all members. A custom back end makes this the first member of its own const struct and initialises it
 * with TA_ALLOCATOR_INIT. Members after it lead to the back end's state.
 */
typedef struct ta_allocator {
#if TA_CUSTOM_BACKENDS
    const ta_operations *operations; /* the slab's, or those of a custom back end */
#endif
    size_t block_size;            /* bytes; 1 to 2^TA_SLOT_BITS - 1 */
    uint8_t *blocks;              /* the last slot's block */
    struct ta_entry_ *entries;    /* the last slot's entry: the table's first */
    struct ta_entry_ *first;      /* the first slot's entry: the table's last; the state follows it */
    ta_slot_difference last;      /* the last slot */
    ta_slot_difference last_live; /* last - 2^TA_SLOT_BITS: see ta_slab_distance_() */
#if TA_HANDLE_POOL_BITS
    ta_handle_bits pool; /* the identity of this pool in its handles */
#endif
} ta_allocator;

/* ---- Handles ------------------------------------------------------------------------------------------- */

/**
 * @brief Do two handles name the same lifetime of the same block?
 *
 * Handles of different pools may be equal, unless TA_HANDLE_POOL_BITS tells the pools apart.
 * @param a A handle.
 * @param b Another handle.
 * @return true if they are equal.
 */
static inline bool ta_handle_eq(ta_handle a, ta_handle b)
{
    return a.bits == b.bits;
}

/**
 * @brief Make a handle from its parts, for tests and tools.
 * @param slot       The index of the block.
 * @param generation The lifetime; a handle with an even one is never valid.
 * @return The handle in the pool of identity 0.
 */
static inline ta_handle ta_handle_make(ta_slot slot, ta_generation generation)
{
    ta_handle h = TA_NONE_INIT;
    h.bits = TA_CAST_(ta_handle_bits, TA_CAST_(ta_handle_bits, generation) << TA_SLOT_BITS | slot);
    return h;
}

/**
 * @brief The slot of a handle.
 * @param h A handle.
 * @return The index of the block.
 */
static inline ta_slot ta_handle_slot(ta_handle h)
{
    return TA_CAST_(ta_slot, h.bits);
}

/**
 * @brief The generation of a handle.
 * @param h A handle.
 * @return The lifetime of the block: odd for a handle that was ever valid.
 */
static inline ta_generation ta_handle_generation(ta_handle h)
{
    return TA_CAST_(ta_generation, h.bits >> TA_SLOT_BITS);
}

/* ---- Blocks -------------------------------------------------------------------------------------------- */

/**
 * @brief Allocate a block.
 *
 * The contents are not cleared. One critical section.
 * @param a    The allocator.
 * @param size How many bytes of the block are in use, see ta_size(); may be 0.
 * @return The handle of the block, which the caller owns until ta_free(). TA_NONE if no block is free, which counts
 *         as a failure. TA_NONE, with TA_FAULT, if `size` is more than a block: that is a bug in the caller.
 */
ta_handle ta_alloc(const ta_allocator *a, size_t size);

/**
 * @brief Allocate a block and copy bytes into it.
 *
 * O(size). One critical section, which does not include the copy.
 * @param a    The allocator.
 * @param data The bytes; may be NULL if `size` is 0.
 * @param size How many bytes are copied and in use.
 * @return As ta_alloc() returns; also TA_NONE, with TA_FAULT, if `data` is NULL and `size` is not 0.
 */
ta_handle ta_alloc_copy(const ta_allocator *a, const void *data, size_t size);

/**
 * @brief The address of a block. Masks nothing.
 * @param a The allocator.
 * @param h The handle.
 * @return The block's first byte, aligned as the allocator promises; NULL if the handle is stale.
 */
void *ta_get(const ta_allocator *a, ta_handle h);

/**
 * @brief How many bytes of a block are in use, as ta_alloc() or ta_resize() set it. One critical section.
 *
 * For a block of a buffer or queue the result is unspecified.
 * @param a The allocator.
 * @param h The handle.
 * @return Bytes, never more than a block; 0 if the handle is stale.
 */
size_t ta_size(const ta_allocator *a, ta_handle h);

/**
 * @brief Is a handle valid? Masks nothing.
 * @param a The allocator.
 * @param h The handle.
 * @return true if ta_get() would return an address.
 */
bool ta_is_live(const ta_allocator *a, ta_handle h);

/**
 * @brief Set how many bytes of a block are in use. One critical section.
 *
 * Block, handle and contents stay as they are.
 * @param a    The allocator.
 * @param h    The handle.
 * @param size Bytes in use; may be 0.
 * @retval TA_OK        ta_size() returns `size` from now on.
 * @retval TA_E_STALE   The handle is stale.
 * @retval TA_E_INVALID `size` is more than a block.
 */
ta_status ta_resize(const ta_allocator *a, ta_handle h, size_t size);

/**
 * @brief Free a block. One critical section.
 *
 * The handle is stale afterwards. Slots are reused in the order in which they were freed: as late as possible.
 * @param a The allocator.
 * @param h The handle.
 * @return true if the block was freed; false if the handle is stale. So a second free is rejected and frees no other
 *         owner's block.
 */
bool ta_free(const ta_allocator *a, ta_handle h);

/**
 * @brief Free all blocks: every handle becomes stale.
 *
 * O(blocks), with two critical sections for each. Call it while no other context is inside a call on this pool or
 * uses a pointer into it. Headroom and statistics stay. Buffers and queues on the pool return TA_E_STALE until they
 * are cleared.
 * @param a The allocator.
 */
void ta_clear(const ta_allocator *a);

/**
 * @brief How many blocks are free, without the headroom. One critical section.
 * @param a The allocator.
 * @return Blocks that ta_alloc() can still allocate if no other context takes one.
 */
size_t ta_available(const ta_allocator *a);

/**
 * @brief Find the handle of a block by its address, for example in the interrupt that ends a DMA transfer.
 *
 * A division and a critical section.
 * @param a     The allocator.
 * @param block Any address; it is not accessed.
 * @return The handle; TA_NONE if no live block of this allocator starts there.
 */
ta_handle ta_handle_of(const ta_allocator *a, const void *block);

/**
 * @brief The counters of an allocator. One critical section.
 * @param a The allocator.
 * @return The counters, all of the same moment.
 */
ta_stats ta_stats_of(const ta_allocator *a);

/* ---- Custom back ends ---------------------------------------------------------------------------------- */

/**
 * What a back end implements. `a` is never NULL, and `size` is at most a block.
 *
 * A chain consists of blocks that know their successor; the back end keeps that word wherever it likes. The successor
 * of a block that was never linked is unspecified. There are at most TA_SLAB_MAX_BLOCKS blocks. Every operation may be
 * called from any context. Each may use one critical section, `free_next` two, `clear` two for each block. conformance.h has
 * a test kit for this contract.
 */
struct ta_operations {
    /** @{ */
    /** Implements the public call of the same name (`stats`: ta_stats_of()). */
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

    /** Set aside a quota of that many blocks, all or none: they count as used. False if fewer are free: a failure. */
    bool (*set_aside)(const ta_allocator *a, size_t blocks);
    /** Allocate one block of a quota. Cannot fail. */
    ta_handle (*take)(const ta_allocator *a);

    /** The successor of a live block: a live handle, otherwise TA_NONE. TA_NONE if `h` is stale. */
    ta_handle (*next)(const ta_allocator *a, ta_handle h);
    /** Make a live block the successor of `h`; it may be `h` itself or one before it. False if `h` is stale. */
    bool (*set_next)(const ta_allocator *a, ta_handle h, ta_handle next);
    /** Free a block and return its successor; TA_NONE if `h` is stale, and nothing is freed. */
    ta_handle (*free_next)(const ta_allocator *a, ta_handle h);
    /** End a lifetime of a block and begin the next in one step. Returns the new handle; `h` becomes stale. Contents
     *  and successor stay, and the predecessor leads to the new handle. TA_NONE, and nothing changes, if `h` is stale
     *  or the slot has no further lifetime (TA_RETIRE). */
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
/* A build without TA_CUSTOM_BACKENDS rejects a custom back end at link time: nobody defines this symbol. */
extern uint8_t ta_error_this_build_has_no_TA_CUSTOM_BACKENDS; /**< @private */
#ifdef __cplusplus
#define TA_NO_OPERATIONS_(operations) reinterpret_cast<uint8_t *>(const_cast<ta_operations *>(operations))
#else
#define TA_NO_OPERATIONS_(operations) ((uint8_t *)(void *)(operations))
#endif
#define TA_ALLOCATOR_INIT_(operations, block_size) \
    (block_size), (1 ? &ta_error_this_build_has_no_TA_CUSTOM_BACKENDS : TA_NO_OPERATIONS_(operations))
#endif

/**
 * @brief Initialiser of a custom back end's `ta_allocator` member.
 * @param operations The address of its ta_operations.
 * @param block_size Bytes in a block: 1 to 2^TA_SLOT_BITS - 1.
 */
#define TA_ALLOCATOR_INIT(operations, block_size)                                    \
    {                                                                                \
        TA_ALLOCATOR_INIT_(operations, block_size), 0, 0, 0, 0 TA_ALLOCATOR_POOL_(0) \
    }

#ifdef __cplusplus
}
#endif

#endif
