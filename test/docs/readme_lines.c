/* Lines as the README reads them: of every length, for a caller with less room, and which are skipped and counted. */
#include "expect.h"

#include "readme_lines.h"

static char text[100];

static void send(const char *bytes)
{
    for (; *bytes; bytes++)
        uart_isr((uint8_t)*bytes);
}

/* Is this the next line? NULL: there is none. */
static bool is_next(const char *line)
{
    bool is_line = next_line(text, sizeof text);
    return line ? is_line && strcmp(text, line) == 0 : !is_line;
}

static void every_length_comes_out_or_is_skipped_whole(void)
{
    for (size_t length = 0; length <= 127; length++) {
        char sent[128] = "";
        size_t before = lines.too_long;
        memset(sent, 'a', length);
        send(sent);
        EXPECT(is_next(NULL));
        uart_isr('\n');
        EXPECT(is_next(length <= 80 ? sent : NULL));
        EXPECT(is_next(NULL));
        EXPECT(lines.too_long - before == (length > 80));
    }
    send("one\ntwo\r\n\r\n\rx\n");
    EXPECT(is_next("one") && is_next("two") && is_next("") && is_next("\rx") && is_next(NULL));
    send("four\nfive5\nsix\n");
    EXPECT(next_line(text, 5) && strcmp(text, "four") == 0);
    EXPECT(next_line(text, 5) && strcmp(text, "six") == 0); /* "five5" does not fit into `text` */
    EXPECT(lines.damaged == 0 && ta_queue_dropped(&received) == 0);
}

static void last_part_of_a_long_line_is_no_line(void)
{
    for (size_t length = 81; length < 400; length++) {
        char sent[512];
        size_t before = lines.too_long;
        memset(sent, 'x', length);
        strcpy(sent + length, "reset\n");
        for (const char *byte = sent; *byte; byte++) {
            uart_isr((uint8_t)*byte);
            EXPECT(is_next(NULL));
        }
        EXPECT(lines.too_long == before + 1 && lines.damaged == 0);
        send("next\n");
        EXPECT(is_next("next"));
    }
}

/* The main loop is too late: it gets the lines before the refused bytes, and none with a part of another. */
static void lines_are_never_joined(void)
{
    char sent[128];
    memset(sent, 'y', 70);
    strcpy(sent + 70, "\n");
    send("first\n");
    send(sent);
    EXPECT(ta_queue_dropped(&received) == 0);
    send("a third line, the end of which does not fit any more\n");
    EXPECT(ta_queue_dropped(&received) > 0);
    EXPECT(is_next("first"));
    send("fourth\n");
    sent[70] = '\0';
    EXPECT(is_next(sent) && lines.damaged == 0);
    EXPECT(is_next(NULL) && lines.damaged == 1);
    send("the first after it, too\nnext\n");
    EXPECT(is_next("next") && is_next(NULL) && lines.damaged == 1);
}

static void noise_does_not_fill_the_pool(void)
{
    size_t before = ta_queue_dropped(&received);
    for (int i = 0; i < 100000; i++) {
        uart_isr(0xFF);
        if (i % 16 == 15)
            EXPECT(is_next(NULL));
    }
    EXPECT(ta_queue_dropped(&received) == before);
    send("\nthree\n");
    EXPECT(is_next("three"));
    EXPECT(ta_queue_is_empty(&received) && ta_stats_of(pool).used <= 1);
}

int main(void)
{
    every_length_comes_out_or_is_skipped_whole();
    last_part_of_a_long_line_is_no_line();
    lines_are_never_joined();
    noise_does_not_fill_the_pool();
    return 0;
}
