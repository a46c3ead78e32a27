/* AVR: what is printed goes to the UART. After main() the processor sleeps with interrupts off, which ends simavr. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdio.h>

static int put(char c, FILE *stream)
{
    (void)stream;
    UCSR0B = 1 << TXEN0;
    while (!(UCSR0A & (1 << UDRE0)))
        ;
    UDR0 = (uint8_t)c;
    return 0;
}

static FILE uart = FDEV_SETUP_STREAM(put, NULL, _FDEV_SETUP_WRITE);

__attribute__((constructor)) static void open_stdout(void)
{
    stdout = &uart;
}

__attribute__((destructor)) static void stop(void)
{
    cli();
    sleep_mode();
}
