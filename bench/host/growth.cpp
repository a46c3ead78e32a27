/*
 * What an operation of TinyAlloc costs at best and at worst, and how that changes with the size of the pool,
 * of its blocks, of the request, and with the bytes that are held. Under callgrind: see measure.h.
 */
#include "measure.h"
#include <string>
#include <tinyalloc/tinyalloc.h>
#include <vector>

MEASURED(ta_handle, alloc, (const ta_allocator *a, size_t size), ta_alloc(a, size))
MEASURED(bool, free, (const ta_allocator *a, ta_handle h), ta_free(a, h))
MEASURED(void *, get, (const ta_allocator *a, ta_handle h), ta_get(a, h))
MEASURED(ta_status, queue_push, (ta_queue * q, uint8_t byte), ta_queue_push(q, byte))
MEASURED(ta_status, queue_pop, (ta_queue * q, uint8_t *byte), ta_queue_pop(q, byte))
MEASURED(ta_status, queue_write, (ta_queue * q, const void *data, size_t n), ta_queue_write(q, data, n))
MEASURED(ta_status, queue_read, (ta_queue * q, void *data, size_t n), ta_queue_read(q, data, n))
MEASURED(ta_status, buffer_push, (ta_buffer * b, uint8_t byte), ta_buffer_push(b, byte))
MEASURED(ta_status, buffer_pop, (ta_buffer * b, uint8_t *byte), ta_buffer_pop(b, byte))
MEASURED(ta_status, buffer_write, (ta_buffer * b, const void *data, size_t n), ta_buffer_write(b, data, n))
MEASURED(ta_status, buffer_read, (ta_buffer * b, void *data, size_t n), ta_buffer_read(b, data, n))

static const ta_allocator *new_slab(size_t block_size, size_t blocks)
{
    static ta_slab slab;
    static std::vector<uint64_t> arena;
    size_t bytes = blocks * (block_size + sizeof(struct ta_entry_));
    arena.assign(bytes / sizeof(uint64_t) + 8, 0);
    while (ta_slab_init(&slab, arena.data(), bytes, block_size) != TA_OK ||
           ta_stats_of(&slab.allocator).capacity < blocks)
        bytes++; /* the state needs a few */
    return &slab.allocator;
}

/* The pool is filled and emptied, in another order each time. */
static void blocks_of(size_t pool, size_t block_size, size_t size, const std::string &what)
{
    const ta_allocator *a = new_slab(block_size, pool);
    std::vector<ta_handle> live(pool);
    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < pool; i++) {
            live[i] = measured_alloc(a, size);
            dump(("alloc" + what).c_str());
            require(ta_size(a, live[i]) == size);
        }
        require(ta_alloc(a, size).bits == 0);
        for (size_t i = 0; i < pool; i++) {
            ta_handle h = live[i * (2 * round + 1) % pool];
            require(measured_get(a, h));
            dump(("get" + what).c_str());
            require(measured_free(a, h));
            dump(("free" + what).c_str());
        }
    }
}

static void first_alloc()
{
    const ta_allocator *a = new_slab(32, 64);
    require(measured_alloc(a, 32).bits);
    dump("first alloc");
}

enum { LARGEST = 65536, BLOCK = 64 };

/* A writer counts anew after so many bytes as its notes hold; here it does at once, at every length. */
static void forget_notes(ta_queue *q)
{
    require(ta_queue_set_limit(q, 0) == TA_OK);
}

static void forget_notes(ta_buffer *) {}

/* While `length` bytes are held: one at a time, and a block's worth at every phase. */
template <typename noun, typename push, typename pop, typename write, typename read>
static void while_holding(size_t length, noun *n, const std::string &name, push measured_push,
                          pop measured_pop, write measured_write, read measured_read)
{
    const std::string what = " length=" + std::to_string(length);
    uint8_t bytes[BLOCK] = {};
    for (size_t i = 0; i < length; i++)
        require(measured_push(n, (uint8_t)i) == TA_OK);
    forget_notes(n);
    dump("start");
    for (unsigned i = 0; i < 256; i++) {
        require(measured_push(n, (uint8_t)(length + i)) == TA_OK);
        dump((name + " push" + what).c_str());
        require(measured_pop(n, bytes) == TA_OK && bytes[0] == (uint8_t)i);
        dump((name + " pop" + what).c_str());
    }
    for (unsigned phase = 0; phase < BLOCK; phase++) {
        require(measured_push(n, 0) == TA_OK && measured_pop(n, bytes) == TA_OK);
        dump("start");
        require(measured_write(n, bytes, BLOCK) == TA_OK);
        dump((name + " write 64" + what).c_str());
        require(measured_read(n, bytes, BLOCK) == TA_OK);
        dump((name + " read 64" + what).c_str());
    }
}

int main()
{
    calibrate();
    first_alloc();
    for (size_t pool : {4, 8, 16, 32, 64, 128, 256})
        blocks_of(pool, 32, 32, " pool=" + std::to_string(pool));
    for (size_t block : {1, 8, 16, 20, 32, 64, 128, 255})
        blocks_of(64, block, block, " block=" + std::to_string(block));
    for (size_t size : {0, 1, 16, 31, 32})
        blocks_of(64, 32, size, " size=" + std::to_string(size));
    for (size_t length : {0, 64, 1024, 2048, 8192, 16384, LARGEST + 0}) {
        ta_queue q;
        ta_queue_init(&q, new_slab(BLOCK, LARGEST / BLOCK + 4), 0);
        while_holding(length, &q, "queue", measured_queue_push, measured_queue_pop, measured_queue_write,
                      measured_queue_read);
        ta_buffer b;
        ta_buffer_init(&b, new_slab(BLOCK, LARGEST / BLOCK + 4));
        while_holding(length, &b, "buffer", measured_buffer_push, measured_buffer_pop, measured_buffer_write,
                      measured_buffer_read);
    }
    return 0;
}
