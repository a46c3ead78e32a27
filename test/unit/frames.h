/*
 * For the tests of SLIP and COBS: both formats once more, on plain arrays; a receiver that keeps a log of what is
 * delivered; and what the log should be.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include "support.h"

#define LONGEST_FRAME ((size_t)40)
#define LONGEST_WIRE (2 * LONGEST_FRAME + 2)
#define LOG_SIZE EFFORT((size_t)400, (size_t)200, (size_t)100)

/* What was delivered: for each frame its length and its bytes. */
struct log {
    uint8_t bytes[LOG_SIZE];
    size_t length;
    unsigned frames, damaged, dropped;
};

static inline void log_frame(struct log *l, const uint8_t *bytes, size_t n)
{
    assert_true(l->length + 1 + n <= sizeof l->bytes);
    l->bytes[l->length++] = (uint8_t)n;
    memcpy(l->bytes + l->length, bytes, n);
    l->length += n;
    l->frames++;
}

static inline bool is_same_log(const struct log *a, const struct log *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0 && a->damaged == b->damaged &&
           a->dropped == b->dropped;
}

/* ---- The formats --------------------------------------------------------------------------------------- */

enum { IS_DAMAGED = -1, IS_TOO_LONG = -2 };

struct format {
    const char *name;
    ta_status (*decode)(ta_frame_decoder_ *d, ta_view *in, ta_buffer *frame);
    ta_status (*encode)(ta_frame_encoder_ *e, void *data, size_t n, size_t *done);
    ta_frame_encoder_ (*encoder_of)(ta_view frame);
    size_t (*model_encode)(const uint8_t *from, size_t n, uint8_t *to);
    /* What is between two delimiters, n > 0 bytes: the frame's length, or why there is none. */
    int (*model_decode)(const uint8_t *from, size_t n, uint8_t *to, size_t limit);
    uint8_t delimiter;
    bool delimits_both_ends;
};

static inline size_t model_encode_slip(const uint8_t *from, size_t n, uint8_t *to)
{
    size_t length = 0;
    to[length++] = 0xC0;
    for (size_t i = 0; i < n; i++) {
        if (from[i] == 0xC0 || from[i] == 0xDB)
            to[length++] = 0xDB;
        to[length++] = from[i] == 0xC0 ? 0xDC : from[i] == 0xDB ? 0xDD : from[i];
    }
    to[length++] = 0xC0;
    return length;
}

static inline int model_decode_slip(const uint8_t *from, size_t n, uint8_t *to, size_t limit)
{
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = from[i];
        if (byte == 0xDB) {
            if (++i == n || (from[i] != 0xDC && from[i] != 0xDD))
                return IS_DAMAGED;
            byte = from[i] == 0xDC ? 0xC0 : 0xDB;
        }
        if (length == limit)
            return IS_TOO_LONG;
        to[length++] = byte;
    }
    return (int)length;
}

/* Cheshire and Baker's way: the code is filled in when its group is complete. */
static inline size_t model_encode_cobs(const uint8_t *from, size_t n, uint8_t *to)
{
    size_t code = 0, length = 1;
    for (size_t i = 0; i < n; i++) {
        if (from[i] != 0)
            to[length++] = from[i];
        if (from[i] == 0 || (length - code == 0xFF && i + 1 < n)) {
            to[code] = (uint8_t)(length - code);
            code = length++;
        }
    }
    to[code] = (uint8_t)(length - code);
    to[length++] = 0;
    return length;
}

static inline int model_decode_cobs(const uint8_t *from, size_t n, uint8_t *to, size_t limit)
{
    size_t length = 0, i = 0;
    while (i < n) {
        uint8_t code = from[i++];
        size_t group = code - 1u, rest = n - i, taken = group < rest ? group : rest;
        if (length + taken > limit)
            return IS_TOO_LONG;
        memcpy(to + length, from + i, taken);
        length += taken;
        i += taken;
        if (taken < group)
            return IS_DAMAGED;
        if (code < 0xFF && i < n) {
            if (length == limit)
                return IS_TOO_LONG;
            to[length++] = 0;
        }
    }
    return (int)length;
}

static const struct format formats[] = {
    {"SLIP", ta_slip_decode, ta_slip_encode, ta_slip_encoder_of, model_encode_slip, model_decode_slip, 0xC0,
     true},
    {"COBS", ta_cobs_decode, ta_cobs_encode, ta_cobs_encoder_of, model_encode_cobs, model_decode_cobs, 0x00,
     false},
};

#define FOR_EACH_FORMAT(f) for (const struct format *f = formats; f < formats + COUNT_OF(formats); f++)

