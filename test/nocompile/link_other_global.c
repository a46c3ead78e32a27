/* expect: undefined reference to `ta_alloc_s16g16p0r0t1b0n1 */
/* refused with: -DTA_GLOBAL=1 */
/* accepted with: -DTA_GLOBAL=0 */
/* library with: -DTA_GLOBAL=0 */
#include <tinyalloc/tinyalloc.h>

/* Objects that were built differently do not link: the name that is missing shows how this one was built. */
enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, 8, 4);
static ta_buffer buffer = TA_BUFFER_INIT(pool);

int main(void)
{
    return ta_free(pool, ta_alloc(pool, 1)) && ta_buffer_push(&buffer, 1) == TA_OK ? 0 : 1;
}
