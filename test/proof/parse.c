/*
 * Parsers on any input of up to 4 bytes, and views of them: in an array, or in a chain of up to 3 chunks of 2 bytes, in
 * any order, whose first byte is anywhere; open, final or stale. Each is compared with a few lines that read an array:
 * the status, the result, how much is left, and why it stopped. A call that fails leaves the view as it was.
 */
#define BLOCK_SIZE 2
#include "model.h"

#include <find.c>
#include <parse.c>
#include <parse_number.c>
#include <view.c>
#include <walk.c>

#if SLOTS == 3

#include "input.h"

/* What must come out: a match of so many bytes; or why not, where it stopped, and how many bytes are missing. */
typedef struct {
    ta_status status;
    size_t passed, missing;
} outcome;

static outcome matched(size_t passed)
{
    outcome o = {TA_OK, passed, 0};
    return o;
}

static outcome refused(size_t stopped, ta_status status)
{
    outcome o = {status, stopped, 0};
    return o;
}

/* A byte that does not fit, or the end; so many are wanted in all. */
static outcome stopped(size_t at, size_t wanted)
{
    outcome o = {at == length && !is_final ? TA_MORE : TA_E_NO_MATCH, at, 0};
    if (o.status == TA_MORE && wanted > at)
        o.missing = wanted - at;
    return o;
}

/* Something of any length ends: at the end of an open input, more may follow. */
static outcome run(size_t passed, size_t wanted)
{
    return (passed == length && !is_final) || passed < wanted ? stopped(passed, wanted) : matched(passed);
}

static void end_parse(ta_status status, outcome wanted)
{
    if (is_stale)
        wanted = refused(0, TA_E_STALE);
    CHECK(status == wanted.status, "parse: the status");
    if (status == TA_OK) {
        CHECK(is_part(in, wanted.passed, length - wanted.passed), "parse: what is left");
        REACHED("parse: a match");
    } else {
        CHECK(is_as_before(), "parse: the input is as before");
        if (status != TA_E_STALE && status != TA_E_INVALID) {
            CHECK(in.stopped == wanted.passed, "parse: where it stopped");
            CHECK(in.missing == wanted.missing, "parse: how many bytes are missing");
        }
    }
    if (status == TA_E_NO_MATCH)
        REACHED("parse: no match");
}

static void end_view(ta_status status, ta_view *view, outcome wanted, size_t from, size_t n)
{
    if (status == TA_OK)
        CHECK(is_part(*view, from, n) && view->is_final, "parse: the bytes that it takes");
    end_parse(status, wanted);
}

PROVE(parse_tag)
{
    uint8_t tag[3] = {nondet_byte(), nondet_byte(), nondet_byte()};
    size_t n = 3, i = 0;
    ta_status status = ta_parse_tag(&in, tag, n);
    while (i < n && i < length && text[i] == tag[i])
        i++;
    end_parse(status, i == n ? matched(n) : stopped(i, n));
}

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 32) : byte;
}

PROVE(parse_tag_no_case)
{
    uint8_t tag[2] = {nondet_byte(), nondet_byte()};
    size_t i = 0;
    ta_status status = ta_parse_tag_no_case(&in, tag, 2);
    while (i < 2 && i < length && lower(text[i]) == lower(tag[i]))
        i++;
    end_parse(status, i == 2 ? matched(2) : stopped(i, 2));
}

PROVE(parse_byte)
{
    uint8_t byte = nondet_byte();
    ta_status status = ta_parse_byte(&in, byte);
    end_parse(status, length > 0 && text[0] == byte ? matched(1) : stopped(0, 1));
}

PROVE(parse_member)
{
    uint8_t set[2] = {nondet_byte(), nondet_byte()}, found = 0;
    bool is_wanted = nondet_byte() & 1;
    ta_status status =
        is_wanted ? ta_parse_one_of(&in, set, 2, &found) : ta_parse_none_of(&in, set, 2, &found);
    bool is_in = length > 0 && (text[0] == set[0] || text[0] == set[1]);
    CHECK(status != TA_OK || found == text[0], "one_of, none_of: the byte");
    end_parse(status, length > 0 && is_in == is_wanted ? matched(1) : stopped(0, 1));
}

