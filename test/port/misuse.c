/*
 * Where masking has no effect, on an emulated Cortex-M. First that it has none: an interrupt is served inside a section.
 * Then, with TA_CHECKED, that the library says so, and that it says nothing of calls from where they may come.
 *
 * With PRIMASK: unprivileged code, NMI. With BASEPRI: also an interrupt that is more urgent than the ceiling.
 */
#include "misuse.h"
#include "cortex_m.h"
#include <stdio.h>

#ifdef TA_PORT_BASEPRI
#define CEILING TA_PORT_BASEPRI
#else
#define CEILING 0 /* PRIMASK: all priorities are held off */
#endif

#define NMI_SET (1u << 31)
#define GROUPING REGISTER(0xE000ED0C)

TA_SLAB_DEFINE(pool, 8, 4);

static volatile uint32_t misused; /* what was said last; 0: nothing */

void port_kit_say(const char *text)
{
    printf("does not hold: %s\n", text);
}

void note_misuse(uint32_t what)
{
    misused = what;
}

/* What is said when the library is used here. */
static uint32_t said_here(void)
{
    misused = 0;
    ta_free(pool, ta_alloc(pool, 1));
    return misused;
}

/* ---- Contexts ------------------------------------------------------------------------------------------ */

static volatile uint32_t said;

void arm_pendsv_isr(void)
{
    said = said_here();
}

void arm_nmi_isr(void)
{
    said = said_here();
}

/* Back to privileged code: only an exception can do that. */
void arm_svc_isr(void)
{
    __asm__ volatile("msr control, %0\n\tisb" : : "r"(0) : "memory");
}

static uint32_t said_by(uint32_t exception)
{
    said = 99;
    INTERRUPT_STATE = exception;
    port_kit_settle();
    return said;
}

static void set_pendsv_priority(uint32_t priority)
{
    PRIORITIES = (PRIORITIES & ~0x00ff0000u) | priority << 16;
}

static void become_unprivileged(void)
{
    __asm__ volatile("msr control, %0\n\tisb" : : "r"(1) : "memory");
}

/* A Cortex-M0 has no unprivileged code. */
static bool is_unprivileged(void)
{
    uint32_t control;
    __asm__ volatile("mrs %0, control" : "=r"(control));
    return control & 1;
}

static void become_privileged(void)
{
    __asm__ volatile("svc 0" : : : "memory");
}

/* ---- What happens without a check ---------------------------------------------------------------------- */

/* Only privileged code can see that the interrupt is pending. Other code waits until it is served. */
static void wait_for_the_timer(bool is_privileged)
{
    while (port_kit_served == 0 && !(is_privileged && (INTERRUPT_STATE & SYSTICK_PENDING)))
        ;
}

/* SysTick runs out inside a section: it must be served there if, and only if, the code is unprivileged. The emulated timer
 * goes by the clock of this machine, so it may run out before the section: then again. */
static void check_a_section(bool is_privileged)
{
    bool may_mask, is_early, is_served;
    do {
        port_kit_served = 0;
        SYSTICK_RELOAD = 100000;
        SYSTICK_VALUE = 0;
        SYSTICK_CONTROL = SYSTICK_RUN;
        if (!is_privileged)
            become_unprivileged();
        may_mask = !is_unprivileged();
        ta_mask mask = ta_critical_enter();
        is_early = port_kit_served != 0;
        wait_for_the_timer(may_mask);
        is_served = port_kit_served != 0;
        ta_critical_exit(mask);
        if (!is_privileged)
            become_privileged();
        SYSTICK_CONTROL = 0;
    } while (is_early);
    CHECK(is_served == !may_mask);
}

static void unprivileged_code_masks_nothing(void)
{
    check_a_section(true);
    check_a_section(false);
}

/* ---- What the check says ------------------------------------------------------------------------------- */

static void main_program_may_call(void)
{
    CHECK(said_here() == 0);
}

static void unprivileged_code_is_detected(void)
{
    become_unprivileged();
    uint32_t expected = TA_CHECKED && is_unprivileged() ? TA_MISUSE_UNPRIVILEGED : 0, what = said_here();
    become_privileged();
    CHECK(what == expected);
    CHECK(said_here() == 0);
}

static void nmi_is_detected(void)
{
    CHECK(said_by(NMI_SET) == (TA_CHECKED ? TA_MISUSE_PRIORITY : 0));
}

/* Priorities of one group do not interrupt each other: `bits` of them are not the group's. */
static void set_group(uint32_t bits)
{
    GROUPING = 0x05fa0000u | (bits - 1) << 8;
}

static void interrupt_above_the_ceiling_is_detected(void)
{
    for (uint32_t bits = 1; bits <= 8; bits++) {
        set_group(bits);
        for (uint32_t priority = 0; priority < 0x100;
             priority += 0x40) { /* two bits, as the smallest core has them */
            bool is_too_urgent = (int)priority >> bits < CEILING >> bits;
            set_pendsv_priority(priority);
            CHECK(said_by(PENDSV_SET) == (TA_CHECKED && is_too_urgent ? TA_MISUSE_PRIORITY : 0));
        }
    }
    set_group(1);
}

/* An interrupt of a device: its priority is in another table. The vectors of the C library end before it. */
#define FIRST_DEVICE 16
#define VECTORS REGISTER(0xE000ED08)
#define DEVICE_ENABLE REGISTER(0xE000E100)
#define DEVICE_PENDING REGISTER(0xE000E200)
#define DEVICE_PRIORITY REGISTER(0xE000E400)
#define DEVICES 4
_Alignas(256) static uint32_t vectors[FIRST_DEVICE + DEVICES];

static void device_above_the_ceiling_is_detected(void)
{
    for (size_t i = 0; i < FIRST_DEVICE + DEVICES; i++)
        vectors[i] = i < FIRST_DEVICE ? ((const uint32_t *)(uintptr_t)VECTORS)[i]
                                      : (uint32_t)(uintptr_t)arm_pendsv_isr;
    VECTORS = (uint32_t)(uintptr_t)vectors;
    DEVICE_ENABLE = (1u << DEVICES) - 1;
    for (uint32_t device = 0; device < DEVICES; device++) {
        for (uint32_t priority = 0; priority < 0x100; priority += 0x40) {
            bool is_too_urgent = (int)priority < CEILING;
            DEVICE_PRIORITY = priority << 8 * device;
            said = 99;
            DEVICE_PENDING = 1u << device;
            port_kit_settle();
            CHECK(said == (TA_CHECKED && is_too_urgent ? TA_MISUSE_PRIORITY : 0));
        }
    }
}

int main(void)
{
    PRIORITIES = (uint32_t)CEILING << 24;
    unprivileged_code_masks_nothing();
    main_program_may_call();
    unprivileged_code_is_detected();
    nmi_is_detected();
    interrupt_above_the_ceiling_is_detected();
    if (CEILING) /* else the table is not looked at, and the smallest core cannot move its vectors */
        device_above_the_ceiling_is_detected();
    CHECK(ta_stats_of(pool).used == 0 && ta_slab_check(pool) == 0);
    printf("%u checks, %u failed\n", port_kit_checks(), port_kit_failures());
    return port_kit_failures() != 0;
}
