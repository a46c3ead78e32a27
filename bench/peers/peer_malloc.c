/* malloc of the C library that the image is linked with. */
#include "peers.h"
#include <stdlib.h>

static uint64_t heap[1024];

void *sbrk(ptrdiff_t n)
{
    static char *used = (char *)heap;
    char *before = used;
    if (n > (char *)(heap + 1024) - used)
        return (void *)-1;
    used += n;
    return before;
}

void *_sbrk(ptrdiff_t n)
{
    return sbrk(n);
}

PEER_OF_BLOCKS((void)0, malloc(BLOCK_SIZE), (free)(block))
