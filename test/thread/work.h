/*
 * Workers that share one pool, for tests with threads (stress.c) and with cores and their interrupts (test/cores).
 * Each worker is one context. Worker i writes queue i, pausing where marks say so, and the next worker reads it;
 * every byte is compared. So are lines of text, of which the queue refuses some. All workers write letters into one
 * more queue, each naming a block that worker 0 checks and frees; and each keeps a few blocks of its own. The pool is
 * too small for all of it, so every call is refused at times.
 */
#ifndef TEST_WORK_H
#define TEST_WORK_H

#include <tinyalloc/port.h>
#include <tinyalloc/tinyalloc.h>

#define MOST_WORKERS 4
#define KEPT 3

typedef struct worker {
    ta_queue out; /* to the next worker; first, so that its marks find the worker */
    ta_queue text;
    size_t is_paused, pauses;
    unsigned index, random;
    struct worker *previous;   /* whose queues are read here */
    size_t sent, received;     /* bytes */
    size_t refused, no_memory; /* bytes that push and write refused; calls that found no block */
    ta_lines lines;
    unsigned lines_sent, last_line, lines_received;
    unsigned letters_sent;
    unsigned letters_received[MOST_WORKERS];
    ta_handle kept[KEPT];
    ta_buffer buffer;
} worker;

extern worker workers[MOST_WORKERS];

#define NEED(condition) need((condition), #condition, __LINE__)

/* End the program if something does not hold. */
void need(bool holds, const char *what, int line);

/* Before anybody works: so many workers, bytes through each queue, and letters from each worker. */
void prepare_work(unsigned count, size_t bytes, unsigned letters);

/* One round of a worker. Returns true if something moved. */
bool work(worker *w);

bool is_done(const worker *w);

/* A worker is done: it gives its blocks back. */
void finish_work(worker *w);

/* All have finished: nothing is lost. Prints what was done. */
void check_the_end(const char *workers_are);

#endif
