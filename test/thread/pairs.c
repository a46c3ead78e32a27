/*
 * Pairs of calls that may meet, each pair in two threads that do nothing else: so little is ordered by the lock that a race
 * cannot hide behind it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinyalloc/port.h>
#include <tinyalloc/tinyalloc.h>

#define TIMES 2000

TA_SLAB_DEFINE(pool, 32, 8);
static TA_QUEUE_DEFINE(queue, pool, 0);
static TA_QUEUE_DEFINE(empty, pool, 0);
static TA_QUEUE_DEFINE(begun, pool, 0); /* holds 19 bytes of a chunk that is being read */
static ta_buffer drained = TA_BUFFER_INIT(pool);

#define NEED(condition) need((condition), #condition, __LINE__)

static void need(bool holds, const char *what, int line)
{
    if (holds)
        return;
    fprintf(stderr, "FAILED: line %d: %s\n", line, what);
    exit(1);
}

static void push_across_chunks(unsigned i)
{
    while (ta_queue_push(&queue, (uint8_t)i) != TA_OK)
        ; /* counts what it drops */
}

static void pop_across_chunks(unsigned i)
{
    uint8_t byte;
    while (ta_queue_pop(&queue, &byte) != TA_OK)
        ;
    NEED(byte == (uint8_t)i);
}

static void write_across_a_chunk(unsigned i)
{
    static const uint8_t bytes[40];
    NEED(i > 0 || ta_queue_write(&begun, bytes, sizeof(bytes)) == TA_OK);
}

static void pop_inside_the_chunk(unsigned i)
{
    uint8_t byte;
    NEED(i >= 19 || ta_queue_pop(&begun, &byte) == TA_OK);
}

static void ask_what_was_dropped(unsigned i)
{
    (void)i;
    NEED(ta_queue_dropped(&queue) <= UINT16_MAX);
}

static void push_more_than_fits(unsigned i)
{
    NEED(ta_queue_write(&queue, &i, pool->block_size * 8 + 1) == TA_E_NO_MEMORY);
}

/* The block is the last chunk while there is none. */
static void reserve_and_cancel(unsigned i)
{
    ta_span span;
    (void)i;
    NEED(ta_queue_reserve(&empty, 4, &span) == TA_OK && ta_queue_cancel(&empty) == TA_OK);
}

static void read_nothing(unsigned i)
{
    uint8_t bytes[4];
    ta_span span;
    size_t position;
    (void)i;
    NEED(ta_queue_read(&empty, bytes, sizeof(bytes)) == TA_E_RANGE &&
         ta_queue_peek(&empty, bytes) == TA_E_EMPTY);
    NEED(ta_queue_front(&empty, &span) == TA_E_EMPTY &&
         ta_queue_find(&empty, 0, 0, &position) == TA_E_NO_MATCH);
}

static void write_across_chunks(unsigned i)
{
    uint8_t bytes[12];
    memset(bytes, (int)(i & 0xff), sizeof(bytes));
    while (ta_queue_write(&queue, bytes, sizeof(bytes)) != TA_OK)
        ;
}

static void look_and_consume(unsigned i)
{
    uint8_t bytes[12];
    size_t position;
    while (ta_queue_copy_out(&queue, 0, bytes, sizeof(bytes)) != TA_OK)
        ;
    NEED(bytes[0] == (uint8_t)i && bytes[11] == (uint8_t)i);
    NEED(ta_queue_find(&queue, 0, (uint8_t)i, &position) == TA_OK && position == 0);
    NEED(ta_queue_consume(&queue, sizeof(bytes)) == TA_OK);
}

static void reserve_across_chunks(unsigned i)
{
    ta_span span;
    for (size_t n = 0; n < 12; n += span.length) {
        while (ta_queue_reserve(&queue, 12 - n, &span) != TA_OK)
            ;
        memset(span.data, (int)(i & 0xff), span.length);
        NEED(ta_queue_commit(&queue, span.length) == TA_OK);
    }
}

static void write_some_across_chunks(unsigned i)
{
    uint8_t bytes[12];
    size_t part;
    memset(bytes, (int)(i & 0xff), sizeof(bytes));
    for (size_t n = 0; n < sizeof(bytes); n += part) {
        NEED(ta_queue_room(&queue) <= 8 * pool->block_size);
        ta_queue_write_some(&queue, bytes, sizeof(bytes) - n, &part);
    }
}