PROVE_ARRAY(parse_take)
{
    ta_view taken = {0};
    size_t n = nondet_size();
    ta_status status = ta_parse_take(&in, n, &taken);
    end_view(status, &taken, n <= length ? matched(n) : stopped(length, n), 0, n);
}

static bool is_below(uint8_t byte, void *context)
{
    return byte < *(const uint8_t *)context;
}

PROVE_ARRAY(parse_take_while)
{
    ta_view taken = {0};
    uint8_t bound = nondet_byte();
    size_t least = nondet_size(), most = nondet_size(), n = 0;
    ta_status status = ta_parse_take_while_m_n(&in, least, most, is_below, &bound, &taken);
    while (n < length && n < most && text[n] < bound)
        n++;
    outcome wanted = least > most ? refused(0, TA_E_INVALID) : n == most ? matched(n) : run(n, least);
    if (least > most)
        is_stale = false; /* this is seen first */
    end_view(status, &taken, wanted, 0, n);
}

PROVE_ON(parse_take_until, true, 0, 1, 1)
{
    ta_view taken = {0};
    uint8_t tag[2] = {nondet_byte(), nondet_byte()};
    size_t n = choice, at = 0;
    search_for(tag[0]);
    ta_status status = ta_parse_take_until_seq(&in, tag, n + 1, &taken);
    while (at + n < length && !(is_match(at) && (n == 0 || text[at + 1] == tag[1])))
        at++;
    end_view(status, &taken, at + n < length ? matched(at) : stopped(length, length + 1), 0, at);
}

PROVE_ON(parse_line, true, 0, 1, 1)
{
    ta_view line = {0};
    size_t at = 0;
    search_for('\n');
    in.is_final = in_before.is_final = is_final = choice;
    ta_status status = ta_parse_line(&in, &line);
    while (at < length && !is_match(at))
        at++;
    size_t end_of_line = at > 0 && at < length && text[at - 1] == '\r' ? at - 1 : at;
    outcome wanted = at < length              ? matched(at + 1)
                     : is_final && length > 0 ? matched(length)
                                              : stopped(length, length + 1);
    end_view(status, &line, wanted, 0, end_of_line);
}

PROVE(parse_end)
{
    ta_status status = ta_parse_end(&in);
    end_parse(status, length == 0 && is_final ? matched(0) : stopped(0, 0));
}

PROVE_ARRAY(parse_prefixed)
{
    ta_view taken = {0};
    size_t n = nondet_byte() % 4 + 1, most = nondet_size();
    uint32_t says = 0;
    ta_status status = ta_parse_prefixed(&in, n, most, &taken);
    for (size_t i = 0; i < LONGEST; i++)
        if (i < n)
            says = says << 8 | text[i];
    outcome wanted = n > length    ? stopped(length, n)
                     : says > most ? refused(n, TA_E_OVERFLOW)
                                   : matched(n + says);
    if (wanted.status == TA_OK && says > length - n)
        wanted = stopped(length, (size_t)says > SIZE_MAX - n ? SIZE_MAX : n + (size_t)says);
    end_view(status, &taken, wanted, n, says);
}

