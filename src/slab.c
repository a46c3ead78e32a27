/*
 * The slab: life cycle, the rarer operations, inspection. The table's picture and its two transitions
 * (take_slot, release_slot) stand in internal.h, where the other nouns inline them.
 *
 * Invariants, at every instant at which nothing is masked:
 *   S1  a slot is live (odd generation), or free and in the list exactly once, or retired;
 *   S2  the list runs from head to tail; when it is empty, the tail's slot is live or retired;
 *   S3  taken = live + booked + reserve - (reserve in use) + retired, so free slots >= booked blocks;
 *   S4  nothing outside the masked steps writes an entry of a slot that is not its caller's.
 */
#include "internal.h"

TA_STATIC_ASSERT(sizeof(entry) == (TA_SLOT_BITS + TA_GENERATION_BITS) / 8, "an entry has no padding");
TA_STATIC_ASSERT(TA_ALIGNOF(slab_state) == TA_ALIGNOF(entry), "the state follows the table without a gap");

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

#define STATE_SIZE (sizeof(slab_state) + TA_ALIGNOF(entry) - 1) /* with what aligning it may cost */

/* How many bytes lie between an address and the next multiple of a power of two. */
static size_t padding(uintptr_t address, size_t alignment)
{
    return (size_t)(-address & (alignment - 1));
}

ta_status ta_slab_init(ta_slab *slab, void *arena, size_t arena_size, size_t block_size)
{
    if (!slab || !arena || block_size == 0 || block_size != (ta_slot)block_size)
        return invalid();
    if (arena_size > UINTPTR_MAX - (uintptr_t)arena)
        return invalid(); /* no memory reaches past the end of the address space */
    size_t skipped = padding((uintptr_t)arena, TA_SLAB_ALIGNMENT(block_size));
    if (arena_size < skipped || arena_size - skipped < STATE_SIZE)
        return invalid();
    size_t left = arena_size - skipped - STATE_SIZE;
    if (block_size > left)
        return invalid();
    /* A block that fits makes no sum that wraps: there is a state besides, larger than an entry. (Not opaque, the
     * quotient would be computed and the numbers kept and compared besides, to see whether it is 0.) */
    size_t count = opaque(smaller(left / (block_size + sizeof(entry)), TA_SLAB_MAX_BLOCKS));
    if (count == 0)
        return invalid();

    uint8_t *end = (uint8_t *)arena + skipped + count * block_size; /* of the blocks */
    entry *entries = (entry *)(void *)(end + padding((uintptr_t)end, TA_ALIGNOF(entry)));
    offset_t last = (offset_t)(count - 1);
    const ta_allocator made = {TA_SLAB_OPERATIONS_ block_size,
                               end - block_size,
                               entries,
                               entries + last,
                               last,
                               TA_SLAB_LAST_LIVE_(last) TA_ALLOCATOR_POOL_(0)};
    slab->allocator = made;
    ta_slab_reset(&slab->allocator);
    return TA_OK;
}

void ta_slab_reset(const ta_allocator *slab)
{
    const uint8_t *end = (const uint8_t *)(state_of(slab) + 1);
    memset(slab->entries, 0, (size_t)(end - (const uint8_t *)slab->entries));
}

#if TA_HANDLE_POOL_BITS
#define SET_POOL(a, identity) ((a).pool = (ta_handle_bits)(identity) << (TA_SLOT_BITS + TA_GENERATION_BITS))
#else
#define SET_POOL(a, identity) ((void)(identity))
#endif

ta_status ta_slab_set_pool(ta_slab *slab, unsigned identity)
{
    if (!slab || identity >> TA_HANDLE_POOL_BITS)
        return invalid();
    SET_POOL(slab->allocator, identity);
    return TA_OK;
}

/* ---- The reserve: a standing booking, which only ta_slab_alloc_reserved() may eat into ----------------- */

