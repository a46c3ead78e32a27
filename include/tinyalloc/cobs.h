/**
 * @file cobs.h
 * @brief COBS frames (Cheshire and Baker, 1999). See framing.h for how frames are received and sent.
 *
 * All bytes in hexadecimal:
 *
 *     frame      11 22 00 33
 *     sent    03 11 22 02 33 00      00 ends the frame; the codes 03 and 02 tell where the next 00 or the end is
 *
 * A code and its bytes are a group. Code FF stands for 254 bytes without a 00 after them. A frame of n bytes is sent as
 * n + 2 bytes, and one more for each 254 bytes without a 00 that others follow: n + 2 + (n - 1) / 254 at worst.
 *
 * A 00 that follows another one is ignored. An empty frame is sent as 01 00, and delivered.
 */
#ifndef TINYALLOC_COBS_H
#define TINYALLOC_COBS_H

#include "framing.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A decoder. Zeroed: at the beginning of a stream. It counts frames that were `damaged` or `dropped`. */
typedef ta_frame_decoder_ ta_cobs_decoder;

/** An encoder of one frame; see ta_cobs_encoder_of(). */
typedef ta_frame_encoder_ ta_cobs_encoder;

/**
 * @brief Decode up to the end of the next frame.
 * @param d     The decoder.
 * @param in    The input. It is advanced past what was decoded.
 * @param frame The buffer for one frame. Its limit is the length of the longest frame.
 * @retval TA_OK          A frame is complete.
 * @retval TA_MORE        `in` is empty; the frame continues in the next view.
 * @retval TA_E_NO_MATCH  The frame is damaged: it ends within a group.
 * @retval TA_E_FULL      The frame exceeds the limit of `frame`.
 * @retval TA_E_NO_MEMORY Too few blocks are free for the frame.
 * @retval TA_E_STALE     `in` or `frame` is stale.
 * @retval TA_E_INVALID   A pointer is NULL, or `frame` is not bound.
 */
ta_status ta_cobs_decode(ta_cobs_decoder *d, ta_view *in, ta_buffer *frame);

/**
 * @brief An encoder of a frame, before its first byte. O(1).
 * @param frame A view of the frame. Its bytes must stay until the last byte was produced.
 * @return The encoder.
 */
static inline ta_cobs_encoder ta_cobs_encoder_of(ta_view frame)
{
    return ta_frame_encoder_of_(frame);
}

/**
 * @brief Produce the next bytes: groups, then 00.
 *
 * O(n), and up to 254 bytes for each code, which counts the bytes that follow it.
 * @param e         The encoder.
 * @param[out] data Where they go; may be NULL if n is 0.
 * @param n         How many at most.
 * @param[out] done How many were produced; 0 after an error other than TA_E_INVALID.
 * @retval TA_OK        The last byte was produced, by this call or before.
 * @retval TA_MORE      n bytes were produced, and there are more.
 * @retval TA_E_STALE   The view of the frame is stale. The encoder is of no more use.
 * @retval TA_E_INVALID A pointer is NULL that must not be.
 */
ta_status ta_cobs_encode(ta_cobs_encoder *e, void *data, size_t n, size_t *done);

#ifdef __cplusplus
}
#endif

#endif
