/*
 * Parsers, against the promises of parse.h. A table of inputs and results; each case is tried on linear
 * memory, on every small cut into chunks at every phase, and on an open view that grows byte by byte.
 */
#include "support.h"

enum { ta_pool_id_pool = 8 };

TA_SLAB_DEFINE(pool, 4, 8);

static int fresh_pools(void **state)
{
    (void)state;
    fresh_pool(pool);
    return 0;
}

/* ---- A case: a parser, its arguments, an input, and what it gives -------------------------------------- */

struct outcome {
    uint64_t number; /* signed ones are extended */
    ta_view taken;
    bool has_taken;
};

struct example;
typedef ta_status (*runner)(const struct example *e, ta_view *in, struct outcome *out);

/* No pointer to text: on an AVR the table stays in flash as it is. */
struct example {
    runner run;
    char input[21];
    size_t length;
    char text[8]; /* arguments */
    size_t n, m;
    ta_status final, open; /* the status when the input is all, and when more may come */
    size_t at;             /* bytes taken; or the position of the first that did not fit */
    size_t missing;        /* of an open view, at most; */
    bool is_exact;         /* or exactly, for every part of the input */
    uint64_t number;
    char taken[12]; /* text, if it takes any */
    bool has_taken, takes_what_is_there;
};

#define IN(bytes) .input = bytes, .length = sizeof(bytes) - 1
#define TEXT(bytes) .text = bytes, .n = sizeof(bytes) - 1
#define NUMBER(value) .number = (uint64_t)(int64_t)(value)
#define TAKES(bytes) .taken = bytes, .has_taken = true

/* It takes so many bytes; or that only if no more will come. */
#define GIVES(consumed) .final = TA_OK, .open = TA_OK, .at = (consumed)
#define GIVES_AT_END(consumed) .final = TA_OK, .open = TA_MORE, .at = (consumed), .missing = 1
/* It does not match, at this position; or the input is too short, by so many bytes. */
#define FAILS(position) .final = TA_E_NO_MATCH, .open = TA_E_NO_MATCH, .at = (position)
#define OVERFLOWS(position) .final = TA_E_OVERFLOW, .open = TA_E_OVERFLOW, .at = (position)
#define TOO_SHORT(position, bytes) \
    .final = TA_E_NO_MATCH, .open = TA_MORE, .at = (position), .missing = (bytes)
#define EXACT .is_exact = true

/* ---- Runners: a parser with the arguments of an example; a result that must not be touched is not --- */

#define RUN_NUMBER(name, type, call)                                                       \
    static ta_status run_##name(const struct example *e, ta_view *in, struct outcome *out) \
    {                                                                                      \
        type number = (type)0x5a;                                                          \
        (void)e;                                                                           \
        ta_status status = call;                                                           \
        if (status == TA_OK)                                                               \
            out->number = (uint64_t)number;                                                \
        else                                                                               \
            assert_true(number == (type)0x5a);                                             \
        return status;                                                                     \
    }

#define RUN_TAKEN(name, call)                                                              \
    static ta_status run_##name(const struct example *e, ta_view *in, struct outcome *out) \
    {                                                                                      \
        ta_view taken, untouched;                                                          \
        (void)e;                                                                           \
        memset(&taken, 0xa5, sizeof taken);                                                \
        memcpy(&untouched, &taken, sizeof taken);                                          \
        ta_status status = call;                                                           \
        if (status != TA_OK)                                                               \
            assert_memory_equal(&taken, &untouched, sizeof taken);                         \
        out->taken = taken;                                                                \
        out->has_taken = status == TA_OK;                                                  \
        return status;                                                                     \
    }

#define RUN_PLAIN(name, call)                                                              \
    static ta_status run_##name(const struct example *e, ta_view *in, struct outcome *out) \
    {                                                                                      \
        (void)e;                                                                           \
        (void)out;                                                                         \
        return call;                                                                       \
    }

static bool is_digit(uint8_t byte, void *context)
{
    (void)context;
    return byte >= '0' && byte <= '9';
}

/* clang-format off */
RUN_PLAIN(byte, ta_parse_byte(in, (uint8_t)e->text[0]))
RUN_PLAIN(tag, ta_parse_tag(in, e->text, e->n))
RUN_PLAIN(tag_no_case, ta_parse_tag_no_case(in, e->text, e->n))
RUN_NUMBER(one_of, uint8_t, ta_parse_one_of(in, e->text, e->n, &number))
RUN_NUMBER(none_of, uint8_t, ta_parse_none_of(in, e->text, e->n, &number))
RUN_TAKEN(take, ta_parse_take(in, e->n, &taken))
RUN_TAKEN(take_while, ta_parse_take_while(in, is_digit, NULL, &taken))
RUN_TAKEN(take_while_m_n, ta_parse_take_while_m_n(in, e->n, e->m, is_digit, NULL, &taken))
RUN_TAKEN(take_until, ta_parse_take_until(in, (uint8_t)e->text[0], &taken))
RUN_TAKEN(take_until_seq, ta_parse_take_until_seq(in, e->text, e->n, &taken))
RUN_TAKEN(line, ta_parse_line(in, &taken))
RUN_TAKEN(rest, ta_parse_rest(in, &taken))
RUN_PLAIN(end, ta_parse_end(in))
RUN_TAKEN(prefixed, ta_parse_prefixed(in, e->n, 1000, &taken))
RUN_NUMBER(varint, uint32_t, ta_parse_varint(in, e->n, &number))
RUN_NUMBER(decimal, uint32_t, ta_parse_decimal(in, &number))
RUN_NUMBER(decimal_signed, int32_t, ta_parse_decimal_signed(in, &number))
RUN_NUMBER(fixed, int32_t, ta_parse_fixed(in, (unsigned)e->n, &number))
RUN_NUMBER(hex, uint32_t, ta_parse_hex(in, e->n, e->m, &number))
#define RUN_BINARY(name, type, bytes, order) RUN_NUMBER(name, type, ta_parse_##name(in, &number))
TA_PARSE_BINARY_(RUN_BINARY)
/* clang-format on */

/* Items leave their numbers in a word, 1000 apart: 1, 2, 3 is 1002003. */
static ta_status item_hex_byte(ta_view *in, void *context)
{
    uint32_t number;
    uint64_t *word = context;
    ta_status status = ta_parse_hex(in, 2, 2, &number);
    if (status == TA_OK)
        *word = *word * 1000 + number;
    return status;
}

static ta_status item_decimal(ta_view *in, void *context)
{
    uint32_t number;
    uint64_t *word = context;
    ta_status status = ta_parse_decimal(in, &number);
    if (status == TA_OK)
        *word = *word * 1000 + number;
    return status;
}

static ta_status item_on(ta_view *in, void *context)
{
    (void)context;
    return ta_parse_tag(in, "on", 2);
}

static ta_status item_off(ta_view *in, void *context)
{
    (void)context;
    return ta_parse_tag(in, "off", 3);
}

static ta_status item_nothing(ta_view *in, void *context)
{
    (void)context;
    return ta_parse_tag(in, "", 0);
}

static ta_status item_digits_or_nothing(ta_view *in, void *context)
{
    ta_view digits;
    uint64_t *word = context;
    ta_status status = ta_parse_take_while(in, is_digit, NULL, &digits);
    if (status == TA_OK)
        *word = *word * 1000 + ta_view_len(&digits);
    return status;
}

