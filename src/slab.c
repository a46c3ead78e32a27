/*
 * The slab: life cycle, headroom, inspection. The table and the two transitions of a slot are in
 * slab_table.h.
 *
 * Invariants, whenever no critical section is open:
 *   S1  a slot is live (odd generation), or free and in the list exactly once, or retired;
 *   S2  the list runs from head to tail; when it is empty, the tail's slot is live or retired;
 *   S3  taken = live + quotas + headroom - (headroom in use) + retired, so there are at least as many free
 *       slots as blocks that quotas have set aside;
 *   S4  outside a critical section nobody writes an entry.
 */
#include "fault.h"
#include "slab_table.h"
#include <string.h>
#include <tinyalloc/options.h>

TA_OPTIONS_DEFINE_ /* the symbol that names the options of this library: see options.h */
    TA_PORT_STATE  /* and the state of its port, if that has any: see port.h */

        TA_STATIC_ASSERT(sizeof(entry) == (TA_SLOT_BITS + TA_GENERATION_BITS) / 8, "an entry has no padding");
TA_STATIC_ASSERT(TA_ALIGNOF(slab_state) == TA_ALIGNOF(entry), "the state follows the table without a gap");

#define SLOT_BYTES (sizeof(entry) + TA_SLAB_OWNER_BYTES_) /* what the table has for each slot */

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

/* How many bytes lie between an address and the next multiple of a power of two. */
static size_t padding(uintptr_t address, size_t alignment)
{
    return (size_t)(-address & (alignment - 1));
}

/* How many blocks with their entries and one state fit between two addresses. The first division is never
 * too low; the table's padding may cost one block. */
static size_t blocks_between(uintptr_t start, size_t size, size_t block_size)
{
    if (size < sizeof(slab_state) || block_size > size - sizeof(slab_state))
        return 0; /* and the sums below cannot wrap */
    size_t left = size - sizeof(slab_state), count = left / (block_size + SLOT_BYTES);
    if (count == 0)
        return 0;
    if (count - 1 >= TA_SLAB_MAX_BLOCKS)
        return TA_SLAB_MAX_BLOCKS;
    size_t used = count * (block_size + SLOT_BYTES);
    bool has_padding = left - used >= padding(start + count * block_size, TA_ALIGNOF(entry));
    return has_padding ? count : count - 1;
}

ta_status ta_slab_init(ta_slab *slab, void *arena, size_t arena_size, size_t block_size)
{
    if (!slab || !arena || block_size == 0 || block_size != (ta_slot)block_size ||
        block_size % TA_PORT_CACHE_LINE != 0)
        return invalid();
    if (arena_size > UINTPTR_MAX - (uintptr_t)arena)
        return invalid(); /* no memory reaches past the end of the address space */
    size_t skipped = padding((uintptr_t)arena, TA_SLAB_ALIGNMENT(block_size));
    if (arena_size < skipped)
        return invalid();
    uint8_t *blocks = (uint8_t *)arena + skipped;
    size_t count = blocks_between((uintptr_t)blocks, arena_size - skipped, block_size);
    if (count == 0)
        return invalid();

    uint8_t *end = blocks + count * block_size;
    entry *entries = (entry *)(void *)(end + padding((uintptr_t)end, TA_ALIGNOF(entry)));
    offset_t last = (offset_t)(count - 1);
    const ta_allocator made = {TA_SLAB_OPERATIONS_ block_size,
                               end - block_size,
                               entries,
                               entries + last,
                               last,
                               TA_SLAB_LAST_LIVE_(last) TA_ALLOCATOR_POOL_(0)};
    unpoison(arena, arena_size); /* as an earlier slab may have left it */
    slab->allocator = made;
    ta_slab_reset(&slab->allocator);
    return TA_OK;
}

