/* bench/target's plain ring, so that both ways to count are compared. */
#include "../target/ring.h"
#include "peers.h"

static uint8_t bytes[1024];
static ring fifo = {bytes, sizeof bytes - 1, 0, 0};

void peer_begin(void)
{
}

uintptr_t peer_in(uint32_t byte)
{
    return ring_push(&fifo, (uint8_t)byte);
}

uintptr_t peer_out(uintptr_t block)
{
    uint8_t byte = 0;
    (void)block;
    return ring_pop(&fifo, &byte) ? byte : UINT32_MAX;
}
