/*
 * DMA beside a write-back cache, simulated. What the program's pointers reach is the cache; a device reaches the
 * memory behind it. A line that differs from what was loaded is dirty. At any moment the cache may write a dirty line
 * back, or load a clean one again: here it does so at random, also in the middle of a transfer. So each hook that the
 * library does not call, or calls in the wrong place, gives a wrong byte to a device or to the program.
 *
 * Usage: dma SENDER RECEIVER [BROKEN]     each of the two: cpu, dma or both
 * BROKEN: no_clean, no_invalidate, invalidate_for_clean: what a hook does, and the run must fail
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

#define LINE TA_PORT_CACHE_LINE
#define LINES 24
#define BLOCK (2 * LINE)
#define ROUNDS 200000

#define NEED(condition) need((condition), #condition, __LINE__)

static void need(bool holds, const char *what, int line)
{
    if (holds)
        return;
    printf("FAILED: line %d: %s\n", line, what);
    exit(1);
}

static unsigned below(unsigned limit)
{
    static unsigned random = 2463534242u;
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    return random % limit;
}

/* ---- The cache ----------------------------------------------------------------------------------------- */

static const char *broken = "";
static TA_ALIGNAS(
    LINE) uint8_t cached[LINES * LINE]; /* what the program reads and writes: blocks and table */
static uint8_t loaded[LINES * LINE];    /* each line as it was loaded, or written back */
static uint8_t memory[LINES * LINE];    /* what devices read and write */

static bool is_broken(const char *how)
{
    return strcmp(broken, how) == 0;
}

static void write_back(size_t at)
{
    if (memcmp(cached + at, loaded + at, LINE) != 0)
        memcpy(memory + at, cached + at, LINE);
    memcpy(loaded + at, cached + at, LINE);
}

static void discard(size_t at)
{
    memcpy(cached + at, memory + at, LINE);
    memcpy(loaded + at, memory + at, LINE);
}

static void each_line(const void *data, size_t length, void (*what)(size_t at))
{
    size_t first = (size_t)((const uint8_t *)data - cached), end = first + length;
    NEED(length > 0 && first < sizeof(cached) && end <= sizeof(cached));
    for (size_t at = first / LINE * LINE; at < end; at += LINE)
        what(at);
}

void cache_clean(const void *data, size_t length)
{
    if (!is_broken("no_clean"))
        each_line(data, length, is_broken("invalidate_for_clean") ? discard : write_back);
}

void cache_invalidate(const void *data, size_t length)
{
    if (!is_broken("no_invalidate"))
        each_line(data, length, discard);
}

/* What a cache does by itself. */
static void let_cache_work(void)
{
    for (unsigned i = below(LINES); i > 0; i--) {
        size_t at = below(LINES) * LINE;
        write_back(at);
        if (below(2))
            discard(at);
    }
}

/* A device moves some bytes. */
static void device_writes(const ta_span *span, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (below(8) == 0)
            let_cache_work();
        memory[span->data - cached + (ptrdiff_t)i] = bytes[i];
    }
}

static void device_reads(const ta_span *span, uint8_t *bytes)
{
    if (below(2))
        let_cache_work();
    memcpy(bytes, memory + (span->data - cached), span->length);
}

/* ---- A queue or a buffer ------------------------------------------------------------------------------- */

typedef struct stream {
    ta_status (*write)(const void *data, size_t n);
    ta_status (*read)(void *data, size_t n);
    ta_status (*reserve)(size_t n, ta_span *span);
    ta_status (*commit)(size_t n);
    ta_status (*front)(ta_span *span);
    ta_status (*consume)(size_t n);
    size_t (*length)(void);
} stream;

#define STREAM(type)                                                                                  \
    static ta_##type type;                                                                            \
    static ta_status type##_write(const void *d, size_t n)                                            \
    {                                                                                                 \
        return ta_##type##_write(&type, d, n);                                                        \
    }                                                                                                 \
    static ta_status type##_read(void *d, size_t n)                                                   \
    {                                                                                                 \
        return ta_##type##_read(&type, d, n);                                                         \
    }                                                                                                 \
    static ta_status type##_reserve(size_t n, ta_span *span)                                          \
    {                                                                                                 \
        return ta_##type##_reserve(&type, n, span);                                                   \
    }                                                                                                 \
    static ta_status type##_commit(size_t n)                                                          \
    {                                                                                                 \
        return ta_##type##_commit(&type, n);                                                          \
    }                                                                                                 \
    static ta_status type##_front(ta_span *span)                                                      \
    {                                                                                                 \
        return ta_##type##_front(&type, span);                                                        \
    }                                                                                                 \
    static ta_status type##_consume(size_t n)                                                         \
    {                                                                                                 \
        return ta_##type##_consume(&type, n);                                                         \
    }                                                                                                 \
    static size_t type##_length(void)                                                                 \
    {                                                                                                 \
        return ta_##type##_len(&type);                                                                \
    }                                                                                                 \
    static const stream type##_stream = {type##_write, type##_read,    type##_reserve, type##_commit, \
                                         type##_front, type##_consume, type##_length};

