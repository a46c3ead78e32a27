/* A lock-free ring for two threads; the header's code becomes functions. What is in it cannot be searched:
 * the reader takes all that is there to an array of its own. */
#include "../../nmea.h"
#include <boost/lockfree/spsc_queue.hpp>

#define HAS_FIFO
#define HAS_FIFO_BULK
#define HAS_LINES

static boost::lockfree::spsc_queue<uint8_t, boost::lockfree::capacity<960>> ring;

struct fifo {
    WHOLE bool put(const uint8_t *data, size_t n)
    {
        return ring.push(data, n) == n;
    }

    WHOLE bool get(uint8_t *data, size_t n)
    {
        return ring.pop(data, n) == n;
    }

    WHOLE bool push(uint8_t byte)
    {
        return ring.push(byte);
    }

    WHOLE bool pop(uint8_t *byte)
    {
        return ring.pop(*byte);
    }
};

struct lines {
    WHOLE bool feed(const char *piece, size_t n, tally *t)
    {
        static char line[2 * LONGEST];
        static size_t held;
        if (!fifo::put((const uint8_t *)piece, n))
            return false;
        held += ring.pop((uint8_t *)line + held, sizeof line - held);
        while (const char *end = (const char *)memchr(line, '\n', held)) {
            count_sentence(line, (size_t)(end - line), t);
            held -= (size_t)(end + 1 - line);
            memmove(line, end + 1, held);
        }
        return true;
    }
};
