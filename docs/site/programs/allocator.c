/* A block is allocated, used and freed. Then its handle is stale, and every call rejects it. */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 32, 4); /* 4 blocks of 32 bytes */

static void show(const char *when, ta_handle h)
{
    const char *text = (const char *)ta_get(pool, h); /* NULL if the handle is stale */
    printf("%s: %s, %zu of 4 blocks free\n", when, text ? text : "stale", ta_available(pool));
}

int main(void)
{
    ta_handle first = ta_alloc_copy(pool, "first", 6);
    if (ta_handle_eq(first, TA_NONE))
        return 1; /* no block was free */
    show("allocated", first);

    ta_free(pool, first);
    show("freed", first);
    printf("freed again: %s\n", ta_free(pool, first) ? "done" : "refused");

    for (int i = 0; i < 4; i++) /* all slots have new owners now */
        ta_alloc_copy(pool, "other", 6);
    show("slot reused", first);
    printf("a fifth block: %s\n", ta_is_live(pool, ta_alloc(pool, 1)) ? "allocated" : "refused");
    return ta_slab_check(pool);
}
