/* What must hold after every call, and how a sequence may end. */
#include "foreign.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char text[160];

const char *wrong(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return text;
}

bool is_status(ta_status status)
{
    return status <= TA_OK && status >= TA_MORE;
}

/* ---- The pool -------------------------------------------------------------------------------------------------- */

static size_t live_blocks(void)
{
    size_t live = 0;
    for (size_t slot = 0; slot < the_pool.blocks; slot++)
        live += pools_live(slot).bits != 0;
    return live;
}

static const char *check_pool(void)
{
    const ta_allocator *a = the_pool.allocator;
    int broken = ta_slab_check(a);
    if (broken)
        return wrong("ta_slab_check is %d", broken);
    ta_stats stats = ta_stats_of(a);
    size_t live = live_blocks();
    if (stats.capacity != the_pool.blocks || stats.used != live)
        return wrong("used is %zu of %zu, but %zu blocks are live", stats.used, stats.capacity, live);
    size_t kept = stats.used + stats.retired + the_pool.kept;
    if (ta_available(a) != (kept < stats.capacity ? stats.capacity - kept : 0))
        return wrong("available is %zu with %zu used and %zu retired", ta_available(a), stats.used,
                     stats.retired);
    return NULL;
}

/* No lifetime may come back, and nobody may write to a block that was free all the time. */
static const char *check_lifetimes(const snapshot *before)
{
    snapshot after;
    pools_save(&after);
    for (size_t slot = 0; slot < the_pool.blocks; slot++) {
        ta_generation was = pools_generation(before, slot), is = pools_generation(&after, slot);
        size_t at = slot * the_pool.size;
        if ((ta_generation)(is - was) > (ta_generation)-1 / 2 && !(TA_RETIRE && is == 0))
            return wrong("slot %zu went back from generation %lu to %lu", slot, (unsigned long)was,
                         (unsigned long)is);
        if (was == is && is % 2 == 0 && memcmp(after.bytes + at, before->bytes + at, the_pool.size) != 0)
            return wrong("somebody wrote to the free block %zu", slot);
    }
    return NULL;
}

static size_t live_before(const snapshot *before)
{
    size_t live = 0;
    for (size_t slot = 0; slot < the_pool.blocks; slot++)
        live += pools_generation(before, slot) & 1;
    return live;
}

const char *check_call(const snapshot *before, ta_status status)
{
    if (!is_status(status))
        return wrong("%d is no status", (int)status);
    const char *failed = check_pool();
    if (!failed)
        failed = check_lifetimes(before);
    if (!failed && status != TA_OK && live_blocks() > live_before(before))
        failed = wrong("%s, but a block was taken", ta_status_name(status));
    return failed;
}

/* ---- Blocks that are taken to see whether they are right -------------------------------------------------------- */

static const char *check_block(ta_handle h, const snapshot *before)
{
    const ta_allocator *a = the_pool.allocator;
    size_t slot = ta_handle_slot(h);
    if (slot >= the_pool.blocks || ta_handle_generation(h) % 2 == 0 || !ta_is_live(a, h))
        return wrong("alloc gave slot %zu, generation %lu", slot, (unsigned long)ta_handle_generation(h));
    if (pools_generation(before, slot) & 1)
        return wrong("alloc gave slot %zu, which was live", slot);
    if (ta_get(a, h) != the_pool.bytes + slot * the_pool.size)
        return wrong("the block of slot %zu is elsewhere", slot);
    if (!ta_handle_eq(ta_handle_of(a, ta_get(a, h)), h) || !ta_handle_eq(pools_live(slot), h))
        return wrong("the handle of slot %zu is not found", slot);
    memset(ta_get(a, h), '!', the_pool.size);
    return NULL;
}

/* Take a block, one that is kept back, too. */
static ta_handle take_any(size_t size)
{
    return ta_slab_alloc_headroom(the_pool.allocator, size);
}

/* Take all blocks that are free, and count them; give them back. */
static const char *check_free_blocks(void)
{
    const ta_allocator *a = the_pool.allocator;
    ta_handle taken[BLOCKS_MAX + 1];
    snapshot before;
    const char *failed = NULL;
    ta_stats stats = ta_stats_of(a);
    size_t count = 0, expected = stats.capacity - stats.used - stats.retired;
    pools_save(&before);
    while (!failed && count <= the_pool.blocks && (taken[count] = take_any(the_pool.size)).bits)
        failed = check_block(taken[count++], &before);
    if (!failed && count != expected)
        failed = wrong("%zu blocks could be taken, not %zu", count, expected);
    for (size_t i = 0; !failed && i < count; i++)
        failed = ta_free(a, taken[i]) ? check_pool() : wrong("free refuses a block just taken");
    return failed;
}

