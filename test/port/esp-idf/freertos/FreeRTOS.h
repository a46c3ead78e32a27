/* What port/esp32.h uses of ESP-IDF's FreeRTOS, as its manual describes it. Nobody defines it here. */
#ifndef FREERTOS_H
#define FREERTOS_H

#include <stdint.h>

typedef struct {
    uint32_t owner, count;
} portMUX_TYPE;

/* The values are not ESP-IDF's. */
#define portMUX_INITIALIZER_UNLOCKED \
    {                                \
        1, 0                         \
    }

void declared_enter(portMUX_TYPE *mux);
void declared_exit(portMUX_TYPE *mux);
#define portENTER_CRITICAL_SAFE(mux) declared_enter(mux)
#define portEXIT_CRITICAL_SAFE(mux) declared_exit(mux)

#endif
