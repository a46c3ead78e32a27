/*
 * Threads that sleep until a hook wakes them. The sender waits for room and for blocks, the receiver for whole messages, and
 * a third thread takes blocks away and gives them back. Nobody may wait for longer than a wake-up takes, and every byte
 * arrives in order.
 *
 * Usage: wake MESSAGES
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tinyalloc/tinyalloc.h>

#define BLOCKS 8
#define LONGEST 40
#define PATIENCE 20 /* seconds; without a lost wake-up nobody waits for so long */

#define NEED(condition)                                                     \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition); \
            exit(1);                                                        \
        }                                                                   \
    } while (0)

TA_SLAB_DEFINE(pool, 16, BLOCKS);
static TA_QUEUE_DEFINE(queue, pool, 100);
static unsigned long last_message;
static int is_done;

/* ---- Semaphores ---------------------------------------------------------------------------------------- */

typedef struct semaphore {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_given;
    unsigned long takes;
} semaphore;

#define SEMAPHORE                                                     \
    {                                                                 \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0 \
    }
static semaphore sender = SEMAPHORE, receiver = SEMAPHORE, hog = SEMAPHORE;

static void give(semaphore *s)
{
    NEED(!ta_port_holds_lock_); /* never inside a critical section of the library */
    pthread_mutex_lock(&s->lock);
    s->is_given = true;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void take(semaphore *s)
{
    struct timespec end;
    int error = 0;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += PATIENCE;
    pthread_mutex_lock(&s->lock);
    while (!s->is_given && error == 0)
        error = pthread_cond_timedwait(&s->changed, &s->lock, &end);
    NEED(error == 0);
    s->is_given = false;
    s->takes++;
    pthread_mutex_unlock(&s->lock);
}

/* ---- Hooks --------------------------------------------------------------------------------------------- */

static void queue_changed(void *context, unsigned events)
{
    NEED(context == &queue);
    if (events & TA_WAKE_DATA)
        give(&receiver);
    if (events & TA_WAKE_ROOM)
        give(&sender);
}

static void block_came(void *context, unsigned events)
{
    NEED(!context && events == TA_WAKE_BLOCK);
    give(&sender);
    give(&hog);
}

static const ta_wake wake_queue = {queue_changed, &queue}, wake_pool = {block_came, NULL};

/* ---- Threads ------------------------------------------------------------------------------------------- */

static size_t length_of(unsigned long message)
{
    return 1 + message * 7 % LONGEST;
}

/* A length, and bytes that count up. */
static void *send(void *unused)
{
    uint8_t bytes[1 + LONGEST], next = 0;
    for (unsigned long message = 0; message < last_message; message++) {
        size_t n = length_of(message);
        bytes[0] = (uint8_t)n;
        for (size_t i = 1; i <= n; i++)
            bytes[i] = next++;
        while (ta_queue_write(&queue, bytes, 1 + n) != TA_OK)
            take(&sender);
    }
    return unused;
}

static bool is_whole(uint8_t *n)
{
    return ta_queue_peek(&queue, n) == TA_OK && ta_queue_len(&queue) > *n;
}

static void *receive(void *unused)
{
    uint8_t bytes[1 + LONGEST], n, next = 0;
    for (unsigned long message = 0; message < last_message;) {
        NEED(ta_queue_arm(&queue) == TA_OK);
        if (!is_whole(&n)) {
            take(&receiver);
            continue;
        }
        NEED(n == length_of(message++) && ta_queue_read(&queue, bytes, 1 + (size_t)n) == TA_OK);
        for (size_t i = 1; i <= n; i++)
            NEED(bytes[i] == next++);
    }
    __atomic_store_n(&is_done, 1, __ATOMIC_RELEASE);
    give(&hog);
    return unused;
}

/* It waits only while it has none, so that the two do not wait for each other. */
static void *take_blocks_away(void *unused)
{
    ta_handle blocks[BLOCKS];
    while (!__atomic_load_n(&is_done, __ATOMIC_ACQUIRE)) {
        size_t n = 0;
        while (n < BLOCKS && (blocks[n] = ta_alloc(pool, 1)).bits != 0)
            n++;
        if (n == 0)
            take(&hog);
        while (n > 0)
            NEED(ta_free(pool, blocks[--n]));
    }
    return unused;
}

int main(int argc, char **argv)
{
    static void *(*const runs[])(void *) = {send, receive, take_blocks_away};
    pthread_t threads[3];
    NEED(argc == 2);
    last_message = strtoul(argv[1], NULL, 10);
    NEED(ta_slab_set_wake(pool, &wake_pool) == TA_OK && ta_queue_set_wake(&queue, &wake_queue) == TA_OK);
    for (int i = 0; i < 3; i++)
        NEED(pthread_create(&threads[i], NULL, runs[i], NULL) == 0);
    for (int i = 0; i < 3; i++)
        NEED(pthread_join(threads[i], NULL) == 0);
    NEED(ta_queue_trim(&queue) == TA_OK && ta_stats_of(pool).used == 0 && ta_slab_check(pool) == 0);
    NEED(sender.takes > 0 && receiver.takes > 0);
    printf("%lu messages; woken: sender %lu, receiver %lu, third thread %lu\n", last_message, sender.takes,
           receiver.takes, hog.takes);
    return 0;
}