ta_status ta_slab_set_reserve(const ta_allocator *slab, size_t blocks)
{
    size_t capacity = (size_t)slab->last + 1;
    if (blocks > TA_SLAB_MAX_BLOCKS - capacity)
        return TA_E_RANGE;
    slab_state *s = state_of(slab);
    ta_status status = TA_OK;
    ta_mask mask = ta_critical_enter();
    size_t others = (size_t)s->taken - s->reserve;
    if (s->taken > capacity)
        status = TA_E_RANGE;
    else if (blocks > capacity - others)
        status = TA_E_NO_MEMORY;
    if (status == TA_OK) {
        SET_PEAK(s, PEAK_OF(s) - s->reserve + blocks);
        s->taken = (ta_slot)(others + blocks);
        s->reserve = (ta_slot)blocks;
    }
    ta_critical_exit(mask);
    return status;
}

ta_handle ta_slab_alloc_reserved(const ta_allocator *slab, size_t size)
{
    if (size > slab->block_size) {
        TA_FAULT(TA_E_INVALID);
        return TA_NONE;
    }
    return slab_alloc_from(slab, size, true);
}

bool slab_book(const ta_allocator *a, size_t blocks, bool uses_reserve)
{
    slab_state *s = state_of(a);
    ta_mask mask = ta_critical_enter();
    offset_t taken = (offset_t)(s->taken - (uses_reserve ? s->reserve : 0));
    bool enough = taken <= a->last && blocks <= (size_t)(a->last + 1 - taken);
    if (enough)
        count_taken(s, blocks);
    else
        count_failure(s);
    ta_critical_exit(mask);
    return enough;
}

/* ---- The rarer operations ------------------------------------------------------------------------------ */

/* Masked: were the block freed and taken between the check and the load, the length would be its next owner's. The link
 * of a block in a chain is no length: never say more than a block. */
size_t slab_size(const ta_allocator *a, ta_handle h)
{
    ta_mask mask = ta_critical_enter();
    const entry *e = find_live(a, h);
    size_t size = e ? e->link : 0;
    ta_critical_exit(mask);
    return smaller(size, a->block_size);
}

/* Masked: were the block freed between the check and the store, the length would land in the free list. */
ta_status slab_resize(const ta_allocator *a, ta_handle h, size_t size)
{
    if (size > a->block_size)
        return invalid();
    ta_mask mask = ta_critical_enter();
    entry *e = find_live(a, h);
    if (e)
        e->link = (ta_slot)size;
    ta_critical_exit(mask);
    return e ? TA_OK : TA_E_STALE;
}

void slab_clear(const ta_allocator *a)
{
    for (size_t slot = 0; slot <= (size_t)a->last; slot++)
        ta_free(a, ta_slab_handle_at(a, slot));
}

ta_stats slab_stats(const ta_allocator *a)
{
    const slab_state *s = state_of(a);
    ta_stats stats = {0, 0, (size_t)a->last + 1, a->block_size, 0, 0};
    ta_mask mask = ta_critical_enter();
    stats.retired = RETIRED_OF(s);
    stats.used = (size_t)s->taken - s->reserve - stats.retired;
    if (TA_STATISTICS)
        stats.peak = PEAK_OF(s) - s->reserve - stats.retired;
    stats.failures = FAILURES_OF(s);
    ta_critical_exit(mask);
    return stats;
}

size_t slab_free_blocks(const ta_allocator *a, bool uses_reserve)
{
    const slab_state *s = state_of(a);
    ta_mask mask = ta_critical_enter();
    offset_t taken = (offset_t)(s->taken - (uses_reserve ? s->reserve : 0));
    ta_critical_exit(mask);
    return taken > a->last ? 0 : (size_t)(a->last + 1 - taken);
}

size_t slab_available(const ta_allocator *a)
{
    return slab_free_blocks(a, false);
}

ta_handle slab_handle_of(const ta_allocator *a, const void *block)
{
    uintptr_t behind = (uintptr_t)a->blocks - (uintptr_t)block;
    uintptr_t slots = behind / a->block_size;
    if (behind % a->block_size != 0 || slots > (uintptr_t)a->last)
        return TA_NONE;
    return ta_slab_handle_at(a, (size_t)a->last - (size_t)slots);
}

#if TA_CUSTOM_BACKENDS

