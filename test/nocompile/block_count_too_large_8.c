/* expect: tinyalloc: too many blocks */
/* refused with: -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=16 -DBLOCK_SIZE=8 -DBLOCK_COUNT=256 */
/* accepted with: -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=16 -DBLOCK_SIZE=8 -DBLOCK_COUNT=255 */
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, BLOCK_SIZE, BLOCK_COUNT);
