/* expect: tinyalloc: the block size must be a multiple of the alignment */
/* refused with: -DALIGNMENT=32 */
/* accepted with: -DALIGNMENT=16 */
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE_EX(pool, 48, 4, ALIGNMENT, );
