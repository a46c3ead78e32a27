/* How the sources with pairs write their lists. */
#ifndef PAIRS_LISTS_H
#define PAIRS_LISTS_H

#include "pairs.h"

#define CALL(operation, number)          \
    {                                    \
        .op = (operation), .n = (number) \
    }
#define DO(name, ...)   \
    {                   \
        name,           \
        {               \
            __VA_ARGS__ \
        }               \
    }
#define LIST(array)                            \
    {                                          \
        array, sizeof(array) / sizeof *(array) \
    }
#define NONE \
    {        \
        0, 0 \
    }

#endif
