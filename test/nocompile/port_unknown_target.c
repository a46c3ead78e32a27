/* expect: define TA_PORT_FILE */
/* compiler: arm-none-eabi-gcc */
/* refused with: -mcpu=cortex-r5 */
/* refused with: -mcpu=cortex-a9 */
/* refused with: -mcpu=arm7tdmi */
/* accepted with: -mcpu=cortex-r5 -DTA_PORT_FILE="tinyalloc/port/none.h" */
/* accepted with: -mcpu=cortex-m0 -mthumb */
#include <tinyalloc/tinyalloc.h>

/* Nobody knows how interrupts are masked there, and masking nothing would go unnoticed: so a port must be chosen. */
extern int not_empty;