/* The number is the count (or the index) in millions of millions, and the items below. */
#define RUN_LIST(name, call)                                                               \
    static ta_status run_##name(const struct example *e, ta_view *in, struct outcome *out) \
    {                                                                                      \
        uint64_t word = 0;                                                                 \
        size_t count = 77;                                                                 \
        (void)e;                                                                           \
        ta_status status = call;                                                           \
        if (status != TA_OK)                                                               \
            assert_int_equal(count, 77);                                                   \
        out->number = (uint64_t)count * 1000000000000u + word;                             \
        return status;                                                                     \
    }
#define LIST(count, items) .number = (count)*1000000000000u + (items)

static const ta_parser alternatives[] = {item_on, item_off, item_decimal};
static const ta_parser longest_first[] = {item_off, item_on};

RUN_LIST(many, ta_parse_many(in, item_hex_byte, &word, &count))
RUN_LIST(separated, ta_parse_separated(in, ',', item_decimal, &word, &count))
RUN_LIST(many_or_nothing, ta_parse_many(in, item_digits_or_nothing, &word, &count))
RUN_LIST(separated_bytes, ta_parse_separated(in, ',', item_hex_byte, &word, &count))
RUN_LIST(separated_or_nothing, ta_parse_separated(in, ',', item_digits_or_nothing, &word, &count))
RUN_LIST(alt, ta_parse_alt(in, alternatives, COUNT_OF(alternatives), &word, &count))
RUN_LIST(alt_longest_first, ta_parse_alt(in, longest_first, COUNT_OF(longest_first), &word, &count))
RUN_LIST(alt_of_none, ta_parse_alt(in, alternatives, 0, &word, &count))

/* ---- The table ----------------------------------------------------------------------------------------- */

#define BINARY(name, bytes, value)                                                   \
    {                                                                                \
        .run = run_##name, IN(bytes), GIVES(sizeof(bytes) - 1), NUMBER(value), EXACT \
    }
#define BINARY_SHORT(name, bytes, n)                                         \
    {                                                                        \
        .run = run_##name, IN(bytes), TOO_SHORT(sizeof(bytes) - 1, n), EXACT \
    }

