/*
 * A buffer: bytes go in at the back, lie in chunks of one block each, and are read where they lie or copied
 * out.
 *
 * Take away: no array has to be large enough for the whole text. Walk the chunks with ta_buffer_next_chunk()
 * where the bytes can be used in pieces (printf, a UART, a checksum); ta_buffer_copy_out() is for the few
 * that cannot.
 */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 8, 8);
static ta_buffer text = TA_BUFFER_INIT(pool);

static void show(const char *when)
{
    printf("%s: %zu bytes held, %zu of 8 blocks used\n", when, ta_buffer_len(&text), ta_stats_of(pool).used);
}

int main(void)
{
    show("empty");

    if (ta_buffer_write(&text, "Sensors send ", 13) != TA_OK || ta_buffer_write(&text, "bytes", 5) != TA_OK ||
        ta_buffer_push(&text, '.') != TA_OK)
        return 1;
    show("written");

    ta_chunk_iterator at = {0};
    ta_span span;
    ta_status status;
    while ((status = ta_buffer_next_chunk(&text, &at, &span)) == TA_OK)
        printf("  chunk of %zu: \"%.*s\"\n", span.length, (int)span.length, (const char *)span.data);
    printf("  then: %s\n", ta_status_name(status)); /* the end, not an error */

    char word[6] = "";
    if (ta_buffer_copy_out(&text, 8, word, 4) != TA_OK) /* lies in one chunk */
        return 1;
    printf("bytes 8 to 11: \"%s\"\n", word);
    if (ta_buffer_copy_out(&text, 13, word, 5) != TA_OK) /* lies in two; the caller does not notice */
        return 1;
    printf("bytes 13 to 17: \"%s\"\n", word);
    status = ta_buffer_copy_out(&text, 17, word, 5); /* only two bytes are there: nothing is copied */
    printf("bytes 17 to 21: %s, still \"%s\"\n", ta_status_name(status), word);
    show("read");

    if (ta_buffer_clear(&text) != TA_OK)
        return 1;
    show("cleared");
    return 0;
}
