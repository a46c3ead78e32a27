/* Messages as docs/framing.md sends them, through a queue that is shorter than some; they are decoded again. */
#include "expect.h"

static void uart_start_sending(void) {}

#include "framing_send.h"

TA_SLAB_DEFINE(decoded_pool, 32, 16);
static ta_buffer decoded = TA_BUFFER_INIT(decoded_pool);
static ta_cobs_decoder decoder;

/* The interrupt sends at most n bytes, and the other side decodes them. Has a frame arrived? */
static bool transmit(size_t n)
{
    uint8_t byte;
    for (; n > 0 && ta_queue_pop(&sent, &byte) == TA_OK; n--) {
        ta_view in = ta_view_of(&byte, 1);
        ta_status status = ta_cobs_decode(&decoder, &in, &decoded);
        EXPECT(status == TA_OK || status == TA_MORE);
        if (status == TA_OK)
            return true;
    }
    return false;
}

int main(void)
{
    for (size_t length = 0; length < 200; length++) {
        for (size_t i = 0; i < length; i++)
            EXPECT(ta_buffer_push(&message, (uint8_t)(i * length)) == TA_OK);
        EXPECT(begin_sending() && !begin_sending());
        do
            continue_sending();
        while (!transmit(1 + length % 40));
        continue_sending();
        EXPECT(!is_busy && ta_buffer_is_empty(&message) && ta_queue_is_empty(&sent));
        EXPECT(ta_buffer_len(&decoded) == length + 2);
        ta_view v = ta_buffer_view(&decoded);
        uint16_t crc = 0xFFFF;
        EXPECT(ta_crc16(&crc, &v) == TA_OK && crc == 0);
        for (size_t i = 0; i < length; i++) {
            uint8_t byte;
            EXPECT(ta_view_at(&v, i, &byte) == TA_OK && byte == (uint8_t)(i * length));
        }
    }
    return 0;
}
