/*
 * An example on AVR under simavr, where size_t has 16 bits: what it prints goes out on the UART. Sleeping
 * with interrupts off ends the simulation.
 */
#define main example_main
#include EXAMPLE
#undef main
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

static int put(char c, FILE *stream)
{
    (void)stream;
    while (!(UCSR0A & (1 << UDRE0)))
        ;
    UDR0 = (uint8_t)c;
    return 0;
}

int main(void)
{
    static FILE uart = FDEV_SETUP_STREAM(put, NULL, _FDEV_SETUP_WRITE);
    UCSR0B = 1 << TXEN0;
    stdout = &uart;
    printf("returned %d\n", example_main(0, NULL));
    cli();
    for (;;)
        sleep_mode();
}
