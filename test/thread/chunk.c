/*
 * Inside a chunk neither side masks: each does its part while another thread holds the lock. Then both at once, with nothing
 * but the shared words to order what they do.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <tinyalloc/port.h>
#include <tinyalloc/tinyalloc.h>

#define BYTES 2000

TA_SLAB_DEFINE(pool, 2 * BYTES + 1, 1);
static TA_QUEUE_DEFINE(queue, pool, 0);

#define NEED(condition) need((condition), #condition, __LINE__)

static void need(bool holds, const char *what, int line)
{
    if (holds)
        return;
    fprintf(stderr, "FAILED: line %d: %s\n", line, what);
    exit(1);
}

static void *write_all(void *none)
{
    for (unsigned i = 0; i < BYTES; i++)
        NEED(ta_queue_push(&queue, (uint8_t)(i * 7)) == TA_OK);
    return none;
}

static void *read_all(void *none)
{
    for (unsigned i = 0; i < BYTES;) {
        uint8_t byte;
        ta_status status = ta_queue_pop(&queue, &byte);
        NEED(status == TA_E_EMPTY || (status == TA_OK && byte == (uint8_t)(i * 7)));
        i += status == TA_OK;
    }
    return none;
}

static pthread_t start(void *(*run)(void *))
{
    pthread_t thread;
    NEED(pthread_create(&thread, NULL, run, NULL) == 0);
    return thread;
}

int main(void)
{
    uint8_t byte;
    NEED(ta_queue_push(&queue, 0) == TA_OK && ta_queue_pop(&queue, &byte) == TA_OK); /* takes the block */

    ta_mask mask = ta_critical_enter();
    NEED(pthread_join(start(write_all), NULL) == 0);
    NEED(pthread_join(start(read_all), NULL) == 0);
    ta_critical_exit(mask);
    printf("%d bytes passed while the lock was held\n", BYTES);

    pthread_t reader = start(read_all), writer = start(write_all);
    NEED(pthread_join(writer, NULL) == 0 && pthread_join(reader, NULL) == 0);
    NEED(ta_queue_trim(&queue) == TA_OK && ta_queue_check(&queue) == 0);
    NEED(ta_slab_check(pool) == 0 && ta_stats_of(pool).used == 0);
    printf("%d bytes passed with nothing but the shared words between the threads\n", BYTES);
    return 0;
}
