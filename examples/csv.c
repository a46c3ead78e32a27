/*
 * A reader of CSV (RFC 4180): fields between commas, those in quotes may hold commas, line ends and doubled
 * quotes. The input arrives in pieces.
 *
 * Take away: a field is a view of where it lies; doubled quotes are undone while it is printed. The last
 * record may lack its line end: ta_view_final() says that nothing follows, and the same parser then accepts
 * it.
 */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum { MOST_FIELDS = 6 };

TA_SLAB_DEFINE(pool, 8, 12);
static ta_buffer received = TA_BUFFER_INIT(pool);

typedef struct record {
    ta_view fields[MOST_FIELDS]; /* without the quotes around them */
    size_t count;
} record;

static bool is_plain(uint8_t byte, void *context)
{
    (void)context;
    return byte != ',' && byte != '"' && byte != '\r' && byte != '\n';
}

/* Behind the opening quote: everything up to a quote that no other follows. */
static ta_status parse_quoted(ta_view *in, ta_view *field)
{
    ta_view at = *in, part;
    ta_status status;
    size_t length;
    do { /* pass one quote; when a second follows, both belong to the field, and it goes on */
        if ((status = ta_parse_take_until(&at, '"', &part)) != TA_OK)
            return status;
        length = ta_view_len(in) - ta_view_len(&at);
        if ((status = ta_parse_byte(&at, '"')) != TA_OK)
            return status;
    } while ((status = ta_parse_byte(&at, '"')) == TA_OK);
    if (status == TA_E_NO_MATCH && (status = ta_view_take(in, length, field)) == TA_OK)
        *in = at;
    return status;
}

static ta_status parse_field(ta_view *in, ta_view *field)
{
    if (ta_parse_byte(in, '"') == TA_OK)
        return parse_quoted(in, field);
    return ta_parse_take_while(in, is_plain, NULL, field); /* maybe empty; TA_MORE at an open end */
}

/* "\n", "\r\n", or the end of everything. */
static ta_status parse_end(ta_view *in)
{
    ta_status status = ta_parse_byte(in, '\n');
    if (status == TA_E_NO_MATCH && !ta_view_is_empty(in))
        status = ta_parse_tag(in, "\r\n", 2);
    else if (status == TA_E_NO_MATCH)
        status = TA_OK; /* of an open view the answer was TA_MORE */
    return status;
}

static ta_status parse_record(ta_view *in, record *r)
{
    ta_view at = *in;
    ta_status status = TA_OK;
    for (r->count = 0; status == TA_OK && r->count < MOST_FIELDS; r->count++) {
        if (r->count > 0 && (status = ta_parse_byte(&at, ',')) != TA_OK)
            break;
        if ((status = parse_field(&at, &r->fields[r->count])) != TA_OK)
            return status;
    }
    if (status == TA_OK || status == TA_E_NO_MATCH) /* no comma follows: the end must */
        status = parse_end(&at);
    if (status == TA_OK)
        *in = at;
    return status;
}

/* Doubled quotes count once; a line end in a field is shown as "\r\n" in letters. */
static void print_field(const ta_view *field)
{
    ta_view at = *field;
    ta_span span;
    bool is_first = false; /* of two quotes: not shown */
    printf("[");
    while (ta_view_next_span(&at, &span) == TA_OK) {
        for (size_t i = 0; i < span.length; i++) {
            uint8_t byte = span.data[i];
            is_first = byte == '"' && !is_first;
            if (byte == '\r' || byte == '\n')
                printf("\\%c", byte == '\r' ? 'r' : 'n');
            else if (!is_first)
                printf("%c", byte);
        }
    }
    printf("]");
}

/* Print the records that are complete; with `is_all`, what is left is one too. Damaged lines are skipped. */
static bool print_records(bool is_all)
{
    record r;
    size_t done;
    while (!ta_buffer_is_empty(&received)) {
        ta_view in = ta_buffer_view(&received);
        size_t before = ta_view_len(&in);
        if (is_all)
            in = ta_view_final(in);
        ta_status status = parse_record(&in, &r);
        if (status == TA_MORE)
            return true;
        if (status == TA_OK) {
            printf("%zu:", r.count);
            for (size_t i = 0; i < r.count; i++)
                print_field(&r.fields[i]);
            status = ta_buffer_consume(&received, before - ta_view_len(&in));
        } else if (ta_buffer_find(&received, 0, '\n', &done) != TA_OK && !is_all) {
            return true; /* the end of the damaged line is on its way */
        } else {
            printf("damaged");
            status = ta_buffer_consume_until(&received, '\n', &done);
            if (status == TA_E_NO_MATCH)
                status = ta_buffer_clear(&received);
        }
        printf("\n");
        if (status != TA_OK)
            return false;
    }
    return true;
}

int main(void)
{
    static const char input[] = "time,sensor,value,remark\r\n"
                                "12:00,boiler,71.5,\n"
                                "12:01,\"boiler, left\",\"71.6\",\"said \"\"hot\"\"\r\nand left\"\n"
                                ",,,\"\"\n"
                                "12:02,\"boiler\"x,1,\n"
                                "12:03,pump,0,\"no line end\"";
    /* A record that does not fit into the pool (a quote never closed, say) ends at TA_E_NO_MEMORY. */
    for (size_t n, at = 0; at < sizeof input - 1; at += n) {
        n = sizeof input - 1 - at < 7 ? sizeof input - 1 - at : 7;
        if (ta_buffer_write(&received, input + at, n) != TA_OK || !print_records(false))
            return 1;
    }
    if (!print_records(true))
        return 1;
    printf("at most %zu blocks of 8 bytes at once\n", ta_stats_of(pool).peak);
    return ta_slab_check(pool);
}
