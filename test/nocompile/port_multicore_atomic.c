/* expect: this port needs the A extension */
/* compiler: riscv64-unknown-elf-gcc */
/* refused with: -DTA_PORT_FILE="tinyalloc/port/riscv_multicore.h" -march=rv32imc -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs */
/* accepted with: -DTA_PORT_FILE="tinyalloc/port/riscv_multicore.h" -march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs */
#include <tinyalloc/port.h>

/* Only what is included matters here. */
extern int this_file_is_not_empty;
