/* Lines, against the promises of lines.h and the model of lines_model.h. */
#include "lines_model.h"

/* ---- Ends ---------------------------------------------------------------------------------------------- */

static void line_ends_with_lf_or_cr_lf(void **state)
{
    (void)state;
    expect_lines("a\r\n", 64, false, "a|", 0);
    expect_lines("42\r\n", 64, false, "42|", 0);
    expect_lines("a\nb\r\nc", 64, false, "a|b|", 0);
    expect_lines("\n\r\n\n", 64, false, "|||", 0);
    expect_lines("a\rb\r\r\n\r", 64, false, "a\rb\r|", 0);
    expect_lines("hello\r\nworld\n!\r\n", 0, false, "hello|world|!|", 0);
}

static void cr_alone_ends_a_line_if_that_is_wanted(void **state)
{
    (void)state;
    expect_lines("a\rb\r\nc\n\r", 64, true, "a|b|c||", 0);
    expect_lines("\r\r\n\r\n\n", 64, true, "||||", 0);
    expect_lines("\n\r\n\n\r", 64, true, "||||", 0);
    expect_lines("abc\r\nde\rf\nghi\r\r", 64, true, "abc|de|f|ghi||", 0);
}

/* ---- Lines that are too long --------------------------------------------------------------------------- */

static void line_of_the_limit_is_delivered_and_a_longer_one_skipped(void **state)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    (void)state;
    for (size_t limit = 1; limit <= EFFORT(6, 6, 3); limit++)
        for (size_t end = 0; end < COUNT_OF(ends); end++)
            for (size_t more = 0; more <= 2; more++) {
                char input[STORE] = "", expected[STORE] = "";
                memset(input, 'x', limit + more);
                strcat(strcat(strcat(input, ends[end]), "y"), ends[end]);
                if (more == 0)
                    strcat(memset(expected, 'x', limit), "|");
                expect_lines(input, limit, ends[end][0] == '\r', strcat(expected, "y|"), more > 0);
                if (end < 2)
                    expect_lines(input, limit, false, expected, more > 0);
            }
}

static void cr_within_a_line_counts_as_its_byte(void **state)
{
    (void)state;
    expect_lines("a\rb\r\nok\n", 3, false, "a\rb|ok|", 0);
    expect_lines("a\rb\r\n.\n", 2, false, ".|", 1);
    expect_lines("ab\r\r\n.\n", 3, false, "ab\r|.|", 0);
    expect_lines("ab\r\r\n.\n", 2, false, ".|", 1);
    expect_lines("ab\rc\n.\n", 2, false, ".|", 1);
}

static void each_long_line_is_counted_once(void **state)
{
    (void)state;
    expect_lines("xxxx\nxxxxxxx\r\na\nxxxx", 2, false, "a|", 3);
    expect_lines("xxx\rxxxx\r\n\nxxx\nb\r", 2, true, "|b|", 3);
}

static void long_line_takes_constant_memory(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 12; n++) {
        const struct setup wanted = {.block_size = 3, .limit = 5, .source = n % 2 ? QUEUE : BUFFER};
        setup = wanted;
        begin();
        for (size_t i = 0; i < 300; i++) {
            arrive('x');
            if (i % n == n - 1) {
                poll_all();
                assert_in_range(stored(), 0, setup.limit);
                assert_in_range(used(&slab.allocator), 0, 3);
            }
        }
        arrive_all("reset\nnext\n");
        poll_all();
        expect_result(&(struct result){"next|", 1, 0});
    }
}

