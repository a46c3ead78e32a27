/* expect: expected 'sensors_handle' but argument is of type 'ta_handle' */
/* expect: to parameter of incompatible type 'sensors_handle' */
/* expect: could not convert 'h' from 'ta_handle' to 'sensors_handle' */
/* expect: no known conversion from 'ta_handle' to 'sensors_handle' */
/* refused with: -DHANDLE=ta_handle */
/* accepted with: -DHANDLE=sensors_handle */
#include <tinyalloc/tinyalloc.h>

struct device {
    int number;
};
TA_POOL_OF(struct device, sensors, 4);

int use(HANDLE h);
int use(HANDLE h)
{
    return sensors_get(h)->number;
}
