/* expect: tinyalloc: only bytes can be written */
/* compiler: g++ clang++ */
/* refused with: -DTYPE=short */
/* accepted with: -DTYPE=char */
/* What has data() and size() is written as bytes only if its elements are bytes. */
#include <tinyalloc/tinyalloc.hpp>

struct elements {
    const TYPE *data() const
    {
        return nullptr;
    }
    size_t size() const
    {
        return 0;
    }
};

ta_status use(ta::static_buffer &b, ta::static_queue &q);
ta_status use(ta::static_buffer &b, ta::static_queue &q)
{
    return q.write(elements()) == TA_OK ? b.write(elements()) : TA_OK;
}
