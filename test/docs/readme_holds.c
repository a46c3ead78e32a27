/* The same with TinyAlloc: each of the three faults is refused. */
#include "expect.h"

TA_SLAB_DEFINE(pool, 8, 4);
TA_QUEUE_DEFINE(queue, pool, 8);

int main(void)
{
    EXPECT(ta_queue_write(&queue, ".....", 5) == TA_OK);
#include "readme_holds.h"
    EXPECT(stale == NULL && first && !again);
    EXPECT(ta_is_live(pool, a) && ta_is_live(pool, b) && ta_get(pool, a) != ta_get(pool, b));
    EXPECT(torn == TA_E_FULL && ta_queue_len(&queue) == 5);
    for (int i = 0; i < 100; i++) { /* also when its slot has been used again and again */
        EXPECT(ta_free(pool, a) && ta_get(pool, mine) == NULL && !ta_free(pool, yours));
        a = ta_alloc(pool, sizeof(int));
    }
    EXPECT(ta_is_live(pool, a) && ta_slab_check(pool) == 0);
    return 0;
}
