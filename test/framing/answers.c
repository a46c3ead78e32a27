/*
 * Answers questions about frames, a line each, for the program `compare`. Bytes are in hexadecimal, none is "-".
 *
 *     encode slip 7 01C002            the encoded frame, produced 7 bytes at a time
 *     decode cobs 2 0201000505        each frame that is delivered, received 2 bytes at a time; then the damaged ones
 *     crc - 0 313233                  CRC-32, XMODEM, CCITT-FALSE, X-25, MODBUS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

#define LONGEST 4096 /* bytes of a question */

TA_SLAB_DEFINE(pool, 32, LONGEST / 32 + 2);
static ta_queue queue = TA_QUEUE_INIT(pool, 0);
TA_SLAB_DEFINE(frame_pool, 32, LONGEST / 32 + 2);
static ta_buffer frame = TA_BUFFER_INIT(frame_pool);

static void need(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "answers: %s\n", what);
    exit(1);
}

static void print_bytes(ta_view v)
{
    ta_span span;
    if (ta_view_is_empty(&v))
        printf("-");
    while (ta_view_next_span(&v, &span) == TA_OK)
        for (size_t i = 0; i < span.length; i++)
            printf("%02X", (unsigned)span.data[i]);
}

static void encode(bool is_slip, size_t step, const uint8_t *bytes, size_t n)
{
    ta_view v = ta_view_of(bytes, n);
    ta_slip_encoder encoder = is_slip ? ta_slip_encoder_of(v) : ta_cobs_encoder_of(v);
    ta_status status = TA_MORE;
    ta_span span;
    size_t done;
    while (status == TA_MORE) {
        need(ta_queue_reserve(&queue, step, &span) == TA_OK, "no room");
        status = (is_slip ? ta_slip_encode : ta_cobs_encode)(&encoder, span.data, span.length, &done);
        need(ta_queue_commit(&queue, done) == TA_OK, "commit failed");
    }
    need(status == TA_OK, "encoding failed");
    print_bytes(ta_queue_view(&queue));
    need(ta_queue_consume(&queue, ta_queue_len(&queue)) == TA_OK, "consume failed");
}

static void decode(bool is_slip, size_t step, const uint8_t *bytes, size_t n)
{
    ta_slip_decoder decoder = {0};
    for (size_t at = 0; at < n; at += step) {
        need(ta_queue_write(&queue, bytes + at, step < n - at ? step : n - at) == TA_OK, "write failed");
        for (ta_status status = TA_OK; status != TA_MORE;) {
            ta_view in = ta_queue_view(&queue);
            size_t before = ta_view_len(&in);
            status = (is_slip ? ta_slip_decode : ta_cobs_decode)(&decoder, &in, &frame);
            need(ta_queue_consume(&queue, before - ta_view_len(&in)) == TA_OK, "consume failed");
            need(status == TA_OK || status == TA_MORE || status == TA_E_NO_MATCH, ta_status_name(status));
            if (status == TA_OK) {
                print_bytes(ta_buffer_view(&frame));
                printf(" ");
            }
        }
    }
    printf("%u", (unsigned)decoder.damaged);
    need(ta_buffer_clear(&frame) == TA_OK && ta_stats_of(frame_pool).used == 0, "bytes are left");
}

static void print_crcs(const uint8_t *bytes, size_t n)
{
    ta_view v = ta_view_of(bytes, n);
    uint32_t crc32 = 0;
    uint16_t xmodem = 0, ccitt = 0xFFFF, x25 = 0xFFFF, modbus = 0xFFFF;
    need(ta_crc32(&crc32, &v) == TA_OK && ta_crc16(&xmodem, &v) == TA_OK && ta_crc16(&ccitt, &v) == TA_OK &&
             ta_crc16_reflected(&x25, TA_CRC16_HDLC, &v) == TA_OK &&
             ta_crc16_reflected(&modbus, TA_CRC16_MODBUS, &v) == TA_OK,
         "a CRC failed");
    printf("%08lX %04X %04X %04X %04X", (unsigned long)crc32, (unsigned)xmodem, (unsigned)ccitt,
           (unsigned)(x25 ^ 0xFFFF), (unsigned)modbus);
}

static size_t parse_bytes(const char *text, uint8_t *bytes)
{
    size_t n = 0;
    for (unsigned byte; sscanf(text, "%2X", &byte) == 1; text += 2)
        bytes[n++] = (uint8_t)byte;
    return n;
}

int main(void)
{
    static char question[16], format[16], text[2 * LONGEST + 1];
    static uint8_t bytes[LONGEST];
    size_t step;
    while (scanf("%15s %15s %zu %8192s", question, format, &step, text) == 4) {
        size_t n = parse_bytes(text, bytes);
        bool is_slip = strcmp(format, "slip") == 0;
        if (strcmp(question, "encode") == 0)
            encode(is_slip, step, bytes, n);
        else if (strcmp(question, "decode") == 0)
            decode(is_slip, step, bytes, n);
        else
            print_crcs(bytes, n);
        printf("\n");
    }
    return 0;
}
