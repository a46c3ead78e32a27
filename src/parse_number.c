/* Parsers for numbers: see parse.h. */
#include "parse_end.h"
#include <tinyalloc/parse.h>

#if TA_WITH_PARSE

/* ---- Binary numbers ------------------------------------------------------------------------------------ */

/* How a number lies in the input: its bytes, or'ed with these. Three bytes become four, and are extended. */
enum { big = 0, little = 0x10, is_signed = 0x20 };
#define BYTES_OF(format) ((format)&0xFu)

static void store(uint8_t *to, const uint8_t *from, unsigned format)
{
    const uint16_t probe = 1;
    const bool is_little_here = *(const uint8_t *)&probe;
    size_t bytes = BYTES_OF(format), size = bytes + (bytes == 3);
    size_t lowest = format & little ? 0 : bytes - 1; /* index of the least significant byte */
    uint8_t byte = 0;
    for (size_t i = 0; i < bytes; i++) {
        byte = from[lowest ? lowest - i : i];
        to[is_little_here ? i : size - 1 - i] = byte;
    }
    if (bytes == 3)
        to[is_little_here ? 3 : 0] = format & is_signed && byte & 0x80 ? 0xFF : 0;
}

static ta_status parse_binary(ta_view *in, void *number, unsigned format)
{
    view_place start;
    uint8_t read[8];
    ta_status status = begin(in, &start);
    if (status != TA_OK)
        return status;
    if (ta_view_pass_(in, read, BYTES_OF(format)) > 0)
        return ta_parse_stop_(in, &start, BYTES_OF(format));
    if (number)
        store(number, read, format);
    return TA_OK;
}

#define DEFINE_BINARY(name, type, format)                \
    ta_status ta_parse_##name(ta_view *in, type *number) \
    {                                                    \
        return parse_binary(in, number, format);         \
    }
DEFINE_BINARY(u8, uint8_t, 1 | big)
DEFINE_BINARY(u16be, uint16_t, 2 | big)
DEFINE_BINARY(u16le, uint16_t, 2 | little)
DEFINE_BINARY(u24be, uint32_t, 3 | big)
DEFINE_BINARY(u24le, uint32_t, 3 | little)
DEFINE_BINARY(u32be, uint32_t, 4 | big)
DEFINE_BINARY(u32le, uint32_t, 4 | little)
DEFINE_BINARY(u64be, uint64_t, 8 | big)
DEFINE_BINARY(u64le, uint64_t, 8 | little)
DEFINE_BINARY(i24be, int32_t, 3 | big | is_signed)
DEFINE_BINARY(i24le, int32_t, 3 | little | is_signed)

/* A signed number of as many bytes as it has in the input is copied as an unsigned one is: two names of
 * one function, where a function can have two. */
#if TA_HAS_ALIAS_
#define DEFINE_SAME(name, type, as) \
    ta_status ta_parse_##name(ta_view *in, type *number) TA_ALIAS_(ta_parse_##as);
#else
#define DEFINE_SAME(name, type, as)                      \
    ta_status ta_parse_##name(ta_view *in, type *number) \
    {                                                    \
        return ta_parse_##as(in, (void *)number);        \
    }
#endif
DEFINE_SAME(i8, int8_t, u8)
DEFINE_SAME(i16be, int16_t, u16be)
DEFINE_SAME(i16le, int16_t, u16le)
DEFINE_SAME(i32be, int32_t, u32be)
DEFINE_SAME(i32le, int32_t, u32le)
DEFINE_SAME(i64be, int64_t, u64be)
DEFINE_SAME(i64le, int64_t, u64le)

/* ---- Numbers of variable length, and in digits --------------------------------------------------------- */

ta_status ta_parse_varint(ta_view *in, size_t max_bytes, uint32_t *number)
{
    view_place start;
    uint32_t value = 0, weight = 1, limit = UINT32_MAX; /* of the next seven bits */
    ta_status status = begin(in, &start);
    if (status != TA_OK)
        return status;
    for (size_t n = 1; n <= max_bytes; n++) {
        if (view_span(in) == 0)
            return ta_parse_stop_(in, &start, n);
        uint8_t byte = *in->here.at;
        uint32_t bits = byte & 0x7Fu;
        if (bits > limit)
            return ta_parse_fail_(in, &start, 0, TA_E_OVERFLOW);
        view_advance(in, 1);
        value += bits * weight;
        if (byte < 0x80) {
            if (number)
                *number = value;
            return TA_OK;
        }
        weight <<= 7;
        limit >>= 7;
    }
    return ta_parse_fail_(in, &start, 0, TA_E_NO_MATCH);
}

