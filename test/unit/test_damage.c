/*
 * SLIP and COBS when something is wrong: damage at every byte of a stream, frames that do not fit, a pool that is empty
 * at every point, objects that become stale. Frames are delivered whole or not at all.
 */
#include "frames.h"

/* ---- A stream of three frames -------------------------------------------------------------------------- */

static const uint8_t contents[3][7] = {
    {0x00, 0xC0, 0x11, 0x12, 0xDB, 0x13, 0x00},
    {0x21, 0xDB, 0xDC, 0x00, 0xC0, 0xDD, 0x22},
    {0x31, 0x32, 0x33, 0x00, 0x00, 0xDC, 0xC0},
};

static uint8_t stream[COUNT_OF(contents) * 16 + 2], damaged[sizeof stream + 1];
static size_t ends[COUNT_OF(contents) + 1]; /* frame i is from ends[i] to ends[i + 1] */

static size_t make_stream(const struct format *f)
{
    for (size_t i = 0; i < COUNT_OF(contents); i++)
        ends[i + 1] = ends[i] + f->model_encode(contents[i], sizeof contents[i], stream + ends[i]);
    return ends[COUNT_OF(contents)];
}

/* ---- Damage -------------------------------------------------------------------------------------------- */

/* Instead of `removed` bytes at `at`, there is `inserted` and what follows it. */
struct damage {
    size_t at, removed, inserted;
    uint8_t byte;
};

static size_t apply(const struct damage *d, size_t n)
{
    memcpy(damaged, stream, d->at);
    damaged[d->at] = d->byte;
    memcpy(damaged + d->at + d->inserted, stream + d->at + d->removed, n - d->at - d->removed);
    return n - d->removed + d->inserted;
}

/* How many frames ended before the damage, and how many begin after the next delimiter that follows it? */
static void count_good(const struct format *f, const struct damage *d, size_t *before, size_t *after)
{
    size_t next = d->at + d->removed;
    while (next < ends[COUNT_OF(contents)] && stream[next] != f->delimiter)
        next++;
    *before = *after = 0;
    for (size_t i = 0; i < COUNT_OF(contents); i++) {
        *before += ends[i + 1] <= d->at;
        *after += ends[i] >= (f->delimits_both_ends ? next : next + 1);
    }
}

static void expect_logged(const uint8_t *log, size_t i)
{
    assert_int_equal(log[0], sizeof contents[i]);
    assert_memory_equal(log + 1, contents[i], sizeof contents[i]);
}

static void expect_received(const struct format *f, const struct damage *d, size_t n)
{
    const size_t size = 1 + sizeof contents[0];
    struct log expected;
    size_t before, after;
    count_good(f, d, &before, &after);
    assert_true(received.frames >= before + after && received.frames <= COUNT_OF(contents) + 1);
    for (size_t i = 0; i < before; i++)
        expect_logged(received.bytes + i * size, i);
    for (size_t i = 1; i <= after; i++)
        expect_logged(received.bytes + received.length - i * size, COUNT_OF(contents) - i);
    damaged[n++] = f->delimiter; /* fed after the stream, too */
    model_receive(f, damaged, n, LONGEST_WIRE, &expected);
    if (!is_same_log(&received, &expected))
        fail_msg("%s: %u frames, not %u, %u damaged, not %u, with %zu for %zu bytes at %zu (%02X)", f->name,
                 received.frames, expected.frames, received.damaged, expected.damaged, d->inserted,
                 d->removed, d->at, d->byte);
}

static void receive_damaged(const struct format *f, const struct damage *d, size_t n)
{
    size_t length = apply(d, n);
    for (size_t part = 1; part <= length; part += length - 1) { /* byte by byte, and at once */
        begin_stream();
        for (size_t at = 0; at < length; at += part)
            feed(f, damaged + at, part);
        feed(f, &f->delimiter, 1);
        end_stream(f);
        expect_received(f, d, length);
    }
}

static void damage_of_a_byte_costs_no_frame_before_it_or_after_the_next_delimiter(void **state)
{
    static const uint8_t values[] = {0x00, 0x01, 0x02, 0x08, 0x20, 0xC0, 0xDB, 0xDC, 0xDD, 0xFF};
    (void)state;
    FOR_EACH_FORMAT(f)
    {
        size_t n = make_stream(f);
        make_receiver(3);
        for (size_t at = 0; at < n; at++) {
            struct damage removal = {at, 1, 0, 0};
            receive_damaged(f, &removal, n);
            for (size_t v = 0; v < COUNT_OF(values); v++) {
                struct damage change = {at, 1, 1, values[v]}, insertion = {at, 0, 1, values[v]};
                receive_damaged(f, &change, n);
                receive_damaged(f, &insertion, n);
            }
        }
    }
}

