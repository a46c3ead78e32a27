/**
 * @file conformance.h
 * @brief A test kit for authors of custom back ends: does a back end keep the contract of allocator.h?
 *
 *     const char *broken = ta_conformance(&my_backend.allocator);
 *     if (broken)
 *         puts(broken);
 *
 * The kit is a small library of its own. With CMake link TinyAlloc::conformance, otherwise compile
 * conformance/conformance.c. It needs a build with TA_CUSTOM_BACKENDS.
 */
#ifndef TINYALLOC_CONFORMANCE_H
#define TINYALLOC_CONFORMANCE_H

#include "allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Exercise the operations of an allocator and report the first broken rule.
 *
 * The number of calls grows with the number of blocks. Nobody else may use the allocator meanwhile. If it keeps the
 * contract, all its blocks are free afterwards; otherwise some may remain allocated.
 * @param a An allocator of at least 4 blocks, all of them free.
 * @return NULL if every rule holds; otherwise the broken rule as constant text. A build without TA_CUSTOM_BACKENDS
 *         always returns text that says so.
 */
const char *ta_conformance(const ta_allocator *a);

#ifdef __cplusplus
}
#endif

#endif
