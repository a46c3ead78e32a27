/*
 * What the image (image.c) and the host (measure.c) tell each other: halfwords only, so the layout is the same on all.
 *
 *     Cortex-M   the host writes `request`, calls prepare(), then operate()
 *     AVR        GPIOR0: READY, or GO (host) -> PREPARED, or OPERATE (host) -> BEGIN -> END
 *                GPIOR1/2: the address of `request`
 */
#ifndef MASKED_H
#define MASKED_H

#include <stdint.h>

enum { READY = 1, GO, PREPARED, OPERATE, BEGIN, END };

/* Every public operation but those of view.h and parse.h: run.sh looks whether they mask. What is prepared for it: PLAIN
 * nothing, SLAB a block, BUFFER a buffer, BLOCK a buffer and a block, BUFFERS two buffers, QUEUE a queue, QUEUE_BUFFER a queue
 * and a buffer, RECENT a queue that keeps the newest. And is it asked for a number (of bytes, blocks, …) that can be small or large? */
#define OPERATIONS(X)                        \
    X(alloc, SLAB, SIZED)                    \
    X(alloc_copy, SLAB, SIZED)               \
    X(get, SLAB, FIXED)                      \
    X(size, SLAB, FIXED)                     \
    X(is_live, SLAB, FIXED)                  \
    X(resize, SLAB, SIZED)                   \
    X(free, SLAB, FIXED)                     \
    X(clear, SLAB, FIXED)                    \
    X(available, SLAB, FIXED)                \
    X(handle_of, SLAB, FIXED)                \
    X(stats_of, SLAB, FIXED)                 \
    X(slab_init, PLAIN, FIXED)               \
    X(slab_reset, PLAIN, FIXED)              \
    X(slab_set_pool, PLAIN, FIXED)           \
    X(slab_set_headroom, SLAB, SIZED)        \
    X(slab_alloc_headroom, SLAB, SIZED)      \
    X(slab_handle_at, SLAB, FIXED)           \
    X(slab_layout, PLAIN, FIXED)             \
    X(slab_check, SLAB, FIXED)               \
    X(buffer_init, PLAIN, FIXED)             \
    X(buffer_clear, BUFFER, FIXED)           \
    X(buffer_set_limit, BUFFER, FIXED)       \
    X(buffer_limit, BUFFER, FIXED)           \
    X(buffer_push, BUFFER, FIXED)            \
    X(buffer_write, BUFFER, SIZED)           \
    X(buffer_write_some, BUFFER, SIZED)      \
    X(buffer_append_block, BLOCK, SIZED)     \
    X(buffer_reserve, BUFFER, SIZED)         \
    X(buffer_commit, BUFFER, SIZED)          \
    X(buffer_cancel, BUFFER, FIXED)          \
    X(buffer_pop, BUFFER, FIXED)             \
    X(buffer_peek, BUFFER, FIXED)            \
    X(buffer_front, BUFFER, FIXED)           \
    X(buffer_consume, BUFFER, SIZED)         \
    X(buffer_prepend, BUFFER, SIZED)         \
    X(buffer_truncate, BUFFER, SIZED)        \
    X(buffer_next_chunk, BUFFER, FIXED)      \
    X(buffer_copy_out, BUFFER, SIZED)        \
    X(buffer_move, BUFFERS, FIXED)           \
    X(buffer_copy_range, BUFFERS, SIZED)     \
    X(buffer_len, BUFFER, FIXED)             \
    X(buffer_is_empty, BUFFER, FIXED)        \
    X(buffer_room, BUFFER, FIXED)            \
    X(buffer_check, BUFFER, FIXED)           \
    X(buffer_read, BUFFER, SIZED)            \
    X(buffer_read_some, BUFFER, SIZED)       \
    X(buffer_at, BUFFER, SIZED)              \
    X(buffer_find, BUFFER, FIXED)            \
    X(buffer_find_if, BUFFER, FIXED)         \
    X(buffer_find_seq, BUFFER, FIXED)        \
    X(buffer_skip_while, BUFFER, FIXED)      \
    X(buffer_consume_until, BUFFER, FIXED)   \
    X(buffer_split, BUFFERS, SIZED)          \
    X(buffer_drain_into, BUFFERS, SIZED)     \
    X(buffer_append, BUFFERS, FIXED)         \
    X(queue_init, PLAIN, FIXED)              \
    X(queue_clear, QUEUE, FIXED)             \
    X(queue_trim, QUEUE, FIXED)              \
    X(queue_set_limit, QUEUE, FIXED)         \
    X(queue_set_marks, QUEUE, FIXED)         \
    X(queue_use_headroom, QUEUE, FIXED)      \
    X(queue_push, QUEUE, FIXED)              \
    X(queue_write, QUEUE, SIZED)             \
    X(queue_write_some, QUEUE, SIZED)        \
    X(queue_reserve, QUEUE, SIZED)           \
    X(queue_commit, QUEUE, SIZED)            \
    X(queue_cancel, QUEUE, FIXED)            \
    X(queue_room, QUEUE, FIXED)              \
    X(queue_pop, QUEUE, FIXED)               \
    X(queue_peek, QUEUE, FIXED)              \
    X(queue_at, QUEUE, SIZED)                \
    X(queue_read, QUEUE, SIZED)              \
    X(queue_read_some, QUEUE, SIZED)         \
    X(queue_front, QUEUE, FIXED)             \
    X(queue_find, QUEUE, FIXED)              \
    X(queue_copy_out, QUEUE, SIZED)          \
    X(queue_consume, QUEUE, SIZED)           \
    X(queue_take, QUEUE_BUFFER, FIXED)       \
    X(queue_drain_into, QUEUE_BUFFER, SIZED) \
    X(queue_len, QUEUE, FIXED)               \
    X(queue_is_empty, QUEUE, FIXED)          \
    X(queue_limit, QUEUE, FIXED)             \
    X(queue_dropped, QUEUE, FIXED)           \
    X(queue_check, QUEUE, FIXED)             \
    X(recent_init, PLAIN, FIXED)             \
    X(recent_clear, RECENT, FIXED)           \
    X(recent_write, RECENT, SIZED)           \
    X(recent_read, RECENT, SIZED)            \
    X(recent_count, RECENT, FIXED)           \
    X(recent_is_empty, RECENT, FIXED)        \
    X(recent_dropped, RECENT, FIXED)         \
    X(recent_check, RECENT, FIXED)           \
    X(lines_next, QUEUE, FIXED)              \
    X(lines_last, QUEUE, FIXED)              \
    X(lines_read, QUEUE, FIXED)              \
    X(global, PLAIN, FIXED)                  \
    X(global_set, PLAIN, FIXED)              \
    X(global_default, PLAIN, FIXED)

