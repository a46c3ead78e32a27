/* The program of README.md's first minute: its block is all of it. test/packaging builds the same block everywhere. */
#include "readme_hello.h"
