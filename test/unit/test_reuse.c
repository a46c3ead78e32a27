/*
 * Bytes are taken from under every view of a buffer in every way there is, others use the memory, and the views are
 * read: a view returns TA_E_STALE or the bytes it was made of, never other ones.
 */
#include "support.h"

#define BLOCK_SIZE_MAX EFFORT(4, 2, 2)
#define MADE_BLOCKS 12
#define BYTES_MAX ((size_t)64)

#include "views.h"

/* ---- Every view of a buffer, and others that use its pool ---------------------------------------------- */

#define MINE_MAX ((size_t)EFFORT(16, 16, 5))
#define OTHERS 0x80 /* what is written later has this bit, what was there before has not */

static struct scene {
    ta_buffer b, front, other;
    ta_queue queue;
    ta_view views[(MINE_MAX + 1) * (MINE_MAX + 2) / 2];
    size_t begins[(MINE_MAX + 1) * (MINE_MAX + 2) / 2];
    size_t count;
} scene;

/* A view reads the bytes it was made of, all of them, or says that it is stale. */
static void expect_stale_or_right(const ta_view *v, size_t begin, const char *when)
{
    uint8_t bytes[BYTES_MAX], byte;
    ta_status status = ta_view_check(v);
    size_t n = ta_view_len(v);
    if (status != TA_OK && status != TA_E_STALE)
        fail_msg("%s: %s", when, ta_status_name(status));
    if (n > 0 && (ta_view_at(v, n - 1, &byte) != status || ta_view_copy(v, 0, bytes, n) != status))
        fail_msg("%s: a call does not say %s", when, ta_status_name(status));
    for (size_t i = 0; status == TA_OK && i < n; i++)
        if (bytes[i] != pattern(begin + i))
            fail_msg("%s: byte %zu of %zu to %zu is another's, %d", when, i, begin, begin + n, bytes[i]);
    if (status == TA_OK && n > 0 && byte != pattern(begin + n - 1))
        fail_msg("%s: the last byte of %zu to %zu is another's, %d", when, begin, begin + n, byte);
}

static void check_scene(const char *when)
{
    assert_int_equal(ta_buffer_check(&scene.b), 0);
    assert_int_equal(ta_buffer_check(&scene.front), 0);
    assert_int_equal(ta_buffer_check(&scene.other), 0);
    check_pool(scene.b.chain.allocator);
    for (size_t i = 0; i < scene.count; i++)
        expect_stale_or_right(&scene.views[i], scene.begins[i], when);
}

static void make_scene(size_t block_size, size_t offset, size_t held)
{
    const ta_allocator *a = make_pool(block_size);
    ta_buffer_init(&scene.front, a);
    ta_buffer_init(&scene.other, a);
    ta_queue_init(&scene.queue, a, 0);
    scene.b = make_buffer(a, offset, held, 0);
    scene.count = 0;
    for (size_t from = 0; from <= held; from++)
        for (size_t to = from; to <= held; to++) {
            scene.begins[scene.count] = from;
            scene.views[scene.count++] = sub_view(ta_buffer_view(&scene.b), from, to);
        }
    check_scene("made");
}

static uint8_t foreign[BYTES_MAX];

/* Write n bytes that no view was made of. */
static void write_foreign(ta_buffer *b, size_t n)
{
    size_t done;
    memset(foreign, OTHERS | 0x6e, sizeof foreign);
    ta_buffer_write_some(b, foreign, n, &done);
}

/* clang-format off */
static void by_pop(size_t n) { uint8_t byte; while (n-- > 0) ta_buffer_pop(&scene.b, &byte); }
static void by_consume(size_t n) { ta_buffer_consume(&scene.b, n); }
static void by_read(size_t n) { uint8_t bytes[BYTES_MAX]; ta_buffer_read(&scene.b, bytes, n); }
static void by_truncate(size_t n) { ta_buffer_truncate(&scene.b, n); }
static void by_split(size_t n) { ta_buffer_split(&scene.front, &scene.b, n); }
static void by_drain(size_t n) { ta_buffer_drain_into(&scene.front, &scene.b, n); }
static void by_push(size_t n) { while (n-- > 0) ta_buffer_push(&scene.b, OTHERS); }
static void by_write(size_t n) { write_foreign(&scene.b, n); }
static void by_clear(size_t n) { (void)n; ta_buffer_clear(&scene.b); }
static void by_clear_of_the_pool(size_t n) { (void)n; ta_clear(scene.b.chain.allocator); ta_buffer_clear(&scene.b); }
static void by_copy_from_itself(size_t n) { ta_buffer_copy_range(&scene.b, &scene.b, 0, n); }
/* clang-format on */

static void by_prepend(size_t n)
{
    memset(foreign, OTHERS | 0x11, sizeof foreign);
    ta_buffer_prepend(&scene.b, foreign, n);
}

