/* What a chain asks of a pool (src/blocks.h), from any state that satisfies the invariant: see model.h. */
#include "model.h"

/* A handle that was valid once: chains pass no others. */
static ta_handle any_chunk(void)
{
    ta_handle h = any_handle();
    __CPROVER_assume(ta_handle_slot(h) < SLOTS && ta_handle_generation(h) % 2 == 1);
#if TA_HANDLE_POOL_BITS
    __CPROVER_assume(h.bits >> (TA_SLOT_BITS + TA_GENERATION_BITS) ==
                     pool.pool >> (TA_SLOT_BITS + TA_GENERATION_BITS));
#endif
    return h;
}

/* The slot that a live chunk's link leads to; SLOTS: it leads to no live block. */
static size_t linked(const model *m, size_t slot)
{
    size_t to = (ta_slot)(slot + 1 + m->link[slot]);
    return to < SLOTS && m->kind[to] == LIVE ? to : SLOTS;
}

void prove_chunk(void)
{
    begin_proof();
    ta_handle h = any_chunk(), wanted = {0};
    size_t slot = slot_of(&was, h);
    CHECK(is_chunk_live(a, h) == (slot < SLOTS), "is_chunk_live");
    CHECK(block_of(a, h) == (slot < SLOTS ? block_in(slot) : NULL), "block_of: the block, or NULL");
    if (slot < SLOTS) {
        if (linked(&was, slot) < SLOTS)
            wanted = name_of(&was, linked(&was, slot));
        CHECK(block_at(a, h) == block_in(slot), "block_at: the block");
        CHECK(next_chunk(a, h).bits == wanted.bits,
              "next_chunk: the live block that the link leads to, or TA_NONE");
        REACHED("chunk: live");
    }
    CHECK(ta_blocks_linked_(a, h).bits == wanted.bits, "linked: the same, and TA_NONE for a stale chunk");
    end_proof();
}

void prove_link(void)
{
    begin_proof();
    ta_handle h = any_chunk(), next = any_chunk();
    size_t slot = slot_of(&was, h);
    ta_blocks_link_(a, h, next);
    if (slot < SLOTS) {
        want.link[slot] = (ta_slot)(ta_handle_slot(next) - slot - 1);
        REACHED("link: done");
    }
    end_proof();
}

void prove_renew_chunk(void)
{
    begin_proof();
    ta_handle h = any_chunk(), wanted = {0};
    size_t slot = slot_of(&was, h);
    if (slot < SLOTS && !(TA_RETIRE && was.generation[slot] == GENERATION_MAX)) {
        want.generation[slot] += 2;
        wanted = name_of(&want, slot);
        REACHED("renew: done");
    }
    CHECK(ta_blocks_renew_(a, h).bits == wanted.bits, "renew: the new handle, or TA_NONE");
    end_proof();
}

/* The next blocks of the free list that lie side by side, as many as are set aside at most, linked after the place's chunk
 * if that is live; a single one where a chain begins. The last link has no meaning. */
void prove_blocks_take(void)
{
    begin_proof();
    place p = {arena, 0, {0}, nondet_size()}, old;
    if (nondet_byte())
        p.chunk = any_chunk();
    old = p;
    size_t before = p.chunk.bits ? slot_of(&was, p.chunk) : SLOTS, head = was.order[0], slot = head;
    size_t in_use = was.headroom + was.live + was.retired;
    __CPROVER_assume(was.taken > in_use && p.left > 0 &&
                     p.left <= was.taken - in_use); /* they are set aside */
    ta_blocks_take_(a, &p, 0);
    size_t n = old.left - p.left;
    CHECK(n > 0 && n <= old.left && (old.chunk.bits || n == 1),
          "take: at least one, at most what is set aside");
    for (size_t i = 0; i < SLOTS && i < n; i++) {
        size_t taken = begin_life(&want, 0);
        CHECK(taken == head + i, "take: side by side");
        slot = taken;
    }
    want.link[slot] = table.entries[SLOTS - 1 - slot].link;
    if (before < SLOTS)
        want.link[before] = (ta_slot)(head - before - 1);
    CHECK(p.at == block_in(head) && p.length == n * a->block_size,
          "take: where they begin, and how long they are");
    CHECK(p.chunk.bits == name_of(&want, slot).bits, "take: the handle of the last");
    if (n > 1)
        REACHED("take: two blocks");
    if (before < SLOTS)
        REACHED("take: after a chunk");
    end_proof();
}

/* Along the links, up to the first that leads to no live block. */
void prove_blocks_free(void)
{
    begin_proof();
    ta_handle first = any_chunk();
    size_t blocks = nondet_size(), slot = slot_of(&was, first), freed = 0;
    __CPROVER_assume(blocks > 0);
    ta_blocks_free_(a, first, blocks);
    for (size_t i = 0; i < SLOTS; i++)
        if (slot < SLOTS && i < blocks) {
            size_t next = linked(&want, slot);
            end_life(&want, slot);
            slot = next < SLOTS && want.kind[next] == LIVE ? next : SLOTS;
            freed++;
        }
    want_wake();
    if (freed > 2)
        REACHED("free: three blocks");
    if (freed > 0 && freed < blocks)
        REACHED("free: up to one that is not live");
    end_proof();
}

/* To the next chunk, and on over those that follow it side by side. */
void prove_blocks_next(void)
{
    begin_proof();
    place p = {arena, 0, any_chunk(), 0}, old = p;
    size_t wanted = nondet_size(), slot = slot_of(&was, p.chunk), n = 1;
    __CPROVER_assume(slot < SLOTS);
    p.left = old.left = nondet_byte();
    uint8_t *start = ta_blocks_next_(a, &p, wanted);
    slot = linked(&was, slot);
    if (slot == SLOTS) {
        CHECK(!start && p.chunk.bits == old.chunk.bits && p.left == old.left,
              "next: NULL, and nothing is changed");
        REACHED("next: none");
    } else {
        for (size_t at = slot; n * BLOCK_SIZE < wanted && was.link[at] == 0 && linked(&was, at) < SLOTS; at++)
            n++;
        if (TA_CUSTOM_BACKENDS)
            n = 1;
        CHECK(start == block_in(slot), "next: where the first begins");
        CHECK(p.length == n * BLOCK_SIZE && p.left == old.left + n,
              "next: as many as are wanted and side by side");
        CHECK(p.chunk.bits == name_of(&was, slot + n - 1).bits, "next: the last of them");
        REACHED("next: some");
    }
    CHECK(p.at == old.at, "next: the place's byte stays");
    end_proof();
}

void prove_blocks_skip(void)
{
    begin_proof();
    ta_handle chunk = any_chunk();
    size_t n = nondet_size(), slot = slot_of(&was, chunk), skipped = 0;
    __CPROVER_assume(slot < SLOTS && n <= (SLOTS + 1) * BLOCK_SIZE);
    size_t found = ta_blocks_skip_(a, &chunk, n);
    for (size_t i = 0; i <= SLOTS; i++)
        if (n - skipped >= BLOCK_SIZE && linked(&was, slot) < SLOTS) {
            slot = linked(&was, slot);
            skipped += BLOCK_SIZE;
        }
    CHECK(found == skipped && chunk.bits == name_of(&was, slot).bits, "skip: whole chunks within n bytes");
    REACHED("skip");
    end_proof();
}
