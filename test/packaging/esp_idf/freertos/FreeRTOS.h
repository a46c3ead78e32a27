/* Stands in for ESP-IDF's header, as far as port/esp32.h uses it: a portMUX that only counts. */
#ifndef STAND_IN_FREERTOS_H
#define STAND_IN_FREERTOS_H

#include <stdlib.h>

typedef struct portMUX_TYPE {
    unsigned depth;
} portMUX_TYPE;

#define portMUX_INITIALIZER_UNLOCKED \
    {                                \
        0                            \
    }

static inline void portENTER_CRITICAL_SAFE(portMUX_TYPE *mux)
{
    mux->depth++;
}

static inline void portEXIT_CRITICAL_SAFE(portMUX_TYPE *mux)
{
    if (mux->depth-- == 0)
        _Exit(3);
}

#endif
