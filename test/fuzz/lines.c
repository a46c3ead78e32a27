/*
 * Bytes written in pieces come out as the lines of a plain array, in order; each line once and whole, unless it is
 * too long or the queue refused bytes. A small queue does that: then each line that comes is one that was sent,
 * after the one before.
 *
 * An input: 3 bytes that choose the reader and the pieces, and the bytes.
 */
#include "fuzz.h"
#include <tinyalloc/tinyalloc.h>

enum { LENGTH_MAX = 400 };
TA_SLAB_DEFINE(pool, 5, LENGTH_MAX / 5 + 4);

static const uint8_t *sent, *sent_end; /* what was sent and not delivered yet */
static bool after_cr;                  /* which ended the line before */
static unsigned too_long;

/* The next line that was sent. False: none has ended. */
static bool next_sent(bool ends_at_cr, const uint8_t **line, size_t *length)
{
    sent += after_cr && sent < sent_end && *sent == '\n';
    const uint8_t *at = sent;
    while (at < sent_end && *at != '\n' && !(ends_at_cr && *at == '\r'))
        at++;
    if (at == sent_end)
        return false;
    *line = sent;
    *length = (size_t)(at - sent);
    if (*at == '\n' && *length > 0 && at[-1] == '\r')
        (*length)--;
    after_cr = *at == '\r';
    sent = at + 1;
    return true;
}

/* A line has come: is it the next one that was sent and is not too long, or, in a small queue, one of those? */
static void need_sent(const char *text, size_t length, size_t limit, bool ends_at_cr, bool is_small)
{
    const uint8_t *line;
    size_t n;
    while (next_sent(ends_at_cr, &line, &n)) {
        if (n == length && memcmp(line, text, n) == 0)
            return;
        too_long += n > limit;
        NEED(is_small || n > limit);
    }
    NEED(!"this line was never sent");
}

static void read_lines(ta_lines *lines, bool copies, size_t limit, bool is_small)
{
    char text[LENGTH_MAX + 1];
    size_t length = 0;
    ta_view line;
    for (;;) {
        ta_status status =
            copies ? ta_lines_read(lines, text, sizeof text, &length) : ta_lines_next(lines, &line);
        NEED(status == TA_OK || status == TA_MORE);
        if (status == TA_MORE)
            return;
        if (!copies) {
            length = ta_view_len(&line);
            NEED(ta_view_is_final(&line) && ta_view_copy(&line, 0, text, length) == TA_OK);
        }
        NEED(length <= limit);
        need_sent(text, length, limit, lines->ends_at_cr, is_small);
    }
}

/* What is left after the last line is one, too. */
static void read_last(ta_lines *lines, size_t limit)
{
    ta_view line;
    const uint8_t *skipped;
    size_t n;
    while (next_sent(lines->ends_at_cr, &skipped, &n)) {
        NEED(n > limit);
        too_long++;
    }
    if (sent < sent_end && sent_end[-1] == '\r')
        return; /* half of an end, or a byte of the line */
    n = (size_t)(sent_end - sent);
    ta_status status = ta_lines_last(lines, &line);
    NEED(status == (n == 0 || n > limit ? TA_E_EMPTY : TA_OK));
    NEED(status != TA_OK || ta_view_equals(&line, sent, n) == TA_OK);
    NEED(lines->too_long == too_long + (n > limit));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static ta_queue queue;
    static ta_buffer buffer;
    if (length < 3 || length - 3 > LENGTH_MAX)
        return 0;
    bool in_buffer = bytes[0] & 1, ends_at_cr = bytes[0] & 2, copies = bytes[0] & 4,
         is_small = !in_buffer && bytes[0] & 8;
    size_t limit = 1 + bytes[1] % 64, step = 1 + bytes[2] % 80;
    NEED(ta_queue_init(&queue, pool, is_small ? 40 : 0) == TA_OK && ta_buffer_init(&buffer, pool) == TA_OK);
    ta_lines of_queue = TA_LINES_OF_QUEUE(&queue, limit), of_buffer = TA_LINES_OF_BUFFER(&buffer, limit);
    ta_lines *lines = in_buffer ? &of_buffer : &of_queue;
    lines->ends_at_cr = ends_at_cr;
    sent = sent_end = bytes + 3;
    after_cr = false;
    too_long = 0;
    for (size_t left = length - 3; left > 0;) {
        size_t piece = step < left ? step : left;
        ta_status status =
            in_buffer ? ta_buffer_write(&buffer, sent_end, piece) : ta_queue_write(&queue, sent_end, piece);
        NEED(status == TA_OK || (is_small && status == TA_E_FULL));
        sent_end += piece;
        left -= piece;
        read_lines(lines, copies, limit, is_small);
        NEED(ta_slab_check(pool) == 0 && ta_queue_check(&queue) == 0 && ta_buffer_check(&buffer) == 0);
    }
    if (!is_small)
        read_last(lines, limit);
    NEED(ta_buffer_clear(&buffer) == TA_OK && ta_queue_clear(&queue) == TA_OK && ta_stats_of(pool).used == 0);
    return 0;
}
