/* Units through a queue that keeps the newest: see image.h. */
#include "image.h"
#include <string.h>

static ta_recent recent;
static uint8_t unit[64], next_in, next_out; /* each unit is full of its number */

/* An empty one on the pool made last, for units of one length. Limit 0: none. */
unsigned recent_make(unsigned length, unsigned limit)
{
    next_in = next_out = 0;
    return ta_recent_init(&recent, current_pool, limit, length) != TA_OK;
}

/* Write so many units of n bytes. */
unsigned recent_write(unsigned n, unsigned units)
{
    unsigned wrong = 0;
    for (; units > 0; units--) {
        memset(unit, next_in++, n);
        wrong += ta_recent_write(&recent, unit, n) != TA_OK;
    }
    return wrong;
}

/* Write a unit and read it, so many times. */
unsigned recent_work(unsigned n, unsigned rounds)
{
    unsigned wrong = 0;
    for (; rounds > 0; rounds--) {
        size_t length = 0;
        wrong += recent_write(n, 1);
        wrong += ta_recent_read(&recent, unit, n, &length) != TA_OK || length != n;
        wrong += unit[0] != next_out || unit[n - 1] != next_out;
        next_out++;
    }
    return wrong;
}

unsigned recent_dropped(unsigned units)
{
    return ta_recent_dropped(&recent) != units;
}
