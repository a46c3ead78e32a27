/* Targets that print and exit through semihosting (picolibc), or an operating system. */
#include <stdio.h>

int run_selection(void);

int main(void)
{
    int line = run_selection();
    if (line == 0)
        printf("passed\n");
    else
        printf("failed at line %d\n", line);
    return line != 0;
}
