#include "pairs_lists.h"

/* ---- In which state: bytes written to the queue and read, blocks that are left, and what else matters ------------ */

#define S(bytes_written, bytes_read, ...)                                          \
    {                                                                              \
        .written = (bytes_written), .read = (bytes_read), .available = __VA_ARGS__ \
    }

/* With a pool that is empty, nearly so, or not; a queue of three chunks and a buffer of two beside it. */
static const struct record slab_scenarios[] = {
    S(7, 2, 0, .out = 5), S(7, 2, 1, .out = 5),  S(7, 2, 2, .out = 5),
    S(0, 0, 8),           S(8, 4, 0, .kept = 2), S(8, 4, 1, .kept = 1),
};
/* The queue: never used; drained, with a block that has room or none; a byte before the end of a chunk, at the end of
 * it; a chunk that the reader has used up but not left; several chunks. */
#define SHAPES(available)                                                                               \
    S(0, 0, available), S(2, 2, available), S(4, 4, available), S(3, 0, available), S(4, 0, available), \
        S(5, 4, available), S(8, 4, available), S(10, 3, available)
static const struct record queue_scenarios[] = {
    SHAPES(0),
    SHAPES(1),
    SHAPES(3),
    /* at the limit, and just below it */
    S(3, 0, 4, .limit = 3),
    S(3, 0, 4, .limit = 4),
    S(8, 4, 4, .limit = 4),
    S(8, 4, 1, .limit = 9),
    S(0, 0, 4, .limit = 5),
    S(7, 3, 4, .limit = 5),
    S(7, 2, 4, .limit = 7),
    S(7, 1, 1),
    /* just enough for one of two writes; with water marks: to be passed, and passed */
    S(0, 0, 4),
    S(4, 4, 5),
    S(7, 0, 3, .marks = 1),
    S(9, 2, 3, .marks = 1),
    S(10, 1, 1, .marks = 1),
};
/* The same for operations that take long. */
static const struct record bulk_scenarios[] = {
    S(3, 0, 0),
    S(8, 4, 0),
    S(0, 0, 1),
    S(3, 0, 1),
    S(8, 4, 1),
    S(10, 3, 1),
    S(4, 4, 2),
    S(5, 4, 2),
    S(0, 0, 4),
    S(4, 0, 4),
    S(4, 4, 5),
    S(10, 3, 3),
    S(8, 4, 4, .limit = 4),
    S(8, 4, 3, .limit = 12),
    S(7, 1, 3, .limit = 7),
    S(0, 0, 4, .limit = 9),
    S(9, 2, 3, .marks = 1),
    S(10, 1, 1, .marks = 1),
};
static const struct record reserved_scenarios[] = {
    S(0, 0, 1, .reserved = 3), S(2, 2, 1, .reserved = 2), S(4, 4, 1, .reserved = 3),
    S(8, 4, 2, .reserved = 3), S(8, 5, 0, .reserved = 3), S(3, 0, 4, .limit = 5, .reserved = 2),
};
static const struct record take_scenarios[] = {
    S(0, 0, 1),
    S(3, 0, 1),
    S(3, 0, 0),
    S(4, 0, 1),
    S(8, 4, 0),
    S(8, 4, 1),
    S(10, 3, 2),
    S(10, 3, 1, .out = 2),
    S(10, 4, 1, .out = 4),
    S(10, 3, 1, .out = 7, .out_eaten = 2),
    S(9, 1, 0, .out = 3),
    S(7, 0, 2, .limit = 9, .out = 4),
};
/* A queue that contains text: none, digits only, a part of a line, a line of whole chunks, more than a line. */
static const struct record view_scenarios[] = {
    S(0, 0, 1, .is_text = 1),
    S(2, 0, 1, .is_text = 1),
    S(4, 3, 0, .is_text = 1),
    S(6, 4, 0, .is_text = 1),
    S(8, 0, 1, .is_text = 1),
    S(8, 4, 0, .is_text = 1),
    S(10, 3, 3, .is_text = 1),
    S(15, 1, 2, .is_text = 1),
    S(15, 8, 4, .is_text = 1, .limit = 8),
    S(9, 2, 3, .is_text = 1, .marks = 1),
};
static const struct record buffer_scenarios[] = {
    S(7, 2, 0),
    S(7, 2, 1, .out = 3),
    S(7, 2, 2, .out = 4),
    S(8, 4, 0, .out = 7, .out_eaten = 2),
    S(8, 4, 2, .out = 7, .out_eaten = 2),
    S(0, 0, 2, .out = 8, .out_eaten = 4),
    S(0, 0, 0, .out = 10, .out_eaten = 3),
};
/* From a buffer of one to three chunks to one that is empty, has room, has none, or begins inside a chunk. */
static const struct record transfer_scenarios[] = {
    S(3, 0, 0, .out = 3),
    S(3, 0, 1, .out = 6),
    S(3, 0, 0, .out = 10, .out_eaten = 3),
    S(3, 0, 1, .out = 10, .out_eaten = 3, .aside = 3),
    S(3, 0, 2, .out = 8, .aside = 4),
    S(3, 0, 0, .out = 8, .aside = 4),
    S(3, 0, 0, .out = 7, .out_eaten = 2, .aside = 3),
    S(3, 0, 1, .out = 9, .aside = 7, .aside_eaten = 2),
    S(3, 0, 1, .out = 7, .aside = 8),
    S(3, 0, 2, .out = 6, .aside = 3),
};
static const struct record headroom_scenarios[] = {
    S(0, 0, 0, .kept = 2, .uses_headroom = 1),           S(4, 0, 0, .kept = 1, .uses_headroom = 1),
    S(4, 4, 0, .kept = 2, .uses_headroom = 1),           S(8, 4, 1, .kept = 1, .uses_headroom = 1),
    S(7, 2, 1, .kept = 2, .uses_headroom = 1, .out = 3),
};
static const struct record nested_slab_scenarios[] = {S(7, 2, 0), S(7, 2, 1)};
static const struct record nested_queue_scenarios[] = {S(4, 4, 1), S(4, 0, 0), S(8, 4, 1)};

