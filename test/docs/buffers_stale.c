/* After ta_clear(): stale, refused, and usable again once cleared. And what the text says of views and of copies. */
#include "expect.h"

TA_SLAB_DEFINE(pool, 8, 8);
TA_QUEUE_DEFINE(received, pool, 0);
static ta_buffer input = TA_BUFFER_INIT(pool);
static int disabled;

static void uart_disable_interrupt(void)
{
    disabled++;
}
static void uart_enable_interrupt(void)
{
    disabled--;
}

#include "buffers_stale.h"

int main(void)
{
    uint8_t byte;
    EXPECT(ta_buffer_write(&input, "some text", 9) == TA_OK && ta_queue_write(&received, "more", 4) == TA_OK);
    ta_clear(pool);
    EXPECT(ta_buffer_pop(&input, &byte) == TA_E_STALE && ta_queue_pop(&received, &byte) == TA_E_STALE);
    EXPECT(ta_buffer_push(&input, 'x') == TA_E_STALE && ta_queue_push(&received, 'x') == TA_E_STALE);
    restart();
    EXPECT(ta_buffer_write(&input, "new text, of two chunks", 23) == TA_OK &&
           holds(&input, "new text, of two chunks"));
    EXPECT(ta_queue_write(&received, "more", 4) == TA_OK && disabled == 0);

    ta_view view = ta_buffer_view(&input);
    EXPECT(ta_buffer_write(&input, " and more", 9) == TA_OK);
    EXPECT(ta_view_equals(&view, "new text, of two chunks", 23) ==
           TA_OK); /* writing behind it does not disturb it */
    EXPECT(ta_buffer_consume(&input, 8) == TA_OK && ta_view_check(&view) == TA_E_STALE);

    ta_buffer copy = input; /* the error */
    EXPECT(ta_buffer_pop(&input, &byte) == TA_OK &&
           ta_buffer_len(&copy) == ta_buffer_len(&input) + 1); /* not yet */
    EXPECT(ta_buffer_consume(&input, 7) == TA_OK && ta_buffer_pop(&copy, &byte) == TA_E_STALE);

    ta_buffer other = TA_BUFFER_INIT(pool);
    EXPECT(ta_buffer_move(&other, &input) == TA_OK && ta_buffer_is_empty(&input) &&
           ta_buffer_len(&other) == 16);
    return 0;
}
