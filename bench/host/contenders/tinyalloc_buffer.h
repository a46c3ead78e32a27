/* Lines are parsed where they lie, across chunks, with the library's parsers; nothing is copied out. */
#include "../../nmea_views.h"

#define HAS_FIFO
#define HAS_FIFO_BULK
#define HAS_LINES

TA_SLAB_DEFINE(pool, BLOCK_SIZE, 2 + (960 + BLOCK_SIZE - 1) / BLOCK_SIZE);
static ta_buffer buffer = TA_BUFFER_INIT(pool);

struct fifo {
    static bool put(const uint8_t *data, size_t n)
    {
        return ta_buffer_write(&buffer, data, n) == TA_OK;
    }

    static bool get(uint8_t *data, size_t n)
    {
        return ta_buffer_read(&buffer, data, n) == TA_OK;
    }

    static bool push(uint8_t byte)
    {
        return ta_buffer_push(&buffer, byte) == TA_OK;
    }

    static bool pop(uint8_t *byte)
    {
        return ta_buffer_pop(&buffer, byte) == TA_OK;
    }
};

static ta_lines reader = TA_LINES_OF_BUFFER(&buffer, LONGEST);

struct lines {
    WHOLE bool feed(const char *piece, size_t n, tally *t)
    {
        ta_view line;
        if (ta_buffer_write(&buffer, piece, n) != TA_OK)
            return false;
        while (ta_lines_next(&reader, &line) == TA_OK)
            count_sentence_of_view(line, t);
        return true;
    }
};