/* ---- What the interrupt does: works on the pool, as the writer, as the reader ------------------------------------ */

#define ALLOC_AND_FREE DO("alloc, free", CALL(OP_ALLOC, 2), CALL(OP_FREE, ISR))
#define FEW_POOL_ACTIONS \
    DO("alloc", CALL(OP_ALLOC, 2)), DO("free, alloc", CALL(OP_FREE, GIVEN), CALL(OP_ALLOC, 1))
#define POOL_ACTIONS ALLOC_AND_FREE, DO("free", CALL(OP_FREE, GIVEN)), FEW_POOL_ACTIONS
#define OWN_ACTIONS                                                                                   \
    DO("free own", CALL(OP_FREE, OWN)), DO("free own, alloc", CALL(OP_FREE, OWN), CALL(OP_ALLOC, 1)), \
        DO("free own and given", CALL(OP_FREE, OWN), CALL(OP_FREE, GIVEN)), DO("resize", CALL(OP_RESIZE, 2))
#define PUSH_ACTION DO("push", CALL(OP_PUSH, 0))
#define POP_ACTION DO("pop", CALL(OP_POP, 0))
#define READ_ACTION DO("read 3", CALL(OP_READ, 3))
#define WRITER_ACTIONS                                                                        \
    PUSH_ACTION, DO("write 5", CALL(OP_WRITE, 5)), DO("write 12", CALL(OP_WRITE, 12)),        \
        DO("write_some 12", CALL(OP_WRITE_SOME, 12)),                                         \
        DO("alloc, push, free both", CALL(OP_ALLOC, 2), CALL(OP_PUSH, 0), CALL(OP_FREE, ISR), \
           CALL(OP_FREE, GIVEN))
