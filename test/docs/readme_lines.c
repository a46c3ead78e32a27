/* Lines as the README reads them: of every length, for a caller with less room, and after noise without an end. */
#include "expect.h"

#include "readme_lines.h"

static void send(const char *text)
{
    for (; *text; text++)
        uart_isr((uint8_t)*text);
}

int main(void)
{
    char text[40];
    for (size_t length = 0; length < 60; length++) {
        char sent[64] = "";
        memset(sent, 'a', length);
        send(sent);
        EXPECT(!next_line(text, sizeof text));
        uart_isr('\n');
        bool fits = length < sizeof text;
        EXPECT(next_line(text, sizeof text) == fits && strcmp(text, fits ? sent : "") == 0);
        EXPECT(!next_line(text, sizeof text));
    }
    send("one\ntwo\n");
    EXPECT(next_line(text, sizeof text) && strcmp(text, "one") == 0);
    EXPECT(next_line(text, sizeof text) && strcmp(text, "two") == 0);

    for (int i = 0; i < 100000; i++) {
        uart_isr(0xFF);
        if (i % 100 == 0)
            next_line(text, sizeof text);
    }
    EXPECT(ta_queue_dropped(&received) == 0);
    send("\nthree\n");
    EXPECT(!next_line(text, sizeof text)); /* what was left of the noise is too long */
    EXPECT(next_line(text, sizeof text) && strcmp(text, "three") == 0);
    EXPECT(ta_buffer_is_empty(&line) && ta_stats_of(pool).used <= 1);
    return 0;
}
