/*
 * Any bytes, in pieces, are decoded as a decoder of plain arrays does it; the same bytes are encoded, in pieces, to
 * what that decoder gives back; and their CRCs over chunks are those of single bits.
 *
 * An input: 3 bytes that choose the format, the pieces and the longest frame, and the bytes.
 */
#include "fuzz.h"
#include <tinyalloc/tinyalloc.h>

enum { LENGTH_MAX = 600, ENCODED_MAX = 2 * LENGTH_MAX + 8, SLIP_END = 0xC0, SLIP_ESC = 0xDB };
TA_SLAB_DEFINE(pool, 7, 2 * ENCODED_MAX / 7 + 8);

/* Frames, one after another, and what was discarded. */
typedef struct frames {
    uint8_t bytes[ENCODED_MAX];
    size_t ends[ENCODED_MAX], count, length;
    unsigned damaged, dropped;
} frames;

static void deliver(frames *f, bool is_damaged, bool is_dropped)
{
    size_t first = f->count ? f->ends[f->count - 1] : 0;
    f->damaged += is_damaged;
    f->dropped += is_dropped;
    if (is_damaged || is_dropped)
        f->length = first;
    else
        f->ends[f->count++] = f->length;
}

/* ---- Decoders of plain arrays: `data` is what is between two delimiters, or after the last ------------------- */

static void slip_of_array(frames *f, const uint8_t *data, size_t n, size_t limit, bool has_ended)
{
    size_t first = f->length;
    bool is_damaged = false, is_dropped = false;
    for (size_t i = 0; i < n && !is_damaged && !is_dropped; i++) {
        uint8_t byte = data[i];
        if (byte == SLIP_ESC) {
            uint8_t code = ++i < n ? data[i] : 0;
            if (i == n && !has_ended)
                break;
            is_damaged = code != 0xDC && code != 0xDD;
            byte = code == 0xDC ? SLIP_END : SLIP_ESC;
        }
        is_dropped = !is_damaged && f->length - first == limit;
        f->bytes[f->length++] = byte;
    }
    if (n > 0 && (has_ended || is_damaged || is_dropped))
        deliver(f, is_damaged, is_dropped);
}

static void cobs_of_array(frames *f, const uint8_t *data, size_t n, size_t limit, bool has_ended)
{
    size_t first = f->length;
    bool is_damaged = false;
    for (size_t i = 0; i < n;) {
        size_t code = data[i++], group = code - 1 < n - i ? code - 1 : n - i;
        memcpy(f->bytes + f->length, data + i, group);
        f->length += group;
        i += group;
        is_damaged = group < code - 1;
        if (i < n && code < 0xFF)
            f->bytes[f->length++] = 0;
    }
    bool is_dropped = f->length - first > limit;
    if (n > 0 && (has_ended || is_dropped))
        deliver(f, is_damaged && !is_dropped, is_dropped);
}

static void decode_array(frames *f, bool is_slip, const uint8_t *data, size_t n, size_t limit)
{
    size_t from = 0;
    memset(f, 0, sizeof *f);
    for (size_t i = 0; i <= n; i++)
        if (i == n || data[i] == (is_slip ? SLIP_END : 0)) {
            (is_slip ? slip_of_array : cobs_of_array)(f, data + from, i - from, limit, i < n);
            from = i + 1;
        }
}

/* ---- The library's ----------------------------------------------------------------------------------------------- */

static void decode(frames *f, bool is_slip, const uint8_t *data, size_t n, size_t limit, size_t step)
{
    static ta_queue received = TA_QUEUE_INIT(pool, 0);
    static ta_buffer frame = TA_BUFFER_INIT(pool);
    ta_frame_decoder_ decoder = {0};
    memset(f, 0, sizeof *f);
    NEED(ta_buffer_set_limit(&frame, limit) == TA_OK);
    for (size_t at = 0, piece; at < n; at += piece) {
        piece = step < n - at ? step : n - at;
        NEED(ta_queue_write(&received, data + at, piece) == TA_OK);
        for (ta_status status = TA_OK; status != TA_MORE;) {
            ta_view in = ta_queue_view(&received);
            size_t before = ta_view_len(&in);
            status = (is_slip ? ta_slip_decode : ta_cobs_decode)(&decoder, &in, &frame);
            NEED(ta_queue_consume(&received, before - ta_view_len(&in)) == TA_OK);
            NEED(status == TA_OK || status == TA_MORE || status == TA_E_NO_MATCH || status == TA_E_FULL);
            if (status == TA_OK) {
                size_t length = ta_buffer_len(&frame);
                NEED(ta_buffer_copy_out(&frame, 0, f->bytes + f->length, length) == TA_OK);
                f->length += length;
                f->ends[f->count++] = f->length;
            }
        }
    }
    f->damaged = decoder.damaged;
    f->dropped = decoder.dropped;
    NEED(ta_buffer_clear(&frame) == TA_OK && ta_queue_clear(&received) == TA_OK &&
         ta_stats_of(pool).used == 0);
    NEED(ta_slab_check(pool) == 0);
}

