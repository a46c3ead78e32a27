/* No FIFO, only bytes copied in and out: what cannot be avoided. Nothing stays between a put and its get. */
#define HAS_FIFO
#define HAS_FIFO_BULK
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
