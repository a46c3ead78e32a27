/* A header in front and a sum behind, or the buffer as it was. */
#include "expect.h"

static size_t uart_send(const uint8_t *data, size_t n)
{
    (void)data;
    return n;
}

#include "buffers_chunks.h"
#include "buffers_prepend.h"

TA_SLAB_DEFINE(pool, 8, 3);

int main(void)
{
    ta_buffer b = TA_BUFFER_INIT(pool);
    EXPECT(ta_buffer_write(&b, "abc", 3) == TA_OK);
    EXPECT(frame(&b) == TA_OK && holds(&b, "\xA5\x03"
                                           "abc\x26"));
    send_all(&b);

    EXPECT(ta_buffer_write(&b, "12345678abcdefgh", 16) ==
           TA_OK); /* the header takes the last block, and none is left */
    EXPECT(frame(&b) == TA_E_NO_MEMORY && holds(&b, "12345678abcdefgh") && ta_available(pool) == 1);
    return 0;
}
