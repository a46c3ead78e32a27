/*
 * The image: prepares what the host asked for, runs one operation (race_operations.c), checks, and reports. What is legal the
 * host knows (model.c); here stand no expectations.
 */
#include "race_image.h"
#include <string.h>

#define TABLE_SIZE (sizeof(ta_slab_state_) + BLOCK_COUNT * (sizeof(struct ta_entry_) + TA_SLAB_OWNER_BYTES_))
static TA_ALIGNAS(BLOCK_SIZE) uint8_t arena[BLOCK_COUNT * BLOCK_SIZE + TABLE_SIZE];
ta_slab slab;
struct record record;
ta_queue queue;
ta_buffer buffer, aside;
ta_recent recent;
ta_handle handles[HANDLES], first_handles[BLOCK_COUNT];
void *own_block;
uint8_t data[3][DATA_MAX];
static ta_handle hogs[BLOCK_COUNT];
static bool line_is_paused;

static void pause_line(ta_queue *q, void *context)
{
    (void)context;
    (void)q;
    line_is_paused = true;
}

static void resume_line(ta_queue *q, void *context)
{
    (void)context;
    (void)q;
    line_is_paused = false;
}

static const ta_water_marks marks = {HIGH, LOW, pause_line, resume_line, NULL};

/* So often each slot is used beforehand. With TA_RETIRE: whatever is freed from now on leaves service. Else: the next
 * lifetime's end carries from one part of a generation into the next, where a machine needs two loads. */
#if TA_RETIRE
#define LIFETIMES ((1UL << (TA_GENERATION_BITS - 1)) - 1)
#elif TA_GENERATION_BITS == 8
#define LIFETIMES 1
#elif TA_GENERATION_BITS == TA_SLOT_BITS || defined(__AVR__)
#define LIFETIMES ((1UL << 7) - 1)
#else
#define LIFETIMES ((1UL << (TA_SLOT_BITS - 1)) - 1)
#endif

void race_open(void)
{
    ta_slab_init(&slab, arena, sizeof arena, BLOCK_SIZE);
    ta_slab_set_pool(&slab, TA_HANDLE_POOL_BITS ? 5 : 0);
    for (uint32_t i = 0; i < LIFETIMES * BLOCK_COUNT; i++) {
        ta_handle h = ta_alloc(pool, 0);
        if (i < BLOCK_COUNT)
            first_handles[ta_handle_slot(h)] = h;
        ta_free(pool, h);
    }
}

/* The counts begin where one of them is about to wrap: on AVR a count that tears there is off by hundreds. */
static void prepare_queue(void)
{
    uint8_t first[DATA_MAX];
    for (uint8_t i = 0; i < DATA_MAX; i++)
        first[i] = record.is_text ? QUEUE_TEXT(i) : QUEUE_DATA(i);
    ta_queue_init(&queue, pool, 0);
    ta_queue_set_owner(&queue, 1);
    queue.chain.in.count = queue.chain.out.count =
        (size_t)-1 - (record.reader_wraps ? record.read : record.written);
    if (record.marks)
        ta_queue_set_marks(&queue, &marks);
    if (record.uses_headroom)
        ta_queue_use_headroom(&queue);
    /* The last byte after the limit was set, so that the next one finds the fast way again. */
    uint8_t last = record.limit && record.written > record.read ? 1 : 0;
    ta_queue_write(&queue, first, record.written - last);
    ta_queue_consume(&queue, record.read);
    if (record.limit) {
        ta_queue_set_limit(&queue, record.limit);
        ta_queue_write(&queue, first + record.written - last, last);
        ta_queue_write(&queue, first, DROPPED_FIRST); /* so that the next byte dropped carries */
    }
}

static void prepare_buffer(ta_buffer *b, uint8_t which, uint8_t fed, uint8_t eaten)
{
    uint8_t first[DATA_MAX];
    for (uint8_t i = 0; i < DATA_MAX; i++)
        first[i] = BUFFER_DATA(which, i);
    ta_buffer_init(b, pool);
    ta_buffer_set_owner(b, 2);
    ta_buffer_write(b, first, fed);
    ta_buffer_consume(b, eaten);
}

/* Move the counts to where one of them is about to wrap; the bytes stay. */
static void shift_counts(void)
{
    ta_chain_ *c = &recent.chain;
    size_t bytes = (size_t)-1 - (record.reader_wraps ? c->out.count : c->in.count);
    size_t units = 255 - (record.reader_wraps ? recent.gone : recent.written);
    c->in.count += bytes;
    c->out.count += bytes;
    c->in.base -= bytes;
    c->out.base -= bytes;
    recent.written += units;
    recent.gone += units;
}

/* The next unit dropped carries into the second byte of the counter. */
static void prepare_recent(void)
{
    uint8_t first[DATA_MAX], n = record.unit;
    size_t length;
    ta_recent_init(&recent, pool, record.units_limit, record.unit);
    recent.chain.dropped = record.units_limit ? DROPPED_FIRST : 0;
    for (uint8_t u = 0; u < record.units; u++) {
        for (uint8_t i = 0; i < DATA_MAX; i++)
            first[i] = RECENT_DATA(u, i);
        ta_recent_write(&recent, first, n ? n : RECENT_LENGTH(u));
        if (u < record.units_read)
            ta_recent_read(&recent, first, DATA_MAX, &length);
    }
    shift_counts();
}

