/* Parsers: see parse.h. Each walks through the view as far as it matches; at the end it either moves the view
 * up to there or reports. Invalid arguments start the walk on a NULL view, so it fails with TA_E_INVALID. */
#include "compiler.h"
#include "fault.h"
#include "smaller.h"
#include "walk.h"
#include <string.h>
#include <tinyalloc/parse.h>

#if TA_WITH_PARSE

/* ---- The cursor ---------------------------------------------------------------------------------------- */

typedef struct cursor {
    walk at;
    ta_view *in;    /* to be moved behind what matches */
    ta_view *taken; /* the result, if it is a view; */
    void *result;   /* or whatever it is */
    ta_parse_info *info;
    uint32_t value; /* of the number passed, */
    uint32_t limit; /* at most this, */
    unsigned base;  /* to this base */
} cursor;

/* A cursor at the start of a view. What a parser refuses it gives as a view of NULL. */
static void begin(ta_view *in, cursor *c, void *result, ta_parse_info *info)
{
    c->in = in;
    c->taken = NULL;
    c->result = result;
    c->info = info;
    c->value = 0;
    c->limit = UINT32_MAX;
    c->base = 10;
    if (!result || result == in)
        in = NULL;
    ta_view_begin_(&c->at, in);
}

/* What is open-ended ends here, or where the view does: is it a match, which passed `wanted` bytes at
 * least? Says how many were passed. */
static size_t end_at(walk *w, size_t wanted)
{
    size_t passed = view_passed(w);
    if (w->status == TA_E_EMPTY)
        w->status = w->view->is_final ? TA_OK : TA_MORE;
    if (w->status == TA_OK && passed < wanted)
        w->status = TA_E_NO_MATCH;
    return passed;
}

/* The end: what matched is taken from the view, as a view if there is to be one. If it did not, say where. */
static ta_status finish(cursor *c, size_t wanted)
{
    size_t passed = end_at(&c->at, wanted);
    if (c->at.status == TA_OK)
        return ta_view_cut_(&c->at, c->taken, c->in);
    if (c->info) {
        c->info->position = passed;
        c->info->missing = c->at.status == TA_MORE && wanted > passed ? wanted - passed : 0;
    }
    return (ta_status)c->at.status;
}

/* The result is a view of what was passed. */
static NOINLINE ta_status finish_view(cursor *c, size_t wanted)
{
    c->taken = c->result;
    return finish(c, wanted);
}

/* The result is a number of 32 bits. */
static ta_status finish_number(cursor *c, size_t wanted)
{
    ta_status status = finish(c, wanted);
    if (status == TA_OK)
        *(uint32_t *)c->result = c->value;
    return status;
}

/* ---- Bytes and tags ------------------------------------------------------------------------------------ */

static bool is_same_letter(unsigned a, unsigned b)
{
    return ((a ^ b) & ~0x20u) == 0 && (a | 0x20) - 'a' < 26;
}

static ta_status parse_tag(ta_view *in, const uint8_t *tag, size_t n, ta_parse_info *info, bool ignores_case)
{
    cursor c;
    begin(tag || n == 0 ? in : NULL, &c, &c, info);
    for (size_t left = n; left > 0; left--, tag++, c.at.at++) {
        int byte = ta_view_look_(&c.at);
        if (byte < 0 || (byte != *tag && !(ignores_case && is_same_letter((unsigned)byte, *tag))))
            break;
    }
    return finish(&c, n);
}

ta_status ta_parse_byte(ta_view *in, uint8_t byte, ta_parse_info *info)
{
    return parse_tag(in, &byte, 1, info, false);
}

ta_status ta_parse_tag(ta_view *in, const void *tag, size_t n, ta_parse_info *info)
{
    return parse_tag(in, tag, n, info, false);
}

ta_status ta_parse_tag_no_case(ta_view *in, const void *tag, size_t n, ta_parse_info *info)
{
    return parse_tag(in, tag, n, info, true);
}

