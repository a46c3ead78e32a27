/*
 * A byte chooses the pool, each two further bytes a call of test/search/, as they come: foreign code frees, resizes, re-
 * takes and copies as often as the input wants. What the search checks after a call is checked after each, and what it
 * checks in a state (alloc gives each free block, live; all blocks come back) at the end.
 */
#include "../search/search.h"
#include "fuzz.h"

static void choose_pool(unsigned choice)
{
    with = (settings){.blocks = 1 + choice % 4, .size = 1 + choice / 4 % 3, .limit = 2, .rare = 1};
    with.marks = with.size == 3;
    with.headroom = with.blocks == 3 && with.size == 2;
    calls_make(true);
    world_begin();
    m.foreign = 1;
}

static const call *call_of(const uint8_t *bytes)
{
    return &calls[(bytes[0] + 256u * bytes[1]) % calls_count];
}

static void need_nothing_wrong(const char *wrong, const uint8_t *bytes, size_t length)
{
    if (!wrong)
        return;
    fprintf(stderr, "%s, after %ux%u:", wrong, with.blocks, with.size);
    for (size_t i = 0; i + 1 < length; i += 2)
        calls_print(call_of(bytes + i));
    fprintf(stderr, "\n");
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static snapshot before;
    if (length == 0)
        return 0;
    choose_pool(*bytes++);
    length--;
    for (size_t i = 0; i + 1 < length; i += 2) {
        const call *c = call_of(bytes + i);
        result r = {0};
        world_normalise(&before);
        world_restore(&before);
        bool must_refuse = foreign_must_refuse(c);
        c->operation->library(c, &r);
        if (r.status != IMPOSSIBLE)
            need_nothing_wrong(foreign_check_call(&before.world, &r, must_refuse), bytes, i + 2);
    }
    world_normalise(&before);
    need_nothing_wrong(foreign_check_state(&before), bytes, length);
    return 0;
}
