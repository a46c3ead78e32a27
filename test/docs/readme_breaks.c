/* README.md's ordinary pool and ring: each of the three faults happens. */
#include "expect.h"

/* A list of free blocks, whose link is in the block. */
static union block {
    int value;
    union block *next;
} blocks[4], *free_blocks;

static int *pool_take(void)
{
    union block *block = free_blocks;
    free_blocks = block->next;
    return &block->value;
}

static void pool_give(int *value)
{
    union block *block = (union block *)(void *)value;
    block->next = free_blocks;
    free_blocks = block;
}

static char ring[8];
static unsigned written, is_read;

static bool ring_put(char byte)
{
    if (written - is_read == sizeof ring)
        return false;
    ring[written++ % sizeof ring] = byte;
    return true;
}

static void take_five_bytes_of_the_ring(void)
{
    for (int i = 0; i < 5; i++)
        ring_put('.');
}

int main(void)
{
    for (int i = 0; i < 4; i++)
        pool_give(&blocks[i].value);
    take_five_bytes_of_the_ring();
#include "readme_breaks.h"
    EXPECT(yours == mine); /* so what was written by one was the other's */
    EXPECT(a == b);
    EXPECT(written == 8 && memcmp(ring + 5, "hel", 3) == 0);
    return 0;
}
