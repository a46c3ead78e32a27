/* Lines as the README reads them: of every length, for a caller with less room, and after a line that is too long. */
#include "expect.h"

static void (*after_find)(void); /* an interrupt that comes when the search has just ended */

static ta_status find_and_interrupt(const ta_queue *q, uint8_t byte, size_t *position)
{
    ta_status status = ta_queue_find(q, 0, byte, position);
    if (after_find)
        after_find();
    after_find = NULL;
    return status;
}

#define ta_queue_find find_and_interrupt
#include "readme_lines.h"
#undef ta_queue_find

static char text[40];

static void send(const char *line)
{
    for (; *line; line++)
        uart_isr((uint8_t)*line);
}

static void send_end(void)
{
    uart_isr('\n');
}

/* Is this the next line? NULL: there is none. */
static bool is_next(const char *line)
{
    bool is_line = next_line(text, sizeof text);
    return line ? is_line && strcmp(text, line) == 0 : !is_line;
}

static void every_length_comes_out_or_is_dropped_whole(void)
{
    for (size_t length = 0; length < 127; length++) {
        char sent[128] = "";
        memset(sent, 'a', length);
        send(sent);
        EXPECT(is_next(NULL));
        uart_isr('\n');
        EXPECT(is_next(length < sizeof text ? sent : NULL));
        EXPECT(is_next(NULL));
    }
    send("one\ntwo\r\n\r\n\rx\n");
    EXPECT(is_next("one") && is_next("two") && is_next("") && is_next("\rx") && is_next(NULL));
}

static void last_part_of_a_long_line_is_no_line(void)
{
    for (size_t length = 100; length < 400; length++) {
        char sent[512];
        memset(sent, 'x', length);
        strcpy(sent + length, "reset\n");
        for (const char *byte = sent; *byte; byte++) {
            uart_isr((uint8_t)*byte);
            EXPECT(is_next(NULL));
        }
        send("next\n");
        EXPECT(is_next("next"));
    }
}

/* The end of a line arrives after the search and fills the queue: no line was too long. */
static void end_that_fills_the_queue_during_the_search_is_seen(void)
{
    char sent[128] = "";
    memset(sent, 'a', 127);
    send(sent);
    after_find = send_end;
    EXPECT(is_next(NULL));
    EXPECT(is_next(NULL)); /* 127 bytes do not fit into `text` */
    send("next\n");
    EXPECT(is_next("next"));
}

static void noise_does_not_fill_the_pool(void)
{
    for (int i = 0; i < 100000; i++) {
        uart_isr(0xFF);
        if (i % 16 == 15)
            EXPECT(is_next(NULL));
    }
    EXPECT(ta_queue_dropped(&received) == 0);
    send("\nthree\n");
    EXPECT(is_next(NULL)); /* the end of the noise */
    EXPECT(is_next("three"));
    EXPECT(ta_queue_is_empty(&received) && ta_stats_of(pool).used <= 1);
}

int main(void)
{
    every_length_comes_out_or_is_dropped_whole();
    last_part_of_a_long_line_is_no_line();
    end_that_fills_the_queue_during_the_search_is_seen();
    noise_does_not_fill_the_pool();
    return 0;
}
