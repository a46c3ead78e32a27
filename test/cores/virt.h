/* For every file of an image for virt: which hart is this? */
#ifndef VIRT_H
#define VIRT_H

#include <stdint.h>

static inline uint32_t hart_(void)
{
    uint32_t hart;
    __asm__("csrr %0, mhartid" : "=r"(hart));
    return hart;
}
#define CORE() hart_()

#endif
