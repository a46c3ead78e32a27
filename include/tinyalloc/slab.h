/**
 * @file slab.h
 * @brief A slab: an arena of equal blocks, and a table beside it. Nothing is ever stored inside a block.
 *
 *     blocks    [ block 0 ][ block 1 ][ block 2 ][ block 3 ]      count x block_size bytes, aligned
 *     table     [gen |link][gen |link][gen |link][gen |link]      one entry a slot, the last slot's first
 *     state     taken · head · tail · reserve (· statistics)      a few small integers, right behind it
 *
 * `gen` counts the lifetimes of the slot: odd while its block is live, even while it is free. `link` is the
 * one word that no two states of a slot need at once: the next free slot, or the length of a single block,
 * or the next block of a chain. Freed slots are reused in the order they were freed, those never used first,
 * so that the largest possible distance lies between a free and the reuse.
 *
 * Links to other slots are distances (next - slot - 1) and the tail is counted from the far end: so all-zero
 * memory already is an empty slab whose list holds all slots in order. A static slab is all .bss and needs no
 * start-up code; its constants (addresses, sizes) lie in flash.
 *
 * RAM besides the blocks, in bytes (statistics: 2 or 4 more; 8/8 means 8-bit slots, 8-bit generations):
 *
 * | widths  | a slot | state | blocks at most | a handle may match again after |
 * |---------|--------|-------|----------------|--------------------------------|
 * | 8/8     | 2      | 4     | 255 of 255 B   | 128 lifetimes of its slot      |
 * | 8/16    | 3      | 4     | 255 of 255 B   | 32,768                         |
 * | 16/16   | 4      | 8     | 65,535 of 65,535 B | 32,768                     |
 * | 16/32   | 6      | 8     | 65,535 of 65,535 B | 2,147,483,648              |
 *
 * With TA_RETIRE a slot leaves service instead of wrapping its generation: then a handle never matches again.
 */
#ifndef TINYALLOC_SLAB_H
#define TINYALLOC_SLAB_H

#include "allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types --------------------------------------------------------------------------------------------- */

#define TA_SLAB_MAX_BLOCKS ((1UL << TA_SLOT_BITS) - 1)     /**< blocks a slab can have */
#define TA_SLAB_MAX_BLOCK_SIZE ((1UL << TA_SLOT_BITS) - 1) /**< bytes a block can have */

/* One entry of the table. A generation wider than a slot lies in two parts, low part first: no padding. */
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

/* What changes, besides the table. All zero: everything free. */
typedef struct ta_slab_state_ {
    ta_slot taken;          /* blocks live, set aside, kept as headroom, or retired */
    ta_slot head;           /* the next slot to be taken, while any is free */
    ta_slot tail;           /* last slot - the slot freed last; that slot is live only when no slot is free */
    ta_slot headroom;       /* blocks kept for ta_slab_alloc_headroom(), counted in `taken` */
    TA_SLAB_RETIRED_        /* slots out of service, counted in `taken`; most blocks in use before the last of them retired */
        TA_SLAB_STATISTICS_ /* the largest `taken` since then; refusals, saturating */
} ta_slab_state_;

/** A slab made at run time; pass `&slab->allocator` to every call. */
typedef struct ta_slab {
    ta_allocator allocator; /**< what every call takes */
} ta_slab;

/** How this build packs its metadata, in bits. */
typedef struct ta_slab_bits {
    uint8_t index;      /**< of a handle, for the slot */
    uint8_t generation; /**< of a handle, for the lifetime */
    uint8_t length;     /**< of an entry, for length or link */
    uint8_t pool;       /**< of a handle, for the pool's identity */
} ta_slab_bits;

/* ---- Static definition --------------------------------------------------------------------------------- */

#if TA_CUSTOM_BACKENDS
extern const ta_operations ta_slab_operations;
#define TA_SLAB_OPERATIONS_ &ta_slab_operations,
#else
#define TA_SLAB_OPERATIONS_
#endif

