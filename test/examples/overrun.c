/*
 * examples/nmea.c when the interrupt stores more than the queue has room for: the sentences before the
 * refused bytes are read, then bytes are lost, and the next sentence is read again. For each number of
 * sentences and each byte of the last one where the main loop looks again.
 */
#define _POSIX_C_SOURCE 200809L
#define main example_main
#include "../../examples/nmea.c"
#undef main
#include <stdlib.h>

static const char sentence[] = "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n";
static const char fix[] = "fix 481173000 115166667 quality 1\n";

static void receive_text(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        receive((uint8_t)text[i]);
}

/* How many fixes were printed at the front; then nothing or one loss may follow. */
static bool read_output(const char *output, size_t *fixes, bool *is_lost)
{
    for (*fixes = 0; strncmp(output, fix, strlen(fix)) == 0; ++*fixes)
        output += strlen(fix);
    *is_lost = strcmp(output, "bytes lost\n") == 0;
    return *is_lost || *output == '\0';
}

/* Store n sentences and a part without a look; then look, and store the rest of it and another. */
static bool run(size_t n, size_t part)
{
    char *output[2] = {NULL, NULL};
    size_t length[2], fixes[2];
    bool is_lost[2], is_fine;
    stdout = open_memstream(&output[0], &length[0]);
    for (size_t i = 0; i < n; i++)
        receive_text(sentence, sizeof sentence - 1);
    receive_text(sentence, part);
    is_fine = show_sentences();
    fclose(stdout);
    stdout = open_memstream(&output[1], &length[1]);
    receive_text(sentence + part, sizeof sentence - 1 - part);
    receive_text(sentence, sizeof sentence - 1);
    is_fine = show_sentences() && finish() && is_fine;
    fclose(stdout);
    is_fine = is_fine && read_output(output[0], &fixes[0], &is_lost[0]) &&
              read_output(output[1], &fixes[1], &is_lost[1]) && !is_lost[1];
    /* of what was stored in one go nothing is missing without a loss; the sentence after it is always read */
    is_fine =
        is_fine && (is_lost[0] ? fixes[0] < n + (part > 0) : fixes[0] + fixes[1] == n + 2) && fixes[1] >= 1;
    if (!is_fine)
        fprintf(stderr, "%zu sentences and %zu bytes:\n%s----\n%s", n, part, output[0], output[1]);
    free(output[0]);
    free(output[1]);
    return is_fine && ta_stats_of(pool).used == 0;
}

int main(void)
{
    size_t losses = 0;
    (void)example_main;
    for (size_t n = 0; n < 12; n++)
        for (size_t part = 0; part < sizeof sentence - 1; part++) {
            if (!run(n, part))
                return 1;
            losses += ta_queue_dropped(&received) > 0;
        }
    return losses > 0 ? 0 : 1; /* the queue was full at least once */
}
