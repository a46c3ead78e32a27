/*
 * Inside a chunk neither side masks: bytes go from thread to thread while a third holds the lock all the time. So nothing
 * but the shared words orders what the two do.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <tinyalloc/port.h>
#include <tinyalloc/tinyalloc.h>

#define BYTES 2000

TA_SLAB_DEFINE(pool, BYTES + 1, 1);
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
        if (ta_queue_len(&queue) == 0)
            continue;
        NEED(ta_queue_pop(&queue, &byte) == TA_OK && byte == (uint8_t)(i * 7));
        i++;
    }
    return none;
}

int main(void)
{
    pthread_t writer, reader;
    uint8_t byte;
    NEED(ta_queue_push(&queue, 0) == TA_OK && ta_queue_pop(&queue, &byte) == TA_OK); /* takes the block */
    ta_mask mask = ta_critical_enter();
    NEED(pthread_create(&writer, NULL, write_all, NULL) == 0);
    NEED(pthread_create(&reader, NULL, read_all, NULL) == 0);
    NEED(pthread_join(writer, NULL) == 0 && pthread_join(reader, NULL) == 0);
    ta_critical_exit(mask);
    NEED(ta_queue_trim(&queue) == TA_OK && ta_queue_check(&queue) == 0);
    NEED(ta_slab_check(pool) == 0 && ta_stats_of(pool).used == 0);
    printf("%d bytes passed inside a chunk while the lock was held\n", BYTES);
    return 0;
}
