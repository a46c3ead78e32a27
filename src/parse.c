/*
 * Parsers: see parse.h.
 *
 * Each works on a cursor, a copy of the view with the span it stands in, and at the end either moves the view
 * up to the cursor or reports. So "untouched" needs no undoing.
 */
#include "internal.h"

#if TA_WITH_PARSE

/* ---- The cursor ---------------------------------------------------------------------------------------- */

typedef struct cursor {
    const ta_view *view;
    ta_chunk_iterator at;
    ta_span span;    /* what is left of the span it stands in */
    size_t position; /* bytes passed */
} cursor;

/* A cursor at the start of a view. */
static ta_status start(cursor *c, const ta_view *view)
{
    const cursor fresh = {view, {TA_NONE_INIT, 0}, {NULL, 0}, 0};
    *c = fresh;
    return ta_view_check(view);
}

/* Look at the next byte: TA_OK, TA_E_EMPTY at the end. */
static ta_status peek(cursor *c, uint8_t *byte)
{
    if (c->span.length == 0) {
        ta_status status = ta_view_next_span(c->view, &c->at, &c->span);
        if (status != TA_OK)
            return status;
    }
    *byte = *c->span.data;
    return TA_OK;
}

/* Pass the byte that was looked at. */
static void pass(cursor *c)
{
    c->span.data++;
    c->span.length--;
    c->position++;
}

/* Not TA_OK: say where. The end of an open view asks for more; that of a final one is a mismatch. */
static ta_status report(const cursor *c, ta_status status, size_t missing, ta_parse_info *info)
{
    if (status == TA_E_EMPTY)
        status = c->view->is_final ? TA_E_NO_MATCH : TA_MORE;
    if (info) {
        info->position = c->position;
        info->missing = status == TA_MORE ? missing : 0;
    }
    return status;
}

/* What a part said counts from its own start: move it to that of the whole. */
static void shift_position(ta_parse_info *info, ta_status status, size_t passed)
{
    bool is_set = status == TA_MORE || status == TA_E_NO_MATCH || status == TA_E_OVERFLOW;
    if (info && is_set)
        info->position += passed;
}

/* Matched: what was passed is taken from the view. */
static ta_status accept(const cursor *c, ta_view *in)
{
    return ta_view_skip(in, c->position);
}

static ta_status accept_as_view(const cursor *c, ta_view *in, ta_view *taken)
{
    ta_view front;
    ta_status status = ta_view_split(in, c->position, &front);
    if (status == TA_OK)
        *taken = front;
    return status;
}

/* ---- Bytes and tags ------------------------------------------------------------------------------------ */

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static ta_status parse_tag(ta_view *in, const uint8_t *tag, size_t n, bool ignores_case, ta_parse_info *info)
{
    cursor c;
    ta_status status = start(&c, in);
    if (status != TA_OK || (!tag && n))
        return status != TA_OK ? status : invalid();
    while (c.position < n) {
        uint8_t byte, wanted = tag[c.position];
        status = peek(&c, &byte);
        if (status == TA_OK && byte != wanted && !(ignores_case && lower(byte) == lower(wanted)))
            status = TA_E_NO_MATCH;
        if (status != TA_OK)
            return report(&c, status, n - c.position, info);
        pass(&c);
    }
    return accept(&c, in);
}

ta_status ta_parse_byte(ta_view *in, uint8_t byte, ta_parse_info *info)
{
    return parse_tag(in, &byte, 1, false, info);
}

ta_status ta_parse_tag(ta_view *in, const void *tag, size_t n, ta_parse_info *info)
{
    return parse_tag(in, tag, n, false, info);
}

ta_status ta_parse_tag_no_case(ta_view *in, const void *tag, size_t n, ta_parse_info *info)
{
    return parse_tag(in, tag, n, true, info);
}

