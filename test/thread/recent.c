/*
 * One thread writes numbered units into two queues that keep the newest, one reads them, and one takes and frees blocks of
 * the same pool. Every unit that comes out is whole, they are in order, each comes once; and what was delivered, dropped
 * and is stored is what was accepted.
 *
 * Usage: recent UNITS      fewer than 65,536, which is where dropped units are no longer counted
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

#define UNIT 12
#define LONGEST 40

TA_SLAB_DEFINE(pool, 8, 14);
TA_RECENT_DEFINE(fixed, pool, 3 * UNIT, UNIT);
TA_RECENT_DEFINE(own_length, pool, 0, 0);
static unsigned long last_number;
static int is_done;

#define NEED(condition)                                                     \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition); \
            exit(1);                                                        \
        }                                                                   \
    } while (0)

/* The number, and bytes that follow from it. */
static size_t make_unit(uint32_t number, bool is_fixed, uint8_t *unit)
{
    size_t n = is_fixed ? UNIT : sizeof number + number * 7 % (LONGEST - sizeof number);
    memcpy(unit, &number, sizeof number);
    for (size_t i = sizeof number; i < n; i++)
        unit[i] = (uint8_t)(number * 5 + i);
    return n;
}

static unsigned long accepted[2];

static void write_to_both(uint32_t number)
{
    uint8_t unit[LONGEST];
    for (int is_fixed = 0; is_fixed < 2; is_fixed++) {
        size_t n = make_unit(number, is_fixed, unit);
        ta_status status = ta_recent_write(is_fixed ? &fixed : &own_length, unit, n);
        NEED(status == TA_OK || status == TA_E_NO_MEMORY);
        accepted[is_fixed] += status == TA_OK;
    }
}

#define FIRST 20 /* are written before anybody reads: so some are dropped, however fast the reader is */

static void *write_units(void *unused)
{
    for (uint32_t number = FIRST + 1; number <= last_number; number++) {
        write_to_both(number);
        if (number % 16 == 0)
            sched_yield();
    }
    __atomic_store_n(&is_done, 1, __ATOMIC_RELEASE);
    return unused;
}

static void *use_blocks(void *unused)
{
    while (!__atomic_load_n(&is_done, __ATOMIC_ACQUIRE)) {
        ta_handle h = ta_alloc(pool, 1);
        sched_yield();
        NEED(ta_free(pool, h) == (h.bits != 0));
    }
    return unused;
}

static bool read_unit(ta_recent *r, uint32_t *last)
{
    uint8_t unit[LONGEST], sent[LONGEST];
    uint32_t number;
    size_t n;
    ta_status status = ta_recent_read(r, unit, sizeof unit, &n);
    NEED(status == TA_OK || status == TA_E_EMPTY);
    if (status != TA_OK)
        return false;
    NEED(n >= sizeof number);
    memcpy(&number, unit, sizeof number);
    NEED(number > *last && number <= last_number);
    NEED(n == make_unit(number, r == &fixed, sent) && memcmp(unit, sent, n) == 0);
    NEED(ta_recent_count(r) <= 14 * 8 / 4 + 1);
    *last = number;
    return true;
}

static pthread_t start(void *(*run)(void *))
{
    pthread_t thread;
    NEED(pthread_create(&thread, NULL, run, NULL) == 0);
    return thread;
}

int main(int count, char **arguments)
{
    unsigned long delivered[2] = {0, 0};
    uint32_t last[2] = {0, 0};
    last_number = count > 1 ? strtoul(arguments[1], NULL, 10) : 1000;
    for (uint32_t number = 1; number <= FIRST; number++)
        write_to_both(number);
    pthread_t writer = start(write_units), other = start(use_blocks);
    while (!__atomic_load_n(&is_done, __ATOMIC_ACQUIRE)) {
        delivered[0] += read_unit(&own_length, &last[0]);
        delivered[1] += read_unit(&fixed, &last[1]);
        if (delivered[0] % 8 == 0)
            sched_yield();
    }
    NEED(pthread_join(writer, NULL) == 0 && pthread_join(other, NULL) == 0);
    for (int is_fixed = 0; is_fixed < 2; is_fixed++) {
        ta_recent *r = is_fixed ? &fixed : &own_length;
        NEED(ta_recent_check(r) == 0);
        NEED(delivered[is_fixed] + ta_recent_dropped(r) + ta_recent_count(r) == accepted[is_fixed]);
        NEED(ta_recent_dropped(r) > 0);
        printf("of %lu units %lu were accepted, %lu delivered, %zu dropped\n", last_number,
               accepted[is_fixed], delivered[is_fixed], ta_recent_dropped(r));
        while (read_unit(r, &last[is_fixed]))
            delivered[is_fixed]++;
        NEED(delivered[is_fixed] > 0);
        NEED(ta_recent_clear(r) == TA_OK);
    }
    NEED(ta_slab_check(pool) == 0 && ta_stats_of(pool).used == 0);
    return 0;
}
