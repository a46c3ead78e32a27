/*
 * A reader of NMEA 0183, which satellite receivers send: "$GPGGA,123519,4807.038,N,01131.000,E,1,...*47" and
 * a line end. It prints one line for each sentence. The rules that it keeps are listed in nmea.md.
 *
 *     nmea        reads the sentences below
 *     nmea -      reads standard input
 *
 * Take away: the interrupt stores only what belongs to a sentence, and ta_lines delivers each sentence once,
 * whole or not at all. The line is a final view, so every parser answers right or wrong, and never asks for
 * more. It is checked and parsed where it is, across chunks of 16 bytes; nothing is copied. Integers only:
 * angles are in 1e-7 degrees.
 */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum {
    LONGEST = 128, /* The standard allows 80 bytes before the line end; RTK receivers send more than 100. */
    BURST = 64,    /* The interrupt stores at most that many bytes before the main loop looks again. */
    DIGITS = 7     /* Digits of a fraction of a minute that count: 2e-4 metres. */
};

TA_SLAB_DEFINE(pool, 16, (LONGEST + 2 * BURST) / 16 + 2); /* 2: each '$' may end another sentence */
TA_QUEUE_DEFINE(received, pool, 0);
static ta_lines lines = TA_LINES_OF_QUEUE(&received, LONGEST);
static bool is_inside; /* of a sentence; only the interrupt uses it */

/* The fields of a GGA sentence, after the address. */
enum { ADDRESS, TIME, LATITUDE, NORTH_SOUTH, LONGITUDE, EAST_WEST, QUALITY, GGA_FIELDS = 15 };

/*
 * What the interrupt of a UART would do. Bytes before a '$' or '!' are noise. A start always begins a new
 * line, so it ends a sentence that is damaged. Every end becomes one LF. If the queue is full, ta_lines
 * skips the sentence.
 */
static void receive(uint8_t byte)
{
    bool is_start = byte == '$' || byte == '!', is_end = byte == '\r' || byte == '\n';
    if (is_start || (is_inside && is_end))
        (void)ta_queue_push(&received, '\n');
    is_inside = is_start || (is_inside && !is_end);
    if (is_inside)
        (void)ta_queue_push(&received, byte);
}

static bool is_digit(uint8_t byte, void *context)
{
    (void)context;
    return byte >= '0' && byte <= '9';
}

static bool is_talker(uint8_t byte, void *context)
{
    return (byte >= 'A' && byte <= 'Z') || is_digit(byte, context);
}

/* What may be between the start and the '*'. */
static bool is_content(uint8_t byte, void *context)
{
    (void)context;
    return byte >= ' ' && byte <= '~' && byte != '*';
}

static uint32_t xor_of(const ta_view *v)
{
    ta_view at = *v;
    ta_span span;
    uint32_t sum = 0;
    while (ta_view_next_span(&at, &span) == TA_OK)
        for (size_t i = 0; i < span.length; i++)
            sum ^= span.data[i];
    return sum;
}

/* The start, the content, "*", and two hexadecimal digits: the exclusive or of the content's bytes. */
static bool unwrap(ta_view line, uint8_t *start, ta_view *content)
{
    uint32_t sum;
    return ta_parse_u8(&line, start) == TA_OK &&
           ta_parse_take_while(&line, is_content, NULL, content) == TA_OK &&
           ta_parse_byte(&line, '*') == TA_OK && ta_parse_hex(&line, 2, 2, &sum) == TA_OK &&
           ta_view_is_empty(&line) && sum == xor_of(content);
}

/* Cut at the commas. Returns how many fields there are; those above `most` are not stored. */
static size_t split(ta_view content, ta_view fields[], size_t most)
{
    ta_view field;
    for (size_t count = 0;; count++) {
        bool is_last = ta_parse_take_until(&content, ',', &field) != TA_OK;
        if (count < most)
            fields[count] = is_last ? content : field;
        if (is_last)
            return count + 1;
        (void)ta_parse_byte(&content, ',');
    }
}

/* "GPGGA": the talker and the kind. P begins the address of a manufacturer's own sentence. */
static bool is_gga(uint8_t start, ta_view address)
{
    ta_view talker;
    return start == '$' && ta_parse_take_while_m_n(&address, 2, 2, is_talker, NULL, &talker) == TA_OK &&
           ta_parse_byte(&talker, 'P') != TA_OK && ta_view_equals(&address, "GGA", 3) == TA_OK;
}

