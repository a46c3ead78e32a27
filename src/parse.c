/* Parsers: see parse.h. Each advances the view as far as it matches. If that is not far enough, it goes back to where it
 * began and says why. */
#include "walk.h"
#include <tinyalloc/parse.h>

#if TA_WITH_PARSE

/* ---- Beginning and failing ----------------------------------------------------------------------------- */

/* Reject no view and a stale one, and remember where it is. */
static inline ta_status begin(const ta_view *in, view_place *start)
{
    ta_status status = view_status(in);
    if (status == TA_OK)
        *start = in->here;
    return status;
}

/* Back to the start, with what a caller may want to know: where, and how many of `wanted` bytes are missing. */
static NOINLINE ta_status fail(ta_view *in, const view_place *start, size_t wanted, ta_status status)
{
    size_t passed = place_length(start) - place_length(&in->here);
    in->here = *start;
    in->stopped = passed;
    in->missing = status == TA_MORE && wanted > passed ? wanted - passed : 0;
    return status;
}

/* It stopped where a byte did not fit, or none was left. */
static NOINLINE ta_status stop(ta_view *in, const view_place *start, size_t wanted)
{
    ta_status why = why_stopped(in);
    return fail(in, start, wanted, why == TA_E_EMPTY ? TA_E_NO_MATCH : why);
}

/* Is what has no fixed length certain to end here? */
static bool ends_here(const ta_view *in)
{
    ta_status why = why_stopped(in);
    return why == TA_E_EMPTY || why == TA_E_NO_MATCH;
}

/* What has no fixed length stopped: that is a match, if `wanted` bytes or more were passed. */
static NOINLINE ta_status end_run(ta_view *in, const view_place *start, size_t wanted)
{
    bool is_match = ends_here(in) && place_length(start) - place_length(&in->here) >= wanted;
    return is_match ? TA_OK : stop(in, start, wanted);
}

/* ---- Bytes and tags ------------------------------------------------------------------------------------ */

static bool is_same_letter(unsigned a, unsigned b)
{
    return ((a ^ b) & ~0x20u) == 0 && (a | 0x20) - 'a' < 26;
}

static ta_status parse_tag(ta_view *in, const uint8_t *tag, size_t n, bool ignores_case)
{
    view_place start;
    ta_status status = tag || n == 0 ? begin(in, &start) : invalid();
    if (status != TA_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        if (view_span(in) == 0 ||
            (*in->here.at != tag[i] && !(ignores_case && is_same_letter(*in->here.at, tag[i]))))
            return stop(in, &start, n);
        view_advance(in, 1);
    }
    return TA_OK;
}

/* The short path is worth 250 of 3,000 instructions for a line of 70 bytes. */
ta_status ta_parse_byte(ta_view *in, uint8_t byte)
{
    if (view_status(in) != TA_OK || in->here.left == 0 || *in->here.at != byte)
        return parse_tag(in, &byte, 1, false);
    view_advance(in, 1);
    return TA_OK;
}

ta_status ta_parse_tag(ta_view *in, const void *tag, size_t n)
{
    return parse_tag(in, tag, n, false);
}

ta_status ta_parse_tag_no_case(ta_view *in, const void *tag, size_t n)
{
    return parse_tag(in, tag, n, true);
}

static ta_status parse_member(ta_view *in, const uint8_t *set, size_t n, uint8_t *result, bool is_wanted)
{
    view_place start;
    ta_status status = set || n == 0 ? begin(in, &start) : invalid();
    if (status != TA_OK)
        return status;
    bool is_member = false;
    if (view_span(in) > 0) {
        uint8_t byte = *in->here.at;
        while (n > 0 && !is_member)
            is_member = set[--n] == byte;
        if (is_member == is_wanted) {
            view_advance(in, 1);
            if (result)
                *result = byte;
            return TA_OK;
        }
    }
    return stop(in, &start, 1);
}

ta_status ta_parse_one_of(ta_view *in, const void *set, size_t n, uint8_t *byte)
{
    return parse_member(in, set, n, byte, true);
}

ta_status ta_parse_none_of(ta_view *in, const void *set, size_t n, uint8_t *byte)
{
    return parse_member(in, set, n, byte, false);
}

/* ---- Runs of bytes ------------------------------------------------------------------------------------- */

