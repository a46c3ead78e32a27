/* built with: backends
 * The program of docs/add-a-backend.md accepts the example. Each mistake of the page is refused in its words. */
#include "expect.h"

#include "../../conformance/conformance.c"
#include "../../examples/custom_backend/struct_pool.c"
#define main check
#include "backend_check.h"
#undef main

static struct_pool_block *block_of(ta_handle h)
{
    return find(&pool.allocator, h);
}

static bool free_twice(const ta_allocator *a, ta_handle h)
{
    op_free(a, h);
    return true;
}

static bool free_without_end(const ta_allocator *a, ta_handle h)
{
    struct_pool_block *block = block_of(h);
    pool.state->taken = (uint16_t)(pool.state->taken - (block != NULL && a));
    return block != NULL;
}

static bool set_anything_aside(const ta_allocator *a, size_t blocks)
{
    op_set_aside(a, blocks);
    return true;
}

static ta_handle count_again(const ta_allocator *a)
{
    pool.state->taken++;
    return op_take(a);
}

static ta_handle forget_successor(const ta_allocator *a, ta_handle h)
{
    op_free(a, h);
    return TA_NONE;
}

static ta_handle follow_anything(const ta_allocator *a, ta_handle h)
{
    const struct_pool_block *block = block_of(h);
    return block && block->next ? handle_of_block(pool_of(a), &pool_blocks[block->next - 1]) : TA_NONE;
}

static ta_handle renew_nothing(const ta_allocator *a, ta_handle h)
{
    return op_get(a, h) ? h : TA_NONE;
}

static void clear_counter_only(const ta_allocator *a)
{
    (void)a;
    pool.state->taken = 0;
}

/* What the kit says of the operations, and then what the page says: the same, in a row of its table. */
static void refuse(ta_operations operations)
{
    static char page[16384];
    char row[200];
    FILE *file = fopen(DOCS "/add-a-backend.md", "r");
    struct_pool broken = pool;
    memset(pool_blocks, 0, sizeof pool_blocks);
    memset(&pool_state, 0, sizeof pool_state);
    broken.allocator.operations = &operations;
    const char *rule = ta_conformance(&broken.allocator);
    EXPECT(rule != NULL);
    EXPECT(file && fread(page, 1, sizeof page - 1, file) > 0 && fclose(file) == 0);
    snprintf(row, sizeof row, " | %s |\n", rule);
    EXPECT(strstr(page, row));
}

#define REFUSE(operation, mistake)                         \
    do {                                                   \
        ta_operations operations = struct_pool_operations; \
        operations.operation = mistake;                    \
        refuse(operations);                                \
    } while (0)

int main(void)
{
    EXPECT(check() == 0);
    REFUSE(free, free_twice);
    REFUSE(free, free_without_end);
    REFUSE(set_aside, set_anything_aside);
    REFUSE(take, count_again);
    REFUSE(free_next, forget_successor);
    REFUSE(next, follow_anything);
    REFUSE(renew, renew_nothing);
    REFUSE(clear, clear_counter_only);
    return 0;
}
