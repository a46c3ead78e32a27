/* Bytes are taken from the front by moving the rest. */
#include "../../nmea.h"
#include <glib.h>

#define HAS_FIFO
#define HAS_FIFO_BULK
#define HAS_LINES

static GByteArray *the_array = g_byte_array_sized_new(960);

struct fifo {
    static bool put(const uint8_t *data, size_t n)
    {
        return g_byte_array_append(the_array, data, (guint)n);
    }

    WHOLE bool get(uint8_t *data, size_t n)
    {
        if (n > the_array->len)
            return false;
        memcpy(data, the_array->data, n);
        g_byte_array_remove_range(the_array, 0, (guint)n);
        return true;
    }

    static bool push(uint8_t byte)
    {
        return put(&byte, 1);
    }

    static bool pop(uint8_t *byte)
    {
        return get(byte, 1);
    }
};

struct lines {
    WHOLE bool feed(const char *piece, size_t n, tally *t)
    {
        g_byte_array_append(the_array, (const guint8 *)piece, (guint)n);
        while (const void *end = memchr(the_array->data, '\n', the_array->len)) {
            size_t length = (size_t)((const guint8 *)end - the_array->data);
            count_sentence((const char *)the_array->data, length, t);
            g_byte_array_remove_range(the_array, 0, (guint)length + 1);
        }
        return true;
    }
};
