/* Lines are parsed where they lie, across chunks, with the library's parsers; nothing is copied out. */
#include "../nmea.h"
#include <tinyalloc/tinyalloc.h>

#define HAS_FIFO
#define HAS_FIFO_BULK
#define HAS_LINES

TA_SLAB_DEFINE(pool, BLOCK_SIZE, 2 + (960 + BLOCK_SIZE - 1) / BLOCK_SIZE);
static ta_buffer buffer = TA_BUFFER_INIT(pool);

struct fifo {
    static bool put(const uint8_t *data, size_t n)
    {
        return ta_buffer_write(&buffer, data, n) == TA_OK;
    }

    static bool get(uint8_t *data, size_t n)
    {
        return ta_buffer_read(&buffer, data, n) == TA_OK;
    }

    static bool push(uint8_t byte)
    {
        return ta_buffer_push(&buffer, byte) == TA_OK;
    }

    static bool pop(uint8_t *byte)
    {
        return ta_buffer_pop(&buffer, byte) == TA_OK;
    }
};

static uint8_t xor_of(const ta_view *v)
{
    ta_view at = *v;
    ta_span span;
    uint8_t sum = 0;
    while (ta_view_next_span(&at, &span) == TA_OK)
        for (size_t i = 0; i < span.length; i++)
            sum ^= span.data[i];
    return sum;
}

static bool unwrap(ta_view line, ta_view *body)
{
    uint32_t sum;
    return ta_parse_byte(&line, '$') == TA_OK && ta_parse_take_until(&line, '*', body) == TA_OK &&
           ta_parse_byte(&line, '*') == TA_OK && ta_parse_hex(&line, 2, 2, &sum) == TA_OK &&
           ta_view_is_empty(&line) && sum == xor_of(body);
}

/* "4807.038,N,": a number of degrees and minutes, and the hemisphere. */
static bool parse_angle(ta_view *in, const char hemispheres[2], int32_t *angle, uint8_t *hemisphere)
{
    return ta_parse_fixed(in, 5, angle) == TA_OK && ta_parse_byte(in, ',') == TA_OK &&
           ta_parse_one_of(in, hemispheres, 2, hemisphere) == TA_OK &&
           ta_parse_byte(in, ',') == TA_OK;
}

static bool parse_fix(ta_view in, tally *t)
{
    ta_view time;
    int32_t latitude, longitude;
    uint8_t north, east;
    uint32_t quality;
    if (ta_parse_tag(&in, "GPGGA,", 6) != TA_OK ||
        ta_parse_take_until(&in, ',', &time) != TA_OK || ta_parse_byte(&in, ',') != TA_OK ||
        !parse_angle(&in, "NS", &latitude, &north) || !parse_angle(&in, "EW", &longitude, &east) ||
        ta_parse_decimal(&in, &quality) != TA_OK)
        return false;
    count_fix(t, (uint32_t)latitude, north == 'S', (uint32_t)longitude, east == 'W', quality);
    return true;
}

struct lines {
    WHOLE bool feed(const char *piece, size_t n, tally *t)
    {
        if (ta_buffer_write(&buffer, piece, n) != TA_OK)
            return false;
        for (;;) {
            ta_view in = ta_buffer_view(&buffer), line, body;
            size_t before = ta_view_len(&in);
            ta_status status = ta_parse_line(&in, &line);
            if (status != TA_OK)
                return status == TA_MORE;
            if (!unwrap(line, &body))
                t->damaged++;
            else if (!parse_fix(body, t))
                t->others++;
            if (ta_buffer_consume(&buffer, before - ta_view_len(&in)) != TA_OK)
                return false;
        }
    }
};
