/**
 * @file framing.h
 * @brief What SLIP (slip.h) and COBS (cobs.h) share: frames out of pieces that arrive, and into pieces that are sent.
 *
 *     received --view--> [ decoder ] --bytes--> frame, a buffer
 *     frame    --view--> [ encoder ] --bytes--> an array, for example space that is reserved in a queue
 *
 * Decoders and encoders can stop after any byte and continue later. They store no bytes of a frame. To receive from a
 * queue (`receive` is ta_slip_decode() or ta_cobs_decode(), `decoder` was zeroed):
 *
 *     ta_view in = ta_queue_view(&received);
 *     size_t before = ta_view_len(&in);
 *     if (receive(&decoder, &in, &frame) == TA_OK)
 *         handle(&frame);
 *     ta_queue_consume(&received, before - ta_view_len(&in));
 *
 * To send through a queue (`send` is ta_slip_encode() or ta_cobs_encode(), `encoder` was made by ta_slip_encoder_of() or
 * ta_cobs_encoder_of(), and `status` was set to TA_MORE):
 *
 *     ta_span span;
 *     size_t done;
 *     while (status == TA_MORE && ta_queue_reserve(&sent, 32, &span) == TA_OK) {
 *         status = send(&encoder, span.data, span.length, &done);
 *         ta_queue_commit(&sent, done);
 *     }
 *
 * If the loop ends with TA_MORE, the queue has no room. Enter the loop again later; the encoder continues where it
 * stopped.
 *
 * **Decoding.** Whatever the result is, `in` then begins after the bytes that were decoded: remove these from the
 * queue. Open and final views are treated alike.
 *
 * | status         | meaning                                     | `frame`                                     |
 * |----------------|---------------------------------------------|---------------------------------------------|
 * | TA_OK          | A frame is complete.                        | the frame; the next call removes it         |
 * | TA_MORE        | `in` is empty. Call again with more bytes.  | the part that has arrived; do not change it |
 * | TA_E_NO_MATCH  | A frame is damaged.                         | empty                                       |
 * | TA_E_FULL      | A frame exceeds the limit of `frame`.       | empty                                       |
 * | TA_E_NO_MEMORY | Too few blocks are free for a frame.        | empty                                       |
 * | TA_E_STALE     | `in` or `frame` is stale: bytes are lost.   | empty, and usable again                     |
 * | TA_E_INVALID   | A pointer is NULL, or `frame` is not bound. | unchanged                                   |
 *
 * With NO_MATCH, FULL, NO_MEMORY and STALE, a frame was discarded: no part of it is ever delivered. If its delimiter
 * has not been reached, later calls skip the rest of it. FULL and NO_MEMORY are counted in `dropped`, the others in
 * `damaged`. Damage that the format cannot detect gives a wrong frame, so put a CRC into each frame (crc.h).
 *
 * **Encoding.** An encoder is for one frame, and reads it through a view. So the frame must stay as it is until its
 * last byte was produced.
 *
 * For every call of slip.h and cobs.h:
 * - **Context**: that of the buffers' owner, and of the queue's reader.
 * - **Cost**: O(bytes that are examined). Interrupts are masked only while `frame` takes or frees blocks, and on AVR
 *   while a counter is loaded or stored.
 * - **Memory**: bytes are copied; `frame` does not refer to the input.
 */
#ifndef TINYALLOC_FRAMING_H
#define TINYALLOC_FRAMING_H

#include "view.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A decoder: ta_slip_decoder or ta_cobs_decoder. Zeroed: the first byte begins a frame. See also TA_DECODER_RESYNC. */
typedef struct ta_frame_decoder_ {
    uint16_t damaged; /**< Frames that were discarded because of wrong or missing bytes, up to 65,535. */
    uint16_t dropped; /**< Frames that were discarded because there was no room, up to 65,535. */
    uint8_t state;    /**< Private. */
    uint8_t left;     /**< Private: COBS: bytes of the current group that are missing. */
    bool is_zero_due; /**< Private: COBS: a 0 comes before the next group. */
} ta_frame_decoder_;

/**
 * Initialiser of a decoder that skips bytes up to the next delimiter. For a stream that may have begun before, after
 * ta_clear(), and when bytes of the input were removed: otherwise the rest of a frame would be taken as a whole one.
 */
#define TA_DECODER_RESYNC \
    {                     \
        0, 0, 2, 0, false \
    }

/** An encoder of one frame: ta_slip_encoder or ta_cobs_encoder. Its members are private. */
typedef struct ta_frame_encoder_ {
    uint8_t state;    /**< Private. */
    uint8_t left;     /**< Private: COBS: bytes that the current group has left. */
    bool is_zero_due; /**< Private: COBS: a 0 follows the group. */
    ta_view rest;     /**< Private: what is left of the frame. */
} ta_frame_encoder_;

static inline ta_frame_encoder_ ta_frame_encoder_of_(ta_view frame)
{
    ta_frame_encoder_ e = {0, 0, false, frame};
    return e;
}

#ifdef __cplusplus
}
#endif

#endif
