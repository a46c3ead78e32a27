/*
 * A reader of HTTP/1.1 requests (RFC 9112), as a server of one connection: lines, then a body with a
 * Content-Length or in chunks; the next request may follow at once. It prints one line for each request, and
 * the status with which the server would refuse one. The rules that it keeps are listed in http.md.
 *
 *     http        reads the connections below
 *     http -      reads standard input
 *
 * Take away: a view stays good while bytes are appended, so lines are parsed as they arrive, each once, and
 * a request keeps views of what it needs. Only when the request is complete are its bytes consumed. There is
 * one reading of a line end, CR LF: where two programs read the same bytes differently, requests are
 * smuggled past the first one. What the other side chooses (lengths, numbers) has a limit before it is
 * believed.
 */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum {
    LONGEST_HEAD = 4096,   /* All lines of a request together; a browser's have 700 to 1,500 bytes. */
    LONGEST_TARGET = 2048, /* The first line. */
    LONGEST_METHOD = 16,
    LONGEST_BODY = 1024,
    PIECE = 64 /* Bytes that arrive at once. */
};

TA_SLAB_DEFINE(pool, 64, (LONGEST_HEAD + 2 * LONGEST_BODY + PIECE) / 64 + 4);
static ta_buffer received = TA_BUFFER_INIT(pool), body = TA_BUFFER_INIT(pool);

enum { FINE = 0, MORE = 1 }; /* What parsers return; or the status of a response, such as 400. */

static struct request {
    enum { FIRST_LINE, HEADERS, BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILERS, COMPLETE } step;
    size_t done;     /* bytes of `received` that were parsed */
    size_t searched; /* bytes after those that contain no LF */
    size_t in_lines; /* bytes of all lines */
    ta_view method, target, host;
    uint32_t left; /* bytes of the body, or of the chunk, that follow */
    bool has_host, has_length, has_coding, is_absolute, is_1_0, is_close, is_continue;
} request;
static bool is_closed; /* the connection; what arrives then is not read */

/* Characters: RFC 9110, 5.6.2, and RFC 3986. */
#define ALPHANUMERIC "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
static char digit[] = "0123456789", hex_digit[] = "0123456789ABCDEFabcdef", blank[] = " \t";
static char token[] = ALPHANUMERIC "!#$%&'*+-.^_`|~";
static char host_name[] = ALPHANUMERIC "-._~%!$&'()*+,;=", ip_literal[] = ALPHANUMERIC "-._~%!$&'()*+,;=:";

static bool is_in(uint8_t byte, void *set)
{
    return byte != 0 && strchr(set, byte) != NULL;
}

static bool is_not_in(uint8_t byte, void *set)
{
    return !is_in(byte, set);
}

/* Some of these are not for URIs, but browsers send them. */
static bool is_target(uint8_t byte, void *context)
{
    (void)context;
    return byte > ' ' && byte <= '~' && byte != '#';
}

static bool is_text(uint8_t byte, void *context)
{
    (void)context;
    return (byte >= ' ' && byte != 0x7F) || byte == '\t';
}

/* ---- Pieces of lines ----------------------------------------------------------------------------------- */

static bool is_word(ta_view v, const char *word)
{
    return ta_parse_tag_no_case(&v, word, strlen(word)) == TA_OK && ta_view_is_empty(&v);
}

/* Without the blanks at both ends. */
static ta_view trimmed(ta_view v)
{
    ta_span span;
    size_t position = 0, end = 0;
    (void)ta_parse_take_while(&v, is_in, blank, NULL);
    for (ta_view at = v; ta_view_next_span(&at, &span) == TA_OK;)
        for (size_t i = 0; i < span.length; i++, position++)
            if (!is_in(span.data[i], blank))
                end = position + 1;
    (void)ta_view_take(&v, end, &v);
    return v;
}

/* The next member of a list with commas. */
static bool next_member(ta_view *list, ta_view *member)
{
    if (ta_view_is_empty(list))
        return false;
    if (ta_parse_take_until(list, ',', member) == TA_OK)
        (void)ta_parse_byte(list, ',');
    else
        (void)ta_parse_rest(list, member);
    *member = trimmed(*member);
    return true;
}

