/* Interrupts that do not exist: a program that leaves a section open, or closes one twice, ends with an error. */
#include <stdlib.h>
#include <zephyr/irq.h>

static unsigned int depth;

__attribute__((destructor)) static void check(void)
{
    if (depth != 0)
        _Exit(3);
}

unsigned int irq_lock(void)
{
    return depth++;
}

void irq_unlock(unsigned int key)
{
    depth--;
    if (depth != key)
        _Exit(3);
}
