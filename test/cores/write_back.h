/* A port of one thread, with a write-back cache that devices do not see: dma.c simulates it, and may be told to break it. */
#ifndef CORES_WRITE_BACK_H
#define CORES_WRITE_BACK_H

#include <stddef.h>
#include <tinyalloc/port/none.h>

#undef TA_PORT_NAME
#define TA_PORT_NAME "write_back"
#define TA_PORT_CACHE_LINE 32

void cache_clean(const void *data, size_t length);
void cache_invalidate(const void *data, size_t length);

static inline void ta_port_clean(const void *data, size_t length)
{
    cache_clean(data, length);
}

static inline void ta_port_invalidate(void *data, size_t length)
{
    cache_invalidate(data, length);
}

#endif