/* "name:80", "[::1]:80"; the port may lack, and the name be empty. */
static bool is_host(ta_view v)
{
    if (ta_parse_byte(&v, '[') != TA_OK)
        (void)ta_parse_take_while(&v, is_in, host_name, NULL);
    else if (ta_parse_take_while_m_n(&v, 2, 64, is_in, ip_literal, NULL) != TA_OK ||
             ta_parse_byte(&v, ']') != TA_OK)
        return false;
    if (ta_parse_byte(&v, ':') == TA_OK)
        (void)ta_parse_take_while_m_n(&v, 0, 5, is_in, digit, NULL);
    return ta_view_is_empty(&v);
}

/* ---- The first line: "GET /target HTTP/1.1" ------------------------------------------------------------ */

static int check_target(ta_view target)
{
    if (ta_view_equals(&request.method, "CONNECT", 7) == TA_OK)
        return 501;
    if (ta_view_equals(&target, "*", 1) == TA_OK)
        return ta_view_equals(&request.method, "OPTIONS", 7) == TA_OK ? FINE : 400;
    if (ta_parse_byte(&target, '/') == TA_OK)
        return FINE;
    if (ta_parse_tag_no_case(&target, "https://", 8) == TA_OK)
        return 421; /* this connection is not encrypted */
    if (ta_parse_tag_no_case(&target, "http://", 7) != TA_OK ||
        ta_parse_take_while(&target, is_not_in, "/?", &request.host) != TA_OK || !is_host(request.host))
        return 400;
    request.is_absolute = true;
    ta_view first = request.host; /* a name must not be empty here */
    return ta_parse_take_while_m_n(&first, 1, 1, is_not_in, ":", NULL) == TA_OK ? FINE : 400;
}

static int parse_first_line(ta_view line)
{
    uint8_t major, minor;
    if (ta_parse_take_while_m_n(&line, 1, LONGEST_METHOD, is_in, token, &request.method) != TA_OK)
        return 400;
    if (ta_parse_take_while_m_n(&line, 1, 1, is_in, token, NULL) == TA_OK)
        return 501; /* longer than all that are known here */
    if (ta_parse_byte(&line, ' ') != TA_OK ||
        ta_parse_take_while_m_n(&line, 1, LONGEST_TARGET, is_target, NULL, &request.target) != TA_OK ||
        ta_parse_tag(&line, " HTTP/", 6) != TA_OK || ta_parse_one_of(&line, digit, 10, &major) != TA_OK ||
        ta_parse_byte(&line, '.') != TA_OK || ta_parse_one_of(&line, digit, 10, &minor) != TA_OK ||
        !ta_view_is_empty(&line))
        return 400;
    request.is_1_0 = request.is_close = minor == '0';
    return major == '1' ? check_target(request.target) : 505;
}

/* ---- Headers: "Name: value" ---------------------------------------------------------------------------- */

static int parse_length(ta_view value)
{
    ta_view digits = value;
    if (request.has_length || ta_parse_take_while_m_n(&value, 1, LONGEST_HEAD, is_in, digit, NULL) != TA_OK ||
        !ta_view_is_empty(&value))
        return 400;
    request.has_length = true;
    return ta_parse_decimal(&digits, &request.left) == TA_OK && request.left <= LONGEST_BODY ? FINE : 413;
}

/* Only "chunked" is understood. If it is not the last coding, nobody knows where the body ends. */
static int parse_coding(ta_view value)
{
    ta_view list = value, coding, last = value;
    if (request.has_coding)
        return 400;
    request.has_coding = true;
    while (next_member(&list, &coding))
        if (!ta_view_is_empty(&coding))
            last = coding;
    if (!is_word(last, "chunked"))
        return 400;
    return is_word(value, "chunked") ? FINE : 501;
}

static int use_header(ta_view name, ta_view value)
{
    ta_view member;
    if (is_word(name, "host")) {
        if (request.has_host || !is_host(value))
            return 400;
        request.has_host = true;
        if (!request.is_absolute)
            request.host = value;
    } else if (is_word(name, "content-length"))
        return parse_length(value);
    else if (is_word(name, "transfer-encoding"))
        return parse_coding(value);
    else if (is_word(name, "connection"))
        while (next_member(&value, &member))
            request.is_close |= is_word(member, "close");
    else if (is_word(name, "expect") && !request.is_1_0) {
        request.is_continue = is_word(value, "100-continue");
        return request.is_continue ? FINE : 417;
    }
    return FINE;
}

