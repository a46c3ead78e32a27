/*
 * Counts what ta_alloc() and ta_free() execute, as an image on an emulated Cortex-M3 runs them.
 * Usage: cost IMAGE      prints "alloc INSTRUCTIONS" and "free INSTRUCTIONS"
 */
#include "../emulator/cortex_m.h"
#include <stdio.h>

static uint32_t call(cortex_m *m, const char *name, uint32_t r0, uint32_t r1, uint64_t *count)
{
    *count = cortex_m_call(m, cortex_m_symbol(m, name), r0, r1, 0, 0);
    return cortex_m_register(m, R0);
}

int main(int argc, char **argv)
{
    uint64_t count, alloc, free;
    if (argc != 2)
        return 2;
    cortex_m *m = cortex_m_open("cortex-m3", argv[1]);
    uint32_t h = call(m, "prepare", 0, 0, &count), pool = call(m, "pool_of_image", 0, 0, &count);
    bool is_sound = call(m, "ta_alloc", pool, 4, &alloc) != 0 && call(m, "ta_free", pool, h, &free) == 1;
    if (is_sound)
        printf("alloc %u\nfree %u\n", (unsigned)alloc, (unsigned)free);
    cortex_m_close(m);
    return is_sound ? 0 : 1;
}
