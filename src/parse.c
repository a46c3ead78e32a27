/*
 * Parsers: see parse.h.
 *
 * Each works on a cursor, and at the end either moves the view up to the cursor or reports. So "untouched" needs
 * no undoing. What ends a parse stays in the cursor: after that, peek() finds nothing and fail() changes nothing.
 */
#include "internal.h"

#if TA_WITH_PARSE

/* ---- The cursor ---------------------------------------------------------------------------------------- */

/* Status and byte are words: on Cortex-M0 a small one costs an instruction more. */
typedef struct cursor {
    int status;      /* TA_OK; TA_E_EMPTY where the view ends; or why it is no match */
    unsigned byte;   /* the one that was looked at */
    size_t position; /* bytes passed */
    uint32_t value;  /* of the number passed, */
    uint32_t limit;  /* at most this, */
    unsigned base;   /* to this base */
    ta_view *view;
    void *result;
    ta_parse_info *info;
    ta_chunk_iterator at;
    ta_span span; /* what is left of the span it stands in */
} cursor;

/* A cursor at the start of a view. What is refused may be given as a result of NULL; so is the view itself. */
static void begin(cursor *c, ta_view *view, void *result, ta_parse_info *info)
{
    const ta_chunk_iterator at = {TA_NONE_INIT, 0};
    const ta_span span = {NULL, 0};
    const cursor fresh = {ta_view_check(view), 0, 0, 0, UINT32_MAX, 10, view, result, info, at, span};
    *c = fresh;
    if (c->status == TA_OK && (!result || result == view))
        c->status = invalid();
}

static void fail(cursor *c, ta_status status)
{
    if (c->status == TA_OK)
        c->status = status;
}

/* Look at the next byte, if there is one. */
static bool peek(cursor *c)
{
    if (c->status == TA_OK && c->span.length == 0)
        c->status = ta_view_next_span(c->view, &c->at, &c->span);
    if (c->status != TA_OK)
        return false;
    c->byte = *c->span.data;
    return true;
}

/* Pass the byte that was looked at, unless it was found wrong. */
static void pass(cursor *c)
{
    if (c->status != TA_OK)
        return;
    c->span.data++;
    c->span.length--;
    c->position++;
}

/* Pass all bytes up to a position, whatever they are. */
static void pass_to(cursor *c, size_t end)
{
    if (c->status != TA_OK)
        return;
    c->position = smaller(end, c->view->length);
    if (c->position < end)
        c->status = TA_E_EMPTY;
}

static void pass_if(cursor *c, bool is_match)
{
    if (!is_match)
        c->status = TA_E_NO_MATCH;
    pass(c);
}

/* What is open-ended ends here, or where a final view does; at `wanted` at the earliest. */
static void end_at(cursor *c, size_t wanted)
{
    if (c->status == TA_E_EMPTY && c->view->is_final)
        c->status = TA_OK;
    if (c->position < wanted)
        fail(c, TA_E_NO_MATCH);
}

/* The end: is it a match, which passed `wanted` bytes at least? If not, say where. */
static ta_status settle(cursor *c, size_t wanted)
{
    size_t missing = 0;
    end_at(c, wanted);
    if (c->status == TA_E_EMPTY) {
        c->status = TA_MORE;
        if (c->position < wanted)
            missing = wanted - c->position;
    }
    if (c->status != TA_OK && c->info) {
        c->info->position = c->position;
        c->info->missing = missing;
    }
    return (ta_status)c->status;
}

/* Matched: what was passed is taken from the view. */
static ta_status finish(cursor *c, size_t wanted)
{
    ta_status status = settle(c, wanted);
    return status == TA_OK ? ta_view_skip(c->view, c->position) : status;
}