/* Begin a parser whose result is a view. */
static inline ta_status begin_view(const ta_view *in, const ta_view *taken, view_place *start)
{
    return in != taken ? begin(in, start) : invalid();
}

ta_status ta_parse_take(ta_view *in, size_t n, ta_view *taken)
{
    view_place start;
    ta_status status = begin_view(in, taken, &start);
    if (status != TA_OK)
        return status;
    if (ta_view_pass_(in, NULL, n) > 0)
        return stop(in, &start, n);
    return ta_view_cut_(in, &start, taken);
}

ta_status ta_parse_take_while_m_n(ta_view *in, size_t m, size_t n, ta_byte_predicate is_match, void *context,
                                  ta_view *taken)
{
    view_place start;
    ta_status status = is_match && m <= n ? begin_view(in, taken, &start) : invalid();
    if (status != TA_OK)
        return status;
    for (; n > 0; n--) {
        if (view_span(in) == 0 || !is_match(*in->here.at, context)) {
            status = end_run(in, &start, m);
            if (status != TA_OK)
                return status;
            break;
        }
        view_advance(in, 1);
    }
    return ta_view_cut_(in, &start, taken);
}

ta_status ta_parse_take_while(ta_view *in, ta_byte_predicate is_match, void *context, ta_view *taken)
{
    return ta_parse_take_while_m_n(in, 0, SIZE_MAX, is_match, context, taken);
}

ta_status ta_parse_take_until_seq(ta_view *in, const void *sequence, size_t n, ta_view *taken)
{
    view_place start;
    ta_status status = sequence || n == 0 ? begin_view(in, taken, &start) : invalid();
    if (status != TA_OK)
        return status;
    if (n > 0 && !ta_view_seek_(in, sequence, n))
        return stop(in, &start, place_length(&start) + 1);
    return ta_view_cut_(in, &start, taken);
}

ta_status ta_parse_take_until(ta_view *in, uint8_t byte, ta_view *taken)
{
    return ta_parse_take_until_seq(in, &byte, 1, taken);
}

ta_status ta_parse_line(ta_view *in, ta_view *line)
{
    ta_view found;
    ta_status status = in != line ? ta_parse_take_until(in, '\n', &found) : invalid();
    if (status == TA_E_NO_MATCH && place_length(&in->here) > 0)
        return ta_parse_rest(in, line); /* the last line needs no end */
    if (status != TA_OK)
        return status;
    view_advance(in, 1);
    const view_place start = found.here;
    if (place_length(&start) > 0) {
        ta_view_pass_(&found, NULL, place_length(&start) - 1);
        if (view_span(&found) > 0 && *found.here.at != '\r')
            view_advance(&found, 1);
    }
    return ta_view_cut_(&found, &start, line);
}

ta_status ta_parse_rest(ta_view *in, ta_view *rest)
{
    return ta_parse_take(in, ta_view_len(in), rest);
}

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
        return stop(in, &start, BYTES_OF(format));
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
#ifdef __ELF__
#define DEFINE_SAME(name, type, as) \
    ta_status ta_parse_##name(ta_view *in, type *number) __attribute__((alias("ta_parse_" #as)));
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
            return stop(in, &start, n);
        uint8_t byte = *in->here.at;
        uint32_t bits = byte & 0x7Fu;
        if (bits > limit)
            return fail(in, &start, 0, TA_E_OVERFLOW);
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
    return fail(in, &start, 0, TA_E_NO_MATCH);
}

INLINE unsigned digit_of(uint8_t byte, unsigned base)
{
    unsigned digit = byte - (unsigned)'0';
    if (digit < 10)
        return digit;
    digit = (byte | 0x20u) - 'a' + 10;
    return digit < 10 ? base : digit;
}

