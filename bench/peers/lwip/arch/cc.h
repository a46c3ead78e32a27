/* What lwIP asks of a compiler and a processor. */
#include <stdint.h>
typedef uint32_t sys_prot_t;
