/* expect: tinyalloc: block too large */
/* refused with: -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8 -DBLOCK_SIZE=256 -DBLOCK_COUNT=4 */
/* accepted with: -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8 -DBLOCK_SIZE=255 -DBLOCK_COUNT=4 */
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, BLOCK_SIZE, BLOCK_COUNT);