/* A number in digits, while they are read. */
typedef struct digits {
    uint32_t value;
    uint32_t most; /* it may get one more digit if it is below this; if it is this, up to the digit `last` */
    unsigned last; /* … */
    unsigned base; /* … */
    unsigned decimals; /* digits after a point that count; NO_FRACTION: no point is read */
    size_t passed;     /* digits; after a point, those after it */
    bool has_point;
    bool is_too_large;
} digits;

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
        d.base = 16;
        d.most = UINT32_MAX;
    } else if (decimals != NO_SIGN) {
        sign = pass_sign(in);
        min += sign != 0;
        d.most = INT32_MAX / 10;
        d.last = 7 + (sign == '-');
    }
    do {
        span = smaller(view_span(in), max - d.passed);
        part = pass_digits(&d, in->here.at, span);
        view_advance(in, part);
    } while (part == span && span > 0);
    if (d.has_point && d.passed == 0)
        return stop(in, &start, min);
    if (decimals < NO_FRACTION && ends_here(in))
        append_zeros(&d);
    if (d.is_too_large)
        return fail(in, &start, 0, TA_E_OVERFLOW);
    if (d.passed < max)
        status = end_run(in, &start, min);
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

/* ---- The end ------------------------------------------------------------------------------------------- */

ta_status ta_parse_end(ta_view *in)
{
    view_place start;
    ta_status status = begin(in, &start);
    if (status != TA_OK)
        return status;
    view_span(in);
    status = why_stopped(in);
    return status == TA_E_EMPTY ? TA_OK : fail(in, &start, 0, status);
}

/* ---- Combinations -------------------------------------------------------------------------------------- */

ta_status ta_parse_prefixed(ta_view *in, size_t length_bytes, size_t max, ta_view *taken)
{
    view_place start;
    uint8_t read[4];
    uint32_t length = 0;
    size_t wanted = length_bytes;
    ta_status status = length_bytes - 1 < 4 ? begin_view(in, taken, &start) : invalid();
    if (status != TA_OK)
        return status;
    if (ta_view_pass_(in, read, length_bytes) == 0) {
        for (size_t i = 0; i < length_bytes; i++)
            length = length << 8 | read[i];
        if (length > max)
            return fail(in, &start, 0, TA_E_OVERFLOW);
        const view_place first = in->here;
        if (ta_view_pass_(in, NULL, (size_t)length) == 0)
            return ta_view_cut_(in, &first, taken);
        wanted += smaller((size_t)length, SIZE_MAX - wanted); /* no wrap */
    }
    return stop(in, &start, wanted);
}

/* What a part says counts from its own start; `passed` bytes are before it. If the next byte may end the whole, or decide
 * for another alternative, no more bytes than that are known to be missing. */
static void relate(ta_view *in, const ta_view *part, size_t passed, bool may_end)
{
    in->stopped = passed + part->stopped;
    in->missing = may_end ? smaller(part->missing, 1) : part->missing;
}

/* Items, with a separator between them or without; then an item that takes nothing ends the list. */
static ta_status parse_list(ta_view *in, ta_parser item, void *context, size_t *count, int separator)
{
    if (!in || !item)
        return invalid();
    ta_view at = *in;
    view_place end = at.here; /* after the last item */
    size_t items = 0;
    bool may_end = separator < 0;
    ta_status status;
    while ((status = item(&at, context)) == TA_OK) {
        if (separator < 0 && place_length(&at.here) == place_length(&end))
            break;
        end = at.here;
        items++;
        may_end = true;
        if (separator >= 0 && (status = ta_parse_byte(&at, (uint8_t)separator)) != TA_OK)
            break;
    }
    if (status != TA_OK)
        relate(in, &at, place_length(&in->here) - place_length(&at.here), may_end);
    if (status != TA_OK && !(may_end && status == TA_E_NO_MATCH))
        return status;
    in->here = end;
    if (count)
        *count = items;
    return TA_OK;
}

ta_status ta_parse_many(ta_view *in, ta_parser item, void *context, size_t *count)
{
    return parse_list(in, item, context, count, -1);
}

ta_status ta_parse_separated(ta_view *in, uint8_t separator, ta_parser item, void *context, size_t *count)
{
    return parse_list(in, item, context, count, separator);
}

ta_status ta_parse_alt(ta_view *in, const ta_parser *parsers, size_t n, void *context, size_t *which)
{
    if (!in || (!parsers && n))
        return invalid();
    ta_status status = TA_E_NO_MATCH;
    in->stopped = in->missing = 0;
    for (size_t i = 0; i < n && status == TA_E_NO_MATCH; i++) {
        ta_view at = *in;
        status = parsers[i](&at, context);
        relate(in, &at, 0, i + 1 < n);
        if (status == TA_OK) {
            in->here = at.here;
            if (which)
                *which = i;
        }
    }
    return status;
}

#endif /* TA_WITH_PARSE */