PROVE_ARRAY(parse_binary)
{
    uint8_t which = nondet_byte() % 8, u8 = 0;
    uint16_t u16 = 0;
    uint32_t u32 = 0, is, want_be = 0, want_le = 0;
    int32_t i32 = 0;
    static const uint8_t widths[8] = {1, 2, 2, 3, 3, 3, 4, 4};
    ta_status status = which == 0   ? ta_parse_u8(&in, &u8)
                       : which == 1 ? ta_parse_u16be(&in, &u16)
                       : which == 2 ? ta_parse_u16le(&in, &u16)
                       : which == 3 ? ta_parse_u24be(&in, &u32)
                       : which == 4 ? ta_parse_u24le(&in, &u32)
                       : which == 5 ? ta_parse_i24be(&in, &i32)
                       : which == 6 ? ta_parse_u32be(&in, &u32)
                                    : ta_parse_i32le(&in, &i32);
    size_t n = widths[which];
    for (size_t i = 0; i < LONGEST; i++)
        if (i < n) {
            want_be = want_be << 8 | text[i];
            want_le |= (uint32_t)text[i] << 8 * i;
        }
    if (which == 5 && want_be >> 23)
        want_be |= 0xFF000000u;
    is = which == 0 ? u8 : which < 3 ? u16 : which == 5 || which == 7 ? (uint32_t)i32 : u32;
    if (status == TA_OK)
        CHECK(is == (which == 2 || which == 4 || which == 7 ? want_le : want_be), "binary: the number");
    end_parse(status, n <= length ? matched(n) : stopped(length, n));
}

PROVE_ARRAY(parse_varint)
{
    uint32_t number = 0, value = 0;
    size_t most = nondet_byte() % 6, i = 0;
    ta_status status = ta_parse_varint(&in, most, &number);
    while (i < most && i < length && text[i] >= 0x80) {
        value |= (uint32_t)(text[i] & 0x7F) << 7 * i;
        i++;
    }
    outcome wanted = i == most ? refused(i, TA_E_NO_MATCH) : i == length ? stopped(i, i + 1) : matched(i + 1);
    if (wanted.status == TA_OK)
        CHECK(is_stale || number == (value | (uint32_t)text[i] << 7 * i), "varint: the number");
    end_parse(status, wanted);
}

static int value_of(uint8_t byte, int base)
{
    int digit = byte >= '0' && byte <= '9'   ? byte - '0'
                : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                             : base;
    return digit < base ? digit : -1;
}

PROVE_ARRAY(parse_decimal)
{
    uint32_t number = 0, value = 0;
    int32_t with_sign = 0;
    size_t i = 0, sign;
    bool is_signed_one = nondet_byte() & 1;
    ta_status status =
        is_signed_one ? ta_parse_decimal_signed(&in, &with_sign) : ta_parse_decimal(&in, &number);
    sign = is_signed_one && length > 0 && (text[0] == '-' || text[0] == '+');
    for (i = sign; i < length && value_of(text[i], 10) >= 0; i++)
        value = value * 10 + (uint32_t)value_of(text[i], 10);
    outcome wanted = run(i, sign + 1);
    if (status == TA_OK && is_signed_one)
        CHECK(with_sign == (text[0] == '-' ? -(int32_t)value : (int32_t)value), "decimal_signed: the number");
    else if (status == TA_OK)
        CHECK(number == value, "decimal: the number");
    end_parse(status, wanted);
}

PROVE_ARRAY(parse_hex)
{
    uint32_t number = 0, value = 0;
    size_t least = nondet_size(), most = nondet_size(), n = 0;
    ta_status status = ta_parse_hex(&in, least, most, &number);
    bool is_wrong = most > 8 || least > most;
    for (; n < length && n < most && value_of(text[n], 16) >= 0; n++)
        value = value << 4 | (uint32_t)value_of(text[n], 16);
    if (is_wrong)
        is_stale = false; /* this is seen first */
    CHECK(status != TA_OK || number == value, "hex: the number");
    end_parse(status, is_wrong ? refused(0, TA_E_INVALID) : n == most ? matched(n) : run(n, least));
}

static void cut_at(size_t n)
{
    ta_view front = {0}, taken = {0};
    ta_status wanted = is_stale ? TA_E_STALE : n > length ? TA_E_RANGE : TA_OK;
    in = in_before;
    CHECK(ta_view_take(&in, n, &taken) == wanted && is_as_before(), "view_take: the status");
    CHECK(ta_view_split(&in, n, &front) == wanted, "view_split: the status");
    if (wanted != TA_OK) {
        CHECK(is_as_before(), "view_split: nothing is changed");
        REACHED("view: refused");
    } else {
        CHECK(is_part(taken, 0, n) && taken.is_final, "view_take: the first bytes");
        CHECK(is_part(front, 0, n) && front.is_final, "view_split: the first bytes");
        CHECK(is_part(in, n, length - n), "view_split: and the rest");
        REACHED("view: cut");
    }
}

