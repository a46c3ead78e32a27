/*
 * Chooses another size for the global allocator: one line, in one source file of the program.
 *
 * Take away: TA_GLOBAL_USE(1k_32) is settled when the program is linked; no code calls an init function, and
 * the RAM of the default is not linked. There are 256, 512, 768 and 1k bytes in blocks of 32, 16 and 8.
 */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_GLOBAL_USE(1k_32);

static void show(const char *when)
{
    ta_stats s = ta_stats_of(ta_global());
    printf("%-10s used %2zu, peak %2zu, capacity %zu blocks of %zu bytes, refused %zu\n", when, s.used,
           s.peak, s.capacity, s.block_size, s.failures);
}

int main(void)
{
    static const uint8_t data[1025] = {0};
    ta_buffer b = TA_BUFFER_INIT(NULL);
    show("start");

    printf("write 1025: %s\n", ta_status_name(ta_buffer_write(&b, data, 1025)));
    printf("write 1024: %s\n", ta_status_name(ta_buffer_write(&b, data, 1024)));
    show("full");

    ta_handle h = ta_alloc(ta_global(), 1);
    printf("one more block: %s\n", ta_is_live(ta_global(), h) ? "taken" : "refused");

    if (ta_buffer_clear(&b) != TA_OK)
        return 1;
    show("cleared");
    return ta_slab_check(ta_global());
}
