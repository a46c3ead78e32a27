/* SLIP: see slip.h. */
#include "framing.h"
#include <tinyalloc/slip.h>

#if TA_WITH_FRAMING

enum { END = 0xC0, ESC = 0xDB, ESC_END = 0xDC, ESC_ESC = 0xDD };

static bool is_special(uint8_t byte)
{
    return byte == END || byte == ESC;
}

/* ---- Decoding ------------------------------------------------------------------------------------------ */

/* A special byte, or plain ones. */
static ta_status decode_slip(decoder *d, ta_view *in, ta_buffer *frame)
{
    const uint8_t *at = in->here.at;
    uint8_t byte = *at, state = d->state;
    size_t n = 1;
    view_advance(in, 1);
    if (byte == END)
        d->state = FRAME_NONE;
    else if (state != FRAME_SKIPPED)
        d->state = byte == ESC ? FRAME_ESCAPED : FRAME_OPEN;
    if (state == FRAME_ESCAPED) {
        if (byte != ESC_END && byte != ESC_ESC)
            return TA_E_NO_MATCH;
        byte = byte == ESC_END ? END : ESC;
        at = &byte;
    } else if (d->state == FRAME_OPEN) {
        for (; in->here.left > 0 && !is_special(*in->here.at); n++)
            view_advance(in, 1);
    } else {
        return TA_OK;
    }
    return ta_buffer_write(frame, at, n);
}

ta_status ta_slip_decode(ta_slip_decoder *d, ta_view *in, ta_buffer *frame)
{
    return ta_frame_decode_(d, in, frame, decode_slip);
}

/* ---- Encoding ------------------------------------------------------------------------------------------ */

static uint8_t encode_slip(encoder *e, bool is_end)
{
    uint8_t state = e->state;
    e->state = is_end && state != ENCODER_NEW ? ENCODER_FINISHED : ENCODER_BUSY;
    if (is_end || state == ENCODER_NEW)
        return END;
    uint8_t byte = *e->rest.here.at;
    if (is_special(byte) && state != ENCODER_ESCAPED) {
        e->state = ENCODER_ESCAPED;
        return ESC;
    }
    if (is_special(byte))
        byte = byte == END ? ESC_END : ESC_ESC;
    view_advance(&e->rest, 1);
    return byte;
}

ta_status ta_slip_encode(ta_slip_encoder *e, void *data, size_t n, size_t *done)
{
    return ta_frame_encode_(e, data, n, done, encode_slip);
}

#endif /* TA_WITH_FRAMING */