STREAM(queue)
STREAM(buffer)

static unsigned sent, received;

static uint8_t byte_at(unsigned position)
{
    return (uint8_t)(position * 167 + (position >> 8) * 31);
}

static void make(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = byte_at(sent + (unsigned)i);
}

/* The program may fill a reservation, too. */
static void send_by_cpu(const stream *s)
{
    uint8_t bytes[BLOCK];
    ta_span span;
    size_t n = 1 + below(BLOCK);
    make(bytes, n);
    if (below(2)) {
        if (s->write(bytes, n) == TA_OK)
            sent += (unsigned)n;
    } else if (s->reserve(n, &span) == TA_OK) {
        memcpy(span.data, bytes, span.length);
        if (below(4) == 0)
            let_cache_work();
        NEED(s->commit(span.length) == TA_OK);
        sent += (unsigned)span.length;
    }
}

/* The device may write more than what is committed, also nothing at all. */
static void send_by_dma(const stream *s)
{
    uint8_t bytes[BLOCK];
    ta_span span;
    if (s->reserve(1 + below(BLOCK), &span) != TA_OK)
        return;
    size_t n = below((unsigned)span.length + 1);
    make(bytes, span.length);
    device_writes(&span, bytes, n + below((unsigned)(span.length - n + 1)));
    NEED(s->commit(n) == TA_OK);
    sent += (unsigned)n;
}

static void compare(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        NEED(bytes[i] == byte_at(received++));
}

static void receive_by_cpu(const stream *s)
{
    uint8_t bytes[LINES * LINE];
    size_t n = below((unsigned)s->length() + 1);
    NEED(s->read(bytes, n) == TA_OK);
    compare(bytes, n);
}

static void receive_by_dma(const stream *s)
{
    uint8_t bytes[BLOCK];
    ta_span span;
    if (s->front(&span) != TA_OK)
        return;
    if (span.length > BLOCK)
        span.length = BLOCK;
    device_reads(&span, bytes);
    compare(bytes, span.length);
    NEED(s->consume(span.length) == TA_OK);
}

/* ---- The run ------------------------------------------------------------------------------------------- */

static bool is_by_dma(const char *who)
{
    return strcmp(who, "dma") == 0 || (strcmp(who, "both") == 0 && below(2));
}

/* Between two transfers the program leaves a block dirty that it had for a while. */
static void use_a_block(const ta_allocator *a)
{
    ta_handle h = ta_alloc(a, BLOCK);
    uint8_t *block = ta_get(a, h);
    if (block)
        memset(block, (int)below(256), BLOCK);
    ta_free(a, h);
}

static void run(const ta_allocator *a, const stream *s, const char *sender, const char *receiver)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (below(4) == 0)
            let_cache_work();
        if (below(4) == 0)
            use_a_block(a);
        if (below(2))
            (is_by_dma(sender) ? send_by_dma : send_by_cpu)(s);
        else
            (is_by_dma(receiver) ? receive_by_dma : receive_by_cpu)(s);
    }
    printf("%u bytes from %s to %s, each compared\n", received, sender, receiver);
    NEED(sent - received == s->length() && received > 100000);
}

TA_SLAB_DEFINE(defined, 3 * LINE, 2);

static void blocks_are_whole_lines(void)
{
    ta_slab slab;
    NEED((uintptr_t)ta_get(defined, ta_alloc(defined, 0)) % LINE == 0);
    NEED(ta_slab_init(&slab, cached + 1, sizeof(cached) - 1, LINE + LINE / 2) == TA_E_INVALID);
    NEED(ta_slab_init(&slab, cached + 1, sizeof(cached) - 1, LINE) == TA_OK);
    NEED(ta_get(&slab.allocator, ta_alloc(&slab.allocator, 0)) == cached + LINE);
}

int main(int count, char **arguments)
{
    ta_slab slab;
    NEED(count >= 3);
    broken = count > 3 ? arguments[3] : "";
    blocks_are_whole_lines();
    NEED(ta_slab_init(&slab, cached, sizeof(cached), BLOCK) == TA_OK);
    ta_queue_init(&queue, &slab.allocator, 0);
    run(&slab.allocator, &queue_stream, arguments[1], arguments[2]);
    NEED(ta_queue_clear(&queue) == TA_OK && ta_buffer_init(&buffer, &slab.allocator) == TA_OK);
    sent = received = 0;
    run(&slab.allocator, &buffer_stream, arguments[1], arguments[2]);
    return 0;
}
