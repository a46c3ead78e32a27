/*
 * Fills a slab and looks at every refusal.
 *
 * Take away: running out of blocks is an ordinary answer (TA_NONE), not a disaster. A handle whose block was
 * freed is refused by every call, also after the block has a new owner; so a second free cannot hurt anybody.
 */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 16, 4); /* four blocks of 16 bytes, in .bss */

static void show_statistics(void)
{
    ta_stats s = ta_stats_of(pool);
    printf("used %zu of %zu, at most %zu so far, %zu refused\n", s.used, s.capacity, s.peak, s.failures);
}

static const char *yes_no(bool answer)
{
    return answer ? "yes" : "no";
}

int main(void)
{
    static const char names[4][8] = {"alpha", "beta", "gamma", "delta"};
    ta_handle handles[4];

    for (int i = 0; i < 4; i++) {
        handles[i] = ta_alloc_copy(pool, names[i], sizeof names[i]);
        const char *text = ta_get(pool, handles[i]);
        if (!text)
            return 1;
        printf("slot %u, lifetime %u: \"%s\", %zu bytes\n", (unsigned)ta_handle_slot(handles[i]),
               (unsigned)ta_handle_generation(handles[i]), text, ta_size(pool, handles[i]));
    }
    show_statistics();

    ta_handle fifth = ta_alloc(pool, 1);
    printf("a fifth block: %s\n", ta_handle_eq(fifth, TA_NONE) ? "TA_NONE" : "taken");

    ta_handle old = handles[1];
    printf("free beta: %s\n", yes_no(ta_free(pool, old)));
    printf("free beta again: %s\n", yes_no(ta_free(pool, old)));

    ta_handle next = ta_alloc_copy(pool, "epsilon", sizeof "epsilon"); /* the only free slot: beta's */
    const char *text = ta_get(pool, next);
    if (!text)
        return 1;
    printf("slot %u, lifetime %u: \"%s\"\n", (unsigned)ta_handle_slot(next),
           (unsigned)ta_handle_generation(next), text);
    printf("beta's handle, same slot: live %s, pointer %s, free %s\n", yes_no(ta_is_live(pool, old)),
           yes_no(ta_get(pool, old) != NULL), yes_no(ta_free(pool, old)));
    printf("epsilon still there: %s\n", yes_no(ta_is_live(pool, next)));

    ta_handle large =
        ta_alloc(pool, 17); /* a bug, not a shortage: no block can ever hold this; not counted */
    printf("17 bytes in a 16-byte block: %s\n", ta_handle_eq(large, TA_NONE) ? "TA_NONE" : "taken");
    show_statistics();

    ta_clear(pool);
    printf("after ta_clear: epsilon live %s, %zu blocks available, check %d\n",
           yes_no(ta_is_live(pool, next)), ta_available(pool), ta_slab_check(pool));
    return 0;
}
