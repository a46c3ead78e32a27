/* TLSF 2.4.6, without locks. */
#include "peers.h"
#include "tlsf.h"

static uint64_t heap[1500];

void peer_begin(void)
{
    init_memory_pool(sizeof heap, heap);
}

uintptr_t peer_in(uint32_t byte)
{
    (void)byte;
    return (uintptr_t)malloc_ex(BLOCK_SIZE, heap);
}

uintptr_t peer_out(uintptr_t block)
{
    free_ex((void *)block, heap);
    return 0;
}
