/*
 * Owners: each call that takes, frees or moves blocks notes and counts them for the right one. Without TA_OWNERS the
 * same calls compile, work and count nothing.
 */
#include "support.h"

#define BLOCKS 12
#if TA_HANDLE_POOL_BITS
enum { ta_pool_id_pool = 1 };
#endif
TA_SLAB_DEFINE(pool, 8, BLOCKS);

enum { NOBODY, UART, PARSER, NETWORK }; /* owners */

static int setup(void **state)
{
    (void)state;
    fresh_pool(pool);
    return 0;
}

/* The counters of one owner, and the invariants of the pool. */
static void expect_counts(unsigned owner, size_t used, size_t peak)
{
    ta_owner_counts counts = ta_owner_stats(pool, owner);
    check_pool(pool);
    assert_int_equal(counts.used, TA_OWNERS ? used : 0);
    assert_int_equal(counts.peak, TA_OWNERS ? peak : 0);
}

static ta_buffer buffer_of(unsigned owner, size_t bytes)
{
    ta_buffer b = TA_BUFFER_INIT(pool);
    uint8_t data[BLOCKS * 8];
    fill_pattern(data, 0, sizeof data);
    assert_int_equal(ta_buffer_set_owner(&b, owner), TA_OK);
    assert_int_equal(ta_buffer_write(&b, data, bytes), TA_OK);
    return b;
}

/* ---- Single blocks ------------------------------------------------------------------------------------- */

static void alloc_and_free_count_for_the_owner(void **state)
{
    (void)state;
    ta_handle a = ta_alloc(pool, 1), b = ta_alloc_for(pool, 1, UART), c = ta_alloc_for(pool, 1, UART);
    expect_counts(NOBODY, 1, 1);
    expect_counts(UART, 2, 2);
    must_free(pool, b);
    expect_counts(UART, 1, 2);
    b = ta_alloc_for(pool, 1, PARSER);
    expect_counts(UART, 1, 2);
    expect_counts(PARSER, 1, 1);
    ta_handle d = ta_alloc_for(pool, 1, UART);
    expect_counts(UART, 2, 2);
    must_free(pool, a);
    must_free(pool, b);
    must_free(pool, c);
    must_free(pool, d);
    for (unsigned owner = NOBODY; owner <= NETWORK; owner++)
        expect_counts(owner, 0, owner == UART ? 2 : owner == NETWORK ? 0 : 1);
}

static void block_of_the_headroom_counts_too(void **state)
{
    (void)state;
    assert_int_equal(ta_slab_set_headroom(pool, BLOCKS), TA_OK);
    assert_false(ta_is_live(pool, ta_alloc_for(pool, 1, UART)));
    expect_counts(UART, 0, 0);
    assert_true(ta_is_live(pool, ta_slab_alloc_headroom(pool, 1)));
    expect_counts(NOBODY, 1, 1);
    ta_queue q = TA_QUEUE_INIT(pool, 0);
    assert_int_equal(ta_queue_set_owner(&q, UART), TA_OK);
    assert_int_equal(ta_queue_push(&q, 1), TA_E_NO_MEMORY);
    assert_int_equal(ta_queue_use_headroom(&q), TA_OK);
    assert_int_equal(ta_queue_push(&q, 1), TA_OK);
    expect_counts(UART, 1, 1);
}

static void block_goes_to_another_owner(void **state)
{
    (void)state;
    ta_handle h = ta_alloc_for(pool, 1, UART);
    assert_int_equal(ta_set_owner(pool, h, PARSER), TA_OK);
    expect_counts(UART, 0, 1);
    expect_counts(PARSER, 1, 1);
    must_free(pool, h);
    expect_counts(PARSER, 0, 1);
    assert_int_equal(ta_set_owner(pool, h, UART), TA_E_STALE);
    expect_counts(PARSER, 0, 1);
    expect_counts(UART, 0, 1);
}

static void clear_leaves_no_owner_a_block(void **state)
{
    (void)state;
    for (size_t i = 0; i < BLOCKS; i++)
        assert_true(ta_is_live(pool, ta_alloc_for(pool, 1, i % 2 ? UART : PARSER)));
    expect_counts(UART, BLOCKS / 2, BLOCKS / 2);
    ta_clear(pool);
    expect_counts(UART, 0, BLOCKS / 2);
    expect_counts(PARSER, 0, BLOCKS / 2);
}

