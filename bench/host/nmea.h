/*
 * 10,000 NMEA sentences, one of 100 damaged, and a parser for one in contiguous memory, which every contender
 * uses that hands out lines. What is found is summed up, so that all must find the same.
 */
#ifndef BENCH_NMEA_H
#define BENCH_NMEA_H

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

enum { SENTENCES = 10000, DAMAGED_EACH = 100, OTHER_EACH = 4, LONGEST = 82 };

struct tally {
    uint32_t fixes, others, damaged, sum;
};

/* Latitude and longitude in 1e-5 of what the sentence says (degrees and minutes). */
static inline void count_fix(tally *t, uint32_t latitude, bool is_south, uint32_t longitude, bool is_west,
                             uint32_t quality)
{
    t->fixes++;
    t->sum = t->sum * 31 + (is_south ? -latitude : latitude);
    t->sum = t->sum * 31 + (is_west ? -longitude : longitude) + quality;
}

static inline std::string sentences()
{
    std::string text;
    uint32_t x = 1;
    auto below = [&x](unsigned n) {
        x = x * 1664525 + 1013904223;
        return (x >> 16) % n;
    };
    for (unsigned i = 0; i < SENTENCES; i++) {
        char body[LONGEST], end[8];
        unsigned hour = i / 3600 % 24, minute = i / 60 % 60, second = i % 60;
        unsigned latitude = below(90), longitude = below(180);
        char north = "NS"[below(2)], east = "EW"[below(2)];
        unsigned minutes[4] = {below(60), below(1000), below(60), below(1000)};
        snprintf(body, sizeof body,
                 i % OTHER_EACH == 0
                     ? "GPRMC,%02u%02u%02u,A,%02u%02u.%03u,%c,%03u%02u.%03u,%c,022.4,084.4,230394,,"
                     : "GPGGA,%02u%02u%02u,%02u%02u.%03u,%c,%03u%02u.%03u,%c,1,08,0.9,545.4,M,46.9,M,,",
                 hour, minute, second, latitude, minutes[0], minutes[1], north, longitude, minutes[2],
                 minutes[3], east);
        uint8_t sum = i % DAMAGED_EACH == DAMAGED_EACH / 2;
        for (const char *c = body; *c; c++)
            sum ^= (uint8_t)*c;
        snprintf(end, sizeof end, "*%02X\r\n", sum);
        text.append("$").append(body).append(end);
    }
    return text;
}

/* ---- The parser ---------------------------------------------------------------------------------------- */

struct cursor {
    const char *at, *end;

    bool skip(char c)
    {
        return at < end && *at == c && at++;
    }

    bool skip_field()
    {
        const char *comma = (const char *)memchr(at, ',', (size_t)(end - at));
        if (comma)
            at = comma + 1;
        return comma;
    }

    bool one_of(const char set[2], bool *is_second)
    {
        if (at == end || (*at != set[0] && *at != set[1]))
            return false;
        *is_second = *at++ == set[1];
        return true;
    }

    static bool is_digit(char c)
    {
        return c >= '0' && c <= '9';
    }

    /* Digits, and as many behind a point as are asked for. */
    bool number(unsigned decimals, uint32_t *value)
    {
        if (at == end || !is_digit(*at))
            return false;
        uint32_t n = 0;
        while (at < end && is_digit(*at))
            n = n * 10 + (uint32_t)(*at++ - '0');
        if (decimals > 0 && skip('.'))
            for (; at < end && is_digit(*at); at++)
                if (decimals > 0) {
                    n = n * 10 + (uint32_t)(*at - '0');
                    decimals--;
                }
        for (; decimals > 0; decimals--)
            n *= 10;
        *value = n;
        return true;
    }
};

static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "$" body "*" two hexadecimal digits, the exclusive or of the body's bytes. `line` is without its end. */
static inline bool unwrap(const char *line, size_t n, cursor *body)
{
    if (n < 4 || line[0] != '$' || line[n - 3] != '*')
        return false;
    uint8_t sum = 0;
    for (size_t i = 1; i < n - 3; i++)
        sum ^= (uint8_t)line[i];
    body->at = line + 1;
    body->end = line + n - 3;
    return hex_digit(line[n - 2]) == sum >> 4 && hex_digit(line[n - 1]) == (sum & 15);
}

static inline bool parse_fix(cursor in, tally *t)
{
    uint32_t latitude, longitude, quality;
    bool is_south, is_west;
    if (in.end - in.at < 6 || memcmp(in.at, "GPGGA,", 6) != 0)
        return false;
    in.at += 6;
    if (!in.skip_field() || !in.number(5, &latitude) || !in.skip(',') || !in.one_of("NS", &is_south) ||
        !in.skip(',') || !in.number(5, &longitude) || !in.skip(',') || !in.one_of("EW", &is_west) ||
        !in.skip(',') || !in.number(0, &quality))
        return false;
    count_fix(t, latitude, is_south, longitude, is_west, quality);
    return true;
}

static inline void count_sentence(const char *line, size_t n, tally *t)
{
    cursor body;
    if (n > 0 && line[n - 1] == '\r')
        n--;
    if (!unwrap(line, n, &body))
        t->damaged++;
    else if (!parse_fix(body, t))
        t->others++;
}

#endif