#if TA_HANDLE_POOL_BITS
#define TA_SLAB_POOL_(pool) ((ta_handle_bits)(ta_pool_id_##pool) << (TA_SLOT_BITS + TA_GENERATION_BITS))
#define TA_SLAB_POOL_FITS_(pool) \
    ((ta_pool_id_##pool) >= 0 && ((ta_pool_id_##pool) >> TA_HANDLE_POOL_BITS) == 0)
#else
#define TA_SLAB_POOL_(pool) 0
#define TA_SLAB_POOL_FITS_(pool) 1
#endif

#if TA_IS_NARROW_
#define TA_SLAB_LAST_LIVE_(last) 0 /* not used */
#else
#define TA_SLAB_LAST_LIVE_(last) ((last) - ((ta_slot_difference)1 << TA_SLOT_BITS))
#endif

#ifdef __cplusplus
#define TA_EXTERN_ extern "C"
#else
#define TA_EXTERN_ extern
#endif

/** The largest power of two that divides `block_size`, at most that of max_align_t. */
#define TA_SLAB_ALIGNMENT(block_size)                                                                        \
    (((block_size) & (0UL - (block_size))) < TA_ALIGNOF(max_align_t) ? ((block_size) & (0UL - (block_size))) \
                                                                     : TA_ALIGNOF(max_align_t))

/**
 * Define a slab of `block_count` blocks of `block_size` bytes, at file scope. `pool` becomes an address
 * constant of type `const ta_allocator *`. RAM: block_count * (block_size + entry) + state, all .bss.
 * With TA_HANDLE_POOL_BITS, a constant `ta_pool_id_<pool>` (an enum, say) gives the pool's identity.
 */
#define TA_SLAB_DEFINE(pool, block_size, block_count) \
    TA_SLAB_DEFINE_EX(pool, block_size, block_count, TA_SLAB_ALIGNMENT(block_size), )

/** The same with an alignment (a power of two that divides block_size) and an attribute that places blocks
 *  and table in a section. A section that start-up code does not zero needs ta_slab_reset(). */
#define TA_SLAB_DEFINE_EX(pool, block_size, block_count, alignment, section_attribute)                     \
    TA_STATIC_ASSERT((block_size) > 0, "tinyalloc: a block needs at least one byte");                      \
    TA_STATIC_ASSERT((block_size) <= TA_SLAB_MAX_BLOCK_SIZE,                                               \
                     "tinyalloc: block too large: TA_SLOT_BITS limits it to 255 or 65,535 bytes");         \
    TA_STATIC_ASSERT((block_count) > 0, "tinyalloc: a slab needs at least one block");                     \
    TA_STATIC_ASSERT((block_count) <= TA_SLAB_MAX_BLOCKS,                                                  \
                     "tinyalloc: too many blocks: TA_SLOT_BITS limits them to 255 or 65,535");             \
    TA_STATIC_ASSERT(((alignment) & ((alignment)-1)) == 0 && (alignment) > 0,                              \
                     "tinyalloc: the alignment must be a power of two");                                   \
    TA_STATIC_ASSERT((block_size) % (alignment) == 0,                                                      \
                     "tinyalloc: the block size must be a multiple of the alignment");                     \
    TA_STATIC_ASSERT((block_count) <=                                                                      \
                         (PTRDIFF_MAX - sizeof(ta_slab_state_)) / ((block_size) > sizeof(struct ta_entry_) \
                                                                       ? (block_size)                      \
                                                                       : sizeof(struct ta_entry_)),        \
                     "tinyalloc: the slab is larger than this machine's memory");                          \
    TA_STATIC_ASSERT(TA_SLAB_POOL_FITS_(pool),                                                             \
                     "tinyalloc: the pool's identity does not fit TA_HANDLE_POOL_BITS");                   \
    TA_ALIGNAS(alignment)                                                                                  \
    section_attribute static uint8_t pool##_blocks_[(size_t)(block_size) * (size_t)(block_count)];         \
    section_attribute static struct {                                                                      \
        struct ta_entry_ entries[block_count];                                                             \
        ta_slab_state_ state;                                                                              \
    } pool##_table_;                                                                                       \
    TA_SLAB_DECLARE(pool);                                                                                 \
    const ta_allocator pool[1] = {                                                                         \
        {TA_SLAB_OPERATIONS_(block_size), &pool##_blocks_[(size_t)((block_count)-1) * (block_size)],       \
         &pool##_table_.entries[0], &pool##_table_.entries[(size_t)((block_count)-1)],                     \
         (ta_slot_difference)((block_count)-1),                                                            \
         TA_SLAB_LAST_LIVE_((ta_slot_difference)((block_count)-1)) TA_ALLOCATOR_POOL_(TA_SLAB_POOL_(pool))}}

/** Make a slab that is defined elsewhere known here. */
#define TA_SLAB_DECLARE(pool) TA_EXTERN_ const ta_allocator pool[1]

/* ---- Life cycle ---------------------------------------------------------------------------------------- */


/**
 * Make a slab of as many blocks as fit into `arena`, which the caller owns, keeps as long as the slab, and
 * reaches only through it from now on. The blocks come first, aligned as TA_SLAB_ALIGNMENT says, then the
 * table. O(table). Thread context, before anybody uses the slab.
 * @return TA_OK; TA_E_INVALID for NULL, a block size of 0 or above TA_SLAB_MAX_BLOCK_SIZE, or an arena that
 *         cannot hold one block and its table.
 */
ta_status ta_slab_init(ta_slab *slab, void *arena, size_t arena_size, size_t block_size);

/** Zero table, state and statistics, as if newly started; for memory that start-up code does not zero.
 * Handles of before may match again: to end lifetimes use ta_clear(). O(blocks). Nobody else may use the slab
 * meanwhile. */
void ta_slab_reset(const ta_allocator *slab);

/** Give a run-time slab its identity for TA_HANDLE_POOL_BITS, before its first use. TA_E_INVALID: does not
 * fit. */
ta_status ta_slab_set_pool(ta_slab *slab, unsigned identity);

/** Keep the last `blocks` blocks for ta_slab_alloc_headroom(), so that the main loop cannot starve
 * interrupts.
 *  @return TA_OK; TA_E_NO_MEMORY when fewer are free; TA_E_RANGE when capacity + blocks is above
 *          TA_SLAB_MAX_BLOCKS or the reserve is partly in use. One masked step. */
ta_status ta_slab_set_headroom(const ta_allocator *slab, size_t blocks);

/** ta_alloc() for those whom the reserve is kept for: takes an unreserved block first, else one of the
 * reserve. Blocks freed later fill the reserve before anything else. */
ta_handle ta_slab_alloc_headroom(const ta_allocator *slab, size_t size);

/* ---- Access, inlined ----------------------------------------------------------------------------------- */

#define TA_GENERATION_PARTS_ (TA_GENERATION_BITS / TA_SLOT_BITS)

static inline ta_generation ta_slab_generation_(const struct ta_entry_ *e)
{
    if (TA_GENERATION_PARTS_ == 1)
        return e->generation[0];
    uint32_t high = e->generation[TA_GENERATION_PARTS_ - 1];
    return (ta_generation)(high << TA_SLOT_BITS | e->generation[0]);
}

/*
 * The distance from the last slot of the slot a handle names, below 0 for one that cannot be valid. The low
 * TA_SLOT_BITS + 1 bits of a handle are its slot and, on top, the low bit of its generation. Read as a signed number
 * they are slot - 2^TA_SLOT_BITS when that bit is set: then subtracting them from last - 2^TA_SLOT_BITS leaves last -
 * slot. When it is not set they are positive, and the difference is below 0, as it is for a slot behind the last.
 */
static inline ta_slot_difference ta_slab_distance_(const ta_allocator *slab, ta_handle h)
{
#if TA_IS_NARROW_ /* and shifts by many bits are loops */
    bool is_valid = ((ta_slot)(h.bits >> TA_SLOT_BITS) & 1) != 0 && ta_handle_slot(h) <= (unsigned)slab->last;
    return is_valid ? (ta_slot_difference)((unsigned)slab->last - ta_handle_slot(h)) : -1;
#else
    const unsigned shift = 8 * sizeof(ta_slot_difference) - (TA_SLOT_BITS + 1);
    return slab->last_live - ((ta_slot_difference)((ta_slot_bits_)h.bits << shift) >> shift);
#endif
}

#if TA_HANDLE_POOL_BITS
#define TA_SLAB_POOL_OF_(slab) ((slab)->pool)
#else
#define TA_SLAB_POOL_OF_(slab) ((void)(slab), (ta_handle_bits)0)
#endif

/* What a handle says besides its slot must be what the table and the pool say. Where a handle has no further bits x86
 * compares the generation in memory; where registers are compared, all bits cost less. */
static inline bool ta_slab_matches_(const ta_allocator *slab, ta_handle h, const struct ta_entry_ *e)
{
#if defined(__x86_64__) && TA_HANDLE_POOL_BITS == 0 && TA_SLOT_BITS == TA_GENERATION_BITS
    (void)slab;
    return (ta_generation)(h.bits >> TA_SLOT_BITS) == ta_slab_generation_(e);
#else
    ta_handle_bits pool = (ta_handle_bits)(TA_SLAB_POOL_OF_(slab) >> TA_SLOT_BITS);
    return (ta_handle_bits)(h.bits >> TA_SLOT_BITS) == (pool | ta_slab_generation_(e));
#endif
}

/* How far the block at a distance lies before the last one. */
static inline size_t ta_slab_offset_(const ta_allocator *slab, ta_slot_difference distance)
{
    size_t offset = (size_t)distance * slab->block_size;
    return offset;
}

/** ta_get() inlined into the caller, for loops over many blocks; `slab` is a slab, no custom backend. Cheapest where
 * the compiler sees the slab's definition. */
static inline void *ta_slab_get(const ta_allocator *slab, ta_handle h)
{
    ta_slot_difference distance = ta_slab_distance_(slab, h);
    if (__builtin_expect(distance < 0, 0))
        return NULL;
    if (__builtin_expect(!ta_slab_matches_(slab, h, &slab->entries[distance]), 0))
        return NULL;
    return slab->blocks - ta_slab_offset_(slab, distance);
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

/** The handle of the live block in `slot`, TA_NONE when it is free or there is no such slot: for dumps and
 *  leak reports. O(1), any context. */
ta_handle ta_slab_handle_at(const ta_allocator *slab, size_t slot);

/** How this build packs its metadata. O(1). */
ta_slab_bits ta_slab_layout(void);

/**
 * Do the invariants hold? O(blocks), while nobody else uses the slab.
 * @return 0, or the number of what is broken: 1 a constant; 2 more taken than there are blocks; 3 the free
 *         list leaves the slab, holds a live block or a block twice; 4 it does not end at the tail; 5 free,
 *         live and retired blocks do not add up; 6 statistics.
 */
int ta_slab_check(const ta_allocator *slab);

#ifdef __cplusplus
}
#endif

#endif
