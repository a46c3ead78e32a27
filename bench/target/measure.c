/*
 * What the library's functions cost on a simulated target: exact instructions (AVR: cycles). image.h says what runs there.
 *
 *     measure PLATFORM IMAGE CONFIGURATION LIBC [LEVEL]
 *
 * CONFIGURATION names the library's build. With a LEVEL of optimisation the plain ring is measured, too, which has no
 * other options. Fails when a figure that must not depend on the size of pool, request, block or buffer does.
 */
#include "measure.h"
#include "meter.h"
#include <stdio.h>

static void set_peer(const char *type, const char *level)
{
    static char configuration[64];
    snprintf(configuration, sizeof configuration, "peer %s %s", type, level);
    meter_set_configuration(configuration);
}

static void measure_peers(const char *level)
{
    set_peer("plain ring", level);
    measure_bytes("ring");
    measure_lines_of("ring");
    set_peer("plain masked ring", level);
    measure_bytes("masked ring");
    set_peer("linear array", level);
    measure_lines_of("linear array");
}

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 6)
        fail("usage: measure PLATFORM IMAGE CONFIGURATION LIBC [LEVEL]");
    meter_open(argv[1], argv[2], argv[3], argv[4]);
    measure_blocks();
    measure_bytes("queue");
    measure_single_calls("queue");
    measure_bytes("buffer");
    measure_single_calls("buffer");
    measure_recent();
    measure_paths();
    measure_growing_blocks();
    measure_growing_bytes("queue");
    measure_growing_bytes("buffer");
    bool grows = meter_report_growth();
    if (argc == 6)
        measure_peers(argv[5]);
    return grows;
}
