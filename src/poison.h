/*
 * With TA_POISON: what happens to the bytes of a block when it is freed and taken. Call these with interrupts masked.
 *
 *     poison_block(a, block)        the block at this address is freed: it is filled with TA_POISON_BYTE. Under
 *                                   AddressSanitizer every access to it is an error from now on
 *     unpoison(start, size)         these bytes are taken, or belong to no block any more
 */
#ifndef TINYALLOC_POISON_H
#define TINYALLOC_POISON_H

#include <string.h>
#include <tinyalloc/slab.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef HAS_ADDRESS_SANITIZER
#define HAS_ADDRESS_SANITIZER 0
#endif

#if TA_POISON && HAS_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
void ta_poison_block_(const ta_allocator *a, uint8_t *block); /* poison.c */
#define poison_block(a, block) ta_poison_block_(a, block)
#define unpoison(start, size) __asan_unpoison_memory_region(start, size)
#elif TA_POISON
#define poison_block(a, block) ((void)memset(block, TA_POISON_BYTE, (a)->block_size))
#define unpoison(start, size) ((void)0)
#else
#define poison_block(a, block) ((void)0)
#define unpoison(start, size) ((void)0)
#endif

#endif
