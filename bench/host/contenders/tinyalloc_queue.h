/* Lines as README.md reads them: through the queue to a buffer, and out of it into an array. */
#include "../nmea.h"
#include <tinyalloc/tinyalloc.h>

#define HAS_FIFO
#define HAS_FIFO_BULK
#define HAS_LINES

TA_SLAB_DEFINE(pool, BLOCK_SIZE, 2 + (960 + BLOCK_SIZE - 1) / BLOCK_SIZE + 2 * LONGEST / BLOCK_SIZE);
static TA_QUEUE_DEFINE(queue, pool, 960);
static ta_buffer received = TA_BUFFER_INIT(pool);

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

struct lines {
    WHOLE bool feed(const char *piece, size_t n, tally *t)
    {
        size_t length;
        char line[LONGEST];
        if (ta_queue_write(&queue, piece, n) != TA_OK || ta_queue_take(&queue, &received) != TA_OK)
            return false;
        while (ta_buffer_find(&received, 0, '\n', &length) == TA_OK) {
            if (length >= sizeof line || ta_buffer_read(&received, line, length + 1) != TA_OK)
                return false;
            count_sentence(line, length, t);
        }
        return true;
    }
};
