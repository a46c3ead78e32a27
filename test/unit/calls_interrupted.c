/*
 * While a call runs an interrupt comes at one place of interrupts.h: at each in turn. In it another user takes every free
 * block, foreign code frees a chunk, or the writer fills its queue up to the limit.
 */
#include "one_interrupt.h"
#include "support.h"

#define BLOCK 4
#define BLOCKS 56
#define BYTES_MAX 160
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);
TA_SLAB_DEFINE(wide, 100, 2);

void maybe_interrupt(void)
{
    if (!is_masked)
        pass_place();
}

/* ---- Objects, and what they contain -------------------------------------------------------------------- */

static ta_buffer source, destination, empty, in_wide;
static ta_queue q;
static ta_lines lines;
static ta_handle block, of_others; /* the latter in slot 0 */

#define SOURCE_BYTES 78 /* copied in three parts */
#define LINE_AT 5       /* the first line's end */

static size_t in_destination = 5;

static void write_pattern(ta_buffer *b, size_t first, size_t n)
{
    uint8_t bytes[BYTES_MAX];
    fill_pattern(bytes, first, n);
    assert_int_equal(ta_buffer_write(b, bytes, n), TA_OK);
}

static void make_objects(void)
{
    const ta_buffer fresh = TA_BUFFER_INIT(pool);
    const ta_queue fresh_queue = TA_QUEUE_INIT(pool, 24);
    const ta_lines fresh_lines = TA_LINES_OF_QUEUE(&q, 0);
    uint8_t bytes[20];
    fresh_pool(pool);
    fresh_pool(wide);
    source = destination = empty = in_wide = fresh;
    in_wide.chain.allocator = wide;
    q = fresh_queue;
    lines = fresh_lines;
    of_others = ta_alloc(pool, BLOCK);
    memcpy(ta_get(pool, of_others), "mine", BLOCK);
    assert_int_equal(ta_buffer_set_limit(&destination, BYTES_MAX),
                     TA_OK); /* so each call looks at the length */
    assert_int_equal(ta_buffer_set_limit(&empty, BYTES_MAX), TA_OK);
    write_pattern(&source, 0, SOURCE_BYTES + 1);
    assert_int_equal(ta_buffer_consume(&source, 1), TA_OK);
    write_pattern(&destination, 100, in_destination);
    fill_pattern(bytes, 200, sizeof bytes);
    bytes[1 + LINE_AT] = '\n';
    assert_int_equal(ta_queue_write(&q, bytes, sizeof bytes), TA_OK);
    assert_int_equal(ta_queue_consume(&q, 1), TA_OK);
    block = ta_alloc(pool, BLOCK);
    memset(ta_get(pool, block), 'x', BLOCK);
}

struct contents {
    size_t lengths[4];
    uint8_t bytes[4][BYTES_MAX];
};

static struct contents contents(void)
{
    struct contents c;
    const ta_buffer *const buffers[] = {&source, &destination, &empty};
    memset(&c, 0, sizeof c);
    for (size_t i = 0; i < COUNT_OF(buffers); i++) {
        c.lengths[i] = ta_buffer_len(buffers[i]);
        assert_int_equal(ta_buffer_copy_out(buffers[i], 0, c.bytes[i], c.lengths[i]), TA_OK);
    }
    c.lengths[3] = ta_queue_len(&q);
    assert_int_equal(ta_queue_copy_out(&q, 0, c.bytes[3], c.lengths[3]), TA_OK);
    return c;
}