/* The inlined operations have no address: give each one. */
static ta_handle op_alloc(const ta_allocator *a, size_t size)
{
    return slab_alloc(a, size);
}
static void *op_get(const ta_allocator *a, ta_handle h)
{
    return slab_get(a, h);
}
static bool op_free(const ta_allocator *a, ta_handle h)
{
    return slab_free(a, h);
}
static bool op_book(const ta_allocator *a, size_t blocks)
{
    return slab_book(a, blocks, false);
}
static void op_unbook(const ta_allocator *a, size_t blocks)
{
    slab_unbook(a, blocks);
}
static ta_handle op_take(const ta_allocator *a)
{
    return slab_take(a);
}
static ta_handle op_next(const ta_allocator *a, ta_handle h)
{
    return slab_next(a, h);
}
static bool op_set_next(const ta_allocator *a, ta_handle h, ta_handle n)
{
    return slab_set_next(a, h, n);
}
static ta_handle op_free_next(const ta_allocator *a, ta_handle h)
{
    return slab_free_next(a, h);
}
static ta_handle op_renew(const ta_allocator *a, ta_handle h)
{
    return slab_renew(a, h);
}

const ta_operations ta_slab_operations = {
    op_alloc,       op_get,  slab_size, slab_resize, op_free, slab_clear,  slab_stats,   slab_available,
    slab_handle_of, op_book, op_unbook, op_take,     op_next, op_set_next, op_free_next, op_renew,
};

#endif

/* ---- Inspection ---------------------------------------------------------------------------------------- */

ta_handle ta_slab_handle_at(const ta_allocator *slab, size_t slot)
{
    if (slot > (size_t)slab->last)
        return TA_NONE;
    const entry *e = &slab->entries[slab->last - (offset_t)slot];
    ta_mask mask = ta_critical_enter(); /* a generation may take several loads */
    ta_generation generation = generation_of(e);
    ta_critical_exit(mask);
    return generation & 1 ? handle_of_slot(slab, (ta_slot)slot, generation) : TA_NONE;
}

ta_slab_bits ta_slab_layout(void)
{
    ta_slab_bits layout;
    layout.index = TA_SLOT_BITS;
    layout.generation = TA_GENERATION_BITS;
    layout.length = TA_SLOT_BITS;
    layout.pool = TA_HANDLE_POOL_BITS;
    return layout;
}

static bool is_taken(const entry *e)
{
    return is_live(e) || is_retired(e);
}

/* Walk the free list, `length` slots long: S1 and S2. A list of the right length that ends at the tail and
 * meets no live slot can hold no slot twice: it would never reach its end. */
static int check_free_list(const ta_allocator *a, size_t length)
{
    const slab_state *s = state_of(a);
    size_t at = (ta_slot)((size_t)a->last - s->head);
    if (length == 0)
        return is_taken(&a->entries[s->tail]) ? 0 : 4;
    for (;; at = linked_distance(a->entries, at)) {
        if (at > (size_t)a->last || is_taken(&a->entries[at]))
            return 3;
        if (--length == 0)
            return at == s->tail ? 0 : 4;
        if (at == s->tail)
            return 3;
    }
}

int ta_slab_check(const ta_allocator *slab)
{
    if (!slab || slab->block_size == 0 || slab->last < 0 || slab->first - slab->entries != slab->last ||
        slab->last_live != TA_SLAB_LAST_LIVE_(slab->last))
        return 1;
    const slab_state *s = state_of(slab);
    size_t capacity = (size_t)slab->last + 1, live = 0, retired = 0;
    if (s->taken < s->reserve || (size_t)s->taken - s->reserve > capacity || s->tail > (size_t)slab->last)
        return 2;
    for (offset_t at = 0; at <= slab->last; at++) {
        live += is_live(&slab->entries[at]);
        retired += is_retired(&slab->entries[at]);
    }
    int broken = check_free_list(slab, capacity - live - retired);
    if (broken)
        return broken;
    if (live + retired > (size_t)s->taken - s->reserve)
        return 5;
    if (TA_RETIRE && retired != RETIRED_OF(s))
        return 5;
    if (TA_STATISTICS && (PEAK_OF(s) < s->taken || PEAK_OF(s) - s->reserve - retired > capacity))
        return 6;
    return 0;
}
