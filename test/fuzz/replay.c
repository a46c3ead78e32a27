/* Runs the inputs of corpora: files with an input in hexadecimal a line. */
#include "fuzz.h"

static int run_file(const char *name)
{
    FILE *file = fopen(name, "r");
    char *line = NULL;
    size_t room = 0;
    int inputs = 0;
    for (; file && getline(&line, &room, file) > 0; inputs++) {
        size_t length = strspn(line, "0123456789abcdef") / 2;
        uint8_t *bytes = malloc(length); /* of its own, so that AddressSanitizer sees what is read after it */
        char digits[3] = "";
        for (size_t i = 0; i < length; i++) {
            memcpy(digits, line + 2 * i, 2);
            bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
        }
        LLVMFuzzerTestOneInput(bytes, length);
        free(bytes);
    }
    free(line);
    if (file)
        fclose(file);
    return inputs;
}

int main(int count, char **names)
{
    for (int i = 1; i < count; i++) {
        int inputs = run_file(names[i]);
        printf("%s: %d inputs\n", names[i], inputs);
        if (inputs == 0)
            return 1;
    }
    return count < 2;
}
