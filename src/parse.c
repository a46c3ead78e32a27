/*
 * Parsers: see parse.h.
 *
 * Each works on a cursor, and at the end either moves the view up to the cursor or reports. So "untouched" needs
 * no undoing. What ends a parse stays in the cursor: after that, peek() finds nothing and fail() changes nothing.
 */
#include "internal.h"

#if TA_WITH_PARSE

/* ---- The cursor ---------------------------------------------------------------------------------------- */

typedef struct cursor {
    walk at;
    ta_view *in;
    ta_view *taken; /* the result, if it is a view; */
    void *result;   /* or whatever it is */
    ta_parse_info *info;
    uint32_t value; /* of the number passed, */
    uint32_t limit; /* at most this, */
    unsigned base;  /* to this base */
} cursor;

/* A cursor at the start of a view. What is refused may be given as a view of NULL. */
static void begin(cursor *c, ta_view *in, void *result, ta_parse_info *info)
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
    view_begin(&c->at, in);
}

/* What is open-ended ends here, or where a final view does; behind `wanted` bytes at the earliest. Says how many were
 * passed. */
static size_t end_at(walk *w, size_t wanted)
{
    size_t passed = view_passed(w);
    if (w->status == TA_E_EMPTY && w->view->is_final)
        w->status = TA_OK;
    if (w->status == TA_OK && passed < wanted)
        w->status = TA_E_NO_MATCH;
    return passed;
}

/*
 * The end: is it a match, which passed `wanted` bytes at least? Then what was passed is taken from the view, as a view
 * if there is to be one. If not, say where.
 */
static ta_status finish(cursor *c, size_t wanted)
{
    size_t passed = end_at(&c->at, wanted), missing = 0;
    if (c->at.status == TA_OK)
        return view_cut(&c->at, c->taken, c->in);
    if (c->at.status == TA_E_EMPTY) {
        c->at.status = TA_MORE;
        if (wanted > passed)
            missing = wanted - passed;
    }
    if (c->info) {
        c->info->position = passed;
        c->info->missing = missing;
    }
    return (ta_status)c->at.status;
}

static NOINLINE ta_status finish_view(cursor *c, size_t wanted)
{
    c->taken = c->result;
    return finish(c, wanted);
}