/* clang-format off */
static const struct example examples[] IN_FLASH = {
    {.run = run_byte, TEXT(":"), IN(":x"), GIVES(1), EXACT},
    {.run = run_byte, TEXT(":"), IN(":"), GIVES(1), EXACT},
    {.run = run_byte, TEXT(":"), IN(";"), FAILS(0)},
    {.run = run_byte, TEXT("a"), IN("A"), FAILS(0)},
    {.run = run_byte, TEXT(":"), IN(""), TOO_SHORT(0, 1), EXACT},
    {.run = run_byte, TEXT("\xff"), IN("\xff"), GIVES(1), EXACT},

    {.run = run_tag, TEXT("GET"), IN("GET /"), GIVES(3), EXACT},
    {.run = run_tag, TEXT("GET"), IN("GET"), GIVES(3), EXACT},
    {.run = run_tag, TEXT("GET"), IN("GE"), TOO_SHORT(2, 1), EXACT},
    {.run = run_tag, TEXT("GET"), IN(""), TOO_SHORT(0, 3), EXACT},
    {.run = run_tag, TEXT("GET"), IN("GEX"), FAILS(2)},
    {.run = run_tag, TEXT("GET"), IN("get"), FAILS(0)},
    {.run = run_tag, TEXT(""), IN("x"), GIVES(0), EXACT},
    {.run = run_tag, TEXT(""), IN(""), GIVES(0), EXACT},
    {.run = run_tag, TEXT("a\0b"), IN("a\0bc"), GIVES(3), EXACT},

    {.run = run_tag_no_case, TEXT("Content-"), IN("cONTENT-type"), GIVES(8), EXACT},
    {.run = run_tag_no_case, TEXT("azAZ"), IN("AZaz"), GIVES(4), EXACT},
    {.run = run_tag_no_case, TEXT("ok"), IN("O"), TOO_SHORT(1, 1), EXACT},
    {.run = run_tag_no_case, TEXT("ok"), IN("Ox"), FAILS(1)},
    {.run = run_tag_no_case, TEXT("@"), IN("`"), FAILS(0)},
    {.run = run_tag_no_case, TEXT("b"), IN("c"), FAILS(0)},
    {.run = run_tag_no_case, TEXT("["), IN("{"), FAILS(0)},
    {.run = run_tag_no_case, TEXT("\xc4"), IN("\xe4"), FAILS(0)},

    {.run = run_one_of, TEXT("+-"), IN("-1"), GIVES(1), NUMBER('-'), EXACT},
    {.run = run_one_of, TEXT("+-"), IN("+"), GIVES(1), NUMBER('+'), EXACT},
    {.run = run_one_of, TEXT("+-"), IN("1"), FAILS(0)},
    {.run = run_one_of, TEXT("+-"), IN(""), TOO_SHORT(0, 1), EXACT},
    {.run = run_one_of, TEXT(""), IN("x"), FAILS(0)},
    {.run = run_none_of, TEXT("+-"), IN("1"), GIVES(1), NUMBER('1'), EXACT},
    {.run = run_none_of, TEXT("+-"), IN("-"), FAILS(0)},
    {.run = run_none_of, TEXT("+-"), IN("+"), FAILS(0)},
    {.run = run_none_of, TEXT("+-"), IN(""), TOO_SHORT(0, 1), EXACT},
    {.run = run_none_of, TEXT(""), IN("x"), GIVES(1), NUMBER('x'), EXACT},

    {.run = run_take, .n = 3, IN("abcd"), GIVES(3), TAKES("abc"), EXACT},
    {.run = run_take, .n = 11, IN("abcdefghijk"), GIVES(11), TAKES("abcdefghijk"), EXACT},
    {.run = run_take, .n = 0, IN("ab"), GIVES(0), TAKES(""), EXACT},
    {.run = run_take, .n = 0, IN(""), GIVES(0), TAKES(""), EXACT},
    {.run = run_take, .n = 5, IN("abc"), TOO_SHORT(3, 2), EXACT},
    {.run = run_take, .n = 1, IN(""), TOO_SHORT(0, 1), EXACT},
    {.run = run_take, .n = SIZE_MAX, IN("ab"), TOO_SHORT(2, SIZE_MAX - 2), EXACT},

    {.run = run_take_while, IN("12ab"), GIVES(2), TAKES("12")},
    {.run = run_take_while, IN("12"), GIVES_AT_END(2), TAKES("12")},
    {.run = run_take_while, IN("ab"), GIVES(0), TAKES("")},
    {.run = run_take_while, IN(""), GIVES_AT_END(0), TAKES("")},
    {.run = run_take_while, IN("1234567890x"), GIVES(10), TAKES("1234567890")},

    {.run = run_take_while_m_n, .n = 1, .m = 3, IN("12ab"), GIVES(2), TAKES("12")},
    {.run = run_take_while_m_n, .n = 1, .m = 3, IN("1234"), GIVES(3), TAKES("123")},
    {.run = run_take_while_m_n, .n = 1, .m = 3, IN("123"), GIVES(3), TAKES("123")},
    {.run = run_take_while_m_n, .n = 1, .m = 3, IN("12"), GIVES_AT_END(2), TAKES("12")},
    {.run = run_take_while_m_n, .n = 2, .m = 2, IN("12"), GIVES(2), TAKES("12"), EXACT},
    {.run = run_take_while_m_n, .n = 3, .m = 5, IN("12"), TOO_SHORT(2, 1), EXACT},
    {.run = run_take_while_m_n, .n = 3, .m = 5, IN("12a"), FAILS(2)},
    {.run = run_take_while_m_n, .n = 3, .m = 5, IN(""), TOO_SHORT(0, 3), EXACT},
    {.run = run_take_while_m_n, .n = 0, .m = 0, IN("12"), GIVES(0), TAKES("")},
    {.run = run_take_while_m_n, .n = 0, .m = 0, IN(""), GIVES(0), TAKES("")},
    {.run = run_take_while_m_n, .n = 0, .m = 2, IN("x"), GIVES(0), TAKES("")},

    {.run = run_take_until, TEXT(";"), IN("ab;c;"), GIVES(2), TAKES("ab")},
    {.run = run_take_until, TEXT(";"), IN(";"), GIVES(0), TAKES("")},
    {.run = run_take_until, TEXT(";"), IN("abcdef"), TOO_SHORT(6, 1)},
    {.run = run_take_until, TEXT(";"), IN(""), TOO_SHORT(0, 1)},

    {.run = run_take_until_seq, TEXT("\r\n"), IN("ab\r\ncd"), GIVES(2), TAKES("ab")},
    {.run = run_take_until_seq, TEXT("\r\n"), IN("a\rb\n\r\n"), GIVES(4), TAKES("a\rb\n")},
    {.run = run_take_until_seq, TEXT("\r\n"), IN("ab\r"), TOO_SHORT(3, 1)},
    {.run = run_take_until_seq, TEXT("aab"), IN("aaabaab"), GIVES(1), TAKES("a")},
    {.run = run_take_until_seq, TEXT("aab"), IN("aaaa"), TOO_SHORT(4, 1)},
    {.run = run_take_until_seq, TEXT("aab"), IN(""), TOO_SHORT(0, 3)},
    {.run = run_take_until_seq, TEXT(""), IN("ab"), GIVES(0), TAKES("")},

    {.run = run_line, IN("abc\ndef"), GIVES(4), TAKES("abc")},
    {.run = run_line, IN("abc\r\ndef"), GIVES(5), TAKES("abc")},
    {.run = run_line, IN("\n"), GIVES(1), TAKES("")},
    {.run = run_line, IN("a\n"), GIVES(2), TAKES("a")},
    {.run = run_line, IN("a"), GIVES_AT_END(1), TAKES("a")},
    {.run = run_line, IN("\r\n"), GIVES(2), TAKES("")},
    {.run = run_line, IN("a\rb\n"), GIVES(4), TAKES("a\rb")},
    {.run = run_line, IN("a\r\r\n"), GIVES(4), TAKES("a\r")},
    {.run = run_line, IN("\n\n"), GIVES(1), TAKES("")},
    {.run = run_line, IN("abc"), GIVES_AT_END(3), TAKES("abc")},
    {.run = run_line, IN("abc\r"), GIVES_AT_END(4), TAKES("abc\r")},
    {.run = run_line, IN(""), TOO_SHORT(0, 1)},

    {.run = run_rest, IN("abc"), GIVES(3), TAKES("abc"), .takes_what_is_there = true},
    {.run = run_rest, IN(""), GIVES(0), TAKES(""), .takes_what_is_there = true},

    BINARY(u8, "\x00", 0), BINARY(u8, "\x80", 0x80), BINARY(u8, "\xff", 0xff), BINARY_SHORT(u8, "", 1),
    BINARY(u16be, "\x12\x34", 0x1234), BINARY(u16be, "\xff\xfe", 0xfffe), BINARY_SHORT(u16be, "\x12", 1),
    BINARY(u16le, "\x12\x34", 0x3412), BINARY(u16le, "\xff\xfe", 0xfeff), BINARY_SHORT(u16le, "", 2),
    BINARY(u24be, "\x12\x34\x56", 0x123456), BINARY(u24be, "\xff\xff\xff", 0xffffff),
    BINARY_SHORT(u24be, "\x12", 2),
    BINARY(u24le, "\x12\x34\x56", 0x563412), BINARY(u24le, "\xff\xff\xff", 0xffffff),
    BINARY_SHORT(u24le, "ab", 1),
    BINARY(u32be, "\x12\x34\x56\x78", 0x12345678), BINARY(u32be, "\xff\xff\xff\xff", 0xffffffff),
    BINARY(u32le, "\x12\x34\x56\x78", 0x78563412), BINARY(u32le, "\x00\x00\x00\x80", 0x80000000),
    BINARY_SHORT(u32be, "abc", 1), BINARY_SHORT(u32le, "a", 3),
    BINARY(u64be, "\x12\x34\x56\x78\x9a\xbc\xde\xf0", 0x123456789abcdef0),
    BINARY(u64be, "\xff\xff\xff\xff\xff\xff\xff\xff", UINT64_MAX),
    BINARY(u64le, "\x12\x34\x56\x78\x9a\xbc\xde\xf0", 0xf0debc9a78563412),
    BINARY_SHORT(u64be, "1234567", 1), BINARY_SHORT(u64le, "", 8),
    BINARY(i8, "\x00", 0), BINARY(i8, "\x7f", 127), BINARY(i8, "\x80", -128), BINARY(i8, "\xff", -1),
    BINARY_SHORT(i8, "", 1),
    BINARY(i16be, "\x7f\xff", INT16_MAX), BINARY(i16be, "\x80\x00", INT16_MIN), BINARY(i16be, "\xff\xfe", -2),
    BINARY(i16le, "\xff\x7f", INT16_MAX), BINARY(i16le, "\x00\x80", INT16_MIN), BINARY(i16le, "\xfe\xff", -2),
    BINARY_SHORT(i16be, "a", 1), BINARY_SHORT(i16le, "", 2),
    BINARY(i24be, "\x7f\xff\xff", 8388607), BINARY(i24be, "\x80\x00\x00", -8388608),
    BINARY(i24be, "\xff\xff\xfe", -2),
    BINARY(i24le, "\xff\xff\x7f", 8388607), BINARY(i24le, "\x00\x00\x80", -8388608),
    BINARY(i24le, "\xfe\xff\xff", -2),
    BINARY_SHORT(i24be, "ab", 1), BINARY_SHORT(i24le, "a", 2),
    BINARY(i32be, "\x7f\xff\xff\xff", INT32_MAX), BINARY(i32be, "\x80\x00\x00\x00", INT32_MIN),
    BINARY(i32be, "\xff\xff\xff\xfe", -2), BINARY(i32le, "\xff\xff\xff\x7f", INT32_MAX),
    BINARY(i32le, "\x00\x00\x00\x80", INT32_MIN), BINARY(i32le, "\xfe\xff\xff\xff", -2),
    BINARY_SHORT(i32be, "abc", 1), BINARY_SHORT(i32le, "", 4),
    BINARY(i64be, "\x7f\xff\xff\xff\xff\xff\xff\xff", INT64_MAX),
    BINARY(i64be, "\x80\x00\x00\x00\x00\x00\x00\x00", INT64_MIN),
    BINARY(i64le, "\xff\xff\xff\xff\xff\xff\xff\x7f", INT64_MAX),
    BINARY(i64le, "\xfe\xff\xff\xff\xff\xff\xff\xff", -2),
    BINARY_SHORT(i64be, "1234567", 1), BINARY_SHORT(i64le, "123", 5),
    {.run = run_u16be, IN("\x12\x34\x56"), GIVES(2), NUMBER(0x1234), EXACT},
    {.run = run_i24le, IN("\xff\xff\xff\x7f"), GIVES(3), NUMBER(-1), EXACT},

    {.run = run_varint, .n = 4, IN("\x00"), GIVES(1), NUMBER(0)},
    {.run = run_varint, .n = 4, IN("\x7f" "x"), GIVES(1), NUMBER(127)},
    {.run = run_varint, .n = 4, IN("\x80\x01"), GIVES(2), NUMBER(128)},
    {.run = run_varint, .n = 4, IN("\xff\x7f"), GIVES(2), NUMBER(16383)},
    {.run = run_varint, .n = 4, IN("\x80\x80\x01"), GIVES(3), NUMBER(16384)},
    {.run = run_varint, .n = 4, IN("\xff\xff\xff\x7f"), GIVES(4), NUMBER(268435455)},
    {.run = run_varint, .n = 4, IN("\xff\xff\xff\xff\x01"), FAILS(4)},
    {.run = run_varint, .n = 4, IN("\xff\xff\xff\xff"), FAILS(4)},
    {.run = run_varint, .n = 5, IN("\x80\x80\x80\x80\x08"), GIVES(5), NUMBER(0x80000000)},
    {.run = run_varint, .n = 5, IN("\xff\xff\xff\xff\x0f"), GIVES(5), NUMBER(UINT32_MAX)},
    {.run = run_varint, .n = 5, IN("\x80\x80\x80\x80\x10"), OVERFLOWS(4)},
    {.run = run_varint, .n = 5, IN("\xff\xff\xff\xff\x1f"), OVERFLOWS(4)},
    {.run = run_varint, .n = 5, IN("\xff\xff\xff\xff\x8f"), FAILS(5)},
    {.run = run_varint, .n = 6, IN("\xff\xff\xff\xff\x8f\x00"), GIVES(6), NUMBER(UINT32_MAX)}, /* overlong */
    {.run = run_varint, .n = 6, IN("\x80\x80\x80\x80\x80\x01"), OVERFLOWS(5)},
    {.run = run_varint, .n = 2, IN("\x80\x00"), GIVES(2), NUMBER(0)},
    {.run = run_varint, .n = 10, IN("\x81\x80\x80\x80\x80\x80\x80\x80\x80\x00"), GIVES(10), NUMBER(1)},
    {.run = run_varint, .n = 4, IN(""), TOO_SHORT(0, 1), EXACT},
    {.run = run_varint, .n = 4, IN("\x80"), TOO_SHORT(1, 1), EXACT},
    {.run = run_varint, .n = 1, IN("\x80"), FAILS(1)},
    {.run = run_varint, .n = 0, IN("\x00"), FAILS(0)},

    {.run = run_decimal, IN("123 "), GIVES(3), NUMBER(123)},
    {.run = run_decimal, IN("123"), GIVES_AT_END(3), NUMBER(123)},
    {.run = run_decimal, IN("0"), GIVES_AT_END(1), NUMBER(0)},
    {.run = run_decimal, IN("007x"), GIVES(3), NUMBER(7)},
    {.run = run_decimal, IN("12.5"), GIVES(2), NUMBER(12)},
    {.run = run_decimal, IN("4294967295;"), GIVES(10), NUMBER(UINT32_MAX)},
    {.run = run_decimal, IN("4294967295"), GIVES_AT_END(10), NUMBER(UINT32_MAX)},
    {.run = run_decimal, IN("4294967296"), OVERFLOWS(9)},
    {.run = run_decimal, IN("4294967300"), OVERFLOWS(9)},
    {.run = run_decimal, IN("42949672950"), OVERFLOWS(10)},
    {.run = run_decimal, IN("99999999999999999999"), OVERFLOWS(9)},
    {.run = run_decimal, IN("00000000004294967295 "), GIVES(20), NUMBER(UINT32_MAX)},
    {.run = run_decimal, IN(""), TOO_SHORT(0, 1), EXACT},
    {.run = run_decimal, IN("x1"), FAILS(0)},
    {.run = run_decimal, IN("-1"), FAILS(0)},
    {.run = run_decimal, IN("/"), FAILS(0)},
    {.run = run_decimal, IN(":"), FAILS(0)},
    {.run = run_decimal, IN("1a"), GIVES(1), NUMBER(1)},

    {.run = run_decimal_signed, IN("-12,"), GIVES(3), NUMBER(-12)},
    {.run = run_decimal_signed, IN("+12,"), GIVES(3), NUMBER(12)},
    {.run = run_decimal_signed, IN("12,"), GIVES(2), NUMBER(12)},
    {.run = run_decimal_signed, IN("-0"), GIVES_AT_END(2), NUMBER(0)},
    {.run = run_decimal_signed, IN("2147483647 "), GIVES(10), NUMBER(INT32_MAX)},
    {.run = run_decimal_signed, IN("2147483648"), OVERFLOWS(9)},
    {.run = run_decimal_signed, IN("+2147483648"), OVERFLOWS(10)},
    {.run = run_decimal_signed, IN("-2147483648"), GIVES_AT_END(11), NUMBER(INT32_MIN)},
    {.run = run_decimal_signed, IN("-2147483648 "), GIVES(11), NUMBER(INT32_MIN)},
    {.run = run_decimal_signed, IN("-2147483649"), OVERFLOWS(10)},
    {.run = run_decimal_signed, IN("-4294967295"), OVERFLOWS(10)},
    {.run = run_decimal_signed, IN(""), TOO_SHORT(0, 1)},
    {.run = run_decimal_signed, IN("-"), TOO_SHORT(1, 1)},
    {.run = run_decimal_signed, IN("+"), TOO_SHORT(1, 1)},
    {.run = run_decimal_signed, IN("--1"), FAILS(1)},
    {.run = run_decimal_signed, IN("- 1"), FAILS(1)},
    {.run = run_decimal_signed, IN(" 1"), FAILS(0)},

    {.run = run_fixed, .n = 2, IN("3.14 "), GIVES(4), NUMBER(314)},
    {.run = run_fixed, .n = 2, IN("-3.5 "), GIVES(4), NUMBER(-350)},
    {.run = run_fixed, .n = 2, IN("+3.5"), GIVES_AT_END(4), NUMBER(350)},
    {.run = run_fixed, .n = 2, IN("3 "), GIVES(1), NUMBER(300)},
    {.run = run_fixed, .n = 2, IN("3"), GIVES_AT_END(1), NUMBER(300)},
    {.run = run_fixed, .n = 2, IN("3.14959 "), GIVES(7), NUMBER(314)},
    {.run = run_fixed, .n = 2, IN("-0.05 "), GIVES(5), NUMBER(-5)},
    {.run = run_fixed, .n = 1, IN("1.2.3"), GIVES(3), NUMBER(12)},
    {.run = run_fixed, .n = 0, IN("3.99 "), GIVES(4), NUMBER(3)},
    {.run = run_fixed, .n = 0, IN("-7;"), GIVES(2), NUMBER(-7)},
    {.run = run_fixed, .n = 2, IN("21474836.47 "), GIVES(11), NUMBER(INT32_MAX)},
    {.run = run_fixed, .n = 2, IN("21474836.48"), OVERFLOWS(10)},
    {.run = run_fixed, .n = 2, IN("-21474836.48 "), GIVES(12), NUMBER(INT32_MIN)},
    {.run = run_fixed, .n = 2, IN("-21474836.49"), OVERFLOWS(11)},
    {.run = run_fixed, .n = 2, IN("21474837 "), OVERFLOWS(8)},
    {.run = run_fixed, .n = 1, IN("214748364 "), GIVES(9), NUMBER(2147483640)},
    {.run = run_fixed, .n = 1, IN("214748365 "), OVERFLOWS(9)},
    {.run = run_fixed, .n = 9, IN("2.147483647 "), GIVES(11), NUMBER(INT32_MAX)},
    {.run = run_fixed, .n = 9, IN("2.147483648"), OVERFLOWS(10)},
    {.run = run_fixed, .n = 9, IN("-2.1474836489 "), GIVES(13), NUMBER(INT32_MIN)},
    {.run = run_fixed, .n = 9, IN("3 "), OVERFLOWS(1)},
    {.run = run_fixed, .n = 9, IN("0.000000001 "), GIVES(11), NUMBER(1)},
    {.run = run_fixed, .n = 2, IN("3."), TOO_SHORT(2, 1)},
    {.run = run_fixed, .n = 0, IN("3."), TOO_SHORT(2, 1)},
    {.run = run_fixed, .n = 2, IN("3.x"), FAILS(2)},
    {.run = run_fixed, .n = 0, IN("3.x"), FAILS(2)},
    {.run = run_fixed, .n = 2, IN(".5"), FAILS(0)},
    {.run = run_fixed, .n = 2, IN("-.5"), FAILS(1)},
    {.run = run_fixed, .n = 2, IN("-"), TOO_SHORT(1, 1)},
    {.run = run_fixed, .n = 2, IN(""), TOO_SHORT(0, 1)},

    {.run = run_hex, .n = 1, .m = 8, IN("1aF;"), GIVES(3), NUMBER(0x1af)},
    {.run = run_hex, .n = 1, .m = 8, IN("12"), GIVES_AT_END(2), NUMBER(0x12)},
    {.run = run_hex, .n = 2, .m = 2, IN("ff"), GIVES(2), NUMBER(0xff), EXACT},
    {.run = run_hex, .n = 2, .m = 2, IN("fff"), GIVES(2), NUMBER(0xff), EXACT},
    {.run = run_hex, .n = 2, .m = 2, IN("f"), TOO_SHORT(1, 1), EXACT},
    {.run = run_hex, .n = 2, .m = 2, IN("fg"), FAILS(1)},
    {.run = run_hex, .n = 8, .m = 8, IN("DEADbeef"), GIVES(8), NUMBER(0xdeadbeef), EXACT},
    {.run = run_hex, .n = 8, .m = 8, IN("ffffffff"), GIVES(8), NUMBER(UINT32_MAX), EXACT},
    {.run = run_hex, .n = 1, .m = 8, IN("ffffffff0"), GIVES(8), NUMBER(UINT32_MAX)},
    {.run = run_hex, .n = 4, .m = 8, IN(""), TOO_SHORT(0, 4), EXACT},
    {.run = run_hex, .n = 1, .m = 8, IN("g"), FAILS(0)},
    {.run = run_hex, .n = 1, .m = 8, IN("G"), FAILS(0)},
    {.run = run_hex, .n = 1, .m = 8, IN("/"), FAILS(0)},
    {.run = run_hex, .n = 1, .m = 8, IN(":"), FAILS(0)},
    {.run = run_hex, .n = 1, .m = 8, IN("@"), FAILS(0)},
    {.run = run_hex, .n = 1, .m = 8, IN("`"), FAILS(0)},
    {.run = run_hex, .n = 0, .m = 4, IN("x"), GIVES(0), NUMBER(0)},
    {.run = run_hex, .n = 0, .m = 0, IN("1"), GIVES(0), NUMBER(0)},

    {.run = run_end, IN(""), GIVES_AT_END(0)},
    {.run = run_end, IN("x"), FAILS(0)},

    {.run = run_prefixed, .n = 1, IN("\x03" "abcd"), GIVES(4), TAKES("abc")},
    {.run = run_prefixed, .n = 1, IN("\x00"), GIVES(1), TAKES("")},
    {.run = run_prefixed, .n = 2, IN("\x00\x02" "ab"), GIVES(4), TAKES("ab")},
    {.run = run_prefixed, .n = 3, IN("\x00\x00\x05" "abcdefg"), GIVES(8), TAKES("abcde")},
    {.run = run_prefixed, .n = 4, IN("\x00\x00\x00\x01" "a"), GIVES(5), TAKES("a")},
    {.run = run_prefixed, .n = 1, IN("\x05" "ab"), TOO_SHORT(3, 3), EXACT},
    {.run = run_prefixed, .n = 2, IN("\x01\x00" "ab"), TOO_SHORT(4, 254), EXACT},
    {.run = run_prefixed, .n = 2, IN("\x03\xe8" "ab"), TOO_SHORT(4, 998), EXACT},
    {.run = run_prefixed, .n = 2, IN("\x03\xe9" "ab"), OVERFLOWS(2)},
    {.run = run_prefixed, .n = 4, IN("\x7f\xff\xff\xff" "ab"), OVERFLOWS(4)},
    {.run = run_prefixed, .n = 2, IN(""), TOO_SHORT(0, 2), EXACT},
    {.run = run_prefixed, .n = 2, IN("\x00"), TOO_SHORT(1, 1), EXACT},

    {.run = run_many, IN("0102;"), GIVES(4), LIST(2, 1002)},
    {.run = run_many, IN("01020c"), GIVES_AT_END(6), LIST(3, 1002012)},
    {.run = run_many, IN("x"), GIVES(0), LIST(0, 0)},
    {.run = run_many, IN(""), GIVES_AT_END(0), LIST(0, 0)},
    {.run = run_many, IN("010x"), GIVES(2), LIST(1, 1)},
    {.run = run_many, IN("010"), GIVES_AT_END(2), LIST(1, 1)},

    {.run = run_many_or_nothing, IN("12;"), GIVES(2), LIST(1, 2000)}, /* what takes nothing ends the list */
    {.run = run_many_or_nothing, IN(";"), GIVES(0), LIST(0, 0)},

    {.run = run_separated, IN("1,22,3;"), GIVES(6), LIST(3, 1022003)},
    {.run = run_separated, IN("1;"), GIVES(1), LIST(1, 1)},
    {.run = run_separated, IN("1,2"), GIVES_AT_END(3), LIST(2, 1002)},
    {.run = run_separated, IN("12,"), GIVES_AT_END(2), LIST(1, 12)},
    {.run = run_separated, IN("1,x"), GIVES(1), LIST(1, 1)},
    {.run = run_separated, IN("1,,2"), GIVES(1), LIST(1, 1)},
    {.run = run_separated, IN("x"), FAILS(0)},
    {.run = run_separated, IN(",1"), FAILS(0)},
    {.run = run_separated, IN(""), TOO_SHORT(0, 1)},
    {.run = run_separated, IN("1,4294967296"), OVERFLOWS(11)},

    {.run = run_separated_bytes, IN("01,02;"), GIVES(5), LIST(2, 1002)},
    {.run = run_separated_bytes, IN("01,;"), GIVES(2), LIST(1, 1)},
    {.run = run_separated_bytes, IN("01,0"), GIVES_AT_END(2), LIST(1, 1)},
    {.run = run_separated_bytes, IN("0"), TOO_SHORT(1, 1)},
    {.run = run_separated_or_nothing, IN("1,,22;"), GIVES(5), LIST(3, 1000002)},
    {.run = run_separated_or_nothing, IN(",;"), GIVES(1), LIST(2, 0)},
    {.run = run_separated_or_nothing, IN(";"), GIVES(0), LIST(1, 0)},

    {.run = run_alt, IN("on;"), GIVES(2), LIST(0, 0)},
    {.run = run_alt, IN("off;"), GIVES(3), LIST(1, 0)},
    {.run = run_alt, IN("42;"), GIVES(2), LIST(2, 42)},
    {.run = run_alt, IN("42"), GIVES_AT_END(2), LIST(2, 42)},
    {.run = run_alt, IN("o"), TOO_SHORT(0, 1)},
    {.run = run_alt, IN("x"), FAILS(0)},
    {.run = run_alt, IN(""), TOO_SHORT(0, 2)},
    {.run = run_alt, IN("4294967296"), OVERFLOWS(9)},
    {.run = run_alt_longest_first, IN("on"), GIVES(2), LIST(1, 0)},
    {.run = run_alt_longest_first, IN("off"), GIVES(3), LIST(0, 0)},
    {.run = run_alt_of_none, IN("x"), FAILS(0)},
};
/* clang-format on */

