/* expect: configMAX_SYSCALL_INTERRUPT_PRIORITY is 0, which masks nothing */
/* refused with: -DTA_PORT_FILE="tinyalloc/port/freertos.h" -DconfigMAX_SYSCALL_INTERRUPT_PRIORITY=0 */
/* accepted with: -DTA_PORT_FILE="tinyalloc/port/freertos.h" */
#include <tinyalloc/port.h>

/* Only what is included matters here. */
extern int this_file_is_not_empty;
