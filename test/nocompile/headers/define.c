/* Slabs, buffer and queue, defined in one file, which is compiled as C and as C++. */
#include "shared.h"

enum { ta_pool_id_pool = 0, ta_pool_id_placed = 0 };
TA_SLAB_DEFINE(pool, 8, 4);
TA_SLAB_DEFINE_EX(placed, 16, 2, 16, __attribute__((section(".bss.placed"))));
TA_QUEUE_DEFINE(line, pool, 0);
ta_buffer text = TA_BUFFER_INIT(pool);
