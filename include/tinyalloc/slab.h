/**
 * @file slab.h
 * @brief A slab, or pool: an arena of equal blocks, and a table that describes them.
 *
 *     blocks    [ block 0 ][ block 1 ][ block 2 ][ block 3 ]      count x block_size bytes, aligned
 *     table     [gen |link][gen |link][gen |link][gen |link]      one entry a slot, the last slot's first
 *     state     taken, head, tail, headroom (, statistics)        a few small integers, right after the table
 *
 * The library stores nothing inside a block. `gen` counts the lifetimes of a slot: odd while its block is live, even
 * while it is free. `link` has one use at a time: the next free slot, the length of a single block, or the next block
 * of a chain. Freed slots are reused in the order in which they were freed, after those that were never used.
 *
 * Links are distances (next - slot - 1), and `tail` counts from the last slot. So all-zero memory is an empty slab
 * with all slots in its free list. A static slab is all .bss and needs no start-up code. Its constants can be in
 * flash.
 *
 * RAM in addition to the blocks, in bytes (8/16: 8-bit slots and 16-bit generations):
 *
 * | widths | a slot | state | blocks, and bytes in a block, at most | a handle can match again after |
 * |--------|--------|-------|---------------------------------------|--------------------------------|
 * | 8/8    | 2      | 4     | 255                                   | 128 lifetimes of its slot      |
 * | 8/16   | 3      | 4     | 255                                   | 32,768                         |
 * | 16/16  | 4      | 8     | 65,535                                | 32,768                         |
 * | 16/32  | 6      | 8     | 65,535                                | 2,147,483,648                  |
 *
 * The state has two more words of a slot's width with TA_STATISTICS, one more with TA_RETIRE, and another with both. With
 * TA_WAKE it has one more, and a pointer. TA_OWNERS adds two words for each owner, and one byte a slot after the state:
 * see owners.h.
 * With TA_RETIRE a slot leaves service before its generation wraps, so a handle never matches again.
 *
 * Context, cost and the rules for handles are those of allocator.h. A parameter `slab` is a slab, never NULL unless a
 * call says that it checks, and never a custom back end.
 */
#ifndef TINYALLOC_SLAB_H
#define TINYALLOC_SLAB_H

#include "allocator.h"
#include "wake.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types --------------------------------------------------------------------------------------------- */

#define TA_SLAB_MAX_BLOCKS ((1UL << TA_SLOT_BITS) - 1)     /**< Blocks that a slab can have. */
#define TA_SLAB_MAX_BLOCK_SIZE ((1UL << TA_SLOT_BITS) - 1) /**< Bytes that a block can have. */

/* One entry of the table. A generation wider than a slot has two parts, low part first: no padding. */
struct ta_entry_ {
    ta_slot generation[TA_GENERATION_BITS / TA_SLOT_BITS];
    ta_slot link;
};

#if TA_STATISTICS
#define TA_SLAB_STATISTICS_ \
    ta_slot peak;           \
    ta_slot failures;
#else
#define TA_SLAB_STATISTICS_
#endif
#if TA_RETIRE
#if TA_STATISTICS
#define TA_SLAB_RETIRED_ \
    ta_slot retired;     \
    ta_slot old_peak;
#else
#define TA_SLAB_RETIRED_ ta_slot retired;
#endif
#else
#define TA_SLAB_RETIRED_
#endif
#if TA_WAKE
#define TA_SLAB_WAKE_   \
    ta_slot is_awaited; \
    uint8_t wake[sizeof(const ta_wake *)]; /* as bytes: the state is aligned as an entry is */
#else
#define TA_SLAB_WAKE_
#endif

/* With TA_OWNERS, after the state: one byte a slot, the owner of its block. For each owner the state has how many blocks
 * it has now less than at its peak, and the peak: so freeing changes one word, and so does taking below the peak. */
#if TA_OWNERS
#define TA_SLAB_OWNER_COUNTS_ \
    ta_slot below[TA_OWNERS]; \
    ta_slot highest[TA_OWNERS];
#define TA_SLAB_OWNER_OF_EACH_(block_count) uint8_t owners[block_count];
#define TA_SLAB_OWNER_BYTES_ 1u /* a slot */
#else
#define TA_SLAB_OWNER_COUNTS_
#define TA_SLAB_OWNER_OF_EACH_(block_count)
#define TA_SLAB_OWNER_BYTES_ 0u
#endif

