/* What the model's sources share: model.c the pool, model_queue.c and model_buffer.c what is made of its blocks. */
#ifndef MODEL_STEPS_H
#define MODEL_STEPS_H

#include "model.h"

enum {
    OK = 0,
    NO_MEMORY = -1,
    FULL = -2,
    EMPTY = -3,
    STALE = -4,
    INVALID = -5,
    RANGE = -6,
    NO_MATCH = -7,
    MORE = -9
};
#define B BLOCK_SIZE

static inline int least(int a, int b)
{
    return a < b ? a : b;
}

static inline int blocks_for(int n)
{
    return (n + B - 1) / B;
}

/* ---- The pool: a call takes all of its blocks at once, and gives them back one by one ------------------------ */

int model_available(const struct model *m, bool uses_headroom);
/* False, and a failure is counted, when there are not enough. */
bool model_take(struct model *m, int blocks, bool uses_headroom);
void model_give(struct model *m, int blocks);
/* One of w->blocks; true when that was the last one. */
bool model_give_back(struct model *m, struct work *w);

/* ---- The end of a call --------------------------------------------------------------------------------------- */

static inline bool finish(struct work *w, int status)
{
    w->call->status = (int8_t)status;
    return true;
}

static inline bool count(struct work *w, int n)
{
    w->call->count = (uint8_t)n;
    return true;
}

/* ---- Calls on queues and buffers ----------------------------------------------------------------------------- */

bool model_step_queue(struct model *m, struct work *w);
bool model_step_buffer(struct model *m, struct work *w);
bool model_step_recent(struct model *m, struct work *w);
void model_prepare_recent(struct model *m, const struct record *asked);
void model_prepare_buffer(struct model *m, int which, int fed, int eaten);

/* Blocks that n more bytes take, after the last one. */
int model_more_blocks(const struct model_buffer *b, int n);

/*
 * Append n bytes from chunks, the first of which is entered at `offset`. The last `cut` bytes are copied out of a chunk that
 * stays where it is. Before: is a spare block needed for them? After: how many blocks are no longer needed.
 */
bool model_needs_spare(const struct model_buffer *to, int offset, int n, int cut);
int model_append_chunks(struct model_buffer *to, int offset, const uint8_t *bytes, int n, int cut,
                        bool has_spare);

#endif
