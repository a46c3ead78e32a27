/* built with: backends
 * The functions of docs/add-a-backend.md in place of those of the example: the kit accepts them. */
#include "expect.h"

#include "../../conformance/conformance.c"
#define find its_find
#define op_free its_free
#define op_set_aside its_set_aside
#define op_take its_take
#include "../../examples/custom_backend/struct_pool.c"
#undef find
#undef op_free
#undef op_set_aside
#undef op_take
#include "backend_operations.h"

static ta_operations operations;
static struct_pool_block blocks[8];
static struct_pool_state pool_state;
static const struct_pool pool = {TA_ALLOCATOR_INIT(&operations, STRUCT_POOL_BLOCK_SIZE), blocks, 8,
                                 &pool_state};

int main(void)
{
    operations = struct_pool_operations;
    operations.free = op_free;
    operations.set_aside = op_set_aside;
    operations.take = op_take;
    EXPECT(ta_conformance(&pool.allocator) == NULL);
    ta_buffer b = TA_BUFFER_INIT(&pool.allocator);
    EXPECT(ta_buffer_write(&b, "a text that takes more than one block", 37) == TA_OK);
    EXPECT(holds(&b, "a text that takes more than one block") && ta_buffer_clear(&b) == TA_OK);
    EXPECT(ta_stats_of(&pool.allocator).used == 0);
    return 0;
}