/* Blocks are taken and freed at random until the slots retire, in builds where they do; the model is an array. */
static void random_calls_count_as_a_plain_array_does(void **state)
{
    (void)state;
    struct {
        ta_handle h;
        unsigned owner;
    } live[BLOCKS];
    size_t count = 0, used[4] = {0}, peak[4] = {0};
    uint32_t seed = 12345;
    for (int round = 0; round < 6000; round++) {
        unsigned owner = next_random(&seed) % 4;
        size_t at = count ? next_random(&seed) % count : 0;
        switch (next_random(&seed) % 3) {
        case 0:
            if (ta_available(pool) == 0)
                break;
            live[count].h = ta_alloc_for(pool, 1, owner);
            live[count++].owner = owner;
            used[owner]++;
            break;
        case 1:
            if (count == 0)
                break;
            must_free(pool, live[at].h);
            used[live[at].owner]--;
            live[at] = live[--count];
            break;
        default:
            if (count == 0)
                break;
            assert_int_equal(ta_set_owner(pool, live[at].h, owner), TA_OK);
            used[live[at].owner]--;
            used[live[at].owner = owner]++;
        }
        for (unsigned o = 0; o < 4; o++) {
            peak[o] = used[o] > peak[o] ? used[o] : peak[o];
            expect_counts(o, used[o], peak[o]);
        }
    }
    assert_true(!TA_RETIRE || ta_stats_of(pool).retired == BLOCKS);
}

/* ---- Buffers and queues -------------------------------------------------------------------------------- */

static void buffer_and_queue_note_their_owner(void **state)
{
    (void)state;
    ta_queue q = TA_QUEUE_INIT(pool, 0);
    assert_int_equal(ta_queue_set_owner(&q, UART), TA_OK);
    ta_buffer b = buffer_of(PARSER, 20);
    expect_counts(PARSER, 3, 3);
    for (uint8_t i = 0; i < 17; i++)
        assert_int_equal(ta_queue_push(&q, i), TA_OK);
    expect_counts(UART, 3, 3);
    assert_int_equal(ta_buffer_prepend(&b, "prepended", 9), TA_OK);
    expect_counts(PARSER, 5, 5);
    ta_span span;
    assert_int_equal(ta_buffer_write(&b, "1234", 4), TA_OK);
    assert_int_equal(ta_buffer_reserve(&b, 4, &span), TA_OK);
    expect_counts(PARSER, 6, 6);
    assert_int_equal(ta_buffer_cancel(&b), TA_OK);
    expect_counts(PARSER, 5, 6);
    ta_buffer_clear(&b);
    ta_queue_clear(&q);
    expect_counts(PARSER, 0, 6);
    expect_counts(UART, 0, 3);
    expect_counts(NOBODY, 0, 0);
}

static void queue_that_keeps_the_newest_notes_its_owner(void **state)
{
    (void)state;
    ta_recent r = TA_RECENT_INIT(pool, 24, 4);
    assert_int_equal(ta_recent_set_owner(&r, NETWORK), TA_OK);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(ta_recent_write(&r, "unit", 4), TA_OK);
    size_t has = chunks_in(&r.chain), most = ta_owner_stats(pool, NETWORK).peak;
    assert_in_range(has, 3, 4);
    expect_counts(NETWORK, has, most);
    assert_true(!TA_OWNERS || (most >= has && most <= 2 * has));
    expect_counts(NOBODY, 0, 0);
    ta_recent_clear(&r);
    expect_counts(NETWORK, 0, most);
    if (TA_OWNERS)
        assert_int_equal(ta_recent_set_owner(&r, TA_OWNERS), TA_E_INVALID);
}

static void appended_block_gets_the_buffers_owner(void **state)
{
    (void)state;
    ta_buffer b = buffer_of(PARSER, 8);
    ta_handle h = ta_alloc_for(pool, 8, UART);
    assert_int_equal(ta_buffer_append_block(&b, h, 8), TA_OK);
    expect_counts(UART, 0, 1);
    expect_counts(PARSER, 2, 2);
    ta_buffer_clear(&b);
}