/* What changes, apart from the table. All zero: every block is free. */
typedef struct ta_slab_state_ {
    ta_slot taken;    /* blocks live, set aside, kept as headroom, or retired */
    ta_slot head;     /* the next slot to be taken, while any is free */
    ta_slot tail;     /* last slot - the slot freed last; that slot is live only when no slot is free */
    ta_slot headroom; /* blocks kept for ta_slab_alloc_headroom(), counted in `taken` */
    TA_SLAB_RETIRED_  /* slots out of service, counted in `taken`; the peak before the last of them retired */
        TA_SLAB_STATISTICS_ /* the largest `taken` since then; refusals, saturating */
            TA_SLAB_WAKE_   /* a request was refused since the last wake-up; the hook */
                TA_SLAB_OWNER_COUNTS_
} ta_slab_state_;

/** A slab that ta_slab_init() makes at run time. Pass `&slab.allocator` to the calls. */
typedef struct ta_slab {
    ta_allocator allocator; /**< What the calls take. */
} ta_slab;

/** The widths of the metadata in this build, in bits. */
typedef struct ta_slab_bits {
    uint8_t index;      /**< The slot in a handle. */
    uint8_t generation; /**< The lifetime in a handle. */
    uint8_t length;     /**< Length or link in an entry. */
    uint8_t pool;       /**< The identity of the pool in a handle. */
} ta_slab_bits;

/* ---- Static definition --------------------------------------------------------------------------------- */

#if TA_CUSTOM_BACKENDS
extern const ta_operations ta_slab_operations;
#define TA_SLAB_OPERATIONS_ &ta_slab_operations,
#else
#define TA_SLAB_OPERATIONS_
#endif