static void look_in_place_and_consume(unsigned i)
{
    uint8_t byte;
    ta_span span;
    while (ta_queue_front(&queue, &span) != TA_OK)
        ;
    NEED(span.data[0] == (uint8_t)i && ta_queue_peek(&queue, &byte) == TA_OK && byte == (uint8_t)i);
    while (ta_queue_at(&queue, 11, &byte) != TA_OK)
        ;
    ta_view v = ta_queue_view(&queue);
    NEED(byte == (uint8_t)i && ta_view_take(&v, 12, &v) == TA_OK);
    for (; ta_view_next_span(&v, &span) == TA_OK;)
        NEED(span.data[span.length - 1] == (uint8_t)i);
    NEED(ta_queue_consume(&queue, 12) == TA_OK);
}

static void read_some(unsigned i)
{
    uint8_t bytes[12];
    size_t part;
    for (size_t n = 0; n < sizeof(bytes); n += part) {
        ta_queue_read_some(&queue, bytes, sizeof(bytes) - n, &part);
        NEED(part == 0 || bytes[part - 1] == (uint8_t)i);
    }
}

/* Where the writer has taken the last block there is none for what is copied. */
static void move_to_a_buffer(unsigned i)
{
    uint8_t bytes[12];
    ta_status status;
    while ((status = ta_queue_drain_into(&drained, &queue, sizeof(bytes))) == TA_E_RANGE)
        ;
    NEED(status == TA_OK || status == TA_E_NO_MEMORY);
    status = status == TA_OK ? ta_buffer_read(&drained, bytes, sizeof(bytes))
                             : ta_queue_read(&queue, bytes, sizeof(bytes));
    NEED(status == TA_OK && bytes[0] == (uint8_t)i && bytes[11] == (uint8_t)i);
}

static void set_limit(unsigned i)
{
    NEED(ta_queue_set_limit(&queue, i) == TA_OK);
}

static void ask_limit(unsigned i)
{
    (void)i;
    NEED(ta_queue_limit(&queue) < TIMES);
}

static const struct pair {
    const char *name;
    void (*one)(unsigned i), (*other)(unsigned i);
} pairs[] = {
    {"ta_queue_push and ta_queue_pop across chunks", push_across_chunks, pop_across_chunks},
    {"ta_queue_write across a chunk and ta_queue_pop inside it", write_across_a_chunk, pop_inside_the_chunk},
    {"ta_queue_write that drops and ta_queue_dropped", push_more_than_fits, ask_what_was_dropped},
    {"ta_queue_reserve in an empty queue and every look", reserve_and_cancel, read_nothing},
    {"ta_queue_write and ta_queue_copy_out, ta_queue_find, ta_queue_consume", write_across_chunks,
     look_and_consume},
    {"ta_queue_write and ta_queue_drain_into", write_across_chunks, move_to_a_buffer},
    {"ta_queue_reserve, ta_queue_commit and ta_queue_front, ta_queue_at, ta_queue_view",
     reserve_across_chunks, look_in_place_and_consume},
    {"ta_queue_write_some, ta_queue_room and ta_queue_read_some", write_some_across_chunks, read_some},
    {"ta_queue_set_limit and ta_queue_limit", set_limit, ask_limit},
};

static void *repeat(void *call)
{
    void (*const *run)(unsigned) = call;
    for (unsigned i = 0; i < TIMES; i++)
        (*run)(i);
    return NULL;
}

int main(void)
{
    uint8_t bytes[20] = {0};
    NEED(ta_queue_write(&begun, bytes, sizeof(bytes)) == TA_OK && ta_queue_pop(&begun, bytes) == TA_OK);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct pair pair = pairs[i];
        pthread_t one, other;
        NEED(pthread_create(&one, NULL, repeat, &pair.one) == 0);
        NEED(pthread_create(&other, NULL, repeat, &pair.other) == 0);
        NEED(pthread_join(one, NULL) == 0 && pthread_join(other, NULL) == 0);
        printf("met %d times: %s\n", TIMES, pair.name);
    }
    NEED(ta_queue_len(&begun) == 40 && ta_queue_clear(&begun) == TA_OK);
    NEED(ta_queue_is_empty(&queue) && ta_queue_trim(&queue) == TA_OK && ta_stats_of(pool).used == 0);
    return 0;
}
