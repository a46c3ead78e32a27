/**
 * @file chain.h
 * @brief The common part of buffers and queues: a chain of blocks with a writing end and a reading end.
 *
 *     out: the reading end                    in: the writing end
 *     [..|aaaaa]-->[bbbbbbbb]-->[cccccccc]-->[ddd|.....]       4 chunks of 8 bytes, 24 bytes stored
 *        ^ next byte to read                     ^ next byte to write
 *
 * Each end counts the bytes that have passed it, modulo 2^N; the difference is the length. All chunks between the ends
 * are full. The chain is private: use ta_buffer (buffer.h) or ta_queue (queue.h), which both begin with one. Public
 * are ta_span and ta_byte_predicate.
 */
#ifndef TINYALLOC_CHAIN_H
#define TINYALLOC_CHAIN_H

#include "allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Contiguous bytes. The call that fills it says how long they are valid. */
typedef struct ta_span {
    uint8_t *data; /**< The first byte. */
    size_t length; /**< How many bytes there are. */
} ta_span;

/** Does a byte match? `context` is the pointer that the caller of the search passed. */
typedef bool (*ta_byte_predicate)(uint8_t byte, void *context);

/* A place in a chain. */
typedef struct ta_chain_place_ {
    uint8_t *at;     /* the next byte, */
    size_t length;   /* and how many are contiguous from there to the end of `chunk` */
    ta_handle chunk; /* the chunk; of several that are side by side, the last */
    size_t left;     /* reader: chunks it has left; writer: blocks set aside and not taken yet */
} ta_chain_place_;

/* One end of a chain. Only its own side writes the members. */
typedef struct ta_chain_end_ {
    size_t count;     /* bytes that have passed this end, modulo 2^N; published last, by one store */
    size_t base;      /* address of the next byte, less `count`: constant while the end stays in a chunk */
    ta_handle chunk;  /* writer: the last chunk; reader: the first one. TA_NONE: there is no chunk */
    ta_slot credit;   /* bytes that may pass in this chunk without another check; 0: check */
    ta_slot reserved; /* writer: bytes of the open reservation; reader: 1 if it has read from this chain */
} ta_chain_end_;

/* With TA_OWNERS, the owner that is noted for each block which the chain takes. */
#if TA_OWNERS
#define TA_CHAIN_OWNER_ uint8_t owner;
#define TA_CHAIN_OWNER_INIT_ , 0
#else
#define TA_CHAIN_OWNER_
#define TA_CHAIN_OWNER_INIT_
#endif

/* The chain. Zeroed memory is an empty chain of a buffer that is bound to NULL. */
typedef struct ta_chain_ {
    uint8_t is_queue : 1;      /* two sides, and the last block stays until trim */
    uint8_t is_watched : 1;    /* queue: there are water marks or a hook */
    uint8_t uses_headroom : 1; /* queue: the writer may take blocks from the headroom of its slab */
    uint8_t is_global : 1;     /* buffer: its first block comes from the global allocator of the moment */
    unsigned char : 0;         /* those above are constant while both sides are in use, those below change */
    uint8_t is_high : 1;       /* queue: on_high was called last, not on_low; used only while masked */
    uint8_t has_gap : 1;       /* queue: bytes were refused at `gap`; used only while masked */
    uint16_t dropped;          /* writer: bytes that were refused; saturates */
    const ta_allocator *allocator; /* where blocks come from */
    size_t limit;                  /* the limit in bytes; 0: none */
    ta_chain_end_ in;              /* the writer's end */
    ta_chain_end_ out; /* the reader's end; if in.chunk is TA_NONE, the writer may set chunk and base */
    TA_CHAIN_OWNER_
} ta_chain_;

/* The initialiser of a chain. */
#define TA_CHAIN_INIT_(allocator, limit, is_queue)                                      \
    {                                                                                   \
        (is_queue), 0, 0, 0, 0, 0, 0, (allocator), (limit), {0, 0, TA_NONE_INIT, 0, 0}, \
            {0, 0, TA_NONE_INIT, 0, 0} TA_CHAIN_OWNER_INIT_                             \
    }

#ifdef __cplusplus
}
#endif

#endif