/* A buffer that has blocks, and an empty last one of a reservation. */
static void owner_of_a_buffer_goes_over_all_its_blocks(void **state)
{
    (void)state;
    ta_span span;
    ta_buffer b = buffer_of(UART, 16);
    assert_int_equal(ta_buffer_reserve(&b, 3, &span), TA_OK);
    expect_counts(UART, 3, 3);
    assert_int_equal(ta_buffer_set_owner(&b, NETWORK), TA_OK);
    expect_counts(UART, 0, 3);
    expect_counts(NETWORK, 3, 3);
    assert_int_equal(ta_buffer_commit(&b, 3), TA_OK);
    ta_buffer_clear(&b);
    expect_counts(NETWORK, 0, 3);
}

/* Foreign code has made a ring of its chunks: the last one is never reached. */
/* There is one byte, at the end of a block, and another block waits for bytes. */
static void owner_of_a_buffer_goes_to_its_reservation(void **state)
{
    (void)state;
    ta_buffer b = buffer_of(UART, 8);
    ta_span span;
    assert_int_equal(ta_buffer_consume(&b, 7), TA_OK);
    assert_int_equal(ta_buffer_reserve(&b, 1, &span), TA_OK);
    expect_counts(UART, 2, 2);
    assert_int_equal(ta_buffer_set_owner(&b, PARSER), TA_OK);
    expect_counts(UART, 0, 2);
    expect_counts(PARSER, 2, 2);
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
}

static void noting_an_owner_ends_also_in_a_ring(void **state)
{
    (void)state;
    static const size_t slots[] = {5, 2, 9};
    while (ta_alloc_for(pool, 0, PARSER).bits)
        continue;
    for (size_t i = 0; i < COUNT_OF(slots); i++)
        assert_true(ta_free(pool, ta_slab_handle_at(pool, slots[i])));
    ta_buffer source = buffer_of(UART, 24), b = buffer_of(NETWORK, 0);
    assert_int_equal(ta_resize(pool, ta_slab_handle_at(pool, 2), 5 - 2 - 1), TA_OK); /* its link */
    assert_int_equal(ta_buffer_append(&b, &source), TA_OK);
    expect_counts(NETWORK, 2, 2);
    expect_counts(UART, 1, 3);
    ta_clear(pool);
}

static void moved_buffer_takes_over_the_owner(void **state)
{
    (void)state;
    ta_buffer from = buffer_of(UART, 30), to = buffer_of(PARSER, 3);
    assert_int_equal(ta_buffer_move(&to, &from), TA_OK);
    expect_counts(UART, 4, 4);
    expect_counts(PARSER, 0, 1);
    assert_int_equal(ta_buffer_write(&to, "12345678", 8), TA_OK);
    expect_counts(UART, 5, 5);
    ta_buffer_clear(&to);
    assert_int_equal(ta_buffer_write(&from, "1", 1), TA_OK);
    expect_counts(UART, 1, 5);
    ta_buffer_clear(&from);
}

static void refill(ta_queue *q, size_t consumed, size_t bytes)
{
    uint8_t data[BLOCKS * 8] = {0};
    assert_int_equal(ta_queue_write(q, data, consumed + bytes), TA_OK);
    assert_int_equal(ta_queue_consume(q, consumed), TA_OK);
}

/* From every phase into every phase: whoever has the blocks afterwards has them noted, and nothing else. */
static void relinked_blocks_get_the_owner_of_the_destination(void **state)
{
    (void)state;
    for (size_t start = 0; start < 8; start++)
        for (size_t stored = 0; stored <= 16; stored++)
            for (size_t n = 0; n <= 20; n++) {
                fresh_pool(pool);
                ta_queue q = TA_QUEUE_INIT(pool, 0);
                assert_int_equal(ta_queue_set_owner(&q, UART), TA_OK);
                refill(&q, start, 20);
                ta_buffer b = buffer_of(PARSER, stored), source = buffer_of(NETWORK, 20);
                assert_int_equal(ta_buffer_consume(&source, start), TA_OK);
                assert_int_equal(ta_queue_drain_into(&b, &q, n), TA_OK);
                size_t of_queue = chunks_in(&q.chain), of_buffer = chunks_in(&b.chain);
                assert_int_equal(ta_owner_stats(pool, UART).used, TA_OWNERS ? of_queue : 0);
                assert_int_equal(ta_owner_stats(pool, PARSER).used, TA_OWNERS ? of_buffer : 0);
                size_t part = n < 20 - start ? n : 20 - start;
                assert_int_equal(ta_buffer_drain_into(&b, &source, part), TA_OK);
                of_buffer = chunks_in(&b.chain);
                assert_int_equal(ta_owner_stats(pool, PARSER).used, TA_OWNERS ? of_buffer : 0);
                assert_int_equal(ta_owner_stats(pool, NETWORK).used,
                                 TA_OWNERS ? chunks_in(&source.chain) : 0);
                expect_counts(NOBODY, 0, 0);
            }
}

