/* expect: TA_SLOT_BITS/TA_GENERATION_BITS must be 8/8, 8/16, 16/16 or 16/32 */
/* refused with: -DTA_SLOT_BITS=12 */
/* accepted with: -DTA_SLOT_BITS=16 -DTA_GENERATION_BITS=32 */
#include <tinyalloc/tinyalloc.h>

/* Only what is included matters here. */
extern int this_file_is_not_empty;
