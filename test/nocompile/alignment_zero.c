/* expect: tinyalloc: the alignment must be a power of two */
/* refused with: -DALIGNMENT=0 */
/* accepted with: -DALIGNMENT=1 */
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE_EX(pool, 48, 4, ALIGNMENT, );
