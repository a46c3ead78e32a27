/*
 * Threads that share one pool. Thread i writes queue i, pausing where marks say so, and its neighbour reads it; every byte
 * is compared. All threads write letters into one more queue, each naming a block that the first thread checks and
 * frees; and each thread keeps a few blocks of its own. The pool is too small for all of it, so that every call is
 * refused at times.
 *
 * Usage: stress THREADS BYTES LETTERS      bytes through each queue, letters from each thread
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinyalloc/port.h>
#include <tinyalloc/tinyalloc.h>

#define MOST_THREADS 4
#define BLOCK 16
#define KEPT 3
#define LIMIT 100 /* bytes in a queue, or a few more */

TA_SLAB_DEFINE(pool, BLOCK, 44);

typedef struct letter {
    ta_handle block;
    unsigned from, number;
} letter;

typedef struct worker {
    ta_queue out; /* to the next worker; first, so that its marks find the worker */
    size_t is_paused, pauses;
    pthread_t thread;
    unsigned index, random;
    struct worker *previous;   /* whose queue is read here */
    size_t sent, received;     /* bytes */
    size_t refused, no_memory; /* bytes that push and write refused; calls that found no block */
    unsigned letters_sent;
    unsigned letters_received[MOST_THREADS];
    ta_handle kept[KEPT];
    ta_buffer buffer;
} worker;

static worker workers[MOST_THREADS];
static TA_QUEUE_DEFINE(letters, pool, 0);
static unsigned threads, letters_each;
static size_t bytes_each;
static pthread_barrier_t start;

#define NEED(condition) need((condition), #condition, __LINE__)

static void need(bool holds, const char *what, int line)
{
    if (holds)
        return;
    fprintf(stderr, "FAILED: line %d: %s\n", line, what);
    exit(1);
}

static unsigned below(worker *w, unsigned limit)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 17;
    w->random ^= w->random << 5;
    return w->random % limit;
}

/* The byte at a position of the stream that a worker writes. */
static uint8_t byte_at(const worker *w, size_t position)
{
    return (uint8_t)(position * 167 + (position >> 8) * 31 + w->index * 71);
}

/* ---- Blocks -------------------------------------------------------------------------------------------- */

static bool is_none(ta_handle h)
{
    return h.bits == 0;
}

static void fill_block(ta_handle h, unsigned mark)
{
    memset(ta_get(pool, h), (int)(mark & 0xff), BLOCK);
}

static bool block_holds(ta_handle h, unsigned mark)
{
    const uint8_t *block = ta_get(pool, h);
    for (unsigned i = 0; block && i < BLOCK; i++)
        if (block[i] != (uint8_t)mark)
            return false;
    return block != NULL;
}

static void keep_or_free(worker *w)
{
    unsigned i = below(w, KEPT);
    if (is_none(w->kept[i])) {
        w->kept[i] = ta_alloc(pool, BLOCK);
        if (!is_none(w->kept[i]))
            fill_block(w->kept[i], w->index * KEPT + i + 1);
    } else {
        NEED(block_holds(w->kept[i], w->index * KEPT + i + 1));
        NEED(ta_free(pool, w->kept[i]));
        NEED(!ta_free(pool, w->kept[i]));
        w->kept[i] = TA_NONE;
    }
}

/* ---- Marks: a pause that is never ended would end the test's time --------------------------------------- */

static void pause_line(ta_queue *q, void *context)
{
    (void)context;
    worker *w = (worker *)(void *)q;
    NEED(!ta_port_load(&w->is_paused));
    ta_port_store(&w->is_paused, 1);
    w->pauses++;
}

static void go_on(ta_queue *q, void *context)
{
    (void)context;
    worker *w = (worker *)(void *)q;
    NEED(ta_port_load(&w->is_paused));
    ta_port_store(&w->is_paused, 0);
}

static const ta_water_marks marks = {80, 20, pause_line, go_on, NULL};

/* ---- Bytes --------------------------------------------------------------------------------------------- */

/* How many of n bytes a call took that takes all or none; keeps count of what it refused. */
static size_t taken(worker *w, ta_status status, size_t n)
{
    NEED(status == TA_OK || status == TA_E_NO_MEMORY || status == TA_E_FULL);
    w->no_memory += status == TA_E_NO_MEMORY;
    w->refused += status == TA_OK ? 0 : n;
    return status == TA_OK ? n : 0;
}

static size_t reserve_and_commit(worker *w, const uint8_t *bytes, size_t n)
{
    ta_span span;
    ta_status status = ta_queue_reserve(&w->out, n, &span);
    if (status != TA_OK) {
        NEED(status == TA_E_NO_MEMORY || status == TA_E_FULL);
        return 0;
    }
    size_t part = below(w, (unsigned)span.length + 1);
    memcpy(span.data, bytes, part);
    NEED(ta_queue_commit(&w->out, part) == TA_OK);
    return part;
}

