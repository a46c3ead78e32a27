/*
 * A reader of HTTP/1.1 requests: request line, headers with names in any case, a body of Content-Length
 * bytes; the next request may follow at once. The input arrives in pieces, of every length in turn.
 *
 * Take away: parse the whole request again when more has arrived; nothing is remembered between tries, so
 * nothing can be remembered wrongly. What an attacker may choose (lengths, numbers) has a limit before it is
 * believed.
 */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum { LONGEST_HEAD = 256, LONGEST_BODY = 64 };

TA_SLAB_DEFINE(pool, 32, 16);
static ta_buffer received = TA_BUFFER_INIT(pool);

typedef struct request {
    ta_view method, target, body;
    uint32_t body_length, hosts, lengths;
} request;

/* RFC 9110, 5.6.2: what methods and header names are made of. */
static bool is_token(uint8_t byte, void *context)
{
    (void)context;
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           (byte != 0 && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

static bool is_visible(uint8_t byte, void *context)
{
    (void)context;
    return byte > ' ' && byte != 0x7F;
}

static bool is_blank(uint8_t byte, void *context)
{
    (void)context;
    return byte == ' ' || byte == '\t';
}

static bool is_text(uint8_t byte, void *context)
{
    return is_visible(byte, context) || is_blank(byte, context);
}

static bool is_name(ta_view name, const char *wanted)
{
    return ta_parse_tag_no_case(&name, wanted, strlen(wanted)) == TA_OK && ta_view_is_empty(&name);
}

/* "GET /target HTTP/1.1" */
static bool parse_first_line(ta_view line, request *r)
{
    return ta_parse_take_while_m_n(&line, 1, 16, is_token, NULL, &r->method) == TA_OK &&
           ta_parse_byte(&line, ' ') == TA_OK &&
           ta_parse_take_while_m_n(&line, 1, 128, is_visible, NULL, &r->target) == TA_OK &&
           ta_parse_tag(&line, " HTTP/1.1", 9) == TA_OK && ta_view_is_empty(&line);
}

/* "Name: value". Two lengths, or a coding that hides the length, smuggle requests past a proxy: refused. */
static bool parse_header(ta_view line, request *r)
{
    ta_view name, skipped, value;
    if (ta_parse_take_while_m_n(&line, 1, 64, is_token, NULL, &name) != TA_OK ||
        ta_parse_byte(&line, ':') != TA_OK ||
        ta_parse_take_while(&line, is_blank, NULL, &skipped) != TA_OK)
        return false;
    value = line;
    if (ta_parse_take_while(&line, is_text, NULL, &skipped) != TA_OK || !ta_view_is_empty(&line))
        return false;
    r->hosts += is_name(name, "host");
    if (is_name(name, "content-length"))
        return r->lengths++ == 0 && ta_parse_decimal(&value, &r->body_length) == TA_OK &&
               ta_parse_take_while(&value, is_blank, NULL, &skipped) == TA_OK &&
               ta_view_is_empty(&value);
    return !is_name(name, "transfer-encoding");
}

static ta_status parse_request(ta_view *in, request *r)
{
    ta_view at = *in, head, line;
    memset(r, 0, sizeof *r);
    ta_status status = ta_parse_take_until_seq(&at, "\r\n\r\n", 4, &head);
    size_t length = status == TA_OK ? ta_view_len(&head) + 4 : ta_view_len(&at); /* what is known of it */
    if (length > LONGEST_HEAD || (length == LONGEST_HEAD && status == TA_MORE))
        return TA_E_NO_MATCH;
    if (status != TA_OK || (status = ta_parse_tag(&at, "\r\n\r\n", 4)) != TA_OK)
        return status;
    if (ta_parse_line(&head, &line) != TA_OK || !parse_first_line(line, r))
        return TA_E_NO_MATCH;
    while (!ta_view_is_empty(&head))
        if (ta_parse_line(&head, &line) != TA_OK || !parse_header(line, r))
            return TA_E_NO_MATCH;
    if (r->hosts != 1 || r->body_length > LONGEST_BODY)
        return TA_E_NO_MATCH;
    status = ta_parse_take(&at, r->body_length, &r->body);
    if (status == TA_OK)
        *in = at;
    return status;
}

static void print(const char *before, const ta_view *v, const char *after)
{
    ta_view at = *v;
    ta_span span;
    printf("%s", before);
    while (ta_view_next_span(&at, &span) == TA_OK)
        printf("%.*s", (int)span.length, (const char *)span.data);
    printf("%s", after);
}

/* Feed a connection; how many requests were good, plus 100 when a bad one ended it. */
static int run(const char *input, size_t piece, bool is_shown)
{
    int good = 0;
    for (size_t n, left = strlen(input); left > 0; input += n, left -= n) {
        n = left < piece ? left : piece;
        if (ta_buffer_write(&received, input, n) != TA_OK)
            return -1;
        for (ta_status status = TA_OK; status == TA_OK;) {
            request r;
            ta_view in = ta_buffer_view(&received);
            size_t before = ta_view_len(&in);
            status = parse_request(&in, &r);
            if (status == TA_OK && is_shown) {
                print("  ", &r.method, " ");
                print("", &r.target, ", body \"");
                print("", &r.body, "\"\n");
            }
            good += status == TA_OK;
            if (status != TA_OK && status != TA_MORE)
                return ta_buffer_clear(&received) == TA_OK ? good + 100 : -1;
            if (ta_buffer_consume(&received, before - ta_view_len(&in)) != TA_OK)
                return -1;
        }
    }
    return ta_buffer_clear(&received) == TA_OK ? good : -1;
}

#define FIFTY "01234567890123456789012345678901234567890123456789"

int main(void)
{
    static const char *const connections[][2] = {
        {"two requests, one behind the other",
         "POST /led HTTP/1.1\r\nhost: node\r\nCONTENT-length: 11\r\n\r\n{\"on\":true}"
         "GET /temperature?unit=C HTTP/1.1\r\nHost: node\r\nAccept: */*\r\n\r\n"},
        {"good, then no version", "GET / HTTP/1.1\r\nHost: node\r\n\r\nGET /\r\n\r\n"},
        {"no host", "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n"},
        {"two lengths", "PUT / HTTP/1.1\r\nHost: n\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
        {"a length that overflows", "PUT / HTTP/1.1\r\nHost: n\r\nContent-Length: 4294967297\r\n\r\na"},
        {"a blank before the colon", "PUT / HTTP/1.1\r\nHost : n\r\n\r\n"},
        {"a head that does not end", "GET / HTTP/1.1\r\nHost: n\r\nX: " FIFTY FIFTY FIFTY FIFTY FIFTY},
        {"not finished", "GET / HTTP/1.1\r\nHost: node\r\n"},
    };
    for (size_t i = 0; i < sizeof connections / sizeof connections[0]; i++) {
        const char *input = connections[i][1];
        printf("%s:\n", connections[i][0]);
        int result = run(input, strlen(input), true);
        for (size_t piece = 1; piece < strlen(input); piece++)
            if (run(input, piece, false) != result)
                return 1;
        printf("  %d good, %s; in pieces of any length the same\n", result % 100,
               result < 100 ? "connection stays open" : "then a bad one: closed");
    }
    printf("at most %zu blocks of 32 bytes at once\n", ta_stats_of(pool).peak);
    return ta_slab_check(pool);
}
