/*
 * The global allocator: one for the whole program, for code that does not want to pass one around.
 *
 * Take away: ta_global() works without any set-up (256 bytes in 8-byte blocks). ta_global_set() replaces it
 * at run time; blocks of the one before stay valid, but belong to the one before: keep the allocator with the
 * handle.
 */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(large_blocks, 64, 4);

static void show(const char *name, const ta_allocator *a)
{
    ta_stats s = ta_stats_of(a);
    printf("%s: %zu of %zu blocks of %zu bytes used\n", name, s.used, s.capacity, s.block_size);
}

int main(void)
{
    const ta_allocator *first = ta_global();
    show("linked", ta_global());

    ta_handle h = ta_alloc_copy(ta_global(), "tiny", 5);
    const char *text = ta_get(ta_global(), h);
    if (!text)
        return 1;
    printf("\"%s\" takes %zu bytes\n", text, ta_size(ta_global(), h));
    show("linked", ta_global());

    ta_handle refused = ta_alloc(ta_global(), 60);
    printf("60 bytes of a block of 8: %s\n", ta_is_live(ta_global(), refused) ? "taken" : "refused");

    ta_global_set(large_blocks);
    ta_handle large = ta_alloc(ta_global(), 60);
    printf("60 bytes, after ta_global_set: %s\n", ta_is_live(ta_global(), large) ? "taken" : "refused");
    show("own", ta_global());
    printf("\"%s\" is still in the one before: %s\n", text, ta_is_live(first, h) ? "yes" : "no");

    if (!ta_free(ta_global(), large))
        return 1;
    ta_global_set(NULL);
    printf("NULL brings back the linked one: %s\n", ta_global() == first ? "yes" : "no");
    if (!ta_free(ta_global(), h))
        return 1;
    show("linked", ta_global());
    return 0;
}
