/* What both halves of each pair use: pairs.c is written with the calls of C, pairs.cpp with tinyalloc.hpp. cost.py compares
 * what a compiler makes of them. */
#ifndef PAIRS_H
#define PAIRS_H

#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_samples = 0, ta_pool_id_sockets = 0 };

struct sample {
    uint32_t time;
    int16_t value;
};

#ifdef __cplusplus
extern "C" {
#endif

int use_sample(struct sample *s);
void close_sample(struct sample *s);
void fill(void *bytes, size_t n);
void send(const uint8_t *bytes, size_t n);
extern const ta_allocator pool[1];

#ifdef __cplusplus
}
#endif

#endif
