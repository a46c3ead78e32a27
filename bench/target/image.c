/*
 * What runs on the target: each function does one kind of work through the public interface, checks what came of it,
 * and returns how much was wrong. measure.c calls them by name and counts what the library's functions cost inside.
 */
#include <string.h>
#include <tinyalloc/tinyalloc.h>

#define SLOTS 64      /* of the workloads PAIR, CHURN, GET */
#define BLOCK_SIZE 32 /* of theirs */
#define LONGEST 704   /* bytes a call */

#if defined(__arm__)
#define RETURN "bx lr"
#else
#define RETURN "ret"
#endif

TA_SLAB_DEFINE(defined, BLOCK_SIZE, SLOTS);
static TA_ALIGNAS(16) uint8_t arena[ARENA_SIZE];
static ta_slab slab;
static const ta_allocator *pool = defined;

static ta_handle handles[HANDLES];
static unsigned live;

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
        pool = &slab.allocator;
        capacity = is_made ? ta_stats_of(pool).capacity : 0;
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
        ta_handle h = ta_alloc(pool, size);
        wrong += h.bits == 0;
        handles[live++] = h;
    }
    return wrong;
}

/* Free the block taken last. */
unsigned pool_free_last(void)
{
    return !ta_free(pool, handles[--live]);
}

/* Free all blocks, every stride-th in turn. */
unsigned pool_drain(unsigned stride)
{
    unsigned wrong = 0, at = 0;
    for (unsigned i = 0; i < live; i++) {
        wrong += !ta_free(pool, handles[at]);
        at = (at + stride) % live;
    }
    live = 0;
    return wrong;
}

/* Out of line, also if a header should offer it inline. */
static void *(*const volatile get)(const ta_allocator *a, ta_handle h) = ta_get;

unsigned pool_get_last(void)
{
    return get(pool, handles[live - 1]) == NULL;
}

/* get and size of every live block; then each gets a new size. */
unsigned pool_look(unsigned size, unsigned new_size)
{
    unsigned wrong = 0;
    for (unsigned i = 0; i < live; i++) {
        wrong += get(pool, handles[i]) == NULL;
        wrong += ta_size(pool, handles[i]) != size;
        wrong += ta_resize(pool, handles[i], new_size) != TA_OK;
        wrong += ta_size(pool, handles[i]) != new_size;
    }
    return wrong;
}

static ta_handle bad[3];

/* Handles that name nothing: a stale one, none, and one of a slot that does not exist. The pool is full. */
unsigned pool_refuse_begin(void)
{
    bad[0] = handles[live - 1];
    bad[2] = ta_handle_make((ta_slot)-1, 1);
    unsigned wrong = !ta_free(pool, bad[0]);
    handles[live - 1] = ta_alloc(pool, 1);
    return wrong + (handles[live - 1].bits == 0);
}

/* Every call refuses them, and one block more. */
unsigned pool_refuse(void)
{
    unsigned wrong = ta_alloc(pool, 1).bits != 0;
    for (int i = 0; i < 3; i++) {
        wrong += ta_free(pool, bad[i]);
        wrong += get(pool, bad[i]) != NULL;
        wrong += ta_size(pool, bad[i]) != 0;
        wrong += ta_resize(pool, bad[i], 1) != TA_E_STALE;
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

/* ---- Queues and buffers ------------------------------------------------------------------------------------------ */

static ta_queue queue;
static ta_buffer buffer;
static bool is_queue;
static uint8_t data[LONGEST];
static uint8_t next_in, next_out; /* bytes count up */

static ta_status push(uint8_t byte)
{
    return is_queue ? ta_queue_push(&queue, byte) : ta_buffer_push(&buffer, byte);
}

static ta_status pop(uint8_t *byte)
{
    return is_queue ? ta_queue_pop(&queue, byte) : ta_buffer_pop(&buffer, byte);
}

static ta_status write(size_t n)
{
    return is_queue ? ta_queue_write(&queue, data, n) : ta_buffer_write(&buffer, data, n);
}

static ta_status read(size_t n)
{
    return is_queue ? ta_queue_read(&queue, data, n) : ta_buffer_read(&buffer, data, n);
}

/* On the pool made last; which: 1 a queue, 0 a buffer; limit 0: none. */
unsigned fifo_make(unsigned which, unsigned limit)
{
    is_queue = which;
    next_in = next_out = 0;
    ta_queue_init(&queue, pool, limit);
    ta_buffer_init(&buffer, pool);
    return ta_buffer_set_max_len(&buffer, limit) != TA_OK;
}

unsigned fifo_push(unsigned n)
{
    unsigned wrong = 0;
    for (; n > 0; n--)
        wrong += push(next_in++) != TA_OK;
    return wrong;
}

unsigned fifo_pop(unsigned n)
{
    unsigned wrong = 0;
    for (; n > 0; n--) {
        uint8_t byte = 0;
        wrong += pop(&byte) != TA_OK || byte != next_out++;
    }
    return wrong;
}

unsigned fifo_write(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        data[i] = next_in++;
    return write(n) != TA_OK;
}

unsigned fifo_read(unsigned n)
{
    memset(data, 0, n);
    unsigned wrong = read(n) != TA_OK;
    for (unsigned i = 0; i < n; i++)
        wrong += data[i] != next_out++;
    return wrong;
}

/* Put n bytes, get n bytes; one at a time where n is 1. */
unsigned fifo_work(unsigned n, unsigned rounds)
{
    unsigned wrong = 0;
    for (; rounds > 0; rounds--) {
        wrong += n == 1 ? fifo_push(1) : fifo_write(n);
        wrong += n == 1 ? fifo_pop(1) : fifo_read(n);
    }
    return wrong;
}

/* Nothing held yet, or no more: pop and read are refused. */
unsigned fifo_refuse(void)
{
    uint8_t byte;
    return (pop(&byte) != TA_E_EMPTY) + (read(1) != TA_E_RANGE);
}

/* The first byte and the length. */
unsigned fifo_look(unsigned length)
{
    uint8_t byte = 0;
    unsigned wrong = (is_queue ? ta_queue_peek(&queue, &byte) : ta_buffer_peek(&buffer, &byte)) != TA_OK;
    wrong += byte != next_out;
    return wrong + ((is_queue ? ta_queue_len(&queue) : ta_buffer_len(&buffer)) != length);
}

unsigned fifo_at(unsigned position)
{
    uint8_t byte = 0;
    unsigned wrong =
        (is_queue ? ta_queue_at(&queue, position, &byte) : ta_buffer_at(&buffer, position, &byte)) != TA_OK;
    return wrong + (byte != (uint8_t)(next_out + position));
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
