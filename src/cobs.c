/*
 * COBS: see cobs.h. A frame consists of groups. The code of a group is 1 + the number of its bytes, none of which is 0.
 *
 *     sent     03 11 22   01   FF 254 bytes   03 33 44   00
 *     frame       11 22 0    0    254 bytes      33 44         a 0 follows each group but the last, and not code FF
 */
#include "framing.h"
#include <tinyalloc/cobs.h>

#if TA_WITH_FRAMING

#define LONGEST_GROUP 254

/* Pass the bytes before the next 0, at most n. Returns how many. */
static size_t pass_run(ta_view *v, size_t n)
{
    size_t length = 0;
    while (length < n && view_span(v) > 0 && *v->here.at != 0) {
        view_advance(v, 1);
        length++;
    }
    return length;
}

/* ---- Decoding ------------------------------------------------------------------------------------------ */

/* Bytes of a group, a delimiter, or a code. */
static ta_status decode_cobs(decoder *d, ta_view *in, ta_buffer *frame)
{
    const uint8_t *at = in->here.at;
    bool is_open = d->state == FRAME_OPEN, is_in_group = is_open && d->left > 0;
    if (*at != 0 && is_in_group) {
        size_t n = pass_run(in, smaller(in->here.left, d->left));
        d->left = (uint8_t)(d->left - n);
        return ta_buffer_write(frame, at, n);
    }
    view_advance(in, 1);
    if (*at == 0) {
        d->state = FRAME_NONE;
        return is_in_group ? TA_E_NO_MATCH : TA_OK;
    }
    if (d->state == FRAME_SKIPPED)
        return TA_OK;
    bool was_zero_due = d->is_zero_due;
    d->state = FRAME_OPEN;
    d->left = (uint8_t)(*at - 1);
    d->is_zero_due = d->left < LONGEST_GROUP;
    return is_open && was_zero_due ? ta_buffer_push(frame, 0) : TA_OK;
}

ta_status ta_cobs_decode(ta_cobs_decoder *d, ta_view *in, ta_buffer *frame)
{
    return ta_frame_decode_(d, in, frame, decode_cobs);
}

/* ---- Encoding ------------------------------------------------------------------------------------------ */

/* A code counts the bytes of its group, then the view goes back to the first of them. */
static uint8_t encode_cobs(encoder *e, bool is_end)
{
    if (e->left > 0) {
        uint8_t byte = *e->rest.here.at;
        view_advance(&e->rest, 1);
        e->left--;
        return byte;
    }
    if (is_end && e->state != ENCODER_NEW) {
        e->state = ENCODER_FINISHED;
        return 0;
    }
    if (e->is_zero_due)
        view_advance(&e->rest, 1);
    const view_place start = e->rest.here;
    e->left = (uint8_t)pass_run(&e->rest, LONGEST_GROUP);
    e->rest.here = start;
    e->is_zero_due = e->left < LONGEST_GROUP;
    e->state = ENCODER_BUSY;
    return (uint8_t)(e->left + 1);
}

ta_status ta_cobs_encode(ta_cobs_encoder *e, void *data, size_t n, size_t *done)
{
    return ta_frame_encode_(e, data, n, done, encode_cobs);
}

#endif /* TA_WITH_FRAMING */
