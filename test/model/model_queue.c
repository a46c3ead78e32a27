/*
 * A queue against a plain array: every call of both sides, water marks, a limit that moves, a pool that somebody else nearly
 * fills, and a reserve that only the queue may use.
 */
#include "interpreter.h"
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 1 };
TA_SLAB_DEFINE(pool, 4, 16);

#define BLOCKS 16
#define RESERVE 2
#define HELD_MAX 64
#define HIGH 20
#define LOW 6

static ta_queue q;
static ta_buffer hog, out; /* the first takes blocks away, the second takes what arrives */
static uint8_t held[HELD_MAX];
static size_t length, limit, dropped;
static bool has_marks, line_is_paused, was_paused;

static void pause_line(ta_queue *queue, void *context)
{
    (void)context;
    (void)queue;
    line_is_paused = true;
}

static void resume_line(ta_queue *queue, void *context)
{
    (void)context;
    (void)queue;
    line_is_paused = false;
}

static const ta_water_marks marks = {HIGH, LOW, pause_line, resume_line, NULL};

/* ---- The model ----------------------------------------------------------------------------------------- */

static void put(const uint8_t *data, size_t n)
{
    memcpy(held + length, data, n);
    length += n;
}

static void cut(size_t n)
{
    length -= n;
    memmove(held, held + n, length);
}

static size_t limit_room(void)
{
    if (limit == 0)
        return SIZE_MAX;
    return length < limit ? limit - length : 0;
}

/* What a write of n bytes must say when at least `free` blocks could be had. */
static bool is_right(ta_status got, size_t n, size_t free)
{
    if (n > limit_room())
        return got == TA_E_FULL;
    return got == TA_OK || (got == TA_E_NO_MEMORY && free * 4 < n);
}

static bool check(void)
{
    EXPECT(ta_slab_check(pool) == 0);
    EXPECT(ta_queue_check(&q) == 0);
    EXPECT(ta_buffer_check(&out) == 0);
    EXPECT(ta_queue_len(&q) == length);
    EXPECT(ta_queue_is_empty(&q) == (length == 0));
    EXPECT(ta_queue_dropped(&q) == dropped);
    for (size_t i = 0; i < length; i++) {
        uint8_t byte;
        EXPECT(ta_queue_at(&q, i, &byte) == TA_OK && byte == held[i]);
    }
    /* the line pauses at HIGH, goes on at LOW, and stays as it is between them */
    bool expected = has_marks && (length >= HIGH || (length > LOW && was_paused));
    EXPECT(line_is_paused == expected);
    was_paused = line_is_paused;
    return true;
}

/* ---- Operations ---------------------------------------------------------------------------------------- */

static bool op_write(tape *t, size_t free)
{
    uint8_t data[24];
    size_t n = next_below(t, next_byte(t) % 2 ? sizeof data : 6),
           done; /* often within a block and the next */
    for (size_t i = 0; i < n; i++)
        data[i] = next_byte(t);
    ta_status got;
    switch (next_below(t, 3)) {
    case 0:
        n = 1;
        got = ta_queue_push(&q, data[0] = 9);
        break;
    case 1:
        got = ta_queue_write(&q, data, n);
        break;
    default:
        got = ta_queue_write_some(&q, data, n, &done);
        EXPECT(done <= n && (got == TA_OK || done == 0));
        EXPECT(got != TA_E_FULL || limit_room() == 0);
        put(data, done);
        return true;
    }
    EXPECT(is_right(got, n, free));
    if (got == TA_OK)
        put(data, n);
    else
        dropped += n;
    return true;
}

static bool op_reserve(tape *t, size_t free)
{
    ta_span span;
    size_t n = 1 + next_below(t, 10);
    ta_status got = ta_queue_reserve(&q, n, &span);
    EXPECT(is_right(got, 1, free));
    if (got != TA_OK)
        return true;
    EXPECT(span.length >= 1 && span.length <= n && span.length <= limit_room());
    uint8_t fill = next_byte(t);
    memset(span.data, fill, span.length);
    EXPECT(check());
    size_t used = next_below(t, span.length + 2);
    if (fill % 4 == 0)
        return true; /* left open */
    if (fill % 4 == 1)
        return ta_queue_cancel(&q) == TA_OK && ta_queue_commit(&q, 1) == TA_E_INVALID;
    EXPECT(ta_queue_commit(&q, used) == (used > span.length ? TA_E_INVALID : TA_OK));
    EXPECT(used > span.length || ta_queue_commit(&q, 0) == TA_E_INVALID); /* it is closed */
    if (used <= span.length)
        put((uint8_t[10]){fill, fill, fill, fill, fill, fill, fill, fill, fill, fill}, used);
    return true;
}

