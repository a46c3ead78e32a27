/* expect: use of deleted function */
/* expect: call to deleted constructor */
/* expect: call to implicitly-deleted copy constructor */
/* expect: overload resolution selected deleted operator */
/* expect: cannot be assigned because its copy assignment operator is implicitly deleted */
/* compiler: g++ clang++ */
/* refused with: -DCASE=ta::block{b} */
/* refused with: -DCASE=b=other */
/* refused with: -DCASE=ta::buffer{text} */
/* refused with: -DCASE=text=text */
/* refused with: -DCASE=ta::static_buffer{fixed} */
/* refused with: -DCASE=ta::queue{line} */
/* refused with: -DCASE=line=line */
/* refused with: -DCASE=ta::static_queue{ta::move(line)} */
/* refused with: -DCASE=numbers::owner{owner} */
/* refused with: -DCASE=owner=owner */
/* refused with: -DCASE=numbers{} */
/* accepted with: -DCASE=ta::block{ta::move(b)} */
/* accepted with: -DCASE=b=ta::move(other) */
/* accepted with: -DCASE=ta::buffer{ta::move(text)} */
/* accepted with: -DCASE=ta::queue{ta::move(line)} */
/* accepted with: -DCASE=line=ta::move(line) */
/* accepted with: -DCASE=numbers::owner{ta::move(owner)} */
/* What owns blocks is moved and not copied; what is static is neither; a pool has no objects. */
#include <tinyalloc/tinyalloc.hpp>

enum { ta_pool_id_pool = 0 };
TA_SLAB_DEFINE(pool, 8, 4);
using numbers = ta::pool<int, 4>;

void use(ta::block &b, ta::block &other, ta::buffer &text, ta::static_buffer &fixed, ta::queue &line,
         numbers::owner &owner);
void use(ta::block &b, ta::block &other, ta::buffer &text, ta::static_buffer &fixed, ta::queue &line,
         numbers::owner &owner)
{
    (void)b, (void)other, (void)text, (void)fixed, (void)line, (void)owner;
    (void)(CASE);
}
