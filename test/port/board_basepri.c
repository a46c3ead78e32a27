/*
 * Cortex-M by BASEPRI. The timer's priority is the ceiling itself; PendSV plays an interrupt of any other. Priorities are
 * multiples of 0x20, which are different on every core that has at least 3 bits for them.
 */
#include "cortex_m.h"

const uint32_t OPEN = 0, CLOSED = TA_PORT_BASEPRI;

static volatile uint8_t pendsv_served;

void arm_pendsv_isr(void)
{
    pendsv_served++;
}

uint32_t port_kit_mask(void)
{
    uint32_t mask;
    __asm__ volatile("mrs %0, basepri" : "=r"(mask) : : "memory");
    return mask;
}

void port_kit_set_mask(uint32_t mask)
{
    __asm__ volatile("msr basepri, %0" : : "r"(mask) : "memory");
}

static uint32_t primask(void)
{
    uint32_t mask;
    __asm__ volatile("mrs %0, primask" : "=r"(mask) : : "memory");
    return mask;
}

void board_init(void)
{
    PRIORITIES = (uint32_t)TA_PORT_BASEPRI << 24;
    port_kit_set_mask(OPEN);
}

/* Is an interrupt of this priority served now? It is not left pending. */
static bool is_served_at(uint32_t priority)
{
    PRIORITIES = (uint32_t)TA_PORT_BASEPRI << 24 | priority << 16;
    pendsv_served = 0;
    INTERRUPT_STATE = PENDSV_SET;
    port_kit_settle();
    bool is_served = pendsv_served != 0;
    INTERRUPT_STATE = PENDSV_CLEAR;
    port_kit_settle();
    return is_served;
}

static void only_what_is_above_the_ceiling_is_served(void)
{
    for (uint32_t priority = 0; priority < 0x100; priority += 0x20) {
        port_kit_set_mask(OPEN);
        CHECK(is_served_at(priority));
        ta_mask mask = ta_critical_enter();
        CHECK(is_served_at(priority) == (priority < TA_PORT_BASEPRI));
        ta_critical_exit(mask);
        CHECK(is_served_at(priority));
    }
}

/* Whatever stood in BASEPRI before: inside the stricter of both, afterwards what it was. */
static void stricter_mask_stays(void)
{
    for (uint32_t before = 0; before < 0x100; before += 0x20) {
        port_kit_set_mask(before);
        ta_mask outer = ta_critical_enter();
        uint32_t inside = before != 0 && before < TA_PORT_BASEPRI ? before : TA_PORT_BASEPRI;
        CHECK(port_kit_mask() == inside);
        ta_mask inner = ta_critical_enter();
        CHECK(port_kit_mask() == inside);
        ta_critical_exit(inner);
        CHECK(port_kit_mask() == inside);
        CHECK(is_served_at(inside - 0x20) && !is_served_at(inside));
        ta_critical_exit(outer);
        CHECK(port_kit_mask() == before);
    }
    port_kit_set_mask(OPEN);
}

static void primask_is_left_alone(void)
{
    ta_mask mask = ta_critical_enter();
    CHECK(primask() == 0);
    ta_critical_exit(mask);
    __asm__ volatile("cpsid i" : : : "memory");
    mask = ta_critical_enter();
    ta_critical_exit(mask);
    CHECK(primask() == 1);
    __asm__ volatile("cpsie i" : : : "memory");
}

void board_checks(void)
{
    only_what_is_above_the_ceiling_is_served();
    stricter_mask_stays();
    primask_is_left_alone();
}
