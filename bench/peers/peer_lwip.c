/* lwIP: a pool of its memp.c. */
#include "lwip/memp.h"
#include "lwip/sys.h"
#include "peers.h"

LWIP_MEMPOOL_DECLARE(blocks, BLOCKS, BLOCK_SIZE, "blocks")

sys_prot_t sys_arch_protect(void)
{
    return mask_interrupts();
}

void sys_arch_unprotect(sys_prot_t before)
{
    restore_interrupts(before);
}

void peer_begin(void)
{
    LWIP_MEMPOOL_INIT(blocks);
}

uintptr_t peer_in(uint32_t byte)
{
    (void)byte;
    return (uintptr_t)LWIP_MEMPOOL_ALLOC(blocks);
}

uintptr_t peer_out(uintptr_t block)
{
    LWIP_MEMPOOL_FREE(blocks, (void *)block);
    return 0;
}
