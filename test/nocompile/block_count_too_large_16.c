/* expect: tinyalloc: too many blocks */
/* refused with: -DBLOCK_SIZE=8 -DBLOCK_COUNT=65536 */
/* accepted with: -DBLOCK_SIZE=8 -DBLOCK_COUNT=65535 */
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, BLOCK_SIZE, BLOCK_COUNT);
