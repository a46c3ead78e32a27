/* expect: blocks must be whole cache lines */
/* refused with: -DTA_PORT_FILE="../../test/cores/write_back.h" -DALIGNMENT=16 */
/* accepted with: -DTA_PORT_FILE="../../test/cores/write_back.h" -DALIGNMENT=32 */
/* accepted with: -DTA_PORT_FILE="../../test/cores/write_back.h" -DALIGNMENT=64 */
#include <tinyalloc/slab.h>

TA_SLAB_DEFINE_EX(pool, 64, 4, ALIGNMENT, );
