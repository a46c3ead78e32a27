/* The pairs of the queue that keeps the newest: either side interrupted by the other, and by others who use the pool. */
#include "pairs_lists.h"

#define R(units_written, units_taken, bytes, ...)                                                        \
    {                                                                                                    \
        .units = (units_written), .units_read = (units_taken), .unit = (bytes), .available = __VA_ARGS__ \
    }

/* Units of 3, 4, 5 and 6 bytes with their prefixes, in chunks of 4: never used; empty, with room and without; no block
 * free, so that one write drops one unit, several or all, or is refused; at the limit; both. */
static const struct record own_length_scenarios[] = {
    R(0, 0, 0, 2),
    R(1, 1, 0, 0),
    R(2, 2, 0, 1),
    R(1, 0, 0, 0),
    R(2, 0, 0, 0),
    R(2, 1, 0, 1),
    R(4, 0, 0, 0),
    R(4, 1, 0, 0),
    R(4, 2, 0, 1),
    R(4, 0, 0, 2, .units_limit = 18),
    R(4, 1, 0, 0, .units_limit = 16),
    R(4, 0, 0, 1, .units_limit = 11),
    R(2, 0, 0, 3, .units_limit = 7),
};
/* Units that are smaller than a chunk, as large, and larger. */
#define FIXED_SCENARIOS(bytes)                                                                \
    R(1, 1, bytes, 0), R(2, 0, bytes, 0), R(3, 1, bytes, 0), R(3, 0, bytes, 1),               \
        R(1, 0, bytes, 3, .units_limit = bytes), R(2, 0, bytes, 2, .units_limit = 2 * bytes), \
        R(3, 0, bytes, 0, .units_limit = 2 * bytes + 1)
static const struct record three_bytes_scenarios[] = {FIXED_SCENARIOS(3)};
static const struct record four_bytes_scenarios[] = {FIXED_SCENARIOS(4)};
static const struct record nine_bytes_scenarios[] = {R(1, 1, 9, 0), R(2, 0, 9, 0), R(2, 1, 9, 1),
                                                     R(2, 0, 9, 2, .units_limit = 18)};

#define LOOK_ACTION \
    DO("recent_count, is_empty, dropped", CALL(OP_R_COUNT, 0), CALL(OP_R_IS_EMPTY, 0), CALL(OP_R_DROPPED, 0))
#define READ_ACTIONS \
    DO("recent_read", CALL(OP_R_READ, 20)), DO("recent_read twice", CALL(OP_R_READ, 20), CALL(OP_R_READ, 20))
#define POOL_ACTIONS                                                  \
    DO("alloc", CALL(OP_ALLOC, 2)), DO("free", CALL(OP_FREE, GIVEN)), \
        DO("free, alloc", CALL(OP_FREE, GIVEN), CALL(OP_ALLOC, 1))
#define WRITE_ACTION(n) DO("recent_write", CALL(OP_R_WRITE, n))
#define WRITE_TWICE_ACTION(n) DO("recent_write twice", CALL(OP_R_WRITE, n), CALL(OP_R_WRITE, n))
#define WRITE_FOUR_ACTION(n)                                                                     \
    DO("recent_write four times", CALL(OP_R_WRITE, n), CALL(OP_R_WRITE, n), CALL(OP_R_WRITE, n), \
       CALL(OP_R_WRITE, n))

static const struct action reader_actions[] = {READ_ACTIONS, POOL_ACTIONS, LOOK_ACTION};
static const struct action own_length_writer_actions[] = {
    WRITE_ACTION(1),      WRITE_ACTION(5),
    WRITE_ACTION(10),     WRITE_TWICE_ACTION(2),
    WRITE_FOUR_ACTION(3), DO("alloc, recent_write", CALL(OP_ALLOC, 1), CALL(OP_R_WRITE, 2))};
#define FIXED_ACTIONS(n) WRITE_ACTION(n), WRITE_TWICE_ACTION(n), WRITE_FOUR_ACTION(n)
static const struct action three_bytes_actions[] = {FIXED_ACTIONS(3)};
static const struct action four_bytes_actions[] = {FIXED_ACTIONS(4)};
static const struct action nine_bytes_actions[] = {FIXED_ACTIONS(9)};

static const struct call own_length_writes[] = {CALL(OP_R_WRITE, 1), CALL(OP_R_WRITE, 5),
                                                CALL(OP_R_WRITE, 10)};
static const struct call three_bytes_writes[] = {CALL(OP_R_WRITE, 3)};
static const struct call four_bytes_writes[] = {CALL(OP_R_WRITE, 4)};
static const struct call nine_bytes_writes[] = {CALL(OP_R_WRITE, 9)};
static const struct call own_length_reads[] = {
    CALL(OP_R_READ, 20),    CALL(OP_R_READ, 2),    CALL(OP_R_COUNT, 0),
    CALL(OP_R_IS_EMPTY, 0), CALL(OP_R_DROPPED, 0),
};
static const struct call reads[] = {CALL(OP_R_READ, 20)};

const struct group recent_groups[RECENT_GROUPS] = {
    {"recent", LIST(own_length_writes), LIST(own_length_scenarios), LIST(reader_actions), NONE},
    {"recent", LIST(own_length_reads), LIST(own_length_scenarios), LIST(own_length_writer_actions), NONE},
    {"recent", LIST(three_bytes_writes), LIST(three_bytes_scenarios), LIST(reader_actions), NONE},
    {"recent", LIST(reads), LIST(three_bytes_scenarios), LIST(three_bytes_actions), NONE},
    {"recent", LIST(four_bytes_writes), LIST(four_bytes_scenarios), LIST(reader_actions), NONE},
    {"recent", LIST(reads), LIST(four_bytes_scenarios), LIST(four_bytes_actions), NONE},
    {"recent", LIST(nine_bytes_writes), LIST(nine_bytes_scenarios), LIST(reader_actions), NONE},
    {"recent", LIST(reads), LIST(nine_bytes_scenarios), LIST(nine_bytes_actions), NONE},
};
