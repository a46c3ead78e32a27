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
    ta_parse_info *info;
    uint32_t value; /* of the number passed, */
    uint32_t limit; /* at most this, */
    unsigned base;  /* to this base */
} cursor;

/* A cursor at the start of a view. What is refused may be given as a result of NULL; so is the view itself. */
static void begin(cursor *c, ta_view *in, const void *result, ta_parse_info *info)
{
    c->in = in;
    c->info = info;
    c->value = 0;
    c->limit = UINT32_MAX;
    c->base = 10;
    view_begin(&c->at, result && result != in ? in : NULL);
}

/* What is open-ended ends here, or where a final view does; behind `wanted` bytes at the earliest. */
static void end_at(walk *w, size_t wanted)
{
    if (w->status == TA_E_EMPTY && w->view->is_final)
        w->status = TA_OK;
    if (w->status == TA_OK && view_passed(w) < wanted)
        w->status = TA_E_NO_MATCH;
}

/*
 * The end: is it a match, which passed `wanted` bytes at least? Then what was passed is taken from the view, as a view
 * if there is to be one. If not, say where.
 */
static ta_status finish(cursor *c, size_t wanted, ta_view *taken)
{
    end_at(&c->at, wanted);
    if (c->at.status == TA_OK)
        return view_cut(&c->at, taken, c->in);
    size_t passed = view_passed(&c->at), missing = 0;
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

/* ---- Bytes and tags ------------------------------------------------------------------------------------ */

static bool is_same_letter(unsigned a, unsigned b)
{
    return ((a ^ b) & ~0x20u) == 0 && (a | 0x20) - 'a' < 26;
}

static ta_status parse_tag(ta_view *in, const uint8_t *tag, size_t n, ta_parse_info *info, bool ignores_case)
{
    cursor c;
    begin(&c, in, tag || n == 0 ? &c : NULL, info);
    for (size_t left = n; left > 0; left--, tag++, c.at.at++) {
        int byte = view_peek(&c.at);
        if (byte < 0 || (byte != *tag && !(ignores_case && is_same_letter((unsigned)byte, *tag))))
            break;
    }
    return finish(&c, n, NULL);
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
    begin(&c, in, set || n == 0 ? result : NULL, info);
    int byte = view_peek(&c.at);
    if (byte >= 0) {
        while (n > 0 && set[n - 1] != byte)
            n--;
        if ((n > 0) == is_wanted)
            c.at.at++;
    }
    ta_status status = finish(&c, 1, NULL);
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
    return finish(&c, n, taken);
}

ta_status ta_parse_take_while_m_n(ta_view *in, size_t m, size_t n, ta_byte_predicate is_match, void *context,
                                  ta_view *taken, ta_parse_info *info)
{
    cursor c;
    begin(&c, in, is_match && m <= n ? taken : NULL, info);
    for (int byte; n > 0 && (byte = view_peek(&c.at)) >= 0 && is_match((uint8_t)byte, context); n--)
        c.at.at++;
    return finish(&c, m, taken);
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
    begin(&c, in, sequence || n == 0 ? taken : NULL, info);
    bool is_found = view_seek(&c.at, sequence, n);
    return finish(&c, is_found ? 0 : c.at.reach + 1, taken);
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
    ta_status status = finish(&c, 1, line);
    return status == TA_OK && has_end ? trim(line) : status;
}

ta_status ta_parse_rest(ta_view *in, ta_view *rest)
{
    return ta_view_split(in, ta_view_len(in), rest);
}

/* ---- Binary numbers ------------------------------------------------------------------------------------ */

/* How a number lies in the input, and where it goes: its bytes, or'ed with these. */
enum { big = 0, little = 0x10, is_extended = 0x20, goes_to_32_bits = 0x40 };
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
    size_t bytes = BYTES_OF(format), size = format & goes_to_32_bits ? 4 : bytes;
    uint8_t byte = 0;
    for (size_t i = 0; i < size; i++) {
        if (i < bytes)
            byte = read[format & little ? i : bytes - 1 - i];
        else /* above the highest byte */
            byte = format & is_extended && byte & 0x80 ? 0xFF : 0;
        *byte_in_memory(number, size, i) = byte;
    }
}

static ta_status parse_binary(ta_view *in, void *number, ta_parse_info *info, unsigned format)
{
    cursor c;
    uint8_t read[8];
    begin(&c, in, number, info);
    view_pass(&c.at, read, BYTES_OF(format));
    ta_status status = finish(&c, BYTES_OF(format), NULL);
    if (status == TA_OK)
        store(number, read, format);
    return status;
}

#define FORMAT(type, bytes, order)                                \
    ((bytes) | (order) | ((type)-1 < (type)1 ? is_extended : 0) | \
     (sizeof(type) > (bytes) ? goes_to_32_bits : 0))

#define DEFINE_BINARY(name, type, bytes, order)                               \
    ta_status ta_parse_##name(ta_view *in, type *number, ta_parse_info *info) \
    {                                                                         \
        return parse_binary(in, number, info, FORMAT(type, bytes, order));    \
    }
TA_PARSE_BINARY_(DEFINE_BINARY)

/* ---- Numbers of variable length, and in digits --------------------------------------------------------- */

static ta_status finish_number(cursor *c, size_t wanted, uint32_t *number)
{
    ta_status status = finish(c, wanted, NULL);
    if (status == TA_OK)
        *number = c->value;
    return status;
}

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
    return finish_number(&c, wanted, number);
}

