/* Making, resetting and checking a slab: see model.h. */
#include "model.h"

/* ---- Life cycle -------------------------------------------------------------------------------------------- */

void prove_reset(void) /* of any memory: all slots are free, in order */
{
    begin_proof();
    table = nondet_table();
    watched_byte = arena[watched];
    may_write = true;
    ta_slab_reset(a);
    CHECK(is_valid(&now) && now.free == SLOTS && now.taken == 0 && now.failures == 0 && now.peak == 0 &&
              now.headroom == 0 && now.old_peak == 0 && !now.is_awaited,
          "reset: everything is free, nothing is counted");
    for (size_t slot = 0; slot < SLOTS; slot++)
        CHECK(now.order[slot] == slot && now.generation[slot] == 0, "reset: in order");
    want = now;
    end_proof();
}

/* ta_slab_check() is the invariant: for a table of any bits it accesses nothing else, and finds what is broken. */
void prove_check(void)
{
    table = nondet_table();
    pool.block_size = nondet_size();
    if (nondet_byte())
        pool.last = (offset_t)nondet_size();
    if (nondet_byte())
        pool.last_live = (offset_t)nondet_size();
    const ta_allocator *slab = nondet_byte() ? a : NULL;
    int broken = ta_slab_check(slab);
    bool is_right = slab && pool.block_size != 0 && pool.last == SLOTS - 1 &&
                    pool.last_live == TA_SLAB_LAST_LIVE_((offset_t)(SLOTS - 1));
    CHECK((broken == 1) == !is_right, "check: 1 says that a constant is wrong");
    if (is_right && is_valid(&now)) {
        CHECK(broken == 0, "check: 0 if the invariant holds");
        REACHED("check: the invariant holds");
    } else if (is_right) {
        bool is_peak = TA_RETIRE && TA_STATISTICS && now.peak > now.headroom + SLOTS; /* not looked at */
        CHECK(broken > 1 || is_peak, "check: what is broken is found");
        REACHED("check: broken");
    }
    REACHED("the end");
}

#if TA_HANDLE_POOL_BITS
void prove_set_pool(void)
{
    static ta_slab slab;
    unsigned identity = (unsigned)nondet_size();
    ta_slab *which = nondet_byte() ? &slab : NULL;
    begin_proof();
    slab.allocator = pool;
    ta_status status = ta_slab_set_pool(which, identity);
    if (which && identity < 1u << TA_HANDLE_POOL_BITS) {
        CHECK(status == TA_OK, "set_pool: done");
        for (size_t slot = 0; slot < SLOTS; slot++)
            if (was.kind[slot] == LIVE)
                CHECK(ta_slab_handle_at(&slab.allocator, slot).bits >> (TA_SLOT_BITS + TA_GENERATION_BITS) ==
                          identity,
                      "set_pool: handles have it");
        pool.pool = slab.allocator.pool; /* all else is as it was */
        REACHED("set_pool: done");
    } else {
        CHECK(status == TA_E_INVALID, "set_pool: refused");
        wanted_faults++;
        REACHED("set_pool: refused");
    }
    CHECK(slab.allocator.pool == pool.pool && slab.allocator.first == pool.first &&
              slab.allocator.last == pool.last,
          "set_pool: nothing else");
    end_proof();
}
#endif

#if TA_WAKE
void prove_set_wake(void)
{
    static const ta_wake without = {NULL, NULL};
    begin_proof();
    may_write = true;
    const ta_wake *wake = nondet_byte() ? &hook : nondet_byte() ? &without : NULL, *kept;
    ta_status status = ta_slab_set_wake(a, wake);
    if (wake == &without) {
        CHECK(status == TA_E_INVALID, "set_wake: refused");
        wanted_faults++;
        REACHED("set_wake: refused");
    } else {
        memcpy(&kept, table.state.wake, sizeof kept);
        CHECK(status == TA_OK && kept == wake, "set_wake: done");
        want.is_awaited = false;
        REACHED("set_wake: done");
    }
    end_proof();
}
#endif

/* ---- A slab in memory of any size, anywhere ----------------------------------------------------------------- */

#if SLOTS == 3
#define ROOM (sizeof(ta_slab_state_) + 12)

static size_t up(size_t value, size_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

/* Bytes that so many blocks take, from an address on; all numbers are small. */
static size_t taken_by(size_t start, size_t blocks, size_t block_size)
{
    size_t alignment = TA_SLAB_ALIGNMENT(block_size), end = up(start, alignment) + blocks * block_size;
    return up(end, TA_ALIGNOF(struct ta_entry_)) + blocks * sizeof(struct ta_entry_) +
           sizeof(ta_slab_state_) - start;
}

void prove_init(void)
{
    static ta_slab slab;
    static _Alignas(16) uint8_t memory[32 + ROOM];
    size_t start = nondet_size(), size = nondet_size(), block_size = nondet_size(), at = nondet_size(),
           fit = 0;
    __CPROVER_assume(start <= 32 && size <= ROOM && at < sizeof memory);
    memory[at] = nondet_byte();
    uint8_t before = memory[at];
    ta_slab *which = nondet_byte() ? &slab : NULL;
    void *where = nondet_byte() ? memory + start : NULL;
    bool is_size = block_size > 0 && block_size <= TA_SLAB_MAX_BLOCK_SIZE;
    if (is_size && block_size <= ROOM)
        for (size_t blocks = 1; blocks <= 12; blocks++)
            if (taken_by(start, blocks, block_size) <= size)
                fit = blocks;
    ta_status status = ta_slab_init(which, where, size, block_size);
    const ta_allocator *made = &slab.allocator;
    if (!which || !where || !is_size || fit == 0) {
        CHECK(status == TA_E_INVALID && faults == 1, "init: refused");
        CHECK(memory[at] == before, "init: nothing is changed");
        REACHED("init: refused");
        return;
    }
    CHECK(status == TA_OK && faults == 0, "init: done");
    CHECK((size_t)made->last + 1 == fit, "init: as many blocks as fit");
    size_t first = up(start, TA_SLAB_ALIGNMENT(block_size)), after = first + fit * block_size;
    size_t entries = up(after, TA_ALIGNOF(struct ta_entry_));
    CHECK(made->block_size == block_size && made->blocks == memory + after - block_size, "init: the blocks");
    CHECK((uint8_t *)made->entries == memory + entries && made->first == made->entries + made->last,
          "init: the table");
    CHECK(made->last_live == TA_SLAB_LAST_LIVE_(made->last), "init: the constant that finds slots");
    bool is_table = at >= entries && at < start + taken_by(start, fit, block_size);
    CHECK(memory[at] == (is_table ? 0 : before),
          "init: table and state are zero, and nothing else is changed");
    REACHED("init: done");
}

/* With arguments that no memory can have: sums would wrap. */
void prove_init_huge(void)
{
    static ta_slab slab;
    static uint8_t memory[1];
    size_t size = nondet_size(), block_size = nondet_size();
    __CPROVER_assume(size > UINTPTR_MAX - (uintptr_t)memory || block_size > TA_SLAB_MAX_BLOCK_SIZE);
    CHECK(ta_slab_init(&slab, memory, size, block_size) == TA_E_INVALID, "init: refused");
    REACHED("the end");
}
#endif
