/* Every command, its input cut at every place, gives the result of the whole. */
#include "expect.h"

#include "buffers_parser.h"

TA_SLAB_DEFINE(pool, 4, 8);

static ta_status parse_of(const char *text, size_t length, command *c)
{
    ta_buffer b = TA_BUFFER_INIT(pool);
    EXPECT(ta_buffer_write(&b, text, length) == TA_OK);
    ta_view in = ta_buffer_view(&b);
    ta_status status = parse_command(&in, c);
    EXPECT(ta_view_len(&in) == (status == TA_OK ? 0 : length));
    ta_buffer_clear(&b);
    return status;
}

static void expect_command(const char *text, int verb, uint32_t channel, int32_t value)
{
    command c = {SET, 0, 0};
    for (size_t n = 0; n < strlen(text); n++)
        EXPECT(parse_of(text, n, &c) == TA_MORE);
    EXPECT(parse_of(text, strlen(text), &c) == TA_OK);
    EXPECT((int)c.verb == verb && c.channel == channel && (verb == GET || c.value == value));
}

int main(void)
{
    command c;
    expect_command("set 3 21.5\n", SET, 3, 2150);
    expect_command("set 12 -0.25\n", SET, 12, -25);
    expect_command("get 3\n", GET, 3, 0);
    EXPECT(parse_of("put 3\n", 6, &c) == TA_E_NO_MATCH);
    EXPECT(parse_of("get x\n", 6, &c) == TA_E_NO_MATCH);
    EXPECT(parse_of("get 4294967296\n", 15, &c) == TA_E_OVERFLOW);
    return 0;
}
