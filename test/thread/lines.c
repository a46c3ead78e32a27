/*
 * One thread writes lines into a queue, and another reads them. The queue refuses many bytes. Every line that comes out was
 * sent, they are in order, each comes once, and where one is missing, something was counted.
 *
 * Usage: lines LINES
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

#define LONGEST 20
#define LIMIT 100
#define LINE_MAX 40

TA_SLAB_DEFINE(pool, 16, 12);
TA_QUEUE_DEFINE(received, pool, LIMIT);
static ta_lines lines = TA_LINES_OF_QUEUE(&received, LONGEST);
static unsigned long last_number;
static int is_done;

#define NEED(condition)                                                     \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition); \
            exit(1);                                                        \
        }                                                                   \
    } while (0)

/* Every 40th line is too long; it is sent while the queue is empty. */
static size_t make_line(unsigned long number, char *line)
{
    int n = snprintf(line, LINE_MAX, "%s%lu",
                     number % 40 != 1 ? "number " : "a line of too many bytes: ", number);
    return (size_t)n;
}

/* In one piece, or byte by byte; and now and then it lets the reader catch up. */
static void *write_lines(void *unused)
{
    char line[LINE_MAX + 1];
    for (unsigned long number = 1; number <= last_number; number++) {
        size_t n = make_line(number, line);
        line[n++] = '\n';
        if (number % 3)
            ta_queue_write(&received, line, n);
        for (size_t i = 0; i < n && number % 3 == 0; i++)
            ta_queue_push(&received, (uint8_t)line[i]);
        while (number % 20 == 0 && !ta_queue_is_empty(&received))
            sched_yield();
    }
    __atomic_store_n(&is_done, 1, __ATOMIC_RELEASE);
    return unused;
}

/* Compare the next line with those that were sent after `*number`. */
static ta_status read_line(unsigned long *number, unsigned *counted)
{
    char text[LINE_MAX], sent[LINE_MAX];
    size_t length;
    ta_status status = ta_lines_read(&lines, text, sizeof text, &length);
    if (status != TA_OK)
        return status;
    unsigned long before = *number;
    do {
        NEED(++*number <= last_number);
        make_line(*number, sent);
    } while (strcmp(text, sent) != 0);
    NEED(length == strlen(text) && length <= LONGEST);
    unsigned count = (unsigned)lines.too_long + lines.damaged;
    NEED(*number == before + 1 || count > *counted || count >= UINT16_MAX);
    *counted = count;
    return TA_OK;
}

int main(int count, char **arguments)
{
    pthread_t writer;
    unsigned long number = 0, delivered = 0;
    unsigned counted = 0;
    last_number = count > 1 ? strtoul(arguments[1], NULL, 10) : 1000;
    NEED(pthread_create(&writer, NULL, write_lines, NULL) == 0);
    for (int was_done = 0, is_over = 0; !is_over; is_over = was_done) {
        was_done = __atomic_load_n(&is_done, __ATOMIC_ACQUIRE);
        while (read_line(&number, &counted) == TA_OK)
            delivered++;
        sched_yield();
    }
    NEED(pthread_join(writer, NULL) == 0);
    NEED(delivered > 0 && lines.damaged > 0 && lines.too_long > 0 && ta_queue_dropped(&received) > 0);
    printf("%lu of %lu lines delivered, %u skipped as too long, %u times as damaged\n", delivered,
           last_number, (unsigned)lines.too_long, (unsigned)lines.damaged);
    return 0;
}
