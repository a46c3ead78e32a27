/*
 * What is enumerated: which operation, interrupted by what, in which state of pool, queue and buffers.
 */
#ifndef PAIRS_H
#define PAIRS_H

#include "race.h"

struct action {
    const char *name;
    struct call calls[ISR_CALLS_MAX];
};
struct list {
    const void *items;
    int count;
};

/* Every call in every scenario (the first half of a struct record) with every action; and, where there are inner ones,
 * with every one of these interrupting the action. */
struct group {
    const char *name;
    struct list calls, scenarios, actions, inner;
};
enum { POOL_GROUPS = 22, RECENT_GROUPS = 8, GROUP_COUNT = POOL_GROUPS + RECENT_GROUPS };
extern const struct group recent_groups[RECENT_GROUPS];
const struct group *group_at(int number);

extern const char *const op_names[OP_COUNT];

#endif