static bool op_read(tape *t)
{
    uint8_t data[HELD_MAX] = {0};
    size_t n = next_below(t, next_byte(t) % 2 ? 24 : 6), done = n;
    ta_status expected = n > length ? TA_E_RANGE : TA_OK;
    ta_span span;
    switch (next_below(t, 5)) {
    case 0:
        EXPECT(ta_queue_pop(&q, data) == (length ? TA_OK : TA_E_EMPTY));
        n = done = length ? 1 : 0;
        break;
    case 1:
        EXPECT(ta_queue_read(&q, data, n) == expected);
        break;
    case 2:
        EXPECT(ta_queue_read_some(&q, data, n, &done) == (n && !length ? TA_E_EMPTY : TA_OK));
        EXPECT(done == (n < length ? n : length));
        n = done;
        break;
    case 3:
        EXPECT(ta_queue_consume(&q, n) == expected);
        memcpy(data, held, n);
        break;
    default:
        n = 0;
        EXPECT(ta_queue_front(&q, &span) == (length ? TA_OK : TA_E_EMPTY));
        EXPECT(!length ||
               (span.length >= 1 && span.length <= length && memcmp(span.data, held, span.length) == 0));
        break;
    }
    if (n <= length) {
        EXPECT(memcmp(data, held, n) == 0);
        cut(n);
    }
    return true;
}

static bool op_take(tape *t)
{
    uint8_t data[HELD_MAX];
    size_t before = ta_buffer_len(&out);
    ta_status got = ta_queue_take(&q, &out);
    EXPECT(got == TA_OK || (got == TA_E_NO_MEMORY && ta_available(pool) == 0));
    if (got == TA_OK) {
        EXPECT(ta_buffer_len(&out) == before + length);
        EXPECT(ta_buffer_copy_out(&out, before, data, length) == TA_OK && memcmp(data, held, length) == 0);
        cut(length);
    }
    if (ta_buffer_len(&out) > 40 || next_byte(t) % 2)
        ta_buffer_clear(&out);
    else
        ta_buffer_consume(&out, next_below(t, ta_buffer_len(&out) + 1));
    return true;
}

static bool op_other(tape *t)
{
    switch (next_below(t, 8)) {
    case 0:
        length = 0;
        return ta_queue_clear(&q) == TA_OK;
    case 1:
        limit = next_byte(t) % 4 ? 10 + next_below(t, HELD_MAX - 10) : 0;
        return ta_queue_set_limit(&q, limit) == TA_OK;
    case 2:
        return ta_queue_len(&q) == length;
    case 3:
        return ta_queue_trim(&q) == TA_OK;
    case 4:
        return ta_buffer_clear(&hog) == TA_OK;
    default:
        return ta_buffer_write(&hog, "12345678", next_below(t, 9)) != TA_E_INVALID;
    }
}

bool interpret(const uint8_t *bytes, size_t size)
{
    tape t = {bytes, size, 0};
    ta_buffer_init(&hog, pool);
    ta_buffer_init(&out, pool);
    ta_queue_init(&q, pool, limit = 40);
    ta_queue_set_owner(&q, 1);
    length = dropped = 0;
    line_is_paused = was_paused = false;
    has_marks = next_byte(&t) % 2;
    EXPECT(ta_queue_set_marks(&q, has_marks ? &marks : NULL) == TA_OK);
    EXPECT(ta_slab_set_headroom(pool, next_byte(&t) % 2 ? RESERVE : 0) == TA_OK);
    if (next_byte(&t) % 2)
        EXPECT(ta_queue_use_headroom(&q) == TA_OK);
    while (t.at < t.length) {
        size_t free = BLOCKS - ta_stats_of(pool).used;
        if (!q.chain.uses_headroom)
            free = ta_available(pool);
        uint8_t op = next_byte(&t) % 8;
        EXPECT(op < 3    ? op_write(&t, free)
               : op == 3 ? op_reserve(&t, free)
               : op < 6  ? op_read(&t)
               : op == 6 ? op_take(&t)
                         : op_other(&t));
        EXPECT(check());
    }
    ta_buffer_clear(&hog);
    ta_buffer_clear(&out);
    EXPECT(ta_queue_clear(&q) == TA_OK);
    EXPECT(ta_slab_set_headroom(pool, 0) == TA_OK);
    EXPECT(ta_stats_of(pool).used == 0);
    return ta_slab_check(pool) == 0;
}
