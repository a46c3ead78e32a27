/* The configuration of misuse.c: what the library runs where masking has no effect. */
#ifndef MISUSE_H
#define MISUSE_H

#include <stdint.h>

void note_misuse(uint32_t what);
#define TA_MISUSE(what) note_misuse(what)

#endif
