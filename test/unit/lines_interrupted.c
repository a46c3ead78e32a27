/*
 * An interrupt writes lines while the main loop reads them. It comes at every place of interrupts.h in turn: at each
 * PERIODth, from each first one on, and brings a few bytes. The queue refuses some.
 */
#include "support.h"

TA_SLAB_DEFINE(pool, 3, 12);

#define PERIODS 23
#define BYTES_MAX 9
#define LONGEST 7
#define IDLE 3 /* polls without a byte from the interrupt; then one comes from the main loop */

static const char stream[] = "a\nbb\r\nccc\n\ndddd\neeeee\r\nffffff\nggggggg\nh\ni\nj\nkk\nlll\nmmmm\nn\no\n";
static const char sequel[] = ".\n.\n"; /* the first may be damaged by what came before it */

static ta_queue received;
static ta_lines lines;
static size_t arrived;       /* bytes of the stream that were sent, */
static size_t first_refused; /* and where the first were refused; SIZE_MAX: none were */

static struct {
    size_t period, first, bytes; /* the setup */
    bool writes_at_once;         /* all but the last byte */
    size_t places;               /* that were passed */
    bool is_interrupt;
} interrupt;

bool is_masked;

static void send(size_t n)
{
    size_t rest = sizeof stream - 1 - arrived;
    n = n < rest ? n : rest;
    ta_status status = ta_queue_write(&received, stream + arrived, n);
    if (status != TA_OK && first_refused == SIZE_MAX)
        first_refused = arrived;
    arrived += n;
}

void maybe_interrupt(void)
{
    if (is_masked || interrupt.is_interrupt || ++interrupt.places % interrupt.period != interrupt.first)
        return;
    interrupt.is_interrupt = true;
    size_t part = interrupt.writes_at_once ? interrupt.bytes - 1 : 1;
    for (size_t sent = 0; sent < interrupt.bytes; sent += part) {
        part = sent == interrupt.bytes - 1 || part == 0 ? 1 : part;
        send(part);
    }
    interrupt.is_interrupt = false;
}

/* ---- The main loop ------------------------------------------------------------------------------------- */

/* The next line of the stream, from its byte `at` on, without its end; moves `at`. */
static size_t next_sent(size_t *at, const char **line)
{
    const char *end = strchr(*line = stream + *at, '\n');
    assert_non_null(end);
    *at = (size_t)(end - stream) + 1;
    return (size_t)(end - *line) - (end > *line && end[-1] == '\r');
}

static ta_status next_line(bool reads, char *text, size_t size, size_t *length)
{
    ta_view line;
    if (reads)
        return ta_lines_read(&lines, text, size, length);
    ta_status status = ta_lines_next(&lines, &line);
    if (status != TA_OK)
        return status;
    *length = ta_view_len(&line);
    assert_in_range(*length, 0, size);
    assert_int_equal(ta_view_copy(&line, 0, text, *length), TA_OK);
    return TA_OK;
}

/* What the reader has seen of the stream. */
static struct {
    size_t at;        /* the lines before this byte were delivered, or are missing */
    unsigned missing; /* of these, and of the others if there are no others */
    bool may_be_too_long;
} seen;

/* The next line that was sent is this one, or was skipped for a reason. */
static bool is_next(const char *text, size_t length)
{
    const char *line;
    size_t sent = next_sent(&seen.at, &line);
    if (text && sent == length && memcmp(line, text, length) == 0)
        return true;
    seen.missing++;
    assert_true(lines.too_long > 0 || lines.damaged > 0);
    assert_true(seen.may_be_too_long ||
                seen.at > first_refused); /* lines before refused bytes are delivered */
    return false;
}

/* Read until no line is there: they are in the order of the stream, each once. */
static void read_lines(bool reads)
{
    char text[16];
    size_t length;
    ta_status status;
    while ((status = next_line(reads, text, sizeof text, &length)) == TA_OK) {
        while (!is_next(text, length))
            ;
        assert_in_range(seen.at, 0, arrived);
    }
    assert_int_equal(status, TA_MORE);
}

static void begin(size_t most, size_t limit)
{
    const ta_lines of_queue = TA_LINES_OF_QUEUE(&received, limit);
    fresh_pool(pool);
    assert_int_equal(ta_queue_init(&received, pool, most), TA_OK);
    lines = of_queue;
    arrived = interrupt.places = 0;
    first_refused = SIZE_MAX;
    memset(&seen, 0, sizeof seen);
    seen.may_be_too_long = limit > 0 || (most > 0 && most < LONGEST + 2);
}

static void run(size_t most, size_t limit, bool reads)
{
    begin(most, limit);
    for (size_t idle = 0, before = 0; arrived < sizeof stream - 1; before = arrived) {
        read_lines(reads);
        idle = arrived == before ? idle + 1 : 0;
        /* There is one writer: the interrupt waits while the main loop writes. */
        interrupt.is_interrupt = true;
        if (idle == IDLE)
            send(1);
        interrupt.is_interrupt = false;
    }
    read_lines(reads);
    while (seen.at < sizeof stream - 1)
        is_next(NULL, 0);
    bool is_refused = first_refused < SIZE_MAX;
    assert_int_equal(lines.damaged > 0, is_refused);
    assert_int_equal(seen.missing > 0, lines.damaged > 0 || lines.too_long > 0);
    if (!is_refused && most == 0) {
        assert_int_equal(lines.too_long,
                         limit > 0 ? LONGEST - limit : 0); /* lines of each length up to the longest */
        assert_int_equal(seen.missing, lines.too_long);
    }
}

/* What follows is read as if nothing had happened. */
static void expect_sequel(void)
{
    char text[8];
    size_t length;
    ta_lines_read(&lines, text, sizeof text, &length);
    for (const char *byte = sequel; *byte; byte++) {
        assert_int_equal(ta_queue_push(&received, (uint8_t)*byte), TA_OK);
        ta_status status = ta_lines_read(&lines, text, sizeof text, &length);
        assert_true(status == TA_MORE || (status == TA_OK && *byte == '\n' && strcmp(text, ".") == 0));
        assert_true(status == TA_OK || byte[1]); /* the last one */
    }
    assert_int_equal(ta_queue_len(&received), 0);
    assert_int_equal(ta_queue_check(&received), 0);
}

static void interrupt_may_come_at_any_place(void **state)
{
    static const size_t limits[] = {0, 0, 4, 6}, mosts[] = {0, 5, 9, 12};
    (void)state;
    for (interrupt.period = 1; interrupt.period <= PERIODS; interrupt.period++)
        for (interrupt.first = 0; interrupt.first < interrupt.period; interrupt.first++)
            for (interrupt.bytes = 1; interrupt.bytes <= BYTES_MAX; interrupt.bytes++)
                for (size_t i = 0; i < 64; i++) {
                    interrupt.writes_at_once = i / 32;
                    run(mosts[i % 4], limits[i / 4 % 4], i / 16 % 2);
                    expect_sequel();
                }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(interrupt_may_come_at_any_place),
    };
    return cmocka_run_group_tests_name("lines_interrupted", tests, NULL, NULL);
}
