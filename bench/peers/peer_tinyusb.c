/* TinyUSB's FIFO, without its mutexes: one writer, one reader. */
#include "peers.h"
#include "tusb.h"

static tu_fifo_t fifo;
static uint8_t bytes[FIFO_BYTES];

PEER_OF_BYTES(tu_fifo_config(&fifo, bytes, FIFO_BYTES, 1, false), tu_fifo_write(&fifo, &byte),
              tu_fifo_read(&fifo, &byte))
