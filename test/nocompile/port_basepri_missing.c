/* expect: define TA_PORT_BASEPRI, the ceiling */
/* refused with: -DTA_PORT_FILE="tinyalloc/port/cortex_m_basepri.h" -D__ARM_ARCH_ISA_THUMB=2 */
/* accepted with: -DTA_PORT_FILE="tinyalloc/port/cortex_m_basepri.h" -D__ARM_ARCH_ISA_THUMB=2 -DTA_PORT_BASEPRI=0x40 */
#include <tinyalloc/port.h>

/* Only what is included matters here. */
extern int this_file_is_not_empty;
