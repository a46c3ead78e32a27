/* The plain ring of bench/target, which is the floor there: one writer, one reader, nothing checked. */
#include "../../nmea_ring.h"

#define HAS_FIFO
#define HAS_FIFO_BULK
#define HAS_LINES

static uint8_t ring_bytes[1024];
static ring plain_ring = {ring_bytes, sizeof ring_bytes - 1, 0, 0};

struct fifo {
    static bool put(const uint8_t *data, size_t n)
    {
        return ring_write(&plain_ring, data, n);
    }

    static bool get(uint8_t *data, size_t n)
    {
        return ring_read(&plain_ring, data, n);
    }

    static bool push(uint8_t byte)
    {
        return ring_push(&plain_ring, byte);
    }

    static bool pop(uint8_t *byte)
    {
        return ring_pop(&plain_ring, byte);
    }
};

struct lines {
    WHOLE bool feed(const char *piece, size_t n, tally *t)
    {
        static size_t searched;
        return nmea_feed_ring(&plain_ring, &searched, piece, n, t);
    }
};
