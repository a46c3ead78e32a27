/* expect: identity does not fit TA_HANDLE_POOL_BITS */
/* compiler: g++ clang++ */
/* refused with: -DTA_HANDLE_POOL_BITS=3 -DIDENTITY=8 */
/* accepted with: -DTA_HANDLE_POOL_BITS=3 -DIDENTITY=7 */
#include <tinyalloc/tinyalloc.hpp>

struct tag {
    static constexpr ta_handle_bits pool_id = IDENTITY;
};
using numbers = ta::pool<int, 4, tag>;

int *use(numbers::handle h);
int *use(numbers::handle h)
{
    return numbers::get(h);
}
