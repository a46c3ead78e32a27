/*
 * How many bytes fit into a buffer, and what happens when no more do.
 *
 * Take away: n bytes take at most 1 + ceil((n - 1) / block_size) blocks: one more than the bare bytes need,
 * because those consumed at the front share a block with those still held. A write that does not fit changes
 * nothing; ta_buffer_write_some() takes what does fit.
 */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

#define BLOCK_SIZE 8
#define BLOCK_COUNT 5
TA_SLAB_DEFINE(pool, BLOCK_SIZE, BLOCK_COUNT);

static size_t blocks_at_most(size_t n)
{
    return n == 0 ? 0 : 1 + (n - 1 + BLOCK_SIZE - 1) / BLOCK_SIZE;
}

int main(void)
{
    static const uint8_t data[64] = {0};
    static const size_t lengths[] = {1, 2, 8, 9, 16, 17, 32, 33};
    ta_buffer b = TA_BUFFER_INIT(pool);
    size_t done;

    printf("bytes  blocks  blocks when the first byte is the last of its block\n");
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t n = lengths[i];
        if (ta_buffer_write(&b, data, n) != TA_OK)
            return 1;
        size_t aligned = ta_stats_of(pool).used;
        if (ta_buffer_clear(&b) != TA_OK || ta_buffer_write(&b, data, BLOCK_SIZE) != TA_OK ||
            ta_buffer_consume(&b, BLOCK_SIZE - 1) != TA_OK || ta_buffer_write(&b, data, n - 1) != TA_OK)
            return 1;
        size_t shifted = ta_stats_of(pool).used;
        printf("%5zu  %6zu  %6zu, at most %zu\n", n, aligned, shifted, blocks_at_most(n));
        if (ta_buffer_clear(&b) != TA_OK)
            return 1;
    }

    printf("\nroom in %d blocks of %d: %zu\n", BLOCK_COUNT, BLOCK_SIZE, ta_buffer_room(&b));
    printf("write 41: %s, ", ta_status_name(ta_buffer_write(&b, data, 41)));
    printf("%zu held, %zu blocks used\n", ta_buffer_len(&b), ta_stats_of(pool).used);
    printf("write_some 41: %s, ", ta_status_name(ta_buffer_write_some(&b, data, 41, &done)));
    printf("%zu taken, %zu held\n", done, ta_buffer_len(&b));
    printf("push: %s\n", ta_status_name(ta_buffer_push(&b, 0)));

    if (ta_buffer_consume(&b, 7) != TA_OK)
        return 1;
    printf("consumed 7, room: %zu (their block is not empty yet)\n", ta_buffer_room(&b));
    if (ta_buffer_consume(&b, 1) != TA_OK)
        return 1;
    printf("consumed 8, room: %zu\n", ta_buffer_room(&b));

    if (ta_buffer_clear(&b) != TA_OK || ta_buffer_set_limit(&b, 20) != TA_OK)
        return 1;
    printf("\nlimit %zu, room: %zu\n", ta_buffer_limit(&b), ta_buffer_room(&b));
    printf("write 21: %s\n", ta_status_name(ta_buffer_write(&b, data, 21)));
    printf("write 20: %s\n", ta_status_name(ta_buffer_write(&b, data, 20)));
    printf("push: %s\n", ta_status_name(ta_buffer_push(&b, 0)));
    return ta_buffer_clear(&b) == TA_OK ? 0 : 1;
}