static ta_status parse_member(ta_view *in, const uint8_t *set, size_t n, uint8_t *result, ta_parse_info *info,
                              bool is_wanted)
{
    cursor c;
    bool is_match = !is_wanted;
    begin(set || n == 0 ? in : NULL, &c, result, info);
    int byte = ta_view_look_(&c.at);
    if (byte >= 0) {
        for (; n > 0; n--)
            if (*set++ == byte) {
                is_match = is_wanted;
                break;
            }
        if (is_match)
            c.at.at++;
    }
    ta_status status = finish(&c, 1);
    if (status == TA_OK)
        *result = (uint8_t)byte;
    return status;
}

ta_status ta_parse_one_of(ta_view *in, const void *set, size_t n, uint8_t *byte, ta_parse_info *info)
{
    return parse_member(in, set, n, byte, info, true);
}

ta_status ta_parse_none_of(ta_view *in, const void *set, size_t n, uint8_t *byte, ta_parse_info *info)
{
    return parse_member(in, set, n, byte, info, false);
}

/* ---- Runs of bytes ------------------------------------------------------------------------------------- */

ta_status ta_parse_take(ta_view *in, size_t n, ta_view *taken, ta_parse_info *info)
{
    cursor c;
    begin(in, &c, taken, info);
    ta_view_pass_(&c.at, NULL, n);
    return finish_view(&c, n);
}

ta_status ta_parse_take_while_m_n(ta_view *in, size_t m, size_t n, ta_byte_predicate is_match, void *context,
                                  ta_view *taken, ta_parse_info *info)
{
    cursor c;
    begin(is_match && m <= n ? in : NULL, &c, taken, info);
    for (int byte; n > 0 && (byte = ta_view_look_(&c.at)) >= 0 && is_match((uint8_t)byte, context); n--)
        c.at.at++;
    return finish_view(&c, m);
}

ta_status ta_parse_take_while(ta_view *in, ta_byte_predicate is_match, void *context, ta_view *taken,
                              ta_parse_info *info)
{
    return ta_parse_take_while_m_n(in, 0, SIZE_MAX, is_match, context, taken, info);
}

ta_status ta_parse_take_until_seq(ta_view *in, const void *sequence, size_t n, ta_view *taken,
                                  ta_parse_info *info)
{
    cursor c;
    begin(in, &c, taken, info);
    bool is_found = ta_view_seek_(&c.at, sequence, n);
    return finish_view(&c, is_found ? 0 : c.at.reach + 1);
}

ta_status ta_parse_take_until(ta_view *in, uint8_t byte, ta_view *taken, ta_parse_info *info)
{
    return ta_parse_take_until_seq(in, &byte, 1, taken, info);
}

ta_status ta_parse_line(ta_view *in, ta_view *line, ta_parse_info *info)
{
    walk w;
    ta_status status = ta_parse_take_until(in, '\n', line, info);
    if (status == TA_E_NO_MATCH && in->length > 0)
        return ta_parse_rest(in, line); /* the last line needs no end */
    if (status != TA_OK)
        return status;
    ta_view_begin_(&w, line);
    ta_view_pass_(&w, NULL, line->length - 1); /* everything, if it is nothing */
    if (ta_view_look_(&w) == '\r')
        ta_view_cut_(&w, line, NULL);
    return ta_view_skip(in, 1);
}