static void write_bytes(worker *w)
{
    uint8_t bytes[40];
    size_t n = 1 + below(w, sizeof(bytes)), done = 0;
    if (n > bytes_each - w->sent)
        n = bytes_each - w->sent;
    for (size_t i = 0; i < n; i++)
        bytes[i] = byte_at(w, w->sent + i);
    if (n == 0 || ta_port_load(&w->is_paused))
        return;
    if (below(w, 32) == 0)
        NEED(ta_queue_set_limit(&w->out, LIMIT + below(w, 20)) == TA_OK);
    switch (below(w, 4)) {
    case 0:
        w->sent += taken(w, ta_queue_push(&w->out, bytes[0]), 1);
        break;
    case 1:
        w->sent += taken(w, ta_queue_write(&w->out, bytes, n), n);
        break;
    case 2:
        ta_queue_write_some(&w->out, bytes, n, &done);
        w->sent += done;
        break;
    default:
        w->sent += reserve_and_commit(w, bytes, n);
    }
}

static void compare(worker *w, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        NEED(bytes[i] == byte_at(w->previous, w->received + i));
    w->received += n;
}

static void empty_buffer(worker *w, ta_status status)
{
    NEED(status == TA_OK || status == TA_E_NO_MEMORY);
    while (ta_buffer_len(&w->buffer) > 0) {
        ta_span span;
        NEED(ta_buffer_front(&w->buffer, &span) == TA_OK);
        compare(w, span.data, span.length);
        NEED(ta_buffer_consume(&w->buffer, span.length) == TA_OK);
    }
}

/* What is stored stays where it is until it is consumed. */
static void look_and_consume(worker *w, ta_queue *in, size_t n)
{
    uint8_t bytes[40];
    size_t position;
    NEED(ta_queue_copy_out(in, 0, bytes, n) == TA_OK &&
         ta_queue_copy_out(in, n / 2, bytes + n / 2, n - n / 2) == TA_OK);
    if (n > 0)
        NEED(ta_queue_find(in, 0, bytes[n - 1], &position) == TA_OK && bytes[position] == bytes[n - 1]);
    compare(w, bytes, n);
    NEED(ta_queue_consume(in, n) == TA_OK);
}

static void read_bytes(worker *w)
{
    ta_queue *in = &w->previous->out;
    uint8_t bytes[40];
    size_t n = 0, held = ta_queue_len(in);
    ta_span span;
    NEED(held <= LIMIT + 20 && ta_queue_limit(in) - LIMIT < 20);
    switch (below(w, 7)) {
    case 0:
        if (ta_queue_pop(in, bytes) == TA_OK)
            compare(w, bytes, 1);
        break;
    case 1:
        ta_queue_read_some(in, bytes, 1 + below(w, sizeof(bytes)), &n);
        compare(w, bytes, n);
        break;
    case 2:
        if (ta_queue_front(in, &span) == TA_OK) {
            NEED(ta_queue_at(in, span.length - 1, bytes) == TA_OK && bytes[0] == span.data[span.length - 1]);
            compare(w, span.data, span.length);
            NEED(ta_queue_consume(in, span.length) == TA_OK);
        }
        break;
    case 3:
        NEED(ta_queue_read(in, NULL, 0) == TA_OK);
        for (unsigned i = 0; i < 8 && ta_queue_pop(in, bytes) == TA_OK; i++)
            compare(w, bytes, 1);
        break;
    case 4:
        look_and_consume(w, in, held < sizeof(bytes) ? held : sizeof(bytes));
        break;
    case 5:
        empty_buffer(w, ta_queue_drain_into(&w->buffer, in, below(w, (unsigned)held + 1)));
        break;
    default:
        empty_buffer(w, ta_queue_take(in, &w->buffer));
    }
    NEED(ta_queue_dropped(in) <= SIZE_MAX / 2);
}

/* ---- Letters: one queue, many writers ------------------------------------------------------------------- */

static void send_letter(worker *w)
{
    letter l = {ta_alloc(pool, BLOCK), w->index, w->letters_sent};
    if (is_none(l.block))
        return;
    fill_block(l.block, l.from * 101 + l.number);
    ta_mask mask = ta_critical_enter();
    bool is_sent = ta_queue_write(&letters, &l, sizeof(l)) == TA_OK;
    ta_critical_exit(mask);
    if (is_sent)
        w->letters_sent++;
    else
        NEED(ta_free(pool, l.block));
}