static ta_status parse_member(ta_view *in, const uint8_t *set, size_t n, bool is_member, uint8_t *byte,
                              ta_parse_info *info)
{
    cursor c;
    uint8_t got;
    ta_status status = start(&c, in);
    if (status != TA_OK || (!set && n) || !byte)
        return status != TA_OK ? status : invalid();
    status = peek(&c, &got);
    if (status != TA_OK)
        return report(&c, status, 1, info);
    bool is_found = false;
    for (size_t i = 0; i < n; i++)
        is_found = is_found || set[i] == got;
    if (is_found != is_member)
        return report(&c, TA_E_NO_MATCH, 0, info);
    pass(&c);
    *byte = got;
    return accept(&c, in);
}

ta_status ta_parse_one_of(ta_view *in, const void *set, size_t n, uint8_t *byte, ta_parse_info *info)
{
    return parse_member(in, set, n, true, byte, info);
}

ta_status ta_parse_none_of(ta_view *in, const void *set, size_t n, uint8_t *byte, ta_parse_info *info)
{
    return parse_member(in, set, n, false, byte, info);
}

/* ---- Runs of bytes ------------------------------------------------------------------------------------- */

ta_status ta_parse_take(ta_view *in, size_t n, ta_view *taken, ta_parse_info *info)
{
    cursor c;
    ta_status status = start(&c, in);
    if (status != TA_OK || !taken || taken == in)
        return status != TA_OK ? status : invalid();
    c.position = smaller(n, ta_view_len(in));
    if (c.position < n)
        return report(&c, TA_E_EMPTY, n - c.position, info);
    return accept_as_view(&c, in, taken);
}

ta_status ta_parse_take_while_m_n(ta_view *in, size_t m, size_t n, ta_byte_predicate is_match, void *context,
                                  ta_view *taken, ta_parse_info *info)
{
    cursor c;
    ta_status status = start(&c, in);
    if (status != TA_OK || !is_match || !taken || taken == in || m > n)
        return status != TA_OK ? status : invalid();
    uint8_t byte;
    while (c.position < n && (status = peek(&c, &byte)) == TA_OK && is_match(byte, context))
        pass(&c);
    if (status != TA_OK && !(status == TA_E_EMPTY && in->is_final && c.position >= m))
        return report(&c, status, c.position < m ? m - c.position : 0, info);
    if (c.position < m)
        return report(&c, TA_E_NO_MATCH, 0, info);
    return accept_as_view(&c, in, taken);
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
    size_t found = 0;
    ta_status status = start(&c, in);
    if (status != TA_OK || !taken || taken == in)
        return status != TA_OK ? status : invalid();
    status = ta_view_find_seq(in, sequence, n, &found);
    c.position = status == TA_OK ? found : ta_view_len(in);
    if (status == TA_E_NO_MATCH)
        return report(&c, TA_E_EMPTY, 0, info);
    return status == TA_OK ? accept_as_view(&c, in, taken) : status;
}

ta_status ta_parse_take_until(ta_view *in, uint8_t byte, ta_view *taken, ta_parse_info *info)
{
    return ta_parse_take_until_seq(in, &byte, 1, taken, info);
}

ta_status ta_parse_line(ta_view *in, ta_view *line, ta_parse_info *info)
{
    cursor c;
    size_t end = 0;
    ta_status status = start(&c, in);
    if (status != TA_OK || !line || line == in)
        return status != TA_OK ? status : invalid();
    status = ta_view_find(in, '\n', &end);
    bool has_end = status == TA_OK;
    if (status == TA_E_NO_MATCH) {
        end = c.position = ta_view_len(in);
        if (end == 0 || !in->is_final)
            return report(&c, TA_E_EMPTY, 0, info);
    } else if (!has_end) {
        return status;
    }
    uint8_t before = 0;
    if (has_end && end > 0)
        ta_view_at(in, end - 1, &before);
    status = ta_view_take(in, before == '\r' ? end - 1 : end, line);
    return status == TA_OK ? ta_view_skip(in, end + has_end) : status;
}

ta_status ta_parse_rest(ta_view *in, ta_view *rest)
{
    return ta_view_split(in, ta_view_len(in), rest);
}

/* ---- Binary numbers ------------------------------------------------------------------------------------ */

typedef enum byte_order { big, little } byte_order;

