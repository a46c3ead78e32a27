/* Small promises of the headers that were once not kept, each as short as it can be shown. */
#include "foreign.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition)      \
    do {                       \
        if (!(condition))      \
            return #condition; \
    } while (0)

static size_t used(void)
{
    return ta_stats_of(the_pool.allocator).used;
}

/* ---- Pools ------------------------------------------------------------------------------------------------- */

/* How many blocks ta_slab_init() makes in memory of exactly that many bytes; 0: it refuses. */
static size_t blocks_in(size_t bytes, size_t block_size)
{
    ta_slab slab;
    void *arena = malloc(bytes);
    size_t blocks = 0;
    if (ta_slab_init(&slab, arena, bytes, block_size) == TA_OK && ta_slab_check(&slab.allocator) == 0)
        blocks = ta_stats_of(&slab.allocator).capacity;
    free(arena);
    return blocks;
}

static const char *arena_holds_as_many_blocks_as_fit(void)
{
    for (size_t size = 1; size <= 33; size++)
        for (size_t blocks = 1; blocks <= 17; blocks++) {
            size_t gap = blocks * size % TA_ALIGNOF(struct ta_entry_);
            size_t bytes = blocks * (size + sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_) +
                           sizeof(ta_slab_state_) + gap;
            EXPECT(blocks_in(bytes, size) == blocks);
            EXPECT(blocks_in(bytes - 1, size) == blocks - 1);
        }
    return NULL;
}

static const char *check_refuses_headroom_above_capacity(void)
{
    ta_slab_state_ state;
    pools_begin(2, 1, IS_NEW);
    uint8_t *at = the_pool.table + the_pool.blocks * sizeof(struct ta_entry_);
    memcpy(&state, at, sizeof state);
    state.headroom = 3;
    state.taken = 3;
#if TA_STATISTICS
    state.peak = 3;
#endif
    memcpy(at, &state, sizeof state);
    EXPECT(ta_slab_check(the_pool.allocator) != 0);
    return NULL;
}

/* Slots retire one after the other, each as the only one that is free. */
static const char *peak_stays_when_slots_retire(void)
{
#if TA_RETIRE && TA_STATISTICS && TA_SLOT_BITS == 8 && TA_GENERATION_BITS == 8
    ta_slab slab;
    const ta_allocator *all = &slab.allocator;
    static uint8_t arena[255 * (1 + sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_) +
                         sizeof(ta_slab_state_) + 8]; /* 8: more than it needs */
    ta_handle h[255];
    EXPECT(ta_slab_init(&slab, arena, sizeof arena, 1) == TA_OK && ta_available(all) == 255);
    for (size_t i = 0; i < 255; i++)
        h[i] = ta_alloc(all, 0);
    for (size_t i = 0; i < 3; i++) {
        while (ta_is_live(all, h[i])) {
            ta_free(all, h[i]);
            h[i] = ta_alloc(all, 0);
        }
        EXPECT(ta_stats_of(all).retired == i + 1);
        EXPECT(ta_stats_of(all).peak == 255);
        EXPECT(ta_slab_check(all) == 0);
    }
#endif
    return NULL;
}

static const char *appended_block_leaves_no_live_handle(void)
{
    for (size_t blocks = 1; blocks <= 2; blocks++)
        for (size_t before = 0; before <= 1; before++) {
            pools_begin(blocks, 3, IS_AGED);
            ta_handle h = ta_alloc(the_pool.allocator, 2);
            while (TA_RETIRE && ta_handle_generation(h) != (ta_generation)-1) {
                ta_free(the_pool.allocator, h);
                h = ta_alloc(the_pool.allocator, 2);
            }
            if (before && ta_buffer_push(&now.buffer[0], 'x') != TA_OK)
                continue;
            ta_status status = ta_buffer_append_block(&now.buffer[0], h, 2);
            EXPECT(ta_is_live(the_pool.allocator, h) == (status != TA_OK));
            EXPECT(ta_buffer_len(&now.buffer[0]) == (status == TA_OK ? before + 2 : before));
        }
    return NULL;
}

/* ---- Queues ------------------------------------------------------------------------------------------------ */

static unsigned highs;

static void count_high(ta_queue *q, void *context)
{
    (void)context;
    (void)q;
    highs++;
}

static void ignore_low(ta_queue *q, void *context)
{
    (void)context;
    (void)q;
}

/* With custom backends, one of the two pools is not known as a slab. */
static const char *stale_queue_says_so_and_calls_nobody(void)
{
    static const ta_water_marks marks = {4, 1, count_high, ignore_low, NULL};
    for (size_t size = 1; size <= 2; size++) {
        pools_begin(4, size, IS_NEW);
        ta_queue *q = &now.queue[0];
        highs = 0;
        EXPECT(ta_queue_set_marks(q, &marks) == TA_OK && ta_queue_set_limit(q, 5) == TA_OK);
        EXPECT(ta_queue_write(q, some_bytes, 2) == TA_OK);
        ta_clear(the_pool.allocator);
        EXPECT(ta_queue_push(q, 'x') == TA_E_STALE);
        EXPECT(ta_queue_write(q, some_bytes, 2) == TA_E_STALE);
        EXPECT(highs == 0);
    }
    return NULL;
}