static bool is_same(const struct contents *a, const struct contents *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* ---- Calls --------------------------------------------------------------------------------------------- */

static uint8_t scratch[BYTES_MAX];
static size_t done;

static ta_status copy(void)
{
    return ta_buffer_copy_range(&destination, &source, 1, SOURCE_BYTES - 2);
}
static ta_status copy_to_empty(void)
{
    return ta_buffer_copy_range(&empty, &source, 0, SOURCE_BYTES);
}
static ta_status copy_to_itself(void)
{
    return ta_buffer_copy_range(&source, &source, 0, SOURCE_BYTES);
}
static ta_status copy_to_wide(void) /* one block for all parts */
{
    return ta_buffer_copy_range(&in_wide, &source, 0, SOURCE_BYTES);
}
static ta_status copy_little(void) /* into the last chunk */
{
    return ta_buffer_copy_range(&destination, &source, SOURCE_BYTES - 3, 3);
}
static ta_status append_to_empty(void)
{
    return ta_buffer_append(&empty, &source);
}
static ta_status append(void)
{
    return ta_buffer_append(&destination, &source);
}
static ta_status drain(void)
{
    return ta_buffer_drain_into(&destination, &source, 9);
}
static ta_status split(void)
{
    return ta_buffer_split(&empty, &source, 9);
}
static ta_status move(void)
{
    return ta_buffer_move(&destination, &source);
}
static ta_status take(void)
{
    return ta_queue_take(&q, &destination);
}
static ta_status drain_queue(void)
{
    return ta_queue_drain_into(&empty, &q, 7);
}
static ta_status append_block(void)
{
    return ta_buffer_append_block(&destination, block, BLOCK);
}
static ta_status append_first_block(void)
{
    return ta_buffer_append_block(&empty, block, BLOCK);
}
static ta_status prepend(void)
{
    return ta_buffer_prepend(&destination, "123456789", 9);
}
static ta_status truncate(void)
{
    return ta_buffer_truncate(&source, 3);
}
static ta_status read_much(void)
{
    return ta_buffer_read(&source, scratch, SOURCE_BYTES - 1);
}
static ta_status read_queue(void)
{
    return ta_queue_read(&q, scratch, 18);
}
static ta_status write_much(void)
{
    return ta_buffer_write(&destination, "123456789", 9);
}
static ta_status write_some(void)
{
    return ta_buffer_write_some(&destination, "123456789", 9, &done);
}
static ta_status write_some_to_source(void) /* whose last chunk has room for one byte */
{
    return ta_buffer_write_some(&source, "123456789", 9, &done);
}
static ta_status write_some_to_queue(void)
{
    return ta_queue_write_some(&q, "123456789", 9, &done);
}
static ta_status consume_until(void)
{
    return ta_buffer_consume_until(&source, pattern(30), &done);
}

static ta_status (*const calls[])(void) = {copy,
                                           copy_to_empty,
                                           copy_to_itself,
                                           copy_little,
                                           append_to_empty,
                                           append,
                                           drain,
                                           split,
                                           move,
                                           take,
                                           drain_queue,
                                           append_block,
                                           append_first_block,
                                           prepend,
                                           truncate,
                                           read_much,
                                           read_queue,
                                           write_much,
                                           write_some,
                                           write_some_to_queue,
                                           write_some_to_source,
                                           consume_until};

/* ---- Another user takes every free block --------------------------------------------------------------- */

static ta_handle taken[BLOCKS];
static size_t taken_count;

static void take_every_block(void)
{
    for (ta_handle h; (h = ta_alloc(pool, 0)).bits;)
        taken[taken_count++] = h;
}

/* Is there a part of a write that fitted? */
static bool is_part(ta_status status)
{
    return status == TA_OK && done > 0 && done < 9;
}

static void pool_that_runs_dry_meanwhile_leaves_all_or_nothing(void **state)
{
    (void)state;
    size_t refused = 0, parts = 0;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        make_objects();
        const struct contents before = contents();
        assert_int_equal(calls[i](), TA_OK);
        const struct contents whole = contents();
        bool came = true;
        for (size_t place = 0; came; place++) {
            make_objects();
            taken_count = done = 0;
            interrupt_at(place, take_every_block);
            ta_status status = calls[i]();
            came = has_come();
            for (size_t t = 0; t < taken_count; t++)
                assert_true(ta_free(pool, taken[t]));
            const struct contents now = contents();
            bool finds_room = calls[i] == write_some || calls[i] == write_some_to_source;
            if (status == TA_E_NO_MEMORY && !finds_room && is_same(&now, &before))
                refused++;
            else if (is_part(status))
                parts++;
            else if (status != TA_OK || !is_same(&now, &whole))
                fail_msg("call %zu, place %zu: %s", i, place, ta_status_name(status));
            check_pool(pool);
        }
    }
    assert_true(refused > 0 && parts > 0);
}

/* ---- Foreign code frees a chunk ------------------------------------------------------------------------ */

static size_t freed_slot;

static void free_a_slot(void)
{
    ta_free(pool, ta_slab_handle_at(pool, freed_slot));
}

static ta_status next_line(void)
{
    ta_view line;
    return ta_lines_next(&lines, &line);
}
static ta_status read_line(void)
{
    return ta_lines_read(&lines, (char *)scratch, sizeof scratch, NULL);
}

