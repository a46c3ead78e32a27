/*
 * No wake-up is lost: see tinyalloc/wake.h. One side waits: it tries, and sleeps when there is nothing. The other side
 * acts. Every pair of calls meets in every way: one after the other; the act as an interrupt at every place of
 * interrupts.h within the try; and the try as an interrupt at every place within the act.
 */
#include "wake_calls.h"

/* ---- Every pair ---------------------------------------------------------------------------------------- */

/* `alone`: what may not be interrupted by the one who waits, or is made in the same context. */
struct act {
    void (*run)(void);
    bool alone;
};

struct attempt {
    void (*prepare)(void);
    bool (*run)(void);
};

static const struct attempt readers[] = {{store_nothing, try_read_some},
                                         {store_nothing, try_pop},
                                         {store_one, try_read_two},
                                         {store_one, try_line}};
static const struct act writes[] = {
    {push, false}, {write_five, false}, {write_some, false}, {reserve_and_commit, false}};
static const struct attempt writers[] = {{fill_queue, try_push},
                                         {fill_queue, try_write_three},
                                         {fill_queue, try_write_some},
                                         {fill_queue, try_reserve},
                                         {fill_but_two, try_write_three}};
static const struct attempt small_writers[] = {/* for which one byte of room is enough */
                                               {fill_queue, try_push},
                                               {fill_queue, try_write_some},
                                               {fill_queue, try_reserve}};
static const struct act small_removals[] = {{pop_one, false}};
static const struct act removals[] = {{pop_three, false},   {read_three, false}, {read_some, false},
                                      {consume, false},     {take, false},       {drain, false},
                                      {read_line, false},   {next_line, false},  {raise_limit, true},
                                      {remove_limit, true}, {clear_queue, true}};
static const struct attempt allocations[] = {
    {exhaust, try_alloc},        {exhaust, try_alloc_copy},       {exhaust, try_buffer_push},
    {exhaust, try_buffer_write}, {exhaust, try_buffer_reserve},   {exhaust, try_prepend},
    {exhaust, try_queue_write},  {exhaust, try_queue_write_some}, {exhaust, try_queue_reserve}};
static const struct act frees[] = {{free_block, false},    {clear_buffer, false},    {consume_buffer, false},
                                   {pop_buffer, false},    {truncate_buffer, false}, {replace_buffer, false},
                                   {consume_other, false}, {clear_other, false},     {trim_written, false},
                                   {cancel, false},        {end_headroom, false},    {clear_pool, true}};

static const struct attempt *attempt;
static const struct act *act;
static bool has_got;

static void prepare(bool has_marks, size_t phase)
{
    begin(has_marks, phase);
    must(ta_queue_init(&third, pool, 0));
    attempt->prepare();
    has_got = false;
    forget_calls();
}

static void attempt_in_interrupt(void)
{
    has_got = attempt->run();
}

/* The one who waits runs as soon as the hook is called. Then the call is used up. */
static void attempt_at_once(void)
{
    woken.at_once = NULL;
    forget_calls();
    has_got = attempt->run();
    woken.at_once = has_got ? NULL : attempt_at_once;
}

/* Run one side, with the other as an interrupt at a place. False: there is no such place. */
static bool run_with_interrupt(void (*side)(void), void (*handler)(void), size_t place)
{
    interrupt.handler = handler;
    interrupt.place = place;
    interrupt.places = 0;
    interrupt.has_come = false;
    side();
    interrupt.handler = NULL;
    return interrupt.has_come;
}

/* The one who waits either has got it, or is woken, and gets it now. */
static void expect_wake_up(unsigned event)
{
    assert_true(has_got || (woken.events & event));
    if (!has_got)
        assert_true(attempt->run());
}

