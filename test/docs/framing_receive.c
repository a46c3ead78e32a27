/* Frames as docs/framing.md receives them: of every length, damaged, too long, and with bytes that were refused. */
#include "expect.h"

#include "framing_receive.h"

static uint8_t wire[200];

/* A frame of n bytes and their CRC, encoded. */
static size_t make_wire(uint8_t first, size_t n)
{
    uint8_t bytes[140];
    uint16_t crc = 0xFFFF;
    size_t done;
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(first + i);
    ta_view v = ta_view_of(bytes, n);
    EXPECT(ta_crc16(&crc, &v) == TA_OK);
    bytes[n] = (uint8_t)(crc >> 8);
    bytes[n + 1] = (uint8_t)crc;
    ta_cobs_encoder encoder = ta_cobs_encoder_of(ta_view_of(bytes, n + 2));
    EXPECT(ta_cobs_encode(&encoder, wire, sizeof wire, &done) == TA_OK);
    return done;
}

static void arrive(size_t n)
{
    for (size_t i = 0; i < n; i++)
        uart_isr(wire[i]);
}

static bool is_next(uint8_t first, size_t n)
{
    bool is_same = next_frame() && ta_buffer_len(&frame) == n;
    for (size_t i = 0; is_same && i < n; i++) {
        uint8_t byte;
        is_same = ta_buffer_copy_out(&frame, i, &byte, 1) == TA_OK && byte == (uint8_t)(first + i);
    }
    return is_same;
}

static void every_length_arrives_or_is_dropped_whole(void)
{
    for (size_t n = 0; n < 100; n++) {
        unsigned dropped = decoder.dropped;
        size_t length = make_wire((uint8_t)n, n);
        for (size_t i = 0; i + 1 < length; i++) {
            uart_isr(wire[i]);
            EXPECT(!next_frame());
        }
        uart_isr(wire[length - 1]);
        EXPECT(n <= 64 ? is_next((uint8_t)n, n) : !next_frame());
        EXPECT(decoder.dropped == dropped + (n > 64));
        EXPECT(!next_frame() && ta_buffer_is_empty(&frame));
    }
    EXPECT(decoder.damaged == 0 && wrong_crc == 0);
}

/* Every bit of a frame is changed once: only that frame is lost, or, with its delimiter, the next one, too. */
static void damage_costs_no_other_frame(void)
{
    size_t length = make_wire(7, 20);
    for (size_t i = 0; i < length; i++)
        for (int bit = 0; bit < 8; bit++) {
            unsigned bad = decoder.damaged + decoder.dropped + wrong_crc;
            make_wire(7, 20);
            wire[i] = (uint8_t)(wire[i] ^ 1 << bit);
            arrive(length);
            arrive(make_wire(8, 20));
            if (i + 1 < length)
                EXPECT(is_next(8, 20));
            arrive(make_wire(9, 20));
            EXPECT(is_next(9, 20) && !next_frame());
            EXPECT(decoder.damaged + decoder.dropped + wrong_crc > bad);
        }
}

static void noise_does_not_fill_the_queue(void)
{
    for (long i = 0; i < 100000; i++) {
        uart_isr((uint8_t)(1 + i % 255));
        if (i % 100 == 0)
            EXPECT(!next_frame());
    }
    uart_isr(0);
    arrive(make_wire(1, 10));
    EXPECT(is_next(1, 10) && ta_queue_dropped(&received) == 0);
}

static void refused_bytes_cost_only_the_frames_that_miss_them(void)
{
    for (uint8_t i = 0; i < 10; i++)
        arrive(make_wire(i, 30)); /* 34 bytes each: the queue has room for less than four */
    EXPECT(ta_queue_dropped(&received) > 0);
    for (uint8_t i = 0; i < 3; i++)
        EXPECT(is_next(i, 30));
    EXPECT(!next_frame());
    arrive(make_wire(50, 30)); /* it continues the fourth frame */
    EXPECT(!next_frame());
    arrive(make_wire(51, 30));
    EXPECT(is_next(51, 30));
}

int main(void)
{
    begin();
    every_length_arrives_or_is_dropped_whole();
    damage_costs_no_other_frame();
    noise_does_not_fill_the_queue();
    refused_bytes_cost_only_the_frames_that_miss_them();
    EXPECT(!next_frame() && ta_buffer_is_empty(&frame) && ta_stats_of(pool).used <= 1);
    return 0;
}