static ta_status parse_binary(ta_view *in, size_t bytes, byte_order order, uint64_t *number,
                              ta_parse_info *info)
{
    cursor c;
    ta_status status = start(&c, in);
    uint64_t value = 0;
    while (status == TA_OK && c.position < bytes) {
        uint8_t byte;
        status = peek(&c, &byte);
        if (status != TA_OK)
            return report(&c, status, bytes - c.position, info);
        value = order == big ? value << 8 | byte : value | (uint64_t)byte << (8 * c.position);
        pass(&c);
    }
    if (status != TA_OK)
        return status;
    *number = value;
    return accept(&c, in);
}

/* The sign bit of a number of so many bytes spreads over the bits above it; of an unsigned type they are cut
 * off. */
static uint64_t extend(uint64_t number, size_t bytes)
{
    uint64_t sign = (uint64_t)1 << (8 * bytes - 1);
    return (number ^ sign) - sign;
}

#define IS_SIGNED(type) ((type)-1 < (type)1)

#define DEFINE_BINARY(name, type, bytes, order)                               \
    ta_status ta_parse_##name(ta_view *in, type *number, ta_parse_info *info) \
    {                                                                         \
        uint64_t value;                                                       \
        if (!number)                                                          \
            return invalid();                                                 \
        ta_status status = parse_binary(in, bytes, order, &value, info);      \
        if (status == TA_OK)                                                  \
            *number = (type)(IS_SIGNED(type) ? extend(value, bytes) : value); \
        return status;                                                        \
    }
TA_PARSE_BINARY_(DEFINE_BINARY)

/* ---- Numbers of variable length, and in digits --------------------------------------------------------- */

ta_status ta_parse_varint(ta_view *in, size_t max_bytes, uint32_t *number, ta_parse_info *info)
{
    cursor c;
    ta_status status = start(&c, in);
    if (status != TA_OK || !number)
        return status != TA_OK ? status : invalid();
    uint32_t value = 0;
    uint8_t byte = 0x80;
    while (byte & 0x80) {
        if (c.position == max_bytes)
            return report(&c, TA_E_NO_MATCH, 0, info);
        status = peek(&c, &byte);
        if (status != TA_OK)
            return report(&c, status, 1, info);
        size_t shift = 7 * c.position;
        uint8_t bits = byte & 0x7F;
        if (bits && (shift >= 32 || (shift == 28 && bits > 15)))
            return report(&c, TA_E_OVERFLOW, 0, info);
        if (bits)
            value |= (uint32_t)bits << shift;
        pass(&c);
    }
    *number = value;
    return accept(&c, in);
}

/* The value of a digit, 16 for anything else. */
static uint32_t digit_of(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return (uint32_t)(byte - '0');
    byte = lower(byte);
    return byte >= 'a' && byte <= 'f' ? (uint32_t)(byte - 'a' + 10) : 16;
}

/* Pass up to `max` digits of a base and append them to a number that must stay at most `limit`. TA_E_EMPTY
 * only when the view is open: there, the next byte may be a digit too. `*passed` says how many there were. */
static ta_status pass_digits(cursor *c, uint32_t base, size_t max, uint32_t limit, uint32_t *value,
                             size_t *passed)
{
    for (*passed = 0; *passed < max; (*passed)++) {
        uint8_t byte;
        ta_status status = peek(c, &byte);
        if (status == TA_E_EMPTY && c->view->is_final)
            return TA_OK;
        if (status != TA_OK)
            return status;
        uint32_t digit = digit_of(byte);
        if (digit >= base)
            return TA_OK;
        if (*value > limit / base || digit > limit - *value * base)
            return TA_E_OVERFLOW;
        *value = *value * base + digit;
        pass(c);
    }
    return TA_OK;
}

/* A signed number while it is read. */
typedef struct integer {
    uint32_t magnitude;
    uint32_t limit; /* the largest magnitude that goes with its sign */
    size_t digits;
    bool is_negative;
} integer;

