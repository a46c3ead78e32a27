/*
 * SLIP and COBS, against published examples and against the plain models of frames.h: every short frame, cut in every
 * way; runs of about 254 bytes; and random streams with damage.
 */
#include "frames.h"
#include <stdio.h>

/* ---- Published examples -------------------------------------------------------------------------------- */

/* Hexadecimal bytes; 03-FF stands for all from 03 to FF. */
struct example {
    uint8_t format;
    char frame[40], wire[48];
};

static const struct example examples[] IN_FLASH = {
    /* RFC 1055 gives the four special characters, and END before and after a packet */
    {0, "01 02 03", "C0 01 02 03 C0"},
    {0, "C0", "C0 DB DC C0"},
    {0, "DB", "C0 DB DD C0"},
    {0, "DC DD", "C0 DC DD C0"},
    {0, "DB DC C0 DD", "C0 DB DD DC DB DC DD C0"},
    /* https://en.wikipedia.org/wiki/Consistent_Overhead_Byte_Stuffing#Encoding_examples */
    {1, "00", "01 01 00"},
    {1, "00 00", "01 01 01 00"},
    {1, "00 11 00", "01 02 11 01 00"},
    {1, "11 22 00 33", "03 11 22 02 33 00"},
    {1, "11 22 33 44", "05 11 22 33 44 00"},
    {1, "11 00 00 00", "02 11 01 01 01 00"},
    {1, "01-FE", "FF 01-FE 00"},
    {1, "00 01-FE", "01 FF 01-FE 00"},
    {1, "01-FF", "FF 01-FE 02 FF 00"},
    {1, "02-FF 00", "FF 02-FF 01 01 00"},
    {1, "03-FF 00 01", "FE 03-FF 02 01 00"},
    /* Cheshire and Baker 1999, figure 3 */
    {1, "45 00 00 2C 4C 79 00 00 40 06 4F 37", "02 45 01 04 2C 4C 79 01 05 40 06 4F 37 00"},
};

#define LONG EFFORT(514, 514, 256)
static uint8_t long_frame[LONG], long_wire[LONG + 5];

static unsigned digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'A' + 10);
}

static size_t expand(const char *text, uint8_t *bytes, size_t size)
{
    size_t n = 0;
    bool is_range = false;
    for (; *text; text += text[2] ? 3 : 2) {
        unsigned byte = digit(text[0]) << 4 | digit(text[1]), first = is_range ? bytes[n - 1] + 1u : byte;
        for (; first <= byte; first++) {
            assert_true(n < size);
            bytes[n++] = (uint8_t)first;
        }
        is_range = text[2] == '-';
    }
    return n;
}

static void published_examples_are_encoded_and_decoded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        struct example e;
        copy_from_flash(&e, &examples[i], sizeof e);
        const struct format *f = &formats[e.format];
        size_t n = expand(e.frame, long_frame, sizeof long_frame);
        size_t wire = expand(e.wire, long_wire, sizeof long_wire);
        expect_encoded(f, ta_view_of(long_frame, n), long_wire, wire, 3);
        make_frame(16);
        begin_stream();
        ta_view in = ta_view_of(long_wire, wire);
        assert_int_equal(f->decode(&decoder, &in, &frame), TA_OK);
        ta_view view = ta_buffer_view(&frame);
        assert_int_equal(ta_view_equals(&view, long_frame, n), TA_OK);
        assert_int_equal(ta_view_len(&in), 0);
        assert_int_equal(f->decode(&decoder, &in, &frame), TA_MORE);
        assert_int_equal(used(FRAME_POOL), 0);
    }
}

/* ---- Every short frame --------------------------------------------------------------------------------- */

static const uint8_t alphabet[] = {0x00, 0x01, 0xC0, 0xDB, 0xDC, 0xDD, 0xFF};
static const uint8_t block_sizes[] = {1, 2, 3, 16};

#define LONGEST_CONTENT EFFORT(3, 3, 2)

/* Bytes of the alphabet, by their number. */
static void write_content(uint8_t *bytes, size_t n, size_t number)
{
    for (size_t i = 0; i < n; i++, number /= COUNT_OF(alphabet))
        bytes[i] = alphabet[number % COUNT_OF(alphabet)];
}

