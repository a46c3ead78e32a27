/*
 * A small protocol parsed where it lies, while it arrives in pieces: "T=<degrees>,H=<percent>" and a line
 * end.
 *
 * Take away: parse from a view, and look at three answers. TA_OK: use the result, then consume what was
 * parsed. TA_MORE: keep everything and try again, from the start, when bytes arrive. Anything else: the input
 * is wrong; skip past it.
 */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 8, 8);
static ta_buffer received = TA_BUFFER_INIT(pool);

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

/* Parse all readings that are complete. */
static void parse_all(void)
{
    reading r;
    ta_status status = TA_OK;
    while (status != TA_MORE) {
        ta_view in = ta_buffer_view(&received);
        size_t before = ta_view_len(&in), done = 0;
        status = parse_reading(&in, &r);
        if (status == TA_OK) {
            printf("  %d centidegrees, %u %%\n", (int)r.centidegrees, (unsigned)r.percent);
            status = ta_buffer_consume(&received, before - ta_view_len(&in));
        } else if (status == TA_MORE) {
            printf("  %s at byte %zu, %zu missing\n", ta_status_name(status), in.stopped, in.missing);
        } else {
            printf("  %s at byte %zu", ta_status_name(status), in.stopped);
            status = ta_buffer_consume_until(&received, '\n', &done) == TA_OK ? TA_OK : TA_MORE;
            printf(", skipped %zu\n", done);
        }
    }
}

int main(void)
{
    static const char *const pieces[] = {
        "T", "=21.5", "0,H=4", "0\nT=-3.25,H=9", "3\nT=warm,H=1\nT=9999999", "99,H=1\nT=0.5,H=55\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        if (ta_buffer_write(&received, pieces[i], strlen(pieces[i])) != TA_OK)
            return 1;
        printf("%zu bytes arrive\n", strlen(pieces[i]));
        parse_all();
    }
    return ta_buffer_is_empty(&received) ? 0 : 1;
}
