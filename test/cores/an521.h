/* For every file of an image for mps2-an521: which core is this? The stack tells, for each core has its own. */
#ifndef AN521_H
#define AN521_H

#include <stdint.h>

#define CORE1_STACK 0x2000
extern uint8_t core1_stack[CORE1_STACK];

/* The register that has the number, CPU_IDENTITY, would cost a lock in the emulator, which then runs one core at a time. */
#define CORE() ((uint32_t)((uintptr_t)__builtin_frame_address(0) - (uintptr_t)core1_stack < CORE1_STACK))

#define TA_PORT_CORE() CORE()

#endif
