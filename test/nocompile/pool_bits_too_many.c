/* expect: TA_HANDLE_POOL_BITS must be 0 to 8 */
/* refused with: -DTA_HANDLE_POOL_BITS=9 */
/* accepted with: -DTA_HANDLE_POOL_BITS=8 */
#include <tinyalloc/tinyalloc.h>

/* Only what is included matters here. */
extern int this_file_is_not_empty;