static void empty_frames_of_slip_and_double_delimiters_are_ignored(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    {
        make_receiver(2);
        begin_stream();
        for (int i = 0; i < 4; i++)
            feed(f, &f->delimiter, 1);
        feed(f, stream, make_stream(f));
        end_stream(f);
        assert_int_equal(received.frames, COUNT_OF(contents));
        assert_int_equal(received.damaged, 0);
    }
}

/* What is before the first delimiter may be the rest of a frame. */
static void decoder_that_begins_in_a_stream_delivers_no_rest_of_a_frame(void **state)
{
    (void)state;
    const ta_frame_decoder_ resync = TA_DECODER_RESYNC;
    FOR_EACH_FORMAT(f)
    {
        size_t n = make_stream(f);
        for (size_t at = 0; at < ends[1]; at++) {
            size_t lost = stream[at] != f->delimiter || at == ends[1] - 1 || !f->delimits_both_ends;
            make_receiver(2);
            begin_stream();
            decoder = resync;
            feed(f, stream + at, n - at);
            end_stream(f);
            assert_int_equal(received.frames, COUNT_OF(contents) - lost);
            assert_int_equal(received.damaged + received.dropped, 0);
            for (size_t i = lost, log = 0; i < COUNT_OF(contents); i++, log += 1 + sizeof contents[i])
                expect_logged(received.bytes + log, i);
        }
    }
}

/* ---- Frames that do not fit ---------------------------------------------------------------------------- */

static void frame_above_the_limit_is_dropped_whole(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    for (size_t limit = 1; limit <= sizeof contents[0] + 1; limit++)
        for (size_t part = 1; part <= 3; part++) {
            bool fits = limit >= sizeof contents[0];
            size_t n = make_stream(f);
            make_receiver(3);
            begin_stream();
            assert_int_equal(ta_buffer_set_limit(&frame, limit), TA_OK);
            for (size_t at = 0; at < n; at += part)
                feed(f, stream + at, part < n - at ? part : n - at);
            end_stream(f);
            assert_int_equal(received.frames, fits ? COUNT_OF(contents) : 0);
            assert_int_equal(received.dropped, fits ? 0 : COUNT_OF(contents));
            assert_int_equal(received.damaged, 0);
        }
}

/* The second frame meets a pool with i free blocks, for each i up to success. */
static void no_memory_at_any_point_costs_only_that_frame(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    {
        bool is_enough = false;
        for (size_t blocks = 0; !is_enough; blocks++) {
            make_stream(f);
            make_receiver(2);
            begin_stream();
            feed(f, stream, ends[1]);
            assert_int_equal(receive(f), TA_MORE); /* the first frame is removed */
            size_t all = ta_available(FRAME_POOL);
            leave_free(FRAME_POOL, blocks);
            size_t taken = used(FRAME_POOL);
            assert_int_equal(ta_queue_write(&queue, stream + ends[1], ends[2] - ends[1]), TA_OK);
            ta_view in = ta_queue_view(&queue);
            ta_status status = f->decode(&decoder, &in, &frame);
            is_enough = status == TA_OK;
            assert_int_equal(status, blocks * 2 >= sizeof contents[1] ? TA_OK : TA_E_NO_MEMORY);
            assert_int_equal(ta_queue_consume(&queue, ta_queue_len(&queue) - ta_view_len(&in)), TA_OK);
            assert_int_equal(decoder.dropped, !is_enough);
            if (!is_enough)
                assert_int_equal(used(FRAME_POOL), taken);
            ta_clear(FRAME_POOL); /* what leave_free() took, and the frame, which the next call removes */
            assert_int_equal(ta_available(FRAME_POOL), all);
            feed(f, stream + ends[2], ends[3] - ends[2]);
            end_stream(f);
            assert_int_equal(received.frames, 2);
            expect_logged(received.bytes + received.length / 2, 2);
        }
    }
}

static void counters_stop_at_their_largest_value(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    {
        make_receiver(4);
        begin_stream();
        decoder.damaged = decoder.dropped = UINT16_MAX - 1;
        const uint8_t bad[] = {0x07, 0xDB, f->delimiter}, good[] = {0x03, 0x11, 0x12, f->delimiter};
        for (int i = 0; i < 3; i++) {
            assert_int_equal(ta_buffer_set_limit(&frame, 0), TA_OK);
            feed(f, bad, sizeof bad);
            assert_int_equal(ta_buffer_set_limit(&frame, 1), TA_OK);
            feed(f, good, sizeof good);
            assert_int_equal(decoder.damaged, UINT16_MAX);
            assert_int_equal(decoder.dropped, UINT16_MAX);
        }
    }
}

