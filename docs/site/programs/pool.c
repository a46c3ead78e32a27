/* Objects of one type. The compiler refuses the handle of another pool, and `get` returns the right pointer type. */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

struct sensor {
    const char *name;
    int offset;
};

TA_POOL_OF(struct sensor, sensors, 2); /* declares sensors_handle, sensors_alloc() and the others */

static void show(sensors_handle h)
{
    const struct sensor *s = sensors_get(h);
    if (s)
        printf("%s has the offset %d\n", s->name, s->offset);
    else
        printf("no such sensor\n");
}

int main(void)
{
    sensors_handle door = sensors_alloc(), window = sensors_alloc();
    if (!sensors_is_live(door) || !sensors_is_live(window))
        return 1;
    *sensors_get(door) = (struct sensor){"door", 3};
    *sensors_get(window) = (struct sensor){"window", -1};
    show(door);
    show(window);

    printf("a third sensor: %s\n", sensors_is_live(sensors_alloc()) ? "allocated" : "refused");
    sensors_free(door);
    show(door);
    return ta_slab_check(sensors); /* the name of the pool is a slab, for all other calls */
}