#define READER_ACTIONS                                                                                 \
    POP_ACTION, READ_ACTION, DO("read_some 12", CALL(OP_READ_SOME, 12)), DO("take", CALL(OP_TAKE, 0)), \
        DO("alloc, pop, free both", CALL(OP_ALLOC, 2), CALL(OP_POP, 0), CALL(OP_FREE, ISR),            \
           CALL(OP_FREE, GIVEN))

static const struct action pool_actions[] = {POOL_ACTIONS, OWN_ACTIONS};
static const struct action slab_actions[] = {
    POOL_ACTIONS,
    OWN_ACTIONS,
    PUSH_ACTION,
    DO("write 12", CALL(OP_WRITE, 12)),
    DO("write_some 12", CALL(OP_WRITE_SOME, 12)),
    POP_ACTION,
    READ_ACTION,
    DO("alloc_headroom", CALL(OP_ALLOC_HEADROOM, 1)),
};
#define LOOK_ACTION DO("len, dropped, limit", CALL(OP_LEN, 0), CALL(OP_DROPPED, 0), CALL(OP_LIMIT, 0))
static const struct action writer_actions[] = {
    FEW_POOL_ACTIONS, WRITER_ACTIONS, DO("reserve, commit", CALL(OP_RESERVE, 3), CALL(OP_COMMIT, 1))};
static const struct action reader_actions[] = {FEW_POOL_ACTIONS,
                                               READER_ACTIONS,
                                               DO("consume 2", CALL(OP_CONSUME, 2)),
                                               DO("buffer_write 9", CALL(OP_B_WRITE, 9)),
                                               DO("buffer_write_some 9", CALL(OP_B_WRITE_SOME, 9)),
                                               LOOK_ACTION};
static const struct action either_actions[] = {WRITER_ACTIONS, READER_ACTIONS,
                                               DO("set_limit", CALL(OP_SET_LIMIT, FAR))};
/* The interrupt is both sides, and who looks is neither. */
static const struct action both_sides_actions[] = {
    DO("write 5, read 6", CALL(OP_WRITE, 5), CALL(OP_READ, 6)),
    DO("push, pop, push, pop", CALL(OP_PUSH, 0), CALL(OP_POP, 0), CALL(OP_PUSH, 0), CALL(OP_POP, 0))};
static const struct action buffer_actions[] = {FEW_POOL_ACTIONS, PUSH_ACTION,
                                               DO("write 12", CALL(OP_WRITE, 12)),
                                               DO("write_some 12", CALL(OP_WRITE_SOME, 12)), READ_ACTION};
static const struct action headroom_reader_actions[] = {FEW_POOL_ACTIONS,
                                                        POP_ACTION,
                                                        READ_ACTION,
                                                        DO("alloc_headroom", CALL(OP_ALLOC_HEADROOM, 1)),
                                                        DO("set_headroom", CALL(OP_SET_HEADROOM, 1)),
                                                        DO("buffer_write 9", CALL(OP_B_WRITE, 9))};
static const struct action headroom_writer_actions[] = {
    PUSH_ACTION, DO("write 5", CALL(OP_WRITE, 5)), DO("write 12", CALL(OP_WRITE, 12)),
    DO("reserve, commit", CALL(OP_RESERVE, 3), CALL(OP_COMMIT, 1)), DO("set_limit", CALL(OP_SET_LIMIT, FAR))};

/* What interrupts the interrupt. */
static const struct action nested_pool_actions[] = {
    DO("alloc", CALL(OP_ALLOC, 2)), DO("free own", CALL(OP_FREE, OWN)),
    DO("free, alloc", CALL(OP_FREE, GIVEN), CALL(OP_ALLOC, 1))};
