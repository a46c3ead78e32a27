/*
 * Is what came of a run legal? It is when the image's own checks found nothing and the model, interrupted between two of
 * its steps, comes to the same results, bytes and counts.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "race.h"
#include <stdbool.h>

/* SERIAL: the interrupt before or after the operation. BETWEEN: an order that the contract allows besides (model.h). */
enum verdict { ILLEGAL, SERIAL, BETWEEN };

/* `returns_late`: see machine.h; then the inner interrupt may come one step after the outer one has returned. */
enum verdict judge(const struct record *asked, const struct record *result, bool returns_late);

#endif