/* What should be delivered of a stream that ends with a delimiter. */
static inline void model_receive(const struct format *f, const uint8_t *stream, size_t n, size_t limit,
                                 struct log *l)
{
    uint8_t frame[LONGEST_WIRE];
    memset(l, 0, sizeof *l);
    for (size_t at = 0, end; at < n; at = end + 1) {
        for (end = at; stream[end] != f->delimiter;)
            end++;
        if (end == at)
            continue;
        int length = f->model_decode(stream + at, end - at, frame, limit);
        l->damaged += length == IS_DAMAGED;
        l->dropped += length == IS_TOO_LONG;
        if (length >= 0)
            log_frame(l, frame, (size_t)length);
    }
}

/* ---- The receiver -------------------------------------------------------------------------------------- */

#define BLOCKS_OF_16 EFFORT(130, 130, 17)
static ta_slab queue_slab, frame_slab;
static TA_ALIGNAS(max_align_t) uint8_t queue_arena[ARENA_OF(BLOCKS_OF_16, 16)],
    frame_arena[ARENA_OF(BLOCKS_OF_16, 16)];

static ta_frame_decoder_ decoder;
static ta_queue queue;
static ta_buffer frame;
static struct log received;

#define QUEUE_POOL (&queue_slab.allocator)
#define FRAME_POOL (&frame_slab.allocator)

static inline void make_frame(size_t block_size)
{
    assert_int_equal(ta_slab_init(&frame_slab, frame_arena, sizeof frame_arena, block_size), TA_OK);
    assert_int_equal(ta_buffer_init(&frame, FRAME_POOL), TA_OK);
}

static inline void make_receiver(size_t block_size)
{
    make_frame(block_size);
    assert_int_equal(ta_slab_init(&queue_slab, queue_arena, sizeof queue_arena, block_size), TA_OK);
    assert_int_equal(ta_queue_init(&queue, QUEUE_POOL, 0), TA_OK);
}

static inline void begin_stream(void)
{
    memset(&decoder, 0, sizeof decoder);
    memset(&received, 0, sizeof received);
}

static inline void log_received(void)
{
    uint8_t bytes[LONGEST_WIRE];
    size_t n = ta_buffer_len(&frame);
    assert_true(n <= sizeof bytes);
    assert_int_equal(ta_buffer_copy_out(&frame, 0, bytes, n), TA_OK);
    log_frame(&received, bytes, n);
}

/* One call, as the documents show it. */
static inline ta_status receive(const struct format *f)
{
    ta_view in = ta_queue_view(&queue);
    size_t before = ta_view_len(&in);
    ta_status status = f->decode(&decoder, &in, &frame);
    assert_int_equal(ta_queue_consume(&queue, before - ta_view_len(&in)), TA_OK);
    if (status == TA_OK)
        log_received();
    else if (status != TA_MORE)
        assert_true(ta_buffer_is_empty(&frame) && used(FRAME_POOL) == 0);
    return status;
}

/* These bytes arrive. */
static inline void feed(const struct format *f, const uint8_t *bytes, size_t n)
{
    ta_status status;
    assert_int_equal(ta_queue_write(&queue, bytes, n), TA_OK);
    do {
        status = receive(f);
        assert_true(status == TA_OK || status == TA_MORE || status == TA_E_NO_MATCH || status == TA_E_FULL ||
                    status == TA_E_NO_MEMORY);
    } while (status != TA_MORE);
    assert_true(ta_queue_is_empty(&queue));
}

/* The stream has ended with a delimiter: nothing but what is delivered may be left. */
static inline void end_stream(const struct format *f)
{
    assert_int_equal(receive(f), TA_MORE);
    assert_int_equal(ta_buffer_check(&frame), 0);
    assert_int_equal(used(FRAME_POOL), 0);
    check_pool(FRAME_POOL);
    assert_int_equal(ta_queue_trim(&queue), TA_OK);
    assert_int_equal(used(QUEUE_POOL), 0);
    received.damaged = decoder.damaged;
    received.dropped = decoder.dropped;
}

/* Encode a view into arrays of `step` bytes each: these n bytes. */
static inline void expect_encoded(const struct format *f, ta_view view, const uint8_t *wire, size_t n,
                                  size_t step)
{
    ta_frame_encoder_ encoder = f->encoder_of(view);
    ta_status status = TA_MORE;
    size_t length = 0, done;
    uint8_t piece[6];
    assert_true(step < sizeof piece);
    assert_int_equal(f->encode(&encoder, NULL, 0, &done), TA_MORE);
    assert_int_equal(done, 0);
    while (status == TA_MORE) {
        piece[step] = 0xA5;
        status = f->encode(&encoder, piece, step, &done);
        assert_true(status == TA_OK || (status == TA_MORE && done == step));
        assert_true(done <= step && done <= n - length && piece[step] == 0xA5);
        assert_memory_equal(piece, wire + length, done);
        length += done;
    }
    assert_int_equal(length, n);
    assert_int_equal(f->encode(&encoder, piece, step, &done), TA_OK);
    assert_int_equal(done, 0);
}

#endif
