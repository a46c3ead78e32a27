/**
 * @file chain.h
 * @brief What a buffer and a queue are made of: bytes on a chain of blocks, with a writing end and a reading end.
 *
 *      out: the reading end                       in: the writing end
 *     [..|aaaaa]-->[bbbbbbbb]-->[cccccccc]-->[ddd|.....]             4 chunks of 8 bytes, 24 bytes stored
 *        ^ next byte to read                      ^ next byte to write
 *
 * Each end counts the bytes that have passed it, modulo 2^N; the difference is the length. All chunks between the ends are full.
 * This header is no interface: use ta_buffer (buffer.h) and ta_queue (queue.h), which both begin with a chain.
 */
#ifndef TINYALLOC_CHAIN_H
#define TINYALLOC_CHAIN_H

#include "allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Contiguous bytes. */
typedef struct ta_span {
    uint8_t *data; /**< the first of them */
    size_t length; /**< in bytes */
} ta_span;

/** Is this a byte that is looked for? `context` is what the caller passed along. */
typedef bool (*ta_byte_predicate)(uint8_t byte, void *context);

/* One end of a chain. Its members are written by the side that it belongs to. */
typedef struct ta_chain_end_ {
    size_t count;     /* bytes that have passed this end, modulo 2^N; published last, by one store */
    size_t base;      /* address of the next byte, less `count`: constant while the end stays in a chunk */
    ta_handle chunk;  /* writer: the last chunk; reader: the first one. TA_NONE: there is no chunk */
    ta_slot credit;   /* bytes that may pass in this chunk without another look; 0: look */
    ta_slot reserved; /* writer: bytes of the open reservation; reader: 1 when it has read of this chain */
} ta_chain_end_;

/* The chain. Zeroed memory is an empty chain of a buffer that is bound to no allocator. */
typedef struct ta_chain_ {
    uint8_t is_queue : 1;          /* two sides, and the last block stays until trim */
    uint8_t is_watched : 1;        /* queue: there are water marks */
    uint8_t uses_headroom : 1;     /* queue: the writer may take blocks from the headroom of its slab */
    uint8_t is_global : 1;         /* buffer: uses the global allocator of the moment when its first block is taken */
    bool is_high;                  /* queue: on_high was called and on_low not yet; changed only while masked */
    uint16_t dropped;              /* queue, writer: bytes that were refused; saturates */
    const ta_allocator *allocator; /* where blocks come from */
    size_t limit;                  /* the caller's limit in bytes; 0: none */
    ta_chain_end_ in;              /* the writer's */
    ta_chain_end_ out;             /* the reader's; while `in.chunk` is TA_NONE, chunk and base are the writer's */
} ta_chain_;

/* The initialiser of a chain. */
#define TA_CHAIN_INIT_(allocator, limit, is_queue)                                                                  \
    {                                                                                                               \
        (is_queue), 0, 0, 0, false, 0, (allocator), (limit), {0, 0, TA_NONE_INIT, 0, 0}, {0, 0, TA_NONE_INIT, 0, 0} \
    }

#ifdef __cplusplus
}
#endif

#endif
