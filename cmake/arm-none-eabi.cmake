# Bare-metal Arm with Debian's arm-none-eabi-gcc and picolibc. TINYALLOC_CPU: cortex-m0, cortex-m3, …
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TINYALLOC_CPU)
set(TINYALLOC_CPU cortex-m3 CACHE STRING "the -mcpu to build for")
set(CMAKE_C_FLAGS_INIT "-mcpu=${TINYALLOC_CPU} -mthumb --specs=picolibc.specs")
