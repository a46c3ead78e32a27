/* expect: with configNUMBER_OF_CORES above 1 it protects nothing */
/* refused with: -DTA_PORT_FILE="tinyalloc/port/freertos.h" -DconfigNUMBER_OF_CORES=2 */
/* accepted with: -DTA_PORT_FILE="tinyalloc/port/freertos.h" */
#include <tinyalloc/port.h>

/* Only what is included matters here. */
extern int this_file_is_not_empty;
