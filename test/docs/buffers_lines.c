/* Numbers on lines; bad ones are skipped, and one that is too long is dropped whole and does not fill the pool. */
#include "expect.h"

static uint32_t sum, count;

static void handle_number(uint32_t number)
{
    sum += number;
    count++;
}

#include "buffers_lines.h"

int main(void)
{
    static const char wire[] = "12\n30\nx\n7 \n4294967296\n\n100\n5";
    for (size_t part = 1; part < sizeof wire; part++) {
        sum = count = 0;
        for (size_t at = 0; at < sizeof wire - 1; at += part) {
            size_t n = part < sizeof wire - 1 - at ? part : sizeof wire - 1 - at;
            EXPECT(ta_queue_write(&received, wire + at, n) == TA_OK);
            poll();
        }
        EXPECT(sum == 142 && count == 3 && holds(&input, "5"));
        EXPECT(ta_buffer_clear(&input) == TA_OK);
    }
    for (size_t i = 0; i < 100000; i++) {
        EXPECT(ta_queue_push(&received, '9') == TA_OK);
        if (i % 100 == 0)
            poll();
    }
    poll();
    EXPECT(ta_queue_write(&received, "\n1\n", 3) == TA_OK);
    sum = 0;
    poll();
    EXPECT(sum == 1 && ta_queue_dropped(&received) == 0);

    for (size_t i = 0; i <= LONGEST; i++)
        EXPECT(ta_queue_push(&received, '0') == TA_OK);
    poll(); /* too long, even though it is a small number */
    EXPECT(ta_queue_write(&received, "7\n1\n", 4) == TA_OK);
    sum = 0;
    poll();
    EXPECT(sum == 1 && ta_buffer_is_empty(&input));
    return 0;
}
