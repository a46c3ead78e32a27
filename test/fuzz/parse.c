/*
 * One parser on one input: over chunks of three bytes, over one chunk and over linear memory it says the same; so it
 * does when only the first bytes have arrived, or it asks for more; and what it says is what the bytes say.
 *
 * An input: 4 bytes that choose the parser and its arguments, and the bytes to parse.
 */
#include "fuzz.h"
#include <tinyalloc/tinyalloc.h>

enum { LENGTH_MAX = 200, NOTHING = 0xAA };
TA_SLAB_DEFINE(pool, 3, LENGTH_MAX / 3 + 3);
TA_SLAB_DEFINE(wide_pool, LENGTH_MAX, 2);

typedef struct question {
    const uint8_t *data; /* what is parsed */
    size_t length;
    uint8_t tag[2]; /* as numbers, they are arguments, too */
    size_t n;       /* of the tag */
} question;

typedef struct answer {
    ta_status status;
    uint64_t number;
    ta_view taken, rest;
    size_t used;
} answer;

/* ---- The parsers ------------------------------------------------------------------------------------------------- */

static bool is_below(uint8_t byte, void *context)
{
    return byte < *(uint8_t *)context;
}

static ta_status decimal_item(ta_view *in, void *context)
{
    (void)context;
    return ta_parse_decimal(in, NULL);
}

static ta_status tag_item(ta_view *in, void *context)
{
    question *q = context;
    return ta_parse_tag(in, q->tag, q->n);
}

static const ta_parser items[] = {tag_item, decimal_item};

#define PARSER(name, call)                                           \
    static ta_status name(ta_view *in, const question *q, answer *r) \
    {                                                                \
        uint8_t a = q->tag[0], b = q->tag[1];                        \
        question mine = *q;                                          \
        (void)a, (void)b, (void)mine, (void)r;                       \
        return call;                                                 \
    }
#define WITH_NUMBER(name, type, call)                                \
    static ta_status name(ta_view *in, const question *q, answer *r) \
    {                                                                \
        uint8_t a = q->tag[0], b = q->tag[1];                        \
        question mine = *q;                                          \
        type number = (type)NOTHING;                                 \
        (void)a, (void)b, (void)mine;                                \
        ta_status status = call;                                     \
        NEED(status == TA_OK || number == (type)NOTHING);            \
        r->number = (uint64_t)number;                                \
        return status;                                               \
    }

PARSER(byte, ta_parse_byte(in, a))
PARSER(tag, ta_parse_tag(in, q->tag, q->n))
PARSER(no_case, ta_parse_tag_no_case(in, q->tag, q->n))
WITH_NUMBER(one_of, uint8_t, ta_parse_one_of(in, q->tag, q->n, &number))
WITH_NUMBER(none_of, uint8_t, ta_parse_none_of(in, q->tag, q->n, &number))
PARSER(take, ta_parse_take(in, a, &r->taken))
PARSER(take_while, ta_parse_take_while(in, is_below, &a, &r->taken))
PARSER(m_n, ta_parse_take_while_m_n(in, q->n, b % 8, is_below, &a, &r->taken))
PARSER(until, ta_parse_take_until(in, a, &r->taken))
PARSER(until_seq, ta_parse_take_until_seq(in, q->tag, q->n, &r->taken))
PARSER(line, ta_parse_line(in, &r->taken))
PARSER(end, ta_parse_end(in))
PARSER(prefixed, ta_parse_prefixed(in, q->n, a, &r->taken))
WITH_NUMBER(many, size_t, ta_parse_many(in, items[b % 2], &mine, &number))
WITH_NUMBER(separated, size_t, ta_parse_separated(in, a, items[b % 2], &mine, &number))
WITH_NUMBER(alt, size_t, ta_parse_alt(in, items, 2, &mine, &number))
WITH_NUMBER(varint, uint32_t, ta_parse_varint(in, a, &number))
WITH_NUMBER(decimal, uint32_t, ta_parse_decimal(in, &number))
WITH_NUMBER(signed_decimal, int32_t, ta_parse_decimal_signed(in, &number))
WITH_NUMBER(fixed, int32_t, ta_parse_fixed(in, a, &number))
WITH_NUMBER(hex, uint32_t, ta_parse_hex(in, q->n, a, &number))
#define BINARY(name, type, bytes, order) WITH_NUMBER(name, type, ta_parse_##name(in, &number))
TA_PARSE_BINARY_(BINARY)

/* ---- What the bytes say ------------------------------------------------------------------------------------------ */

/* "-3.5", with 2 decimals: -350; whole numbers have none. */
static uint64_t of_digits(const question *q, size_t used)
{
    char text[LENGTH_MAX + 256], *to = text;
    size_t i = 0, left = q->tag[0];
    for (; i < used && q->data[i] != '.'; i++)
        *to++ = (char)q->data[i];
    for (i++; left > 0; i++, left--)
        *to++ = (char)(i < used ? q->data[i] : '0');
    *to = '\0';
    return (uint64_t)strtoll(text, NULL, 10);
}

static uint64_t of_whole(const question *q, size_t used)
{
    const question whole = {q->data, q->length, {0, 0}, 0};
    return of_digits(&whole, used);
}

static uint64_t of_hex(const question *q, size_t used)
{
    char text[9] = "";
    memcpy(text, q->data, used);
    return strtoul(text, NULL, 16);
}

static uint64_t of_varint(const question *q, size_t used)
{
    uint64_t number = 0;
    for (size_t i = used; i-- > 0;)
        number = number << 7 | (q->data[i] & 0x7F);
    return number;
}

static uint64_t big(const question *q, size_t used)
{
    uint64_t number = 0;
    for (size_t i = 0; i < used; i++)
        number = number << 8 | q->data[i];
    return number;
}

