/*
 * A reader of CSV (RFC 4180): fields between commas; those in quotes may contain commas, line ends and
 * doubled quotes. It prints one line for each record. The rules that it keeps are listed in csv.md.
 *
 *     csv        reads the records below
 *     csv -      reads standard input
 *
 * Take away: two questions, one after the other. Where does the record end? Each byte is looked at once for
 * that, as it arrives. Is the record right? The parsers answer on a final view of it, so they never ask for
 * more. A field is a view of where it is; doubled quotes are undone while it is printed.
 */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum {
    LONGEST_RECORD =
        1024,         /* A longer one is skipped, so a quote that is never closed does not fill the memory. */
    MOST_FIELDS = 32, /* A record with more of them is skipped. */
    PIECE = 64        /* Bytes that arrive at once. */
};

TA_SLAB_DEFINE(pool, 16, (LONGEST_RECORD + PIECE) / 16 + 2);
static ta_buffer received = TA_BUFFER_INIT(pool);

/* Where the next byte is. */
typedef enum place { AT_START /* of a field */, IN_PLAIN, IN_QUOTES, AFTER_QUOTE } place;

/* What is known of the file so far. */
static struct state {
    place place;
    size_t scanned;   /* bytes of `received`, from its front on, that contain no end of a record */
    size_t columns;   /* fields of the first record; 0: none has been read */
    bool is_begun;    /* the byte order mark was there, or was not */
    bool is_skipping; /* the record is too long; its bytes are dropped up to its end */
    bool is_after_cr; /* an LF that is next belongs to the end before it */
} state;

typedef struct record {
    ta_view fields[MOST_FIELDS]; /* without the quotes around them */
    size_t count;                /* may be more: those are not stored */
} record;

/* ---- Where a record ends ------------------------------------------------------------------------------- */

