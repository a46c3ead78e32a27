/* bench/target's plain ring, so that both ways to count are compared. */
#include "../target/ring.h"
#include "peers.h"

static uint8_t bytes[1024];
static ring fifo = {bytes, sizeof bytes - 1, 0, 0};

PEER_OF_BYTES((void)0, ring_push(&fifo, byte), ring_pop(&fifo, &byte))