/* Consumed bytes of the first chunk are where prepended ones go. */
static void by_consume_then_prepend(size_t n)
{
    ta_buffer_consume(&scene.b, n);
    by_prepend(1);
}

static void by_consume_then_prepend_as_many(size_t n)
{
    ta_buffer_consume(&scene.b, n);
    by_prepend(n);
}

static void by_truncate_then_push(size_t n)
{
    ta_buffer_truncate(&scene.b, n);
    ta_buffer_push(&scene.b, OTHERS);
}

static void by_truncate_then_reserve(size_t n)
{
    ta_span span;
    ta_buffer_truncate(&scene.b, n);
    if (ta_buffer_reserve(&scene.b, SIZE_MAX, &span) == TA_OK) {
        memset(span.data, OTHERS, span.length);
        ta_buffer_commit(&scene.b, span.length);
    }
}

static void by_cut_at_both_ends(size_t n)
{
    ta_buffer_truncate(&scene.b, n);
    ta_buffer_consume(&scene.b, n / 2);
}

/* The destination has room in its last chunk: bytes are copied, and emptied chunks are used again. */
static void by_drain_to_a_filled_one(size_t n)
{
    write_foreign(&scene.front, 1);
    ta_buffer_drain_into(&scene.front, &scene.b, n);
}

static void by_drain_to_a_full_one(size_t n)
{
    write_foreign(&scene.front, scene.b.chain.allocator->block_size);
    ta_buffer_drain_into(&scene.front, &scene.b, n);
}

static void by_append(size_t n)
{
    write_foreign(&scene.front, n);
    ta_buffer_append(&scene.front, &scene.b);
}

static void by_move(size_t n)
{
    write_foreign(&scene.front, n);
    ta_buffer_move(&scene.front, &scene.b);
}

static void by_being_moved_over(size_t n)
{
    write_foreign(&scene.front, n);
    ta_buffer_move(&scene.b, &scene.front);
}

static void by_being_split_over(size_t n)
{
    write_foreign(&scene.front, n);
    ta_buffer_split(&scene.b, &scene.front, n / 2);
}

static void by_append_of_another(size_t n)
{
    write_foreign(&scene.front, n);
    ta_buffer_append(&scene.b, &scene.front);
}

static void by_append_of_a_block(size_t n)
{
    const ta_allocator *a = scene.b.chain.allocator;
    ta_handle block = ta_alloc(a, 0);
    n = n < a->block_size ? n : a->block_size;
    memset(ta_get(a, block), OTHERS, n);
    ta_buffer_append_block(&scene.b, block, n);
}

static void by_queue_take(size_t n)
{
    memset(foreign, OTHERS | 0x22, sizeof foreign);
    ta_queue_write(&scene.queue, foreign, n);
    ta_queue_take(&scene.queue, &scene.b);
}

/* The bytes go, and come back from the front of another buffer. */
static void by_split_and_append_back(size_t n)
{
    ta_buffer_split(&scene.front, &scene.b, n);
    ta_buffer_append(&scene.b, &scene.front);
}

static void by_split_and_truncate_of_the_front(size_t n)
{
    ta_buffer_split(&scene.front, &scene.b, n);
    ta_buffer_truncate(&scene.front, n - n / 2);
    write_foreign(&scene.front, 1);
}

static void by_append_and_truncate_there(size_t n)
{
    ta_buffer_append(&scene.front, &scene.b);
    ta_buffer_truncate(&scene.front, n);
    write_foreign(&scene.front, 1);
}

/* Nobody reads it on an AVR, which would keep it in RAM. */
#define NAME(text) EFFORT(text, text, NULL)

static const struct {
    const char *name;
    void (*run)(size_t n);
} ways[] = {
    {NAME("pop"), by_pop},
    {NAME("consume"), by_consume},
    {NAME("read"), by_read},
    {NAME("truncate"), by_truncate},
    {NAME("split"), by_split},
    {NAME("drain_into an empty one"), by_drain},
    {NAME("drain_into one with room"), by_drain_to_a_filled_one},
    {NAME("drain_into a full one"), by_drain_to_a_full_one},
    {NAME("push"), by_push},
    {NAME("write"), by_write},
    {NAME("prepend"), by_prepend},
    {NAME("consume, prepend 1"), by_consume_then_prepend},
    {NAME("consume, prepend as many"), by_consume_then_prepend_as_many},
    {NAME("truncate, push"), by_truncate_then_push},
    {NAME("truncate, reserve"), by_truncate_then_reserve},
    {NAME("truncate, consume"), by_cut_at_both_ends},
    {NAME("clear"), by_clear},
    {NAME("ta_clear"), by_clear_of_the_pool},
    {NAME("append to another"), by_append},
    {NAME("move to another"), by_move},
    {NAME("another moved here"), by_being_moved_over},
    {NAME("another split to here"), by_being_split_over},
    {NAME("append another"), by_append_of_another},
    {NAME("append a block"), by_append_of_a_block},
    {NAME("copy_range from itself"), by_copy_from_itself},
    {NAME("queue_take"), by_queue_take},
    {NAME("split, append back"), by_split_and_append_back},
    {NAME("split, truncate the front"), by_split_and_truncate_of_the_front},
    {NAME("append, truncate there"), by_append_and_truncate_there},
};

