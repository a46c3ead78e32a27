/*
 * A buffer read as a stream: search, drop what is not wanted, cut off what is complete, hand it to another
 * buffer.
 *
 * Take away: what is looked for may lie across chunks. Between buffers of one pool whole chunks change hands,
 * so splitting and draining cost at most one partial copy and one block more, however many bytes they move.
 */
#include <ctype.h>
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 8, 16);
static ta_buffer input = TA_BUFFER_INIT(pool), frame = TA_BUFFER_INIT(pool), archive = TA_BUFFER_INIT(pool);

static void show(const char *name, const ta_buffer *b)
{
    ta_chunk_iterator at = {0};
    ta_span span;
    printf("  %-8s [", name);
    for (const char *bar = ""; ta_buffer_next_chunk(b, &at, &span) == TA_OK; bar = "|")
        printf("%s%.*s", bar, (int)span.length, (const char *)span.data);
    printf("]\n");
}

static bool is_blank(uint8_t byte, void *context)
{
    (void)context;
    return isspace(byte) != 0;
}

int main(void)
{
    static const char received[] = "old;   id=7 temp=21.5;  id=8 te";
    size_t position, done;
    if (ta_buffer_write(&input, received, sizeof received - 1) != TA_OK)
        return 1;
    show("input", &input);

    if (ta_buffer_find_seq(&input, 0, "temp=", 5, &position) != TA_OK)
        return 1;
    printf("find_seq \"temp=\": at %zu\n", position);
    printf("find_seq \"wind=\": %s\n", ta_status_name(ta_buffer_find_seq(&input, 0, "wind=", 5, &position)));

    if (ta_buffer_consume_until(&input, ';', &done) != TA_OK)
        return 1;
    printf("consume_until ';': dropped %zu\n", done);
    if (ta_buffer_skip_while(&input, is_blank, NULL, &done) != TA_OK)
        return 1;
    printf("skip_while blank: dropped %zu\n", done);
    show("input", &input);

    if (ta_buffer_find(&input, 0, ';', &position) != TA_OK)
        return 1;
    printf("find ';': at %zu\n", position);
    if (ta_buffer_split(&frame, &input, position + 1) != TA_OK)
        return 1;
    printf("split there:\n");
    show("frame", &frame);
    show("input", &input);

    printf("drain_into 5, then the rest:\n");
    if (ta_buffer_drain_into(&archive, &frame, 5) != TA_OK)
        return 1;
    show("archive", &archive);
    show("frame", &frame);
    if (ta_buffer_append(&archive, &frame) != TA_OK)
        return 1;
    show("archive", &archive);

    printf("next frame: %s\n",
           ta_status_name(ta_buffer_find(&input, 0, ';', &position))); /* not complete yet */
    return ta_buffer_check(&archive) == 0 && ta_buffer_is_empty(&frame) ? 0 : 1;
}
