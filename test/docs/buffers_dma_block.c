/* A block that a device filled becomes part of a buffer, or goes back. */
#include "expect.h"

static void *dma_address;

static void dma_start(void *address, size_t length)
{
    memset(address, 'x', length);
    dma_address = address;
}

#include "buffers_dma_block.h"

int main(void)
{
    receive_start();
    EXPECT(ta_buffer_push(&received, '1') == TA_OK); /* the buffer may be used meanwhile */
    receive_done(dma_address, 5);
    EXPECT(holds(&received, "1xxxxx"));
    ta_buffer_set_limit(&received, 8);
    receive_start();
    receive_done(dma_address, 5);
    EXPECT(holds(&received, "1xxxxx") && ta_available(pool) == 7);
    EXPECT(ta_buffer_clear(&received) == TA_OK && ta_available(pool) == 8);
    return 0;
}