#define OPERATION_NUMBER_(name, kind, request) OP_##name,
enum kind { PLAIN, SLAB, BUFFER, BLOCK, BUFFERS, QUEUE, QUEUE_BUFFER, RECENT, KIND_COUNT };
enum { FIXED, SIZED };
enum operation { OPERATIONS(OPERATION_NUMBER_) OPERATION_COUNT };

/* What has happened to the pool before. FRESH: `peak` rises with the next block that is taken; USED: all
 * were taken once, so that it does not; WORN: as many refusals besides as `failures` can count. */
enum pool { USED, FRESH, WORN };

enum mode {
    USUAL,
    RESERVED,     /* a reservation of RESERVATION bytes is open */
    LIMITED,      /* the buffer or queue holds as much as its limit allows */
    STALE,        /* the pool was cleared, and handle, buffer and queue do not know it */
    KEPT,         /* a block of headroom is kept; the queue may use it */
    AT_HIGH_MARK, /* with the next byte the queue calls on_high, */
    AT_LOW_MARK   /* without one byte on_low; both callbacks are empty */
};

struct request {
    /* set by the host before prepare() */
    uint16_t kind, pool, mode;
    uint16_t block_count, block_size;
    uint16_t hogs;        /* blocks that are taken all the time */
    uint16_t held, eaten; /* bytes the buffer or queue was fed and had taken from it */
    uint16_t other;       /* bytes in the second buffer */
    uint16_t free;        /* blocks left in the end; ANY: as many as there are */
    uint16_t
        order; /* of the free blocks: from this one on, as they lie; MIXED: no two side by side; ANY: as they are */
    /* set by the image */
    uint16_t is_ready; /* 0: this state cannot be had in this pool */
    /* set by the host before operate() */
    uint16_t operation;
    uint16_t n; /* what it is asked for */
};
#define RESERVATION 3
#define ANY 0xFFFF
#define MIXED 0xFFFE
#define DATA_MAX 2048 /* bytes that are written or read at a time */

#endif
