/* One block's life, as the README tells it. */
#include "expect.h"

TA_SLAB_DEFINE(pool, 32, 16);

int main(void)
{
#include "readme_handles.h"
    EXPECT(block != NULL && !ta_is_live(pool, h) && !ta_free(pool, h) && ta_get(pool, h) == NULL);
    EXPECT(ta_available(pool) == 16);
    while (ta_available(pool) > 0)
        ta_alloc(pool, 1);
    EXPECT(ta_handle_eq(ta_alloc(pool, 1), TA_NONE) && ta_get(pool, h) == NULL);
    return 0;
}
