/* The same parser on views: a sentence is parsed where it is, across chunks. C and C++. */
#ifndef BENCH_NMEA_VIEWS_H
#define BENCH_NMEA_VIEWS_H

#include "nmea.h"
#include <tinyalloc/tinyalloc.h>

static inline uint8_t nmea_xor_of(ta_view v)
{
    ta_span span;
    uint8_t sum = 0;
    while (ta_view_next_span(&v, &span) == TA_OK)
        for (size_t i = 0; i < span.length; i++)
            sum ^= span.data[i];
    return sum;
}

/* "$" body "*" two hexadecimal digits. */
static inline bool nmea_unwrap_view(ta_view line, ta_view *body)
{
    uint32_t sum;
    return ta_parse_byte(&line, '$') == TA_OK && ta_parse_take_until(&line, '*', body) == TA_OK &&
           ta_parse_byte(&line, '*') == TA_OK && ta_parse_hex(&line, 2, 2, &sum) == TA_OK &&
           ta_view_is_empty(&line) && sum == nmea_xor_of(*body);
}

/* "4807.038,N,": a number of degrees and minutes, and the hemisphere. */
static inline bool nmea_angle(ta_view *in, const char *hemispheres, int32_t *angle, uint8_t *hemisphere)
{
    return ta_parse_fixed(in, 5, angle) == TA_OK && ta_parse_byte(in, ',') == TA_OK &&
           ta_parse_one_of(in, hemispheres, 2, hemisphere) == TA_OK && ta_parse_byte(in, ',') == TA_OK;
}

static inline bool nmea_fix_of_view(ta_view in, tally *t)
{
    int32_t latitude, longitude;
    uint8_t north, east;
    uint32_t quality;
    if (ta_parse_tag(&in, "GPGGA,", 6) != TA_OK || ta_parse_take_until(&in, ',', NULL) != TA_OK ||
        ta_parse_byte(&in, ',') != TA_OK || !nmea_angle(&in, "NS", &latitude, &north) ||
        !nmea_angle(&in, "EW", &longitude, &east) || ta_parse_decimal(&in, &quality) != TA_OK)
        return false;
    count_fix(t, (uint32_t)latitude, north == 'S', (uint32_t)longitude, east == 'W', quality);
    return true;
}

/* A line without its end. */
static inline void count_sentence_of_view(ta_view line, tally *t)
{
    ta_view body;
    if (!nmea_unwrap_view(line, &body))
        t->damaged++;
    else if (!nmea_fix_of_view(body, t))
        t->others++;
}

#endif
