/**
 * @file port/esp32.h
 * ESP32, S3, P4 and the chips of one core, with ESP-IDF: one portMUX, which nests by itself.
 *
 * Compiled against declarations of ESP-IDF's names; not run. For tasks and interrupts of both cores. An interrupt
 * above ESP-IDF's level for critical sections must not call the library, because it is not masked. Put pools and
 * queues into internal RAM.
 */
#ifndef TINYALLOC_PORT_ESP32_H
#define TINYALLOC_PORT_ESP32_H

#include "acquire_release.h"
#include <freertos/FreeRTOS.h>

#define TA_PORT_NAME "esp32"

extern portMUX_TYPE ta_port_lock_;
#define TA_PORT_STATE portMUX_TYPE ta_port_lock_ = portMUX_INITIALIZER_UNLOCKED;

typedef char ta_mask; /* nothing: the portMUX counts sections and keeps the interrupt level */

TA_INLINE_ ta_mask ta_critical_enter(void)
{
    portENTER_CRITICAL_SAFE(&ta_port_lock_);
    TA_BARRIER_();
    return 0;
}

TA_INLINE_ void ta_critical_exit(ta_mask mask)
{
    (void)mask;
    TA_BARRIER_();
    portEXIT_CRITICAL_SAFE(&ta_port_lock_);
}

#endif
