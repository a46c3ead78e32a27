/*
 * What the image (race_image.c) and the host (inject.c) tell each other. Bytes only: the same layout on both.
 */
#ifndef RACE_H
#define RACE_H

#include <stdint.h>

#define BLOCK_SIZE 4
#define BLOCK_COUNT 10
#define DATA_MAX 32
#define HIGH 8 /* water marks */
#define LOW 4
#define ISR_CALLS_MAX 4
#define INNER_CALLS_MAX 2
#define DROPPED_FIRST 255 /* bytes dropped already where there is a limit */
#define FAR 200           /* limits from here on stand for words whose two bytes are both this */

/* One public operation. Those that follow OP_PUSH use the queue, those that follow OP_B_PUSH the buffer. */
enum op {
    OP_NONE,
    OP_ALLOC,          /* n: size; the caller keeps the handle */
    OP_ALLOC_COPY,     /* n: size */
    OP_ALLOC_HEADROOM, /* n: size */
    OP_SET_HEADROOM,   /* n: blocks */
    OP_FREE,           /* n: which handle */
    OP_RESIZE,         /* OWN to n bytes */
    OP_GET,            /* OWN */
    OP_SIZE,           /* OWN */
    OP_IS_LIVE,        /* OWN */
    OP_GET_OLD,        /* the first handle that OWN's slot ever had */
    OP_FREE_OLD,
    OP_HANDLE_OF, /* OWN's address */
    OP_HANDLE_AT, /* OWN's slot */
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
    OP_FIND,     /* the byte n */
    OP_COPY_OUT, /* n bytes, from the second one on */
    OP_V_SPANS,  /* from here on: of a view of the queue. All its spans */
    OP_V_LINE,
    OP_V_DECIMAL,
    OP_V_UNTIL, /* the byte n */
    OP_CONSUME,
    OP_TAKE,  /* from here on: to the buffer */
    OP_DRAIN, /* n bytes */
    OP_LEN,   /* either's */
    OP_LIMIT,
    OP_IS_EMPTY,
    OP_DROPPED,
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
    OP_B_COMMIT, /* reserve, then commit */
    OP_B_CANCEL, /* reserve, then cancel */
    OP_B_COPY_OUT,
    OP_B_APPEND_BLOCK, /* OWN with n bytes */
    OP_B_SPLIT,        /* from here on: from the buffer to the one aside */
    OP_B_DRAIN,
    OP_B_APPEND,
    OP_B_MOVE,
    OP_B_COPY,
    OP_R_WRITE, /* from here on: of the queue that keeps the newest. n: bytes */
    OP_R_READ,  /* n: bytes that fit */
    OP_R_COUNT,
    OP_R_IS_EMPTY,
    OP_R_DROPPED,
    OP_COUNT
};

/* Whose handle. The first three are also the callers: what is interrupted, the interrupt, and the one inside that. */
enum { MAIN, ISR, INNER, OWN, GIVEN, HANDLES };
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
    struct call main, isr[ISR_CALLS_MAX], inner[INNER_CALLS_MAX];
    uint8_t written, read;      /* bytes the queue was fed and had taken from it */
    uint8_t available;          /* blocks left in the pool */
    uint8_t limit;              /* of the queue */
    uint8_t reserved;           /* bytes of an open reservation of it */
    uint8_t kept;               /* blocks of headroom */
    uint8_t out, out_eaten;     /* bytes the buffer was fed and had taken from it */
    uint8_t aside, aside_eaten; /* the same of the second buffer */
    uint8_t units, units_read;  /* units that the queue of the newest was fed and had taken from it */
    uint8_t unit;               /* bytes of each; 0: each write is a unit */
    uint8_t units_limit;        /* bytes that it may store */
    uint8_t marks;              /* 1: the queue has water marks */
    uint8_t uses_headroom;      /* 1: its writer may take it */
    uint8_t nests;              /* 1: the interrupt may be interrupted */
    uint8_t
        reader_wraps; /* 1: the next byte that the queue's reader takes wraps its count to 0; 0: the writer's */
    uint8_t is_text; /* 1: the queue contains lines and numbers */
    /* set by the image */
    uint8_t isr_runs, inner_runs;
    uint8_t is_masked;  /* after the operation */
    uint8_t mask_erred; /* interrupts whose calls left the mask other than they found it */
    uint8_t is_paused;  /* what the water marks' callbacks said last */
    int8_t slab_check, queue_check, buffer_check, recent_check;
    uint8_t live, intact; /* a bit for each handle; all blocks that nobody should have written to */
    uint8_t used, peak, failures;
    uint8_t queue_length, queue[DATA_MAX], dropped[2]; /* low byte, high byte */
    struct {
        uint8_t length, chunks, bytes[DATA_MAX];
    } buffer[2];                                           /* and the one aside */
    uint8_t recent_count, recent_length, recent[DATA_MAX]; /* each unit after its length */
    uint8_t recent_dropped[2];                             /* low byte, high byte */
    uint8_t leaked;   /* blocks still taken after everything was given back */
    uint8_t refilled; /* blocks that could be taken then, or never again */
    uint8_t is_worn;  /* every slot's next lifetime was its last */
    int8_t last_check;
};

/* An operation on a view leaves in its `bytes` what it took, or where it stopped; and in the last ones: */
enum { TAKEN_LENGTH = DATA_MAX - 2, VIEW_IS_GOOD = DATA_MAX - 1, TAKEN_MAX = DATA_MAX - 2 };

/* The byte that `who` writes at position i; what queue and buffers hold at first; what fills a block of one's own. */
#define DATA(who, i) ((uint8_t)(0x40 + 0x20 * (who) + (i)))
#define QUEUE_DATA(i) ((uint8_t)(1 + (i)))
#define QUEUE_TEXT(i) ((uint8_t) "12;345\r\n6789;0\n"[(i) % 15])
#define BUFFER_DATA(which, i) ((uint8_t)(17 + 16 * (which) + (i)))
#define RECENT_DATA(unit, i) ((uint8_t)(0x80 + 7 * (unit) + (i)))
#define RECENT_LENGTH(unit) (1 + (unit) % 4) /* where units have lengths of their own */
#define PATTERN(which) ((uint8_t)(0xC0 + (which)))

#endif
