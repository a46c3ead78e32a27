/*
 * TA_POISON under AddressSanitizer, on a host. Poisoned bytes make the sanitizer report every access to a freed block.
 * Its report says where in which array the address is. What it cannot know is printed after it: the state of the block.
 */
#include "poison.h"

#if TA_POISON && HAS_ADDRESS_SANITIZER

#include <stdio.h>

#define POOLS_MAX 64 /* of more pools than these the reports have no line on the block */

/* Those that have freed a block, in this order. Copies, because a slab's struct may be gone when its memory is not. */
static ta_allocator pools[POOLS_MAX];
static size_t known;

#if TA_OWNERS
/* Behind the state: see owner_at() in slab_table.h. */
#define OWNERS_OF(a) ((const uint8_t *)((const ta_slab_state_ *)(const void *)((a)->first + 1) + 1))
#define PRINT_LAST_OWNER(a, slot) fprintf(stderr, ", last owner %d", OWNERS_OF(a)[slot])
#else
#define PRINT_LAST_OWNER(a, slot) ((void)0)
#endif

static void print_state(const ta_allocator *a, const uint8_t *address, size_t offset)
{
    size_t slot = offset / a->block_size;
    unsigned long generation = ta_slab_generation_(a->first - slot);
    fprintf(stderr,
            "TinyAlloc: %p is byte %zu of block %zu in a pool of %zu blocks of %zu bytes; the block is %s, "
            "generation %lu",
            (const void *)address, offset % a->block_size, slot, (size_t)a->last + 1, a->block_size,
            generation & 1 ? "live" : "free", generation);
    PRINT_LAST_OWNER(a, slot);
    fprintf(stderr, "\n");
}

static void after_report(const char *report)
{
    const uint8_t *address = __asan_get_report_address();
    (void)report;
    for (size_t i = known; i-- > 0;) { /* memory that was used again belongs to the last one */
        const uint8_t *blocks = pools[i].blocks - (size_t)pools[i].last * pools[i].block_size;
        uintptr_t offset = (uintptr_t)address - (uintptr_t)blocks;
        if (offset < ((size_t)pools[i].last + 1) * pools[i].block_size) {
            print_state(&pools[i], address, (size_t)offset);
            return;
        }
    }
}

static void remember(const ta_allocator *a)
{
    for (size_t i = 0; i < known; i++)
        if (pools[i].first == a->first && pools[i].entries == a->entries && pools[i].blocks == a->blocks)
            return;
    if (known < POOLS_MAX) {
        pools[known++] = *a;
        __asan_set_error_report_callback(after_report);
    }
}

void ta_poison_block_(const ta_allocator *a, uint8_t *block)
{
    remember(a);
    memset(block, TA_POISON_BYTE, a->block_size);
    __asan_poison_memory_region(block, a->block_size);
}

#endif
