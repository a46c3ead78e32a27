/* TinyUSB's FIFO, without its mutexes: one writer, one reader. */
#include "peers.h"
#include "tusb.h"

static tu_fifo_t fifo;
static uint8_t bytes[FIFO_BYTES];

void peer_begin(void)
{
    tu_fifo_config(&fifo, bytes, FIFO_BYTES, 1, false);
}

uintptr_t peer_in(uint32_t byte)
{
    uint8_t item = (uint8_t)byte;
    return tu_fifo_write(&fifo, &item);
}

uintptr_t peer_out(uintptr_t block)
{
    uint8_t item = 0;
    (void)block;
    return tu_fifo_read(&fifo, &item) ? item : UINT32_MAX;
}
