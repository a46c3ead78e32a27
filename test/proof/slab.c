/* Each operation of the slab, from any state that satisfies the invariant, with any arguments: see model.h. */
#include "model.h"

/* ---- Taking a block -------------------------------------------------------------------------------------- */

static ta_handle want_alloc(size_t size, bool uses_headroom)
{
    ta_handle none = {0};
    if (size > BLOCK_SIZE) {
        wanted_faults++;
        REACHED("alloc: too large");
    } else if (want.taken - (uses_headroom ? want.headroom : 0) >= SLOTS) {
        refuse(&want);
        REACHED("alloc: no block is free");
    } else {
        set_taken(&want, want.taken + 1);
        size_t slot = begin_life(&want, size);
        REACHED("alloc: a block");
        return name_of(&want, slot);
    }
    return none;
}

void prove_alloc(void)
{
    begin_proof();
    size_t size = nondet_size();
    ta_handle h = ta_alloc(a, size), wanted = want_alloc(size, false);
    CHECK(h.bits == wanted.bits, "the handle names the new lifetime");
    end_proof();
}

void prove_alloc_headroom(void)
{
    begin_proof();
    size_t size = nondet_size();
    ta_handle h = ta_slab_alloc_headroom(a, size), wanted = want_alloc(size, true);
    CHECK(h.bits == wanted.bits, "the handle names the new lifetime");
    end_proof();
}

void prove_alloc_copy(void)
{
    uint8_t data[BLOCK_SIZE];
    begin_proof();
    size_t size = nondet_size();
    bool has_data = nondet_byte() & 1;
    for (size_t i = 0; i < BLOCK_SIZE; i++)
        data[i] = nondet_byte();
    ta_handle h = ta_alloc_copy(a, has_data ? data : NULL, size), wanted = {0};
    if (!has_data && size) {
        wanted_faults++;
        REACHED("alloc_copy: no bytes");
    } else {
        wanted = want_alloc(size, false);
    }
    CHECK(h.bits == wanted.bits, "the handle names the new lifetime");
    size_t slot = slot_of(&want, h);
    if (slot < SLOTS && watched / BLOCK_SIZE == slot && watched % BLOCK_SIZE < size) {
        CHECK(arena[watched] == data[watched % BLOCK_SIZE], "the bytes are copied");
        watched = SLOTS * BLOCK_SIZE;
    }
    end_proof();
}

/* ---- A block and its handle ------------------------------------------------------------------------------ */

void prove_get(void)
{
    begin_proof();
    ta_handle h = any_handle();
    size_t slot = slot_of(&was, h);
    bool is_named = slot < SLOTS;
    uint8_t *block = is_named ? block_in(slot) : NULL;
    CHECK(ta_get(a, h) == (void *)block, "get: the block, or NULL");
    CHECK(ta_slab_get(a, h) == (void *)block, "the inlined get: the same");
    CHECK(ta_is_live(a, h) == is_named, "is_live");
    if (is_named)
        REACHED("get: live");
    else
        REACHED("get: stale");
    end_proof();
}

void prove_size(void)
{
    begin_proof();
    ta_handle h = any_handle();
    size_t slot = slot_of(&was, h), size = ta_size(a, h);
    if (slot == SLOTS) {
        CHECK(size == 0, "size: 0 of a stale handle");
        REACHED("size: stale");
    } else if (was.link[slot] > BLOCK_SIZE) {
        CHECK(size <= BLOCK_SIZE, "size: never more than a block");
        REACHED("size: of a chunk");
    } else {
        CHECK(size == was.link[slot], "size: what was set");
        REACHED("size: of a block");
    }
    end_proof();
}

void prove_resize(void)
{
    begin_proof();
    ta_handle h = any_handle();
    size_t slot = slot_of(&was, h), size = nondet_size();
    ta_status status = ta_resize(a, h, size);
    if (size > BLOCK_SIZE) {
        CHECK(status == TA_E_INVALID, "resize: too large");
        wanted_faults++;
        REACHED("resize: too large");
    } else if (slot == SLOTS) {
        CHECK(status == TA_E_STALE, "resize: stale");
        REACHED("resize: stale");
    } else {
        CHECK(status == TA_OK, "resize: done");
        want.link[slot] = (ta_slot)size;
        REACHED("resize: done");
    }
    end_proof();
}

void prove_free(void)
{
    begin_proof();
    ta_handle h = any_handle();
    size_t slot = slot_of(&was, h);
    bool is_freed = ta_free(a, h);
    CHECK(is_freed == (slot < SLOTS), "free: true for a live handle only");
    if (slot < SLOTS) {
        end_life(&want, slot);
        want_wake();
        CHECK(!ta_free(a, h), "a second free is refused");
        REACHED("free: done");
#if TA_RETIRE
        if (want.kind[slot] == RETIRED)
            REACHED("free: retired");
#endif
    } else {
        REACHED("free: stale");
    }
    end_proof();
}

