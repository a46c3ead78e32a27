/*
 * A program that keeps a raw pointer to a block which is freed: AddressSanitizer must report it.
 * Usage: planted CASE
 */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 32, 8);

enum { NOBODY, UART, PARSER }; /* owners */

static volatile uint8_t sink;

/* Use a pointer as the case says. */
static void use(volatile uint8_t *pointer, bool is_write)
{
    if (is_write)
        *pointer = 1;
    else
        sink = *pointer;
}

static void single_block(bool is_write)
{
    ta_handle first = ta_alloc(pool, 32), h = ta_alloc_for(pool, 32, UART);
    uint8_t *block = ta_get(pool, h);
    memset(block, 7, 32);
    use(block + 5, is_write); /* correct */
    ta_free(pool, h);
    ta_free(pool, first);
    use(block + 5, is_write);
}

static void front_of_a_buffer(void)
{
    ta_span span;
    ta_buffer b = TA_BUFFER_INIT(pool);
    ta_buffer_set_owner(&b, PARSER);
    ta_buffer_write(&b, "These bytes take more than one block: it is freed first.", 56);
    ta_buffer_front(&b, &span);
    use(span.data + 31, false); /* correct */
    ta_buffer_consume(&b, 32);
    use(span.data + 31, false);
}

static void cleared_buffer(void)
{
    ta_span span;
    ta_buffer b = TA_BUFFER_INIT(pool);
    ta_buffer_write(&b, "a", 1);
    ta_buffer_front(&b, &span);
    ta_buffer_clear(&b);
    use(span.data, true);
}

/* Nothing but the arena is left of the slab. */
static TA_ALIGNAS(max_align_t) uint8_t arena[400];

static __attribute__((noinline)) uint8_t *block_of_a_local_slab(void)
{
    ta_slab slab;
    ta_slab_init(&slab, arena, sizeof arena, 32);
    ta_handle h = ta_alloc(&slab.allocator, 1);
    uint8_t *block = ta_get(&slab.allocator, h);
    ta_free(&slab.allocator, h);
    memset(&slab, 0x5a, sizeof slab);
    __asm__ volatile("" : : "r"(&slab) : "memory");
    return block;
}

/* The block has another owner now: this is not detected by ASan, and so no case; it ends well. */
static void block_that_is_live_again(void)
{
    ta_handle h[8];
    for (int i = 0; i < 8; i++)
        h[i] = ta_alloc(pool, 32);
    uint8_t *block = ta_get(pool, h[3]);
    ta_free(pool, h[3]);
    ta_alloc(pool, 32);
    use(block, true);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "read") == 0)
        single_block(false);
    else if (strcmp(name, "write") == 0)
        single_block(true);
    else if (strcmp(name, "front") == 0)
        front_of_a_buffer();
    else if (strcmp(name, "clear") == 0)
        cleared_buffer();
    else if (strcmp(name, "slab") == 0)
        use(block_of_a_local_slab() + 5, false);
    else
        block_that_is_live_again();
    puts("reached the end");
    return 0;
}