static const struct action few_nested_pool_actions[] = {
    ALLOC_AND_FREE, DO("free, alloc", CALL(OP_FREE, GIVEN), CALL(OP_ALLOC, 1))};
static const struct action inner_pool_actions[] = {DO("alloc", CALL(OP_ALLOC, 2)),
                                                   DO("free own", CALL(OP_FREE, OWN)),
                                                   DO("free given", CALL(OP_FREE, GIVEN))};
static const struct action few_inner_pool_actions[] = {DO("alloc", CALL(OP_ALLOC, 2)),
                                                       DO("free given", CALL(OP_FREE, GIVEN))};
static const struct action push_actions[] = {PUSH_ACTION};
static const struct action pop_actions[] = {POP_ACTION};

/* ---- What is interrupted ----------------------------------------------------------------------------------------- */

static const struct call slab_calls[] = {
    CALL(OP_ALLOC, 3),        CALL(OP_ALLOC_COPY, 3), CALL(OP_ALLOC_HEADROOM, 1), CALL(OP_SET_HEADROOM, 1),
    CALL(OP_SET_HEADROOM, 0), CALL(OP_FREE, OWN),     CALL(OP_RESIZE, 1),         CALL(OP_GET, 0),
    CALL(OP_SIZE, 0),         CALL(OP_IS_LIVE, 0),    CALL(OP_HANDLE_OF, 0),      CALL(OP_HANDLE_AT, 0),
    CALL(OP_AVAILABLE, 0),    CALL(OP_STATS, 0),      CALL(OP_GET_OLD, 0),        CALL(OP_FREE_OLD, 0),
};
static const struct call clearing_calls[] = {CALL(OP_CLEAR, 0), CALL(OP_Q_CLEAR, 0)};
static const struct call writer_calls[] = {
    CALL(OP_PUSH, 0), CALL(OP_RESERVE, 3), CALL(OP_ROOM, 0), CALL(OP_SET_LIMIT, 6), CALL(OP_SET_LIMIT, FAR),
};
static const struct call bulk_writer_calls[] = {CALL(OP_WRITE, 1), CALL(OP_WRITE, 9), CALL(OP_WRITE_SOME, 9)};
static const struct call bulk_reader_calls[] = {
    CALL(OP_AT, 5),
    CALL(OP_READ, 3),
    CALL(OP_READ, 6),
    CALL(OP_READ_SOME, 12),
    CALL(OP_CONSUME, 6),
    CALL(OP_COPY_OUT, 5),
    CALL(OP_FIND, QUEUE_DATA(6)),
    CALL(OP_FIND, DATA(ISR, 0)),
};
static const struct call reserved_calls[] = {CALL(OP_COMMIT, 2), CALL(OP_COMMIT, 0),     CALL(OP_CANCEL, 0),
                                             CALL(OP_WRITE, 5),  CALL(OP_WRITE_SOME, 9), CALL(OP_RESERVE, 2)};
static const struct call reader_calls[] = {
    CALL(OP_POP, 0),
    CALL(OP_PEEK, 0),
    CALL(OP_AT, 0),
    CALL(OP_FRONT, 0),
};
static const struct call view_calls[] = {CALL(OP_V_SPANS, 0), CALL(OP_V_LINE, 0), CALL(OP_V_DECIMAL, 0),
                                         CALL(OP_V_UNTIL, ';')};