void prove_clear(void)
{
    begin_proof();
    ta_clear(a);
    for (size_t slot = 0; slot < SLOTS; slot++)
        if (was.kind[slot] == LIVE) {
            end_life(&want, slot);
            want_wake();
        }
    CHECK(want.live == 0, "clear: every lifetime ends");
    end_proof();
}

void prove_handle_of(void)
{
    begin_proof();
    uintptr_t address = (uintptr_t)nondet_size(); /* any bits */
    ta_handle h = ta_handle_of(a, (const void *)address), wanted = {0};
    for (size_t slot = 0; slot < SLOTS; slot++)
        if (was.kind[slot] == LIVE && (uintptr_t)block_in(slot) == address) {
            wanted = name_of(&was, slot);
            REACHED("handle_of: a live block");
        }
    CHECK(h.bits == wanted.bits, "handle_of: of the live block that starts there, or TA_NONE");
    end_proof();
}

/* ---- Counters and headroom ------------------------------------------------------------------------------- */

void prove_inspection(void)
{
    begin_proof();
    size_t slot = nondet_size();
    ta_handle h = ta_slab_handle_at(a, slot), wanted = {0};
    if (slot < SLOTS && was.kind[slot] == LIVE) {
        wanted = name_of(&was, slot);
        REACHED("handle_at: a live block");
    }
    CHECK(h.bits == wanted.bits, "handle_at: of the live block, or TA_NONE");
    ta_stats stats = ta_stats_of(a);
    CHECK(stats.used == was.taken - was.headroom - was.retired, "stats: used");
    CHECK(stats.peak == (TA_STATISTICS ? used_at_most(&was) : 0), "stats: peak");
    CHECK(stats.peak <= SLOTS && (!TA_STATISTICS || stats.used <= stats.peak),
          "stats: used <= peak <= capacity");
    CHECK(stats.capacity == SLOTS && stats.block_size == BLOCK_SIZE, "stats: what the slab has");
    CHECK(stats.failures == was.failures && stats.retired == was.retired, "stats: failures and retired");
    size_t available = was.taken > SLOTS ? 0 : SLOTS - was.taken;
    CHECK(ta_available(a) == available, "available: free, without the headroom");
    CHECK(available <= was.free, "what is available is free");
    CHECK(ta_blocks_free_count_(a, true) == SLOTS + was.headroom - was.taken, "free with the headroom");
    CHECK(ta_blocks_free_count_(a, false) == available, "free without it");
    CHECK(ta_slab_check(a) == 0, "check: the invariant holds");
    end_proof();
}

static ta_status want_headroom(size_t blocks, size_t capacity)
{
    size_t others = want.taken - want.headroom;
    if (blocks > TA_SLAB_MAX_BLOCKS - capacity) {
        REACHED("set_headroom: more than a slab can count");
        return TA_E_RANGE;
    }
    ta_status status = want.taken > capacity && others > want.retired ? TA_E_RANGE
                       : blocks > capacity - others                   ? TA_E_NO_MEMORY
                                                                      : TA_OK;
    if (status == TA_OK) {
        want.peak = TA_STATISTICS ? want.peak - want.headroom + blocks : 0;
        want.taken = others + blocks;
        want.headroom = blocks;
        REACHED("set_headroom: done");
    } else if (status == TA_E_RANGE) {
        REACHED("set_headroom: part of it is in use");
    } else {
        REACHED("set_headroom: too few blocks");
    }
    want_wake();
    return status;
}

void prove_set_headroom(void)
{
    begin_proof();
    size_t blocks = nondet_size();
    ta_status status = ta_slab_set_headroom(a, blocks);
    CHECK(status == want_headroom(blocks, SLOTS), "set_headroom: the status");
    end_proof();
}

