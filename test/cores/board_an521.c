/* Two Cortex-M33 of an SSE-200 on QEMU's mps2-an521, both in the secure state. SysTick is each core's own. */
#include "an521.h"
#include "board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYSTICK_CONTROL REGISTER(0xE000E010)
#define SYSTICK_RELOAD REGISTER(0xE000E014)
#define SYSTICK_VALUE REGISTER(0xE000E018)
#define SYSTICK_RUN 7u                    /* on, interrupting, by the processor's clock */
#define INITSVTOR1 REGISTER(0x50021114)   /* where the second core's vectors are, */
#define CPUWAIT REGISTER(0x50021118)      /* and which cores wait after reset */
#define CPU_IDENTITY REGISTER(0x5001F000) /* each core reads its own number */

__attribute__((aligned(8))) uint8_t core1_stack[CORE1_STACK];

void arm_systick_isr(void) /* picolibc's name for it */
{
    SYSTICK_CONTROL = 0;
    timer_interrupt();
}

static void fault(void)
{
    for (;;)
        ; /* the time runs out */
}

/* The first word is the stack pointer, the second where it begins. */
static const struct {
    void *stack;
    void (*handlers[15])(void);
} core1_vectors
    __attribute__((aligned(128))) = {core1_stack + CORE1_STACK,
                                     {second_main, fault, fault, fault, fault, fault, fault, fault, fault,
                                      fault, fault, fault, fault, fault, arm_systick_isr}};

unsigned this_core(void)
{
    return CPU_IDENTITY;
}

void start_second_core(void)
{
    INITSVTOR1 = (uint32_t)&core1_vectors;
    CPUWAIT = 0;
}

void start_timer(uint32_t period)
{
    SYSTICK_RELOAD = period;
    SYSTICK_VALUE = 0;
    SYSTICK_CONTROL = SYSTICK_RUN;
}