INLINE unsigned digit_of(uint8_t byte, unsigned base)
{
    unsigned digit = byte - (unsigned)'0';
    if (digit < 10)
        return digit;
    digit = (byte | 0x20u) - 'a' + 10;
    return digit < 10 ? base : digit;
}

/* A number in digits, while they are read. It may get one more digit if its value is below `most`; if it is `most`, only a
 * digit up to `last`. */
typedef struct digits {
    uint32_t value;
    uint32_t most;
    unsigned last;
    unsigned base;
    unsigned decimals; /* digits after a point that count; from NO_FRACTION on, no point is read */
    size_t passed;     /* digits; after a point, those after it */
    bool has_point;
    bool is_too_large;
} digits;

/* Instead of decimals. */
enum { NO_FRACTION = 10, NO_SIGN, HEXADECIMAL };

/* Pass the digits and the point in n bytes. Returns how many bytes, up to a digit that is too many. */
static size_t pass_digits(digits *d, const uint8_t *at, size_t n)
{
    const uint8_t *start = at, *end = at + n;
    uint32_t value = d->value;
    size_t passed = d->passed;
    for (; at < end; at++) {
        unsigned digit = digit_of(*at, d->base);
        if (digit >= d->base) {
            if (*at != '.' || d->decimals >= NO_FRACTION || d->has_point || passed == 0)
                break;
            d->has_point = true;
            passed = 0;
            continue;
        }
        if (!d->has_point || passed < d->decimals) {
            d->is_too_large = value >= d->most && (value > d->most || digit > d->last);
            if (d->is_too_large)
                break;
            value = value * d->base + digit;
        }
        passed++;
    }
    d->value = value;
    d->passed = passed;
    return (size_t)(at - start);
}

/* The zeros that the decimals lack. */
static void append_zeros(digits *d)
{
    for (size_t n = d->has_point ? d->passed : 0; n < d->decimals && !d->is_too_large; n++) {
        d->is_too_large = d->value > d->most;
        d->value *= 10;
    }
}

/* The sign, if one is next. */
static uint8_t pass_sign(ta_view *in)
{
    uint8_t sign = view_span(in) > 0 ? *in->here.at : 0;
    if (sign != '-' && sign != '+')
        return 0;
    view_advance(in, 1);
    return sign;
}

static ta_status parse_number(ta_view *in, size_t min, size_t max, unsigned decimals, void *number)
{
    view_place start;
    digits d = {0, UINT32_MAX / 10, 5, 10, decimals, 0, false, false};
    uint8_t sign = 0;
    size_t span, part;
    ta_status status = begin(in, &start);
    if (status != TA_OK)
        return status;
    if (decimals == HEXADECIMAL) {
        d.base = 16; /* and 8 digits are never too many */
    } else if (decimals != NO_SIGN) {
        sign = pass_sign(in);
        min += sign != 0;
        d.most = INT32_MAX / 10;
        d.last = 7 + (sign == '-');
    }
    for (part = span = 0; part == span && (span = smaller(view_span(in), max - d.passed)) > 0;) {
        part = pass_digits(&d, in->here.at, span);
        view_advance(in, part);
    }
    if (d.has_point && d.passed == 0) /* a digit must follow */
        return ta_parse_stop_(in, &start, place_length(&start) - place_length(&in->here) + 1);
    if (decimals < NO_FRACTION && ends_here(in))
        append_zeros(&d);
    if (d.is_too_large)
        return ta_parse_fail_(in, &start, 0, TA_E_OVERFLOW);
    if (d.passed < max)
        status = ta_parse_end_run_(in, &start, min);
    if (status == TA_OK && number)
        *(uint32_t *)number = sign == '-' ? 0 - d.value : d.value;
    return status;
}

ta_status ta_parse_decimal(ta_view *in, uint32_t *number)
{
    return parse_number(in, 1, SIZE_MAX, NO_SIGN, number);
}

ta_status ta_parse_decimal_signed(ta_view *in, int32_t *number)
{
    return parse_number(in, 1, SIZE_MAX, NO_FRACTION, number);
}

ta_status ta_parse_fixed(ta_view *in, unsigned decimals, int32_t *number)
{
    return decimals < NO_FRACTION ? parse_number(in, 1, SIZE_MAX, decimals, number) : invalid();
}

ta_status ta_parse_hex(ta_view *in, size_t min, size_t max, uint32_t *number)
{
    return max <= 8 && min <= max ? parse_number(in, min, max, HEXADECIMAL, number) : invalid();
}

#endif /* TA_WITH_PARSE */