/* ---- Stale objects ------------------------------------------------------------------------------------- */

/* The rest of the first frame is skipped, the second is delivered. */
static void expect_goes_on_after(const struct format *f, size_t at)
{
    assert_true(ta_buffer_is_empty(&frame));
    assert_int_equal(used(FRAME_POOL), 0);
    assert_int_equal(decoder.damaged, 1);
    feed(f, stream + at, ends[2] - at);
    end_stream(f);
    assert_int_equal(received.frames, 1);
    assert_int_equal(received.damaged, 1);
    assert_int_equal(received.dropped, 0);
    expect_logged(received.bytes, 1);
}

static void stale_frame_is_discarded_and_not_delivered(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    {
        make_stream(f);
        for (size_t at = 1; at < ends[1]; at++) {
            make_receiver(2);
            begin_stream();
            feed(f, stream, at);
            if (ta_buffer_is_empty(&frame))
                continue;
            ta_clear(FRAME_POOL);
            assert_int_equal(receive(f), TA_E_STALE);
            expect_goes_on_after(f, at);
        }
    }
}

static void stale_input_discards_the_frame(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    {
        make_stream(f);
        for (size_t at = 1; at + 2 < ends[1]; at++) {
            make_receiver(2);
            begin_stream();
            feed(f, stream, at);
            assert_int_equal(ta_queue_write(&queue, stream + at, 2), TA_OK);
            ta_view in = ta_queue_view(&queue);
            assert_int_equal(ta_queue_consume(&queue, 2), TA_OK);
            assert_int_equal(f->decode(&decoder, &in, &frame), TA_E_STALE);
            assert_int_equal(f->decode(&decoder, &in, &frame), TA_E_STALE); /* counted once */
            expect_goes_on_after(f, at + 2);
        }
    }
}

/* Free the chunk of a byte. The view ends there, because several chunks may be entered at once. */
static void free_chunk(const ta_allocator *a, ta_view v, size_t at)
{
    uint8_t byte;
    assert_int_equal(ta_view_take(&v, at + 1, &v), TA_OK);
    assert_int_equal(ta_view_skip(&v, at), TA_OK);
    assert_int_equal(ta_parse_u8(&v, &byte), TA_OK);
    assert_true(ta_free(a, v.here.chunk));
}

static void input_that_breaks_off_discards_the_frame(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    {
        make_stream(f);
        for (size_t at = 2; at < ends[1]; at += 2) {
            make_receiver(2);
            begin_stream();
            assert_int_equal(ta_queue_write(&queue, stream, ends[2]), TA_OK);
            free_chunk(QUEUE_POOL, ta_queue_view(&queue), at);
            ta_view in = ta_queue_view(&queue);
            assert_int_equal(f->decode(&decoder, &in, &frame), TA_E_STALE);
            assert_int_equal(ta_view_len(&in), ends[2] - at);
            assert_int_equal(ta_queue_clear(&queue), TA_OK);
            ta_clear(QUEUE_POOL); /* a chain that is broken frees nothing */
            expect_goes_on_after(f, at);
        }
    }
}

static void expect_encoder_is_stale(const struct format *f, ta_frame_encoder_ *e)
{
    uint8_t bytes[3];
    size_t done = 1;
    assert_int_equal(f->encode(e, bytes, sizeof bytes, &done), TA_E_STALE);
    assert_int_equal(done, 0);
}

static void encoder_of_a_stale_view_says_so(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    for (size_t chunk = 2; chunk < sizeof contents[0]; chunk += 2) {
        uint8_t byte;
        size_t done;
        ta_status status;
        make_receiver(2);
        assert_int_equal(ta_buffer_write(&frame, contents[0], sizeof contents[0]), TA_OK);
        ta_frame_encoder_ e = f->encoder_of(ta_buffer_view(&frame)), broken = e;
        free_chunk(FRAME_POOL, ta_buffer_view(&frame), chunk);
        size_t produced = 0;
        while ((status = f->encode(&broken, &byte, 1, &done)) == TA_MORE)
            assert_true(++produced < sizeof stream);
        assert_int_equal(status, TA_E_STALE);
        expect_encoder_is_stale(f, &broken);
        assert_int_equal(f->encode(&e, &byte, 1, &done), TA_MORE);
        assert_int_equal(ta_buffer_clear(&frame), TA_OK);
        expect_encoder_is_stale(f, &e);
        expect_encoder_is_stale(f, &e);
    }
}