/* What others do with the memory afterwards. Each step is followed by a look at all views. */

/* clang-format off */
static void fill_the_pool(void) { for (int i = 0; i < 2; i++) write_foreign(&scene.other, BYTES_MAX); }
static void empty_the_other(void) { ta_buffer_clear(&scene.other); }
static void push_to_both(void) { ta_buffer_push(&scene.front, OTHERS); ta_buffer_push(&scene.b, OTHERS); }
static void write_to_both(void) { write_foreign(&scene.front, 5); write_foreign(&scene.b, 5); }
static void prepend_to_both(void) { by_prepend(1); ta_buffer_prepend(&scene.front, foreign, 1); }
static void prepend_much_to_both(void) { by_prepend(5); ta_buffer_prepend(&scene.front, foreign, 5); }
static void consume_from_both(void) { ta_buffer_consume(&scene.front, 1); ta_buffer_consume(&scene.b, 1); }
static void append_to_the_front(void) { ta_buffer_append(&scene.front, &scene.b); }
static void drain_some_back(void) { ta_buffer_drain_into(&scene.b, &scene.front, ta_buffer_len(&scene.front) / 2); }
static void drop_both(void) { ta_buffer_clear(&scene.front); ta_buffer_clear(&scene.b); }
/* clang-format on */

static void truncate_both(void)
{
    ta_buffer_truncate(&scene.front, ta_buffer_len(&scene.front) / 2);
    ta_buffer_truncate(&scene.b, ta_buffer_len(&scene.b) / 2);
}

typedef void (*step)(void);
#define STEPS 9

static const step sequels[][STEPS] = {
    {fill_the_pool, push_to_both, prepend_to_both, empty_the_other, prepend_much_to_both, write_to_both,
     drop_both, fill_the_pool},
    {prepend_to_both, push_to_both, consume_from_both, prepend_to_both, fill_the_pool, truncate_both,
     push_to_both, drop_both, fill_the_pool},
    {consume_from_both, prepend_to_both, append_to_the_front, fill_the_pool, truncate_both, write_to_both,
     prepend_to_both},
    {write_to_both, drain_some_back, prepend_to_both, truncate_both, push_to_both, fill_the_pool,
     prepend_to_both},
};

static void views_never_show_other_bytes_after(size_t way)
{
    for (size_t block_size = EFFORT(1, 1, 2); block_size <= BLOCK_SIZE_MAX; block_size++)
        for (size_t offset = 0; offset < block_size; offset++)
            for (size_t held = 2 * block_size + 1; held <= EFFORT(3, 3, 2) * block_size + 1; held++)
                for (size_t n = 0; n <= held; n += EFFORT(1, 1, 3))
                    for (size_t sequel = 0; sequel < COUNT_OF(sequels); sequel += EFFORT(1, 1, 2)) {
                        make_scene(block_size, offset, held);
                        ways[way].run(n);
                        check_scene(ways[way].name);
                        for (size_t i = 0; i < STEPS && sequels[sequel][i]; i++) {
                            sequels[sequel][i]();
                            check_scene(ways[way].name);
                        }
                    }
}

static void view_is_stale_or_right_whatever_is_done_to_its_buffer(void **state)
{
    (void)state;
    for (size_t way = 0; way < COUNT_OF(ways); way++)
        views_never_show_other_bytes_after(way);
}

/* Two ways, one after the other: what one left is taken from under the views by the next. */
static void view_is_stale_or_right_after_any_two_operations(void **state)
{
    (void)state;
    static const size_t counts[] = {5, 1, 3, 9};
    for (size_t first = 0; first < COUNT_OF(ways); first++)
        for (size_t second = first % EFFORT(1, 1, 4); second < COUNT_OF(ways); second += EFFORT(1, 1, 4))
            for (size_t i = 0; i < EFFORT(COUNT_OF(counts), 2, 1); i++)
                for (size_t j = 0; j < EFFORT(COUNT_OF(counts), 2, 1); j++) {
                    make_scene(BLOCK_SIZE_MAX, 1, EFFORT(10, 8, 5));
                    ways[first].run(counts[i]);
                    check_scene(ways[first].name);
                    ways[second].run(counts[j]);
                    check_scene(ways[second].name);
                    prepend_to_both();
                    check_scene(ways[second].name);
                    push_to_both();
                    fill_the_pool();
                    check_scene(ways[second].name);
                }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(view_is_stale_or_right_whatever_is_done_to_its_buffer),
        cmocka_unit_test(view_is_stale_or_right_after_any_two_operations),
    };
    return cmocka_run_group_tests_name("reuse", tests, NULL, NULL);
}
