/* The log keeps the last messages, whole and in order. */
#include "expect.h"

static char printed[1000];

static void print(const char *text, size_t n)
{
    size_t length = strlen(printed);
    EXPECT(length + n + 2 <= sizeof printed);
    memcpy(printed + length, text, n);
    memcpy(printed + length + n, "\n", 2);
}

#include "recent_log.h"

int main(void)
{
    char text[100], expected[1000] = "";
    for (int i = 0; i < 200; i++) {
        snprintf(text, sizeof text, "message %d", i);
        log_message(text);
    }
    size_t count = ta_recent_count(&messages);
    EXPECT(count >= 256 / (TA_RECENT_PREFIX + 11) && ta_recent_dropped(&messages) == 200 - count);
    for (int i = 200 - (int)count; i < 200; i++)
        snprintf(expected + strlen(expected), 30, "message %d\n", i);
    print_last_messages();
    EXPECT(strcmp(printed, expected) == 0);

    memset(text, 'x', 99);
    text[99] = '\0';
    log_message("short");
    log_message(text);
    printed[0] = '\0';
    print_last_messages();
    EXPECT(strcmp(printed, "short\na message is too long\n") == 0 && ta_recent_count(&messages) == 1);
    EXPECT(ta_recent_clear(&messages) == TA_OK && ta_stats_of(log_pool).used == 0);
    return 0;
}
