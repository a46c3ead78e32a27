/* What port/rp2040.h uses of the Pico SDK's pico.h, as its manual declares it. Nobody defines it here. */
#ifndef PICO_H
#define PICO_H

unsigned int get_core_num(void);

#endif