PROVE_VIEW(view_cut)
{
    CHECK(ta_view_len(&in) == length && ta_view_is_final(&in) == is_final, "view: length and kind");
    CHECK(ta_view_check(&in) == (is_stale ? TA_E_STALE : TA_OK), "view_check");
    for (size_t n = 0; n <= LONGEST; n++)
        cut_at(n);
    cut_at(SIZE_MAX);
}

static void copy_part(size_t from, size_t n)
{
    uint8_t data[LONGEST];
    ta_status status = ta_view_copy(&in, from, data, n);
    bool is_in = from <= length && n <= length - from;
    CHECK(status == (is_stale ? TA_E_STALE : is_in ? TA_OK : TA_E_RANGE), "view_copy: the status");
    if (status == TA_OK && n > 0) {
        for (size_t i = 0; i < n; i++)
            CHECK(data[i] == text[from + i], "view_copy: the bytes");
        REACHED("view_copy");
    }
    CHECK(is_as_before(), "view_copy: nothing is changed");
}

PROVE_VIEW(view_copy)
{
    for (size_t from = 0; from <= length; from++)
        for (size_t n = 0; n <= length - from; n++)
            copy_part(from, n);
    copy_part(0, SIZE_MAX);
    copy_part(length + 1, 0);
    copy_part(1, LONGEST);
    copy_part(SIZE_MAX, 2);
}

PROVE_ON(view_find, true, 1, 1, 1)
{
    uint8_t tag[2] = {nondet_byte(), nondet_byte()};
    size_t n = choice, at = 0, position = LONGEST + 1;
    search_for(tag[0]);
    ta_status status = ta_view_find_seq(&in, tag, n + 1, &position);
    while (at + n < length && !(is_match(at) && (n == 0 || text[at + 1] == tag[1])))
        at++;
    bool is_found = at + n < length;
    CHECK(status == (is_stale ? TA_E_STALE : is_found ? TA_OK : TA_E_NO_MATCH), "view_find: the status");
    if (status == TA_OK) {
        CHECK(position == at, "view_find: the first place");
        REACHED("view_find: found");
    } else if (status == TA_E_NO_MATCH) {
        CHECK(position == length - (n < length ? n : length), "view_find: where a later match may begin");
        REACHED("view_find: not found");
    }
}

PROVE_VIEW(view_spans)
{
    ta_span span = {0};
    size_t passed = 0;
    for (size_t i = 0; i < SLOTS + 1; i++) {
        ta_status status = ta_view_next_span(&in, &span);
        CHECK(status == (is_stale           ? TA_E_STALE
                         : passed == length ? TA_E_EMPTY
                                            : TA_OK),
              "view_next_span: the status");
        if (status != TA_OK)
            break;
        CHECK(span.length > 0 && span.length <= length - passed, "view_next_span: the length");
        CHECK(span.data == where[passed], "view_next_span: the first byte");
        CHECK(span.data + span.length - 1 == where[passed + span.length - 1],
              "view_next_span: without a gap");
        passed += span.length;
    }
    CHECK(is_stale || passed == length, "view_next_span: all bytes");
    REACHED("the end");
}

PROVE_VIEW(view_equals)
{
    uint8_t data[LONGEST];
    size_t n = nondet_byte() % (LONGEST + 1), i = 0;
    for (size_t at = 0; at < LONGEST; at++)
        data[at] = nondet_byte();
    while (i < n && i < length && data[i] == text[i])
        i++;
    bool is_equal = n == length && i == n;
    CHECK(ta_view_equals(&in, data, n) == (is_stale   ? TA_E_STALE
                                           : is_equal ? TA_OK
                                                      : TA_E_NO_MATCH),
          "view_equals");
    if (is_equal)
        REACHED("view_equals: equal");
}

#endif
