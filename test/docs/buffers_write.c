/* A pair is added whole or not at all, for every number of free blocks. */
#include "expect.h"

#include "buffers_write.h"

int main(void)
{
    EXPECT(add_pair("name", "a value") == TA_OK);
    EXPECT(holds(&text, "name=a value"));
    for (size_t taken = 0; ta_available(pool) > 0; taken++) {
        size_t before = ta_available(pool);
        ta_status status = add_pair("another", "one of twenty bytes!");
        EXPECT(status == (before >= 3 ? TA_OK : TA_E_NO_MEMORY));
        EXPECT(ta_buffer_truncate(&text, 12) == TA_OK && holds(&text, "name=a value"));
        EXPECT(ta_available(pool) == before);
        ta_alloc(pool, 0);
    }
    ta_buffer_set_limit(&text, 16);
    EXPECT(add_pair("long", "er") == TA_E_FULL && holds(&text, "name=a value"));
    return 0;
}
