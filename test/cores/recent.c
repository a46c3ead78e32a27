/*
 * Queues that keep the newest between two real cores, of an emulator. Core 0 writes units that core 1 reads; and an interrupt
 * on core 1 writes units that an interrupt on core 0 reads. The pool is too small for both, so each write drops units, and
 * some are refused. Every unit that comes out is whole, they are in order, each comes once; and what was delivered, dropped and
 * is stored is what was accepted.
 */
#include "board.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinyalloc/port.h>
#include <tinyalloc/tinyalloc.h>

#ifndef UNITS
#define UNITS 20000
#endif
#define INTERRUPTS_EACH 300
#define UNIT 12
#define LONGEST 40

unsigned contended[2];

TA_SLAB_DEFINE(pool, 16, 9);
static struct {
    ta_recent recent;
    uint32_t sent, last; /* the numbers of the last unit written and of the last one read */
    size_t accepted, delivered;
} between[2] = {{TA_RECENT_INIT(pool, 0, 0), 0, 0, 0, 0}, {TA_RECENT_INIT(pool, 4 * UNIT, UNIT), 0, 0, 0, 0}};
enum { MAIN_LOOPS, INTERRUPTS };

static struct {
    size_t interrupts, has_begun, has_ended, is_stopped; /* words between the cores */
} cores[2];

#define NEED(condition) need((condition), #condition, __LINE__)

static void need(bool holds, const char *what, int line)
{
    static unsigned has_failed;
    if (holds || __atomic_exchange_n(&has_failed, 1, __ATOMIC_RELAXED))
        return;
    printf("FAILED: line %d: %s\n", line, what);
    exit(1);
}

/* The number, and bytes that follow from it. */
static size_t make_unit(uint32_t number, bool is_fixed, uint8_t *unit)
{
    size_t n = is_fixed ? UNIT : sizeof number + number * 7 % (LONGEST - sizeof number);
    memcpy(unit, &number, sizeof number);
    for (size_t i = sizeof number; i < n; i++)
        unit[i] = (uint8_t)(number * 5 + i);
    return n;
}

static void write_unit(int which)
{
    uint8_t unit[LONGEST];
    size_t n = make_unit(++between[which].sent, which == INTERRUPTS, unit);
    ta_status status = ta_recent_write(&between[which].recent, unit, n);
    NEED(status == TA_OK || status == TA_E_NO_MEMORY);
    between[which].accepted += status == TA_OK;
}

static bool read_unit(int which)
{
    uint8_t unit[LONGEST], sent[LONGEST];
    uint32_t number;
    size_t n;
    ta_status status = ta_recent_read(&between[which].recent, unit, sizeof unit, &n);
    NEED(status == TA_OK || status == TA_E_EMPTY);
    if (status != TA_OK)
        return false;
    memcpy(&number, unit, sizeof number);
    NEED(n >= sizeof number && number > between[which].last);
    NEED(n == make_unit(number, which == INTERRUPTS, sent) && memcmp(unit, sent, n) == 0);
    between[which].last = number;
    ta_port_store(&between[which].delivered, between[which].delivered + 1);
    return true;
}

void timer_interrupt(void)
{
    unsigned core = CORE();
    ta_port_store(&cores[core].interrupts, cores[core].interrupts + 1);
    if (ta_port_load(&cores[core].is_stopped))
        return; /* one more was pending */
    ta_handle h = ta_alloc(pool, 1);
    for (unsigned i = 0; i < 3; i++)
        if (core == 1)
            write_unit(INTERRUPTS);
        else
            read_unit(INTERRUPTS);
    NEED(ta_free(pool, h) == (h.bits != 0));
    if (ta_port_load(&cores[core].has_ended))
        ta_port_store(&cores[core].is_stopped, 1);
    else
        start_timer(300 + (cores[core].interrupts * 37 & 511));
}

/* A few at once; then it is the reader's turn, unless that does not come. */
static void write_units(void)
{
    size_t before = ta_port_load(&between[MAIN_LOOPS].delivered);
    for (int i = 0; i < 6 && between[MAIN_LOOPS].sent < UNITS; i++)
        write_unit(MAIN_LOOPS);
    for (int i = 0; i < 10000 && ta_port_load(&between[MAIN_LOOPS].delivered) == before; i++)
        ;
}

static bool is_enough(void)
{
    return between[MAIN_LOOPS].sent >= UNITS && ta_port_load(&cores[0].interrupts) > INTERRUPTS_EACH &&
           ta_port_load(&cores[1].interrupts) > INTERRUPTS_EACH;
}

static void run(unsigned core)
{
    NEED(this_core() == core && CORE() == core);
    ta_port_store(&cores[core].has_begun, 1);
    while (!ta_port_load(&cores[!core].has_begun))
        ;
    if (core == 0)
        printf("both cores run\n");
    start_timer(1000);
    while (core == 1 ? !ta_port_load(&cores[0].has_ended) : !is_enough())
        if (core == 0)
            write_units();
        else
            read_unit(MAIN_LOOPS);
    ta_port_store(&cores[core].has_ended, 1);
    while (!ta_port_load(&cores[core].is_stopped))
        ;
}

void second_main(void)
{
    run(1);
    for (;;)
        ;
}

static void check_the_end(int which)
{
    ta_recent *r = &between[which].recent;
    NEED(ta_recent_check(r) == 0);
    size_t dropped = ta_recent_dropped(r), stored = ta_recent_count(r);
    printf("%s: %u units, %u accepted, %u delivered, %u dropped, %u stored\n",
           which == MAIN_LOOPS ? "main loops" : "interrupts", (unsigned)between[which].sent,
           (unsigned)between[which].accepted, (unsigned)between[which].delivered, (unsigned)dropped,
           (unsigned)stored);
    NEED(dropped < UINT16_MAX); /* else not all are counted */
    NEED(between[which].delivered + dropped + stored == between[which].accepted);
    NEED(between[which].delivered > 0 && dropped > 0);
    NEED(ta_recent_clear(r) == TA_OK);
}

int main(void)
{
    ta_port_init();
    start_second_core();
    run(0);
    while (!ta_port_load(&cores[1].is_stopped))
        ;
    check_the_end(MAIN_LOOPS);
    check_the_end(INTERRUPTS);
    NEED(ta_slab_check(pool) == 0 && ta_stats_of(pool).used == 0);
    for (unsigned core = 0; core < 2; core++)
        printf("core %u: %u interrupts served, %u critical sections found the lock taken\n", core,
               (unsigned)cores[core].interrupts, contended[core]);
    printf("passed\n");
    return 0;
}