/* ---- One look at an example ---------------------------------------------------------------------------- */

static size_t example_number;

/* An example, at hand until the next one is asked for. */
static const struct example *example(size_t i)
{
    static struct example copy;
    copy_from_flash(&copy, &examples[i], sizeof copy);
    example_number = i;
    return &copy;
}

static void fail_of(const struct example *e, const char *how, const char *what)
{
    fail_msg("example %zu, \"%.*s\", %s: %s", example_number, (int)e->length, e->input, how, what);
}

/* An open view is asked for more, a final one does not match. */
static bool is_open(const ta_view *v)
{
    ta_view copy = *v, taken;
    return ta_parse_take(&copy, ta_view_len(v) + 1, &taken) == TA_MORE;
}

/* What was taken is final and lies where the input lies; the rest is what follows, as open as the whole
 * was. */
static void expect_taken(const struct example *e, const ta_view *rest, const struct outcome *out,
                         bool was_open, size_t length, const char *how)
{
    if (ta_view_len(rest) != length - e->at)
        fail_of(e, how, "it took another number of bytes");
    if (ta_view_equals(rest, e->input + e->at, length - e->at) != TA_OK)
        fail_of(e, how, "what is left is something else");
    if (is_open(rest) != was_open)
        fail_of(e, how, "the rest is not as open as the input");
    if (out->number != e->number)
        fail_of(e, how, "another number");
    if (out->has_taken != e->has_taken)
        fail_of(e, how, "nothing was taken");
    if (e->has_taken && ta_view_equals(&out->taken, e->taken, strlen(e->taken)) != TA_OK)
        fail_of(e, how, "other bytes were taken");
    if (e->has_taken && is_open(&out->taken))
        fail_of(e, how, "what was taken is open");
}

