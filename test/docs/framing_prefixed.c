/* Frames with a length, as docs/framing.md handles them: in every two pieces, and one that is too long. */
#include "expect.h"

static unsigned count, bytes;

static void handle(const ta_view *body)
{
    count++;
    bytes += (unsigned)ta_view_len(body);
}

#include "framing_prefixed.h"

TA_SLAB_DEFINE(pool, 8, 30);
static ta_queue q = TA_QUEUE_INIT(pool, 0);

int main(void)
{
    static const uint8_t wire[] = {0, 3, 'a', 'b', 'c', 0, 0, 0, 2, 0, 1};
    for (size_t cut = 0; cut <= sizeof wire; cut++) {
        count = bytes = 0;
        EXPECT(ta_queue_write(&q, wire, cut) == TA_OK && handle_frames(&q));
        EXPECT(ta_queue_write(&q, wire + cut, sizeof wire - cut) == TA_OK && handle_frames(&q));
        EXPECT(count == 3 && bytes == 5 && ta_queue_is_empty(&q));
    }
    for (unsigned length = 0; length <= 101; length++) {
        uint8_t body[103] = {0, (uint8_t)length};
        EXPECT(ta_queue_write(&q, body, 2 + length) == TA_OK);
        EXPECT(handle_frames(&q) == (length <= 100));
    }
    return 0;
}