/* The value of a digit, 16 for anything else. */
static unsigned digit_of(int character)
{
    unsigned byte = (unsigned)character, digit = byte - '0', letter = (byte | 0x20) - 'a';
    return digit < 10 ? digit : letter < 6 ? letter + 10 : 16;
}

/* Append a digit to the number, which must stay at most its limit. (No eight hexadecimal digits are too many.) */
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

/* Pass at most n digits, and append the first ones of them; says how many fewer than `counting` those were. */
static size_t pass_digits(cursor *c, size_t n, size_t counting)
{
    for (unsigned digit; n > 0 && (digit = digit_of(view_peek(&c->at))) < c->base; n--) {
        if (counting > 0) {
            if (!append_digit(c, digit))
                break;
            counting--;
        }
        c->at.at++;
    }
    return counting;
}

enum { no_sign = 10, no_fraction }; /* instead of decimals */

/* The point, if one is next, and the digits that must follow it; `decimals` of them count, zeros if there are fewer. */
static void pass_fraction(cursor *c, size_t decimals)
{
    size_t wanted = 0;
    if (view_peek(&c->at) == '.') {
        c->at.at++;
        wanted = view_passed(&c->at) + 1;
        decimals = pass_digits(c, SIZE_MAX, decimals);
    }
    end_at(&c->at, wanted);
    for (; decimals > 0 && c->at.status == TA_OK; decimals--)
        append_digit(c, 0);
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
    pass_digits(&c, SIZE_MAX, SIZE_MAX);
    end_at(&c.at, wanted);
    if (decimals < no_sign && c.at.status == TA_OK)
        pass_fraction(&c, decimals);
    if (is_negative)
        c.value = 0 - c.value;
    return finish_number(&c, wanted, number);
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
    begin(&c, in, max <= 8 && min <= max ? number : NULL, info);
    c.base = 16;
    pass_digits(&c, max, max);
    return finish_number(&c, min, number);
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

/* What a part said counts from its own start: move it to that of the whole. */
static void shift_position(ta_parse_info *info, ta_status status, size_t passed)
{
    if (info && (status == TA_MORE || status == TA_E_NO_MATCH || status == TA_E_OVERFLOW))
        info->position += passed;
}

ta_status ta_parse_prefixed(ta_view *in, size_t length_bytes, size_t max, ta_view *taken, ta_parse_info *info)
{
    cursor c;
    uint8_t read[4];
    uint32_t length = 0;
    size_t wanted = length_bytes;
    begin(&c, in, length_bytes >= 1 && length_bytes <= 4 ? taken : NULL, info);
    if (view_pass(&c.at, read, length_bytes) == 0) {
        store(&length, read, (unsigned)length_bytes | goes_to_32_bits);
        if (length > max) {
            c.at.status = TA_E_OVERFLOW;
        } else {
            wanted += smaller((size_t)length, SIZE_MAX - length_bytes); /* the sum must not wrap */
            view_pass(&c.at, NULL, (size_t)length);
        }
    }
    ta_status status = finish(&c, wanted, taken);
    return status == TA_OK ? ta_view_skip(taken, length_bytes) : status;
}

/* One more item of a list; what a mismatch says counts from the start of the list. */
static ta_status next_item(const ta_view *in, ta_view *rest, ta_parser item, void *context,
                           ta_parse_info *info)
{
    size_t passed = in->length - rest->length;
    ta_status status = item(rest, context, info);
    shift_position(info, status, passed);
    return status;
}

/* What one item misses is not what the list misses: the next byte may end it, or decide for another
 * alternative. */
static void cap_missing(ta_parse_info *info, ta_status status)
{
    if (info && status == TA_MORE && info->missing > 1)
        info->missing = 1;
}

static ta_status separator_item(ta_view *in, void *context, ta_parse_info *info)
{
    return ta_parse_byte(in, *(const uint8_t *)context, info);
}

/* Items, with a separator between them or without; then an item that takes nothing ends the list. */
static ta_status parse_list(ta_view *in, ta_parser item, void *context, size_t *count, ta_parse_info *info,
                            uint8_t *separator)
{
    if (!in || !item || !count)
        return invalid();
    ta_view rest = *in;
    size_t items = 0, taken = 0; /* bytes: up to the end of the last item */
    ta_status status;
    while ((status = next_item(in, &rest, item, context, info)) == TA_OK) {
        size_t passed = in->length - rest.length;
        if (!separator && passed == taken)
            break;
        taken = passed;
        items++;
        if (separator && (status = next_item(in, &rest, separator_item, separator, info)) != TA_OK)
            break;
    }
    if (items > 0 || !separator) {
        cap_missing(info, status);
        if (status == TA_E_NO_MATCH)
            status = TA_OK;
    }
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
    ta_status status = TA_E_NO_MATCH;
    if (n == 0 && info)
        info->position = info->missing = 0;
    for (size_t i = 0; i < n && status == TA_E_NO_MATCH; i++) {
        ta_view rest = *in;
        status = parsers[i](&rest, context, info);
        if (status == TA_OK) {
            *in = rest;
            *which = i;
        }
        if (i + 1 < n)
            cap_missing(info, status);
    }
    return status;
}

#endif /* TA_WITH_PARSE */
