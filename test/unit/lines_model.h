/*
 * Lines, call by call against a model that goes through all stored bytes one by one and knows which bytes were refused.
 * Each input arrives in every cut into pieces (a long one in every cut into three), and lines are asked for after each.
 */
#ifndef LINES_MODEL_H
#define LINES_MODEL_H

#include "support.h"

enum { ta_pool_id_pool = 3 };

#define STORE 40 /* bytes of the longest input, and more than a pool of one-byte blocks stores */
#define BLOCK_MAX 16
#ifdef IS_SANITIZED
#define CUT_EVERYWHERE 8 /* bytes of the longest input that is cut in every way */
#else
#define CUT_EVERYWHERE EFFORT(10, 6, 5)
#endif

static const size_t block_sizes[] = {1, 2, 3, BLOCK_MAX};
static ta_slab slab;
static TA_ALIGNAS(max_align_t) uint8_t arena[ARENA_OF(STORE + 2, 1)];

/* ---- The model ----------------------------------------------------------------------------------------- */

#define REFUSED 0x100

static struct {
    uint16_t stored[STORE + 2]; /* bytes, and REFUSED where bytes were refused */
    size_t count, most;         /* most: the limit of the queue or buffer */
    bool ends_at_cr, is_skipping, is_after_cr;
    uint16_t too_long, damaged;
} model;

static void model_put(uint16_t what)
{
    if (what == REFUSED && model.count > 0 && model.stored[model.count - 1] == REFUSED)
        return;
    assert_true(model.count < COUNT_OF(model.stored));
    model.stored[model.count++] = what;
}

/* Remove so many, of whatever kind. */
static void model_cut(size_t n)
{
    model.count -= n;
    memmove(model.stored, model.stored + n, model.count * sizeof *model.stored);
}

/* The user removes so many bytes: what was refused before the next one is still missing there. */
static void model_remove(size_t bytes)
{
    bool is_refused = false;
    while (bytes > 0) {
        is_refused = is_refused || model.stored[0] == REFUSED;
        bytes -= model.stored[0] != REFUSED;
        model_cut(1);
    }
    if (is_refused && (model.count == 0 || model.stored[0] != REFUSED)) {
        memmove(model.stored + 1, model.stored, model.count++ * sizeof *model.stored);
        model.stored[0] = REFUSED;
    }
}

/* Where the first line ends: at its LF or CR, at refused bytes, or with what is stored. */
static size_t model_end(void)
{
    size_t i = 0;
    while (i < model.count && model.stored[i] != REFUSED && model.stored[i] != '\n' &&
           !(model.ends_at_cr && model.stored[i] == '\r'))
        i++;
    return i;
}

static bool model_skip(size_t n, uint16_t *counter)
{
    ++*counter;
    model_cut(n);
    model.is_skipping = true;
    model.is_after_cr = false;
    return false;
}

/* The next line, if there is one, without its CR. */
static bool model_next(size_t limit, char *line, size_t *length)
{
    for (;;) {
        uint16_t uncounted = 0, *too_long = model.is_skipping ? &uncounted : &model.too_long;
        size_t end = model_end();
        *length = end - (end > 0 && model.stored[end - 1] == '\r');
        bool is_too_long = limit > 0 && *length > limit;
        if (end < model.count && model.stored[end] == REFUSED)
            return model_skip(model.count, &model.damaged);
        if (end == model.count) {
            bool is_full = model.most > 0 && end >= model.most;
            return (is_too_long || is_full || (model.is_skipping && end > 0)) && model_skip(end, too_long);
        }
        bool is_lf_of_cr = model.is_after_cr && end == 0 && model.stored[0] == '\n';
        bool is_wanted = !model.is_skipping && !is_too_long && !is_lf_of_cr;
        *too_long = (uint16_t)(*too_long + is_too_long);
        model.is_skipping = false;
        model.is_after_cr = model.stored[end] == '\r';
        for (size_t i = 0; is_wanted && i < *length; i++)
            line[i] = (char)model.stored[i];
        model_cut(end + 1);
        if (is_wanted)
            return true;
    }
}

/* ---- The real thing, next to the model ------------------------------------------------------------------- */

enum way { NEXT, READ, READ_SHORT, WAYS }; /* the last: the array is what limits the lines */
enum source { QUEUE, BUFFER, SOURCES };

static struct setup {
    size_t block_size, limit, most;
    bool ends_at_cr;
    enum way way;
    enum source source;
} setup;

static ta_queue queue;
static ta_buffer buffer;
static ta_lines lines;
static char text[STORE + 1]; /* the last line, */
static size_t length;        /* its length, */
static char all[2 * STORE];  /* and all lines, each with a '|' after it */

