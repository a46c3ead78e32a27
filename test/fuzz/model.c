/* An interpreter of test/model/, which is linked to it. */
#include "../model/interpreter.h"
#include "fuzz.h"

int failed_line;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    failed_line = 0;
    if (interpret(bytes, length))
        return 0;
    fprintf(stderr, "the model's line %d does not hold\n", failed_line);
    abort();
}
