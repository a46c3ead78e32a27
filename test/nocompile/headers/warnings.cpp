// Every macro for users, in C++: with every warning that a user's build may have.
#include <tinyalloc/conformance.h>
#include <tinyalloc/tinyalloc.hpp>

struct sensor {
    int32_t offset;
};
enum { ta_pool_id_pool = 0, ta_pool_id_odd = 0, ta_pool_id_sensors = 0, ta_pool_id_aligned = 0 };
TA_SLAB_DEFINE(pool, 8, 4);
TA_SLAB_DEFINE(odd, 7, 4);
TA_SLAB_DEFINE_EX(aligned, 64, 2, 32, );
TA_POOL_OF(sensor, sensors, 4);
TA_QUEUE_DEFINE(line, pool, 0);
TA_RECENT_DEFINE(newest, pool, 100, 4);
TA_GLOBAL_USE(1k_16);
extern ta_buffer text;
ta_buffer text = TA_BUFFER_INIT(pool);
extern ta_handle nothing;
ta_handle nothing = TA_NONE_INIT;

using numbers = ta::pool<int, 4>;
struct own {
    int value;
    ~own()
    {
        value = 0;
    }
};
using owns = ta::pool<own, 2>;
bool use(numbers::handle h, sensors_handle s, ta_handle plain);
bool use(numbers::handle h, sensors_handle s, ta_handle plain)
{
    ta_mask mask = ta_critical_enter();
    ta_critical_exit(mask);
    ta::buffer b{pool}, c{ta::move(b)};
    ta::block block{pool, 4};
    owns::owner owner = owns::make(3);
    ta::static_queue q{pool};
    ta_slab_get(pool, TA_NONE);
    return numbers::get(h) && sensors_get(s) && ta_handle_eq(plain, TA_NONE) && TA_SLAB_ALIGNMENT(12) == 4 &&
           q.push('x') == TA_OK && c.append_block(ta::move(block), 1) == TA_OK && owner.get();
}
