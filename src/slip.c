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

/* A byte after ESC. */
static ta_status decode_escaped(decoder *d, uint8_t byte, ta_buffer *frame)
{
    d->state = byte == END ? FRAME_NONE : FRAME_OPEN;
    if (byte != ESC_END && byte != ESC_ESC)
        return TA_E_NO_MATCH;
    return ta_buffer_push(frame, byte == ESC_END ? END : ESC);
}

/* A special byte, or plain ones. */
static ta_status decode(decoder *d, ta_view *in, ta_buffer *frame)
{
    const uint8_t *at = in->here.at;
    if (d->state == FRAME_ESCAPED || is_special(*at)) {
        view_advance(in, 1);
        if (d->state == FRAME_ESCAPED)
            return decode_escaped(d, *at, frame);
        if (*at == END)
            d->state = FRAME_NONE;
        else if (d->state != FRAME_SKIPPED)
            d->state = FRAME_ESCAPED;
        return TA_OK;
    }
    do
        view_advance(in, 1);
    while (in->here.left > 0 && !is_special(*in->here.at));
    if (d->state == FRAME_SKIPPED)
        return TA_OK;
    d->state = FRAME_OPEN;
    return ta_buffer_write(frame, at, (size_t)(in->here.at - at));
}

ta_status ta_slip_decode(ta_slip_decoder *d, ta_view *in, ta_buffer *frame)
{
    return ta_frame_decode_(d, in, frame, decode);
}

/* ---- Encoding ------------------------------------------------------------------------------------------ */

static uint8_t encode(encoder *e, bool is_end)
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
    return ta_frame_encode_(e, data, n, done, encode);
}

#endif /* TA_WITH_FRAMING */
