/*
 * An ATmega328P at 16 MHz, as on an Arduino Uno: USART0.
 */
#include "board.h"
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#define CLOCK_HZ 16000000UL
#define BAUD_RATE 115200UL

ISR(USART_RX_vect)
{
    echo_receive_isr(UDR0);
}

void board_init(void)
{
    UCSR0A = 1 << U2X0; /* eight samples a bit instead of sixteen: nearer to the rate */
    UBRR0 = (CLOCK_HZ + 4 * BAUD_RATE) / (8 * BAUD_RATE) - 1;
    UCSR0B = 1 << RXEN0 | 1 << TXEN0 | 1 << RXCIE0;
    set_sleep_mode(SLEEP_MODE_IDLE); /* the UART stays awake */
    sleep_enable();
    sei();
}

void board_put(uint8_t byte)
{
    while (!(UCSR0A & 1 << UDRE0))
        ;
    UDR0 = byte;
}

/* The instruction after SEI is executed before any interrupt: one that is pending finds the core asleep. */
void board_sleep(void)
{
    sei();
    sleep_cpu();
    cli();
}