static bool is_end(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

/* A wrong quote changes nothing: so the end of a damaged record is where most other readers see it, too. */
static place next_place(place now, uint8_t byte)
{
    if (now == IN_QUOTES)
        return byte == '"' ? AFTER_QUOTE : IN_QUOTES;
    if (byte == ',')
        return AT_START;
    return byte == '"' && now != IN_PLAIN ? IN_QUOTES : IN_PLAIN; /* after a quote: it was a doubled one */
}

/* Look at the bytes that were not scanned before. True: a record ends before the byte at `state.scanned`. */
static bool scan(void)
{
    ta_view at = ta_buffer_view(&received);
    ta_span span;
    if (ta_view_skip(&at, state.scanned) != TA_OK)
        return false;
    while (ta_view_next_span(&at, &span) == TA_OK)
        for (size_t i = 0; i < span.length; i++, state.scanned++) {
            if (is_end(span.data[i]) && state.place != IN_QUOTES)
                return true;
            state.place = next_place(state.place, span.data[i]);
        }
    return false;
}

/* ---- Whether it is right ------------------------------------------------------------------------------- */

/* Control characters are damage, except for the tab. Bytes above ASCII are UTF-8 or another encoding. */
static bool is_text(uint8_t byte)
{
    return (byte >= ' ' && byte != 0x7F) || byte == '\t';
}

static bool is_plain(uint8_t byte, void *context)
{
    (void)context;
    return is_text(byte) && byte != ',' && byte != '"';
}

static bool is_quoted(uint8_t byte, void *context)
{
    (void)context;
    return (is_text(byte) || is_end(byte)) && byte != '"';
}

/* After the opening quote: everything up to a quote that no other follows. */
static ta_status parse_quoted(ta_view *in, ta_view *field)
{
    ta_view at = *in;
    size_t length;
    do { /* pass one quote; when a second follows, both belong to the field, and it goes on */
        if (ta_parse_take_while(&at, is_quoted, NULL, NULL) != TA_OK)
            return TA_E_NO_MATCH;
        length = ta_view_len(in) - ta_view_len(&at);
        if (ta_parse_byte(&at, '"') != TA_OK)
            return TA_E_NO_MATCH;
    } while (ta_parse_byte(&at, '"') == TA_OK);
    ta_status status = ta_view_take(in, length, field);
    *in = at;
    return status;
}

static ta_status parse_field(ta_view *in, ta_view *field)
{
    if (ta_parse_byte(in, '"') == TA_OK)
        return parse_quoted(in, field);
    return ta_parse_take_while(in, is_plain, NULL, field); /* maybe empty */
}

static bool parse_record(ta_view in, record *r)
{
    ta_view field;
    r->count = 0;
    do {
        if (parse_field(&in, &field) != TA_OK)
            return false;
        if (r->count < MOST_FIELDS)
            r->fields[r->count] = field;
        r->count++;
    } while (ta_parse_byte(&in, ',') == TA_OK);
    return ta_view_is_empty(&in);
}

/* ---- Showing it ---------------------------------------------------------------------------------------- */

/* Doubled quotes count once. What is not printable, and what could be mistaken, is shown in hexadecimal. */
static void show_field(ta_view field)
{
    ta_span span;
    bool is_first = false; /* of two quotes: not shown */
    printf("[");
    while (ta_view_next_span(&field, &span) == TA_OK)
        for (size_t i = 0; i < span.length; i++) {
            uint8_t byte = span.data[i];
            is_first = byte == '"' && !is_first;
            if (is_first)
                continue;
            if (byte < ' ' || byte > '~' || byte == '\\' || byte == '[' || byte == ']')
                printf("\\x%02X", (unsigned)byte);
            else
                printf("%c", byte);
        }
    printf("]");
}

static void show_record(ta_view in)
{
    record r;
    if (!parse_record(in, &r)) {
        printf("damaged\n");
        return;
    }
    if (state.columns == 0)
        state.columns = r.count;
    printf("%lu", (unsigned long)r.count);
    if (r.count != state.columns)
        printf(" instead of %lu", (unsigned long)state.columns);
    if (r.count > MOST_FIELDS)
        printf(", too many");
    else
        for (size_t i = 0; i < r.count; i++)
            show_field(r.fields[i]);
    printf("\n");
}

/* ---- The file ------------------------------------------------------------------------------------------ */

/* Drop what was scanned, and `more` bytes. */
static bool drop(size_t more)
{
    ta_status status = ta_buffer_consume(&received, state.scanned + more);
    state.scanned = 0;
    return status == TA_OK;
}

/* The record is what was scanned; `end_bytes` end it: 1, or 0 at the end of the file. */
static bool end_record(size_t end_bytes)
{
    ta_view all = ta_buffer_view(&received), in;
    uint8_t end = 0;
    if (ta_view_take(&all, state.scanned, &in) != TA_OK)
        return false;
    if (end_bytes > 0 && ta_view_at(&all, state.scanned, &end) != TA_OK)
        return false;
    if (!state.is_skipping && state.scanned <= LONGEST_RECORD)
        show_record(in);
    else if (!state.is_skipping)
        printf("too long\n");
    state.place = AT_START;
    state.is_skipping = false;
    state.is_after_cr = end == '\r';
    return drop(end_bytes);
}

/* Remove what the parsers must not see: the mark before the first record, and the LF of a CR LF. */
static bool open_record(bool is_all)
{
    ta_view all = ta_buffer_view(&received), in = is_all ? ta_view_final(all) : all;
    ta_status status = state.is_begun ? TA_E_NO_MATCH : ta_parse_tag(&in, "\xEF\xBB\xBF", 3);
    if (status == TA_MORE)
        return false;
    state.is_begun = true;
    if (status == TA_E_NO_MATCH && state.is_after_cr && !ta_view_is_empty(&in)) {
        (void)ta_parse_byte(&in, '\n');
        state.is_after_cr = false;
    }
    return ta_buffer_consume(&received, ta_view_len(&all) - ta_view_len(&in)) == TA_OK;
}

/* Show the records that are complete; with `is_all`, what is left is one, too. */
static bool show_records(bool is_all)
{
    while (open_record(is_all) && scan())
        if (!end_record(1))
            return false;
    if (state.scanned > LONGEST_RECORD || state.is_skipping) {
        if (!state.is_skipping)
            printf("too long\n");
        state.is_skipping = true;
        if (!drop(0))
            return false;
    }
    return !is_all || state.scanned == 0 || end_record(0);
}

static bool feed(const uint8_t *data, size_t n)
{
    for (size_t piece; n > 0; data += piece, n -= piece) {
        piece = n < PIECE ? n : PIECE;
        if (ta_buffer_write(&received, data, piece) != TA_OK || !show_records(false))
            return false;
    }
    return true;
}

static bool finish(void)
{
    bool is_fine = show_records(true) && ta_buffer_clear(&received) == TA_OK;
    memset(&state, 0, sizeof state);
    return is_fine;
}

static const char sample[] = "time,sensor,value,remark\r\n"
                             "12:00,boiler,71.5,\n"
                             "12:01,\"boiler, left\",\"71.6\",\"said \"\"hot\"\"\r\nand left\"\n"
                             ",,,\"\"\r"
                             "12:02,\"boiler\"x,1,\n"
                             "12:03,boiler,72\n"
                             "12:04,pump,0,\"no line end\"";

int main(int count, char **arguments)
{
    uint8_t data[PIECE];
    bool is_fine = true;
    if (count > 1 && strcmp(arguments[1], "-") == 0)
        for (size_t n; is_fine && (n = fread(data, 1, sizeof data, stdin)) > 0;)
            is_fine = feed(data, n);
    else
        for (size_t i = 0; is_fine && i < sizeof sample - 1; i++)
            is_fine = feed((const uint8_t *)sample + i, 1);
    return is_fine && finish() && ta_slab_check(pool) == 0 ? 0 : 1;
}
