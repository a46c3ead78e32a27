/* Parsers: see parse.h. Each advances the view as far as it matches. If that is not far enough, it goes back to where it
 * began and says why. */
#include "walk.h"
#include <tinyalloc/parse.h>

#if TA_WITH_PARSE

/* ---- Failing ------------------------------------------------------------------------------------------- */

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
static ta_status stop(ta_view *in, const view_place *start, size_t wanted)
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

/* The same for what has no fixed length: that is a match, if `wanted` bytes or more were passed. */
static ta_status end_run(ta_view *in, const view_place *start, size_t wanted)
{
    if (ends_here(in) && place_length(start) - place_length(&in->here) >= wanted)
        return TA_OK;
    return stop(in, start, wanted);
}

/* The result is a view of what was passed. */
static ta_status deliver(ta_view *in, const view_place *start, ta_view *taken)
{
    ta_view_cut_(in, start, taken);
    return TA_OK;
}

/* ---- Bytes and tags ------------------------------------------------------------------------------------ */

static bool is_same_letter(unsigned a, unsigned b)
{
    return ((a ^ b) & ~0x20u) == 0 && (a | 0x20) - 'a' < 26;
}

static ta_status parse_tag(ta_view *in, const uint8_t *tag, size_t n, bool ignores_case)
{
    ta_status status = tag || n == 0 ? ta_view_open_(in) : invalid();
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
    for (size_t i = 0; i < n; i++) {
        if (view_span(in) == 0 ||
            (*in->here.at != tag[i] && !(ignores_case && is_same_letter(*in->here.at, tag[i]))))
            return stop(in, &start, n);
        view_advance(in, 1);
    }
    return TA_OK;
}

