/* AVR under simavr: the result goes out on the UART; sleeping with interrupts off ends the simulation. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <avr/sleep.h>

int run_selection(void);

static void put(char c)
{
    while (!(UCSR0A & (1 << UDRE0)))
        ;
    UDR0 = (uint8_t)c;
}

static void put_text(const char *text)
{
    for (char c; (c = (char)pgm_read_byte(text)) != 0; text++)
        put(c);
}

int main(void)
{
    UCSR0B = 1 << TXEN0;
    int line = run_selection();
    if (line == 0) {
        put_text(PSTR("passed\n"));
    } else {
        put_text(PSTR("failed at line "));
        for (int unit = 1000; unit > 0; unit /= 10)
            put((char)('0' + line / unit % 10));
        put('\n');
    }
    cli();
    sleep_mode();
    for (;;)
        ;
}
