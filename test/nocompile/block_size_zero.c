/* expect: tinyalloc: a block needs at least one byte */
/* refused with: -DBLOCK_SIZE=0 -DBLOCK_COUNT=4 */
/* accepted with: -DBLOCK_SIZE=1 -DBLOCK_COUNT=4 */
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, BLOCK_SIZE, BLOCK_COUNT);
