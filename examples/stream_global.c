/*
 * The same kind of stream on buffers that name no allocator: NULL means the program's global one
 * (TA_GLOBAL=1).
 *
 * Take away: code that only passes bytes on needs no pool argument. A buffer binds to the global allocator
 * when it takes its first block, and keeps it until it is empty.
 */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

static ta_buffer input = TA_BUFFER_INIT(NULL), line = TA_BUFFER_INIT(NULL);

static void show_used(const char *when)
{
    ta_stats s = ta_stats_of(ta_global());
    printf("%s: %zu of %zu blocks of %zu bytes used\n", when, s.used, s.capacity, s.block_size);
}

static void print(const ta_buffer *b)
{
    ta_chunk_iterator at = {0};
    ta_span span;
    while (ta_buffer_next_chunk(b, &at, &span) == TA_OK)
        printf("%.*s", (int)span.length, (const char *)span.data);
}

int main(void)
{
    static const char *const pieces[] = {"first li", "ne\nsecond line\nthi", "rd line", "\nnot finished"};
    size_t end;
    show_used("before");

    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        for (const char *c = pieces[i]; *c; c++)
            if (ta_buffer_push(&input, (uint8_t)*c) != TA_OK)
                return 1;
        while (ta_buffer_find(&input, 0, '\n', &end) == TA_OK) {
            if (ta_buffer_split(&line, &input, end + 1) != TA_OK)
                return 1;
            printf("piece %zu completes: ", i + 1);
            print(&line);
        }
    }
    printf("%zu bytes wait for the rest of their line\n", ta_buffer_len(&input));
    show_used("at the end");

    if (ta_buffer_clear(&input) != TA_OK || ta_buffer_clear(&line) != TA_OK)
        return 1;
    show_used("cleared");
    return 0;
}