/* A parser that fails leaves what the view is, and says where it stopped. */
static bool is_same_input(const ta_view *a, const ta_view *b)
{
    return a->here.at == b->here.at && a->here.left == b->here.left && a->here.rest == b->here.rest &&
           a->here.chunk.bits == b->here.chunk.bits && a->chain == b->chain && a->stamp == b->stamp &&
           a->is_final == b->is_final;
}

/* Run it. A status but TA_OK leaves the input as it was, and says where. */
static ta_status run_once(const struct example *e, ta_view *in, struct outcome *out, const char *how)
{
    ta_view before = *in;
    in->stopped = in->missing = 777;
    memset(out, 0, sizeof *out);
    ta_status status = e->run(e, in, out);
    if (status != TA_OK && !is_same_input(in, &before))
        fail_of(e, how, "the input was touched");
    if (status == TA_MORE && in->stopped != ta_view_len(in))
        fail_of(e, how, "more is wanted behind another byte than the last");
    if (status != TA_OK && status != TA_MORE && in->missing != 0)
        fail_of(e, how, "something is missing although no more is wanted");
    return status;
}

/* The result for the whole input: final, or open. */
static void expect_result(const struct example *e, ta_view in, const char *how)
{
    struct outcome out;
    bool was_open = is_open(&in);
    ta_status expected = was_open ? e->open : e->final, status = run_once(e, &in, &out, how);
    if (status != expected)
        fail_of(e, how, ta_status_name(status));
    if (status == TA_OK) {
        expect_taken(e, &in, &out, was_open, e->length, how);
    } else if (status == TA_MORE) {
        if (e->is_exact ? in.missing != e->missing : in.missing > e->missing)
            fail_of(e, how, "another number of bytes is missing");
    } else if (in.stopped != e->at) {
        fail_of(e, how, "it failed at another position");
    }
}

