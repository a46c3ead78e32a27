/* A sum over chunks, and a line that takes a few bytes at a time. */
#include "expect.h"

static char sent[64];
static size_t sent_length;

static size_t uart_send(const uint8_t *data, size_t n)
{
    n = n < 3 ? n : 3;
    memcpy(sent + sent_length, data, n);
    sent_length += n;
    return n;
}

#include "buffers_chunks.h"

TA_SLAB_DEFINE(pool, 8, 8);

int main(void)
{
    ta_buffer b = TA_BUFFER_INIT(pool);
    static const char text[] = "twenty-one bytes long";
    uint8_t sum = 0;
    for (size_t i = 0; i < sizeof text - 1; i++)
        sum = (uint8_t)(sum + (uint8_t)text[i]);
    EXPECT(ta_buffer_write(&b, "12345", 5) == TA_OK && ta_buffer_consume(&b, 5) == TA_OK);
    EXPECT(ta_buffer_write(&b, text, sizeof text - 1) == TA_OK);
    EXPECT(checksum(&b) == sum);
    send_all(&b);
    EXPECT(sent_length == sizeof text - 1 && memcmp(sent, text, sent_length) == 0);
    EXPECT(ta_buffer_is_empty(&b) && ta_available(pool) == 8);
    return 0;
}
