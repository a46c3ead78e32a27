/* expect: expected 'motors_handle' but argument is of type 'sensors_handle' */
/* expect: to parameter of incompatible type 'motors_handle' */
/* expect: could not convert 'h' from 'sensors_handle' to 'motors_handle' */
/* expect: no known conversion from 'sensors_handle' to 'motors_handle' */
/* refused with: -DHANDLE=sensors_handle -DCALL=get */
/* refused with: -DHANDLE=sensors_handle -DCALL=free */
/* refused with: -DHANDLE=sensors_handle -DCALL=is_live */
/* accepted with: -DHANDLE=motors_handle -DCALL=get */
/* accepted with: -DHANDLE=motors_handle -DCALL=free */
/* accepted with: -DHANDLE=motors_handle -DCALL=is_live */
#include <tinyalloc/tinyalloc.h>

/* Two pools of one type: their handles are of different types, too. */
struct device {
    int number;
};
TA_POOL_OF(struct device, sensors, 4);
TA_POOL_OF(struct device, motors, 4);

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

bool use(HANDLE h);
bool use(HANDLE h)
{
    return JOIN(motors_, CALL)(h);
}
