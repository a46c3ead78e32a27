/** @file port/none.h One thread and no interrupts: nothing is masked. */
#ifndef TINYALLOC_PORT_NONE_H
#define TINYALLOC_PORT_NONE_H

#define TA_PORT_NAME "none"

typedef char ta_mask; /* nothing to save */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    return 0;
}

TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    (void)mask;
}

#endif
