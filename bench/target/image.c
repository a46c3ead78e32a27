/* Blocks: see image.h. */
#include "image.h"
#include <string.h>

#define SLOTS 64      /* of the workloads PAIR, CHURN, GET */
#define BLOCK_SIZE 32 /* of theirs */

#if defined(__arm__)
#define RETURN "bx lr"
#else
#define RETURN "ret"
#endif

TA_SLAB_DEFINE(defined, BLOCK_SIZE, SLOTS);
TA_ALIGNAS(16) uint8_t arena[ARENA_SIZE];
static ta_slab slab;
const ta_allocator *current_pool = defined;

static ta_handle handles[HANDLES];
static unsigned live;

/* Free blocks are taken in the order of every second slot: no two of a chain are side by side. */
unsigned pool_mix(unsigned is_mixed)
{
    unsigned n = 0;
    if (!is_mixed)
        return 0;
    while (n < HANDLES && (handles[n] = ta_alloc(current_pool, 1)).bits)
        n++;
    for (unsigned first = 0; first < 2; first++)
        for (unsigned i = first; i < n; i += 2)
            ta_free(current_pool, handles[i]);
    return ta_stats_of(current_pool).used != 0;
}

/* ---- Pools ------------------------------------------------------------------------------------------------------- */

/* A pool of exactly so many blocks; 1: the arena, or a slot, is too small for it. */
unsigned pool_make(unsigned block_size, unsigned count)
{
    size_t capacity = 0;
    live = 0;
    if (count > TA_SLAB_MAX_BLOCKS || block_size > TA_SLAB_MAX_BLOCK_SIZE)
        return 1;
    for (size_t size = (size_t)block_size * count; size <= sizeof arena; size += count - capacity) {
        bool is_made = ta_slab_init(&slab, arena, size, block_size) == TA_OK;
        current_pool = &slab.allocator;
        capacity = is_made ? ta_stats_of(current_pool).capacity : 0;
        if (capacity == count)
            return 0;
    }
    return 1;
}

/* Blocks the largest pool here can have. */
unsigned pool_most(void)
{
    return HANDLES < TA_SLAB_MAX_BLOCKS ? HANDLES : (unsigned)TA_SLAB_MAX_BLOCKS;
}

unsigned pool_fill(unsigned n, unsigned size)
{
    unsigned wrong = 0;
    for (; n > 0; n--) {
        ta_handle h = ta_alloc(current_pool, size);
        wrong += h.bits == 0;
        handles[live++] = h;
    }
    return wrong;
}

/* Free the block taken last. */
unsigned pool_free_last(void)
{
    return !ta_free(current_pool, handles[--live]);
}

/* Free all blocks, every stride-th in turn. */
unsigned pool_drain(unsigned stride)
{
    unsigned wrong = 0, at = 0;
    for (unsigned i = 0; i < live; i++) {
        wrong += !ta_free(current_pool, handles[at]);
        at = (at + stride) % live;
    }
    live = 0;
    return wrong;
}

/* Out of line, also if a header should offer it inline. */
static void *(*const volatile get)(const ta_allocator *a, ta_handle h) = ta_get;

unsigned pool_get_last(void)
{
    return get(current_pool, handles[live - 1]) == NULL;
}

/* get and size of every live block; then each gets a new size. */
unsigned pool_look(unsigned size, unsigned new_size)
{
    unsigned wrong = 0;
    for (unsigned i = 0; i < live; i++) {
        wrong += get(current_pool, handles[i]) == NULL;
        wrong += ta_size(current_pool, handles[i]) != size;
        wrong += ta_resize(current_pool, handles[i], new_size) != TA_OK;
        wrong += ta_size(current_pool, handles[i]) != new_size;
    }
    return wrong;
}

static ta_handle bad[3];

/* Handles that name nothing: a stale one, none, and one of a slot that does not exist. The pool is full. */
unsigned pool_refuse_begin(void)
{
    bad[0] = handles[live - 1];
    bad[2] = ta_handle_make((ta_slot)-1, 1);
    unsigned wrong = !ta_free(current_pool, bad[0]);
    handles[live - 1] = ta_alloc(current_pool, 1);
    return wrong + (handles[live - 1].bits == 0);
}

/* Every call refuses them, and one block more. */
unsigned pool_refuse(void)
{
    unsigned wrong = ta_alloc(current_pool, 1).bits != 0;
    for (int i = 0; i < 3; i++) {
        wrong += ta_free(current_pool, bad[i]);
        wrong += get(current_pool, bad[i]) != NULL;
        wrong += ta_size(current_pool, bad[i]) != 0;
        wrong += ta_resize(current_pool, bad[i], 1) != TA_E_STALE;
    }
    return wrong;
}

/* ---- The workloads ----------------------------------------------------------------------------------------------- */

static uint32_t random_state;

static unsigned random_slot(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return (random_state >> 16) & (SLOTS - 1);
}

/* Allocate, free. */
unsigned work_pair(unsigned rounds)
{
    unsigned wrong = 0;
    for (; rounds > 0; rounds--)
        wrong += !ta_free(defined, ta_alloc(defined, BLOCK_SIZE));
    return wrong;
}

/* Toggle 64 slots in a random order of 4,096 steps, again and again. */
unsigned work_churn(unsigned rounds)
{
    unsigned wrong = 0;
    memset(handles, 0, sizeof handles);
    for (uint32_t step = 0; step < rounds * 4096uL; step++) {
        if (step % 4096 == 0)
            random_state = 2463534242u;
        ta_handle *h = &handles[random_slot()];
        if (h->bits) {
            wrong += !ta_free(defined, *h);
            *h = TA_NONE;
        } else {
            *h = ta_alloc(defined, BLOCK_SIZE);
            wrong += h->bits == 0;
        }
    }
    return wrong;
}

static uint8_t order[SLOTS];
static const uint8_t *blocks[SLOTS];

/* 64 live blocks, and a random order for those below. */
unsigned work_get_begin(void)
{
    unsigned wrong = pool_fill(SLOTS, BLOCK_SIZE);
    random_state = 2463534242u;
    for (unsigned i = 0; i < SLOTS; i++)
        order[i] = (uint8_t)random_slot();
    for (unsigned i = 0; i < SLOTS; i++)
        blocks[i] = memset(ta_get(defined, handles[i]), (int)i + 1, 1);
    return wrong;
}

static unsigned expected_sum(void)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < SLOTS; i++)
        sum += order[i] + 1u;
    return sum;
}

/* One byte of each. */
unsigned work_get(void)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        const uint8_t *block = ta_get(defined, handles[order[i]]);
        if (block)
            sum += *block;
    }
    return sum != expected_sum();
}

unsigned work_get_inlined(void)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        const uint8_t *block = ta_slab_get(defined, handles[order[i]]);
        if (block)
            sum += *block;
    }
    return sum != expected_sum();
}

/* The same loop by pointers: what is left when nothing is checked. */
unsigned work_get_unchecked(void)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        const uint8_t *block = blocks[order[i]];
        if (block)
            sum += *block;
    }
    return sum != expected_sum();
}

/* What the count is checked with. */
__attribute__((naked)) void work_100_nops(void)
{
    __asm__("   .rept 100\n    nop\n    .endr\n    " RETURN);
}

/* A start-up code of the toolchain's ends here; others need none. */
int main(void)
{
    return 0;
}