void race_prepare(void)
{
    for (uint8_t i = 0; i < DATA_MAX; i++)
        for (uint8_t who = MAIN; who <= INNER; who++)
            data[who][i] = DATA(who, i);
    handles[OWN] = ta_alloc(pool, OWN_SIZE);
    handles[GIVEN] = ta_alloc(pool, 1);
    own_block = ta_get(pool, handles[OWN]);
    memset(own_block, PATTERN(OWN), BLOCK_SIZE);
    memset(ta_get(pool, handles[GIVEN]), PATTERN(GIVEN), BLOCK_SIZE);

    prepare_queue();
    prepare_buffer(&buffer, 0, record.out, record.out_eaten);
    prepare_buffer(&aside, 1, record.aside, record.aside_eaten);
    prepare_recent();

    ta_span span;
    if (record.reserved && ta_queue_reserve(&queue, record.reserved, &span) == TA_OK)
        memcpy(span.data, data[MAIN], span.length);
    ta_slab_set_headroom(pool, record.kept);
    for (uint8_t i = 0; ta_available(pool) > record.available; i++) {
        hogs[i] = ta_alloc(pool, 0);
        memset(ta_get(pool, hogs[i]), PATTERN((uint8_t)(HANDLES + i)), BLOCK_SIZE);
    }
}

static bool is_intact(ta_handle h, uint8_t which)
{
    const uint8_t *block = ta_get(pool, h);
    for (uint8_t i = 0; block && i < BLOCK_SIZE; i++)
        if (block[i] != PATTERN(which))
            return false;
    return true;
}

static void look_at_handles(void)
{
    if (record.main.op == OP_ALLOC_COPY && record.main.status) {
        const uint8_t *block = ta_get(pool, handles[MAIN]);
        memcpy(record.main.bytes, block, record.main.n);
    }
    if (ta_is_live(pool, handles[MAIN]))
        memset(ta_get(pool, handles[MAIN]), PATTERN(MAIN), BLOCK_SIZE);
    record.intact = 1;
    for (uint8_t i = 0; i < HANDLES; i++) {
        record.live |= (uint8_t)(ta_is_live(pool, handles[i]) << i);
        record.intact &= is_intact(handles[i], i);
    }
    for (uint8_t i = 0; i < BLOCK_COUNT; i++)
        record.intact &= is_intact(hogs[i], (uint8_t)(HANDLES + i));
}

static void look_at_queue(void)
{
    record.queue_length = race_length(ta_queue_len(&queue));
    for (uint8_t i = 0; i < record.queue_length && i < DATA_MAX; i++)
        ta_queue_at(&queue, i, &record.queue[i]);
    race_tell_dropped(&record.dropped[0], &record.dropped[1]);
    record.is_paused = line_is_paused;
}

static void look_at_buffer(const ta_buffer *b, uint8_t which)
{
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    uint8_t chunks = 0, n = race_length(ta_buffer_len(b));
    ta_buffer_copy_out(b, 0, record.buffer[which].bytes, n < DATA_MAX ? n : DATA_MAX);
    while (chunks < 20 && ta_buffer_next_chunk(b, &at, &span) == TA_OK)
        chunks++;
    record.buffer[which].length = n;
    record.buffer[which].chunks =
        record.main.op == OP_B_RESERVE ? 0xFF : chunks; /* an open block is not iterated */
}

static void look_at_recent(void)
{
    uint8_t *at = record.recent;
    size_t length, dropped = ta_recent_dropped(&recent);
    record.recent_count = race_length(ta_recent_count(&recent));
    record.recent_dropped[0] = (uint8_t)dropped;
    record.recent_dropped[1] = race_length(dropped >> 8);
    while (ta_recent_read(&recent, at + 1, (size_t)(record.recent + DATA_MAX - at) - 1, &length) == TA_OK) {
        *at = (uint8_t)length;
        at += 1 + length;
    }
    record.recent_length = (uint8_t)(at - record.recent);
}

/* Everything goes back: then nothing is taken, and every block can be had. */
static void give_back(void)
{
    ta_queue_clear(&queue);
    ta_buffer_clear(&buffer);
    ta_buffer_clear(&aside);
    ta_recent_clear(&recent);
    for (uint8_t i = 0; i < HANDLES; i++)
        ta_free(pool, handles[i]);
    for (uint8_t i = 0; i < BLOCK_COUNT; i++)
        ta_free(pool, hogs[i]);
    record.leaked = race_length(ta_stats_of(pool).used);
    while (record.refilled < 2 * BLOCK_COUNT && ta_slab_alloc_headroom(pool, 0).bits)
        record.refilled++;
    record.refilled += race_length(ta_stats_of(pool).retired);
    record.last_check = (int8_t)ta_slab_check(pool);
}

void race_check(void)
{
    record.is_worn = TA_RETIRE;
    record.slab_check = (int8_t)ta_slab_check(pool);
    record.recent_check = (int8_t)ta_recent_check(&recent);
    record.queue_check = (int8_t)ta_queue_check(&queue);
    record.buffer_check = (int8_t)(ta_buffer_check(&buffer) * 10 + ta_buffer_check(&aside));
    ta_stats stats = ta_stats_of(pool);
    record.used = race_length(stats.used);
    record.peak = race_length(stats.peak);
    record.failures = race_length(stats.failures);
    look_at_handles();
    look_at_queue();
    look_at_buffer(&buffer, 0);
    look_at_buffer(&aside, 1);
    look_at_recent();
    give_back();
}
