/*
 * Packets framed out of a queue: 0xA5, a length, the payload, and the sum of the payload's bytes.
 *
 * Take away: parse from a view of what has arrived. On damage consume one byte and look for the next start
 * byte: the length cannot be trusted then, so it must not decide what is skipped. For the same reason a
 * length has a limit: or else a damaged one makes the reader wait for bytes that nobody sends.
 */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

enum { START = 0xA5, MOST = 32 };

TA_SLAB_DEFINE(pool, 8, 16);
TA_QUEUE_DEFINE(received, pool, 0);
static ta_buffer input = TA_BUFFER_INIT(pool);

/* The sum over a payload that may lie in several chunks. */
static uint8_t sum_of(const ta_view *v)
{
    ta_view at = *v;
    ta_span span;
    uint8_t sum = 0;
    while (ta_view_next_span(&at, &span) == TA_OK)
        for (size_t i = 0; i < span.length; i++)
            sum = (uint8_t)(sum + span.data[i]);
    return sum;
}

static ta_status parse_packet(ta_view *in, ta_view *payload)
{
    ta_view at = *in;
    uint8_t length, sum;
    ta_status status;
    if ((status = ta_parse_byte(&at, START)) != TA_OK || (status = ta_parse_u8(&at, &length)) != TA_OK)
        return status;
    if (length > MOST)
        return TA_E_NO_MATCH;
    if ((status = ta_parse_take(&at, length, payload)) != TA_OK || (status = ta_parse_u8(&at, &sum)) != TA_OK)
        return status;
    if (sum != sum_of(payload))
        return TA_E_NO_MATCH;
    *in = at;
    return TA_OK;
}

static void print(const ta_view *v)
{
    ta_view at = *v;
    ta_span span;
    while (ta_view_next_span(&at, &span) == TA_OK)
        printf("%.*s", (int)span.length, (const char *)span.data);
}

/* What a driver's interrupt would do with the bytes of a packet. */
static bool put_packet(const char *text, uint8_t length, uint8_t damage)
{
    ta_view payload = ta_view_of(text, length);
    uint8_t sum = (uint8_t)(sum_of(&payload) + damage);
    return ta_queue_push(&received, START) == TA_OK && ta_queue_push(&received, length) == TA_OK &&
           ta_queue_write(&received, text, length) == TA_OK && ta_queue_push(&received, sum) == TA_OK;
}

int main(void)
{
    size_t skipped = 0;
    if (!put_packet("temperature 21.5", 16, 0) || !put_packet("damaged", 7, 1) ||
        !put_packet("humidity 40 %", 13, 0) || ta_queue_write(&received, "\xA5\xFF noise", 8) != TA_OK ||
        !put_packet("", 0, 0) || !put_packet("last", 4, 0) ||
        ta_queue_write(&received, "\xA5\x05hal", 5) != TA_OK)
        return 1;
    printf("%zu bytes arrived\n", ta_queue_len(&received));
    if (ta_queue_take(&received, &input) != TA_OK)
        return 1;

    for (ta_status status = TA_OK; status == TA_OK || status == TA_E_NO_MATCH;) {
        ta_view in = ta_buffer_view(&input), payload;
        size_t before = ta_view_len(&in), taken = 0; /* nothing, when more is needed */
        status = parse_packet(&in, &payload);
        if (status == TA_OK) {
            printf("packet of %zu bytes: \"", ta_view_len(&payload));
            print(&payload);
            printf("\"\n");
            taken = before - ta_view_len(&in);
        } else if (status == TA_E_NO_MATCH) {
            taken = 1;
            skipped++;
        }
        if (ta_buffer_consume(&input, taken) != TA_OK)
            return 1;
    }
    printf("%zu bytes skipped, %zu wait for the rest of their packet\n", skipped, ta_buffer_len(&input));
    return 0;
}
