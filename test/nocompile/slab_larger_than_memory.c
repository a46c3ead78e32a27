/* expect: tinyalloc: the slab is larger than this machine */
/* refused with: -m32 -ffreestanding -DBLOCK_SIZE=65535 -DBLOCK_COUNT=65535 */
/* accepted with: -m32 -ffreestanding -DBLOCK_SIZE=65535 -DBLOCK_COUNT=100 */
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, BLOCK_SIZE, BLOCK_COUNT);
