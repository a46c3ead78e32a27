/* expect: For configMAX_SYSCALL_INTERRUPT_PRIORITY include FreeRTOSConfig.h by TA_CONFIG_FILE, or use port/freertos.h */
/* refused with: -Wno-undef -DTA_PORT_FILE="tinyalloc/port/cortex_m_basepri.h" -D__ARM_ARCH_ISA_THUMB=2 -DTA_PORT_BASEPRI=configMAX_SYSCALL_INTERRUPT_PRIORITY */
/* accepted with: -DTA_PORT_FILE="tinyalloc/port/cortex_m_basepri.h" -D__ARM_ARCH_ISA_THUMB=2 -DTA_PORT_BASEPRI=configMAX_SYSCALL_INTERRUPT_PRIORITY -DconfigMAX_SYSCALL_INTERRUPT_PRIORITY=80 */
#include <tinyalloc/port.h>

/* Only what is included matters here. */
extern int this_file_is_not_empty;
