/* With TA_WAKE: calling the hook of a slab, which allocating and freeing do outside their critical sections. */
#include "slab_table.h"

#if TA_WAKE

void ta_slab_wake_(const ta_allocator *a)
{
    const ta_wake *wake;
    TA_COPY_(&wake, state_of(a)->wake, sizeof wake);
    if (wake)
        wake->call(wake->context, TA_WAKE_BLOCK);
}

void ta_slab_wake_if_awaited_(const ta_allocator *a)
{
    ta_mask mask = ta_critical_enter();
    bool is_due = take_awaited(state_of(a));
    ta_critical_exit(mask);
    if (is_due)
        ta_slab_wake_(a);
}

#endif /* TA_WAKE */
