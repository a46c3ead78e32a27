/* expect: incompatible pointer type */
/* expect: cannot convert 'device*' to 'motor*' */
/* expect: cannot initialize a variable of type 'struct motor *' */
/* refused with: -DTYPE=motor */
/* accepted with: -DTYPE=device */
#include <tinyalloc/tinyalloc.h>

struct device {
    int number;
};
struct motor {
    int number;
};
TA_POOL_OF(struct device, devices, 4);

int use(devices_handle h);
int use(devices_handle h)
{
    struct TYPE *it = devices_get(h);
    return it ? it->number : 0;
}
