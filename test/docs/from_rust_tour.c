/* The tour of docs/from-rust.md ends as it should, and leaves nothing behind. */
#include "expect.h"

#include "from_rust_tour.h"

int main(void)
{
    for (int i = 0; i < 100; i++)
        EXPECT(tour() && ta_available(pool) == 32);
    return 0;
}
