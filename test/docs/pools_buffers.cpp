// A queue, a buffer that is summed up, and one that is moved.
#include "expect.h"
#include <tinyalloc/tinyalloc.hpp>

#include "pools_buffers.h"

int main()
{
    const char text[] = "twenty-one bytes long";
    uint8_t sum = 0;
    for (const char *byte = text; *byte; byte++) {
        uart_interrupt(uint8_t(*byte));
        sum = uint8_t(sum + uint8_t(*byte));
    }
    EXPECT(checksum() == sum && received.empty());
    EXPECT(received.clear() == TA_OK && ta_available(pool) == 8);
    {
        ta::buffer payload{pool};
        EXPECT(payload.write("12345", 5) == TA_OK);
        ta::buffer frame = framed(ta::move(payload));
        EXPECT(holds(frame.c(), "<id=7,12345>") && payload.empty());
    }
    EXPECT(ta_available(pool) == 8);
}