static size_t count_contents(size_t n)
{
    return n == 0 ? 1 : COUNT_OF(alphabet) * count_contents(n - 1);
}

/* In the k-th way, a cut is after byte i if bit i of k is 1. */
static void receive_cut_in_every_way(const struct format *f, const uint8_t *wire, size_t n,
                                     const struct log *expected, size_t block_size)
{
    for (size_t way = 0; way < (size_t)1 << (n - 1); way++) {
        size_t from = 0;
        if (TA_RETIRE) /* slots would be used up */
            make_receiver(block_size);
        begin_stream();
        for (size_t i = 0; i < n; i++)
            if (i + 1 == n || way >> i & 1) {
                feed(f, wire + from, i + 1 - from);
                from = i + 1;
            }
        end_stream(f);
        if (!is_same_log(&received, expected))
            fail_msg("%s: %u frames, not %u, cut in way %zu", f->name, received.frames, expected->frames,
                     way);
    }
}

/* The source of the encoder is a buffer on blocks of this size, and an array. */
static void expect_encoded_in_every_step(const struct format *f, const uint8_t *bytes, size_t n,
                                         const uint8_t *wire, size_t length)
{
    ta_buffer source = TA_BUFFER_INIT(FRAME_POOL);
    assert_int_equal(ta_buffer_write(&source, bytes, n), TA_OK);
    for (size_t step = 1; step <= 5; step++) {
        expect_encoded(f, ta_view_of(bytes, n), wire, length, step);
        expect_encoded(f, ta_buffer_view(&source), wire, length, step);
    }
    assert_int_equal(ta_buffer_clear(&source), TA_OK);
}

static void every_short_frame_survives_every_cut(void **state)
{
    uint8_t content[LONGEST_CONTENT + 1], wire[2 * LONGEST_CONTENT + 2];
    (void)state;
    FOR_EACH_FORMAT(f)
    for (size_t b = 0; b < COUNT_OF(block_sizes); b++) {
        make_receiver(block_sizes[b]);
        for (size_t n = 0; n <= LONGEST_CONTENT; n++)
            for (size_t number = 0; number < count_contents(n); number++) {
                struct log expected = {.length = 0};
                write_content(content, n, number);
                size_t length = f->model_encode(content, n, wire);
                if (n > 0 || f->delimiter == 0)
                    log_frame(&expected, content, n);
                expect_encoded_in_every_step(f, content, n, wire, length);
                receive_cut_in_every_way(f, wire, length, &expected, block_sizes[b]);
            }
    }
}

/* ---- The longest groups of COBS ------------------------------------------------------------------------ */

static void expect_survives_cobs(size_t n, size_t block_size)
{
    const struct format *f = &formats[1];
    size_t length = f->model_encode(long_frame, n, long_wire);
    assert_true(length <= n + 2 + (n > 0 ? (n - 1) / 254 : 0)); /* as cobs.h says */
    assert_null(memchr(long_wire, 0, length - 1));
    make_frame(block_size);
    expect_encoded(f, ta_view_of(long_frame, n), long_wire, length, 5);
    begin_stream();
    ta_view in = ta_view_of(long_wire, length), view;
    assert_int_equal(f->decode(&decoder, &in, &frame), TA_OK);
    view = ta_buffer_view(&frame);
    assert_int_equal(ta_view_equals(&view, long_frame, n), TA_OK);
    expect_encoded(f, view, long_wire, length, 4);
    for (size_t cut = 0; cut < length; cut++) {
        ta_view rest = ta_view_of(long_wire + cut, length - cut);
        if (TA_RETIRE)
            make_frame(block_size);
        in = ta_view_of(long_wire, cut);
        assert_int_equal(f->decode(&decoder, &in, &frame), TA_MORE);
        assert_int_equal(f->decode(&decoder, &rest, &frame), TA_OK);
        view = ta_buffer_view(&frame);
        assert_int_equal(ta_view_equals(&view, long_frame, n), TA_OK);
    }
}