ta_status ta_parse_rest(ta_view *in, ta_view *rest)
{
    return ta_view_split(in, in ? in->length : 0, rest);
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

static ta_status parse_binary(ta_view *in, void *number, ta_parse_info *info, unsigned format)
{
    cursor c;
    uint8_t read[8];
    begin(in, &c, number, info);
    ta_view_pass_(&c.at, read, BYTES_OF(format));
    ta_status status = finish(&c, BYTES_OF(format));
    if (status == TA_OK)
        store(number, read, format);
    return status;
}

#define DEFINE_BINARY(name, type, format)                                     \
    ta_status ta_parse_##name(ta_view *in, type *number, ta_parse_info *info) \
    {                                                                         \
        return parse_binary(in, number, info, format);                        \
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
#define DEFINE_SAME(name, type, as)                                           \
    ta_status ta_parse_##name(ta_view *in, type *number, ta_parse_info *info) \
        __attribute__((alias("ta_parse_" #as)));
#else
#define DEFINE_SAME(name, type, as)                                           \
    ta_status ta_parse_##name(ta_view *in, type *number, ta_parse_info *info) \
    {                                                                         \
        return ta_parse_##as(in, (void *)number, info);                       \
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

ta_status ta_parse_varint(ta_view *in, size_t max_bytes, uint32_t *number, ta_parse_info *info)
{
    cursor c;
    uint32_t weight = 1; /* of the next seven bits */
    size_t n;
    begin(in, &c, number, info);
    for (n = 1; n <= max_bytes; n++) {
        int byte = ta_view_look_(&c.at);
        if (byte < 0)
            break;
        uint32_t bits = (uint32_t)byte & 0x7F;
        if (bits > c.limit) {
            c.at.status = TA_E_OVERFLOW;
            break;
        }
        c.at.at++;
        c.value += bits * weight;
        if (byte < 0x80)
            break;
        weight <<= 7;
        c.limit >>= 7;
    }
    return finish_number(&c, n);
}

/* Append a digit to the number, which must stay at most its limit. (Eight hexadecimal digits are never too
 * many.) */
static NOINLINE int append_digit(cursor *c, unsigned digit)
{
    uint32_t before = c->value, value = before * c->base + digit;
    c->value = value;
    if (before > UINT32_MAX / 10 || value < digit || value > c->limit)
        c->at.status = TA_E_OVERFLOW;
    return c->at.status;
}

/* Pass at most `max` digits, and append the first `counting` of them; says how many were passed. */
static size_t pass_digits(cursor *c, size_t max, size_t counting)
{
    size_t n = 0;
    for (; n < max; n++, c->at.at++) {
        unsigned byte = (unsigned)ta_view_look_(&c->at), digit = byte - '0';
        if (digit >= 10) {
            digit = (byte | 0x20) - 'a' + 10;
            if (digit < 10 || digit >= c->base)
                break;
        }
        if (n < counting && append_digit(c, digit) != TA_OK)
            break;
    }
    return n;
}

/* The point, if one is next, and the digits that must follow it; `decimals` of them count, zeros if there
 * are fewer. */
static void pass_fraction(cursor *c, size_t decimals)
{
    size_t n = 0, wanted = 0;
    if (ta_view_look_(&c->at) == '.') {
        c->at.at++;
        n = pass_digits(c, SIZE_MAX, decimals);
        wanted = n > 0 ? 0 : SIZE_MAX;
    }
    end_at(&c->at, wanted);
    for (; n < decimals && c->at.status == TA_OK; n++)
        append_digit(c, 0);
}

enum { no_fraction = 10 }; /* instead of decimals */

static ta_status parse_signed(ta_view *in, unsigned decimals, int32_t *number, ta_parse_info *info)
{
    cursor c;
    begin(in, &c, number, info);
    int sign = ta_view_look_(&c.at);
    bool is_negative = sign == '-', has_sign = is_negative || sign == '+';
    c.limit = c.limit / 2 + is_negative;
    c.at.at += has_sign;
    if (pass_digits(&c, SIZE_MAX, SIZE_MAX) > 0 && decimals < no_fraction)
        pass_fraction(&c, decimals);
    if (is_negative)
        c.value = 0 - c.value;
    return finish_number(&c, 1u + has_sign);
}

ta_status ta_parse_decimal_signed(ta_view *in, int32_t *number, ta_parse_info *info)
{
    return parse_signed(in, no_fraction, number, info);
}

ta_status ta_parse_fixed(ta_view *in, unsigned decimals, int32_t *number, ta_parse_info *info)
{
    return parse_signed(in, decimals, decimals <= 9 ? number : NULL, info);
}

ta_status ta_parse_decimal(ta_view *in, uint32_t *number, ta_parse_info *info)
{
    cursor c;
    begin(in, &c, number, info);
    pass_digits(&c, SIZE_MAX, SIZE_MAX);
    return finish_number(&c, 1);
}

ta_status ta_parse_hex(ta_view *in, size_t min, size_t max, uint32_t *number, ta_parse_info *info)
{
    cursor c;
    begin(max <= 8 && min <= max ? in : NULL, &c, number, info);
    c.base = 16;
    pass_digits(&c, max, max);
    return finish_number(&c, min);
}

/* ---- The end ------------------------------------------------------------------------------------------- */

ta_status ta_parse_end(const ta_view *in, ta_parse_info *info)
{
    cursor c;
    begin((ta_view *)(uintptr_t)in, &c, &c, info);
    c.in = NULL; /* it stays where it is */
    return finish(&c, ta_view_look_(&c.at) >= 0);
}

/* ---- Combinations -------------------------------------------------------------------------------------- */

ta_status ta_parse_prefixed(ta_view *in, size_t length_bytes, size_t max, ta_view *taken, ta_parse_info *info)
{
    cursor c;
    uint8_t read[4];
    uint32_t value = 0;
    begin(length_bytes - 1 < 4 ? in : NULL, &c, taken, info);
    if (ta_view_pass_(&c.at, read, length_bytes) > 0)
        return finish(&c, length_bytes);
    for (size_t i = 0; i < length_bytes; i++)
        value = value << 8 | read[i];
    size_t length = smaller((size_t)value, SIZE_MAX - length_bytes); /* the sum must not wrap */
    if (value > max)
        c.at.status = TA_E_OVERFLOW;
    else
        ta_view_pass_(&c.at, NULL, length);
    ta_status status = finish_view(&c, length_bytes + length);
    return status == TA_OK ? ta_view_skip(taken, length_bytes) : status;
}

/* What a part says counts from its own start: make it count from that of the whole. If the next byte may
 * end the whole, or decide for another alternative, no more bytes than that are known to be missing. */
static void relate(ta_parse_info *info, ta_status status, size_t passed, bool may_end)
{
    if (!info || status > TA_E_NO_MATCH) /* a parser's own come last */
        return;
    info->position += passed;
    if (may_end)
        info->missing = smaller(info->missing, 1);
}

/* Items, with a separator between them or without; then an item that takes nothing ends the list. */
static ta_status parse_list(ta_view *in, ta_parser item, void *context, size_t *count, ta_parse_info *info,
                            int separator)
{
    if (!in || !item || !count)
        return invalid();
    ta_view rest = *in;
    size_t items = 0, left = rest.length,
           end = left; /* bytes left: before the last part, behind the last item */
    bool may_end = separator < 0;
    ta_status status;
    while ((status = item(&rest, context, info)) == TA_OK) {
        left = rest.length;
        if (separator < 0 && left == end)
            break;
        end = left;
        items++;
        may_end = true;
        if (separator >= 0) {
            status = ta_parse_byte(&rest, (uint8_t)separator, info);
            if (status != TA_OK)
                break;
            left--;
        }
    }
    relate(info, status, in->length - left, may_end);
    if (may_end && status == TA_E_NO_MATCH)
        status = TA_OK;
    if (status == TA_OK)
        status = ta_view_skip(in, in->length - end);
    if (status == TA_OK)
        *count = items;
    return status;
}

ta_status ta_parse_many(ta_view *in, ta_parser item, void *context, size_t *count, ta_parse_info *info)
{
    return parse_list(in, item, context, count, info, -1);
}

ta_status ta_parse_separated(ta_view *in, uint8_t separator, ta_parser item, void *context, size_t *count,
                             ta_parse_info *info)
{
    return parse_list(in, item, context, count, info, separator);
}

ta_status ta_parse_alt(ta_view *in, const ta_parser *parsers, size_t n, void *context, size_t *which,
                       ta_parse_info *info)
{
    if (!in || (!parsers && n) || !which)
        return invalid();
    ta_status status = TA_E_NO_MATCH;
    if (info)
        info->position = info->missing = 0;
    for (size_t i = 0; i < n && status == TA_E_NO_MATCH; i++) {
        ta_view rest = *in;
        status = parsers[i](&rest, context, info);
        if (status == TA_OK) {
            *in = rest;
            *which = i;
        }
        relate(info, status, 0, i + 1 < n);
    }
    return status;
}

#endif /* TA_WITH_PARSE */
