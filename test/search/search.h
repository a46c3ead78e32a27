/*
 * Explicit-state search: every sequence of public calls on the real code, compared with plain arrays.
 *
 * The world is one small pool, the buffers b and c, the queue q, and two single blocks. A call is made on the library
 * and on a model. Results, contents and counts must agree. Then the state is brought into a normal form (normal.c), so that
 * states which differ only in what never matters are one state, and the number of states is finite. When there are no
 * new states, the search has made every sequence of these calls, of any length.
 *
 *     change.c, look.c   the calls, each as the library does it and as the model does it
 *     calls.c            the list of them
 *     model.c            the model: bytes, places and numbers of blocks
 *     normal.c           looking at the library; the normal form; saving and restoring
 *     foreign.c          what foreign code does, and what it may not break
 *     search.c           breadth first through all states: sequences, interrupts, faults, foreign code
 *     main.c             the command line; crashes and endless loops
 *     named.c            sequences with foreign code that failed once
 *     hooks.c            what the instrumented library calls before each access to memory
 *     port.h             the critical section, which holds interrupts back
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <tinyalloc/tinyalloc.h>

enum { B, C, Q, OBJECTS, NEW = OBJECTS, CHAINS, BYTES_MAX = 16, BLOCKS_MAX = 4, BLOCKS_BYTES = 16, GAP = 16 };
enum {
    TABLE_AT = BLOCKS_BYTES + GAP,
    TABLE_MAX = BLOCKS_MAX * (sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_) + sizeof(ta_slab_state_),
    ARENA_MAX = (TABLE_AT + TABLE_MAX + 2 * GAP - 1) / GAP * GAP
};
enum { MAIN, INTERRUPT }; /* who makes a call */

/* What is searched. */
typedef struct settings {
    unsigned blocks, size;                   /* the pool */
    unsigned limit;                          /* the limit that set_limit sets; 0: no such call */
    unsigned headroom;                       /* blocks that only q may take */
    unsigned marks;                          /* q has water marks */
    unsigned simple;                         /* with interrupts, of b only the calls that are enough for c */
    unsigned rare;                           /* also calls that are much like others */
    unsigned writer;                         /* the interrupt writes q */
    unsigned after, before, states, seconds; /* how far: see main.c */
} settings;

extern settings with;

/* ---- The library's world ----------------------------------------------------------------------------------- */

typedef struct world {
    ta_buffer b[2];
    ta_queue q;
    ta_handle single[2];   /* h is the main flow's, g the interrupt's */
    ta_span span[OBJECTS]; /* the open reservation */
    ta_queue copy_of_q;    /* made by foreign code */
    TA_ALIGNAS(16) uint8_t fence[GAP];
    uint8_t arena[ARENA_MAX]; /* the blocks, a gap, the table, a gap */
} world;

extern world w;
extern const ta_allocator *pool;
extern unsigned events; /* calls of on_high, and 16 x those of on_low */

/* ---- The model (model.c) ----------------------------------------------------------------------------------- */

/* The bytes begin `start` bytes into the first block. All zero: no block. */
typedef struct chain_model {
    uint8_t start, length, reserved, limit, is_high;
} chain_model;

typedef struct model {
    chain_model chain[CHAINS];
    uint8_t single[2]; /* is it allocated? */
    uint8_t headroom, retired;
    uint8_t foreign; /* actions of foreign code; after the first, the rest of the model is not used */
    int8_t pending;  /* blocks that a call has taken and not used yet, or not freed yet */
    uint8_t stolen;  /* blocks that the thief has */
    uint8_t dropped, failures, events,
        ended;                        /* since the state began; `ended`: objects whose views became stale */
    uint8_t bytes[CHAINS][BYTES_MAX]; /* not saved: in a normal state they are known */
} model;

extern model m;

typedef struct result {
    int8_t status;
    uint8_t count;
    uint8_t bytes[BYTES_MAX];
} result;

unsigned model_end(const chain_model *c);
unsigned model_blocks(const chain_model *c);
unsigned model_tail(const chain_model *c);
unsigned model_limit_room(const chain_model *c);
unsigned
model_available(unsigned o); /* blocks that are free for this object; OBJECTS: for nobody in particular */
unsigned model_room(unsigned o);
/* Another context may come between two steps of a call. */
extern void (*at_yield)(void);
void model_yield(void);
bool model_take(unsigned o, unsigned blocks);
ta_status model_make_room(unsigned o, unsigned n);
void model_append(unsigned o, const uint8_t *data, unsigned n);
void model_remove(unsigned o, unsigned n, uint8_t *data);
void model_release(void); /* free what is pending, block by block */
void model_notify(unsigned o, bool is_writer);
ta_status model_drain(unsigned to, unsigned from, unsigned n);

