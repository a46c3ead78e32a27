/* expect: blocks must be whole cache lines */
/* refused with: -DTA_PORT_FILE="../../test/cores/write_back.h" -DBLOCK=48 */
/* refused with: -DTA_PORT_FILE="../../test/cores/write_back.h" -DBLOCK=33 */
/* accepted with: -DTA_PORT_FILE="../../test/cores/write_back.h" -DBLOCK=96 */
/* accepted with: -DBLOCK=48 */
#include <tinyalloc/slab.h>

TA_SLAB_DEFINE(pool, BLOCK, 4);
