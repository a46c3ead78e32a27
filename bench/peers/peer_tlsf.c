/* TLSF, without locks. */
#include "peers.h"
#include "tlsf.h"

static uint64_t heap[1500];

PEER_OF_BLOCKS(init_memory_pool(sizeof heap, heap), malloc_ex(BLOCK_SIZE, heap), free_ex(block, heap))