/* 129 bytes and a line that must not come out; a number of 70 digits of which no part is a number. */
static void last_part_of_a_long_line_is_no_line(void **state)
{
    static const struct {
        size_t limit, n;
        char byte;
        const char *rest;
    } cases[] = {
        {0, 129, 'x', "reset\n"}, {80, 129, 'x', "reset\n"}, {64, 70, '1', "\n"}, {64, 70, '1', "\r\n"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct setup wanted = {.block_size = 3, .limit = cases[i].limit, .most = 24};
        setup = wanted;
        begin();
        for (size_t k = 0; k < cases[i].n + strlen(cases[i].rest); k++) {
            arrive((uint8_t)(k < cases[i].n ? cases[i].byte : cases[i].rest[k - cases[i].n]));
            assert_false(poll_once());
        }
        arrive_all("42\r\n");
        poll_all();
        expect_result(&(struct result){"42|", 1, 0});
    }
}

/* A full queue or buffer has no end, and the limit of a line is above its own: the writer would wait for ever. */
static void full_queue_without_an_end_is_skipped(void **state)
{
    (void)state;
    for (size_t most = 1; most <= 6; most++)
        for (size_t n = 1; n <= 3 * most; n++) {
            const struct setup wanted = {
                .block_size = 2, .limit = n % 3 ? 20 : 0, .most = most, .source = n % 2 ? QUEUE : BUFFER};
            setup = wanted;
            begin();
            for (size_t i = 0; i < n; i++) {
                arrive('x');
                poll_all();
            }
            assert_int_equal(ta_queue_dropped(&queue), 0);
            assert_int_equal(stored(), n < most ? n : 0);
            arrive('\n');
            poll_all();
            assert_int_equal(strlen(all), n < most ? n + 1 : 0);
            assert_int_equal(lines.too_long, n >= most);
            all[0] = '\0';
            if (most == 1)
                continue;
            arrive_all("b\n");
            poll_all();
            assert_string_equal(all, "b|");
        }
}

static void longest_line_may_differ_from_call_to_call(void **state)
{
    const struct setup wanted = {.block_size = 3, .way = READ_SHORT, .limit = 4};
    (void)state;
    setup = wanted;
    begin();
    arrive_all("1234\n12345\n12345\n1\n");
    assert_true(poll_once() && length == 4);
    assert_int_equal(lines.too_long, 0);
    setup.limit = 5;
    assert_true(poll_once() && length == 5);
    setup.limit = 0; /* only empty lines fit */
    assert_int_equal(ta_lines_read(&lines, text, 1, NULL), TA_MORE);
    assert_int_equal(lines.too_long, 2);
}

/* ---- Bytes that the queue refuses ------------------------------------------------------------------------ */

/* '.' is a poll; the other bytes arrive. */
static void run_script(const char *script)
{
    for (; *script; script++)
        if (*script == '.')
            poll_all();
        else
            arrive((uint8_t)*script);
}

static const struct damage {
    size_t most;
    const char *script;
    struct result expected;
} damages[] = {
    {4, "abcdef\n.gh\n.ij\n.", {"ij|", 0, 1}}, /* in the middle of a line: the next is not joined to it */
    {4, "a\nbcde\n.fg\n.", {"a|", 0, 1}},      /* the line before is delivered */
    {4, "abc\nd.e\n.f\n.", {"abc|f|", 0, 1}},  /* its first byte: "e" is not a line */
    {4, "a\nb\nc.\nd\n.", {"a|b|d|", 0, 1}},   /* "c", and its end arrives */
    {4, "abc\n\n.d\n.e\n.", {"abc|e|", 0, 1}}, /* an empty line; nobody knows that "d" is whole */
    {4, "abcd\n.\ne\n.", {"e|", 0, 1}},        /* the end itself */
    {4, "abcde.fghij.k\nl\n.", {"l|", 0, 2}},  /* twice */
    {4, "ab\ncd.e.\nf\n.", {"ab|f|", 0, 1}},   /* after the line: nothing is left of "cd" */
    {6, "abcdefg.h.\ni\n.", {"i|", 0, 1}},
};

static void line_with_refused_bytes_is_skipped_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(damages); i++)
        for (size_t block = 0; block < COUNT_OF(block_sizes); block++)
            for (enum way way = NEXT; way < READ_SHORT; way++) {
                const struct setup wanted = {.block_size = block_sizes[block],
                                             .limit = way ? 9 : 0,
                                             .most = damages[i].most,
                                             .way = way};
                setup = wanted;
                begin();
                run_script(damages[i].script);
                expect_result(&damages[i].expected);
            }
}

/* No limit, but an empty pool. */
static void pool_that_is_empty_damages_a_line_as_a_limit_does(void **state)
{
    (void)state;
    for (size_t block = 0; block < COUNT_OF(block_sizes); block++)
        for (size_t n = 1; n <= 2 * BLOCK_MAX + 3; n++) {
            const struct setup wanted = {.block_size = block_sizes[block], .limit = n % 2 ? STORE : 0};
            size_t most = 2 * wanted.block_size;
            setup = wanted;
            begin();
            leave_free(&slab.allocator, 2);
            for (size_t i = 0; i < n; i++)
                arrive('x');
            poll_all();
            assert_int_equal(lines.damaged, n > most);
            arrive_all("\n");
            poll_all();
            assert_int_equal(strlen(all), n < most ? n + 1 : 0);
            all[0] = '\0';
            if (n == most) { /* the end was refused */
                assert_int_equal(lines.damaged, 1);
                run_script("\n.");
            }
            run_script(block == 0 ? "\n." : "z\n.");
            assert_string_equal(all, block == 0 ? "|" : "z|");
        }
}

