/* Count the work of agree_image.c by test/emulator: instructions a call, the mean of as many calls as the image makes.
 *     agree IMAGE */
#include "cortex_m.h"
#include <stdio.h>

#define CALLS 20480

int main(int argc, char **argv)
{
    static const char *const works[] = {"nothing", "100_nops", "pair", "byte"};
    cortex_m *m = cortex_m_open("cortex-m3", argc > 1 ? argv[1] : "");
    for (int i = 0; i < 4; i++) {
        char name[32];
        uint64_t sum = 0;
        snprintf(name, sizeof name, "work_%s", works[i]);
        for (int call = 0; call < CALLS; call++)
            sum += cortex_m_call(m, cortex_m_symbol(m, name) & ~1u, 0, 0, 0, 0);
        printf("%s %.4f\n", works[i], (double)sum / CALLS);
    }
    cortex_m_close(m);
    return 0;
}