/* "4807.038" and "N": a fixed number of digits of degrees, two of minutes, maybe a fraction; a letter. */
static bool parse_angle(ta_view number, ta_view letter, size_t digits, const char letters[2], int32_t *angle)
{
    ta_view degrees_digits, two_digits;
    uint32_t degrees, most_degrees = digits == 2 ? 90 : 180;
    int32_t minutes; /* 1e-7 minutes */
    uint8_t hemisphere;
    if (ta_parse_take_while_m_n(&number, digits, digits, is_digit, NULL, &degrees_digits) != TA_OK ||
        ta_parse_decimal(&degrees_digits, &degrees) != TA_OK)
        return false;
    ta_view rest = number;
    if (ta_parse_take_while_m_n(&rest, 2, 2, is_digit, NULL, &two_digits) != TA_OK ||
        (!ta_view_is_empty(&rest) && ta_parse_byte(&rest, '.') != TA_OK) ||
        ta_parse_fixed(&number, DIGITS, &minutes) != TA_OK || !ta_view_is_empty(&number) ||
        ta_parse_one_of(&letter, letters, 2, &hemisphere) != TA_OK || !ta_view_is_empty(&letter))
        return false;
    if (minutes >= 600000000 || degrees > most_degrees || (degrees == most_degrees && minutes > 0))
        return false;
    *angle = (int32_t)degrees * 10000000 + (minutes + 30) / 60;
    if (hemisphere == letters[1])
        *angle = -*angle;
    return true;
}

/* Qualities 1 to 5 are satellite fixes, and 9, by which NovAtel means SBAS; 6 is estimated, 7 entered by hand, 8 simulated.
 * Empty: not known. */
static void show_gga(const ta_view fields[GGA_FIELDS])
{
    ta_view field = fields[QUALITY];
    int32_t latitude, longitude;
    uint8_t quality = '0';
    bool is_known = ta_parse_one_of(&field, "0123456789", 10, &quality) == TA_OK;
    if (!ta_view_is_empty(&field))
        printf("unusable\n");
    else if (!is_known || quality < '1' || (quality > '5' && quality != '9'))
        printf("no fix\n");
    else if (parse_angle(fields[LATITUDE], fields[NORTH_SOUTH], 2, "NS", &latitude) &&
             parse_angle(fields[LONGITUDE], fields[EAST_WEST], 3, "EW", &longitude))
        printf("fix %ld %ld quality %c\n", (long)latitude, (long)longitude, quality);
    else
        printf("unusable\n");
}

static void show_sentence(ta_view line)
{
    ta_view content, fields[GGA_FIELDS];
    ta_span span;
    uint8_t start;
    if (!unwrap(line, &start, &content)) {
        printf("damaged\n");
        return;
    }
    size_t count = split(content, fields, GGA_FIELDS);
    if (is_gga(start, fields[ADDRESS])) {
        if (count >= GGA_FIELDS)
            show_gga(fields);
        else
            printf("unusable\n");
    } else {
        printf("other %c", start);
        while (ta_view_next_span(&fields[ADDRESS], &span) == TA_OK)
            (void)fwrite(span.data, 1, span.length, stdout);
        printf("\n");
    }
}

/* The main loop's part: every sentence that is complete. Lines are empty where a start follows an end. */
static bool show_sentences(void)
{
    ta_status status;
    do {
        ta_view line;
        status = ta_lines_next(&lines, &line);
        for (; lines.too_long > 0; lines.too_long--)
            printf("too long\n");
        for (; lines.damaged > 0; lines.damaged--)
            printf("bytes lost\n");
        if (status == TA_OK && !ta_view_is_empty(&line))
            show_sentence(line);
    } while (status == TA_OK);
    return status == TA_MORE;
}

static bool feed(const uint8_t *data, size_t n)
{
    bool is_fine = true;
    for (size_t i = 0; i < n && is_fine; i++) {
        receive(data[i]);
        if (i % BURST == BURST - 1 || i == n - 1)
            is_fine = show_sentences();
    }
    return is_fine;
}

/* The end of the input ends the last sentence. */
static bool finish(void)
{
    receive('\n');
    return show_sentences() && ta_queue_clear(&received) == TA_OK;
}

static const char sample[] =
    "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
    "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"
    "$GPGGA,123520,4807.038,N,01131.002,E,1,08,0.9,545.4,M,46.9,M,,*4E\r\n"
    "$GNGGA,001043.00,3351.53416,S,15112.55391,E,1,12,0.7,25.1,M,19.6,M,,*59\n"
    "$GNGGA,103152.20,4511.99495,N,01222.79791,E,4,12,0.95,1313.0,M,47.0,M,32.2,0033*6B\r\r\n"
    "noise, then half a sentence: $GPGGA,1235$GPGGA,123524,4807.038,N,01131.000,E,1,,,,,,,,*5D\r\n"
    "$too long: 0123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789\r\n"
    "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\r\n"
    "$GPGGA,123521,,,,,0,00,,,M,,M,,*60\r\n"
    "$GPGGA,123522,9000.000,N,18000.000,W,2,08,0.9,0.0,M,0.0,M,,*67\r\n"
    "$GPGGA,123523,4860.000,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*44\r\n";

int main(int count, char **arguments)
{
    uint8_t data[BURST];
    bool is_fine = true;
    if (count > 1 && strcmp(arguments[1], "-") == 0)
        for (size_t n; is_fine && (n = fread(data, 1, sizeof data, stdin)) > 0;)
            is_fine = feed(data, n);
    else
        is_fine = feed((const uint8_t *)sample, sizeof sample - 1);
    return is_fine && finish() && ta_slab_check(pool) == 0 ? 0 : 1;
}
