/* expect: tinyalloc: a slab needs at least one block */
/* refused with: -DBLOCK_SIZE=8 -DBLOCK_COUNT=0 */
/* accepted with: -DBLOCK_SIZE=8 -DBLOCK_COUNT=1 */
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, BLOCK_SIZE, BLOCK_COUNT);
