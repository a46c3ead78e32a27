/* README.md's line reader, fed as a UART would: see image.h. */
#include "image.h"
#include <string.h>

void uart_isr(uint8_t byte); /* of test/size/line_reader.c */
bool next_line(char *text, size_t size);

#define POLLED_EACH 16 /* bytes: the main loop looks as often, and at each line's end */

static const char *const lines[] = {
    "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47",
    "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A",
    "$GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1*39",
    "OK",
};
#define LINES (sizeof lines / sizeof *lines)

/* Bytes of all lines, with their ends. */
unsigned lines_bytes(void)
{
    unsigned bytes = 0;
    for (unsigned i = 0; i < LINES; i++)
        bytes += (unsigned)strlen(lines[i]) + 1;
    return bytes;
}

static unsigned one_line(const char *line)
{
    char text[96];
    unsigned wrong = 0, n = (unsigned)strlen(line);
    for (unsigned i = 0; i < n; i++) {
        uart_isr((uint8_t)line[i]);
        if (i % POLLED_EACH == POLLED_EACH - 1)
            wrong += next_line(text, sizeof text);
    }
    uart_isr('\n');
    return wrong + (!next_line(text, sizeof text) || strcmp(text, line) != 0);
}

unsigned lines_work(unsigned rounds)
{
    unsigned wrong = 0;
    for (; rounds > 0; rounds--)
        for (unsigned i = 0; i < LINES; i++)
            wrong += one_line(lines[i]);
    return wrong;
}
