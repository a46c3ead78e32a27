/**
 * @file struct_pool.h
 * @brief A backend of one's own: an array of structs, each a block with its bookkeeping in front of it.
 *
 * It works in another way than the slab (a header in each block, the block freed last is taken first), which shows that
 * buffers and queues need nothing but the operations of allocator.h. Build with TA_CUSTOM_BACKENDS=1.
 */
#ifndef STRUCT_POOL_H
#define STRUCT_POOL_H

#include <tinyalloc/tinyalloc.h>

#define STRUCT_POOL_BLOCK_SIZE 24

typedef struct struct_pool_block {
    ta_generation lifetime; /* odd: live */
    uint16_t length;
    uint16_t next; /* in a chain, or in the list of free blocks: index + 1; 0: none */
    uint8_t bytes[STRUCT_POOL_BLOCK_SIZE];
} struct_pool_block;

typedef struct struct_pool_state {
    uint16_t untouched; /* blocks never taken lie from here on */
    uint16_t free;      /* the block freed last: index + 1; 0: none */
    uint16_t taken;     /* live, or set aside */
    uint16_t peak;
    uint16_t failures;
} struct_pool_state;

/** The backend: its first member is the allocator to pass around. */
typedef struct struct_pool {
    ta_allocator allocator;
    struct_pool_block *blocks;
    uint16_t count;
    struct_pool_state *state;
} struct_pool;

extern const ta_operations struct_pool_operations;

#if TA_RETIRE
#error "a struct_pool takes no slot out of service: build it with TA_RETIRE=0"
#endif

/** Define a pool at file scope; use it as `&name.allocator`. Zeroed memory is an empty pool. */
#define STRUCT_POOL_DEFINE(name, count)                                                                    \
    TA_STATIC_ASSERT((count) <= (TA_SLOT_BITS == 8 ? 0xFF : 0xFFFF), "too many blocks for a struct_pool"); \
    static struct_pool_block name##_blocks[count];                                                         \
    static struct_pool_state name##_state;                                                                 \
    static const struct_pool name = {TA_ALLOCATOR_INIT(&struct_pool_operations, STRUCT_POOL_BLOCK_SIZE),   \
                                     name##_blocks, count, &name##_state}

#endif