/* Around 254 and twice 254 bytes that are not 0, with a 0 before them, after them, or neither. */
static void runs_of_about_254_bytes_survive_cobs(void **state)
{
    static const uint16_t last[] = {256, 510};
    (void)state;
    for (size_t l = 0; l < COUNT_OF(last); l++)
        for (size_t run = last[l] - 5u; run <= last[l]; run++)
            for (size_t zeros = 0; zeros < 4; zeros++) {
                size_t before = zeros & 1, after = zeros >> 1, n = before + run + after;
                if (n > sizeof long_frame)
                    continue;
                memset(long_frame, 0, n);
                fill_pattern(long_frame + before, run, run);
                expect_survives_cobs(n, EFFORT(run % 2 ? 3 : 16, 16, 16));
            }
}

/* ---- Random streams ------------------------------------------------------------------------------------ */

#define RUNS EFFORT(400, 100, 20)
#define FRAMES_A_RUN EFFORT(8, 4, 2)
#define STREAM_SIZE (FRAMES_A_RUN * LONGEST_WIRE + 8)

static uint8_t stream[STREAM_SIZE];
static uint32_t seed, run_seed;
static bool run_is_over = true;

static size_t below(size_t n)
{
    return next_random(&seed) % n;
}

/* Mostly bytes that mean something. */
static uint8_t random_byte(void)
{
    return below(4) ? alphabet[below(COUNT_OF(alphabet))] : (uint8_t)next_random(&seed);
}

static size_t append_random_frame(const struct format *f, size_t at)
{
    uint8_t content[LONGEST_FRAME];
    size_t n = below(below(3) ? 6 : sizeof content + 1);
    for (size_t i = 0; i < n; i++)
        content[i] = random_byte();
    size_t length = f->model_encode(content, n, stream + at);
    assert_true(length <= 2 * n + 2); /* the worst case of slip.h */
    expect_encoded(f, ta_view_of(content, n), stream + at, length, 1 + below(5));
    return at + length;
}

static void receive_random_stream(const struct format *f)
{
    struct log expected;
    size_t n = 0, limit = below(2) ? 1 + below(8) : LONGEST_WIRE;
    begin_stream();
    assert_int_equal(ta_buffer_set_limit(&frame, limit), TA_OK);
    for (size_t i = 0; i < FRAMES_A_RUN; i++)
        n = append_random_frame(f, n);
    for (size_t damage = below(4); damage > 0; damage--)
        stream[below(n)] = random_byte();
    stream[n++] = f->delimiter;
    model_receive(f, stream, n, limit, &expected);
    for (size_t from = 0, part; from < n; from += part) {
        part = 1 + below(12);
        part = part < n - from ? part : n - from;
        feed(f, stream + from, part);
    }
    end_stream(f);
    if (!is_same_log(&received, &expected))
        fail_msg("%s: %u frames, not %u; %u damaged, not %u; %u dropped, not %u", f->name, received.frames,
                 expected.frames, received.damaged, expected.damaged, received.dropped, expected.dropped);
}

static void random_streams_give_what_the_model_says(void **state)
{
    const char *text = getenv("TA_SEED");
    uint32_t first = text ? (uint32_t)strtoul(text, NULL, 0) : 1, count = text ? 1 : RUNS;
    (void)state;
    for (uint32_t run = first; run < first + count; run++) {
        run_seed = run;
        run_is_over = false;
        seed = run * 2654435761U + 1;
        seed = seed ? seed : 1;
        make_receiver(block_sizes[below(COUNT_OF(block_sizes))]);
        FOR_EACH_FORMAT(f)
        receive_random_stream(f);
        run_is_over = true;
    }
}

static int tell_seed(void **state)
{
    (void)state;
    if (!run_is_over)
        print_error("replay with TA_SEED=%u\n", (unsigned)run_seed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_examples_are_encoded_and_decoded),
        cmocka_unit_test(every_short_frame_survives_every_cut),
        cmocka_unit_test(runs_of_about_254_bytes_survive_cobs),
        cmocka_unit_test_teardown(random_streams_give_what_the_model_says, tell_seed),
    };
    return cmocka_run_group_tests_name("framing", tests, NULL, NULL);
}
