/* The budget of docs/sizing.md holds when everything is at its longest at once. */
#include "expect.h"

#include "sizing_budget.h"

int main(void)
{
    static const uint8_t data[ANSWER + RECEIVED] = {0};
    for (size_t phase = 0; phase < BLOCK; phase++) {
        ta_clear(pool);
        ta_queue_clear(&received);
        ta_buffer_clear(&line);
        ta_buffer_clear(&answer);

        EXPECT(ta_buffer_write(&answer, data, BLOCK) == TA_OK &&
               ta_buffer_consume(&answer, BLOCK - 1) == TA_OK);
        EXPECT(ta_buffer_write(&answer, data, ANSWER - 1) == TA_OK);
        EXPECT(ta_buffer_write(&line, data, phase + LONGEST_LINE - 1) == TA_OK &&
               ta_buffer_consume(&line, phase) == TA_OK);
        for (size_t i = 0; i < 2 * BLOCK; i++) {
            EXPECT(ta_queue_write(&received, data, RECEIVED) == TA_OK);
            EXPECT(ta_queue_take(&received, &line) == TA_OK);
            EXPECT(ta_queue_write(&received, data, RECEIVED) == TA_OK);
            EXPECT(ta_queue_consume(&received, RECEIVED) == TA_OK);
            EXPECT(ta_queue_push(&received, 0) == TA_OK && ta_queue_consume(&received, 1) == TA_OK);
            EXPECT(ta_buffer_consume(&line, RECEIVED) == TA_OK);
        }
    }
    EXPECT(ta_stats_of(pool).failures == 0);
    return 0;
}
