/*
 * AVR under simavr: the result goes out on the UART; sleeping with interrupts off ends the simulation. Before
 * anything runs, all RAM behind the variables is painted, so that the end can tell how deep the stack was.
 */
#include "board.h"
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <avr/sleep.h>

#define PAINT 0xC5

extern uint8_t _end; /* the linker's: the first byte behind the variables */

__attribute__((naked, used, section(".init3"))) static void paint(void)
{
    for (uint8_t *at = &_end; at <= (uint8_t *)RAMEND; at++)
        *at = PAINT;
}

static unsigned deepest_stack(void)
{
    const uint8_t *at = &_end;
    while (at <= (uint8_t *)RAMEND && *at == PAINT)
        at++;
    return (unsigned)((uint8_t *)RAMEND + 1 - at);
}

static void put(char c)
{
    UCSR0B = 1 << TXEN0;
    while (!(UCSR0A & (1 << UDRE0)))
        ;
    UDR0 = (uint8_t)c;
}

static void put_text(const char *in_flash)
{
    for (char c; (c = (char)pgm_read_byte(in_flash)) != 0; in_flash++)
        put(c);
}

static void put_number(unsigned number)
{
    for (unsigned unit = 10000; unit > 0; unit /= 10)
        if (number >= unit || unit == 1)
            put((char)('0' + number / unit % 10));
}

static _Noreturn void end(void)
{
    put('\n');
    cli();
    for (;;)
        sleep_mode();
}

void note_left_out_test(unsigned number)
{
    put_text(PSTR("test "));
    put_number(number);
    put_text(PSTR(" left out\n"));
}

void end_of_tests(unsigned passed, unsigned skipped)
{
    unsigned stack = deepest_stack();
    if (_end != PAINT) {
        put_text(PSTR("the stack has met the variables"));
        end();
    }
    put_text(PSTR("passed "));
    put_number(passed);
    put_text(PSTR(", skipped "));
    put_number(skipped);
    put_text(PSTR(", stack "));
    put_number(stack);
    end();
}

void end_of_failed_test(unsigned number, unsigned line)
{
    put_text(PSTR("test "));
    put_number(number);
    put_text(PSTR(" failed at line "));
    put_number(line);
    end();
}