/* A line that begins with a blank has no name: so a folded one is refused, too. Trailers are not used. */
static int parse_header(ta_view line)
{
    ta_view name, value;
    if (ta_parse_take_while_m_n(&line, 1, LONGEST_HEAD, is_in, token, &name) != TA_OK ||
        ta_parse_byte(&line, ':') != TA_OK || ta_parse_take_while(&line, is_text, NULL, &value) != TA_OK ||
        !ta_view_is_empty(&line))
        return 400;
    return request.step == HEADERS ? use_header(name, trimmed(value)) : FINE;
}

static int end_head(void)
{
    bool is_ambiguous = request.has_coding && (request.has_length || request.is_1_0);
    if (is_ambiguous || (!request.has_host && !request.is_1_0))
        return 400;
    request.step = request.has_coding ? CHUNK_SIZE : BODY;
    if (request.is_continue && (request.has_coding || request.left > 0))
        printf("  100\n"); /* before the body arrives: the client waits for it */
    return FINE;
}

/* ---- The body ------------------------------------------------------------------------------------------ */

/* "1F;extension=ignored" */
static int parse_chunk_size(ta_view line)
{
    ta_view digits;
    uint32_t size = 0;
    if (ta_parse_take_while_m_n(&line, 1, LONGEST_HEAD, is_in, hex_digit, &digits) != TA_OK)
        return 400;
    if (!ta_view_is_empty(&line)) {
        (void)ta_parse_take_while(&line, is_in, blank, NULL);
        if (ta_parse_byte(&line, ';') != TA_OK || ta_parse_take_while(&line, is_text, NULL, NULL) != TA_OK ||
            !ta_view_is_empty(&line))
            return 400;
    }
    (void)ta_parse_take_while(&digits, is_in, "0", NULL);
    if (ta_parse_hex(&digits, 0, 8, &size) != TA_OK || !ta_view_is_empty(&digits) ||
        size > LONGEST_BODY - ta_buffer_len(&body))
        return 413;
    request.left = size;
    request.step = size > 0 ? CHUNK : TRAILERS;
    return FINE;
}

static int take_body(void)
{
    size_t length = (size_t)request.left; /* at most LONGEST_BODY */
    if (ta_buffer_len(&received) - request.done < length)
        return MORE;
    if (ta_buffer_copy_range(&body, &received, request.done, length) != TA_OK)
        return 500;
    request.done += length;
    request.step = request.step == BODY ? COMPLETE : CHUNK_END;
    return FINE;
}

/* ---- The connection ------------------------------------------------------------------------------------ */

/* The next line. It ends with CR LF, and contains neither of them alone. */
static int next_line(ta_view *line)
{
    ta_view at = ta_buffer_view(&received);
    size_t end, length, limit = request.step == FIRST_LINE ? LONGEST_TARGET : LONGEST_HEAD;
    ta_status status = ta_buffer_find(&received, request.done + request.searched, '\n', &end);
    length = (status == TA_OK ? end + 1 : ta_buffer_len(&received)) - request.done;
    if (length > limit - request.in_lines)
        return request.step == FIRST_LINE ? 414 : 431;
    request.searched = length;
    if (status != TA_OK)
        return MORE;
    if (ta_view_skip(&at, request.done) != TA_OK || ta_view_take(&at, length, &at) != TA_OK)
        return 500;
    if (ta_parse_take_while(&at, is_not_in, "\r\n", line) != TA_OK || ta_view_equals(&at, "\r\n", 2) != TA_OK)
        return 400;
    request.done += length;
    request.in_lines += length;
    request.searched = 0;
    return FINE;
}

static int parse_line(ta_view line)
{
    bool is_empty = ta_view_is_empty(&line);
    switch (request.step) {
    case FIRST_LINE:
        request.step = HEADERS;
        return parse_first_line(line);
    case HEADERS:
        return is_empty ? end_head() : parse_header(line);
    case CHUNK_SIZE:
        return parse_chunk_size(line);
    case CHUNK_END:
        request.step = CHUNK_SIZE;
        return is_empty ? FINE : 400;
    default:
        request.step = is_empty ? COMPLETE : TRAILERS;
        return is_empty ? FINE : parse_header(line);
    }
}

