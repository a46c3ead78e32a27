/*
 * Threads that share one pool: each is a worker of work.h.
 *
 * Usage: stress THREADS BYTES LETTERS      bytes through each queue, letters from each thread
 */
#include "work.h"
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

static pthread_barrier_t start;

static void *run(void *argument)
{
    worker *w = argument;
    pthread_barrier_wait(&start);
    while (!is_done(w))
        if (!work(w))
            sched_yield();
    finish_work(w);
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t threads[MOST_WORKERS];
    NEED(count == 4);
    unsigned n = (unsigned)atoi(arguments[1]);
    prepare_work(n, (size_t)atol(arguments[2]), (unsigned)atoi(arguments[3]));
    pthread_barrier_init(&start, NULL, n);
    for (unsigned i = 0; i < n; i++)
        NEED(pthread_create(&threads[i], NULL, run, &workers[i]) == 0);
    for (unsigned i = 0; i < n; i++)
        NEED(pthread_join(threads[i], NULL) == 0);
    check_the_end("threads");
    return 0;
}
