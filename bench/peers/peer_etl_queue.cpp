// ETL's queue for one writer and one reader. It is a template, so its functions are those of this file.
#include "peers.h"
#include <etl/queue_spsc_atomic.h>

static etl::queue_spsc_atomic<uint8_t, FIFO_BYTES> *queue;
alignas(8) static unsigned char memory[sizeof *queue];

void peer_begin(void)
{
    queue = new (memory) etl::queue_spsc_atomic<uint8_t, FIFO_BYTES>;
}

uintptr_t peer_in(uint32_t byte)
{
    return queue->push(uint8_t(byte));
}

uintptr_t peer_out(uintptr_t)
{
    uint8_t byte = 0;
    return queue->pop(byte) ? byte : UINT32_MAX;
}