static uint64_t little(const question *q, size_t used)
{
    uint64_t number = 0;
    for (size_t i = used; i-- > 0;)
        number = number << 8 | q->data[i];
    return number;
}

#define BINARY_OF(name, type, bytes, order) {name, order, bytes},

static const struct {
    ta_status (*parse)(ta_view *in, const question *q, answer *r);
    uint64_t (*number)(const question *q, size_t used); /* NULL: there is none */
    size_t bytes;                                       /* of the number; 0: as many as it has */
} parsers[] = {{byte, 0, 1},
               {tag, 0, 0},
               {no_case, 0, 0},
               {one_of, big, 1},
               {none_of, big, 1},
               {take, 0, 0},
               {take_while, 0, 0},
               {m_n, 0, 0},
               {until, 0, 0},
               {until_seq, 0, 0},
               {line, 0, 0},
               {end, 0, 0},
               {prefixed, 0, 0},
               {many, 0, 0},
               {separated, 0, 0},
               {alt, 0, 0},
               {varint, of_varint, 0},
               {decimal, of_whole, 0},
               {signed_decimal, of_whole, 0},
               {fixed, of_digits, 0},
               {hex, of_hex, 0},
               TA_PARSE_BINARY_(BINARY_OF)};

/* ---- Asking and comparing ---------------------------------------------------------------------------------------- */

static answer ask(const question *q, size_t which, ta_view in)
{
    answer r = {TA_OK, 0, ta_view_of(NULL, 0), in, 0};
    size_t length = ta_view_len(&in);
    r.status = parsers[which].parse(&r.rest, q, &r);
    r.used = length - ta_view_len(&r.rest);
    NEED(r.status == TA_OK || r.used == 0);
    NEED(r.status == TA_OK || r.status == TA_E_NO_MATCH || r.status == TA_E_OVERFLOW ||
         r.status == TA_E_INVALID || (r.status == TA_MORE && !ta_view_is_final(&in)));
    NEED(ta_view_equals(&r.rest, q->data + r.used, length - r.used) == TA_OK);
    return r;
}

/* The same, and if it is so, the bytes that were taken are bytes of the input. */
static void need_same(const question *q, const answer *a, const answer *b)
{
    uint8_t bytes[LENGTH_MAX];
    size_t taken = ta_view_len(&a->taken), at = 0;
    NEED(a->status == b->status && a->number == b->number && a->used == b->used);
    NEED(a->status == TA_OK || a->status == TA_E_INVALID || a->rest.stopped == b->rest.stopped);
    NEED(a->status != TA_MORE || a->rest.missing == b->rest.missing);
    NEED(taken == ta_view_len(&b->taken) && taken <= a->used);
    NEED(ta_view_copy(&a->taken, 0, bytes, taken) == TA_OK &&
         ta_view_equals(&b->taken, bytes, taken) == TA_OK);
    while (at + taken < a->used && memcmp(q->data + at, bytes, taken) != 0)
        at++;
    NEED(memcmp(q->data + at, bytes, taken) == 0);
}

/* Byte by byte, in one chunk. What a parser says of the first bytes it says of all; or it asks for more, and does not
 * match with fewer. */
static void ask_early(const question *q, size_t which, const answer *whole)
{
    static ta_buffer arrived = TA_BUFFER_INIT(wide_pool);
    size_t needed = 0;
    for (size_t i = 0;; i++) {
        answer early = ask(q, which, ta_buffer_view(&arrived));
        NEED(i >= needed || early.status != TA_OK);
        if (early.status == TA_MORE)
            needed = i + early.rest.missing;
        if (early.status != TA_MORE || i == q->length)
            need_same(q, &early, whole);
        if (i == q->length)
            break;
        NEED(ta_buffer_push(&arrived, q->data[i]) == TA_OK);
    }
    NEED(ta_buffer_clear(&arrived) == TA_OK && ta_stats_of(wide_pool).used == 0);
}

static void need_right_number(const question *q, size_t which, const answer *r)
{
    size_t bytes = parsers[which].bytes;
    uint64_t mask =
        bytes == 0 || bytes == 8 ? ~(uint64_t)0 : ((uint64_t)1 << 8 * bytes) - 1; /* without a sign */
    NEED(bytes == 0 || bytes == r->used);
    if (parsers[which].number)
        NEED((r->number & mask) == parsers[which].number(q, r->used));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static ta_buffer buffer = TA_BUFFER_INIT(pool);
    if (length < 4 || length - 4 > LENGTH_MAX)
        return 0;
    const question q = {bytes + 4, length - 4, {bytes[2], bytes[3]}, bytes[1] / 8 % 3};
    size_t which = bytes[0] % (sizeof parsers / sizeof *parsers), phase = bytes[1] % 3;
    NEED(ta_buffer_write(&buffer, "???", phase) == TA_OK &&
         ta_buffer_write(&buffer, q.data, q.length) == TA_OK);
    NEED(ta_buffer_consume(&buffer, phase) == TA_OK);
    ta_view chunks = ta_buffer_view(&buffer);
    answer whole = ask(&q, which, chunks), last = ask(&q, which, ta_view_final(chunks));
    answer linear = ask(&q, which, ta_view_of(q.data, q.length));
    ask_early(&q, which, &whole);
    need_same(&q, &last, &linear);
    if (whole.status != TA_MORE)
        need_same(&q, &last, &whole);
    if (last.status == TA_OK)
        need_right_number(&q, which, &last);
    NEED(ta_buffer_clear(&buffer) == TA_OK && ta_stats_of(pool).used == 0 && ta_slab_check(pool) == 0);
    return 0;
}