/* ---- The examples, in every shape ---------------------------------------------------------------------- */

#define BLOCK_SIZE_MAX EFFORT(8, 5, 2)
#define MADE_BLOCKS 40

static ta_slab made;
static TA_ALIGNAS(max_align_t) uint8_t arena[ARENA_OF(MADE_BLOCKS, BLOCK_SIZE_MAX)];

/* An empty buffer of a new pool, whose first byte will lie `offset` bytes into its chunk; it holds one
 * byte for that. */
static ta_buffer make_buffer(size_t block_size, size_t offset)
{
    uint8_t bytes[BLOCK_SIZE_MAX + 1] = {0};
    assert_int_equal(ta_slab_init(&made, arena, ARENA_OF(MADE_BLOCKS, block_size), block_size), TA_OK);
    ta_buffer b = TA_BUFFER_INIT(&made.allocator);
    assert_int_equal(ta_buffer_write(&b, bytes, offset + 1), TA_OK);
    assert_int_equal(ta_buffer_consume(&b, offset), TA_OK);
    return b;
}

/* The view of a buffer without the byte that keeps its phase. */
static ta_view view_behind_first(const ta_buffer *b)
{
    ta_view v = ta_buffer_view(b);
    assert_int_equal(ta_view_skip(&v, 1), TA_OK);
    return v;
}

#define FOR_EACH_PHASE(block_size, offset)                                  \
    for (size_t block_size = 1; block_size <= BLOCK_SIZE_MAX; block_size++) \
        for (size_t offset = 0; offset < block_size; offset++)

static void linear_input_gives_the_result(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        const struct example *e = example(i);
        expect_result(e, ta_view_of(e->input, e->length), "linear");
    }
}

static void chunks_give_the_result_wherever_the_input_is_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        const struct example *e = example(i);
        FOR_EACH_PHASE(block_size, offset)
        {
            ta_buffer b = make_buffer(block_size, offset);
            assert_int_equal(ta_buffer_write(&b, e->input, e->length), TA_OK);
            expect_result(e, ta_view_final(view_behind_first(&b)), "chunks");
            expect_result(e, view_behind_first(&b), "open chunks");
        }
    }
}

/*
 * The input arrives byte by byte, and is parsed anew each time. First more is wanted, and never more than
 * that; then the result is there, and stays whatever comes behind.
 */
static void arrive_byte_by_byte(const struct example *e, size_t block_size, size_t offset)
{
    size_t missing[32], decided = SIZE_MAX;
    ta_buffer b = make_buffer(block_size, offset);
    for (size_t n = 0; n <= e->length; n++) {
        struct outcome out;
        ta_view in = view_behind_first(&b);
        ta_status status = run_once(e, &in, &out, "arriving");
        if (status == TA_MORE) {
            if (decided != SIZE_MAX)
                fail_of(e, "arriving", "more is wanted although it was decided");
            missing[n] = in.missing;
        } else {
            if (decided == SIZE_MAX)
                decided = n;
            if (status != e->open)
                fail_of(e, "arriving", ta_status_name(status));
            if (status == TA_OK)
                expect_taken(e, &in, &out, true, n, "arriving");
            else if (in.stopped != e->at)
                fail_of(e, "arriving", "it failed at another position");
        }
        if (n < e->length)
            assert_int_equal(ta_buffer_push(&b, (uint8_t)e->input[n]), TA_OK);
    }
    if (e->open != TA_OK)
        return;
    for (size_t n = 0; n < decided; n++)
        if (e->is_exact ? missing[n] != decided - n : missing[n] > decided - n)
            fail_of(e, "arriving", "another number of bytes was missing");
}

