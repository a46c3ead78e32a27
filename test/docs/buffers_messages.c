/* Messages come out whole, byte by byte or all at once; noise does not stop them. */
#include "expect.h"

static char handled[256];

static void handle_message(const ta_view *message)
{
    size_t n = ta_view_len(message), held = strlen(handled);
    EXPECT(ta_view_copy(message, 0, handled + held, n) == TA_OK);
    strcpy(handled + held + n, "|");
}

#include "buffers_messages.h"

int main(void)
{
    static const char wire[] = "\x05hello\x01x\xFF\xEE\x28"
                               "forty bytes, so more than one block long\x02ok";
    for (size_t part = 1; part < sizeof wire; part++) {
        handled[0] = '\0';
        for (size_t at = 0; at < sizeof wire - 1; at += part) {
            size_t n = part < sizeof wire - 1 - at ? part : sizeof wire - 1 - at;
            EXPECT(ta_queue_write(&received, wire + at, n) == TA_OK);
            poll();
        }
        EXPECT(strcmp(handled, "hello|x|forty bytes, so more than one block long|ok|") == 0);
        EXPECT(ta_buffer_is_empty(&input) && ta_stats_of(pool).used <= 1);
    }
    EXPECT(ta_queue_write(&received, "\x07half", 5) == TA_OK);
    poll();
    EXPECT(holds(&input, "\x07half"));
    return 0;
}
