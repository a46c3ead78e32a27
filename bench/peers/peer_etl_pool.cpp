// ETL's pool of objects. It is a template, so its functions are those of this file.
#include "peers.h"
#include <etl/pool.h>

struct object {
    uint32_t words[BLOCK_SIZE / 4];
};

typedef etl::pool<object, BLOCKS> objects;
static objects *pool;
alignas(8) static unsigned char memory[sizeof(objects)];

PEER_OF_BLOCKS(pool = new (memory) objects, pool->allocate(), pool->release((object *)block))
