/* The smaller of two lengths. */
#ifndef TINYALLOC_SMALLER_H
#define TINYALLOC_SMALLER_H

#include <stddef.h>

static inline size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

#endif