/* What is not printable, and what could be mistaken, is shown in hexadecimal. */
static void show(const char *before, ta_view v)
{
    ta_span span;
    printf("%s", before);
    while (ta_view_next_span(&v, &span) == TA_OK)
        for (size_t i = 0; i < span.length; i++)
            if (span.data[i] <= ' ' || span.data[i] > '~' || span.data[i] == '\\')
                printf("\\x%02X", (unsigned)span.data[i]);
            else
                printf("%c", span.data[i]);
}

/* Show the request, forget it, and remove its bytes. */
static int end_request(bool is_shown)
{
    if (is_shown) {
        show("  ", request.method);
        show(" ", request.target);
        show(" for ", request.host);
        show(" body ", ta_buffer_view(&body));
        printf("%s\n", request.is_close ? ", closed" : "");
        is_closed = request.is_close;
    }
    bool is_fine = ta_buffer_consume(&received, request.done) == TA_OK && ta_buffer_clear(&body) == TA_OK;
    memset(&request, 0, sizeof request);
    return is_fine ? FINE : 500;
}

/* One step: a line, or a body or chunk. */
static int advance(void)
{
    ta_view line;
    bool is_body = request.step == BODY || request.step == CHUNK;
    int status = is_body ? take_body() : next_line(&line);
    if (status == FINE && request.step == FIRST_LINE && ta_view_is_empty(&line))
        return end_request(false); /* an empty line before a request is ignored */
    if (status == FINE && !is_body)
        status = parse_line(line);
    return status == FINE && request.step == COMPLETE ? end_request(true) : status;
}

static bool feed(const uint8_t *data, size_t n)
{
    for (size_t piece; n > 0 && !is_closed; data += piece, n -= piece) {
        int status = FINE;
        piece = n < PIECE ? n : PIECE;
        if (ta_buffer_write(&received, data, piece) != TA_OK)
            return false;
        while (status == FINE && !is_closed)
            status = advance();
        if (status > MORE) {
            printf("  %d, closed\n", status);
            is_closed = true;
        }
    }
    return true;
}

/* The other side closes the connection; the next one begins. */
static bool finish(void)
{
    if (!is_closed && !ta_buffer_is_empty(&received))
        printf("  incomplete\n");
    memset(&request, 0, sizeof request);
    is_closed = false;
    return ta_buffer_clear(&received) == TA_OK && ta_buffer_clear(&body) == TA_OK;
}

static const char *const connections[][2] = {
    {"two requests, one after the other",
     "POST /led HTTP/1.1\r\nhost: node\r\nCONTENT-length: 11\r\n\r\n{\"on\":true}"
     "GET /temperature?unit=C HTTP/1.1\r\nHost: node\r\nAccept: */*\r\n\r\n"},
    {"a body in chunks", "PUT / HTTP/1.1\r\nHost: n\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "4\r\nchun\r\n3\r\nked\r\n0\r\n\r\n"},
    {"good, then no version", "GET / HTTP/1.1\r\nHost: node\r\n\r\nGET /\r\n\r\n"},
    {"two lengths", "PUT / HTTP/1.1\r\nHost: n\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
    {"a length that overflows", "PUT / HTTP/1.1\r\nHost: n\r\nContent-Length: 4294967297\r\n\r\na"},
    {"a line that ends with LF", "PUT / HTTP/1.1\r\nHost: n\r\nContent-Length: 2\n\r\n\r\nab"},
    {"not finished", "GET / HTTP/1.1\r\nHost: node\r\n"},
};

int main(int count, char **arguments)
{
    uint8_t data[PIECE];
    bool is_fine = true;
    if (count > 1 && strcmp(arguments[1], "-") == 0) {
        for (size_t n; is_fine && (n = fread(data, 1, sizeof data, stdin)) > 0;)
            is_fine = feed(data, n);
        return is_fine && finish() ? 0 : 1;
    }
    for (size_t i = 0; is_fine && i < sizeof connections / sizeof connections[0]; i++) {
        printf("%s:\n", connections[i][0]);
        is_fine = feed((const uint8_t *)connections[i][1], strlen(connections[i][1])) && finish();
    }
    return is_fine && ta_slab_check(pool) == 0 ? 0 : 1;
}
