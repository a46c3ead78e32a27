/*
 * For tests that go through every phase of a chain: buffers that begin anywhere in a chunk and hold any number of bytes.
 * The includer says BLOCK_SIZE_MAX and MADE_BLOCKS of the pools it makes, and BYTES_MAX of their buffers.
 */
#ifndef PHASES_H
#define PHASES_H

#include "support.h"

static ta_slab made;
static TA_ALIGNAS(max_align_t) uint8_t arena[ARENA_OF(MADE_BLOCKS, BLOCK_SIZE_MAX)];

/* A new pool of at least MADE_BLOCKS blocks of this size. */
static inline const ta_allocator *make_pool_in(ta_slab *slab, uint8_t *memory, size_t block_size)
{
    assert_int_equal(ta_slab_init(slab, memory, ARENA_OF(MADE_BLOCKS, block_size), block_size), TA_OK);
    assert_true(ta_available(&slab->allocator) >= MADE_BLOCKS);
    return &slab->allocator;
}

static inline const ta_allocator *make_pool(size_t block_size)
{
    return make_pool_in(&made, arena, block_size);
}

/* The buffer holds these bytes, in no more blocks than they need. */
static inline void expect_holds(const ta_buffer *b, const uint8_t *bytes, size_t n)
{
    uint8_t held[BYTES_MAX];
    assert_int_equal(ta_buffer_check(b), 0);
    check_pool(b->chain.allocator);
    assert_int_equal(ta_buffer_len(b), n);
    assert_int_equal(ta_buffer_is_empty(b), n == 0);
    assert_int_equal(ta_buffer_copy_out(b, 0, held, n), TA_OK);
    assert_memory_equal(held, bytes, n);
}

/* A buffer whose first byte lies `offset` bytes into its chunk, and which holds these bytes. */
static inline ta_buffer make_buffer_of(const ta_allocator *a, size_t offset, const void *data, size_t n)
{
    ta_buffer b = TA_BUFFER_INIT(a);
    uint8_t bytes[BYTES_MAX] = {0};
    if (n == 0)
        return b;
    memcpy(bytes + offset, data, n);
    assert_int_equal(ta_buffer_write(&b, bytes, offset + n), TA_OK);
    assert_int_equal(ta_buffer_consume(&b, offset), TA_OK);
    expect_holds(&b, data, n);
    return b;
}

static inline ta_buffer make_buffer(const ta_allocator *a, size_t offset, size_t n, size_t first_pattern)
{
    uint8_t bytes[BYTES_MAX];
    fill_pattern(bytes, first_pattern, n);
    return make_buffer_of(a, offset, bytes, n);
}

/* What a call that fails must leave: the struct, the bytes and the pool. */
struct memory {
    ta_buffer b;
    uint8_t bytes[BYTES_MAX];
    size_t length, used;
};

static inline void remember(struct memory *m, const ta_buffer *b)
{
    memcpy(&m->b, b, sizeof *b);
    m->length = ta_buffer_len(b);
    m->used = used(b->chain.allocator);
    assert_int_equal(ta_buffer_copy_out(b, 0, m->bytes, m->length), TA_OK);
}

static inline void expect_unchanged(const struct memory *m, const ta_buffer *b)
{
    assert_true(is_same_chain(&b->chain, &m->b.chain));
    assert_int_equal(used(b->chain.allocator), m->used);
    expect_holds(b, m->bytes, m->length);
}

static inline size_t blocks_of(const ta_allocator *a, size_t bytes)
{
    return (bytes + a->block_size - 1) / a->block_size;
}

/* What the searches are tried with, and compared with. */
static inline bool is_above(uint8_t byte, void *context)
{
    return byte > *(const uint8_t *)context;
}

static inline size_t naive_find(const char *text, size_t length, const char *wanted, size_t n)
{
    for (size_t i = 0; n <= length && i <= length - n; i++)
        if (memcmp(text + i, wanted, n) == 0)
            return i;
    return SIZE_MAX;
}

/* Run the body for each block size, each offset of the first byte in its chunk, and each number of bytes
 * held. */
#define FOR_EACH_PHASE(block_size, offset, held)                            \
    for (size_t block_size = 1; block_size <= BLOCK_SIZE_MAX; block_size++) \
        for (size_t offset = 0; offset < block_size; offset++)              \
            for (size_t held = offset > 0; held <= 3 * block_size + 1; held++)

#endif
