/* RV32 in machine mode, on QEMU's virt: the timer of the CLINT. */
#include "board.h"

#define CLINT 0x02000000u
#define TIMER_AT (*(volatile uint64_t *)(CLINT + 0x4000))
#define TIME_LOW (*(volatile uint32_t *)(CLINT + 0xBFF8))
#define TIME_HIGH (*(volatile uint32_t *)(CLINT + 0xBFFC))
#define MIE 8ul              /* in mstatus */
#define TIMER_BIT (1ul << 7) /* in mie and mip */

const uint32_t OPEN = MIE, CLOSED = 0;

__attribute__((interrupt("machine"), aligned(4))) static void trap(void)
{
    TIMER_AT = UINT64_MAX;
    port_kit_interrupt();
}

uint32_t port_kit_mask(void)
{
    unsigned long status;
    __asm__ volatile("csrr %0, mstatus" : "=r"(status) : : "memory");
    return status & MIE;
}

void port_kit_set_mask(uint32_t mask)
{
    __asm__ volatile("csrc mstatus, %0\n\tcsrs mstatus, %1" : : "r"(MIE), "r"(mask) : "memory");
}

static bool is_pending(void)
{
    unsigned long pending;
    __asm__ volatile("csrr %0, mip" : "=r"(pending) : : "memory");
    return pending & TIMER_BIT;
}

void port_kit_request(void)
{
    uint8_t before = port_kit_served;
    TIMER_AT = 0; /* is past */
    while (!is_pending() && port_kit_served == before)
        ;
}

void port_kit_settle(void)
{
    __asm__ volatile("nop\n\tnop" : : : "memory");
}

void board_init(void)
{
    TIMER_AT = UINT64_MAX;
    __asm__ volatile("csrw mtvec, %0\n\tcsrs mie, %1" : : "r"(trap), "r"(TIMER_BIT) : "memory");
    port_kit_set_mask(OPEN);
}

void board_checks(void) {}

void board_end(void)
{
    /* main() returns, and picolibc tells QEMU */
}
