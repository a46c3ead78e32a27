/*
 * NMEA sentences, one of 100 damaged, and a parser for one in contiguous memory, for every contender that gets lines out
 * as arrays. What is found is summed up, so that all must find the same. C and C++.
 */
#ifndef BENCH_NMEA_H
#define BENCH_NMEA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { DAMAGED_EACH = 100, OTHER_EACH = 4, LONGEST = 82 };

typedef struct tally {
    uint32_t fixes, others, damaged, sum;
} tally;

/* Latitude and longitude in 1e-5 of what the sentence says (degrees and minutes). */
static inline void count_fix(tally *t, uint32_t latitude, bool is_south, uint32_t longitude, bool is_west,
                             uint32_t quality)
{
    t->fixes++;
    t->sum = t->sum * 31 + (is_south ? 0 - latitude : latitude);
    t->sum = t->sum * 31 + (is_west ? 0 - longitude : longitude) + quality;
}

/* ---- The sentences ------------------------------------------------------------------------------------- */

static inline unsigned nmea_below(uint32_t *seed, unsigned n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (unsigned)(*seed >> 16) % n;
}

static inline char *nmea_put_text(char *at, const char *text)
{
    while (*text)
        *at++ = *text++;
    return at;
}

static inline char *nmea_put_number(char *at, unsigned number, unsigned digits)
{
    for (unsigned i = digits; i > 0; i--, number /= 10)
        at[i - 1] = (char)('0' + number % 10);
    return at + digits;
}

/* Degrees and minutes, and the hemisphere. */
static inline char *nmea_put_angle(char *at, unsigned degrees, unsigned digits, const unsigned minutes[2],
                                   char side)
{
    at = nmea_put_number(at, degrees, digits);
    at = nmea_put_number(at, minutes[0], 2);
    *at++ = '.';
    at = nmea_put_number(at, minutes[1], 3);
    *at++ = ',';
    *at++ = side;
    *at++ = ',';
    return at;
}

/* Sentence number i, with its end; at most LONGEST bytes. Returns how many. */
static inline size_t nmea_sentence(char *text, unsigned i, uint32_t *seed)
{
    unsigned latitude = nmea_below(seed, 90), longitude = nmea_below(seed, 180);
    char north = "NS"[nmea_below(seed, 2)], east = "EW"[nmea_below(seed, 2)];
    unsigned minutes[4];
    for (unsigned k = 0; k < 4; k++)
        minutes[k] = nmea_below(seed, k % 2 ? 1000 : 60);
    bool is_fix = i % OTHER_EACH != 0;
    char *at = nmea_put_text(text, is_fix ? "$GPGGA," : "$GPRMC,");
    at = nmea_put_number(at, i / 3600 % 24, 2);
    at = nmea_put_number(at, i / 60 % 60, 2);
    at = nmea_put_number(at, i % 60, 2);
    at = nmea_put_text(at, is_fix ? "," : ",A,");
    at = nmea_put_angle(at, latitude, 2, &minutes[0], north);
    at = nmea_put_angle(at, longitude, 3, &minutes[2], east);
    at = nmea_put_text(at, is_fix ? "1,08,0.9,545.4,M,46.9,M,," : "022.4,084.4,230394,,");
    uint8_t sum = i % DAMAGED_EACH == DAMAGED_EACH / 2;
    for (const char *c = text + 1; c < at; c++)
        sum ^= (uint8_t)*c;
    *at++ = '*';
    *at++ = "0123456789ABCDEF"[sum >> 4];
    *at++ = "0123456789ABCDEF"[sum & 15];
    return (size_t)(nmea_put_text(at, "\r\n") - text);
}

/* ---- The parser ---------------------------------------------------------------------------------------- */

typedef struct nmea_cursor {
    const char *at, *end;
} nmea_cursor;

static inline bool nmea_skip(nmea_cursor *c, char byte)
{
    return c->at < c->end && *c->at == byte && c->at++;
}

static inline bool nmea_skip_field(nmea_cursor *c)
{
    const char *comma = (const char *)memchr(c->at, ',', (size_t)(c->end - c->at));
    if (comma)
        c->at = comma + 1;
    return comma;
}

static inline bool nmea_one_of(nmea_cursor *c, const char *set, bool *is_second)
{
    if (c->at == c->end || (*c->at != set[0] && *c->at != set[1]))
        return false;
    *is_second = *c->at++ == set[1];
    return true;
}

static inline bool nmea_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits, and as many behind a point as are asked for. */
static inline bool nmea_number(nmea_cursor *c, unsigned decimals, uint32_t *value)
{
    if (c->at == c->end || !nmea_is_digit(*c->at))
        return false;
    uint32_t n = 0;
    while (c->at < c->end && nmea_is_digit(*c->at))
        n = n * 10 + (uint32_t)(*c->at++ - '0');
    if (decimals > 0 && nmea_skip(c, '.'))
        for (; c->at < c->end && nmea_is_digit(*c->at); c->at++)
            if (decimals > 0) {
                n = n * 10 + (uint32_t)(*c->at - '0');
                decimals--;
            }
    for (; decimals > 0; decimals--)
        n *= 10;
    *value = n;
    return true;
}

static inline int nmea_hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "$" body "*" two hexadecimal digits, the exclusive or of the body's bytes. `line` is without its end. */
static inline bool nmea_unwrap(const char *line, size_t n, nmea_cursor *body)
{
    if (n < 4 || line[0] != '$' || line[n - 3] != '*')
        return false;
    uint8_t sum = 0;
    for (size_t i = 1; i < n - 3; i++)
        sum ^= (uint8_t)line[i];
    body->at = line + 1;
    body->end = line + n - 3;
    return nmea_hex_digit(line[n - 2]) == sum >> 4 && nmea_hex_digit(line[n - 1]) == (sum & 15);
}

static inline bool nmea_fix(nmea_cursor in, tally *t)
{
    uint32_t latitude, longitude, quality;
    bool is_south, is_west;
    if (in.end - in.at < 6 || memcmp(in.at, "GPGGA,", 6) != 0)
        return false;
    in.at += 6;
    if (!nmea_skip_field(&in) || !nmea_number(&in, 5, &latitude) || !nmea_skip(&in, ',') ||
        !nmea_one_of(&in, "NS", &is_south) || !nmea_skip(&in, ',') || !nmea_number(&in, 5, &longitude) ||
        !nmea_skip(&in, ',') || !nmea_one_of(&in, "EW", &is_west) || !nmea_skip(&in, ',') ||
        !nmea_number(&in, 0, &quality))
        return false;
    count_fix(t, latitude, is_south, longitude, is_west, quality);
    return true;
}

/* A line, without LF; a CR may end it. */
static inline void count_sentence(const char *line, size_t n, tally *t)
{
    nmea_cursor body;
    if (n > 0 && line[n - 1] == '\r')
        n--;
    if (!nmea_unwrap(line, n, &body))
        t->damaged++;
    else if (!nmea_fix(body, t))
        t->others++;
}

#endif
