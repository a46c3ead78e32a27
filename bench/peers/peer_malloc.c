/* malloc of the C library that the image is linked with. */
#include "peers.h"
#include <stdlib.h>

static uint64_t heap[1024];

static char *used = (char *)heap;

void *_sbrk(ptrdiff_t n)
{
    char *before = used;
    if (n > (char *)(heap + 1024) - used)
        return (void *)-1;
    used += n;
    return before;
}

void *sbrk(ptrdiff_t n)
{
    return _sbrk(n);
}

void peer_begin(void)
{
}

uintptr_t peer_in(uint32_t byte)
{
    (void)byte;
    return (uintptr_t)malloc(BLOCK_SIZE);
}

uintptr_t peer_out(uintptr_t block)
{
    free((void *)block);
    return 0;
}
