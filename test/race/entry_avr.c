/*
 * The image on AVR: how it and the host wait for each other.
 *
 *     GPIOR0    READY -> GO (host) -> BEGIN -> OVER -> END -> CHECK (host) -> DONE; LEAVE: a handler is about to return
 *     GPIOR1/2  the address of `record`
 */
#include "race_avr.h"
#include "race_image.h"
#include <avr/interrupt.h>

ISR(INT0_vect)
{
    if (record.nests)
        sei();
    race_interrupt();
    GPIOR0 = LEAVE;
}

ISR(INT1_vect)
{
    race_inner_interrupt();
    GPIOR0 = LEAVE;
}

int main(void)
{
    GPIOR1 = (uint8_t)(uintptr_t)&record;
    GPIOR2 = (uint8_t)((uintptr_t)&record >> 8);
    EIMSK = 1 << INT0 | 1 << INT1;
    race_open();
    GPIOR0 = READY;
    while (GPIOR0 != GO)
        ;
    race_prepare();
    sei();
    GPIOR0 = BEGIN;
    race_operate();
    record.is_masked = race_is_masked();
    GPIOR0 = OVER;
    __asm__ volatile("nop"); /* an interrupt that waits comes now */
    cli();
    GPIOR0 = END;
    while (GPIOR0 != CHECK)
        ;
    race_check();
    GPIOR0 = DONE;
    for (;;)
        ;
}
