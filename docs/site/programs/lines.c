/* Lines out of a queue: bytes arrive in pieces, and each line is read once, whole or not at all. */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 16, 8);
TA_QUEUE_DEFINE(received, pool, 96);
static ta_lines lines = TA_LINES_OF_QUEUE(&received, 20); /* of at most 20 bytes, without their ends */

static void arrive(const char *piece)
{
    char text[21];
    printf("+ %zu bytes\n", strlen(piece));
    if (ta_queue_write(&received, piece, strlen(piece)) != TA_OK)
        printf("no room\n");
    while (ta_lines_read(&lines, text, sizeof text, NULL) == TA_OK)
        printf("line: \"%s\"\n", text);
}

int main(void)
{
    arrive("set rate 5\r\nsto");
    arrive("p\n");
    arrive("a line that is longer than the limit");
    arrive(" is skipped up to its end\nstart\n");
    printf("%u line too long, %u damaged\n", lines.too_long, lines.damaged);
    return ta_queue_check(&received);
}
