/*
 * The plain model: what one operation may do, as arrays and counts, in the steps that its contract lets others see.
 * A bulk write is: look at the limit, take the blocks, publish; a bulk read is: look how much there is, give back
 * one block after another, take the bytes; a look is one step. A serial order is the interrupt before the first step or
 * after the last; the orders between are those the contract allows besides.
 */
#ifndef MODEL_H
#define MODEL_H

#include "race.h"
#include <stdbool.h>

#define TAPE 128

struct model {
    int taken, headroom, retired, peak, failures; /* blocks; calls */
    bool is_worn;                                 /* whatever is freed leaves service */
    bool live[HANDLES];
    int own_size;
    uint8_t tape[TAPE]; /* every byte ever written to the queue; chunk i is bytes 4i to 4i+3 */
    int written, read, head, chunks, dropped, limit;
    int reserved;
    bool is_fresh;      /* the reservation is in a block of its own */
    bool uses_headroom; /* its writer does */
    struct model_buffer {
        uint8_t bytes[TAPE];
        int length, offset; /* the first byte's, in its chunk */
    } buffer[2];            /* and the one aside */
    struct model_recent {
        uint8_t bytes[TAPE], lengths[TAPE]; /* of the units, without prefixes */
        int units, count;                   /* how many are stored, and how many are counted */
        int removed;                        /* units, read or dropped */
        int unit, limit, dropped;
        int front, end; /* where the oldest unit begins and the newest ends, from the first chunk of all on */
        int first, last; /* the numbers of the chunks in which they are */
        int claimed,
            pinned; /* what the reader is copying: bytes before the front; or the chunk where they end */
        bool has_chain;
    } recent;
    bool choice;  /* where the contract leaves one: see clear, handle_of and room */
    bool swapped; /* OWN was freed and a block taken since */
};

/* A call that is under way. */
struct work {
    struct call *call;
    int at, n, blocks, done, status, from, to;
};

/* Run the next step; true when that was the last one. */
bool model_step(struct model *m, struct work *w);
/* All steps. */
void model_run(struct model *m, struct call *c);
/* What the image prepares. */
void model_prepare(struct model *m, const struct record *r, bool is_worn);
int model_chunks(const struct model_buffer *b);
bool model_agrees_recent(const struct model *m, const struct record *result);

#endif