/* What is not damaged has kept its bytes, or has been changed as a whole. */
static void expect_sound(const struct contents *before, const struct contents *whole)
{
    const ta_buffer *const buffers[] = {&source, &destination, &empty};
    if (ta_is_live(pool, of_others))
        assert_memory_equal(ta_get(pool, of_others), "mine", BLOCK);
    for (size_t i = 0; i < COUNT_OF(buffers); i++) {
        size_t n = ta_buffer_len(buffers[i]);
        if (ta_buffer_check(buffers[i]) == 0)
            assert_true(n == before->lengths[i] || n == whole->lengths[i] || done > 0);
    }
}

static size_t stale;

static void interrupt_everywhere(ta_status (*call)(void))
{
    make_objects();
    const struct contents before = contents();
    assert_int_equal(call(), TA_OK);
    const struct contents whole = contents();
    for (freed_slot = 0; freed_slot < BLOCKS; freed_slot++) {
        bool came = true;
        for (size_t place = 0; came; place++) {
            make_objects();
            done = 0;
            interrupt_at(place, free_a_slot);
            ta_status status = call();
            came = has_come();
            stale += status == TA_E_STALE;
            assert_true(status == TA_OK || status == TA_E_STALE);
            check_pool(pool);
            expect_sound(&before, &whole);
            assert_int_equal(ta_buffer_clear(&source), TA_OK);
            assert_int_equal(ta_buffer_clear(&destination), TA_OK);
            assert_int_equal(ta_buffer_clear(&empty), TA_OK);
            assert_int_equal(ta_queue_clear(&q), TA_OK);
            check_pool(pool);
            ta_clear(pool);
            assert_int_equal(ta_available(pool), BLOCKS);
        }
    }
}

static void chunk_freed_meanwhile_does_not_break_the_pool(void **state)
{
    (void)state;
    stale = 0;
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        for (in_destination = 6; in_destination >= 5; in_destination--)
            interrupt_everywhere(calls[i]);
    in_destination = 5;
    interrupt_everywhere(next_line);
    interrupt_everywhere(read_line);
    assert_true(stale > 1000);
}

/* What was taken for bytes that cannot be copied is given back. */
static void copy_that_breaks_off_keeps_no_block(void **state)
{
    static ta_status (*const copies[])(void) = {copy, copy_to_empty, copy_to_wide, copy_little};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(copies); i++) {
        size_t broken = 0;
        bool came = true;
        for (size_t place = 0; came; place++) {
            make_objects();
            size_t before = used(pool);
            freed_slot = 1 + SOURCE_BYTES / BLOCK; /* the last chunk of the source */
            interrupt_at(place, free_a_slot);
            ta_status status = copies[i]();
            came = has_come();
            if (status == TA_OK)
                continue;
            broken++;
            assert_int_equal(status, TA_E_STALE);
            assert_int_equal(used(pool), before - 1);
            assert_int_equal(used(wide), 0);
            assert_int_equal(ta_buffer_len(&destination), in_destination);
            assert_int_equal(ta_buffer_check(&destination), 0);
            assert_int_equal(ta_buffer_len(&empty), 0);
        }
        assert_true(broken > 0);
    }
}

/* ---- The writer fills its queue ------------------------------------------------------------------------ */

static bool writes_at_once;

static void fill_queue(void)
{
    uint8_t bytes[BYTES_MAX];
    ta_status status = TA_OK;
    if (writes_at_once)
        status = ta_queue_write(&q, bytes, ta_queue_limit(&q) - ta_queue_len(&q));
    assert_int_equal(status, TA_OK);
    while ((status = ta_queue_push(&q, 7)) == TA_OK)
        continue;
    assert_int_equal(status, TA_E_FULL);
}

static ta_status read_bytes(size_t n)
{
    return ta_queue_read(&q, scratch, n);
}
static ta_status read_some_bytes(size_t n)
{
    return ta_queue_read_some(&q, scratch, n, &done);
}
static ta_status consume_bytes(size_t n)
{
    return ta_queue_consume(&q, n);
}
static ta_status pop_bytes(size_t n)
{
    ta_status status = TA_OK;
    while (status == TA_OK && n-- > 0)
        status = ta_queue_pop(&q, scratch);
    return status;
}

/* A queue with a limit, in a pool of as many blocks as queue.h says. */
static void make_full_queue(size_t limit, size_t phase)
{
    uint8_t bytes[BYTES_MAX] = {0};
    const ta_queue fresh = TA_QUEUE_INIT(pool, limit);
    fresh_pool(pool);
    q = fresh;
    for (size_t blocks = 1 + (limit + BLOCK - 1) / BLOCK; ta_available(pool) > blocks;)
        assert_true(ta_alloc(pool, 0).bits != 0);
    for (; phase > 0; phase--)
        assert_true(ta_queue_push(&q, 1) == TA_OK && ta_queue_pop(&q, bytes) == TA_OK);
    assert_int_equal(ta_queue_write(&q, bytes, limit), TA_OK);
}

