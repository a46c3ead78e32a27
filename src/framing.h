/*
 * What SLIP and COBS share. A decoder has a buffer with at most one frame, and a state:
 *
 *                  first byte              delimiter: it is delivered
 *     FRAME_NONE -------------> FRAME_OPEN ---------------------------> FRAME_NONE
 *         ^                         | damaged, or no room
 *         '----- delimiter --- FRAME_SKIPPED
 *
 * In FRAME_NONE the buffer contains the frame that was delivered, or nothing. The next call removes it.
 */
#ifndef TINYALLOC_PRIVATE_FRAMING_H
#define TINYALLOC_PRIVATE_FRAMING_H

#include "walk.h"
#include <tinyalloc/framing.h>

typedef ta_frame_decoder_ decoder;
typedef ta_frame_encoder_ encoder;

enum { FRAME_NONE, FRAME_OPEN, FRAME_SKIPPED, FRAME_ESCAPED /* SLIP: open, and ESC was the last byte */ };

/* Decode one byte or more of at least one that follows without a gap. At a delimiter it sets FRAME_NONE, also if it
 * returns TA_E_NO_MATCH. */
typedef ta_status (*decode_step)(decoder *d, ta_view *in, ta_buffer *frame);

ta_status ta_frame_decode_(decoder *d, ta_view *in, ta_buffer *frame, decode_step step);

enum {
    ENCODER_NEW,
    ENCODER_BUSY,
    ENCODER_FINISHED,
    ENCODER_ESCAPED /* SLIP: busy, and ESC was the last byte */
};

/* The next byte. If the frame has ended (is_end), it is the last one, unless the encoder is new; then the step sets
 * ENCODER_FINISHED. */
typedef uint8_t (*encode_step)(encoder *e, bool is_end);

ta_status ta_frame_encode_(encoder *e, uint8_t *to, size_t n, size_t *done, encode_step step);

#endif
