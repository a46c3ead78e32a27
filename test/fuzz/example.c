/* The reader of an example, EXAMPLE, on an input as a whole, byte by byte, and in other pieces: the same is printed. */
#define CUTS_OF_ANOTHER
#include "../examples/cuts.c"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    text input = {(char *)(uintptr_t)bytes, length};
    (void)example_main;
    terminal = stdout;
    random_state = length;
    text whole = run(&input, NULL, 0, 0);
    run_in_pieces(&input, &whole, false, 0);
    free(whole.data);
    return 0;
}
