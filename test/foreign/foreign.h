/*
 * Foreign code cannot break the pool: every short sequence of calls, with one or two foreign actions at every point.
 *
 * Foreign code has a live handle, or a copy of a struct, of a block that belongs to others. A foreign action frees or resizes the
 * block, frees it and takes it again, copies a struct, appends a chunk of a buffer to that buffer, or clears the pool. It may cost
 * the chain its bytes (TA_E_STALE), and it may cost other owners their blocks. It must never break the pool.
 *
 *     pools.c    the pools, the objects that live on them, saving and restoring both
 *     calls_*.c  the calls that sequences are made of; each has a name by which it is printed and replayed
 *     check.c    what must hold after every call, and how a sequence may end
 *     look.c     the calls that only look, made in every state
 *     search.c   breadth first through all states that differ
 *     named.c    sequences that failed once
 *     details.c  small promises of the headers that were once not kept
 *     main.c     the command line, crashes and endless loops
 */
#ifndef FOREIGN_H
#define FOREIGN_H

#include <tinyalloc/tinyalloc.h>

/* ---- Pools and objects (pools.c) ------------------------------------------------------------------------- */

enum {
    BLOCKS_MAX = 5,
    BLOCKS_SEARCHED = 4,
    SIZE_MAX_OF_BLOCK = 3,
    BYTES_MAX = 64,
    SHAPES = BLOCKS_MAX * SIZE_MAX_OF_BLOCK
};

/* How a pool begins. */
typedef enum age { IS_NEW, IS_AGED } age; /* aged: each slot is four lifetimes before its generation wraps */

/* The objects that calls work on. */
typedef struct objects {
    ta_buffer buffer[2]; /* b and c */
    ta_queue queue[2];   /* q, and r, to which q's struct is copied */
    ta_view view;        /* of b, c or q, kept while they change */
    ta_handle single[2]; /* h and g */
} objects;

/* One pool: `blocks` x `size`, and where its bytes lie. */
typedef struct pool {
    const ta_allocator *allocator;
    uint8_t *bytes;
    uint8_t *table;
    size_t table_size;
    size_t blocks;
    size_t size;
    size_t kept; /* blocks kept back for q */
} pool;

/* Everything that a call can change. */
typedef struct snapshot {
    objects objects;
    uint8_t table[BLOCKS_MAX * (sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_) + sizeof(ta_slab_state_)];
    uint8_t bytes[BLOCKS_MAX * SIZE_MAX_OF_BLOCK];
} snapshot;

extern objects now;   /* the objects as they are */
extern pool the_pool; /* the pool that is searched */

/* Choose a pool, and begin anew on it. */
void pools_begin(size_t blocks, size_t size, age begins);
void pools_save(snapshot *to);
void pools_restore(const snapshot *from);
/* A number for a state. It does not depend on how many lifetimes each slot has had, or how many bytes each chain. */
uint64_t pools_fingerprint(const snapshot *s);
/* The generation in a slot's entry, live or not. */
ta_generation pools_generation(const snapshot *s, size_t slot);
/* The handle of the live block in a slot; TA_NONE. */
ta_handle pools_live(size_t slot);

/* ---- Calls ----------------------------------------------------------------------------------------------- */

enum { CALLS_MAX = 256, NOT_POSSIBLE = 1 /* a status: nothing was called */ };
/* The searches: one makes every call; two make fewer, those that change a chain most, and longer sequences of them. */
enum { ON_ALL = 1, ON_BUFFERS = 2, ON_QUEUES = 4 };

typedef struct call {
    char name[32];
    ta_status (*run)(const struct call *c);
    size_t n;       /* bytes, or a size */
    uint8_t object; /* which of two, or a slot */
    uint8_t groups; /* the searches that it takes part in */
    bool is_foreign;
} call;

typedef struct alphabet {
    call calls[CALLS_MAX];
    size_t count;
} alphabet;

extern const uint8_t some_bytes[BYTES_MAX]; /* what is written */
extern uint8_t read_bytes[BYTES_MAX];       /* where it is read to */

/* Add a call, unless there is one of this name. */
void alphabet_add(alphabet *to, const call *c, const char *format, ...) __attribute__((format(printf, 3, 4)));
void calls_of_buffers(alphabet *to);
void calls_of_queues(alphabet *to);
void calls_of_foreign_code(alphabet *to);
/* All of them, for the pool that is searched. */
void alphabet_make(alphabet *to);
const call *alphabet_find(const alphabet *in, const char *name, size_t length);

/* A length that fits the arrays above. */
static inline size_t at_most_all(size_t n)
{
    return n < BYTES_MAX ? n : BYTES_MAX;
}

/* ---- Checks (check.c): NULL, or what is wrong ------------------------------------------------------------- */

const char *wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool is_status(ta_status status);
/* After a call that returned `status`, before which everything was as in `before`. */
const char *check_call(const snapshot *before, ta_status status);
/* In a state: look at everything, and end the sequence in each way that there is. `state` is what is now. */
const char *check_state(const snapshot *state, unsigned foreign);

/* Make every call that only looks, and on stale objects those that must be rejected (look.c). */
const char *look_at_everything(unsigned foreign);
const char *look_at_view(ta_view v);

/* ---- Searching ------------------------------------------------------------------------------------------- */

typedef struct totals {
    unsigned long transitions, states, foreign, failures;
} totals;

/* What to search: a pool, the groups of calls, and how far: while the next length takes no more calls than `level_max`. */
typedef struct quest {
    size_t blocks, size;
    age begins;
    unsigned groups;
    unsigned long level_max;
} quest;

/* The searches from here on are of another pool. */
void search_begin_pool(void);
/* Every sequence of three calls with at most two foreign actions, then of four and more. Says the length reached. */
unsigned search(const quest *q, totals *sum);
/* Run one sequence of names; false when it fails. */
bool replay(const char *sequence);
/* The sequences that are named. Says how many failed. */
unsigned named_sequences(void);
/* The small promises. Says how many were not kept. */
unsigned details(void);

/* ---- Crashes (main.c) ------------------------------------------------------------------------------------ */

/* Run a check; NULL, what it said, or that it crashed or does not end. */
const char *guarded(const char *(*run)(void *context), void *context);
/* Print the sequence that is being run; called when a sanitizer ends the program. */
extern void (*print_current)(void);

#endif
