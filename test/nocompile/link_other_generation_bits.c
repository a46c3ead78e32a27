/* expect: undefined reference to `tinyalloc_slot16_generation32_ */
/* refused with: -DTA_GENERATION_BITS=32 */
/* accepted with: -DTA_GENERATION_BITS=16 */
/* compiler: gcc clang++ */
/* library with: -DTA_GENERATION_BITS=16 */
#include <tinyalloc/tinyalloc.h>

/* Objects that were built differently do not link: the symbol that is missing shows how this one was built. */
enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, 8, 4);
static ta_buffer buffer = TA_BUFFER_INIT(pool);

int main(void)
{
    return ta_free(pool, ta_alloc(pool, 1)) && ta_buffer_push(&buffer, 1) == TA_OK ? 0 : 1;
}
