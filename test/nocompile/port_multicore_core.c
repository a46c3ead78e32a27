/* expect: define TA_PORT_CORE(), the number of the core */
/* compiler: arm-none-eabi-gcc */
/* refused with: -DTA_PORT_FILE="tinyalloc/port/cortex_m_multicore.h" -mcpu=cortex-m33 -mthumb */
/* accepted with: -DTA_PORT_FILE="tinyalloc/port/cortex_m_multicore.h" -mcpu=cortex-m33 -mthumb -DTA_PORT_CORE()=0u */
#include <tinyalloc/port.h>

/* Only what is included matters here. */
extern int this_file_is_not_empty;
