/*
 * A small protocol, parsed while it arrives in pieces: "T=<degrees>,H=<percent>" and LF. Nothing is copied.
 *
 * Take away: parse from a view, and look at three answers. TA_OK: use the result, then consume what was
 * parsed. TA_MORE: keep everything and try again, from the start, when bytes arrive; but not for ever, or a
 * line without an end fills the memory. Anything else: the input is wrong; skip to the next line.
 */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum { LONGEST = 32 }; /* bytes of a reading */

TA_SLAB_DEFINE(pool, 8, 8);
static ta_buffer received = TA_BUFFER_INIT(pool);
static bool is_skipping; /* up to the next line end */

typedef struct reading {
    int32_t centidegrees;
    uint32_t percent;
} reading;

/* As the library's parsers do: advance `in`, or leave it. */
static ta_status parse_reading(ta_view *in, reading *r)
{
    ta_view at = *in;
    ta_status status;
    if ((status = ta_parse_tag(&at, "T=", 2)) == TA_OK &&
        (status = ta_parse_fixed(&at, 2, &r->centidegrees)) == TA_OK &&
        (status = ta_parse_tag(&at, ",H=", 3)) == TA_OK &&
        (status = ta_parse_decimal(&at, &r->percent)) == TA_OK &&
        (status = ta_parse_byte(&at, '\n')) == TA_OK)
        *in = at;
    in->stopped = ta_view_len(in) - ta_view_len(&at) + at.stopped; /* counted from the start of the reading */
    in->missing = at.missing;
    return status;
}

/* The rest of a line that is wrong. What has not arrived is skipped when it does. */
static ta_status skip_line(void)
{
    size_t done;
    ta_status status = ta_buffer_consume_until(&received, '\n', &done);
    is_skipping = status == TA_E_NO_MATCH;
    if (is_skipping) {
        done = ta_buffer_len(&received);
        status = ta_buffer_clear(&received);
    }
    printf("  skipped %zu\n", done);
    return status;
}

/* Parse all readings that are complete. */
static ta_status parse_all(void)
{
    ta_status status = TA_OK;
    while (status == TA_OK && !ta_buffer_is_empty(&received)) {
        if (is_skipping) {
            status = skip_line();
            continue;
        }
        reading r;
        ta_view in = ta_buffer_view(&received);
        if (ta_view_len(&in) > LONGEST) /* this makes it final: a longer reading is wrong */
            (void)ta_view_take(&in, LONGEST, &in);
        size_t before = ta_view_len(&in);
        status = parse_reading(&in, &r);
        if (status == TA_OK) {
            printf("  %d centidegrees, %u %%\n", (int)r.centidegrees, (unsigned)r.percent);
            status = ta_buffer_consume(&received, before - ta_view_len(&in));
        } else {
            printf("  %s at byte %zu, %zu missing\n", ta_status_name(status), in.stopped, in.missing);
            if (status != TA_MORE)
                status = skip_line();
        }
    }
    return status == TA_MORE ? TA_OK : status;
}

int main(void)
{
    static const char *const pieces[] = {
        "T", "=21.5", "0,H=4", "0\nT=-3.25,H=9", "3\nT=warm,H", "=1\nT=9999999", "99,H=1\nT=0.5,H=55\n",
        /* a line that does not end */
        "T=1,H=0000000000", "0000000000000000", "0000000000000000", "1\nT=2,H=2\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        if (ta_buffer_write(&received, pieces[i], strlen(pieces[i])) != TA_OK)
            return 1;
        printf("%zu bytes arrive\n", strlen(pieces[i]));
        if (parse_all() != TA_OK)
            return 1;
    }
    return ta_buffer_is_empty(&received) ? 0 : 1;
}
