/* What must hold after every call, and how a sequence may end. */
#include "foreign.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char text[120];

static const char *wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *wrong(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return text;
}

static bool is_status(ta_status status)
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

/* ---- Looking at everything --------------------------------------------------------------------------------------- */

static bool is_digit(uint8_t byte, void *context)
{
    (void)context;
    return byte >= '0' && byte <= '9';
}

/* A chain that leads in a circle must not be walked for ever: it has no more bytes than the length says. */
static bool ends_in_time(const ta_buffer *b)
{
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    size_t most = ta_buffer_len(b) + 2;
    while (most > 0 && ta_buffer_next_chunk(b, &at, &span) == TA_OK)
        most--;
    return most > 0;
}

static const char *look_at_buffer(const ta_buffer *b)
{
    ta_span span;
    size_t position, n = at_most_all(ta_buffer_len(b));
    const ta_status said[] = {
        ta_buffer_peek(b, read_bytes),
        ta_buffer_at(b, n / 2, read_bytes),
        ta_buffer_copy_out(b, 0, read_bytes, n),
        ta_buffer_copy_out(b, n / 2, read_bytes, n - n / 2),
        ta_buffer_find(b, ';', &position),
        ta_buffer_find_if(b, is_digit, NULL, &position),
        ta_buffer_find_seq(b, "3\n4", 3, &position),
        ta_buffer_front(b, &span),
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!is_status(said[i]))
            return wrong("look %zu at a buffer says %d", i, (int)said[i]);
    if (said[7] == TA_OK)
        memcpy(read_bytes, span.data, at_most_all(span.length));
    return ends_in_time(b) ? NULL : wrong("the chunks of a buffer do not end");
}

static const char *look_at_view(ta_view v)
{
    ta_view rest = v, part;
    uint32_t number;
    uint16_t word;
    size_t position, n = at_most_all(ta_view_len(&v));
    int order;
    const ta_status said[] = {
        ta_view_check(&v),
        ta_view_at(&v, n / 2, read_bytes),
        ta_view_copy(&v, 0, read_bytes, n),
        ta_view_find(&v, ';', &position),
        ta_view_find_seq(&v, "3\n4", 3, &position),
        ta_view_equals(&v, some_bytes, n),
        ta_view_compare(&v, &v, &order),
        ta_view_take(&v, n / 2, &part),
        ta_view_split(&rest, n / 2, &part),
        ta_view_skip(&rest, n - n / 2),
        (rest = v, ta_parse_decimal(&rest, &number, NULL)),
        ta_parse_byte(&rest, ';', NULL),
        ta_parse_fixed(&rest, 2, &(int32_t){0}, NULL),
        ta_parse_line(&rest, &part, NULL),
        ta_parse_rest(&rest, &part),
        (rest = ta_view_final(v), ta_parse_take_while(&rest, is_digit, NULL, &part, NULL)),
        ta_parse_u16be(&rest, &word, NULL),
        ta_parse_varint(&rest, 4, &number, NULL),
        ta_parse_take_until_seq(&rest, "\n4", 2, &part, NULL),
        ta_parse_take(&rest, n / 2, &part, NULL),
        ta_parse_end(&rest, NULL),
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!is_status(said[i]))
            return wrong("look %zu at a view says %d", i, (int)said[i]);
    return NULL;
}

static const char *look_at_queue(ta_queue *q)
{
    ta_span span;
    size_t position, n = at_most_all(ta_queue_len(q));
    const ta_status said[] = {
        ta_queue_peek(q, read_bytes),           ta_queue_at(q, n / 2, read_bytes),
        ta_queue_copy_out(q, 0, read_bytes, n), ta_queue_copy_out(q, n / 2, read_bytes, n - n / 2),
        ta_queue_find(q, ';', &position),       ta_queue_front(q, &span),
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!is_status(said[i]))
            return wrong("look %zu at a queue says %d", i, (int)said[i]);
    if (said[5] == TA_OK)
        memcpy(read_bytes, span.data, at_most_all(span.length));
    (void)ta_queue_room(q);
    return NULL;
}

/* Without foreign actions everything is as it should be; with them the check must only end. */
static const char *check_objects(unsigned foreign)
{
    for (size_t i = 0; i < 2; i++) {
        int buffer = ta_buffer_check(&now.buffer[i]), queue = ta_queue_check(&now.queue[i]);
        if (foreign == 0 && (buffer != 0 || queue != 0))
            return wrong("ta_buffer_check is %d, ta_queue_check %d", buffer, queue);
    }
    return NULL;
}

static const char *look_at_everything(const snapshot *state, unsigned foreign)
{
    const char *failed = check_objects(foreign);
    for (size_t i = 0; !failed && i < 2; i++) {
        failed = look_at_buffer(&now.buffer[i]);
        if (!failed)
            failed = look_at_view(ta_buffer_view(&now.buffer[i]));
        if (!failed)
            failed = look_at_queue(&now.queue[i]);
        (void)ta_buffer_room(&now.buffer[i]);
    }
    if (!failed)
        failed = look_at_view(now.view);
    return failed ? failed : check_call(state, TA_OK);
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
    const char *failed = labelled("when everything is looked at", look_at_everything(state, foreign));
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