/* Every input of these bytes in every cut, with limits that are too low for it: by the model alone. */
static void every_short_input_is_read_as_the_model_reads_it(void **state)
{
    enum { LENGTH = EFFORT(6, 5, 4) };
    (void)state;
    unsigned number = 0;
    for (uint32_t input_number = 0; input_number < 729 >> (6 - LENGTH) * 3 / 2; input_number++) {
        char input[LENGTH + 1] = "";
        uint32_t rest = input_number;
        for (size_t i = 0; i < LENGTH; i++, rest /= 3)
            input[i] = "x\r\n"[rest % 3];
        for (size_t most = 0; most <= 4; most++, number++) {
            setup.limit = 1 + number % 6;
            setup.most = most == 1 ? 0 : most;
            setup.ends_at_cr = number / 2 % 2;
            setup.way = (enum way)(number % 7 % WAYS);
            setup.source = number % 5 == 0 ? BUFFER : QUEUE;
            run_cuts(input, no_check, NULL);
        }
    }
}

/* ---- The last line ------------------------------------------------------------------------------------- */

static void expect_last(const char *expected)
{
    ta_view line;
    ta_status status = ta_lines_last(&lines, &line);
    assert_int_equal(status, expected ? TA_OK : TA_E_EMPTY);
    if (expected) {
        assert_int_equal(ta_view_equals(&line, expected, strlen(expected)), TA_OK);
        assert_true(ta_view_is_final(&line));
    }
}