#if TA_HANDLE_POOL_BITS
#define TA_SLAB_POOL_(pool) \
    (TA_CAST_(ta_handle_bits, ta_pool_id_##pool) << (TA_SLOT_BITS + TA_GENERATION_BITS))
#define TA_SLAB_POOL_FITS_(pool) \
    ((ta_pool_id_##pool) >= 0 && ((ta_pool_id_##pool) >> TA_HANDLE_POOL_BITS) == 0)
#else
#define TA_SLAB_POOL_(pool) 0
#define TA_SLAB_POOL_FITS_(pool) 1
#endif

#if TA_IS_NARROW_
#define TA_SLAB_LAST_LIVE_(last) 0 /* not used */
#else
#define TA_SLAB_LAST_LIVE_(last) ((last) - (TA_CAST_(ta_slot_difference, 1) << TA_SLOT_BITS))
#endif

#ifdef __cplusplus
#define TA_EXTERN_ extern "C"
#else
#define TA_EXTERN_ extern
#endif

/* The largest alignment that a block has by itself. With a cache that DMA does not see it is a line (port.h). */
#define TA_SLAB_MAX_ALIGNMENT_                                                                       \
    (TA_ALIGNOF(max_align_t) > TA_PORT_CACHE_LINE ? TA_CAST_(unsigned long, TA_ALIGNOF(max_align_t)) \
                                                  : TA_CAST_(unsigned long, TA_PORT_CACHE_LINE))

/**
 * @brief The alignment of blocks: the largest power of two that divides their size, at most that of max_align_t or of
 *        a cache line.
 * @param block_size Bytes in a block.
 */
#define TA_SLAB_ALIGNMENT(block_size)                                                                       \
    (((block_size) & (0UL - (block_size))) < TA_SLAB_MAX_ALIGNMENT_ ? ((block_size) & (0UL - (block_size))) \
                                                                    : TA_SLAB_MAX_ALIGNMENT_)

/**
 * @brief Define a slab at file scope.
 *
 * `pool` becomes an address constant of type `const ta_allocator *`. It takes block_count * (block_size + entry) +
 * state bytes of .bss. With TA_HANDLE_POOL_BITS the program defines a constant `ta_pool_id_<pool>`, for example in an
 * enum: the identity of the pool.
 * @param pool        Its name.
 * @param block_size  Bytes in a block: 1 to TA_SLAB_MAX_BLOCK_SIZE.
 * @param block_count Number of blocks: 1 to TA_SLAB_MAX_BLOCKS.
 */
#define TA_SLAB_DEFINE(pool, block_size, block_count) \
    TA_SLAB_DEFINE_EX(pool, block_size, block_count, TA_SLAB_ALIGNMENT(block_size), )

/* What the numbers of a slab must be. Divisions, because a 16-bit size is always <= 65,535, and compilers say so. */
#define TA_SLAB_ASSERT_(block_size, block_count, alignment)                                                \
    TA_STATIC_ASSERT((block_size) > 0, "tinyalloc: a block needs at least one byte");                      \
    TA_STATIC_ASSERT((block_size) / (TA_SLAB_MAX_BLOCK_SIZE + 1) == 0,                                     \
                     "tinyalloc: block too large: TA_SLOT_BITS limits it to 255 or 65,535 bytes");         \
    TA_STATIC_ASSERT((block_count) > 0, "tinyalloc: a slab needs at least one block");                     \
    TA_STATIC_ASSERT((block_count) / (TA_SLAB_MAX_BLOCKS + 1) == 0,                                        \
                     "tinyalloc: too many blocks: TA_SLOT_BITS limits them to 255 or 65,535");             \
    TA_STATIC_ASSERT(((alignment) & ((alignment)-1)) == 0 && (alignment) > 0,                              \
                     "tinyalloc: the alignment must be a power of two");                                   \
    TA_STATIC_ASSERT((block_size) % (alignment) == 0,                                                      \
                     "tinyalloc: the block size must be a multiple of the alignment");                     \
    TA_STATIC_ASSERT((block_size) % TA_PORT_CACHE_LINE == 0 && (alignment) % TA_PORT_CACHE_LINE == 0,      \
                     "tinyalloc: blocks must be whole cache lines: see TA_PORT_CACHE_LINE");               \
    TA_STATIC_ASSERT((block_count) <=                                                                      \
                         (PTRDIFF_MAX - sizeof(ta_slab_state_)) / ((block_size) > sizeof(struct ta_entry_) \
                                                                       ? (block_size)                      \
                                                                       : sizeof(struct ta_entry_)),        \
                     "tinyalloc: the slab is larger than this machine's memory");

/* The constants of a slab with these arrays; `pool` is its identity, in place. */
#define TA_SLAB_CONSTANTS_(blocks, table, block_size, block_count, pool)                               \
    {                                                                                                  \
        TA_SLAB_OPERATIONS_(block_size), &(blocks)[TA_CAST_(size_t, (block_count)-1) * (block_size)],  \
            &(table).entries[0], &(table).entries[TA_CAST_(size_t, (block_count)-1)],                  \
            TA_CAST_(ta_slot_difference, (block_count)-1),                                             \
            TA_SLAB_LAST_LIVE_(TA_CAST_(ta_slot_difference, (block_count)-1)) TA_ALLOCATOR_POOL_(pool) \
    }

/**
 * @brief Define a slab with a given alignment, and in a section of its own.
 *
 * If start-up code does not zero that section, call ta_slab_reset() first.
 * @param pool              Its name.
 * @param block_size        Bytes in a block: a multiple of the alignment, and of TA_PORT_CACHE_LINE.
 * @param block_count       Number of blocks.
 * @param alignment         A power of two, and a multiple of TA_PORT_CACHE_LINE.
 * @param section_attribute An attribute that places blocks and table; may be empty.
 */
#define TA_SLAB_DEFINE_EX(pool, block_size, block_count, alignment, section_attribute)   \
    TA_SLAB_ASSERT_(block_size, block_count, alignment)                                  \
    TA_STATIC_ASSERT(TA_SLAB_POOL_FITS_(pool),                                           \
                     "tinyalloc: the pool's identity does not fit TA_HANDLE_POOL_BITS"); \
    TA_ALIGNAS(alignment)                                                                \
    section_attribute static uint8_t                                                     \
        pool##_blocks_[TA_CAST_(size_t, block_size) * TA_CAST_(size_t, block_count)];    \
    section_attribute static struct {                                                    \
        struct ta_entry_ entries[block_count];                                           \
        ta_slab_state_ state;                                                            \
        TA_SLAB_OWNER_OF_EACH_(block_count)                                              \
    } pool##_table_;                                                                     \
    TA_SLAB_DECLARE(pool);                                                               \
    const ta_allocator pool[1] = {                                                       \
        TA_SLAB_CONSTANTS_(pool##_blocks_, pool##_table_, block_size, block_count, TA_SLAB_POOL_(pool))}

/**
 * @brief Declare a slab that another source file defines.
 * @param pool Its name.
 */
#define TA_SLAB_DECLARE(pool) TA_EXTERN_ const ta_allocator pool[1]

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

/**
 * @brief Make a slab of as many blocks as fit into an arena.
 *
 * The blocks come first, aligned as TA_SLAB_ALIGNMENT says, then the table. O(table). Call it from thread context,
 * before any other context uses the slab.
 * @param slab       The slab.
 * @param arena      Memory that the caller owns. It must exist as long as the slab, and only the slab may use it.
 * @param arena_size Its bytes.
 * @param block_size Bytes in a block.
 * @retval TA_E_INVALID A pointer is NULL, the block size is 0, above TA_SLAB_MAX_BLOCK_SIZE or no multiple of
 *                      TA_PORT_CACHE_LINE, or the arena cannot hold one block with its table.
 */
ta_status ta_slab_init(ta_slab *slab, void *arena, size_t arena_size, size_t block_size);

/**
 * @brief Zero the table and the state of a slab in memory that start-up code did not zero.
 *
 * Headroom and statistics become 0, and the hook of ta_slab_set_wake() is forgotten. Old handles may match again: to end
 * lifetimes use ta_clear(). With TA_POISON, also call it before the memory of a slab is used for something else.
 * O(blocks). Nobody else may use the slab meanwhile.
 * @param slab The slab.
 */
void ta_slab_reset(const ta_allocator *slab);

/**
 * @brief Set the identity of a run-time slab for TA_HANDLE_POOL_BITS, before its first use.
 * @param slab     The slab.
 * @param identity The number that its handles carry.
 * @retval TA_E_INVALID `slab` is NULL, or the identity does not fit TA_HANDLE_POOL_BITS.
 */
ta_status ta_slab_set_pool(ta_slab *slab, unsigned identity);

/**
 * @brief Keep the last `blocks` free blocks as headroom for ta_slab_alloc_headroom(). One critical section.
 *
 * So the main loop cannot take the blocks that an interrupt needs. The call replaces the previous headroom.
 * @param slab   The slab.
 * @param blocks The headroom; 0: none.
 * @retval TA_E_NO_MEMORY Fewer blocks are free.
 * @retval TA_E_RANGE     Capacity plus headroom is above TA_SLAB_MAX_BLOCKS, or part of the old headroom is in use.
 */
ta_status ta_slab_set_headroom(const ta_allocator *slab, size_t blocks);

/**
 * @brief Allocate a block, from the headroom if no other one is free. One critical section.
 *
 * Blocks that are freed later refill the headroom first.
 * @param slab The slab.
 * @param size As for ta_alloc().
 * @return As ta_alloc() returns; TA_NONE only if the headroom is used up, too.
 */
ta_handle ta_slab_alloc_headroom(const ta_allocator *slab, size_t size);

/**
 * @brief Set the hook that is called with TA_WAKE_BLOCK when a block is freed after one was refused. Needs TA_WAKE.
 *
 * A refusal is a TA_NONE of ta_alloc() and the like, or a TA_E_NO_MEMORY of a buffer or queue of this slab, but not of a
 * ta_recent, whose writer does not wait. After it, the
 * next call that frees a block calls the hook, in its own context: ta_free(), every call that frees chunks, ta_clear(),
 * and ta_slab_set_headroom(). A call that frees several blocks may call it once, at the end. The task looks again, since
 * the block may be needed for the headroom, or somebody else may have taken it. See wake.h. O(1); call it before any other
 * context uses the slab.
 * @param slab The slab.
 * @param wake The hook, which must exist as long as the slab; NULL: none.
 * @retval TA_E_INVALID The hook has no function.
 */
ta_status ta_slab_set_wake(const ta_allocator *slab, const ta_wake *wake);

/* ---- Access, inlined ----------------------------------------------------------------------------------- */

#define TA_GENERATION_PARTS_ (TA_GENERATION_BITS / TA_SLOT_BITS)

static inline ta_generation ta_slab_generation_(const struct ta_entry_ *e)
{
    if (TA_GENERATION_PARTS_ == 1)
        return e->generation[0];
    uint32_t high = e->generation[TA_GENERATION_PARTS_ - 1];
    return TA_CAST_(ta_generation, high << TA_SLOT_BITS | e->generation[0]);
}

/*
 * How far the slot of a handle is from the last slot; below 0 for a handle that cannot be valid. The low
 * TA_SLOT_BITS + 1 bits of a handle are its slot and the low bit of its generation. If that bit is set, they
 * are slot - 2^TA_SLOT_BITS as a signed number; subtracted from last - 2^TA_SLOT_BITS they leave last - slot. If it is
 * not set they are positive, and the difference is below 0, as it is for a slot after the last one.
 */
static inline ta_slot_difference ta_slab_distance_(const ta_allocator *slab, ta_handle h)
{
#if TA_IS_NARROW_ /* there, shifts by many bits are loops */
    bool is_valid = (TA_CAST_(ta_slot, h.bits >> TA_SLOT_BITS) & 1) != 0 &&
                    ta_handle_slot(h) <= TA_CAST_(unsigned, slab->last);
    return is_valid ? TA_CAST_(ta_slot_difference, TA_CAST_(unsigned, slab->last) - ta_handle_slot(h)) : -1;
#else
    const unsigned shift = 8 * sizeof(ta_slot_difference) - (TA_SLOT_BITS + 1);
    return slab->last_live -
           (TA_CAST_(ta_slot_difference, TA_CAST_(ta_slot_bits_, h.bits) << shift) >> shift);
#endif
}

#if TA_HANDLE_POOL_BITS
#define TA_SLAB_POOL_OF_(slab) ((slab)->pool)
#else
#define TA_SLAB_POOL_OF_(slab) ((void)(slab), TA_CAST_(ta_handle_bits, 0))
#endif

/*
 * The generation of an entry while interrupts are not masked. Of two parts the low one is loaded first. If an interrupt
 * frees and takes the slot between the loads, and the low part wraps, the result is a generation that is still to come.
 * The other way round it would be one of long ago, and its stale handle would match.
 */
#if TA_GENERATION_BITS == TA_SLOT_BITS
#define ta_slab_generation_unmasked_(e) ta_slab_generation_(e)
#else
static inline ta_generation ta_slab_generation_unmasked_(const struct ta_entry_ *e)
{
    const volatile ta_slot *parts = e->generation;
    ta_slot low = parts[0];
    uint32_t high = parts[TA_GENERATION_PARTS_ - 1];
    return TA_CAST_(ta_generation, high << TA_SLOT_BITS | low);
}
#endif

/* Everything in a handle but its slot must be what the table and the pool say. If a handle has no other bits, x86
 * compares the generation in memory. If registers are compared, comparing all bits costs less. */
static inline bool ta_slab_matches_(const ta_allocator *slab, ta_handle h, const struct ta_entry_ *e)
{
#if defined(__x86_64__) && TA_HANDLE_POOL_BITS == 0 && TA_SLOT_BITS == TA_GENERATION_BITS
    (void)slab;
    return TA_CAST_(ta_generation, h.bits >> TA_SLOT_BITS) == ta_slab_generation_unmasked_(e);
#else
    ta_handle_bits pool = TA_CAST_(ta_handle_bits, TA_SLAB_POOL_OF_(slab) >> TA_SLOT_BITS);
    return TA_CAST_(ta_handle_bits, h.bits >> TA_SLOT_BITS) == (pool | ta_slab_generation_unmasked_(e));
#endif
}

/* How many bytes a block at this distance is before the last one. */
static inline size_t ta_slab_offset_(const ta_allocator *slab, ta_slot_difference distance)
{
    size_t offset = TA_CAST_(size_t, distance) * slab->block_size;
#ifdef __x86_64__
    /* 1 instruction of 15: gcc would subtract in one register and return another */
    TA_OPAQUE_(offset);
#endif
    return offset;
}

/**
 * @brief ta_get() inlined into the caller, for loops over many blocks. Masks nothing.
 *
 * It costs least where the compiler sees the definition of the slab.
 * @param slab The slab; a custom back end is not detected.
 * @param h    The handle.
 * @return The first byte of the block; NULL if the handle is stale.
 */
static inline void *ta_slab_get(const ta_allocator *slab, ta_handle h)
{
    ta_slot_difference distance = ta_slab_distance_(slab, h);
    if (TA_UNLIKELY_(distance < 0))
        return NULL;
    if (TA_UNLIKELY_(!ta_slab_matches_(slab, h, &slab->entries[distance])))
        return NULL;
    return slab->blocks - ta_slab_offset_(slab, distance);
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

/**
 * @brief The handle of the block in a slot, for dumps and leak reports. One critical section.
 * @param slab The slab.
 * @param slot The index of the block.
 * @return The handle; TA_NONE if the block is not live or there is no such slot.
 */
ta_handle ta_slab_handle_at(const ta_allocator *slab, size_t slot);

/**
 * @brief The widths of the metadata in this build.
 * @return The widths, in bits.
 */
ta_slab_bits ta_slab_layout(void);

/**
 * @brief Check the invariants of a slab. O(blocks), while nobody else uses it.
 * @param slab The slab; NULL is checked.
 * @return 0, or the number of what is broken: 1 a constant; 2 more blocks are taken than there are; 3 the free list
 *         leaves the slab or contains a live block or a block twice; 4 it does not end at the tail; 5 free, live and
 *         retired blocks do not add up; 6 the statistics; 7 the counters of owners, with TA_OWNERS. That one takes
 *         O(blocks x owners).
 */
int ta_slab_check(const ta_allocator *slab);

#ifdef __cplusplus
}
#endif

#endif