static void meet(bool has_marks, size_t phase, unsigned event)
{
    static void (*const waiting[])(void) = {attempt_in_interrupt, attempt_at_once};
    prepare(has_marks, phase);
    assert_false(attempt->run());
    assert_int_equal(woken.events & ~(unsigned)TA_WAKE_FULL, 0);
    act->run();
    expect_wake_up(event);
    for (size_t place = 0; !act->alone; place++) {
        prepare(has_marks, phase);
        if (!run_with_interrupt(attempt_in_interrupt, act->run, place))
            break;
        expect_wake_up(event);
    }
    for (size_t i = 0; i < COUNT_OF(waiting); i++)
        for (size_t place = 0; !act->alone; place++) {
            prepare(has_marks, phase);
            if (!run_with_interrupt(act->run, waiting[i], place))
                break;
            expect_wake_up(event);
        }
}

static void meet_all(const struct attempt *attempts, size_t attempt_count, const struct act *acts,
                     size_t act_count, unsigned event)
{
    for (size_t i = 0; i < attempt_count * act_count; i++)
        for (size_t way = 0; way < 2 * (BLOCK + 1); way++) {
            attempt = &attempts[i / act_count];
            act = &acts[i % act_count];
            meet(way % 2, way / 2, event);
        }
}

static void reader_is_woken_by_every_write(void **state)
{
    (void)state;
    meet_all(readers, COUNT_OF(readers), writes, COUNT_OF(writes), TA_WAKE_DATA);
}

static void writer_is_woken_by_every_removal(void **state)
{
    (void)state;
    meet_all(writers, COUNT_OF(writers), removals, COUNT_OF(removals), TA_WAKE_ROOM);
    meet_all(small_writers, COUNT_OF(small_writers), small_removals, COUNT_OF(small_removals), TA_WAKE_ROOM);
}

static void allocation_is_woken_by_every_free(void **state)
{
    (void)state;
    meet_all(allocations, COUNT_OF(allocations), frees, COUNT_OF(frees), TA_WAKE_BLOCK);
}

/* ---- Single properties --------------------------------------------------------------------------------- */

static void expect_calls(unsigned calls, unsigned events)
{
    assert_int_equal(woken.calls, calls);
    assert_int_equal(woken.events, events);
    forget_calls();
}

static void hook_is_armed_at_first_and_then_by_the_reader(void **state)
{
    (void)state;
    begin(false, 0);
    forget_calls();
    push();
    expect_calls(1, TA_WAKE_DATA);
    push();
    expect_calls(0, 0);
    must(ta_queue_arm(&q));
    must(ta_queue_write(&q, NULL, 0)); /* no byte comes, and it stays armed */
    must(ta_queue_cancel(&q));
    expect_calls(0, 0);
    push();
    expect_calls(1, TA_WAKE_DATA);
}

/* What a side knew of its chunk before does not hide the next call. */
static void hook_counts_from_the_next_call_on(void **state)
{
    (void)state;
    begin(false, 0);
    must(ta_queue_set_wake(&q, NULL));
    must(ta_queue_write(&q, scratch, 3));
    must(ta_queue_pop(&q, scratch));
    must(ta_queue_set_wake(&q, &hook));
    forget_calls();
    push();
    expect_calls(1, TA_WAKE_DATA);
    must(ta_queue_set_wake(&q, NULL));
    fill_queue();
    must(ta_queue_pop(&q, scratch));
    must(ta_queue_set_wake(&q, &hook));
    assert_int_equal(ta_queue_write(&q, scratch, 2), TA_E_FULL);
    forget_calls();
    must(ta_queue_pop(&q, scratch));
    expect_calls(1, TA_WAKE_ROOM);
}

static void limit_is_told_once_until_there_is_room(void **state)
{
    (void)state;
    begin(false, 0);
    fill_queue();
    forget_calls();
    for (int i = 0; i < 3; i++)
        assert_false(try_push());
    expect_calls(1, TA_WAKE_FULL);
    must(ta_queue_pop(&q, scratch));
    expect_calls(1, TA_WAKE_ROOM);
    must(ta_queue_pop(&q, scratch));
    expect_calls(0, 0);
    fill_queue();
    assert_false(try_write_some());
    expect_calls(1, TA_WAKE_FULL);
    must(ta_queue_set_wake(&q, NULL));
    assert_false(try_write_some());
    expect_calls(0, 0);
}

