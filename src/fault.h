/* A bug of the caller that the library can see: tell the hook, then the caller. */
#ifndef TINYALLOC_FAULT_H
#define TINYALLOC_FAULT_H

#include <tinyalloc/status.h>

static inline ta_status invalid(void)
{
    TA_FAULT(TA_E_INVALID);
    return TA_E_INVALID;
}

#endif
