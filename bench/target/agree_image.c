/*
 * The same work for two ways of counting: QEMU runs all of this image and tells the time by SysTick (with -icount
 * shift=0 a fixed number of instructions a tick); test/emulator calls the three functions one by one.
 */
#include <tinyalloc/tinyalloc.h>

#define CALLS 20480 /* of each, as in agree.c */
#define STACK_TOP 0x20010000u
#define SYSTICK ((volatile uint32_t *)0xE000E010u) /* control, reload, value */
#define SYSTICK_MASK 0xFFFFFFu

TA_SLAB_DEFINE(pool, 64, 16);
TA_QUEUE_DEFINE(queue, pool, 960);
static unsigned wrong;

/* ---- What is counted --------------------------------------------------------------------------------------------- */

void work_pair(void)
{
    wrong += !ta_free(pool, ta_alloc(pool, 32));
}

void work_byte(void)
{
    uint8_t byte = 0;
    wrong += ta_queue_push(&queue, 'x') != TA_OK;
    wrong += ta_queue_pop(&queue, &byte) != TA_OK || byte != 'x';
}

/* What the others are measured by. */
__attribute__((naked)) void work_100_nops(void)
{
    __asm__("   .rept 100\n    nop\n    .endr\n    bx lr");
}

__attribute__((naked)) void work_nothing(void)
{
    __asm__("   bx lr");
}

/* ---- QEMU's side ------------------------------------------------------------------------------------------------- */

static void semihosting(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

static void print(const char *name, uint32_t number)
{
    char digits[12] = "0000000000\n";
    for (int i = 9; number > 0; i--, number /= 10)
        digits[i] = (char)('0' + number % 10);
    semihosting(4, name); /* SYS_WRITE0 */
    semihosting(4, digits);
}

static uint32_t ticks_of(void (*volatile work)(void))
{
    uint32_t before = SYSTICK[2];
    for (int i = 0; i < CALLS; i++)
        work();
    return (before - SYSTICK[2]) & SYSTICK_MASK;
}

void reset(void)
{
    SYSTICK[1] = SYSTICK_MASK;
    SYSTICK[2] = 0;
    SYSTICK[0] = 5; /* on, by the processor's clock */
    print("nothing ", ticks_of(work_nothing));
    print("nops ", ticks_of(work_100_nops));
    print("pair ", ticks_of(work_pair));
    print("byte ", ticks_of(work_byte));
    print("wrong ", wrong);
    semihosting(0x18, (const void *)0x20026); /* SYS_EXIT, as it should */
    for (;;)
        ;
}

__attribute__((section(".vectors"), used)) static const uintptr_t vectors[] = {STACK_TOP, (uintptr_t)reset};