static void writer_finds_a_block_for_each_byte_that_the_limit_allows(void **state)
{
    static ta_status (*const removals[])(size_t n) = {read_bytes, read_some_bytes, consume_bytes, pop_bytes};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(removals); i++)
        for (size_t setup = 0; setup < 4 * BLOCK * 2 * BLOCK; setup++) {
            size_t limit = 1 + setup % (4 * BLOCK), phase = setup / (4 * BLOCK);
            for (size_t n = 1; n <= limit; n++) {
                bool came = true;
                for (size_t place = 0; came; place++) {
                    writes_at_once = (place + n) % 2 == 0;
                    make_full_queue(limit, phase);
                    interrupt_at(place, fill_queue);
                    assert_int_equal(removals[i](n), TA_OK);
                    came = has_come();
                    fill_queue();
                }
            }
        }
}

/* ---- Every call on a pool ------------------------------------------------------------------------------ */

#define UNMASKED(call)                        \
    do {                                      \
        is_masked = false;                    \
        (void)(call);                         \
        assert_false(is_masked);              \
        is_masked = true; /* by the caller */ \
        (void)(call);                         \
        assert_true(is_masked);               \
    } while (0)

static void calls_leave_interrupts_as_they_were(void **state)
{
    (void)state;
    make_objects();
    ta_handle h = ta_alloc(pool, 3), none = TA_NONE_INIT;
    ta_span span;
    uint8_t byte;
    UNMASKED(ta_alloc(pool, 1));
    UNMASKED(ta_alloc(pool, BLOCK + 1));
    UNMASKED(ta_slab_alloc_headroom(pool, 1));
    UNMASKED(ta_slab_set_headroom(pool, 1));
    UNMASKED(ta_slab_set_headroom(pool, BLOCKS));
    UNMASKED(ta_size(pool, h));
    UNMASKED(ta_size(pool, none));
    UNMASKED(ta_resize(pool, h, 2));
    UNMASKED(ta_resize(pool, none, 2));
    UNMASKED(ta_stats_of(pool));
    UNMASKED(ta_available(pool));
    UNMASKED(ta_slab_handle_at(pool, 0));
    UNMASKED(ta_handle_of(pool, ta_get(pool, h)));
    UNMASKED(ta_free(pool, h)); /* the second time it is stale */
    UNMASKED(ta_buffer_room(&source));
    UNMASKED(ta_buffer_write(&source, "abcdefghij", 10));
    UNMASKED(ta_buffer_reserve(&source, 9, &span));
    UNMASKED(ta_buffer_cancel(&source));
    UNMASKED(ta_buffer_consume(&source, 17));
    UNMASKED(ta_queue_write(&q, "12345678901234567890", 20)); /* too many */
    UNMASKED(ta_queue_dropped(&q));
    UNMASKED(ta_queue_reserve(&q, 1, &span));
    UNMASKED(ta_queue_cancel(&q));
    UNMASKED(ta_queue_drain_into(&destination, &q, 5));
    UNMASKED(read_line());
    UNMASKED(ta_queue_pop(&q, &byte));
    UNMASKED(ta_queue_take(&q, &destination));
    UNMASKED(ta_queue_trim(&q));
    UNMASKED(ta_queue_clear(&q));
    is_masked = false;
    while (ta_alloc(pool, 0).bits)
        continue;
    UNMASKED(ta_alloc(pool, 0));
    UNMASKED(ta_buffer_write(&source, "abcdefghij", 10));
    UNMASKED(ta_queue_write(&q, "abcdefghij", 10));
    UNMASKED(ta_slab_set_headroom(pool, 2));
    is_masked = false;
    ta_clear(pool);
    UNMASKED(ta_buffer_write(&source, "a", 1)); /* stale */
    UNMASKED(ta_queue_trim(&q));
    is_masked = false;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_that_runs_dry_meanwhile_leaves_all_or_nothing),
        cmocka_unit_test(chunk_freed_meanwhile_does_not_break_the_pool),
        cmocka_unit_test(copy_that_breaks_off_keeps_no_block),
        cmocka_unit_test(writer_finds_a_block_for_each_byte_that_the_limit_allows),
        cmocka_unit_test(calls_leave_interrupts_as_they_were),
    };
    return cmocka_run_group_tests_name("calls_interrupted", tests, NULL, NULL);
}
