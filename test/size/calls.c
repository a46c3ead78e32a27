/* Refers to the calls that tools/size names, and to nothing else: what the library brings into the image is counted. */
#include <tinyalloc/tinyalloc.h>

typedef void (*call)(void);
#define CALL(name) (call) ta_##name

TA_SLAB_DEFINE(pool, 32, 16);
const volatile call calls[] = {CALLS};
const ta_allocator *const volatile used = pool;

int main(void)
{
    return calls[0] && used;
}
