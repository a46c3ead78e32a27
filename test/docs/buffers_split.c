/* Lines come out one by one, however the input was cut. */
#include "expect.h"

#include "buffers_split.h"

int main(void)
{
    static const char text[] = "first\nthe second line is longer than a block\n\nlast";
    for (size_t part = 1; part < sizeof text; part++) {
        static const char *const lines[] = {"first\n", "the second line is longer than a block\n", "\n"};
        size_t count = 0;
        for (size_t at = 0; at < sizeof text - 1; at += part) {
            size_t n = part < sizeof text - 1 - at ? part : sizeof text - 1 - at;
            EXPECT(ta_buffer_write(&input, text + at, n) == TA_OK);
            while (next_line()) {
                EXPECT(count < 3 && holds(&line, lines[count]));
                count++;
            }
        }
        EXPECT(count == 3 && holds(&input, "last"));
        EXPECT(ta_buffer_clear(&input) == TA_OK && ta_buffer_clear(&line) == TA_OK &&
               ta_available(pool) == 32);
    }
    return 0;
}