static void step_at_random(ta_buffer *one, ta_buffer *other, ta_queue *q, unsigned step, size_t n)
{
    uint8_t data[32] = {0};
    ta_span span;
    switch (step) {
    case 0:
        ta_buffer_write(one, data, n);
        break;
    case 1:
        ta_queue_write(q, data, n);
        break;
    case 2:
        ta_buffer_prepend(one, data, n);
        break;
    case 3:
        ta_buffer_consume(one, n);
        break;
    case 4:
        ta_buffer_truncate(one, n);
        break;
    case 5:
        ta_buffer_append(one, other);
        break;
    case 6:
        ta_buffer_drain_into(one, other, n);
        break;
    case 7:
        ta_buffer_split(one, other, n);
        break;
    case 8:
        ta_queue_take(q, one);
        break;
    case 9:
        ta_queue_drain_into(one, q, n);
        break;
    case 10:
        ta_queue_trim(q);
        break;
    case 11:
        if (ta_buffer_reserve(one, n, &span) == TA_OK && n % 2)
            ta_buffer_commit(one, n / 2);
        break;
    default: {
        ta_handle h = ta_alloc_for(pool, 8, NOBODY);
        if (h.bits && ta_buffer_append_block(one, h, n % 8 + 1) != TA_OK)
            must_free(pool, h);
    }
    }
}

/* Whatever fails or moves, also while slots retire: each owner has the chunks of its buffer or queue. */
static void random_moves_count_as_the_chunks_say(void **state)
{
    (void)state;
    uint32_t seed = 4711;
    for (int run = 0; run < 40; run++) {
        ta_buffer a = buffer_of(UART, 5), b = buffer_of(PARSER, 9);
        ta_queue q = TA_QUEUE_INIT(pool, 40);
        assert_int_equal(ta_queue_set_owner(&q, NETWORK), TA_OK);
        for (int round = 0; round < 200 && ta_stats_of(pool).retired < BLOCKS / 2; round++) {
            bool is_a = next_random(&seed) % 2;
            unsigned step = next_random(&seed) % 13;
            size_t n = next_random(&seed) % 24 + 1;
            step_at_random(is_a ? &a : &b, is_a ? &b : &a, &q, step, n);
            assert_int_equal(ta_owner_stats(pool, UART).used, TA_OWNERS ? chunks_in(&a.chain) : 0);
            assert_int_equal(ta_owner_stats(pool, PARSER).used, TA_OWNERS ? chunks_in(&b.chain) : 0);
            assert_int_equal(ta_owner_stats(pool, NETWORK).used, TA_OWNERS ? chunks_in(&q.chain) : 0);
            assert_int_equal(ta_owner_stats(pool, NOBODY).used, 0);
            check_pool(pool);
        }
        fresh_pool(pool);
    }
}

static void split_notes_the_owner_of_the_front(void **state)
{
    (void)state;
    ta_buffer front = buffer_of(UART, 1), b = buffer_of(PARSER, 30);
    assert_int_equal(ta_buffer_split(&front, &b, 20), TA_OK);
    expect_counts(UART, 3, 4); /* the old chunk is freed at the end */
    expect_counts(PARSER, 2, 4);
    expect_counts(NOBODY, 0, 0);
    ta_buffer_clear(&front);
    ta_buffer_clear(&b);
}

/* ---- What is refused, and what the check detects ------------------------------------------------------- */

