// The same functions as in pairs.c, written with tinyalloc.hpp.
#include "pairs.h"
#include <tinyalloc/tinyalloc.hpp>

struct closing : sample { // what close_sample() ends
    ~closing()
    {
        close_sample(this);
    }
};

using samples = ta::pool<sample, 8>;
using sockets = ta::pool<closing, 4>;
static ta::static_queue received{pool, 200};
static ta::static_buffer text{pool};

// As in C, a handle is returned in a register.
static_assert(sizeof(samples::handle) == sizeof(ta_handle) && sizeof(sockets::handle) == sizeof(ta_handle),
              "no byte more");

extern "C" {

// ---- Typed pools -----------------------------------------------------------------------------------------

static samples::handle kept;

bool pool_keep()
{
    kept = samples::alloc();
    return samples::is_live(kept);
}

samples::handle tail_alloc()
{
    return samples::alloc();
}

int pool_read(samples::handle h)
{
    sample *s = samples::get(h);
    return s ? s->value : -1;
}

bool pool_free(samples::handle h)
{
    return samples::destroy(h);
}

samples::handle pool_create(uint32_t time, int16_t value)
{
    return samples::create(time, value);
}

bool pool_destroy(sockets::handle h)
{
    return sockets::destroy(h);
}

int pool_owner(uint32_t time)
{
    samples::owner s = samples::make(time, int16_t{0});
    if (!s)
        return -1;
    return use_sample(s.get());
}

// ---- Blocks, buffers, queues -----------------------------------------------------------------------------

bool block_scope()
{
    ta::block b{pool, 32};
    if (!b)
        return false;
    fill(b.get(), 32);
    return true;
}

ta_status block_append()
{
    ta::block b{pool, 32};
    if (!b)
        return TA_E_NO_MEMORY;
    fill(b.get(), 32);
    return text.append_block(ta::move(b), 32);
}

ta_status buffer_scope(const char *line, size_t n)
{
    uint8_t first;
    ta::buffer b{pool};
    ta_status status = b.write(line, n);
    if (status == TA_OK)
        status = b.pop(first);
    return status;
}

#if __cplusplus >= 201703L // avr-g++ 5 has no range-based for with a type of its own for the end
void buffer_chunks(const ta::static_buffer *b)
{
    for (ta::span chunk : b->chunks())
        send(chunk.data(), chunk.size());
}

unsigned buffer_sum()
{
    unsigned sum = 0;
    for (ta::span chunk : text.chunks())
        for (uint8_t byte : chunk)
            sum += byte;
    return sum;
}
#endif

void queue_interrupt(uint8_t byte)
{
    received.push(byte);
}

size_t queue_front()
{
    ta::span bytes;
    if (received.front(bytes) != TA_OK)
        return 0;
    send(bytes.data(), bytes.size());
    received.consume(bytes.size());
    return bytes.size();
}

ta_status queue_reserve()
{
    ta::span bytes;
    ta_status status = received.reserve(16, bytes);
    if (status != TA_OK)
        return status;
    fill(bytes.data(), bytes.size());
    return received.commit(bytes.size());
}

void queue_move(ta::queue *to, ta::queue *from)
{
    *to = ta::move(*from);
}

size_t queue_length()
{
    return received.empty() ? 0 : received.size();
}
}
