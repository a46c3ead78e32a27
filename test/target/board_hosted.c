/* Targets that print and exit through semihosting (picolibc), or an operating system. */
#include "board.h"
#include <stdio.h>
#include <stdlib.h>

void note_left_out_test(unsigned number)
{
    printf("test %u left out\n", number);
}

void end_of_tests(unsigned passed, unsigned skipped)
{
    printf("passed %u, skipped %u\n", passed, skipped);
    exit(0);
}

void end_of_failed_test(unsigned number, unsigned line)
{
    printf("test %u failed at line %u\n", number, line);
    exit(1);
}
