/* No FIFO, only bytes copied in and out: what cannot be avoided. Nothing stays between a put and its get. Lines come out of
 * a linear array. */
#include "../../nmea_ring.h"

#define HAS_FIFO
#define HAS_FIFO_BULK
#define HAS_LINES
#define HOLDS_NOTHING

static uint8_t store[960];

struct fifo {
    static bool put(const uint8_t *data, size_t n)
    {
        return memcpy(store, data, n);
    }

    static bool get(uint8_t *data, size_t n)
    {
        return memcpy(data, store, n);
    }

    WHOLE bool push(uint8_t byte)
    {
        store[0] = byte;
        return true;
    }

    WHOLE bool pop(uint8_t *byte)
    {
        *byte = store[0];
        return true;
    }
};

struct lines {
    WHOLE bool feed(const char *piece, size_t n, tally *t)
    {
        static nmea_array array;
        return nmea_feed_array(&array, piece, n, t);
    }
};
