/**
 * @file conformance.h
 * @brief Does a backend keep the contract of allocator.h? A kit for the tests of those who write one.
 *
 *     const char *broken = ta_conformance(&my_backend.allocator);
 *     if (broken)
 *         puts(broken);
 *
 * A small library of its own (CMake: TinyAlloc::conformance; else compile conformance/conformance.c). It needs a
 * build with TA_CUSTOM_BACKENDS, unless the allocator is a slab.
 */
#ifndef TINYALLOC_CONFORMANCE_H
#define TINYALLOC_CONFORMANCE_H

#include "allocator.h"

#ifdef __cplusplus
extern "C" {
#endif


/**
 * Exercise the whole contract on an allocator of at least 4 blocks of which none is taken, in a few thousand
 * calls; nobody else may use it meanwhile. Its blocks are all free again afterwards, if it kept the contract.
 * @return NULL, or the first rule that was broken, as text.
 */
const char *ta_conformance(const ta_allocator *a);

#ifdef __cplusplus
}
#endif

#endif
