/* Lines as README.md reads them: out of the queue into an array. */
#include "../../nmea.h"
#include <tinyalloc/tinyalloc.h>

#define HAS_FIFO
#define HAS_FIFO_BULK
#define HAS_LINES

TA_SLAB_DEFINE(pool, BLOCK_SIZE, 2 + (960 + BLOCK_SIZE - 1) / BLOCK_SIZE);
static TA_QUEUE_DEFINE(queue, pool, 960);

struct fifo {
    static bool put(const uint8_t *data, size_t n)
    {
        return ta_queue_write(&queue, data, n) == TA_OK;
    }

    static bool get(uint8_t *data, size_t n)
    {
        return ta_queue_read(&queue, data, n) == TA_OK;
    }

    static bool push(uint8_t byte)
    {
        return ta_queue_push(&queue, byte) == TA_OK;
    }

    static bool pop(uint8_t *byte)
    {
        return ta_queue_pop(&queue, byte) == TA_OK;
    }
};

static ta_lines reader = TA_LINES_OF_QUEUE(&queue, LONGEST);

struct lines {
    WHOLE bool feed(const char *piece, size_t n, tally *t)
    {
        size_t length;
        char line[LONGEST];
        if (ta_queue_write(&queue, piece, n) != TA_OK)
            return false;
        while (ta_lines_read(&reader, line, sizeof line, &length) == TA_OK)
            count_sentence(line, length, t);
        return true;
    }
};