void ta_slab_reset(const ta_allocator *slab)
{
    const uint8_t *end =
        (const uint8_t *)(state_of(slab) + 1) + ((size_t)slab->last + 1) * TA_SLAB_OWNER_BYTES_;
    unpoison(slab->blocks - ta_slab_offset_(slab, slab->last), ((size_t)slab->last + 1) * slab->block_size);
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

/* ---- Headroom: a standing quota, which only ta_slab_alloc_headroom() may use --------------------------- */

ta_status ta_slab_set_headroom(const ta_allocator *slab, size_t blocks)
{
    size_t capacity = (size_t)slab->last + 1;
    if (blocks > TA_SLAB_MAX_BLOCKS - capacity)
        return TA_E_RANGE;
    slab_state *s = state_of(slab);
    ta_status status = TA_OK;
    ta_mask mask = ta_critical_enter();
    size_t others = (size_t)s->taken - s->headroom; /* retired ones, too, which may be where headroom was */
    if (s->taken > capacity && others > RETIRED_OF(s))
        status = TA_E_RANGE;
    else if (blocks > capacity - others)
        status = TA_E_NO_MEMORY;
    if (status == TA_OK) {
        SET_PEAK(s, PEAK_OF(s) - s->headroom + blocks);
        s->taken = (ta_slot)(others + blocks);
        s->headroom = (ta_slot)blocks;
    }
    ta_critical_exit(mask);
    ta_slab_wake_if_awaited_(slab);
    return status;
}

ta_handle ta_slab_alloc_headroom(const ta_allocator *slab, size_t size)
{
    if (size > slab->block_size) {
        TA_FAULT(TA_E_INVALID);
        return TA_NONE;
    }
    return slab_alloc(slab, size, TAKER(true, 0));
}

/* ---- Waking -------------------------------------------------------------------------------------------- */

#if TA_WAKE

ta_status ta_slab_set_wake(const ta_allocator *slab, const ta_wake *wake)
{
    if (wake && !wake->call)
        return invalid();
    slab_state *s = state_of(slab);
    memcpy(s->wake, &wake, sizeof wake);
    SET_AWAITED(s, false);
    return TA_OK;
}

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
    if (length == 0) /* then S2 holds: no slot is free */
        return 0;
    for (;; at = (ta_slot)(at - 1 - a->entries[at].link)) {
        if (at > (size_t)a->last || is_taken(&a->entries[at]))
            return 3;
        if (--length == 0)
            return at == s->tail ? 0 : 4;
        if (at == s->tail)
            return 3;
    }
}

/* Does each owner have as many live blocks as its counters say? */
#if TA_OWNERS
static bool owners_add_up(const ta_allocator *a)
{
    slab_state *s = state_of(a);
    size_t capacity = (size_t)a->last + 1, live = 0, owned = 0;
    for (offset_t at = 0; at <= a->last; at++)
        live += is_live(&a->entries[at]);
    for (size_t owner = 0; owner < TA_OWNERS; owner++) {
        size_t blocks = 0;
        for (size_t slot = 0; slot < capacity; slot++)
            blocks += is_live(a->first - slot) && *owner_at(s, slot) == owner;
        if (s->highest[owner] > capacity || blocks != (size_t)s->highest[owner] - s->below[owner])
            return false;
        owned += blocks;
    }
    return owned == live;
}
#else
#define owners_add_up(a) true
#endif

int ta_slab_check(const ta_allocator *slab)
{
    if (!slab || slab->block_size == 0 || slab->last < 0 || slab->first - slab->entries != slab->last ||
        slab->last_live != TA_SLAB_LAST_LIVE_(slab->last))
        return 1;
    const slab_state *s = state_of(slab);
    size_t capacity = (size_t)slab->last + 1, live = 0, retired = 0;
    if (s->headroom > capacity || s->taken < s->headroom || (size_t)s->taken - s->headroom > capacity ||
        s->tail > (size_t)slab->last)
        return 2;
    for (offset_t at = 0; at <= slab->last; at++) {
        live += is_live(&slab->entries[at]);
        retired += is_retired(&slab->entries[at]);
    }
    int broken = check_free_list(slab, capacity - live - retired);
    if (broken)
        return broken;
    if (live + retired > (size_t)s->taken - s->headroom)
        return 5;
    if (TA_RETIRE && retired != RETIRED_OF(s))
        return 5;
    if (TA_STATISTICS && (PEAK_OF(s) < s->taken || peak_used(s) > capacity))
        return 6;
    return owners_add_up(slab) ? 0 : 7;
}
