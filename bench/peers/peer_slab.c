/* TinyAlloc's slab, so that both ways to count are compared. */
#include "peers.h"
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, BLOCK_SIZE, BLOCKS);

PEER_OF_BLOCKS((void)0, ta_get(pool, ta_alloc(pool, BLOCK_SIZE)), ta_free(pool, ta_handle_of(pool, block)))
