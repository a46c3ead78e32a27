/*
 * A reader of NMEA-0183, what GPS receivers send: "$GPGGA,time,4807.038,N,01131.000,E,...*47" and a line end.
 * The input arrives in pieces, of every length from 1 to 64 bytes in turn; the results must not depend on it.
 *
 * Take away: a sentence is checked and parsed where it lies, across chunks of 16 bytes; nothing is copied. A
 * line is cut out first; being final, it can then only be right or wrong. Integers only: degrees are in units
 * of 1e-7.
 */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum { LONGEST = 82, MOST_FIXES = 8 }; /* NMEA 0183: 82 characters with '$' and the line end */

TA_SLAB_DEFINE(pool, 16, 12);
static ta_buffer received = TA_BUFFER_INIT(pool);

typedef struct tally {
    int32_t latitude[MOST_FIXES], longitude[MOST_FIXES]; /* 1e-7 degrees */
    uint32_t fixes, unusable, others, damaged;
} tally;

static bool is_upper(uint8_t byte, void *context)
{
    (void)context;
    return byte >= 'A' && byte <= 'Z';
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

/* "$" body "*" two hexadecimal digits, the exclusive or of the body's bytes. */
static bool unwrap(ta_view line, ta_view *body)
{
    uint32_t sum;
    return ta_parse_byte(&line, '$') == TA_OK && ta_parse_take_until(&line, '*', body) == TA_OK &&
           ta_parse_byte(&line, '*') == TA_OK && ta_parse_hex(&line, 2, 2, &sum) == TA_OK &&
           ta_view_is_empty(&line) && sum == xor_of(body);
}

/* "4807.038,N,": degrees, minutes and hemisphere. Times 1e5 the number is degrees * 1e7 + minutes * 1e5. */
static bool parse_angle(ta_view *in, const char hemispheres[2], int32_t most_degrees, int32_t *angle)
{
    int32_t number;
    uint8_t hemisphere;
    if (ta_parse_fixed(in, 5, &number) != TA_OK || ta_parse_byte(in, ',') != TA_OK ||
        ta_parse_one_of(in, hemispheres, 2, &hemisphere) != TA_OK ||
        ta_parse_byte(in, ',') != TA_OK)
        return false;
    int32_t degrees = number / 10000000, minutes = number % 10000000;
    if (number < 0 || minutes >= 6000000 || degrees > most_degrees ||
        (degrees == most_degrees && minutes > 0))
        return false;
    *angle = degrees * 10000000 + (minutes * 5 + 1) / 3; /* 1e-5 minutes are 5/3 of 1e-7 degrees */
    if (hemisphere == hemispheres[1])
        *angle = -*angle;
    return true;
}

/* Two letters of the talker, "GGA,", time, latitude, longitude, quality; the angles are empty without a fix. */
static void count_body(ta_view body, tally *t)
{
    ta_view skipped;
    uint32_t quality;
    int32_t latitude, longitude;
    if (ta_parse_take_while_m_n(&body, 2, 2, is_upper, NULL, &skipped) != TA_OK ||
        ta_parse_tag(&body, "GGA,", 4) != TA_OK)
        t->others++;
    else if (ta_parse_take_until(&body, ',', &skipped) != TA_OK ||
             ta_parse_byte(&body, ',') != TA_OK || !parse_angle(&body, "NS", 90, &latitude) ||
             !parse_angle(&body, "EW", 180, &longitude) || ta_parse_decimal(&body, &quality) != TA_OK ||
             quality == 0 || t->fixes == MOST_FIXES)
        t->unusable++;
    else {
        t->latitude[t->fixes] = latitude;
        t->longitude[t->fixes++] = longitude;
    }
}

static bool is_noise(uint8_t byte, void *context)
{
    (void)context;
    return byte != '$';
}

/*
 * Take every complete sentence out of the buffer. After a damaged one only its '$' is dropped: the next '$'
 * may stand in the middle of it. What is too long is damaged, even while its end is not there: so noise
 * cannot fill the memory.
 */
static ta_status count_sentences(tally *t)
{
    ta_status status = TA_OK;
    while (status == TA_OK) {
        size_t done;
        if ((status = ta_buffer_skip_while(&received, is_noise, NULL, &done)) != TA_OK)
            return status;
        ta_view in = ta_buffer_view(&received), line, body;
        size_t before = ta_view_len(&in);
        status = ta_parse_line(&in, &line);
        bool is_too_long = (status == TA_OK ? before - ta_view_len(&in) : before) > LONGEST;
        if (status == TA_MORE && !is_too_long)
            return TA_OK;
        if (status == TA_OK && !is_too_long && unwrap(line, &body)) {
            count_body(body, t);
            status = ta_buffer_consume(&received, before - ta_view_len(&in));
        } else {
            t->damaged++;
            status = ta_buffer_consume(&received, 1);
        }
    }
    return status;
}

static bool run(const char *input, size_t piece, tally *t)
{
    memset(t, 0, sizeof *t);
    for (size_t n, left = strlen(input); left > 0; input += n, left -= n) {
        n = left < piece ? left : piece;
        if (ta_buffer_write(&received, input, n) != TA_OK || count_sentences(t) != TA_OK)
            return false;
    }
    return ta_buffer_clear(&received) == TA_OK;
}

int main(void)
{
    static const char input[] =
        "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
        "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"
        "$GPGGA,123520,4807.038,N,01131.002,E,1,08,0.9,545.4,M,46.9,M,,*4E\r\n"
        "$GNGGA,001043.00,3351.53416,S,15112.55391,E,1,12,0.7,25.1,M,19.6,M,,*59\n"
        "noise, then half a sentence: $GPGGA,1235$GPGGA,123524,4807.038,N,01131.000,E,1,,,,,,,,*5D\r\n"
        "$too long: "
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\r\n"
        "$GPGGA,123521,,,,,0,00,,,M,,M,,*60\r\n"
        "$GPGGA,123522,9000.000,N,18000.000,W,2,08,0.9,0.0,M,0.0,M,,*67\r\n"
        "$GPGGA,123523,4860.000,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*44\r\n";
    tally whole, t;
    if (!run(input, 64, &whole))
        return 1;
    for (uint32_t i = 0; i < whole.fixes; i++)
        printf("fix: %d, %d (1e-7 degrees)\n", (int)whole.latitude[i], (int)whole.longitude[i]);
    printf("without a usable fix: %u, other sentences: %u, damaged: %u\n", (unsigned)whole.unusable,
           (unsigned)whole.others, (unsigned)whole.damaged);

    for (size_t piece = 1; piece <= 64; piece++) {
        if (!run(input, piece, &t) || memcmp(&t, &whole, sizeof t) != 0) {
            printf("in pieces of %zu bytes: something else\n", piece);
            return 1;
        }
    }
    printf("in pieces of 1 to 64 bytes: the same; at most %zu blocks of 16 bytes at once\n",
           ta_stats_of(pool).peak);
    return ta_slab_check(pool);
}
