/**
 * @file slip.h
 * @brief SLIP frames (RFC 1055). See framing.h for how frames are received and sent.
 *
 * All bytes in hexadecimal:
 *
 *     frame      01 C0    02 DB
 *     sent    C0 01 DB DC 02 DB DD C0       C0 delimits; DB DC stands for C0, and DB DD for DB
 *
 * A frame of n bytes is sent as n + 2 bytes, and one more for each C0 and DB in it: 2 * n + 2 at worst. The C0 before
 * the frame ends noise that was received between frames. Empty frames are ignored by the decoder.
 */
#ifndef TINYALLOC_SLIP_H
#define TINYALLOC_SLIP_H

#include "framing.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A decoder. Zeroed: at the beginning of a stream. It counts frames that were `damaged` or `dropped`. */
typedef ta_frame_decoder_ ta_slip_decoder;

/** An encoder of one frame; see ta_slip_encoder_of(). */
typedef ta_frame_encoder_ ta_slip_encoder;

/**
 * @brief Decode up to the end of the next frame.
 * @param d     The decoder.
 * @param in    The input. It is advanced past what was decoded.
 * @param frame The buffer for one frame. Its limit is the length of the longest frame.
 * @retval TA_OK          A frame is complete.
 * @retval TA_MORE        `in` is empty; the frame continues in the next view.
 * @retval TA_E_NO_MATCH  The frame is damaged: a byte follows DB that may not.
 * @retval TA_E_FULL      The frame exceeds the limit of `frame`.
 * @retval TA_E_NO_MEMORY Too few blocks are free for the frame.
 * @retval TA_E_STALE     `in` or `frame` is stale.
 * @retval TA_E_INVALID   A pointer is NULL, or `frame` is not bound.
 */
ta_status ta_slip_decode(ta_slip_decoder *d, ta_view *in, ta_buffer *frame);

/**
 * @brief An encoder of a frame, before its first byte. O(1).
 * @param frame A view of the frame. Its bytes must stay until the last byte was produced.
 * @return The encoder.
 */
static inline ta_slip_encoder ta_slip_encoder_of(ta_view frame)
{
    return ta_frame_encoder_of_(frame);
}

/**
 * @brief Produce the next bytes: C0, the frame, C0. O(n).
 * @param e         The encoder.
 * @param[out] data Where they go; may be NULL if n is 0.
 * @param n         How many at most.
 * @param[out] done How many were produced; 0 after an error other than TA_E_INVALID.
 * @retval TA_OK        The last byte was produced, by this call or before.
 * @retval TA_MORE      n bytes were produced, and there are more.
 * @retval TA_E_STALE   The view of the frame is stale. The encoder is of no more use.
 * @retval TA_E_INVALID A pointer is NULL that must not be.
 */
ta_status ta_slip_encode(ta_slip_encoder *e, void *data, size_t n, size_t *done);

#ifdef __cplusplus
}
#endif

#endif
