/* A typed pool of sensors. */
#include "expect.h"

#include "pools_typed.h"

int main(void)
{
    sensors_handle h = add_sensor(3);
    EXPECT(calibrate(h, -12) && sensors_get(h)->offset == -12 && sensors_get(h)->channel == 3);
    EXPECT(ta_available(sensors) == 7 && ta_is_live(sensors, h.untyped));
    EXPECT(sensors_free(h) && !calibrate(h, 1) && !sensors_free(h));
    for (int i = 0; i < 8; i++)
        EXPECT(sensors_is_live(add_sensor(1)));
    EXPECT(!sensors_is_live(add_sensor(1)));
    return 0;
}