static void open_letter(worker *w)
{
    letter l;
    if (ta_queue_len(&letters) == 0)
        return;
    NEED(ta_queue_read(&letters, &l, sizeof(l)) == TA_OK); /* never a part of one */
    NEED(l.from < threads && l.number == w->letters_received[l.from]);
    w->letters_received[l.from]++;
    NEED(block_holds(l.block, l.from * 101 + l.number));
    if (below(w, 8) == 0) {
        ta_mask mask = ta_critical_enter(); /* the writers are outside */
        NEED(ta_queue_trim(&letters) == TA_OK);
        ta_critical_exit(mask);
    }
    NEED(ta_free(pool, l.block));
    NEED(!ta_free(pool, l.block)); /* whoever has the slot now */
}

/* ---- The run ------------------------------------------------------------------------------------------- */

static bool is_done(const worker *w)
{
    bool letters_done = w->letters_sent == letters_each;
    for (unsigned i = 0; i < threads && w->index == 0; i++)
        letters_done = letters_done && w->letters_received[i] == letters_each;
    return letters_done && w->sent == bytes_each && w->received == bytes_each;
}

/* The table is whole whenever nobody is inside a masked step. */
static void look_at_the_table(void)
{
    ta_mask mask = ta_critical_enter();
    NEED(ta_slab_check(pool) == 0);
    ta_critical_exit(mask);
}

static void *work(void *argument)
{
    worker *w = argument;
    pthread_barrier_wait(&start);
    for (unsigned round = 0; !is_done(w); round++) {
        size_t before = w->sent + w->received + w->letters_sent;
        keep_or_free(w);
        write_bytes(w);
        if (w->letters_sent < letters_each && below(w, 2))
            send_letter(w);
        if (w->index == 0)
            open_letter(w);
        read_bytes(w);
        if (round % 256 == 0)
            look_at_the_table();
        if (w->sent + w->received + w->letters_sent == before)
            sched_yield();
    }
    for (unsigned i = 0; i < KEPT; i++)
        NEED(is_none(w->kept[i]) || ta_free(pool, w->kept[i]));
    NEED(ta_buffer_clear(&w->buffer) == TA_OK);
    return NULL;
}

static void check_the_end(void)
{
    for (unsigned i = 0; i < threads; i++) {
        ta_queue *q = &workers[i].out;
        NEED(ta_queue_is_empty(q) && ta_queue_check(q) == 0);
        NEED(ta_queue_dropped(q) == (workers[i].refused < UINT16_MAX ? workers[i].refused : UINT16_MAX));
        NEED(ta_queue_trim(q) == TA_OK);
    }
    NEED(ta_queue_is_empty(&letters) && ta_queue_check(&letters) == 0 && ta_queue_trim(&letters) == TA_OK);
    NEED(ta_slab_check(pool) == 0);
    ta_stats stats = ta_stats_of(pool);
    NEED(stats.used == 0);
    for (size_t i = 0; i < stats.capacity; i++)
        NEED(!is_none(ta_alloc(pool, 1))); /* every block is there */
    NEED(is_none(ta_alloc(pool, 1)));
}

int main(int count, char **arguments)
{
    NEED(count == 4);
    threads = (unsigned)atoi(arguments[1]);
    bytes_each = (size_t)atol(arguments[2]);
    letters_each = (unsigned)atoi(arguments[3]);
    NEED(threads >= 2 && threads <= MOST_THREADS);
    pthread_barrier_init(&start, NULL, threads);
    for (unsigned i = 0; i < threads; i++) {
        worker *w = &workers[i];
        w->index = i;
        w->random = 2463534242u + i;
        w->previous = &workers[(i + threads - 1) % threads];
        ta_queue_init(&w->out, pool, LIMIT);
        NEED(ta_queue_set_marks(&w->out, i & 1 ? &marks : NULL) == TA_OK); /* marks have a way of their own */
        ta_buffer_init(&w->buffer, pool);
    }
    for (unsigned i = 0; i < threads; i++)
        NEED(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    for (unsigned i = 0; i < threads; i++)
        NEED(pthread_join(workers[i].thread, NULL) == 0);
    size_t refused = 0, no_memory = 0, pauses = 0;
    for (unsigned i = 0; i < threads; i++) {
        refused += workers[i].refused;
        no_memory += workers[i].no_memory;
        pauses += workers[i].pauses;
    }
    check_the_end();
    printf("%u threads: %zu bytes and %u letters compared, %zu pauses; %zu bytes refused, %zu times for want "
           "of a block; "
           "all blocks came back\n",
           threads, bytes_each * threads, letters_each * threads, pauses, refused, no_memory);
    return 0;
}
