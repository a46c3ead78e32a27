/*
 * A buffer used at both ends: bytes are appended and prepended, taken from the front and cut off the back.
 *
 * Take away: blocks go back to the pool as soon as their last byte is consumed, so bytes may flow through a
 * buffer for ever. Prepending a header needs no room set aside beforehand.
 */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 8, 6);
static ta_buffer b = TA_BUFFER_INIT(pool);

/* One line: the bytes with a bar between chunks, and the blocks they take. */
static void show(const char *what, ta_status status)
{
    ta_chunk_iterator at = {0};
    ta_span span;
    printf("%-18s %-10s [", what, ta_status_name(status));
    for (const char *bar = ""; ta_buffer_next_chunk(&b, &at, &span) == TA_OK; bar = "|")
        printf("%s%.*s", bar, (int)span.length, (const char *)span.data);
    printf("] %zu blocks\n", ta_stats_of(pool).used);
}

int main(void)
{
    uint8_t byte;

    show("push 'a'", ta_buffer_push(&b, 'a'));
    show("push 'b'", ta_buffer_push(&b, 'b'));
    show("write 12", ta_buffer_write(&b, "cdefghijklmn", 12));
    if (ta_buffer_peek(&b, &byte) != TA_OK)
        return 1;
    printf("the front is '%c'\n", byte);
    show("pop", ta_buffer_pop(&b, &byte));
    printf("it was '%c'\n", byte);
    show("prepend 1", ta_buffer_prepend(&b, "A", 1)); /* where 'a' lay: no new block */
    show("prepend 7", ta_buffer_prepend(&b, "header:", 7));
    show("consume 7", ta_buffer_consume(&b, 7));
    show("truncate to 10", ta_buffer_truncate(&b, 10));
    show("truncate to 11", ta_buffer_truncate(&b, 11));
    show("consume 11", ta_buffer_consume(&b, 11));
    show("consume 10", ta_buffer_consume(&b, 10));
    show("pop", ta_buffer_pop(&b, &byte));

    /* Ten thousand bytes flow through six blocks. */
    for (unsigned i = 0; i < 10000; i++)
        if (ta_buffer_push(&b, (uint8_t)i) != TA_OK || ta_buffer_pop(&b, &byte) != TA_OK ||
            byte != (uint8_t)i)
            return 1;
    printf("10000 bytes passed through %zu blocks of 8\n", ta_stats_of(pool).capacity);
    return ta_buffer_clear(&b) == TA_OK && ta_available(pool) == 6 ? 0 : 1;
}
