/* expect: ta_error_this_build_has_no_TA_CUSTOM_BACKENDS */
/* refused with: -DTA_CUSTOM_BACKENDS=0 */
/* accepted with: -DTA_CUSTOM_BACKENDS=1 */
#include <tinyalloc/tinyalloc.h>

/* A backend of one's own, as far as this program needs one: a single block that is given out once. */
struct backend {
    ta_allocator allocator;
    uint8_t *block;
};

static uint8_t storage[8];
static bool is_taken;

static ta_handle alloc_block(const ta_allocator *a, size_t size)
{
    (void)a, (void)size;
    ta_handle h = ta_handle_make(0, is_taken ? 0 : 1);
    is_taken = true;
    return h;
}

static void *get_block(const ta_allocator *a, ta_handle h)
{
    return ta_handle_generation(h) == 1 ? ((const struct backend *)(const void *)a)->block : NULL;
}

static const ta_operations operations = {
    alloc_block, get_block, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
};
static const struct backend backend = {TA_ALLOCATOR_INIT(&operations, sizeof storage), storage};

int main(void)
{
    ta_handle h = ta_alloc(&backend.allocator, 3);
    if (operations.alloc != alloc_block)
        return 2;
    return ta_get(&backend.allocator, h) == storage && !ta_is_live(&backend.allocator, TA_NONE) ? 0 : 1;
}
