/*
 * For rtos_freertos.c and rtos_zephyr.c: threads in the place of tasks and of an interrupt, on one processor, as the ports
 * require. The interrupt brings lines, and the worker must get each of them once and in order.
 */
#ifndef DOCS_RTOS_THREADS_H
#define DOCS_RTOS_THREADS_H

#include "expect.h"
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#define LINES 3000
#define TIMEOUTS_MAX 10
#define LINES_AHEAD 7 /* so many fit into the queue */

/* ---- Critical sections --------------------------------------------------------------------------------- */

static pthread_mutex_t section = PTHREAD_MUTEX_INITIALIZER;
static __thread bool is_masked, is_interrupt;

static unsigned mask_interrupts(void)
{
    bool was_masked = is_masked;
    if (!was_masked)
        pthread_mutex_lock(&section);
    is_masked = true;
    return was_masked;
}

static void restore_interrupts(unsigned was_masked)
{
    is_masked = was_masked;
    if (!was_masked)
        pthread_mutex_unlock(&section);
}

/* ---- Wake-ups that are remembered ---------------------------------------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void give(unsigned *count)
{
    EXPECT(!is_masked); /* never inside a critical section of the library */
    pthread_mutex_lock(&lock);
    *count = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static unsigned
    timeouts; /* of a second; without lost wake-ups, only a machine that stands still causes one */

static bool take(unsigned *count, int64_t ms)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += (time_t)(ms / 1000);
    int error = 0;
    pthread_mutex_lock(&lock);
    while (*count == 0 && error == 0)
        error = pthread_cond_timedwait(&changed, &lock, &end);
    bool is_given = *count > 0;
    *count = 0;
    if (!is_given)
        EXPECT(++timeouts < TIMEOUTS_MAX);
    pthread_mutex_unlock(&lock);
    return is_given;
}

/* ---- The line ------------------------------------------------------------------------------------------ */

static volatile unsigned used_lines;
static char line[32];
static size_t line_at, line_end;

void uart_isr(void);

static bool uart_has_byte(void)
{
    return line_at < line_end;
}

static uint8_t uart_read_byte(void)
{
    return (uint8_t)line[line_at++];
}

static void nap(void)
{
    const struct timespec moment = {0, 20000};
    nanosleep(&moment, NULL);
}

/* Each line comes in three pieces. */
static void *send_lines(void *unused)
{
    is_interrupt = true;
    for (unsigned i = 0; i < LINES; i++) {
        while (i >= used_lines + LINES_AHEAD)
            nap();
        size_t length = (size_t)snprintf(line, sizeof line, "line %u\n", i);
        line_at = 0;
        for (size_t part = 1; part <= 3; part++) {
            line_end = length * part / 3;
            uart_isr();
            if (i % 3 == part - 1)
                nap();
        }
    }
    return unused;
}

static void start_thread(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, run, argument) == 0 && pthread_detach(thread) == 0);
}

static void uart_start(void)
{
    start_thread(send_lines, NULL);
}

static void line_is_silent(void) {}

static void use(const char *text, size_t n)
{
    char expected[32];
    snprintf(expected, sizeof expected, "line %u", used_lines);
    EXPECT(text && n == strlen(expected) && memcmp(text, expected, n) == 0);
    used_lines++;
}

static void use_one_processor(void)
{
    cpu_set_t all, one;
    size_t processor = 0;
    EXPECT(sched_getaffinity(0, sizeof all, &all) == 0);
    while (!CPU_ISSET(processor, &all))
        processor++;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    EXPECT(sched_setaffinity(0, sizeof one, &one) == 0);
}

/* All lines were used. The worker frees the last block after that, and each queue keeps one. */
static void expect_all_lines(const ta_allocator *a, const ta_queue *q)
{
    while (used_lines < LINES || ta_stats_of(a).used > 2)
        nap();
    EXPECT(ta_queue_dropped(q) == 0);
}

#endif
