/* Does a pool give BLOCKS blocks of BLOCK bytes, each of which keeps all its bytes? The static variables here are the RAM that
 * tools/size counts. */
#include <stdio.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);

static bool holds(void)
{
    ta_handle handles[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; i++) {
        handles[i] = ta_alloc(pool, BLOCK);
        uint8_t *block = ta_get(pool, handles[i]);
        if (!block)
            return false;
        memset(block, (int)i + 1, BLOCK);
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        const uint8_t *block = ta_get(pool, handles[i]);
        for (unsigned at = 0; at < BLOCK; at++)
            if (block[at] != i + 1)
                return false;
    }
    return true;
}

int main(void)
{
    bool is_true = holds();
    printf(is_true ? "holds\n" : "does not hold\n");
    return !is_true;
}
