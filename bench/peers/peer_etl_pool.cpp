// ETL's pool of objects. It is a template, so its functions are those of this file.
#include "peers.h"
#include <etl/pool.h>

struct block {
    uint32_t words[BLOCK_SIZE / 4];
};

static etl::pool<block, BLOCKS> *pool;
alignas(8) static unsigned char memory[sizeof *pool];

void *operator new(size_t, void *at) noexcept; // declared only: ETL has one of its own

void peer_begin(void)
{
    pool = new (memory) etl::pool<block, BLOCKS>;
}

uintptr_t peer_in(uint32_t)
{
    return reinterpret_cast<uintptr_t>(pool->allocate());
}

uintptr_t peer_out(uintptr_t at)
{
    pool->release(reinterpret_cast<block *>(at));
    return 0;
}
