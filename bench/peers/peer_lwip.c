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

PEER_OF_BLOCKS(LWIP_MEMPOOL_INIT(blocks), LWIP_MEMPOOL_ALLOC(blocks), LWIP_MEMPOOL_FREE(blocks, block))
