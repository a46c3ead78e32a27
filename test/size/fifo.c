/*
 * A buffer as a FIFO on a pool of BLOCKS blocks: does it hold BYTES bytes, all in, when up to PHASES - 1 bytes of its first
 * chunk have been read? The static variables here are the RAM that tools/size counts.
 */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);
static ta_buffer fifo = TA_BUFFER_INIT(pool);

static bool push(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        if (ta_buffer_push(&fifo, (uint8_t)(i % 251)) != TA_OK)
            return false;
    return true;
}

static bool pop(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        uint8_t byte;
        if (ta_buffer_pop(&fifo, &byte) != TA_OK || byte != i % 251)
            return false;
    }
    return true;
}

/* From empty; one byte at least stays in the first chunk. */
static bool holds_at(unsigned phase)
{
    return push(0, phase + 1) && pop(0, phase) && push(phase + 1, phase + BYTES) &&
           ta_buffer_len(&fifo) == BYTES && pop(phase, phase + BYTES) && ta_buffer_is_empty(&fifo);
}

int main(void)
{
    for (unsigned phase = 0; phase < PHASES; phase++)
        if (!holds_at(phase)) {
            printf("does not hold at phase %u\n", phase);
            return 1;
        }
    printf("holds\n");
    return 0;
}
