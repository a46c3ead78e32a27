/* AVR under simavr: timer 0. What is printed goes out on the UART; sleeping with interrupts off ends the simulation. */
#include "board.h"
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdio.h>

const uint32_t OPEN = 0x80, CLOSED = 0; /* the I of SREG */

ISR(TIMER0_COMPA_vect)
{
    TCCR0B = 0;
    port_kit_interrupt();
}

uint32_t port_kit_mask(void)
{
    return SREG & 0x80;
}

void port_kit_set_mask(uint32_t mask)
{
    if (mask)
        sei();
    else
        cli();
}

void port_kit_request_in(uint8_t cycles)
{
    TCNT0 = 0;
    OCR0A = cycles;
    TIFR0 = 1 << OCF0A;
    TIMSK0 = 1 << OCIE0A;
    TCCR0B = 1 << CS00;
}

void port_kit_request(void)
{
    uint8_t before = port_kit_served;
    port_kit_request_in(20);
    while (!(TIFR0 & 1 << OCF0A) && port_kit_served == before)
        ;
    TCCR0B = 0;
}

/* The instruction after the one that sets I is always executed first. */
void port_kit_settle(void)
{
    while (TCCR0B && !(TIFR0 & 1 << OCF0A))
        ;
    __asm__ volatile("nop\n\tnop\n\tnop" : : : "memory");
}

static int put(char c, FILE *stream)
{
    (void)stream;
    while (!(UCSR0A & 1 << UDRE0))
        ;
    UDR0 = (uint8_t)c;
    return 0;
}
static FILE uart = FDEV_SETUP_STREAM(put, NULL, _FDEV_SETUP_WRITE);

void board_init(void)
{
    UCSR0B = 1 << TXEN0;
    stdout = &uart;
    port_kit_set_mask(OPEN);
}

void board_checks(void) {}

void board_end(void)
{
    cli();
    sleep_mode();
}