#if SLOTS == 3 /* what does not depend on it is proved once */
/* The counters alone, for every capacity that a slab can have: these calls look at no entry. */
void prove_counters(void)
{
    static struct {
        struct ta_entry_ entry;
        ta_slab_state_ state;
    } any;
    ta_slab_state_ *s = &any.state;
    size_t capacity = nondet_size(), blocks = nondet_size();
    bool uses_headroom = nondet_byte() & 1, is_enough;
    *s = nondet_table().state;
#if TA_WAKE
    memset(s->wake, 0, sizeof s->wake);
#endif
    __CPROVER_assume(capacity > 0 && capacity <= (TA_IS_NARROW_ ? PTRDIFF_MAX / 4 : TA_SLAB_MAX_BLOCKS));
    __CPROVER_assume(s->headroom <= capacity && s->headroom <= TA_SLAB_MAX_BLOCKS - capacity);
    __CPROVER_assume(s->taken >= s->headroom && (size_t)s->taken - s->headroom <= capacity);
    __CPROVER_assume((size_t)s->taken - s->headroom >= RETIRED_OF(s));
    __CPROVER_assume(!TA_STATISTICS || (PEAK_OF(s) >= s->taken && PEAK_OF(s) - s->headroom <= capacity));
    pool.first = &any.entry;
    pool.last = (offset_t)(capacity - 1);
    want.taken = s->taken, want.headroom = s->headroom, want.peak = TA_STATISTICS ? PEAK_OF(s) : 0;
    want.retired = RETIRED_OF(s);
    may_write = true;
    masked_before = proof_masked = 1; /* the hooks of the port look at the other table */
    size_t available = want.taken > capacity ? 0 : capacity - want.taken;
    CHECK(ta_available(a) == available, "available: free, without the headroom");
    if (nondet_byte()) {
        is_enough = slab_set_aside(s, pool.last, blocks, uses_headroom);
        CHECK(is_enough == (blocks <= (uses_headroom ? capacity + want.headroom - want.taken : available)),
              "set_aside: all or none");
        if (is_enough)
            set_taken(&want, want.taken + blocks);
        REACHED("set_aside");
    } else {
        CHECK(ta_slab_set_headroom(a, blocks) == want_headroom(blocks, capacity), "set_headroom: the status");
    }
    CHECK(s->taken == want.taken && s->headroom == want.headroom, "the counters are what the contract says");
    CHECK(!TA_STATISTICS || PEAK_OF(s) == want.peak, "the peak is what the contract says");
    CHECK(s->headroom <= capacity && (size_t)s->taken - s->headroom <= capacity,
          "no more than all are taken");
    REACHED("the end");
}
#endif

/* ---- Quotas, links and lifetimes: what chains and back ends ask for --------------------------------------- */

void prove_set_aside(void)
{
    begin_proof();
    size_t blocks = nondet_size();
    bool uses_headroom = nondet_byte() & 1;
    ta_mask mask = ta_critical_enter();
    bool is_enough = slab_set_aside(state_of(a), pool.last, blocks, uses_headroom);
    ta_critical_exit(mask);
    size_t free = SLOTS + was.headroom - was.taken; /* with the headroom */
    if (!uses_headroom)
        free = free > was.headroom ? free - was.headroom : 0;
    CHECK(is_enough == (blocks <= free), "set_aside: all or none");
    if (is_enough) {
        set_taken(&want, was.taken + blocks);
        REACHED("set_aside: done");
    } else {
        refuse(&want);
        REACHED("set_aside: too few");
    }
    end_proof();
}

void prove_take(void) /* one block of a quota */
{
    begin_proof();
    __CPROVER_assume(was.taken - was.headroom > was.live + was.retired); /* somebody has set one aside */
    ta_slot link = nondet_slot();
    ta_mask mask = ta_critical_enter();
    ta_handle h = take_slot(a, pool.first, link, 0);
    ta_critical_exit(mask);
    CHECK(h.bits == name_of(&want, begin_life(&want, link)).bits, "take: the handle names the new lifetime");
    end_proof();
}

void prove_next(void)
{
    begin_proof();
    ta_handle h = any_handle(), next = slab_next(a, h), wanted = {0};
    size_t slot = slot_of(&was, h), to = slot == SLOTS ? SLOTS : (ta_slot)(slot + 1 + was.link[slot]);
    if (to < SLOTS && was.kind[to] == LIVE) {
        wanted = name_of(&was, to);
        REACHED("next: a live block");
    }
    CHECK(next.bits == wanted.bits, "next: the live block that the link leads to, or TA_NONE");
    end_proof();
}

void prove_set_next(void)
{
    begin_proof();
    ta_handle h = any_handle(), next = any_handle();
    size_t slot = slot_of(&was, h);
    CHECK(slab_set_next(a, h, next) == (slot < SLOTS), "set_next: true for a live handle only");
    if (slot < SLOTS) {
        want.link[slot] = (ta_slot)(ta_handle_slot(next) - slot - 1);
        size_t to = slot_of(&was, next);
        if (to < SLOTS) {
            CHECK(slab_next(a, h).bits == next.bits, "set_next: then next leads there");
            REACHED("set_next: to a live block");
        }
    }
    end_proof();
}

void prove_renew(void)
{
    begin_proof();
    ta_handle h = any_handle(), wanted = {0}, renewed = slab_renew(a, h);
    size_t slot = slot_of(&was, h);
    if (slot < SLOTS && !(TA_RETIRE && was.generation[slot] == GENERATION_MAX)) {
        want.generation[slot] += 2;
        wanted = name_of(&want, slot);
        CHECK(!ta_is_live(a, h), "renew: the old handle is stale");
        REACHED("renew: done");
    } else {
        REACHED("renew: refused");
    }
    CHECK(renewed.bits == wanted.bits, "renew: the new handle, or TA_NONE");
    end_proof();
}