ta_status ta_parse_byte(ta_view *in, uint8_t byte)
{
    return parse_tag(in, &byte, 1, false);
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
    ta_status status = set || n == 0 ? ta_view_open_(in) : invalid();
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
    if (view_span(in) == 0)
        return stop(in, &start, 1);
    uint8_t byte = *in->here.at;
    bool is_member = false;
    for (; n > 0 && !is_member; n--)
        is_member = *set++ == byte;
    if (is_member != is_wanted)
        return stop(in, &start, 1);
    view_advance(in, 1);
    if (result)
        *result = byte;
    return TA_OK;
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
static ta_status open_both(const ta_view *in, const ta_view *taken)
{
    return in != taken ? ta_view_open_(in) : invalid();
}

ta_status ta_parse_take(ta_view *in, size_t n, ta_view *taken)
{
    ta_status status = open_both(in, taken);
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
    if (ta_view_pass_(in, NULL, n) > 0)
        return stop(in, &start, n);
    return deliver(in, &start, taken);
}

ta_status ta_parse_take_while_m_n(ta_view *in, size_t m, size_t n, ta_byte_predicate is_match, void *context,
                                  ta_view *taken)
{
    ta_status status = is_match && m <= n ? open_both(in, taken) : invalid();
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
    while (n > 0 && view_span(in) > 0 && is_match(*in->here.at, context)) {
        view_advance(in, 1);
        n--;
    }
    if (n > 0)
        status = end_run(in, &start, m);
    return status == TA_OK ? deliver(in, &start, taken) : status;
}

ta_status ta_parse_take_while(ta_view *in, ta_byte_predicate is_match, void *context, ta_view *taken)
{
    return ta_parse_take_while_m_n(in, 0, SIZE_MAX, is_match, context, taken);
}

ta_status ta_parse_take_until_seq(ta_view *in, const void *sequence, size_t n, ta_view *taken)
{
    ta_status status = sequence || n == 0 ? open_both(in, taken) : invalid();
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
    if (n > 0 && !ta_view_seek_(in, sequence, n))
        return stop(in, &start, place_length(&start) + 1);
    return deliver(in, &start, taken);
}

ta_status ta_parse_take_until(ta_view *in, uint8_t byte, ta_view *taken)
{
    return ta_parse_take_until_seq(in, &byte, 1, taken);
}

/* A line without the CR at its end. */
static void strip(ta_view *line)
{
    ta_view last = *line;
    size_t n = place_length(&line->here);
    if (n == 0 || ta_view_pass_(&last, NULL, n - 1) > 0 || view_span(&last) == 0 || *last.here.at != '\r')
        return;
    const view_place start = line->here;
    ta_view_cut_(&last, &start, line);
}

ta_status ta_parse_line(ta_view *in, ta_view *line)
{
    ta_view found;
    if (line == in)
        return invalid();
    ta_status status = ta_parse_take_until(in, '\n', &found);
    if (status == TA_E_NO_MATCH && place_length(&in->here) > 0)
        return ta_parse_rest(in, line); /* the last line needs no end */
    if (status != TA_OK)
        return status;
    view_advance(in, 1);
    strip(&found);
    if (line)
        *line = found;
    return TA_OK;
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
    uint8_t read[8];
    ta_status status = ta_view_open_(in);
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
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
    uint32_t value = 0, weight = 1, limit = UINT32_MAX; /* of the next seven bits */
    ta_status status = ta_view_open_(in);
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
    size_t n = 1;
    for (; n <= max_bytes && view_span(in) > 0; n++) {
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
    return n <= max_bytes ? stop(in, &start, n) : fail(in, &start, 0, TA_E_NO_MATCH);
}

/* A number in digits, while they are read. */
typedef struct digits {
    uint32_t value;
    uint32_t limit; /* it must stay at most this, */
    unsigned base;
    bool is_too_large;
} digits;

/* Append a digit. (Eight hexadecimal digits are never too many.) */
static void append_digit(digits *d, unsigned digit)
{
    uint32_t before = d->value, value = before * d->base + digit;
    d->value = value;
    d->is_too_large = before > UINT32_MAX / 10 || value < digit || value > d->limit;
}

/* Pass at most `max` digits, and append the first `counting` of them, up to one that is too many. Returns how many were
 * passed. */
static size_t pass_digits(ta_view *in, digits *d, size_t max, size_t counting)
{
    size_t n = 0;
    for (; n < max && view_span(in) > 0; n++) {
        unsigned byte = *in->here.at, digit = byte - '0';
        if (digit >= 10) {
            digit = (byte | 0x20) - 'a' + 10;
            if (digit < 10 || digit >= d->base)
                break;
        }
        if (n < counting)
            append_digit(d, digit);
        if (d->is_too_large)
            break;
        view_advance(in, 1);
    }
    return n;
}

enum { no_fraction = 10 }; /* instead of decimals */

/* The point, if one is next, and the digits that must follow it; `decimals` of them count, zeros if there are fewer.
 * Returns how many digits are still missing. */
static size_t pass_fraction(ta_view *in, digits *d, size_t decimals)
{
    size_t n = 0, missing = 0;
    if (decimals == no_fraction || d->is_too_large)
        return 0;
    if (view_span(in) > 0 && *in->here.at == '.') {
        view_advance(in, 1);
        n = pass_digits(in, d, SIZE_MAX, decimals);
        missing = n == 0;
    }
    if (missing == 0 && ends_here(in))
        for (; n < decimals && !d->is_too_large; n++)
            append_digit(d, 0);
    return missing;
}

static ta_status parse_signed(ta_view *in, unsigned decimals, int32_t *number)
{
    digits d = {0, INT32_MAX, 10, false};
    size_t wanted = 1;
    ta_status status = ta_view_open_(in);
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
    uint8_t sign = view_span(in) > 0 ? *in->here.at : 0;
    if (sign == '-' || sign == '+') {
        d.limit += sign == '-';
        view_advance(in, 1);
        wanted = 2;
    }
    if (pass_digits(in, &d, SIZE_MAX, SIZE_MAX) > 0 && pass_fraction(in, &d, decimals) > 0)
        wanted = place_length(&start) - place_length(&in->here) + 1;
    if (d.is_too_large)
        return fail(in, &start, 0, TA_E_OVERFLOW);
    status = end_run(in, &start, wanted);
    if (status == TA_OK && number)
        *number = (int32_t)(sign == '-' ? 0 - d.value : d.value);
    return status;
}

ta_status ta_parse_decimal_signed(ta_view *in, int32_t *number)
{
    return parse_signed(in, no_fraction, number);
}

ta_status ta_parse_fixed(ta_view *in, unsigned decimals, int32_t *number)
{
    return decimals < no_fraction ? parse_signed(in, decimals, number) : invalid();
}

static ta_status parse_digits(ta_view *in, size_t min, size_t max, unsigned base, uint32_t *number)
{
    digits d = {0, UINT32_MAX, base, false};
    ta_status status = ta_view_open_(in);
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
    size_t n = pass_digits(in, &d, max, max);
    if (d.is_too_large)
        return fail(in, &start, 0, TA_E_OVERFLOW);
    if (n < max)
        status = end_run(in, &start, min);
    if (status == TA_OK && number)
        *number = d.value;
    return status;
}

ta_status ta_parse_decimal(ta_view *in, uint32_t *number)
{
    return parse_digits(in, 1, SIZE_MAX, 10, number);
}

ta_status ta_parse_hex(ta_view *in, size_t min, size_t max, uint32_t *number)
{
    return max <= 8 && min <= max ? parse_digits(in, min, max, 16, number) : invalid();
}

/* ---- The end ------------------------------------------------------------------------------------------- */

ta_status ta_parse_end(ta_view *in)
{
    ta_status status = ta_view_open_(in);
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
    return view_span(in) > 0 ? stop(in, &start, 0) : end_run(in, &start, 0);
}

/* ---- Combinations -------------------------------------------------------------------------------------- */

ta_status ta_parse_prefixed(ta_view *in, size_t length_bytes, size_t max, ta_view *taken)
{
    uint8_t read[4];
    uint32_t length = 0;
    ta_status status = length_bytes - 1 < 4 ? open_both(in, taken) : invalid();
    if (status != TA_OK)
        return status;
    const view_place start = in->here;
    if (ta_view_pass_(in, read, length_bytes) > 0)
        return stop(in, &start, length_bytes);
    for (size_t i = 0; i < length_bytes; i++)
        length = length << 8 | read[i];
    if (length > max)
        return fail(in, &start, 0, TA_E_OVERFLOW);
    const view_place first = in->here;
    if (ta_view_pass_(in, NULL, (size_t)length) > 0)
        return stop(in, &start,
                    length_bytes + smaller((size_t)length, SIZE_MAX - length_bytes)); /* no wrap */
    return deliver(in, &first, taken);
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