static void number_of_no_owner_is_refused(void **state)
{
    (void)state;
    if (!TA_OWNERS)
        return;
    ta_buffer b = TA_BUFFER_INIT(pool);
    ta_queue q = TA_QUEUE_INIT(pool, 0);
    ta_handle h = ta_alloc(pool, 1);
    assert_false(ta_is_live(pool, ta_alloc_for(pool, 1, TA_OWNERS)));
    assert_false(ta_is_live(pool, ta_alloc_for(pool, 9, 0)));
    assert_true(ta_is_live(pool, ta_alloc_for(pool, 1, NETWORK)));
    assert_int_equal(ta_set_owner(pool, h, TA_OWNERS), TA_E_INVALID);
    assert_int_equal(ta_set_owner(pool, h, 256), TA_E_INVALID);
    assert_int_equal(ta_buffer_set_owner(&b, TA_OWNERS), TA_E_INVALID);
    assert_int_equal(ta_queue_set_owner(&q, TA_OWNERS), TA_E_INVALID);
    assert_int_equal(ta_buffer_set_owner(NULL, 0), TA_E_INVALID);
    assert_int_equal(ta_queue_set_owner(NULL, 0), TA_E_INVALID);
    assert_int_equal(ta_owner_stats(pool, TA_OWNERS).peak, 0);
    expect_counts(NOBODY, 1, 1);
}

static void stale_buffer_keeps_its_owner(void **state)
{
    (void)state;
    ta_buffer b = buffer_of(UART, 10);
    ta_clear(pool);
    assert_int_equal(ta_buffer_set_owner(&b, PARSER), TA_OWNERS ? TA_E_STALE : TA_OK);
    ta_buffer_clear(&b);
    assert_int_equal(ta_buffer_write(&b, "1", 1), TA_OK);
    expect_counts(UART, 1, 2);
    ta_buffer_clear(&b);
}

#if TA_OWNERS
static void check_detects_each_wrong_count(void **state)
{
    (void)state;
    uint8_t *owners = pool_table_.owners;
    ta_slab_state_ *s = &pool_table_.state;
    ta_alloc_for(pool, 1, UART);
    check_pool(pool);
    owners[0] = PARSER;
    assert_int_equal(ta_slab_check(pool), 7);
    owners[0] = TA_OWNERS;
    assert_int_equal(ta_slab_check(pool), 7);
    s->below[UART]++; /* and nobody else has it */
    assert_int_equal(ta_slab_check(pool), 7);
    owners[0] = UART;
    assert_int_equal(ta_slab_check(pool), 7);
    s->below[UART]--;
    s->highest[PARSER] = s->below[PARSER] = BLOCKS + 1;
    assert_int_equal(ta_slab_check(pool), 7);
    s->highest[PARSER] = s->below[PARSER] = BLOCKS;
    check_pool(pool);
    owners[BLOCKS - 1] = PARSER;
    fresh_pool(pool);
    assert_int_equal(ta_owner_stats(pool, PARSER).peak, 0);
    assert_int_equal(owners[0], 0);
    assert_int_equal(owners[BLOCKS - 1], 0);
}
#endif

#define TEST(name) cmocka_unit_test_setup(name, setup)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(alloc_and_free_count_for_the_owner),
        TEST(block_of_the_headroom_counts_too),
        TEST(block_goes_to_another_owner),
        TEST(clear_leaves_no_owner_a_block),
        TEST(random_calls_count_as_a_plain_array_does),
        TEST(buffer_and_queue_note_their_owner),
        TEST(queue_that_keeps_the_newest_notes_its_owner),
        TEST(appended_block_gets_the_buffers_owner),
        TEST(owner_of_a_buffer_goes_over_all_its_blocks),
        TEST(owner_of_a_buffer_goes_to_its_reservation),
        TEST(noting_an_owner_ends_also_in_a_ring),
        TEST(moved_buffer_takes_over_the_owner),
        TEST(relinked_blocks_get_the_owner_of_the_destination),
        TEST(random_moves_count_as_the_chunks_say),
        TEST(split_notes_the_owner_of_the_front),
        TEST(number_of_no_owner_is_refused),
        TEST(stale_buffer_keeps_its_owner),
#if TA_OWNERS
        TEST(check_detects_each_wrong_count),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
