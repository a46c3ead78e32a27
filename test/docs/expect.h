/* What every harness needs: the library, and a check that no build type switches off. */
#ifndef DOCS_EXPECT_H
#define DOCS_EXPECT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

#define EXPECT(condition)                                                             \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: expected: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                  \
        }                                                                             \
    } while (0)

/* Is the buffer's content this text? */
static inline bool holds(const ta_buffer *b, const char *text)
{
    ta_view v = ta_buffer_view(b);
    return ta_buffer_check(b) == 0 && ta_view_equals(&v, text, strlen(text)) == TA_OK;
}

#endif
