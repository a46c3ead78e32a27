/* expect: could not convert */
/* expect: no viable conversion */
/* expect: cannot convert */
/* expect: cannot initialize a variable of type */
/* expect: no matching function for call to */
/* compiler: g++ clang++ */
/* refused with: -DTYPE=int -DCASE=apples::get(pear) */
/* refused with: -DTYPE=int -DCASE=apples::get(pears::handle()) */
/* refused with: -DTYPE=int -DCASE=apples::get(plain) */
/* refused with: -DTYPE=char -DCASE=apples::get(apple) */
/* refused with: -DTYPE=int -DCASE=others::get(apple) */
/* accepted with: -DTYPE=int -DCASE=apples::get(apple) */
/* accepted with: -DTYPE=char -DCASE=pears::get(pear) */
/* accepted with: -DTYPE=int -DCASE=apples::get(apples::handle(plain)) */
/* A handle of one pool is no handle of another, even of the same type; and get() returns the type of the objects. */
#include <tinyalloc/tinyalloc.hpp>

using apples = ta::pool<int, 4>;
using others = ta::pool<int, 4, struct other>;
using pears = ta::pool<char, 4>;

void use(apples::handle apple, pears::handle pear, ta_handle plain);
void use(apples::handle apple, pears::handle pear, ta_handle plain)
{
    (void)apple, (void)pear, (void)plain;
    TYPE *it = CASE;
    (void)it;
}