/* Otherwise a writer of many bytes would be woken for each byte that is read. */
static void writer_is_woken_when_its_bytes_fit(void **state)
{
    (void)state;
    begin(false, 0);
    fill_queue();
    assert_false(try_write_three());
    forget_calls();
    must(ta_queue_consume(&q, 2));
    expect_calls(0, 0);
    must(ta_queue_pop(&q, scratch));
    expect_calls(1, TA_WAKE_ROOM);
}

static void writer_that_needs_least_is_not_forgotten(void **state)
{
    (void)state;
    static bool (*const attempts[])(void) = {try_write_three, try_push, try_write_three};
    for (size_t first = 0; first < 2; first++) {
        begin(false, 0);
        fill_queue();
        assert_false(attempts[first]());
        assert_false(attempts[first + 1]());
        forget_calls();
        must(ta_queue_pop(&q, scratch));
        expect_calls(1, TA_WAKE_ROOM);
    }
}

/* With the new limit its bytes never fit. It must learn that. */
static void writer_is_woken_when_the_limit_fell_below_its_bytes(void **state)
{
    (void)state;
    begin(false, 0);
    fill_queue();
    assert_false(try_write_three());
    must(ta_queue_set_limit(&q, 2));
    forget_calls();
    must(ta_queue_consume(&q, LIMIT - 1));
    expect_calls(0, 0);
    must(ta_queue_pop(&q, scratch));
    expect_calls(1, TA_WAKE_ROOM);
}

static void bytes_above_the_limit_wake_their_writer_at_once(void **state)
{
    (void)state;
    begin(false, 1); /* its bytes have used the arming */
    forget_calls();
    assert_int_equal(ta_queue_write(&q, scratch, LIMIT + 1), TA_E_FULL);
    expect_calls(1, TA_WAKE_FULL | TA_WAKE_ROOM);
}

/* Its line never ends, and holds the room that the next lines need. Only the reader can remove it. */
static void reader_is_woken_when_its_line_is_damaged(void **state)
{
    (void)state;
    for (int is_pool_empty = 0; is_pool_empty < 2; is_pool_empty++) {
        begin(false, 0);
        must(ta_queue_write(&q, "abcd", BLOCK));
        if (is_pool_empty)
            leave_free(pool, 0);
        assert_false(try_line());
        for (int i = 0; i < 2; i++) {
            forget_calls();
            assert_true(ta_queue_write(&q, "lost", is_pool_empty ? 1 : 5) != TA_OK);
            assert_int_equal(woken.events & TA_WAKE_DATA, i == 0 ? TA_WAKE_DATA : 0);
        }
        assert_false(try_line());
        assert_int_equal(lines.damaged, 1);
        assert_true(ta_queue_is_empty(&q));
    }
}

static void many_blocks_that_are_freed_at_once_wake_once(void **state)
{
    (void)state;
    begin(false, 0);
    exhaust();
    assert_false(try_alloc());
    forget_calls();
    clear_buffer(); /* three blocks */
    expect_calls(1, TA_WAKE_BLOCK);
    free_block();
    expect_calls(0, 0);
}

static void hook_can_be_taken_away(void **state)
{
    (void)state;
    begin(false, 0);
    fill_queue();
    assert_false(try_push());
    must(ta_queue_set_wake(&q, NULL));
    forget_calls();
    assert_int_equal(ta_queue_arm(&q), TA_E_INVALID);
    must(ta_queue_consume(&q, LIMIT));
    fill_queue();
    assert_false(try_push());
    expect_calls(0, 0);
    must(ta_queue_set_wake(&q, &hook)); /* what was refused before counts no more */
    must(ta_queue_consume(&q, 1));
    expect_calls(0, 0);
}