static NOINLINE ta_status finish_number(cursor *c, size_t wanted)
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
    begin(&c, tag || n == 0 ? in : NULL, &c, info);
    for (size_t left = n; left > 0; left--, tag++, c.at.at++) {
        int byte = view_peek(&c.at);
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
    begin(&c, set || n == 0 ? in : NULL, result, info);
    int byte = view_peek(&c.at);
    if (byte >= 0) {
        while (n > 0 && set[n - 1] != byte)
            n--;
        if ((n > 0) == is_wanted)
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
    begin(&c, in, taken, info);
    view_pass(&c.at, NULL, n);
    return finish_view(&c, n);
}

ta_status ta_parse_take_while_m_n(ta_view *in, size_t m, size_t n, ta_byte_predicate is_match, void *context,
                                  ta_view *taken, ta_parse_info *info)
{
    cursor c;
    begin(&c, is_match && m <= n ? in : NULL, taken, info);
    for (int byte; n > 0 && (byte = view_peek(&c.at)) >= 0 && is_match((uint8_t)byte, context); n--)
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
    begin(&c, sequence || n == 0 ? in : NULL, taken, info);
    bool is_found = view_seek(&c.at, sequence, n);
    return finish_view(&c, is_found ? 0 : c.at.reach + 1);
}

ta_status ta_parse_take_until(ta_view *in, uint8_t byte, ta_view *taken, ta_parse_info *info)
{
    return ta_parse_take_until_seq(in, &byte, 1, taken, info);
}

/* Take its end from a line. */
static ta_status trim(ta_view *line)
{
    walk w;
    size_t n = line->length - 1; /* without "\n" */
    view_begin(&w, line);
    if (n > 0) {
        view_pass(&w, NULL, n - 1);
        if (view_peek(&w) != '\r')
            w.at++;
    }
    return view_cut(&w, line, NULL);
}

ta_status ta_parse_line(ta_view *in, ta_view *line, ta_parse_info *info)
{
    cursor c;
    begin(&c, in, line, info);
    bool has_end = view_seek(&c.at, (const uint8_t *)"\n", 1);
    if (has_end)
        c.at.at++;
    ta_status status = finish_view(&c, 1);
    return status == TA_OK && has_end ? trim(line) : status;
}

ta_status ta_parse_rest(ta_view *in, ta_view *rest)
{
    return ta_view_split(in, ta_view_len(in), rest);
}

/* ---- Binary numbers ------------------------------------------------------------------------------------ */

/* How a number lies in the input: its bytes, or'ed with these. Three bytes become four, and are extended. */
enum { big = 0, little = 0x10, is_signed = 0x20 };
#define BYTES_OF(format) ((format)&0xFu)

/* The byte of this significance, of a number of so many bytes in memory. */
static uint8_t *byte_in_memory(void *number, size_t bytes, size_t significance)
{
    const uint16_t probe = 1;
    bool is_little = *(const uint8_t *)&probe;
    return (uint8_t *)number + (is_little ? significance : bytes - 1 - significance);
}

static void store(void *number, const uint8_t *read, unsigned format)
{
    size_t bytes = BYTES_OF(format), size = bytes + (bytes == 3);
    uint8_t byte = 0;
    for (size_t i = 0; i < bytes; i++) {
        byte = read[format & little ? i : bytes - 1 - i];
        *byte_in_memory(number, size, i) = byte;
    }
    if (bytes == 3)
        *byte_in_memory(number, size, 3) = format & is_signed && byte & 0x80 ? 0xFF : 0;
}

static ta_status parse_binary(ta_view *in, void *number, ta_parse_info *info, unsigned format)
{
    cursor c;
    uint8_t read[8];
    begin(&c, in, number, info);
    view_pass(&c.at, read, BYTES_OF(format));
    ta_status status = finish(&c, BYTES_OF(format));
    if (status == TA_OK)
        store(number, read, format);
    return status;
}

#define FORMAT(type, bytes, order) ((bytes) | (order) | ((type)-1 < (type)1 ? is_signed : 0))

#define DEFINE_BINARY(name, type, bytes, order)                               \
    ta_status ta_parse_##name(ta_view *in, type *number, ta_parse_info *info) \
    {                                                                         \
        return parse_binary(in, number, info, FORMAT(type, bytes, order));    \
    }
TA_PARSE_BINARY_(DEFINE_BINARY)

/* ---- Numbers of variable length, and in digits --------------------------------------------------------- */

ta_status ta_parse_varint(ta_view *in, size_t max_bytes, uint32_t *number, ta_parse_info *info)
{
    cursor c;
    uint32_t weight = 1, most = UINT32_MAX; /* of the next seven bits */
    size_t wanted = 0;
    int byte;
    begin(&c, in, number, info);
    do {
        if (wanted++ == max_bytes || (byte = view_peek(&c.at)) < 0)
            break;
        uint32_t bits = (uint32_t)byte & 0x7F;
        if (bits > most) {
            c.at.status = TA_E_OVERFLOW;
            break;
        }
        c.value += bits * weight;
        weight <<= 7;
        most >>= 7;
        c.at.at++;
    } while (byte & 0x80);
    return finish_number(&c, wanted);
}

/* Append a digit to the number, which must stay at most its limit. (Eight hexadecimal digits are never too many.) */
static bool append_digit(cursor *c, unsigned digit)
{
    uint32_t value = c->value * c->base + digit;
    if (c->value > UINT32_MAX / 10 || value < digit || value > c->limit) {
        c->at.status = TA_E_OVERFLOW;
        return false;
    }
    c->value = value;
    return true;
}

/* Pass digits, at least min and at most max, and append the first `counting` of them; says how many those lack. */
static size_t pass_digits(cursor *c, size_t min, size_t max, size_t counting)
{
    size_t wanted = view_passed(&c->at) + min;
    for (; max > 0; max--) {
        unsigned byte = (unsigned)view_peek(&c->at), digit = byte - '0';
        if (digit >= 10) {
            digit = (byte | 0x20) - 'a' + 10;
            if (digit < 10 || digit >= c->base)
                break;
        }
        if (counting > 0) {
            if (!append_digit(c, digit))
                break;
            counting--;
        }
        c->at.at++;
    }
    end_at(&c->at, wanted);
    return counting;
}

enum { no_sign = 10, no_fraction }; /* instead of decimals */

/* The point, if one is next, and the digits that must follow it; `decimals` of them count, zeros if there are fewer. */
static void pass_fraction(cursor *c, size_t decimals)
{
    if (view_peek(&c->at) == '.') {
        c->at.at++;
        decimals = pass_digits(c, 1, SIZE_MAX, decimals);
    }
    end_at(&c->at, 0);
    for (; decimals > 0 && c->value <= INT32_MAX / 10; decimals--)
        c->value *= 10;
    if (decimals > 0 && c->at.status == TA_OK)
        c->at.status = TA_E_OVERFLOW;
}

static ta_status parse_digits(ta_view *in, unsigned decimals, void *number, ta_parse_info *info)
{
    cursor c;
    bool is_negative = false;
    size_t wanted = 1;
    begin(&c, in, number, info);
    if (decimals != no_sign) {
        int sign = view_peek(&c.at);
        is_negative = sign == '-';
        c.limit = (uint32_t)INT32_MAX + is_negative;
        if (is_negative || sign == '+') {
            c.at.at++;
            wanted = 2;
        }
    }
    pass_digits(&c, 1, SIZE_MAX, SIZE_MAX);
    if (decimals < no_sign && c.at.status == TA_OK)
        pass_fraction(&c, decimals);
    if (is_negative)
        c.value = 0 - c.value;
    return finish_number(&c, wanted);
}

ta_status ta_parse_decimal(ta_view *in, uint32_t *number, ta_parse_info *info)
{
    return parse_digits(in, no_sign, number, info);
}

ta_status ta_parse_decimal_signed(ta_view *in, int32_t *number, ta_parse_info *info)
{
    return parse_digits(in, no_fraction, number, info);
}

ta_status ta_parse_fixed(ta_view *in, unsigned decimals, int32_t *number, ta_parse_info *info)
{
    return parse_digits(in, decimals, decimals <= 9 ? number : NULL, info);
}

ta_status ta_parse_hex(ta_view *in, size_t min, size_t max, uint32_t *number, ta_parse_info *info)
{
    cursor c;
    begin(&c, max <= 8 && min <= max ? in : NULL, number, info);
    c.base = 16;
    pass_digits(&c, min, max, max);
    return finish_number(&c, min);
}

/* ---- The end ------------------------------------------------------------------------------------------- */

ta_status ta_parse_end(const ta_view *in, ta_parse_info *info)
{
    ta_status status = ta_view_check(in);
    if (status == TA_OK && in->length > 0)
        status = TA_E_NO_MATCH;
    else if (status == TA_OK && !in->is_final)
        status = TA_MORE;
    if (status != TA_OK && info)
        info->position = info->missing = 0;
    return status;
}

/* ---- Combinations -------------------------------------------------------------------------------------- */

ta_status ta_parse_prefixed(ta_view *in, size_t length_bytes, size_t max, ta_view *taken, ta_parse_info *info)
{
    cursor c;
    size_t wanted = length_bytes;
    begin(&c, length_bytes >= 1 && length_bytes <= 4 ? in : NULL, taken, info);
    for (size_t i = 0; i < length_bytes && view_peek(&c.at) >= 0; i++)
        c.value = c.value << 8 | *c.at.at++;
    if (c.at.status == TA_OK) { 
        if (c.value > max) {
            c.at.status = TA_E_OVERFLOW;
        } else {
            wanted += smaller((size_t)c.value, SIZE_MAX - wanted); /* the sum must not wrap */
            view_pass(&c.at, NULL, (size_t)c.value);
        }
    }
    ta_status status = finish_view(&c, wanted);
    return status == TA_OK ? ta_view_skip(taken, length_bytes) : status;
}

/* What a part says counts from its own start: make it count from that of the whole. If the next byte may end the whole,
 * or decide for another alternative, no more bytes than that are known to be missing. */
static NOINLINE void relate(ta_parse_info *info, ta_status status, size_t passed, bool may_end)
{
    if (!info || (status != TA_MORE && status != TA_E_NO_MATCH && status != TA_E_OVERFLOW))
        return;
    info->position += passed;
    if (may_end)
        info->missing = smaller(info->missing, 1);
}

/* Items, with a separator between them or without; then an item that takes nothing ends the list. */
static ta_status parse_list(ta_view *in, ta_parser item, void *context, size_t *count, ta_parse_info *info,
                            const uint8_t *separator)
{
    if (!in || !item || !count)
        return invalid();
    ta_view rest = *in;
    size_t items = 0, passed = 0, taken = 0; /* bytes; and up to the end of the last item */
    ta_status status;
    while ((status = item(&rest, context, info)) == TA_OK) {
        passed = in->length - rest.length;
        if (!separator && passed == taken)
            break;
        taken = passed;
        items++;
        if (separator && (status = ta_parse_byte(&rest, *separator, info)) != TA_OK)
            break;
        passed = in->length - rest.length;
    }
    bool may_end = items > 0 || !separator;
    relate(info, status, passed, may_end);
    if (status == TA_E_NO_MATCH && may_end)
        status = TA_OK;
    if (status == TA_OK)
        status = ta_view_skip(in, taken);
    if (status == TA_OK)
        *count = items;
    return status;
}

ta_status ta_parse_many(ta_view *in, ta_parser item, void *context, size_t *count, ta_parse_info *info)
{
    return parse_list(in, item, context, count, info, NULL);
}

ta_status ta_parse_separated(ta_view *in, uint8_t separator, ta_parser item, void *context, size_t *count,
                             ta_parse_info *info)
{
    return parse_list(in, item, context, count, info, &separator);
}

ta_status ta_parse_alt(ta_view *in, const ta_parser *parsers, size_t n, void *context, size_t *which,
                       ta_parse_info *info)
{
    if (!in || (!parsers && n) || !which)
        return invalid();
    ta_view rest;
    ta_status status = TA_E_NO_MATCH;
    size_t i = 0;
    if (info)
        info->position = info->missing = 0;
    for (; i < n; i++) {
        rest = *in;
        status = parsers[i](&rest, context, info);
        if (status != TA_E_NO_MATCH)
            break;
    }
    if (status == TA_OK) {
        *in = rest;
        *which = i;
    }
    relate(info, status, 0, i + 1 < n);
    return status;
}

#endif /* TA_WITH_PARSE */
