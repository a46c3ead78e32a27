/* expect: this core has no LDREX */
/* compiler: arm-none-eabi-gcc */
/* refused with: -DTA_PORT_FILE="tinyalloc/port/cortex_m_multicore.h" -DTA_PORT_CORE()=0u -mcpu=cortex-m0plus -mthumb */
/* accepted with: -DTA_PORT_FILE="tinyalloc/port/cortex_m_multicore.h" -DTA_PORT_CORE()=0u -mcpu=cortex-m23 -mthumb */
/* accepted with: -DTA_PORT_FILE="tinyalloc/port/cortex_m_multicore.h" -DTA_PORT_CORE()=0u -mcpu=cortex-m7 -mthumb */
#include <tinyalloc/port.h>

/* Only what is included matters here. */
extern int this_file_is_not_empty;
