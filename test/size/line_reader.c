/* README.md's line reader, word for word. tools/size counts what it brings into an image, bench/target what it costs. */
#include "readme_lines.h"
#include <stdbool.h>
#include <stddef.h>
