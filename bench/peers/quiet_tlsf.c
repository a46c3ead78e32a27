/* TLSF without the messages that it prints. */
#include <stdio.h>
#define printf(...) ((void)0)
#include "tlsf.c"
