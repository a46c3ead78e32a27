/*
 * What the image (race_avr.c) and the host (inject.c) tell each other. Bytes only: the same layout on both.
 *
 *     GPIOR0   READY -> GO (host) -> BEGIN -> END -> CHECK (host) -> DONE
 *     GPIOR1/2 the address of the image's `struct record`
 */
#ifndef RACE_H
#define RACE_H

#include <stdint.h>

enum { READY = 1, GO, BEGIN, END, CHECK, DONE };

#define BLOCK_SIZE 4
#define BLOCK_COUNT 10
#define DATA_MAX 32
#define HIGH 8 /* water marks */
#define LOW 4
#define ISR_CALLS_MAX 4

/* One public operation. Those that follow OP_PUSH use the queue, those that follow OP_B_PUSH the buffer. */
enum op {
    OP_NONE,
    OP_ALLOC,          /* n: size; the caller keeps the handle */
    OP_ALLOC_COPY,     /* n: size */
    OP_ALLOC_RESERVED, /* n: size */
    OP_SET_RESERVE,    /* n: blocks */
    OP_FREE,           /* n: which handle */
    OP_RESIZE,         /* OWN to n bytes */
    OP_GET,            /* OWN */
    OP_SIZE,           /* OWN */
    OP_IS_LIVE,        /* OWN */
    OP_HANDLE_OF,      /* OWN's address */
    OP_HANDLE_AT,      /* OWN's slot */
    OP_AVAILABLE,
    OP_STATS,
    OP_CLEAR,
    OP_PUSH, /* the writer's */
    OP_WRITE,
    OP_WRITE_SOME,
    OP_RESERVE,
    OP_COMMIT,
    OP_CANCEL,
    OP_ROOM,
    OP_SET_LIMIT,
    OP_POP, /* the reader's */
    OP_PEEK,
    OP_AT,
    OP_READ,
    OP_READ_SOME,
    OP_FRONT,
    OP_CONSUME,
    OP_TAKE,
    OP_LEN, /* either's */
    OP_IS_EMPTY,
    OP_DROPPED,
    OP_WITH,
    OP_TRIM,
    OP_Q_CLEAR,
    OP_B_PUSH,
    OP_B_WRITE,
    OP_B_WRITE_SOME,
    OP_B_RESERVE,
    OP_B_PREPEND,
    OP_B_POP,
    OP_B_READ,
    OP_B_CONSUME,
    OP_B_TRUNCATE,
    OP_B_CLEAR,
    OP_COUNT
};

/* Whose handle. MAIN and ISR are also the two callers. */
enum { MAIN, ISR, OWN, GIVEN, HANDLES };
#define OWN_SIZE 3 /* what OWN was allocated with */

struct call {
    uint8_t who, op, n;
    /* what came of it */
    int8_t status; /* for calls that have none: 1 for a handle, a pointer or true, else 0 */
    uint8_t count;
    uint8_t bytes[DATA_MAX];
};

struct record {
    /* set by the host */
    struct call main, isr[ISR_CALLS_MAX];
    uint8_t written, read;  /* bytes the queue was fed and had taken from it */
    uint8_t start;          /* where its two counters begin */
    uint8_t available;      /* blocks left in the pool */
    uint8_t limit;          /* of the queue */
    uint8_t reserved;       /* bytes of an open reservation of it */
    uint8_t kept;           /* blocks kept in reserve */
    uint8_t out, out_eaten; /* bytes the buffer was fed and had taken from it */
    uint8_t marks;          /* 1: the queue has water marks */
    /* set by the image */
    uint8_t isr_runs;
    uint8_t
        is_masked; /* after the operation: 0; after the interrupt's calls: not 0. Else the section's exit erred */
    uint8_t isr_is_masked;
    uint8_t is_paused; /* what the water marks' callbacks said last */
    int8_t slab_check, queue_check, buffer_check;
    uint8_t live, intact; /* a bit for each handle; all blocks that nobody should have written to */
    uint8_t used, peak, failures;
    uint8_t queue_length, queue[DATA_MAX], dropped;
    uint8_t buffer_length, buffer_chunks, buffer[DATA_MAX];
    uint8_t leaked;   /* blocks still taken after everything was given back */
    uint8_t refilled; /* blocks that could be taken then */
    int8_t last_check;
};

/* The byte that `who` writes at position i; the queue's first bytes are 1, 2, 3, …, the buffer's 33, 34, … */
#define DATA(who, i) ((uint8_t)(((who) ? 0x80 : 0x40) + (i)))
#define QUEUE_DATA(i) ((uint8_t)(1 + (i)))
#define BUFFER_DATA(i) ((uint8_t)(33 + (i)))

#endif