static void input_that_arrives_byte_by_byte_gives_the_result_of_the_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        const struct example *e = example(i);
        if (e->takes_what_is_there)
            continue;
        FOR_EACH_PHASE(block_size, offset)
        {
            arrive_byte_by_byte(e, block_size, offset);
        }
    }
}

/* ---- The same in words --------------------------------------------------------------------------------- */

static void number_at_the_end_is_complete_only_if_no_more_can_come(void **state)
{
    (void)state;
    uint32_t number = 0;
    ta_buffer b = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_write(&b, "123", 3), TA_OK);
    ta_view open = ta_buffer_view(&b), final = ta_view_final(open);
    assert_int_equal(ta_parse_decimal(&open, &number), TA_MORE);
    assert_int_equal(number, 0);
    assert_int_equal(ta_parse_decimal(&final, &number), TA_OK);
    assert_int_equal(number, 123);
    assert_true(ta_view_is_empty(&final));
}

/* Of the original: take_from returned the whole input, so parsing past the first token was impossible. */
static void parsing_goes_on_behind_the_first_token(void **state)
{
    (void)state;
    uint32_t number;
    ta_view key, in = ta_view_of("level=42\r\nnext", 14), line;
    assert_int_equal(ta_parse_line(&in, &line), TA_OK);
    assert_int_equal(ta_parse_take_until(&line, '=', &key), TA_OK);
    assert_int_equal(ta_view_equals(&key, "level", 5), TA_OK);
    assert_int_equal(ta_parse_byte(&line, '='), TA_OK);
    assert_int_equal(ta_parse_decimal(&line, &number), TA_OK);
    assert_int_equal(number, 42);
    assert_true(ta_view_is_empty(&line));
    assert_int_equal(ta_view_equals(&in, "next", 4), TA_OK);
}

static void rest_of_an_open_view_is_what_is_there_now(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    ta_view rest;
    for (size_t n = 0; n <= 9; n++) {
        ta_view in = ta_buffer_view(&b);
        uint8_t bytes[16];
        fill_pattern(bytes, 0, n);
        assert_int_equal(ta_parse_rest(&in, &rest), TA_OK);
        assert_int_equal(ta_view_equals(&rest, bytes, n), TA_OK);
        assert_true(ta_view_is_empty(&in));
        assert_true(is_open(&in));
        assert_int_equal(ta_buffer_push(&b, pattern(n)), TA_OK);
    }
}

/* An item that takes nothing ends a list rather than repeating for ever. */
static void item_that_takes_nothing_ends_the_list(void **state)
{
    (void)state;
    size_t count = 77;
    ta_view in = ta_view_of("abc", 3);
    assert_int_equal(ta_parse_many(&in, item_nothing, NULL, &count), TA_OK);
    assert_int_equal(count, 0);
    assert_int_equal(ta_view_len(&in), 3);
    assert_int_equal(ta_parse_separated(&in, ',', item_nothing, NULL, &count), TA_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ta_view_len(&in), 3);
}

/* ---- Refusals ------------------------------------------------------------------------------------------ */

static void stale_input_is_refused_by_every_parser(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        const struct example *e = example(i);
        fresh_pool(pool);
        ta_buffer b = TA_BUFFER_INIT(pool);
        assert_int_equal(ta_buffer_write(&b, "0102,", 5), TA_OK);
        ta_view in = ta_buffer_view(&b), before;
        ta_clear(pool);
        memcpy(&before, &in, sizeof in);
        struct outcome out;
        assert_int_equal(e->run(e, &in, &out), TA_E_STALE);
        assert_memory_equal(&in, &before, sizeof in);
    }
}

static void null_input_is_refused_by_every_parser(void **state)
{
    (void)state;
    struct outcome out;
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        const struct example *e = example(i);
        assert_int_equal(e->run(e, NULL, &out), TA_E_INVALID);
    }
}

#define EXPECT_REFUSED(call)                          \
    do {                                              \
        assert_int_equal(call, TA_E_INVALID);         \
        assert_memory_equal(&in, &before, sizeof in); \
    } while (0)

static void impossible_arguments_are_refused(void **state)
{
    (void)state;
    uint8_t byte;
    uint32_t number;
    int32_t signed_number;
    size_t count;
    ta_view in = ta_view_of("\x01"
                            "23456789",
                            9),
            before, taken;
    memcpy(&before, &in, sizeof in);
    EXPECT_REFUSED(ta_parse_tag(&in, NULL, 1));
    EXPECT_REFUSED(ta_parse_tag_no_case(&in, NULL, 1));
    EXPECT_REFUSED(ta_parse_one_of(&in, NULL, 1, &byte));
    EXPECT_REFUSED(ta_parse_none_of(&in, NULL, 1, &byte));
    EXPECT_REFUSED(ta_parse_take_while(&in, NULL, NULL, &taken));
    EXPECT_REFUSED(ta_parse_take_while_m_n(&in, 2, 1, is_digit, NULL, &taken));
    EXPECT_REFUSED(ta_parse_take_while_m_n(&in, 0, 1, NULL, NULL, &taken));
    EXPECT_REFUSED(ta_parse_take_until_seq(&in, NULL, 1, &taken));
    EXPECT_REFUSED(ta_parse_fixed(&in, 10, &signed_number));
    EXPECT_REFUSED(ta_parse_hex(&in, 1, 9, &number));
    EXPECT_REFUSED(ta_parse_hex(&in, 3, 2, &number));
    EXPECT_REFUSED(ta_parse_prefixed(&in, 0, 9, &taken));
    EXPECT_REFUSED(ta_parse_prefixed(&in, 5, 9, &taken));
    EXPECT_REFUSED(ta_parse_many(&in, NULL, NULL, &count));
    EXPECT_REFUSED(ta_parse_separated(&in, ',', NULL, NULL, &count));
    EXPECT_REFUSED(ta_parse_alt(&in, NULL, 1, NULL, &count));
}

