/* A device writes into the buffer; what the text says of reservations. */
#include "expect.h"

static uint8_t *dma_address;
static size_t dma_length;

static void dma_start(uint8_t *address, size_t length)
{
    dma_address = address;
    dma_length = length;
}

#include "buffers_reserve.h"

int main(void)
{
    char expected[200] = "";
    for (size_t round = 0; round < 20; round++) {
        size_t arrived = round % 8;
        receive_start();
        EXPECT(dma_length >= 1 && dma_length <= 64);
        arrived = arrived < dma_length ? arrived : dma_length;
        memset(dma_address, 'a' + (int)round, arrived);
        memset(expected + strlen(expected), 'a' + (int)round, arrived);
        receive_done(arrived);
        EXPECT(holds(&received, expected));
    }

    EXPECT(ta_buffer_clear(&received) == TA_OK);
    receive_start();
    EXPECT(dma_length == 64 && ta_available(pool) == 7); /* an empty buffer gets a block */
    receive_done(0);
    EXPECT(ta_available(pool) == 8); /* which goes back */

    EXPECT(ta_buffer_write(&received, expected, 62) == TA_OK);
    receive_start();
    EXPECT(dma_length == 2); /* what the last chunk has left */
    EXPECT(ta_buffer_push(&received, '!') == TA_OK);
    EXPECT(ta_buffer_commit(&received, 2) == TA_E_INVALID); /* the push has ended the reservation */
    EXPECT(ta_buffer_len(&received) == 63);
    return 0;
}
