/*
 * Which block size? Prints, for an arena of 2,048 bytes, what its blocks hold and what the rest (the block table)
 * takes; then how many messages of a given size fit, and how much of the arena is not message. Each is really
 * written to a buffer of its own; the ta_buffer structs lie elsewhere.
 *
 * Take away: small blocks waste little at a message's end but pay for more entries of the block table; large
 * blocks the other way round. The block to try first holds the usual message whole, or a half or third of it,
 * with little to spare.
 */
#include <stdalign.h>
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

enum { ARENA_SIZE = 2048, MOST_MESSAGES = ARENA_SIZE / 8 };

static alignas(max_align_t) uint8_t arena[ARENA_SIZE];
static const size_t block_sizes[] = {8, 16, 32, 64, 128, 256};
static const size_t message_sizes[] = {6, 20, 40, 100, 250};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* How many messages of this size fit at once. */
static size_t count_messages(const ta_allocator *pool, size_t size)
{
    static const uint8_t message[256];
    static ta_buffer buffers[MOST_MESSAGES];
    size_t count = 0;
    for (; count < MOST_MESSAGES; count++) {
        ta_buffer_init(&buffers[count], pool);
        if (ta_buffer_write(&buffers[count], message, size) != TA_OK)
            break;
    }
    for (size_t i = 0; i < count; i++)
        if (ta_buffer_clear(&buffers[i]) != TA_OK)
            return 0;
    return count;
}

static void show(size_t count, size_t size)
{
    printf("%6zu%3zu%%", count, (ARENA_SIZE - count * size) * 100 / ARENA_SIZE);
}

int main(void)
{
    printf("                           messages that fit, overhead; for messages of ... bytes\n");
    printf("block size  blocks  rest");
    for (size_t m = 0; m < COUNT(message_sizes); m++)
        printf("%10zu", message_sizes[m]);
    printf("\n");

    for (size_t i = 0; i < COUNT(block_sizes); i++) {
        ta_slab slab;
        if (ta_slab_init(&slab, arena, sizeof arena, block_sizes[i]) != TA_OK)
            return 1;
        ta_stats s = ta_stats_of(&slab.allocator);
        size_t payload = s.capacity * s.block_size;
        printf("%10zu %7zu %5zu", s.block_size, payload, sizeof arena - payload);
        for (size_t m = 0; m < COUNT(message_sizes); m++)
            show(count_messages(&slab.allocator, message_sizes[m]), message_sizes[m]);
        printf("\n");
    }
    return 0;
}