/* A result that nobody wants is parsed all the same. */
static void results_may_be_null(void **state)
{
    (void)state;
    static const char text[] = "abc12-34;5.6,ff\x80\x01zz\x01!line\n7,8on";
    ta_view in = ta_view_of(text, sizeof text - 1);
#define EXPECT_PASSED(n, call)                          \
    do {                                                \
        size_t before = ta_view_len(&in);               \
        assert_int_equal(call, TA_OK);                  \
        assert_int_equal(before - ta_view_len(&in), n); \
    } while (0)
    EXPECT_PASSED(1, ta_parse_one_of(&in, "a", 1, NULL));
    EXPECT_PASSED(1, ta_parse_none_of(&in, "a", 1, NULL));
    EXPECT_PASSED(1, ta_parse_take(&in, 1, NULL));
    EXPECT_PASSED(2, ta_parse_decimal(&in, NULL));
    EXPECT_PASSED(3, ta_parse_decimal_signed(&in, NULL));
    EXPECT_PASSED(1, ta_parse_byte(&in, ';'));
    EXPECT_PASSED(3, ta_parse_fixed(&in, 1, NULL));
    EXPECT_PASSED(1, ta_parse_byte(&in, ','));
    EXPECT_PASSED(2, ta_parse_hex(&in, 2, 2, NULL));
    EXPECT_PASSED(2, ta_parse_varint(&in, 2, NULL));
    EXPECT_PASSED(2, ta_parse_take_until_seq(&in, "\x01!", 2, NULL));
    EXPECT_PASSED(2, ta_parse_prefixed(&in, 1, 9, NULL));
    EXPECT_PASSED(5, ta_parse_line(&in, NULL));
    EXPECT_PASSED(3, ta_parse_separated(&in, ',', item_decimal, &(uint64_t){0}, NULL));
    EXPECT_PASSED(2, ta_parse_alt(&in, alternatives, COUNT_OF(alternatives), NULL, NULL));
    assert_true(ta_view_is_empty(&in));
#define EXPECT_BINARY_PASSED(name, type, bytes, order) \
    in = ta_view_of("12345678", 8);                    \
    EXPECT_PASSED(bytes, ta_parse_##name(&in, NULL));
    TA_PARSE_BINARY_(EXPECT_BINARY_PASSED)
    in = ta_view_of("123onon;45;rest", 15);
    EXPECT_PASSED(2, ta_parse_take_while_m_n(&in, 1, 2, is_digit, NULL, NULL));
    EXPECT_PASSED(1, ta_parse_take_while(&in, is_digit, NULL, NULL));
    EXPECT_PASSED(4, ta_parse_many(&in, item_on, NULL, NULL));
    EXPECT_PASSED(0, ta_parse_take_until(&in, ';', NULL));
    EXPECT_PASSED(1, ta_parse_byte(&in, ';'));
    EXPECT_PASSED(2, ta_parse_take_until(&in, ';', NULL));
    EXPECT_PASSED(5, ta_parse_rest(&in, NULL));
}

static void nothing_is_matched_without_a_pointer_to_it(void **state)
{
    (void)state;
    size_t which = 77;
    ta_view in = ta_view_of("ab", 2);
    EXPECT_PASSED(0, ta_parse_tag(&in, NULL, 0));
    EXPECT_PASSED(1, ta_parse_none_of(&in, NULL, 0, NULL));
    EXPECT_PASSED(0, ta_parse_take_until_seq(&in, NULL, 0, NULL));
    assert_int_equal(ta_parse_one_of(&in, NULL, 0, NULL), TA_E_NO_MATCH);
    assert_int_equal(ta_parse_alt(&in, NULL, 0, NULL, &which), TA_E_NO_MATCH);
    assert_int_equal(ta_parse_alt(NULL, NULL, 0, NULL, &which), TA_E_INVALID);
    assert_int_equal(which, 77);
    assert_int_equal(ta_view_len(&in), 1);
}

static void separator_may_be_0(void **state)
{
    (void)state;
    size_t count;
    ta_view in = ta_view_of("1\0"
                            "2\0"
                            "3,",
                            6);
    assert_int_equal(ta_parse_separated(&in, 0, item_decimal, &(uint64_t){0}, &count), TA_OK);
    assert_int_equal(count, 3);
    assert_int_equal(ta_view_len(&in), 1);
    assert_int_equal(ta_parse_separated(&in, 0, item_decimal, &(uint64_t){0}, &count), TA_E_NO_MATCH);
}

static void item_between_separators_of_0_may_take_nothing(void **state)
{
    (void)state;
    size_t count;
    ta_view in = ta_view_of("\0\0x", 3);
    assert_int_equal(ta_parse_separated(&in, 0, item_nothing, NULL, &count), TA_OK);
    assert_int_equal(count, 3);
    assert_int_equal(ta_view_len(&in), 1);
}

static void point_is_no_part_of_a_whole_number(void **state)
{
    (void)state;
    int32_t number;
    uint32_t above_0;
    ta_view in = ta_view_of("-12.5", 5);
    assert_int_equal(ta_parse_decimal_signed(&in, &number), TA_OK);
    assert_int_equal(number, -12);
    assert_int_equal(ta_view_equals(&in, ".5", 2), TA_OK);
    in = ta_view_of("12.5", 4);
    assert_int_equal(ta_parse_decimal(&in, &above_0), TA_OK);
    assert_int_equal(above_0, 12);
    assert_int_equal(ta_view_equals(&in, ".5", 2), TA_OK);
}

static void one_digit_is_missing_after_a_point_and_nothing_before_the_end(void **state)
{
    (void)state;
    int32_t number;
    ta_buffer b = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_write(&b, "12.", 3), TA_OK);
    ta_view in = ta_buffer_view(&b);
    assert_int_equal(ta_parse_fixed(&in, 2, &number), TA_MORE);
    assert_int_equal(in.stopped, 3);
    assert_int_equal(in.missing, 1);
    assert_int_equal(ta_view_skip(&in, 3), TA_OK);
    assert_int_equal(ta_parse_end(&in), TA_MORE);
    assert_int_equal(in.missing, 0);
}

static ta_status tag_abc(ta_view *in, void *context)
{
    (void)context;
    return ta_parse_tag(in, "abc", 3);
}

/* Where another alternative follows, the next byte may decide for that one. */
static void last_alternative_says_how_much_is_missing(void **state)
{
    (void)state;
    static const ta_parser twice[] = {tag_abc, tag_abc};
    ta_buffer b = TA_BUFFER_INIT(pool);
    assert_int_equal(ta_buffer_push(&b, 'a'), TA_OK);
    for (size_t n = 1; n <= COUNT_OF(twice); n++) {
        ta_view in = ta_buffer_view(&b);
        assert_int_equal(ta_parse_alt(&in, twice, n, NULL, NULL), TA_MORE);
        assert_int_equal(in.missing, n == 1 ? 2 : 1);
        assert_int_equal(ta_parse_take_until(&in, ';', NULL), TA_MORE);
        assert_int_equal(in.missing, 1);
    }
}

static void input_cannot_be_its_own_result(void **state)
{
    (void)state;
    ta_view in = ta_view_of("\x01"
                            "2;",
                            3),
            before;
    memcpy(&before, &in, sizeof in);
    EXPECT_REFUSED(ta_parse_take(&in, 1, &in));
    EXPECT_REFUSED(ta_parse_take_while(&in, is_digit, NULL, &in));
    EXPECT_REFUSED(ta_parse_take_while_m_n(&in, 0, 1, is_digit, NULL, &in));
    EXPECT_REFUSED(ta_parse_take_until(&in, ';', &in));
    EXPECT_REFUSED(ta_parse_take_until_seq(&in, ";", 1, &in));
    EXPECT_REFUSED(ta_parse_line(&in, &in));
    EXPECT_REFUSED(ta_parse_rest(&in, &in));
    EXPECT_REFUSED(ta_parse_prefixed(&in, 1, 9, &in));
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)
#define TABLE_TEST(name) cmocka_unit_test_if(TEST_FLASH >= 2 * sizeof examples, name, fresh_pools)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TABLE_TEST(linear_input_gives_the_result),
        TABLE_TEST(chunks_give_the_result_wherever_the_input_is_cut),
        TABLE_TEST(input_that_arrives_byte_by_byte_gives_the_result_of_the_whole),
        TEST(number_at_the_end_is_complete_only_if_no_more_can_come),
        TEST(parsing_goes_on_behind_the_first_token),
        TEST(rest_of_an_open_view_is_what_is_there_now),
        TEST(item_that_takes_nothing_ends_the_list),
        TABLE_TEST(stale_input_is_refused_by_every_parser),
        TABLE_TEST(null_input_is_refused_by_every_parser),
        TEST(impossible_arguments_are_refused),
        TEST(results_may_be_null),
        TEST(nothing_is_matched_without_a_pointer_to_it),
        TEST(separator_may_be_0),
        TEST(item_between_separators_of_0_may_take_nothing),
        TEST(point_is_no_part_of_a_whole_number),
        TEST(one_digit_is_missing_after_a_point_and_nothing_before_the_end),
        TEST(last_alternative_says_how_much_is_missing),
        TEST(input_cannot_be_its_own_result),
    };
    return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
