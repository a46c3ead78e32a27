#include "../../nmea.h"
#include <event2/buffer.h>

#define HAS_FIFO
#define HAS_FIFO_BULK
#define HAS_LINES

static evbuffer *the_buffer = evbuffer_new();

struct fifo {
    static bool put(const uint8_t *data, size_t n)
    {
        return evbuffer_add(the_buffer, data, n) == 0;
    }

    static bool get(uint8_t *data, size_t n)
    {
        return evbuffer_remove(the_buffer, data, n) == (int)n;
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
        if (evbuffer_add(the_buffer, piece, n) != 0)
            return false;
        size_t length;
        while (char *line = evbuffer_readln(the_buffer, &length, EVBUFFER_EOL_CRLF)) {
            count_sentence(line, length, t);
            free(line);
        }
        return true;
    }
};