static const struct call take_calls[] = {CALL(OP_TAKE, 0), CALL(OP_DRAIN, 2), CALL(OP_DRAIN, 5)};
static const struct call either_calls[] = {
    CALL(OP_LEN, 0), CALL(OP_LIMIT, 0), CALL(OP_IS_EMPTY, 0), CALL(OP_DROPPED, 0), CALL(OP_TRIM, 0),
};
static const struct call bystander_calls[] = {CALL(OP_LEN, 0), CALL(OP_IS_EMPTY, 0)};
static const struct call buffer_calls[] = {
    CALL(OP_B_PUSH, 0),     CALL(OP_B_WRITE, 6),        CALL(OP_B_WRITE_SOME, 9),   CALL(OP_B_RESERVE, 3),
    CALL(OP_B_PREPEND, 5),  CALL(OP_B_POP, 0),          CALL(OP_B_READ, 6),         CALL(OP_B_CONSUME, 5),
    CALL(OP_B_TRUNCATE, 1), CALL(OP_B_CLEAR, 0),        CALL(OP_B_COMMIT, 3),       CALL(OP_B_CANCEL, 3),
    CALL(OP_B_COPY_OUT, 5), CALL(OP_B_APPEND_BLOCK, 1), CALL(OP_B_APPEND_BLOCK, 3),
};
static const struct call transfer_calls[] = {
    CALL(OP_B_SPLIT, 2),  CALL(OP_B_SPLIT, 5), CALL(OP_B_DRAIN, 2), CALL(OP_B_DRAIN, 5),
    CALL(OP_B_APPEND, 0), CALL(OP_B_MOVE, 0),  CALL(OP_B_COPY, 2),  CALL(OP_B_COPY, 6),
};
/* A writer that may take the slab's headroom, and those who work beside it. */
static const struct call headroom_writer_calls[] = {
    CALL(OP_PUSH, 0),       CALL(OP_WRITE, 5),   CALL(OP_WRITE, 9),
    CALL(OP_WRITE_SOME, 9), CALL(OP_RESERVE, 3), CALL(OP_ROOM, 0),
};
static const struct call headroom_other_calls[] = {
    CALL(OP_ALLOC, 3),        CALL(OP_FREE, OWN),    CALL(OP_ALLOC_HEADROOM, 1), CALL(OP_SET_HEADROOM, 0),
    CALL(OP_SET_HEADROOM, 2), CALL(OP_AVAILABLE, 0), CALL(OP_STATS, 0),          CALL(OP_POP, 0),
    CALL(OP_READ, 3),         CALL(OP_B_WRITE, 6),   CALL(OP_B_WRITE_SOME, 9),   CALL(OP_LIMIT, 0),
};
/* The short ones, to be interrupted twice. */
static const struct call nested_slab_calls[] = {
    CALL(OP_ALLOC, 3), CALL(OP_ALLOC_HEADROOM, 1), CALL(OP_FREE, OWN),  CALL(OP_RESIZE, 1),
    CALL(OP_GET, 0),   CALL(OP_SIZE, 0),           CALL(OP_IS_LIVE, 0), CALL(OP_AVAILABLE, 0),
};
static const struct call nested_reader_calls[] = {
    CALL(OP_POP, 0), CALL(OP_PEEK, 0), CALL(OP_FRONT, 0), CALL(OP_LEN, 0), CALL(OP_IS_EMPTY, 0),
};
static const struct call nested_writer_calls[] = {CALL(OP_PUSH, 0), CALL(OP_ROOM, 0)};
static const struct call nested_pool_calls[] = {CALL(OP_ALLOC, 3), CALL(OP_FREE, OWN)};

/* ---- All of it --------------------------------------------------------------------------------------------------- */