/* Pass an optional sign and at least one digit. */
static ta_status pass_integer(cursor *c, integer *n)
{
    uint8_t byte = 0;
    ta_status status = peek(c, &byte);
    if (status != TA_OK)
        return status;
    n->is_negative = byte == '-';
    n->limit = n->is_negative ? (uint32_t)INT32_MAX + 1 : INT32_MAX;
    if (byte == '-' || byte == '+')
        pass(c);
    status = pass_digits(c, 10, SIZE_MAX, n->limit, &n->magnitude, &n->digits);
    return status == TA_OK && n->digits == 0 ? TA_E_NO_MATCH : status;
}

static int32_t with_sign(const integer *n)
{
    return n->is_negative ? (int32_t)(~n->magnitude + 1) : (int32_t)n->magnitude;
}

ta_status ta_parse_decimal(ta_view *in, uint32_t *number, ta_parse_info *info)
{
    cursor c;
    ta_status status = start(&c, in);
    if (status != TA_OK || !number)
        return status != TA_OK ? status : invalid();
    uint32_t value = 0;
    size_t digits;
    status = pass_digits(&c, 10, SIZE_MAX, UINT32_MAX, &value, &digits);
    if (status == TA_OK && digits == 0)
        status = TA_E_NO_MATCH;
    if (status != TA_OK)
        return report(&c, status, digits == 0, info);
    *number = value;
    return accept(&c, in);
}

ta_status ta_parse_decimal_signed(ta_view *in, int32_t *number, ta_parse_info *info)
{
    cursor c;
    ta_status status = start(&c, in);
    if (status != TA_OK || !number)
        return status != TA_OK ? status : invalid();
    integer n = {0, 0, 0, false};
    status = pass_integer(&c, &n);
    if (status != TA_OK)
        return report(&c, status, n.digits == 0, info);
    *number = with_sign(&n);
    return accept(&c, in);
}

/* Pass the point, if one is next, and the digits that must follow it; `*decimals` of them are appended to the
 * number, and subtracted. TA_E_EMPTY only when the view is open. */
static ta_status pass_fraction(cursor *c, unsigned *decimals, uint32_t limit, uint32_t *value)
{
    uint8_t byte;
    size_t digits, further = 0;
    ta_status status = peek(c, &byte);
    if (status == TA_E_EMPTY && c->view->is_final)
        return TA_OK;
    if (status != TA_OK || byte != '.')
        return status;
    pass(c);
    status = pass_digits(c, 10, *decimals, limit, value, &digits);
    *decimals -= (unsigned)digits;
    size_t passed = digits;
    while (status == TA_OK) {
        uint32_t ignored = 0;
        status = pass_digits(c, 10, 1, 9, &ignored, &further);
        passed += further;
        if (further == 0)
            break;
    }
    return status == TA_OK && passed == 0 ? TA_E_NO_MATCH : status;
}

ta_status ta_parse_fixed(ta_view *in, unsigned decimals, int32_t *number, ta_parse_info *info)
{
    cursor c;
    ta_status status = start(&c, in);
    if (status != TA_OK || !number || decimals > 9)
        return status != TA_OK ? status : invalid();
    integer n = {0, 0, 0, false};
    status = pass_integer(&c, &n);
    if (status == TA_OK)
        status = pass_fraction(&c, &decimals, n.limit, &n.magnitude);
    for (; status == TA_OK && decimals > 0; decimals--) {
        if (n.magnitude > n.limit / 10)
            status = TA_E_OVERFLOW;
        n.magnitude *= 10;
    }
    if (status != TA_OK)
        return report(&c, status, n.digits == 0, info);
    *number = with_sign(&n);
    return accept(&c, in);
}

ta_status ta_parse_hex(ta_view *in, size_t min, size_t max, uint32_t *number, ta_parse_info *info)
{
    cursor c;
    ta_status status = start(&c, in);
    if (status != TA_OK || !number || max > 8 || min > max)
        return status != TA_OK ? status : invalid();
    uint32_t value = 0;
    size_t digits;
    status = pass_digits(&c, 16, max, UINT32_MAX, &value, &digits);
    if (status == TA_OK && digits < min)
        status = TA_E_NO_MATCH;
    if (status != TA_OK)
        return report(&c, status, digits < min ? min - digits : 0, info);
    *number = value;
    return accept(&c, in);
}

/* ---- The end ------------------------------------------------------------------------------------------- */

