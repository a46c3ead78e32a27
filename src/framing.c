/* The loops of decoders and encoders: see framing.h. */
#include "framing.h"

#if TA_WITH_FRAMING

_Static_assert(FRAME_SKIPPED == 2, "TA_DECODER_RESYNC says so");

/* Nothing of the frame stays. Count it, unless that was done when its first part was discarded. */
static ta_status discard(decoder *d, ta_buffer *frame, ta_status why)
{
    uint16_t *counter = why == TA_E_FULL || why == TA_E_NO_MEMORY ? &d->dropped : &d->damaged;
    if (d->state != FRAME_SKIPPED && *counter < UINT16_MAX)
        ++*counter;
    if (d->state != FRAME_NONE || why == TA_E_STALE)
        d->state = FRAME_SKIPPED;
    (void)ta_buffer_clear(frame);
    return why;
}

ta_status ta_frame_decode_(decoder *d, ta_view *in, ta_buffer *frame, decode_step step)
{
    ta_status status = d && frame ? ta_view_check(in) : invalid();
    if (status == TA_OK)
        status = d->state == FRAME_NONE ? ta_buffer_clear(frame) : ta_buffer_write(frame, NULL, 0);
    while (status == TA_OK) {
        bool was_open = d->state == FRAME_OPEN;
        if (view_span(in) > 0)
            status = step(d, in, frame);
        else
            status = in->here.rest > 0 ? TA_E_STALE : TA_MORE;
        if (was_open && d->state == FRAME_NONE)
            break;
    }
    bool is_discarded = status != TA_OK && status != TA_MORE && status != TA_E_INVALID;
    return is_discarded ? discard(d, frame, status) : status;
}

ta_status ta_frame_encode_(encoder *e, uint8_t *to, size_t n, size_t *done, encode_step step)
{
    if (!e || !done || (!to && n))
        return invalid();
    size_t i = 0;
    *done = 0;
    if (e->state != ENCODER_FINISHED && ta_view_check(&e->rest) != TA_OK)
        return TA_E_STALE;
    for (; i < n && e->state != ENCODER_FINISHED; i++) {
        bool is_end = view_span(&e->rest) == 0;
        if (is_end && e->rest.here.rest > 0)
            return TA_E_STALE;
        to[i] = step(e, is_end);
    }
    *done = i;
    return e->state == ENCODER_FINISHED ? TA_OK : TA_MORE;
}

#endif /* TA_WITH_FRAMING */