static void last_line_needs_no_end(void **state)
{
    static const struct {
        const char *input, *last;
        bool ends_at_cr;
        uint16_t too_long;
    } cases[] = {
        {"", NULL, 0, 0},      {"a\n", NULL, 0, 0},    {"a\nb", "b", 0, 0},      {"abcd", "abcd", 0, 0},
        {"abcde", NULL, 0, 1}, {"abcd\r", NULL, 0, 1}, {"abc\r", "abc\r", 0, 0}, {"a\r", NULL, 1, 0},
        {"a\rb", "b", 1, 0},   {"a\r\n", NULL, 1, 0},  {"\r", "\r", 0, 0},       {"abcdefgh", NULL, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (enum source source = QUEUE; source < SOURCES; source++)
            for (unsigned is_asked_before = 0; is_asked_before < 2; is_asked_before++) {
                const struct setup wanted = {
                    .block_size = 3, .limit = 4, .ends_at_cr = cases[i].ends_at_cr, .source = source};
                setup = wanted;
                begin();
                arrive_all(cases[i].input);
                if (is_asked_before)
                    poll_all();
                else if (strchr(cases[i].input, cases[i].ends_at_cr ? '\r' : '\n'))
                    expect_last("a"); /* a whole line comes first */
                expect_last(cases[i].last);
                assert_int_equal(lines.too_long, cases[i].too_long);
                expect_last(NULL);
                assert_int_equal(stored(), 0);
                memset(&model, 0, sizeof model); /* a new input */
                model.ends_at_cr = setup.ends_at_cr;
                model.too_long = lines.too_long;
                arrive_all("\nnew\n");
                all[0] = '\0';
                poll_all();
                assert_string_equal(all, "|new|");
            }
}

static void last_line_with_refused_bytes_is_skipped(void **state)
{
    const struct setup wanted = {.block_size = 3, .most = 4};
    (void)state;
    setup = wanted;
    begin();
    arrive_all("abcdef");
    expect_last(NULL);
    assert_int_equal(lines.damaged, 1);
    assert_int_equal(ta_queue_len(&queue), 0);
}

/* ---- What the user does between calls ------------------------------------------------------------------ */

static void user_removes(size_t n)
{
    ta_status status = setup.source == QUEUE ? ta_queue_consume(&queue, n) : ta_buffer_consume(&buffer, n);
    assert_int_equal(status, TA_OK);
}

/* What the user removes of a delivered line or after it is gone; the rest of that line is no line. */
static void user_may_remove_bytes_after_a_line(void **state)
{
    static const char *const rest[] = {"b|cd|", "b|cd|", "b|cd|", "b|cd|", "|cd|", "cd|", "d|", "|", ""};
    (void)state;
    for (enum source source = QUEUE; source < SOURCES; source++)
        for (size_t block = 0; block < COUNT_OF(block_sizes); block++)
            for (size_t n = 0; n < COUNT_OF(rest); n++) {
                const struct setup wanted = {.block_size = block_sizes[block], .source = source};
                ta_view line;
                setup = wanted;
                begin();
                arrive_all("aa\nb\ncd\n");
                assert_int_equal(ta_lines_next(&lines, &line), TA_OK);
                user_removes(n);
                assert_int_equal(ta_view_check(&line), n > 0 ? TA_E_STALE : TA_OK);
                memset(&model, 0, sizeof model);
                for (const char *byte = &"aa\nb\ncd\n"[n > 3 ? n : 3]; *byte; byte++)
                    model_put((uint8_t)*byte);
                poll_all();
                assert_string_equal(all, rest[n]);
            }
}

/* Of a line that has not ended; also what was searched already. */
static void user_may_remove_bytes_of_an_unfinished_line(void **state)
{
    (void)state;
    for (enum source source = QUEUE; source < SOURCES; source++)
        for (size_t block = 0; block < COUNT_OF(block_sizes); block++)
            for (size_t n = 1; n <= 6; n++)
                for (unsigned is_asked_between = 0; is_asked_between < 2; is_asked_between++) {
                    const struct setup wanted = {
                        .block_size = block_sizes[block], .limit = 6, .source = source};
                    setup = wanted;
                    begin();
                    arrive_all("abcdef");
                    poll_all();
                    user_removes(n);
                    model_remove(n);
                    if (is_asked_between)
                        poll_all();
                    arrive_all("\n12\n\n3\n");
                    poll_all();
                    assert_string_equal(all + 6 - n, "|12||3|");
                    assert_memory_equal(all, &"abcdef"[n], 6 - n);
                }
}

/* Bytes between two lines that are no line: after ta_lines_read() they come first. */
static void user_may_remove_what_follows_a_line(void **state)
{
    const struct setup wanted = {.block_size = 2, .way = READ, .ends_at_cr = true};
    uint8_t body[3];
    (void)state;
    setup = wanted;
    begin();
    arrive_all("3 follow\r\n\n\n");
    assert_true(poll_once());
    assert_int_equal(ta_queue_read(&queue, body, 3),
                     TA_OK); /* the LF is the line's, but now it is the user's */
    assert_memory_equal(body, "\n\n\n", 3);
    arrive_all("\nend\r");
    assert_int_equal(ta_lines_read(&lines, text, sizeof text, &length), TA_OK);
    assert_string_equal(text, "");
    assert_int_equal(ta_lines_read(&lines, text, sizeof text, &length), TA_OK);
    assert_string_equal(text, "end");
}

/* The user removes what was before refused bytes, and some after them. */
static void user_may_remove_bytes_around_refused_ones(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 6; n++) {
        const struct setup wanted = {.block_size = 2, .most = 6};
        setup = wanted;
        begin();
        arrive_all("a\nbcdef"); /* "f" is refused */
        user_removes(3);
        model_remove(3);
        arrive_all("\ng\n");
        user_removes(n);
        model_remove(n);
        poll_all();
        assert_int_equal(lines.damaged, 1);
        arrive_all("h\ni\n");
        poll_all();
        assert_string_equal(all, "i|");
    }
}

/* A view of a line is right, whatever is appended to it. */
static void user_may_append_at_any_time(void **state)
{
    (void)state;
    for (enum source source = QUEUE; source < SOURCES; source++)
        for (size_t block = 0; block < COUNT_OF(block_sizes); block++) {
            const struct setup wanted = {.block_size = block_sizes[block], .source = source};
            ta_view line;
            setup = wanted;
            begin();
            arrive_all("one\r\ntwo\nth");
            assert_int_equal(ta_lines_next(&lines, &line), TA_OK);
            arrive_all("ree\nfour");
            assert_int_equal(ta_view_equals(&line, "one", 3), TA_OK);
            assert_int_equal(ta_lines_next(&lines, &line), TA_OK);
            assert_int_equal(ta_view_equals(&line, "two", 3), TA_OK);
            arrive_all("\n");
            assert_int_equal(ta_view_equals(&line, "two", 3), TA_OK);
            assert_int_equal(ta_lines_read(&lines, text, sizeof text, NULL), TA_OK);
            assert_string_equal(text, "three");
            assert_int_equal(ta_view_check(&line), TA_E_STALE);
            assert_int_equal(ta_lines_read(&lines, text, sizeof text, &length), TA_OK);
            assert_string_equal(text, "four");
            assert_int_equal(ta_lines_next(&lines, &line), TA_MORE);
            assert_int_equal(stored(), 0);
        }
}

/* A view of no line, of no use to the caller, is left alone. */
static void view_and_array_stay_as_they_are_without_a_line(void **state)
{
    const struct setup wanted = {.block_size = 2};
    ta_view line = ta_view_of("view", 4);
    (void)state;
    setup = wanted;
    begin();
    arrive_all("abc");
    strcpy(text, "text");
    length = 4;
    assert_int_equal(ta_lines_next(&lines, &line), TA_MORE);
    assert_int_equal(ta_lines_read(&lines, text, sizeof text, &length), TA_MORE);
    assert_string_equal(text, "text");
    assert_int_equal(length, 4);
    assert_int_equal(ta_view_equals(&line, "view", 4), TA_OK);
}

/* Removing bytes closes a reservation of a buffer; looking does not. A queue's stays. */
static void open_reservation_stays_until_a_line_is_removed(void **state)
{
    (void)state;
    for (size_t block = 0; block < COUNT_OF(block_sizes); block++) {
        const struct setup wanted = {.block_size = block_sizes[block], .source = BUFFER};
        ta_span room;
        setup = wanted;
        begin();
        arrive_all("abc");
        assert_int_equal(ta_buffer_reserve(&buffer, 1, &room), TA_OK);
        poll_all();
        room.data[0] = '\n';
        assert_int_equal(ta_buffer_commit(&buffer, 1), TA_OK);
        model_put('\n');
        assert_int_equal(ta_buffer_reserve(&buffer, 1, &room), TA_OK);
        poll_all();
        assert_int_equal(ta_buffer_commit(&buffer, 1), TA_E_INVALID);
        arrive_all("d\n");
        poll_all();
        assert_string_equal(all, "abc|d|");

        setup.source = QUEUE;
        begin();
        arrive_all("abc\n");
        assert_int_equal(ta_queue_reserve(&queue, 1, &room), TA_OK);
        poll_all();
        room.data[0] = '\n';
        assert_int_equal(ta_queue_commit(&queue, 1), TA_OK);
        model_put('\n');
        poll_all();
        assert_string_equal(all, "abc||");
    }
}

/* The user has removed the line that was delivered, so there is nothing to remove. */
static void open_reservation_stays_if_the_line_is_gone(void **state)
{
    const struct setup wanted = {.block_size = 3, .source = BUFFER};
    ta_view line;
    ta_span room;
    (void)state;
    setup = wanted;
    begin();
    arrive_all("abc\nde");
    assert_int_equal(ta_lines_next(&lines, &line), TA_OK);
    assert_int_equal(ta_buffer_consume(&buffer, 4), TA_OK);
    assert_int_equal(ta_buffer_reserve(&buffer, 1, &room), TA_OK);
    assert_int_equal(ta_lines_next(&lines, &line), TA_MORE);
    room.data[0] = '\n';
    assert_int_equal(ta_buffer_commit(&buffer, 1), TA_OK);
    assert_int_equal(ta_lines_next(&lines, &line), TA_OK);
    assert_int_equal(ta_view_equals(&line, "de", 2), TA_OK);
}

static void no_byte_is_searched_twice(void **state)
{
    const struct setup wanted = {.block_size = 3};
    ta_view line;
    ta_span front;
    (void)state;
    setup = wanted;
    begin();
    arrive_all("abc");
    assert_int_equal(ta_lines_next(&lines, &line), TA_MORE);
    assert_int_equal(ta_queue_front(&queue, &front), TA_OK);
    front.data[1] = '\n'; /* an end that no search sees any more */
    assert_int_equal(ta_lines_next(&lines, &line), TA_MORE);
    assert_int_equal(ta_lines_next(&lines, &line), TA_MORE);
}

/* Their block lies between two chunks of the line. */
static void block_of_others_is_not_searched(void **state)
{
    const struct setup wanted = {.block_size = 3};
    (void)state;
    setup = wanted;
    begin();
    arrive_all("abcd");
    ta_handle h = must_alloc(&slab.allocator, 0);
    memcpy(ta_get(&slab.allocator, h), "x\n\n", 3);
    poll_all();
    arrive_all("efgh\n");
    poll_all();
    assert_string_equal(all, "abcdefgh|");
}

/* ---- Errors, and counters ------------------------------------------------------------------------------ */

static void expect_every_call(ta_lines *l, ta_status expected)
{
    ta_view line;
    assert_int_equal(ta_lines_next(l, &line), expected);
    assert_int_equal(ta_lines_last(l, &line), expected);
    assert_int_equal(ta_lines_read(l, text, sizeof text, &length), expected);
}

static void null_arguments_are_refused(void **state)
{
    const struct setup wanted = {.block_size = 3};
    ta_lines zeroed = {0};
    (void)state;
    setup = wanted;
    begin();
    expect_every_call(NULL, TA_E_INVALID);
    expect_every_call(&zeroed, TA_E_INVALID);
    arrive_all("ab\n");
    assert_int_equal(ta_lines_next(&lines, NULL), TA_E_INVALID);
    assert_int_equal(ta_lines_last(&lines, NULL), TA_E_INVALID);
    assert_int_equal(ta_lines_read(&lines, NULL, 4, &length), TA_E_INVALID);
    assert_int_equal(ta_lines_read(&lines, text, 0, &length), TA_E_INVALID);
    assert_int_equal(ta_queue_len(&queue), 3);
    assert_int_equal(ta_lines_read(&lines, text, 3, NULL), TA_OK);
    assert_string_equal(text, "ab");
}

/* At any point of a line; once cleared, it is usable again. */
/* A line that is being skipped ends where the user has removed bytes. */
static void user_may_remove_bytes_of_a_long_line(void **state)
{
    (void)state;
    for (enum source source = QUEUE; source < SOURCES; source++) {
        const struct setup wanted = {.block_size = 3, .limit = 4, .source = source};
        char line[8];
        setup = wanted;
        begin();
        arrive_all("toolong");
        assert_int_equal(ta_lines_read(&lines, line, sizeof line, NULL), TA_MORE);
        arrive_all("er\nabc\ndef\n");
        assert_int_equal(source == QUEUE ? ta_queue_consume(&queue, 3) : ta_buffer_consume(&buffer, 3),
                         TA_OK);
        assert_int_equal(ta_lines_read(&lines, line, sizeof line, NULL), TA_OK);
        assert_string_equal(line, "abc");
        assert_int_equal(ta_lines_read(&lines, line, sizeof line, NULL), TA_OK);
        assert_string_equal(line, "def");
        assert_int_equal(lines.too_long, 1);
    }
}

static void stale_queue_or_buffer_is_refused(void **state)
{
    static const char *const inputs[] = {"a", "abc", "abc\n", "abc\nde", "abc\nde\n"};
    (void)state;
    for (enum source source = QUEUE; source < SOURCES; source++)
        for (size_t i = 0; i < COUNT_OF(inputs); i++)
            for (unsigned is_asked_before = 0; is_asked_before < 2; is_asked_before++) {
                const struct setup wanted = {.block_size = 3, .source = source};
                ta_view line;
                setup = wanted;
                begin();
                arrive_all(inputs[i]);
                if (is_asked_before)
                    ta_lines_next(&lines, &line);
                ta_clear(&slab.allocator);
                for (ta_handle h;
                     (h = ta_alloc(&slab.allocator, 3)).bits;) /* others have their lines there */
                    memcpy(ta_get(&slab.allocator, h), "x\n\n", 3);
                expect_every_call(&lines, TA_E_STALE);
                ta_clear(&slab.allocator);
                assert_int_equal(source == QUEUE ? ta_queue_clear(&queue) : ta_buffer_clear(&buffer), TA_OK);
                memset(&model, 0, sizeof model);
                arrive_all("\nx\n");
                poll_all();
                assert_string_equal(all, "|x|");
                check_pool(&slab.allocator);
            }
}

/* The search has passed all chunks but the last, and foreign code frees one of them; or it is still before that one. */
static void line_with_a_freed_chunk_is_not_delivered(void **state)
{
    (void)state;
    for (enum source source = QUEUE; source < SOURCES; source++)
        for (size_t freed = 0; freed < 3; freed++)
            for (size_t searched = 0; searched < 2; searched++) {
                const struct setup wanted = {.block_size = 3, .source = source};
                char got[] = "unchanged\0-----";
                ta_view line;
                setup = wanted;
                begin();
                arrive_all("abcdefgh");
                if (searched)
                    assert_int_equal(ta_lines_next(&lines, &line), TA_MORE);
                must_free(&slab.allocator, ta_slab_handle_at(&slab.allocator, freed));
                source == QUEUE ? ta_queue_push(&queue, '\n') : ta_buffer_push(&buffer, '\n');
                ta_status status = ta_lines_next(&lines, &line);
                if (status == TA_OK) /* the view breaks off */
                    status = ta_view_copy(&line, 0, got + 10, 5);
                assert_int_equal(status, TA_E_STALE);
                assert_int_equal(ta_lines_read(&lines, got, sizeof got, NULL), TA_E_STALE);
                assert_string_equal(got, "unchanged");
                check_pool(&slab.allocator);
            }
}

/* The search does not get there. */
static void line_before_a_freed_last_chunk_is_not_delivered(void **state)
{
    const struct setup wanted = {.block_size = 3, .source = BUFFER};
    ta_view line = ta_view_of("view", 4);
    (void)state;
    setup = wanted;
    begin();
    arrive_all("abcde");
    assert_int_equal(ta_lines_next(&lines, &line), TA_MORE);
    arrive_all("\nghi");
    must_free(&slab.allocator, buffer.chain.in.chunk);
    assert_int_equal(ta_lines_next(&lines, &line), TA_E_STALE);
    assert_int_equal(ta_view_equals(&line, "view", 4), TA_OK);
}

/* What is skipped cannot be removed: so no line of it is delivered. */
static void line_after_refused_bytes_is_not_delivered_before_a_freed_chunk(void **state)
{
    const struct setup wanted = {.block_size = 3};
    (void)state;
    setup = wanted;
    begin();
    assert_int_equal(ta_queue_set_limit(&queue, 3), TA_OK);
    assert_int_equal(ta_queue_write(&queue, "abc", 3), TA_OK);
    assert_int_equal(ta_queue_push(&queue, 'd'), TA_E_FULL);
    assert_int_equal(ta_queue_set_limit(&queue, 0), TA_OK);
    assert_int_equal(ta_queue_write(&queue, "\ne\nfgh", 6), TA_OK);
    must_free(&slab.allocator, queue.chain.in.chunk);
    expect_every_call(&lines, TA_E_STALE);
    assert_int_equal(ta_queue_len(&queue), 9);
}

static void counters_stop_at_their_largest_number(void **state)
{
    const struct setup wanted = {.block_size = 3, .limit = 2, .most = 4};
    (void)state;
    setup = wanted;
    begin();
    lines.too_long = lines.damaged = model.too_long = model.damaged = UINT16_MAX - 1;
    run_script("xxx.\n.a\n1234.");
    assert_int_equal(lines.too_long, UINT16_MAX);
    assert_int_equal(lines.damaged, UINT16_MAX);
    ta_queue_clear(&queue);
    memset(&model, 0, sizeof model);
    for (int i = 0; i < 5; i++)
        ta_queue_push(&queue, 'x');
    assert_int_equal(ask(), TA_MORE);
    for (int i = 0; i < 4; i++)
        ta_queue_push(&queue, (uint8_t) "\nxxx"[i]);
    assert_int_equal(ask(), TA_MORE);
    assert_int_equal(lines.too_long, UINT16_MAX);
    assert_int_equal(lines.damaged, UINT16_MAX);
}

/* The counts of a queue pass 0 in the middle of a line, and around refused bytes. */
static void lines_come_out_where_the_counts_wrap(void **state)
{
    (void)state;
    for (size_t before = 0; before <= 12; before++) {
        const struct setup wanted = {.block_size = 3, .limit = 5, .most = 8};
        setup = wanted;
        begin();
        queue.chain.in.count = queue.chain.out.count = (size_t)0 - before;
        run_script("ab\ncd\nefgh.i\n.j\n.");
        expect_result(&(struct result){"ab|cd|j|", 0, 1});
    }
}

/* ---- A small queue that overflows ---------------------------------------------------------------------- */

#define RUNS EFFORT(2000, 200, 10)
#define LINES_A_RUN 60

static uint32_t seed, run_seed;
static bool run_is_over = true;

static size_t below(size_t n)
{
    return next_random(&seed) % n;
}

/* Every line is another one, and no part of one or two is a line. */
static void make_line(unsigned number, char *line)
{
    size_t n = 3 + number % 5;
    line[0] = (char)('a' + number / 26);
    line[1] = (char)('a' + number % 26);
    memset(line + 2, 'A' + (int)number % 26, n - 2);
    strcpy(line + n, ".");
}

/* Lines come out in the order in which they were sent, each once; where one is missing, something was counted. */
static unsigned last, counted;

static bool poll_and_compare(unsigned sent)
{
    char line[16];
    if (!poll_once())
        return false;
    unsigned number = last, count = (unsigned)lines.too_long + lines.damaged;
    do {
        assert_true(number < sent); /* else it was not sent, or had come out before */
        make_line(++number, line);
    } while (strcmp(line, text) != 0);
    assert_true(number == last + 1 || count > counted);
    last = number;
    counted = count;
    return true;
}

static void run_lines(uint32_t run)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    const size_t rest = below(4);
    const struct setup wanted = {
        .block_size = block_sizes[below(COUNT_OF(block_sizes))],
        .limit = below(3) ? 8 + below(8) : 1 + below(7),
        .most = 5 + below(16),
        .ends_at_cr = below(2) == 1,
        .way = (enum way)below(WAYS),
    };
    run_seed = run;
    setup = wanted;
    begin();
    last = counted = 0;
    for (unsigned number = 1; number <= LINES_A_RUN; number++) {
        char line[16];
        make_line(number, line);
        strcat(line, ends[below(setup.ends_at_cr ? 3 : 2)]);
        for (const char *byte = line; *byte; byte++) {
            arrive((uint8_t)*byte);
            if (below(4 << rest) == 0)
                poll_and_compare(number);
        }
    }
    while (poll_and_compare(LINES_A_RUN))
        ;
    assert_true(last == LINES_A_RUN || (unsigned)lines.too_long + lines.damaged > counted);
}