const struct group pool_groups[POOL_GROUPS] = {
    {"slab", LIST(slab_calls), LIST(slab_scenarios), LIST(slab_actions), NONE},
    {"slab", LIST(clearing_calls), LIST(slab_scenarios), LIST(pool_actions), NONE},
    {"queue", LIST(writer_calls), LIST(queue_scenarios), LIST(reader_actions), NONE},
    {"queue", LIST(bulk_writer_calls), LIST(bulk_scenarios), LIST(reader_actions), NONE},
    {"queue", LIST(bulk_reader_calls), LIST(bulk_scenarios), LIST(writer_actions), NONE},
    {"queue", LIST(reserved_calls), LIST(reserved_scenarios), LIST(reader_actions), NONE},
    {"queue", LIST(reader_calls), LIST(queue_scenarios), LIST(writer_actions), NONE},
    {"queue", LIST(take_calls), LIST(take_scenarios), LIST(writer_actions), NONE},
    {"queue", LIST(either_calls), LIST(bulk_scenarios), LIST(either_actions), NONE},
    {"queue", LIST(bystander_calls), LIST(bulk_scenarios), LIST(both_sides_actions), NONE},
    {"queue", LIST(headroom_writer_calls), LIST(headroom_scenarios), LIST(headroom_reader_actions), NONE},
    {"queue", LIST(headroom_other_calls), LIST(headroom_scenarios), LIST(headroom_writer_actions), NONE},
    {"buffer", LIST(buffer_calls), LIST(buffer_scenarios), LIST(buffer_actions), NONE},
    {"buffer", LIST(transfer_calls), LIST(transfer_scenarios), LIST(buffer_actions), NONE},
    {"nested", LIST(nested_slab_calls), LIST(nested_slab_scenarios), LIST(nested_pool_actions),
     LIST(inner_pool_actions)},
    {"nested", LIST(nested_reader_calls), LIST(nested_queue_scenarios), LIST(push_actions),
     LIST(few_inner_pool_actions)},
    {"nested", LIST(nested_reader_calls), LIST(nested_queue_scenarios), LIST(few_nested_pool_actions),
     LIST(push_actions)},
    {"nested", LIST(nested_writer_calls), LIST(nested_queue_scenarios), LIST(pop_actions),
     LIST(few_inner_pool_actions)},
    {"nested", LIST(nested_writer_calls), LIST(nested_queue_scenarios), LIST(few_nested_pool_actions),
     LIST(pop_actions)},
    {"nested", LIST(nested_pool_calls), LIST(nested_queue_scenarios), LIST(push_actions), LIST(pop_actions)},
    {"nested", LIST(nested_pool_calls), LIST(nested_queue_scenarios), LIST(pop_actions), LIST(push_actions)},
    {"view", LIST(view_calls), LIST(view_scenarios), LIST(writer_actions), NONE},
};

const struct group *group_at(int number)
{
    return number < POOL_GROUPS ? &pool_groups[number] : &recent_groups[number - POOL_GROUPS];
}

const char *const op_names[OP_COUNT] = {
    "nothing",
    "alloc",
    "alloc_copy",
    "alloc_headroom",
    "set_headroom",
    "free",
    "resize",
    "get",
    "size",
    "is_live",
    "get an old handle",
    "free an old handle",
    "handle_of",
    "handle_at",
    "available",
    "stats",
    "clear",
    "queue_push",
    "queue_write",
    "queue_write_some",
    "queue_reserve",
    "queue_commit",
    "queue_cancel",
    "queue_room",
    "queue_set_limit",
    "queue_pop",
    "queue_peek",
    "queue_at",
    "queue_read",
    "queue_read_some",
    "queue_front",
    "queue_find",
    "queue_copy_out",
    "view spans",
    "view line",
    "view decimal",
    "view until",
    "queue_consume",
    "queue_take",
    "queue_drain_into",
    "queue_len",
    "queue_limit",
    "queue_is_empty",
    "queue_dropped",
    "queue_trim",
    "queue_clear",
    "buffer_push",
    "buffer_write",
    "buffer_write_some",
    "buffer_reserve",
    "buffer_prepend",
    "buffer_pop",
    "buffer_read",
    "buffer_consume",
    "buffer_truncate",
    "buffer_clear",
    "buffer_commit",
    "buffer_cancel",
    "buffer_copy_out",
    "buffer_append_block",
    "buffer_split",
    "buffer_drain_into",
    "buffer_append",
    "buffer_move",
    "buffer_copy_range",
    "recent_write",
    "recent_read",
    "recent_count",
    "recent_is_empty",
    "recent_dropped",
};
