/* Frames are sent as COBS through a queue. A damaged one is discarded, and the next one is received whole. */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 16, 16);
TA_QUEUE_DEFINE(line, pool, 128); /* stands for the wire */
static ta_buffer frame = TA_BUFFER_INIT(pool);

static ta_status send(const uint8_t *data, size_t n)
{
    ta_cobs_encoder encoder = ta_cobs_encoder_of(ta_view_of(data, n));
    ta_status status = TA_MORE;
    ta_span span;
    size_t done;
    while (status == TA_MORE && ta_queue_reserve(&line, n, &span) == TA_OK) {
        status = ta_cobs_encode(&encoder, span.data, span.length, &done);
        ta_queue_commit(&line, done);
    }
    return status; /* TA_MORE: no room */
}

int main(void)
{
    const uint8_t message[] = {0x00, 0x11, 0x00, 0x22};
    ta_cobs_decoder decoder = {0};
    ta_status status;
    if (send(message, sizeof message) != TA_OK || ta_queue_push(&line, 9) != TA_OK || /* a damaged frame */
        ta_queue_push(&line, 0) != TA_OK || send(message, 2) != TA_OK)
        return 1;
    printf("%zu bytes on the line\n", ta_queue_len(&line));

    ta_view in = ta_queue_view(&line);
    while ((status = ta_cobs_decode(&decoder, &in, &frame)) != TA_MORE)
        printf("%s: a frame of %zu bytes\n", ta_status_name(status), ta_buffer_len(&frame));
    printf("%u damaged\n", decoder.damaged);
    return ta_queue_clear(&line) != TA_OK;
}