static void begin(void)
{
    size_t limit = setup.way == READ_SHORT ? 0 : setup.limit;
    const ta_lines of_queue = TA_LINES_OF_QUEUE(&queue, limit),
                   of_buffer = TA_LINES_OF_BUFFER(&buffer, limit);
    assert_int_equal(ta_slab_init(&slab, arena, sizeof arena, setup.block_size), TA_OK);
    assert_int_equal(ta_queue_init(&queue, &slab.allocator, setup.most), TA_OK);
    assert_int_equal(ta_buffer_init(&buffer, &slab.allocator), TA_OK);
    assert_int_equal(ta_buffer_set_limit(&buffer, setup.most), TA_OK);
    lines = setup.source == QUEUE ? of_queue : of_buffer;
    lines.ends_at_cr = setup.ends_at_cr;
    memset(&model, 0, sizeof model);
    model.most = setup.most;
    model.ends_at_cr = setup.ends_at_cr;
    all[0] = '\0';
}

static ta_status ask(void)
{
    ta_view line;
    if (setup.way != NEXT)
        return ta_lines_read(&lines, text, setup.way == READ ? STORE + 1 : setup.limit + 1, &length);
    ta_status status = ta_lines_next(&lines, &line);
    if (status != TA_OK)
        return status;
    assert_true(ta_view_is_final(&line));
    ta_span span;
    for (length = 0; ta_view_next_span(&line, &span) == TA_OK; length += span.length) {
        assert_true(length + span.length < sizeof text);
        memcpy(text + length, span.data, span.length);
    }
    text[length] = '\0';
    return TA_OK;
}

/* Ask for one line: as the model says. */
static bool poll_once(void)
{
    char expected[STORE + 1];
    size_t expected_length;
    bool is_line = model_next(setup.limit, expected, &expected_length);
    assert_int_equal(ask(), is_line ? TA_OK : TA_MORE);
    assert_int_equal(setup.source == QUEUE ? ta_queue_check(&queue) : ta_buffer_check(&buffer), 0);
    assert_int_equal(lines.too_long, model.too_long);
    assert_int_equal(lines.damaged, model.damaged);
    if (!is_line)
        return false;
    assert_int_equal(length, expected_length);
    assert_memory_equal(text, expected, length);
    assert_int_equal(text[length], '\0');
    return true;
}

static void poll_all(void)
{
    while (poll_once()) {
        assert_true(strlen(all) + length + 1 < sizeof all);
        strcat(strcat(all, text), "|");
    }
}

static size_t stored(void)
{
    return setup.source == QUEUE ? ta_queue_len(&queue) : ta_buffer_len(&buffer);
}

/* A byte arrives. A queue may refuse it; the owner of a full buffer reads lines first. */
static void arrive(uint8_t byte)
{
    ta_status status = setup.source == QUEUE ? ta_queue_push(&queue, byte) : ta_buffer_push(&buffer, byte);
    if (setup.source == BUFFER && status != TA_OK) {
        poll_all();
        status = ta_buffer_push(&buffer, byte);
        assert_int_equal(status, TA_OK);
    }
    model_put(status == TA_OK ? byte : REFUSED);
}

static void arrive_all(const char *bytes)
{
    while (*bytes)
        arrive((uint8_t)*bytes++);
}

/* ---- Every cut ----------------------------------------------------------------------------------------- */

/* An input arrives in pieces; bit i says that one ends after byte i. */
static void run_cut(const char *input, size_t n, uint32_t cuts)
{
    begin();
    for (size_t i = 0; i < n; i++) {
        arrive((uint8_t)input[i]);
        if (i == n - 1 || cuts >> i & 1)
            poll_all();
    }
}

static void run_blocks(const char *input, size_t n, uint32_t cuts, void (*check)(const void *),
                       const void *context)
{
    for (size_t i = 0; i < COUNT_OF(block_sizes); i++) {
        setup.block_size = block_sizes[i];
        run_cut(input, n, cuts);
        check(context);
    }
}

/* In every cut, or in every cut into at most three pieces, and byte by byte. */
static void run_cuts(const char *input, void (*check)(const void *), const void *context)
{
    size_t n = strlen(input);
    assert_in_range(n, 1, 31);
    if (n <= CUT_EVERYWHERE) {
        for (uint32_t cuts = 0; cuts < (uint32_t)1 << (n - 1); cuts++)
            run_blocks(input, n, cuts, check, context);
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j += EFFORT(1, 2, 5))
            run_blocks(input, n, (uint32_t)1 << i | (uint32_t)1 << j, check, context);
    run_blocks(input, n, UINT32_MAX, check, context);
}

static void no_check(const void *context)
{
    (void)context;
}

struct result {
    const char *lines;
    uint16_t too_long, damaged;
};

static void expect_result(const void *context)
{
    const struct result *expected = context;
    assert_string_equal(all, expected->lines);
    assert_int_equal(lines.too_long, expected->too_long);
    assert_int_equal(lines.damaged, expected->damaged);
}

/* An input has these lines, by every call, from a queue and from a buffer that have room for all of it. */
static void expect_lines(const char *input, size_t limit, bool ends_at_cr, const char *text_of_lines,
                         uint16_t too_long)
{
    const struct result expected = {text_of_lines, too_long, 0};
    const struct setup wanted = {.limit = limit, .ends_at_cr = ends_at_cr};
    setup = wanted;
    for (setup.source = QUEUE; setup.source < SOURCES; setup.source++)
        for (setup.way = NEXT; setup.way < (limit > 0 ? WAYS : READ_SHORT); setup.way++)
            run_cuts(input, expect_result, &expected);
}

#endif