/* ---- Endings ------------------------------------------------------------------------------------------------------ */

static const char *clear_objects(void)
{
    const char *failed = NULL;
    for (size_t i = 0; !failed && i < 4; i++) {
        ta_status status = i < 2 ? ta_buffer_clear(&now.buffer[i]) : ta_queue_clear(&now.queue[i - 2]);
        failed =
            status == TA_OK ? check_pool() : wrong("clear of %c says %s", "bcqr"[i], ta_status_name(status));
    }
    return failed;
}

static const char *clear_pool(void)
{
    ta_clear(the_pool.allocator);
    const char *failed = check_pool();
    if (failed)
        return failed;
    ta_stats stats = ta_stats_of(the_pool.allocator);
    if (stats.used != 0)
        return wrong("used is %zu after ta_clear", stats.used);
    return check_free_blocks();
}

/* Everything is given back; then somebody takes all blocks; then the pool is cleared. */
static const char *end_by_giving_back(unsigned foreign)
{
    const char *failed = clear_objects();
    if (!failed && foreign == 0) {
        for (size_t i = 0; i < 2; i++)
            ta_free(the_pool.allocator, now.single[i]);
        if (live_blocks() != 0)
            failed = wrong("%zu blocks are lost", live_blocks());
    }
    if (!failed)
        failed = check_free_blocks();
    return failed ? failed : clear_pool();
}

/* Somebody takes all blocks that are left, and only then everything is given back. */
static const char *end_with_a_full_pool(void)
{
    const char *failed = check_free_blocks();
    while (!failed && take_any(1).bits)
        ;
    if (!failed)
        failed = clear_objects();
    return failed ? failed : clear_pool();
}

/* All blocks of the pool were cleared and taken by others: no object may write or read any. */
static const char *check_stale_objects(void)
{
    for (size_t i = 0; i < 2; i++) {
        ta_buffer *b = &now.buffer[i];
        ta_queue *q = &now.queue[i];
        size_t bytes = at_most_all(ta_buffer_len(b)), queued = at_most_all(ta_queue_len(q));
        if (ta_buffer_push(b, '?') == TA_OK || (bytes > 0 && ta_buffer_read(b, read_bytes, bytes) == TA_OK))
            return wrong("%c works on blocks that it lost", "bc"[i]);
        if (ta_queue_push(q, '?') == TA_OK || (queued > 0 && ta_queue_read(q, read_bytes, queued) == TA_OK))
            return wrong("%c works on blocks that it lost", "qr"[i]);
    }
    return look_at_view(now.view);
}

/* The pool is cleared under the objects, and others take all blocks. */
static const char *end_by_clearing_the_pool(void)
{
    const ta_allocator *a = the_pool.allocator;
    ta_handle taken[BLOCKS_MAX];
    size_t count = 0;
    const char *failed = clear_pool();
    while (!failed && count < the_pool.blocks && (taken[count] = take_any(0)).bits)
        memset(ta_get(a, taken[count++]), '!', the_pool.size);
    if (!failed)
        failed = check_stale_objects();
    if (!failed)
        failed = clear_objects();
    for (size_t i = 0; !failed && i < count; i++)
        if (!ta_is_live(a, taken[i]) || *(uint8_t *)ta_get(a, taken[i]) != '!')
            failed = wrong("slot %d is another owner's, and was touched", ta_handle_slot(taken[i]));
    return failed;
}

static const char *labelled(const char *what, const char *failed)
{
    static char both[sizeof text + 40];
    if (!failed)
        return NULL;
    snprintf(both, sizeof both, "%s: %s", what, failed);
    return both;
}

const char *check_state(const snapshot *state, unsigned foreign)
{
    const char *failed = look_at_everything(foreign);
    failed = labelled("when everything is looked at", failed ? failed : check_call(state, TA_OK));
    pools_restore(state);
    if (!failed)
        failed = labelled("at the end", end_by_giving_back(foreign));
    pools_restore(state);
    if (!failed)
        failed = labelled("at the end, with a full pool", end_with_a_full_pool());
    pools_restore(state);
    if (!failed)
        failed = labelled("after ta_clear", end_by_clearing_the_pool());
    pools_restore(state);
    return failed;
}