static size_t encode(uint8_t *to, bool is_slip, ta_view frame, size_t step)
{
    ta_frame_encoder_ encoder = is_slip ? ta_slip_encoder_of(frame) : ta_cobs_encoder_of(frame);
    ta_status status = TA_MORE;
    size_t length = 0, done;
    while (status == TA_MORE) {
        NEED(length + step <= ENCODED_MAX + 256);
        status = (is_slip ? ta_slip_encode : ta_cobs_encode)(&encoder, to + length, step, &done);
        NEED(done <= step && (status == TA_OK || (status == TA_MORE && done == step)));
        length += done;
    }
    return length;
}

/* ---- CRCs -------------------------------------------------------------------------------------------------------- */

/* The remainder, lowest bit first. */
static uint32_t remainder_of(uint32_t crc, uint32_t polynomial, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < 8 * n; i++) {
        bool is_one = ((crc ^ (uint32_t)data[i / 8] >> i % 8) & 1) != 0;
        crc = crc >> 1 ^ (is_one ? polynomial : 0);
    }
    return crc;
}

static uint16_t high_first(uint16_t crc, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < 8 * n; i++) {
        bool is_one = ((crc >> 15 ^ (uint32_t)data[i / 8] >> (7 - i % 8)) & 1) != 0;
        crc = (uint16_t)(crc << 1 ^ (is_one ? 0x1021 : 0));
    }
    return crc;
}

static void check_crcs(ta_view v, uint16_t begin, const uint8_t *data, size_t n)
{
    uint16_t crc = begin, reflected = begin;
    uint32_t crc32 = begin;
    NEED(ta_crc16(&crc, &v) == TA_OK && crc == high_first(begin, data, n));
    NEED(ta_crc16_reflected(&reflected, TA_CRC16_MODBUS, &v) == TA_OK);
    NEED(reflected == remainder_of(begin, TA_CRC16_MODBUS, data, n));
    NEED(ta_crc32(&crc32, &v) == TA_OK && crc32 == ~remainder_of(~(uint32_t)begin, 0xEDB88320, data, n));
}

/* ---- One input --------------------------------------------------------------------------------------------------- */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static frames expected, got;
    static uint8_t encoded[ENCODED_MAX + 256];
    static ta_buffer buffer = TA_BUFFER_INIT(pool);
    if (length < 3 || length - 3 > LENGTH_MAX)
        return 0;
    const uint8_t *data = bytes + 3;
    size_t n = length - 3, step = 1 + bytes[1], limit = 1 + bytes[2];
    bool is_slip = bytes[0] % 2;
    decode_array(&expected, is_slip, data, n, limit);
    decode(&got, is_slip, data, n, limit, step);
    NEED(got.count == expected.count && got.damaged == expected.damaged && got.dropped == expected.dropped);
    NEED(memcmp(got.ends, expected.ends, got.count * sizeof *got.ends) == 0);
    NEED(memcmp(got.bytes, expected.bytes, got.length) == 0);

    NEED(ta_buffer_write(&buffer, data, n) == TA_OK);
    size_t sent = encode(encoded, is_slip, ta_buffer_view(&buffer), step);
    NEED(sent <= (is_slip ? 2 * n + 2 : n + 2 + (n > 0 ? (n - 1) / 254 : 0)));
    decode_array(&expected, is_slip, encoded, sent, LENGTH_MAX);
    NEED(expected.count == (n > 0 || !is_slip) && expected.length == n &&
         memcmp(expected.bytes, data, n) == 0);
    check_crcs(ta_buffer_view(&buffer), (uint16_t)(bytes[1] << 8 | bytes[2]), data, n);
    NEED(ta_buffer_clear(&buffer) == TA_OK);
    return 0;
}
