/* The loops of decoders and encoders: see framing.h. */
#include "framing.h"

#if TA_WITH_FRAMING

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
    if (!d || !in)
        return invalid();
    ta_status status = d->state == FRAME_NONE ? ta_buffer_clear(frame) : ta_buffer_write(frame, NULL, 0);
    if (status == TA_E_INVALID)
        return status;
    if (status == TA_OK)
        status = ta_view_check(in);
    while (status == TA_OK) {
        if (view_span(in) > 0) {
            bool was_open = d->state == FRAME_OPEN;
            status = step(d, in, frame);
            if (status == TA_OK && was_open && d->state == FRAME_NONE)
                return TA_OK;
        } else if (in->here.rest > 0) {
            status = TA_E_STALE;
        } else {
            return TA_MORE;
        }
    }
    return discard(d, frame, status);
}

ta_status ta_frame_encode_(encoder *e, uint8_t *to, size_t n, size_t *done, encode_step step)
{
    if (!e || !done || (!to && n))
        return invalid();
    *done = 0;
    if (e->state == ENCODER_FINISHED)
        return TA_OK;
    size_t i = 0;
    ta_status status = ta_view_check(&e->rest);
    while (status == TA_OK && i < n && e->state != ENCODER_FINISHED) {
        bool is_end = view_span(&e->rest) == 0;
        if (is_end && e->rest.here.rest > 0)
            status = TA_E_STALE;
        else
            to[i++] = step(e, is_end);
    }
    if (status != TA_OK)
        return status;
    *done = i;
    return e->state == ENCODER_FINISHED ? TA_OK : TA_MORE;
}

#endif /* TA_WITH_FRAMING */