static void marks_stay_when_the_hook_goes(void **state)
{
    (void)state;
    begin(true, 0);
    must(ta_queue_set_wake(&q, NULL));
    marks_reached = 0;
    fill_queue();
    assert_int_equal(marks_reached, 1);
    must(ta_queue_consume(&q, LIMIT));
    assert_int_equal(marks_reached, 2);
}

static void hook_of_a_slab_can_be_taken_away(void **state)
{
    (void)state;
    begin(false, 0);
    exhaust();
    assert_false(try_alloc());
    must(ta_slab_set_wake(pool, NULL));
    forget_calls();
    clear_buffer();
    leave_free(pool, 0);
    assert_false(try_alloc());
    must(ta_slab_set_wake(pool, &hook));
    free_block();
    expect_calls(0, 0);
    must(ta_slab_set_wake(pool, NULL));
    block = must_alloc(pool, 1);
    assert_false(try_alloc());
    free_block();
    expect_calls(0, 0);
}

static void hook_without_a_function_is_refused(void **state)
{
    (void)state;
    static const ta_wake nothing = {NULL, NULL};
    ta_queue unbound;
    memset(&unbound, 0, sizeof unbound);
    begin(false, 0);
    assert_int_equal(ta_queue_set_wake(&q, &nothing), TA_E_INVALID);
    assert_int_equal(ta_slab_set_wake(pool, &nothing), TA_E_INVALID);
    assert_int_equal(ta_queue_set_wake(NULL, &hook), TA_E_INVALID);
    assert_int_equal(ta_queue_set_wake(&unbound, &hook), TA_E_INVALID);
    assert_int_equal(ta_queue_arm(NULL), TA_E_INVALID);
    assert_int_equal(ta_queue_arm(&unbound), TA_E_INVALID);
    assert_int_equal(ta_queue_arm(&third), TA_E_INVALID);
    must(ta_queue_init(&q, pool, 0)); /* forgets the hook */
    assert_int_equal(ta_queue_arm(&q), TA_E_INVALID);
}

static void stale_queue_wakes_nobody_until_it_is_cleared(void **state)
{
    (void)state;
    begin(false, 0);
    fill_queue();
    assert_false(try_push());
    ta_clear(pool);
    forget_calls();
    assert_int_equal(ta_queue_pop(&q, scratch), TA_E_STALE);
    assert_int_equal(ta_queue_push(&q, 1), TA_E_STALE);
    expect_calls(0, 0);
    must(ta_queue_clear(&q));
    expect_calls(1, TA_WAKE_ROOM);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_is_woken_by_every_write),
        cmocka_unit_test(writer_is_woken_by_every_removal),
        cmocka_unit_test(allocation_is_woken_by_every_free),
        cmocka_unit_test(hook_is_armed_at_first_and_then_by_the_reader),
        cmocka_unit_test(hook_counts_from_the_next_call_on),
        cmocka_unit_test(limit_is_told_once_until_there_is_room),
        cmocka_unit_test(writer_is_woken_when_its_bytes_fit),
        cmocka_unit_test(writer_that_needs_least_is_not_forgotten),
        cmocka_unit_test(writer_is_woken_when_the_limit_fell_below_its_bytes),
        cmocka_unit_test(bytes_above_the_limit_wake_their_writer_at_once),
        cmocka_unit_test(reader_is_woken_when_its_line_is_damaged),
        cmocka_unit_test(many_blocks_that_are_freed_at_once_wake_once),
        cmocka_unit_test(hook_can_be_taken_away),
        cmocka_unit_test(marks_stay_when_the_hook_goes),
        cmocka_unit_test(hook_of_a_slab_can_be_taken_away),
        cmocka_unit_test(hook_without_a_function_is_refused),
        cmocka_unit_test(stale_queue_wakes_nobody_until_it_is_cleared),
    };
    return cmocka_run_group_tests_name("wake", tests, NULL, NULL);
}
