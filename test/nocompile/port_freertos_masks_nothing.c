/* expect: this FreeRTOS port masks nothing */
/* refused with: -DTA_PORT_FILE="tinyalloc/port/freertos.h" -DPORT_MASKS_NOTHING */
/* accepted with: -DTA_PORT_FILE="tinyalloc/port/freertos.h" */
#include <tinyalloc/port.h>

/* Only what is included matters here. */
extern int this_file_is_not_empty;
