/* Uses what define.c defines: the two may be of different languages. */
#include "shared.h"

static ta_handle kept = TA_NONE_INIT;
static ta_buffer own = TA_BUFFER_INIT(placed);

int main(void)
{
    if (!ta_handle_eq(kept, TA_NONE) || ta_is_live(pool, TA_NONE))
        return 1;
    kept = ta_alloc(placed, 16);
    if (!ta_is_live(placed, kept) || (uintptr_t)ta_get(placed, kept) % 16 != 0)
        return 2;
    if (ta_queue_write(&line, "ten bytes.", 10) != TA_OK || ta_queue_take(&line, &text) != TA_OK)
        return 3;
    if (ta_buffer_len(&text) != 10 || ta_buffer_push(&own, 1) != TA_OK)
        return 4;
    return ta_slab_check(pool) || ta_slab_check(placed) || ta_buffer_check(&text) || ta_queue_check(&line);
}
