/* expect: undefined reference to `tinyalloc_slot16_generation16_pool0_retire0_statistics1_backends0_global0_checked0_wake1_ */
/* refused with: -DTA_WAKE=1 */
/* accepted with: -DTA_WAKE=0 */
/* compiler: gcc clang++ */
/* library with: -DTA_WAKE=0 */
#include <tinyalloc/tinyalloc.h>

/* Objects that were built differently do not link: the symbol that is missing shows how this one was built. */
enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, 8, 4);
static ta_buffer buffer = TA_BUFFER_INIT(pool);

int main(void)
{
    return ta_free(pool, ta_alloc(pool, 1)) && ta_buffer_push(&buffer, 1) == TA_OK ? 0 : 1;
}
