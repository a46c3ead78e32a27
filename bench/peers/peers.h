/*
 * What bench/peers/count.c calls in the image of a peer. A peer that gives blocks returns the address of one of 32
 * bytes, and takes it back; it has at least 64. A peer that carries bytes takes one and returns true, and gives the
 * oldest.
 * measured_in and measured_out, which the linker defines, are the peer's own functions inside: only they are counted.
 */
#ifndef PEERS_H
#define PEERS_H

#include <stddef.h>
#include <stdint.h>

#define BLOCKS 64
#define BLOCK_SIZE 32
#define FIFO_BYTES 960

#ifdef __cplusplus
#define C extern "C"
#else
#define C
#endif

C void peer_begin(void);
C uintptr_t peer_in(uint32_t byte);
C uintptr_t peer_out(uintptr_t block);

/* All of that from three expressions. They may use `block`, an address, and `byte`, a variable. */
#define PEER_OF_BLOCKS(begin, alloc, free) \
    void peer_begin(void)                  \
    {                                      \
        begin;                             \
    }                                      \
    uintptr_t peer_in(uint32_t byte)       \
    {                                      \
        (void)byte;                        \
        return (uintptr_t)(alloc);         \
    }                                      \
    uintptr_t peer_out(uintptr_t at)       \
    {                                      \
        void *block = (void *)at;          \
        free;                              \
        return 0;                          \
    }
#define PEER_OF_BYTES(begin, push, pop)   \
    void peer_begin(void)                 \
    {                                     \
        begin;                            \
    }                                     \
    uintptr_t peer_in(uint32_t word)      \
    {                                     \
        uint8_t byte = (uint8_t)word;     \
        return (push);                    \
    }                                     \
    uintptr_t peer_out(uintptr_t block)   \
    {                                     \
        uint8_t byte = 0;                 \
        (void)block;                      \
        return (pop) ? byte : UINT32_MAX; \
    }

/* Critical sections of peers that ask for some, as firmware for one core has them. */
static inline uint32_t mask_interrupts(void)
{
    uint32_t before;
    __asm volatile("mrs %0, primask\n cpsid i" : "=r"(before)::"memory");
    return before;
}

static inline void restore_interrupts(uint32_t before)
{
    __asm volatile("msr primask, %0" ::"r"(before) : "memory");
}

#endif
