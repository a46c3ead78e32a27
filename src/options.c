/*
 * The symbol that names the options and the port of this library: see options.h.
 *
 * In an archive this file must be compiled without -flto: the linker looks for the symbol after GCC has optimized the
 * program as a whole, and can then use no object that still waits for that. (CMakeLists.txt does it.)
 */
#include <tinyalloc/options.h>

TA_OPTIONS_DEFINE_

typedef int ta_not_empty_; /* ISO C wants a declaration */