ta_status ta_parse_end(const ta_view *in, ta_parse_info *info)
{
    cursor c;
    uint8_t byte;
    ta_status status = start(&c, in);
    if (status != TA_OK)
        return status;
    status = peek(&c, &byte);
    if (status == TA_E_EMPTY && in->is_final)
        return TA_OK;
    return report(&c, status == TA_OK ? TA_E_NO_MATCH : status, 0, info);
}

/* ---- Combinations -------------------------------------------------------------------------------------- */

ta_status ta_parse_prefixed(ta_view *in, size_t length_bytes, size_t max, ta_view *taken, ta_parse_info *info)
{
    if (!in || !taken || taken == in || length_bytes < 1 || length_bytes > 4)
        return invalid();
    ta_view rest = *in;
    uint64_t length = 0;
    ta_status status = parse_binary(&rest, length_bytes, big, &length, info);
    if (status != TA_OK)
        return status;
    if ((uint32_t)length > max) { /* four bytes at most */
        if (info) {
            info->position = length_bytes;
            info->missing = 0;
        }
        return TA_E_OVERFLOW;
    }
    status = ta_parse_take(&rest, (size_t)length, taken, info);
    if (status == TA_OK)
        *in = rest;
    else
        shift_position(info, status, length_bytes);
    return status;
}

/* One more item of a list; what a mismatch says counts from the start of the list. */
static ta_status next_item(const ta_view *in, ta_view *rest, ta_parser item, void *context,
                           ta_parse_info *info)
{
    size_t passed = ta_view_len(in) - ta_view_len(rest);
    ta_status status = item(rest, context, info);
    shift_position(info, status, passed);
    return status;
}

/* What one item misses is not what the list misses: the next byte may end it, or decide for another
 * alternative. */
static void cap_missing(ta_parse_info *info)
{
    if (info && info->missing > 1)
        info->missing = 1;
}

ta_status ta_parse_many(ta_view *in, ta_parser item, void *context, size_t *count, ta_parse_info *info)
{
    if (!in || !item || !count)
        return invalid();
    ta_view rest = *in;
    size_t items = 0, before;
    ta_status status;
    do {
        before = ta_view_len(&rest);
        status = next_item(in, &rest, item, context, info);
        items += status == TA_OK && ta_view_len(&rest) < before;
    } while (status == TA_OK && ta_view_len(&rest) < before);
    if (status == TA_MORE)
        cap_missing(info);
    if (status != TA_OK && status != TA_E_NO_MATCH)
        return status;
    *in = rest;
    *count = items;
    return TA_OK;
}

ta_status ta_parse_separated(ta_view *in, uint8_t separator, ta_parser item, void *context, size_t *count,
                             ta_parse_info *info)
{
    if (!in || !item || !count)
        return invalid();
    ta_view rest = *in, behind = *in;
    size_t items = 0;
    ta_status status;
    while ((status = next_item(in, &behind, item, context, info)) == TA_OK) {
        items++;
        rest = behind;
        size_t passed = ta_view_len(in) - ta_view_len(&rest);
        status = ta_parse_byte(&behind, separator, info);
        shift_position(info, status, passed);
        if (status != TA_OK)
            break;
    }
    if (status == TA_MORE && items > 0)
        cap_missing(info);
    if (status != TA_E_NO_MATCH || items == 0)
        return status;
    *in = rest;
    *count = items;
    return TA_OK;
}

ta_status ta_parse_alt(ta_view *in, const ta_parser *parsers, size_t n, void *context, size_t *which,
                       ta_parse_info *info)
{
    if (!in || (!parsers && n) || !which)
        return invalid();
    for (size_t i = 0; i < n; i++) {
        ta_view rest = *in;
        ta_status status = parsers[i](&rest, context, info);
        if (status == TA_E_NO_MATCH)
            continue;
        if (status == TA_OK) {
            *in = rest;
            *which = i;
        }
        if (status == TA_MORE && i + 1 < n)
            cap_missing(info);
        return status;
    }
    if (n == 0 && info)
        info->position = info->missing = 0;
    return TA_E_NO_MATCH;
}

#endif /* TA_WITH_PARSE */
