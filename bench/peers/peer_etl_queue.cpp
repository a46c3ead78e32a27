// ETL's queue for one writer and one reader. It is a template, so its functions are those of this file.
#include "peers.h"
#include <etl/queue_spsc_atomic.h>

typedef etl::queue_spsc_atomic<uint8_t, FIFO_BYTES> fifo;
static fifo *queue;
alignas(8) static unsigned char memory[sizeof(fifo)];

PEER_OF_BYTES(queue = new (memory) fifo, queue->push(byte), queue->pop(byte))
