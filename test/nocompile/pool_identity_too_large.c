/* expect: identity does not fit TA_HANDLE_POOL_BITS */
/* refused with: -DTA_HANDLE_POOL_BITS=3 -DIDENTITY=8 */
/* accepted with: -DTA_HANDLE_POOL_BITS=3 -DIDENTITY=7 */
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = IDENTITY };
TA_SLAB_DEFINE(pool, 8, 4);