static void lines_of_an_overflowing_queue_are_whole_in_order_and_once(void **state)
{
    (void)state;
    const char *given = getenv("TA_SEED");
    uint32_t first = given ? (uint32_t)strtoul(given, NULL, 0) : 1, runs = given ? 1 : RUNS;
    run_is_over = false;
    for (uint32_t run = first; run - first < runs; run++) {
        seed = run * 2654435761U + 1;
        seed = seed ? seed : 1;
        run_lines(run);
    }
    run_is_over = true;
}

static int print_replay(void **state)
{
    (void)state;
    if (!run_is_over)
        print_error("replay with TA_SEED=%u\n", (unsigned)run_seed);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_ends_with_lf_or_cr_lf),
        cmocka_unit_test(cr_alone_ends_a_line_if_that_is_wanted),
        cmocka_unit_test(line_of_the_limit_is_delivered_and_a_longer_one_skipped),
        cmocka_unit_test(cr_within_a_line_counts_as_its_byte),
        cmocka_unit_test(each_long_line_is_counted_once),
        cmocka_unit_test(long_line_takes_constant_memory),
        cmocka_unit_test(last_part_of_a_long_line_is_no_line),
        cmocka_unit_test(full_queue_without_an_end_is_skipped),
        cmocka_unit_test(longest_line_may_differ_from_call_to_call),
        cmocka_unit_test(line_with_refused_bytes_is_skipped_whole),
        cmocka_unit_test(pool_that_is_empty_damages_a_line_as_a_limit_does),
        cmocka_unit_test(every_short_input_is_read_as_the_model_reads_it),
        cmocka_unit_test(last_line_needs_no_end),
        cmocka_unit_test(last_line_with_refused_bytes_is_skipped),
        cmocka_unit_test(user_may_remove_bytes_after_a_line),
        cmocka_unit_test(user_may_remove_bytes_of_an_unfinished_line),
        cmocka_unit_test(user_may_remove_bytes_of_a_long_line),
        cmocka_unit_test(user_may_remove_what_follows_a_line),
        cmocka_unit_test(user_may_remove_bytes_around_refused_ones),
        cmocka_unit_test(user_may_append_at_any_time),
        cmocka_unit_test(view_and_array_stay_as_they_are_without_a_line),
        cmocka_unit_test(open_reservation_stays_until_a_line_is_removed),
        cmocka_unit_test(open_reservation_stays_if_the_line_is_gone),
        cmocka_unit_test(no_byte_is_searched_twice),
        cmocka_unit_test(block_of_others_is_not_searched),
        cmocka_unit_test(null_arguments_are_refused),
        cmocka_unit_test(stale_queue_or_buffer_is_refused),
        cmocka_unit_test(line_with_a_freed_chunk_is_not_delivered),
        cmocka_unit_test(line_before_a_freed_last_chunk_is_not_delivered),
        cmocka_unit_test(line_after_refused_bytes_is_not_delivered_before_a_freed_chunk),
        cmocka_unit_test(counters_stop_at_their_largest_number),
        cmocka_unit_test(lines_come_out_where_the_counts_wrap),
        cmocka_unit_test_teardown(lines_of_an_overflowing_queue_are_whole_in_order_and_once, print_replay),
    };
    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
