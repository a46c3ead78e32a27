/*
 * Lines out of an interrupt: each line that arrives on the UART is sent back with its length in front.
 *
 *     UART interrupt --push--> [ received ] --take--> [ input ] --line--> "5 hello"
 *
 * A line longer than LONGEST is answered with "too long" and skipped. The line "?" is answered with what was
 * counted, and with the blocks in use: none, since everything was answered.
 *
 * Take away: interrupt and main loop share nothing but the queue. The main loop looks whether the queue is
 * empty, and falls asleep, with interrupts masked: so no byte slips in between. BLOCKS is enough for the
 * worst moment, so the pool never runs dry: who sends at most WAITING bytes ahead of the answers loses none,
 * and what does not fit is counted.
 *
 * build.sh builds it, and says how to run it.
 */
#include "board.h"
#include <tinyalloc/tinyalloc.h>

enum {
    LONGEST = 64,  /* bytes of a line, without its end */
    WAITING = 128, /* bytes in the queue, at most */
    BLOCK = 16,
    HELD = LONGEST + 1 + WAITING, /* bytes of input: a line that lacks its "\n", and all that waited */
    BLOCKS = 1 + (WAITING + BLOCK - 1) / BLOCK /* what the queue takes, */
             + 1 + (HELD + BLOCK - 1) / BLOCK  /* the input, */
             + 1,                              /* and ta_queue_take() */
};

TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);
TA_QUEUE_DEFINE(received, pool, WAITING);
static ta_buffer input = TA_BUFFER_INIT(pool);
static bool is_skipping; /* what arrives belongs to a line that was too long */
static uint32_t lines, bytes;

void echo_receive_isr(uint8_t byte)
{
    ta_queue_push(&received, byte); /* refused: see ta_queue_dropped() */
}

/* ---- Answers ------------------------------------------------------------------------------------------- */

static void put_text(const char *text)
{
    while (*text)
        board_put((uint8_t)*text++);
}

static void put_number(uint32_t number)
{
    char digits[11];
    char *at = &digits[sizeof digits - 1];
    *at = '\0';
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    put_text(at);
}

static void put_line(const ta_view *line)
{
    ta_view at = *line;
    ta_span span;
    put_number((uint32_t)ta_view_len(line));
    put_text(" ");
    while (ta_view_next_span(&at, &span) == TA_OK)
        for (size_t i = 0; i < span.length; i++)
            board_put(span.data[i]);
    put_text("\n");
}

static void put_counters(void)
{
    ta_queue_trim(&received); /* a drained queue keeps a block */
    const ta_stats blocks = ta_stats_of(pool);
    const struct {
        const char *name;
        uint32_t number;
    } counters[] = {
        {"lines ", lines},
        {", bytes ", bytes},
        {", drops ", (uint32_t)ta_queue_dropped(&received)},
        {", blocks ", (uint32_t)blocks.used},
        {", peak ", (uint32_t)blocks.peak},
        {", failures ", (uint32_t)blocks.failures},
    };
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        put_text(counters[i].name);
        put_number(counters[i].number);
    }
    put_text("\n");
}

/* ---- The main loop ------------------------------------------------------------------------------------- */

static void wait_for_bytes(void)
{
    ta_mask mask = ta_critical_enter();
    if (ta_queue_is_empty(&received))
        board_sleep();
    ta_critical_exit(mask);
}

static void take_bytes(void)
{
    size_t before = ta_buffer_len(&input);
    ta_queue_take(&received, &input);
    bytes += (uint32_t)(ta_buffer_len(&input) - before);
}

/* A line has arrived: answer it and give its blocks back. */
static void finish_line(const ta_view *line, size_t length_with_end)
{
    bool is_question = !is_skipping && ta_view_equals(line, "?", 1) == TA_OK;
    if (is_skipping)
        is_skipping = false; /* the end of a line that was answered already */
    else if (ta_view_len(line) > LONGEST)
        put_text("too long\n");
    else if (!is_question)
        put_line(line);
    lines++;
    ta_buffer_consume(&input, length_with_end); /* the view ends here */
    if (is_question)
        put_counters();
}

static bool next_line(void)
{
    ta_view rest = ta_buffer_view(&input), line;
    size_t held = ta_view_len(&rest);
    if (ta_parse_line(&rest, &line) == TA_OK) {
        finish_line(&line, held - ta_view_len(&rest));
        return true;
    }
    if (is_skipping || held > LONGEST + 1) { /* the one more may be the '\r' of "\r\n" */
        if (!is_skipping)
            put_text("too long\n");
        is_skipping = true;
        ta_buffer_clear(&input);
    }
    return false;
}

int main(void)
{
    board_init();
    put_text("ready\n");
    for (;;) {
        wait_for_bytes();
        take_bytes();
        while (next_line())
            ;
    }
}
