/*
 * A byte chooses the pool, each further byte a call of test/foreign/, as they come: foreign code frees, resizes, re-
 * takes and copies as often as the input wants. What that test checks after a call is checked after each, and what
 * it checks in a state (alloc gives each free block, live; all blocks come back) at the end.
 */
#include "../foreign/foreign.h"
#include "fuzz.h"

static const alphabet *calls_of_pool(uint8_t choice)
{
    static alphabet calls[SHAPES];
    size_t shape = choice % SHAPES;
    pools_begin(1 + shape / SIZE_MAX_OF_BLOCK, 1 + shape % SIZE_MAX_OF_BLOCK,
                choice / SHAPES % 2 && TA_GENERATION_BITS < 16 ? IS_AGED : IS_NEW);
    if (calls[shape].count == 0)
        alphabet_make(&calls[shape]);
    return &calls[shape];
}

static void need_nothing_wrong(const char *wrong, const alphabet *calls, const uint8_t *bytes, size_t length)
{
    if (!wrong)
        return;
    fprintf(stderr, "%s, after %zux%zu:", wrong, the_pool.blocks, the_pool.size);
    for (size_t i = 0; i < length; i++)
        fprintf(stderr, " %s", calls->calls[bytes[i] % calls->count].name);
    fprintf(stderr, "\n");
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static snapshot before;
    unsigned foreign = 0;
    if (length == 0)
        return 0;
    const alphabet *calls = calls_of_pool(*bytes++);
    length--;
    for (size_t i = 0; i < length; i++) {
        const call *c = &calls->calls[bytes[i] % calls->count];
        pools_save(&before);
        ta_status status = c->run(c);
        foreign += c->is_foreign;
        if ((int)status != NOT_POSSIBLE)
            need_nothing_wrong(check_call(&before, status), calls, bytes, i + 1);
    }
    pools_save(&before);
    need_nothing_wrong(check_state(&before, foreign), calls, bytes, length);
    return 0;
}