/* The writer need not know that the reader's end is stale; but it knows how many bytes are stored. */
static const char *queue_with_a_stale_head_is_not_full(void)
{
    static const ta_water_marks marks = {4, 1, count_high, ignore_low, NULL};
    pools_begin(4, 1, IS_NEW);
    ta_queue *q = &now.queue[0];
    highs = 0;
    EXPECT(ta_queue_set_marks(q, &marks) == TA_OK && ta_queue_set_limit(q, 5) == TA_OK);
    EXPECT(ta_queue_write(q, some_bytes, 2) == TA_OK);
    EXPECT(ta_free(the_pool.allocator, pools_live(0)));
    ta_status status = ta_queue_push(q, 'x');
    EXPECT(status == TA_OK || status == TA_E_STALE);
    EXPECT(highs == 0 && ta_queue_len(q) <= 3);
    return NULL;
}

/* The span that was reserved in a block of its own is still there. */
static const char *refused_write_changes_nothing_but_dropped(void)
{
    ta_span span;
    pools_begin(2, 3, IS_NEW);
    ta_queue *q = &now.queue[1];
    EXPECT(ta_queue_write(q, some_bytes, 3) == TA_OK && ta_queue_reserve(q, 2, &span) == TA_OK);
    EXPECT(used() == 2);
    EXPECT(ta_queue_write(q, some_bytes, 9) == TA_E_NO_MEMORY);
    EXPECT(used() == 2 && ta_queue_dropped(q) == 9);
    EXPECT(ta_queue_set_limit(q, 4) == TA_OK);
    EXPECT(ta_queue_write(q, some_bytes, 3) == TA_E_FULL);
    EXPECT(used() == 2 && ta_queue_dropped(q) == 12);
    EXPECT(ta_queue_commit(q, 1) == TA_OK && ta_queue_len(q) == 4);
    return NULL;
}

static const char *refused_take_changes_nothing(void)
{
    ta_span before, after;
    pools_begin(3, 3, IS_NEW);
    ta_queue *q = &now.queue[1];
    EXPECT(ta_buffer_set_limit(&now.buffer[0], 1) == TA_OK);
    EXPECT(ta_queue_write(q, some_bytes, 6) == TA_OK && ta_queue_reserve(q, 2, &before) == TA_OK);
    EXPECT(ta_queue_read(q, read_bytes, 3) == TA_OK && used() == 3);
    EXPECT(ta_queue_take(q, &now.buffer[0]) == TA_E_FULL);
    EXPECT(used() == 3 && ta_queue_len(q) == 3 && ta_buffer_len(&now.buffer[0]) == 0);
    EXPECT(ta_queue_commit(q, 2) == TA_OK && ta_queue_len(q) == 5);
    EXPECT(ta_queue_front(q, &after) == TA_OK && after.length == 3 && after.data[0] == some_bytes[3]);
    return NULL;
}

/* ---- Arguments --------------------------------------------------------------------------------------------- */

static const char *setters_say_when_an_object_is_stale(void)
{
    pools_begin(4, 1, IS_NEW);
    EXPECT(ta_buffer_push(&now.buffer[0], 'x') == TA_OK && ta_queue_push(&now.queue[0], 'x') == TA_OK);
    ta_clear(the_pool.allocator);
    EXPECT(ta_buffer_set_limit(&now.buffer[0], 5) == TA_E_STALE);
    EXPECT(ta_queue_set_limit(&now.queue[0], 5) == TA_E_STALE);
    EXPECT(ta_queue_set_marks(&now.queue[0], NULL) == TA_E_STALE);
    return NULL;
}

static const char *init_refuses_null(void)
{
    pools_begin(1, 1, IS_NEW);
    EXPECT(ta_buffer_init(NULL, the_pool.allocator) == TA_E_INVALID);
    EXPECT(ta_queue_init(NULL, the_pool.allocator, 0) == TA_E_INVALID);
    return NULL;
}

/* ---- All of them ------------------------------------------------------------------------------------------- */

typedef const char *detail(void);

static const char *run_detail(void *context)
{
    return (*(detail *const *)context)();
}

unsigned details(void)
{
    static const struct {
        const char *name;
        detail *run;
    } all[] = {
        {"arena_holds_as_many_blocks_as_fit", arena_holds_as_many_blocks_as_fit},
        {"check_refuses_headroom_above_capacity", check_refuses_headroom_above_capacity},
        {"peak_stays_when_slots_retire", peak_stays_when_slots_retire},
        {"appended_block_leaves_no_live_handle", appended_block_leaves_no_live_handle},
        {"stale_queue_says_so_and_calls_nobody", stale_queue_says_so_and_calls_nobody},
        {"queue_with_a_stale_head_is_not_full", queue_with_a_stale_head_is_not_full},
        {"refused_write_changes_nothing_but_dropped", refused_write_changes_nothing_but_dropped},
        {"refused_take_changes_nothing", refused_take_changes_nothing},
        {"setters_say_when_an_object_is_stale", setters_say_when_an_object_is_stale},
        {"init_refuses_null", init_refuses_null},
    };
    unsigned failures = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        detail *run = all[i].run;
        const char *failed = guarded(run_detail, &run);
        if (failed)
            fprintf(stderr, "  %s: %s\n", all[i].name, failed);
        failures += failed != NULL;
    }
    return failures;
}
