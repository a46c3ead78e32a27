/*
 * What the programs of test/port/ need from a board beyond what conformance/port_kit.h asks for.
 */
#ifndef BOARD_H
#define BOARD_H

#include <port_kit.h>

#define CHECK PORT_KIT_CHECK

void board_init(void);   /* printing works, no interrupt is pending, the mask is OPEN */
void board_checks(void); /* what only this port can do */
void board_end(void);    /* leave the emulator, if returning from main() does not */

#endif
