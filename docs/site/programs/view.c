/* A view reads the bytes of a buffer where they are. It is stale as soon as bytes of the buffer are removed. */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 8, 8);
static ta_buffer text = TA_BUFFER_INIT(pool);

static void show(const char *name, ta_view v) /* a copy: the caller's view stays as it is */
{
    ta_span span;
    printf("%s:", name);
    while (ta_view_next_span(&v, &span) == TA_OK)
        printf(" \"%.*s\"", (int)span.length, (const char *)span.data);
    printf("\n");
}

int main(void)
{
    if (ta_buffer_write(&text, "GET /status HTTP", 16) != TA_OK)
        return 1;
    ta_view rest = ta_buffer_view(&text), verb;
    size_t end;
    if (ta_view_find(&rest, ' ', &end) != TA_OK || ta_view_split(&rest, end, &verb) != TA_OK)
        return 1;
    show("verb", verb);
    show("rest", rest); /* in two chunks */
    printf("the verb is GET: %s\n", ta_view_equals(&verb, "GET", 3) == TA_OK ? "yes" : "no");

    ta_buffer_consume(&text, 4);
    printf("after a removal: %s\n", ta_status_name(ta_view_check(&rest)));
    return ta_buffer_check(&text);
}
