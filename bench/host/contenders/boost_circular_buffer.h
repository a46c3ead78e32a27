/* A ring; the header's code becomes functions. It overwrites when it is full, so room is asked for first. */
#include "../../nmea.h"
#include <boost/circular_buffer.hpp>

#define HAS_FIFO
#define HAS_FIFO_BULK
#define HAS_LINES

static boost::circular_buffer<uint8_t> ring(960);

struct fifo {
    WHOLE bool put(const uint8_t *data, size_t n)
    {
        if (n > ring.reserve())
            return false;
        ring.insert(ring.end(), data, data + n);
        return true;
    }

    /* Its two contiguous parts: that is faster than its iterators. */
    WHOLE bool get(uint8_t *data, size_t n)
    {
        if (n > ring.size())
            return false;
        size_t first = std::min<size_t>(n, ring.array_one().second);
        memcpy(data, ring.array_one().first, first);
        memcpy(data + first, ring.array_two().first, n - first);
        ring.erase_begin(n);
        return true;
    }

    WHOLE bool push(uint8_t byte)
    {
        if (ring.full())
            return false;
        ring.push_back(byte);
        return true;
    }

    WHOLE bool pop(uint8_t *byte)
    {
        if (ring.empty())
            return false;
        *byte = ring.front();
        ring.pop_front();
        return true;
    }
};

struct lines {
    WHOLE bool feed(const char *piece, size_t n, tally *t)
    {
        if (!fifo::put((const uint8_t *)piece, n))
            return false;
        for (;;) {
            size_t length = (size_t)(std::find(ring.begin(), ring.end(), '\n') - ring.begin());
            uint8_t line[LONGEST];
            if (length == ring.size())
                return true;
            if (length >= LONGEST || !fifo::get(line, length + 1))
                return false;
            count_sentence((const char *)line, length, t);
        }
    }
};