static ta_status finish_view(cursor *c, size_t wanted)
{
    ta_status status = settle(c, wanted);
    return status == TA_OK ? ta_view_split(c->view, c->position, c->result) : status;
}

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
    begin(&c, in, tag || n == 0 ? &c : NULL, info);
    while (c.position < n && peek(&c)) {
        unsigned wanted = tag[c.position];
        pass_if(&c, c.byte == wanted || (ignores_case && is_same_letter(c.byte, wanted)));
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

static ta_status parse_member(ta_view *in, const uint8_t *set, size_t n, uint8_t *byte, ta_parse_info *info,
                              bool is_wanted)
{
    cursor c;
    begin(&c, in, set || n == 0 ? byte : NULL, info);
    if (peek(&c)) {
        while (n > 0 && set[n - 1] != c.byte)
            n--;
        pass_if(&c, (n > 0) == is_wanted);
    }
    ta_status status = finish(&c, 1);
    if (status == TA_OK)
        *byte = (uint8_t)c.byte;
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
    pass_to(&c, n);
    return finish_view(&c, n);
}

ta_status ta_parse_take_while_m_n(ta_view *in, size_t m, size_t n, ta_byte_predicate is_match, void *context,
                                  ta_view *taken, ta_parse_info *info)
{
    cursor c;
    begin(&c, in, is_match && m <= n ? taken : NULL, info);
    while (c.position < n && peek(&c) && is_match((uint8_t)c.byte, context))
        pass(&c);
    return finish_view(&c, m);
}

ta_status ta_parse_take_while(ta_view *in, ta_byte_predicate is_match, void *context, ta_view *taken,
                              ta_parse_info *info)
{
    return ta_parse_take_while_m_n(in, 0, SIZE_MAX, is_match, context, taken, info);
}

/* Pass everything before these bytes; where they do not come, all there is. */
static void pass_until(cursor *c, const void *sequence, size_t n)
{
    if (c->status != TA_OK)
        return;
    c->status = ta_view_find_seq(c->view, sequence, n, &c->position);
    if (c->status == TA_E_NO_MATCH) {
        c->position = c->view->length;
        if (!c->view->is_final)
            c->status = TA_E_EMPTY;
    }
}

ta_status ta_parse_take_until_seq(ta_view *in, const void *sequence, size_t n, ta_view *taken,
                                  ta_parse_info *info)
{
    cursor c;
    begin(&c, in, taken, info);
    pass_until(&c, sequence, n);
    return finish_view(&c, 0);
}

ta_status ta_parse_take_until(ta_view *in, uint8_t byte, ta_view *taken, ta_parse_info *info)
{
    return ta_parse_take_until_seq(in, &byte, 1, taken, info);
}

ta_status ta_parse_line(ta_view *in, ta_view *line, ta_parse_info *info)
{
    cursor c;
    uint8_t last;
    begin(&c, in, line, info);
    pass_until(&c, "\n", 1);
    bool has_end = c.status == TA_OK;
    if (c.status == TA_E_NO_MATCH && c.position > 0)
        c.status = TA_OK; /* the last line needs no end */
    ta_status status = finish_view(&c, 0);
    if (status != TA_OK || !has_end)
        return status;
    /* an empty line has no last byte: TA_E_RANGE */
    if (ta_view_at(line, line->length - 1, &last) == TA_OK && last == '\r')
        ta_view_take(line, line->length - 1, line);
    return ta_view_skip(in, 1);
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

static void pass_binary(cursor *c, void *number, unsigned format)
{
    size_t bytes = BYTES_OF(format), size = format & goes_to_32_bits ? 4 : bytes;
    uint8_t read[8], byte = 0;
    pass_to(c, bytes);
    if (c->status == TA_OK)
        c->status = ta_view_copy(c->view, 0, read, bytes);
    if (c->status != TA_OK)
        return;
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
    begin(&c, in, number, info);
    pass_binary(&c, number, format);
    return finish(&c, BYTES_OF(format));
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

ta_status ta_parse_varint(ta_view *in, size_t max_bytes, uint32_t *number, ta_parse_info *info)
{
    cursor c;
    uint32_t weight = 1, most = UINT32_MAX; /* of the next seven bits */
    size_t wanted = 0;
    begin(&c, in, number, info);
    do {
        if (c.position == max_bytes)
            fail(&c, TA_E_NO_MATCH);
        wanted++;
        if (!peek(&c))
            break;
        uint32_t bits = c.byte & 0x7F;
        c.value += bits * weight;
        if (bits > most)
            c.status = TA_E_OVERFLOW;
        weight <<= 7;
        most >>= 7;
        pass(&c);
    } while (c.byte & 0x80);
    return finish_number(&c, wanted);
}

/* The value of a digit, 16 for anything else. */
static unsigned digit_of(unsigned byte)
{
    unsigned digit = byte - '0', letter = (byte | 0x20) - 'a';
    return digit < 10 ? digit : letter < 6 ? letter + 10 : 16;
}

/* Append a digit to the number, which must stay at most its limit; in halves, for what does not fit to be seen. */
static void append_digit(cursor *c, unsigned digit)
{
    uint32_t low = (c->value & 0xFFFF) * c->base + digit;
    uint32_t high = (c->value >> 16) * c->base + (low >> 16);
    uint32_t value = high << 16 | (low & 0xFFFF);
    if (high > 0xFFFF || value > c->limit)
        fail(c, TA_E_OVERFLOW);
    c->value = value;
}

/* Pass digits, up to a position at most, and append them to the number. */
static void pass_digits(cursor *c, size_t end)
{
    while (c->position < end && peek(c)) {
        unsigned digit = digit_of(c->byte);
        if (digit >= c->base)
            return;
        append_digit(c, digit);
        pass(c);
    }
}

enum { no_sign = 10, no_fraction }; /* instead of decimals */

/* The point, if one is next, and the digits that must follow it; `decimals` of them count, zeros if there are fewer. */
static void pass_fraction(cursor *c, unsigned decimals)
{
    size_t end = c->position;
    if (peek(c) && c->byte == '.') {
        pass(c);
        size_t first = c->position;
        pass_digits(c, first + decimals);
        decimals -= (unsigned)(c->position - first);
        while (peek(c) && digit_of(c->byte) < 10)
            pass(c);
        end = first + 1;
    }
    end_at(c, end);
    for (; decimals > 0; decimals--)
        append_digit(c, 0);
}

static ta_status parse_digits(ta_view *in, unsigned decimals, void *number, ta_parse_info *info)
{
    cursor c;
    bool is_negative = false;
    begin(&c, in, number, info);
    if (decimals != no_sign && peek(&c)) {
        is_negative = c.byte == '-';
        c.limit = (uint32_t)INT32_MAX + is_negative;
        if (is_negative || c.byte == '+')
            pass(&c);
    }
    size_t wanted = c.position + 1;
    pass_digits(&c, SIZE_MAX);
    end_at(&c, wanted);
    if (decimals < no_sign)
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
    begin(&c, in, max <= 8 && min <= max ? number : NULL, info);
    c.base = 16;
    pass_digits(&c, max);
    return finish_number(&c, min);
}

/* ---- The end ------------------------------------------------------------------------------------------- */

ta_status ta_parse_end(const ta_view *in, ta_parse_info *info)
{
    cursor c;
    begin(&c, (ta_view *)(uintptr_t)in, &c, info); /* it is not moved: nothing is finished */
    if (peek(&c))
        c.status = TA_E_NO_MATCH;
    return settle(&c, 0);
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
    begin(&c, in, length_bytes >= 1 && length_bytes <= 4 ? taken : NULL, info);
    pass_binary(&c, &c.value, (unsigned)length_bytes | goes_to_32_bits);
    if (c.value > max)
        fail(&c, TA_E_OVERFLOW);
    size_t length = smaller((size_t)c.value, SIZE_MAX - length_bytes); /* the sum must not wrap */
    pass_to(&c, length_bytes + length);
    ta_status status = settle(&c, length_bytes + length);
    if (status == TA_OK)
        status = ta_view_skip(in, length_bytes);
    return status == TA_OK ? ta_view_split(in, length, taken) : status;
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
