/**
 * @file port/acquire_release.h
 * Words for ports on which a second core or another thread looks on: not a port, but a part of some.
 *
 * A load keeps all accesses that follow it after it (acquire). A store keeps all that precede it before it (release).
 * The compiler chooses the instructions: DMB beside LDR and STR on v6-M and v7-M, LDA and STL on v8-M, fences on
 * RISC-V.
 */
#ifndef TINYALLOC_PORT_ACQUIRE_RELEASE_H
#define TINYALLOC_PORT_ACQUIRE_RELEASE_H

#include <stddef.h>

#define TA_PORT_OWN_WORDS 1

static inline size_t ta_port_load(const size_t *word)
{
    return TA_LOAD_ACQUIRE_(word);
}

static inline void ta_port_store(size_t *word, size_t value)
{
    TA_STORE_RELEASE_(word, value);
}

#endif