/* The frame is not needed any more when its last byte was produced. */
static void encoder_that_has_finished_needs_no_frame(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    {
        uint8_t bytes[16];
        size_t done;
        make_frame(2);
        assert_int_equal(ta_buffer_write(&frame, contents[0], sizeof contents[0]), TA_OK);
        ta_frame_encoder_ e = f->encoder_of(ta_buffer_view(&frame));
        assert_int_equal(f->encode(&e, bytes, sizeof bytes, &done), TA_OK);
        assert_int_equal(ta_buffer_clear(&frame), TA_OK);
        assert_int_equal(f->encode(&e, bytes, sizeof bytes, &done), TA_OK);
        assert_int_equal(done, 0);
    }
}

/* ---- Use ----------------------------------------------------------------------------------------------- */

static void null_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    {
        ta_buffer unbound;
        ta_view in = ta_view_of(stream, make_stream(f));
        ta_frame_encoder_ e = f->encoder_of(in);
        uint8_t byte;
        size_t done;
        memset(&unbound, 0, sizeof unbound);
        make_receiver(2);
        begin_stream();
        for (int i = 0; i < 2; i++) { /* before a frame, and in one */
            size_t length = ta_view_len(&in), n = ta_buffer_len(&frame);
            assert_int_equal(f->decode(NULL, &in, &frame), TA_E_INVALID);
            assert_int_equal(f->decode(&decoder, NULL, &frame), TA_E_INVALID);
            assert_int_equal(f->decode(&decoder, &in, NULL), TA_E_INVALID);
            if (!TA_GLOBAL)
                assert_int_equal(f->decode(&decoder, &in, &unbound), TA_E_INVALID);
            assert_int_equal(ta_view_len(&in), length);
            assert_int_equal(ta_buffer_len(&frame), n);
            feed(f, stream, 5);
        }
        assert_int_equal(f->encode(NULL, &byte, 1, &done), TA_E_INVALID);
        assert_int_equal(f->encode(&e, NULL, 1, &done), TA_E_INVALID);
        assert_int_equal(f->encode(&e, &byte, 1, NULL), TA_E_INVALID);
        assert_int_equal(decoder.damaged + decoder.dropped, 0);
    }
}

static void frame_stays_until_the_next_call_and_may_be_moved(void **state)
{
    (void)state;
    FOR_EACH_FORMAT(f)
    {
        ta_buffer kept = TA_BUFFER_INIT(FRAME_POOL);
        ta_view in = ta_view_of(stream, make_stream(f)), view;
        make_receiver(3);
        begin_stream();
        assert_int_equal(f->decode(&decoder, &in, &frame), TA_OK);
        assert_int_equal(ta_view_len(&in),
                         ends[3] - ends[1]); /* its delimiter is the last byte that is decoded */
        assert_int_equal(ta_buffer_move(&kept, &frame), TA_OK);
        for (size_t i = 1; i < COUNT_OF(contents); i++) {
            assert_int_equal(f->decode(&decoder, &in, &frame), TA_OK);
            view = ta_buffer_view(&frame);
            assert_int_equal(ta_view_equals(&view, contents[i], sizeof contents[i]), TA_OK);
        }
        assert_int_equal(f->decode(&decoder, &in, &frame), TA_MORE);
        assert_true(ta_buffer_is_empty(&frame));
        view = ta_buffer_view(&kept);
        assert_int_equal(ta_view_equals(&view, contents[0], sizeof contents[0]), TA_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_of_a_byte_costs_no_frame_before_it_or_after_the_next_delimiter),
        cmocka_unit_test(empty_frames_of_slip_and_double_delimiters_are_ignored),
        cmocka_unit_test(decoder_that_begins_in_a_stream_delivers_no_rest_of_a_frame),
        cmocka_unit_test(frame_above_the_limit_is_dropped_whole),
        cmocka_unit_test(no_memory_at_any_point_costs_only_that_frame),
        cmocka_unit_test(counters_stop_at_their_largest_value),
        cmocka_unit_test(stale_frame_is_discarded_and_not_delivered),
        cmocka_unit_test(stale_input_discards_the_frame),
        cmocka_unit_test(input_that_breaks_off_discards_the_frame),
        cmocka_unit_test(encoder_of_a_stale_view_says_so),
        cmocka_unit_test(encoder_that_has_finished_needs_no_frame),
        cmocka_unit_test(null_is_refused_and_changes_nothing),
        cmocka_unit_test(frame_stays_until_the_next_call_and_may_be_moved),
    };
    return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
