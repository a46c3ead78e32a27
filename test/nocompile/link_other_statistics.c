/* expect: undefined reference to `tinyalloc_slot16_generation16_pool0_retire0_statistics0_ */
/* refused with: -DTA_STATISTICS=0 */
/* accepted with: -DTA_STATISTICS=1 */
/* compiler: gcc clang++ */
/* library with: -DTA_STATISTICS=1 */
#include <tinyalloc/tinyalloc.h>

/* Objects that were built differently do not link: the symbol that is missing shows how this one was built. */
enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, 8, 4);
static ta_buffer buffer = TA_BUFFER_INIT(pool);

int main(void)
{
    return ta_free(pool, ta_alloc(pool, 1)) && ta_buffer_push(&buffer, 1) == TA_OK ? 0 : 1;
}
