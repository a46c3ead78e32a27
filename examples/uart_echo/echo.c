/*
 * Lines out of an interrupt: each line that arrives on the UART is sent back with its length in front.
 *
 *     UART interrupt --push--> [ received ] --line--> "5 hello"
 *
 * A line longer than LONGEST is answered with "too long", as soon as that is known, and skipped. The line "?" is
 * answered with what was counted, and with the blocks in use: none, since everything was answered.
 *
 * Take away: interrupt and main loop share nothing but the queue and a counter. The main loop looks whether a
 * byte has arrived since it last looked, and falls asleep, with interrupts masked: so no byte slips in between.
 * The pool has blocks for the fullest queue, so it never runs dry. A sender that is at most WAITING bytes ahead of the
 * answers loses none. What does not fit is counted, and no line that lacks a part of it is answered.
 *
 * build.sh builds it, and says how to run it.
 */
#include "board.h"
#include <tinyalloc/tinyalloc.h>

enum {
    LONGEST = 64,  /* bytes of a line, without its end */
    WAITING = 128, /* bytes in the queue, at most */
    BLOCK = 16,
    BLOCKS = 1 + (WAITING + BLOCK - 1) / BLOCK, /* what the queue takes at most */
};

TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);
TA_QUEUE_DEFINE(received, pool, WAITING);
static ta_lines lines = TA_LINES_OF_QUEUE(&received, LONGEST);
static uint32_t answered; /* lines */
static uint32_t bytes;    /* that have arrived and were not refused; the interrupt counts them */

void echo_receive_isr(uint8_t byte)
{
    if (ta_queue_push(&received, byte) == TA_OK) /* refused: see ta_queue_dropped() */
        bytes++;
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

static void put_line(const char *line, size_t length)
{
    put_number((uint32_t)length);
    put_text(" ");
    for (size_t i = 0; i < length; i++) /* also a NUL */
        board_put((uint8_t)line[i]);
    put_text("\n");
}

static uint32_t bytes_arrived(void)
{
    ta_mask mask = ta_critical_enter(); /* an AVR loads them one by one */
    uint32_t number = bytes;
    ta_critical_exit(mask);
    return number;
}

static void put_counters(void)
{
    ta_queue_trim(&received); /* a drained queue keeps a block */
    const ta_stats blocks = ta_stats_of(pool);
    const struct {
        const char *name;
        uint32_t number;
    } counters[] = {
        {"lines ", answered},
        {", bytes ", bytes_arrived()},
        {", drops ", (uint32_t)ta_queue_dropped(&received)},
        {", damaged ", lines.damaged},
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

/* Until a byte arrives that the main loop has not seen. */
static void wait_for_bytes(void)
{
    static uint32_t seen;
    ta_mask mask = ta_critical_enter();
    if (bytes == seen)
        board_sleep();
    seen = bytes;
    ta_critical_exit(mask);
}

/* Answer the next line that has arrived; TA_MORE: there is none. */
static ta_status answer_line(void)
{
    char line[LONGEST + 1];
    size_t length;
    ta_status status = ta_lines_read(&lines, line, sizeof line, &length);
    for (; lines.too_long > 0; lines.too_long--, answered++) /* they came before the line */
        put_text("too long\n");
    if (status != TA_OK)
        return status;
    answered++;
    if (length == 1 && line[0] == '?')
        put_counters();
    else
        put_line(line, length);
    return TA_OK;
}

int main(void)
{
    board_init();
    put_text("ready\n");
    for (;;) {
        wait_for_bytes();
        while (answer_line() == TA_OK)
            ;
    }
}