/* ---- Calls (calls.c) --------------------------------------------------------------------------------------- */

enum { CALLS_MAX = 1024 };
/* OWNS: neither side's alone. BETWEEN: with the other buffer. RARE: much like another call. SIMPLE: enough for c. */
enum {
    WRITES = 1,
    READS = 2,
    OWNS = 4,
    LOOKS = 8,
    ALLOCATES = 16,
    RARE = 32,
    BETWEEN = 64,
    TRIMS = 128,
    SIMPLE = 256,
    FOREIGN = 512,
    CLOSES = 1024 /* forgets what is stale */
};
enum { IMPOSSIBLE = 99 }; /* a status: nothing was called */

typedef struct call {
    const struct operation *operation;
    uint8_t o, n, p; /* the object, and two arguments */
} call;

typedef struct operation {
    const char *name;
    void (*library)(const call *c, result *r);
    void (*model)(const call *c, result *r);
    const char *objects; /* of "bcqhg" */
    const char *n, *p;   /* arguments: see calls.c */
    uint16_t kind;
} operation;

extern call calls[CALLS_MAX];
extern unsigned calls_count;
extern const operation steal, changes[], looks[], foreign[]; /* lists end with one that has no name */

void calls_make(bool with_foreign);
void calls_print(const call *c);
/* Add a call as it is printed: the object, a full stop, the name, and arguments if there are any. */
void calls_read(const char *at);
bool calls_are_of(const call *c, unsigned who, unsigned writer);
/* Give back what the thief took. */
void calls_return_stolen(void);

/* ---- Looking, and the normal form (normal.c) --------------------------------------------------------------- */

/* What both must agree on. */
typedef struct seen {
    result results[2];
    uint8_t length[OBJECTS], start[OBJECTS], is_live[2], used, dropped, failures, events;
    uint8_t bytes[OBJECTS][BYTES_MAX];
} seen;

typedef struct snapshot {
    uint8_t model[sizeof(model) - sizeof(((model *)0)->bytes)];
    world world;
} snapshot;

void world_begin(void);
void see_model(seen *s);
const char *see_library(seen *s); /* or what is wrong */
void see_print(const char *of, const seen *s);
bool do_stamps_grow(void);
/* What depends only on the normal form is looked at once a state: checks, limits, room; that nothing is lost when all
 * is cleared; and that all is stale when the pool is cleared. */
const char *check_state(const snapshot *state);
void world_normalise(snapshot *to);
void world_restore(const snapshot *from);
/* Is what is around blocks and table as it was? AddressSanitizer also sees who reads there. */
bool world_is_fenced(void);
/* Were the objects, apart from counters of failures, left as they were? For calls that failed. */
bool world_is_as(const snapshot *before, const snapshot *after);

/* ---- Foreign code (foreign.c): NULL, or what is wrong ------------------------------------------------------ */

/* Must this call be refused, as it meets a chunk that is stale? */
bool foreign_must_refuse(const call *c);
/* After a call. `before` is the world as it was. */
const char *foreign_check_call(const world *before, const result *r, bool must_refuse);
const char *foreign_look_at_view(ta_view v);
/* In a state: make the calls that only look, and end in each way that there is. */
const char *foreign_check_state(const snapshot *state);
/* Make the one that is given, or all of named.c, and say how many. */
unsigned named_sequences(const char *one);

/* ---- Searching (search.c) ---------------------------------------------------------------------------------- */

typedef enum mode { SEQUENCES, INTERRUPTS, FAULTS, FOREIGN_CODE } mode;

extern unsigned calls_done; /* counts, so that a call which does not end is seen */

void search(mode which);
/* A pool and calls, as they are printed: "2x1: b.push h.free_slot(0)". */
void search_sequence(const char *text);
/* Say after which calls, and end the program. */
void search_fail(const char *why);

/* ---- Interrupts (search.c, hooks.c) ------------------------------------------------------------------------ */

extern unsigned who; /* whose call is running */
extern unsigned masked;

/* An interrupt may come here, unless it is masked. */
void search_boundary(void);

#endif
