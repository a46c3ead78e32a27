/*
 * Buffers and a queue against plain arrays: two pools with different block sizes, three buffers on the first (so that they
 * compete for its blocks), one on the second, and a queue on the first.
 */
#include "../chains.h"
#include "interpreter.h"
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_narrow = 1, ta_pool_id_wide = 2 };
TA_SLAB_DEFINE(narrow, 4, 14);
TA_SLAB_DEFINE(wide, 7, 9);

#define BUFFERS 4
#define HELD_MAX 128
#define QUEUE_LIMIT 40

static ta_buffer buffers[BUFFERS];
static ta_queue pipe;

/* The model: what each holds. */
static struct held {
    uint8_t bytes[HELD_MAX];
    size_t length;
} held[BUFFERS], piped;

/* ---- The model's own operations ------------------------------------------------------------------------ */

static void put(struct held *h, size_t at, const uint8_t *data, size_t n)
{
    memmove(h->bytes + at + n, h->bytes + at, h->length - at);
    memcpy(h->bytes + at, data, n);
    h->length += n;
}

static void cut(struct held *h, size_t at, size_t n)
{
    memmove(h->bytes + at, h->bytes + at + n, h->length - at - n);
    h->length -= n;
}

static size_t max_of(const ta_buffer *b)
{
    return ta_buffer_limit(b) ? ta_buffer_limit(b) : SIZE_MAX;
}

static bool is_over_limit(const ta_buffer *b, const struct held *h, size_t n)
{
    return n > 0 && (h->length > max_of(b) || n > max_of(b) - h->length);
}

/* What writing n bytes must say, where memory decides only if it is short of `blocks`. */
static bool is_right(ta_status got, bool is_full, size_t available, size_t blocks)
{
    if (is_full)
        return got == TA_E_FULL;
    return got == TA_OK || (got == TA_E_NO_MEMORY && available < blocks);
}

static size_t blocks_of(const ta_buffer *b, size_t n)
{
    size_t size = b->chain.allocator->block_size;
    return (n + size - 1) / size;
}

/* ---- Invariants ---------------------------------------------------------------------------------------- */

static bool same_bytes(const ta_buffer *b, const struct held *h)
{
    uint8_t bytes[HELD_MAX];
    return ta_buffer_len(b) == h->length && ta_buffer_copy_out(b, 0, bytes, h->length) == TA_OK &&
           memcmp(bytes, h->bytes, h->length) == 0;
}

/* Blocks that the nouns on a pool hold; the pool must not have given out more or less. */
static size_t blocks_held(const ta_allocator *pool)
{
    size_t blocks = 0;
    for (int i = 0; i < BUFFERS; i++) {
        if (buffers[i].chain.allocator != pool)
            continue;
        blocks += chunks_in(&buffers[i].chain);
    }
    if (pool == narrow)
        blocks += chunks_in(&pipe.chain);
    return blocks;
}

static bool check(void)
{
    EXPECT(ta_slab_check(narrow) == 0);
    EXPECT(ta_slab_check(wide) == 0);
    for (int i = 0; i < BUFFERS; i++) {
        EXPECT(ta_buffer_check(&buffers[i]) == 0);
        EXPECT(same_bytes(&buffers[i], &held[i]));
    }
    EXPECT(ta_queue_check(&pipe) == 0);
    EXPECT(ta_queue_len(&pipe) == piped.length);
    EXPECT(ta_stats_of(narrow).used == blocks_held(narrow));
    EXPECT(ta_stats_of(wide).used == blocks_held(wide));
    return true;
}

/* ---- Operations on one buffer -------------------------------------------------------------------------- */

static bool op_write(ta_buffer *b, struct held *h, tape *t)
{
    uint8_t data[24];
    size_t n = next_below(t, sizeof data), available = ta_available(b->chain.allocator), done;
    for (size_t i = 0; i < n; i++)
        data[i] = next_byte(t);
    size_t at = h->length;
    ta_status got;
    bool is_open = waits_in_fresh_block(&b->chain), is_full = is_over_limit(b, h, n);
    switch (next_below(t, 4)) {
    case 0:
        n = 1;
        is_full = is_over_limit(b, h, 1);
        got = ta_buffer_push(b, data[0] = 7);
        break;
    case 1:
        got = ta_buffer_write(b, data, n);
        break;
    case 2:
        got = ta_buffer_prepend(b, data, n);
        at = 0;
        break;
    default:
        got = ta_buffer_write_some(b, data, n, &done);
        EXPECT(done <= n && (got != TA_OK || n == 0 || done > 0));
        EXPECT(done == n || done + h->length >= max_of(b) || ta_available(b->chain.allocator) == 0);
        is_full = n > 0 && is_over_limit(b, h, 1);
        if (got == TA_OK)
            n = done;
        break;
    }
    EXPECT(is_right(got, is_full, available + is_open, n == 0 ? 0 : blocks_of(b, n) + (at == 0)));
    if (got == TA_OK)
        put(h, at, data, n);
    return true;
}

static bool op_read(ta_buffer *b, struct held *h, tape *t)
{
    uint8_t data[HELD_MAX] = {0};
    size_t n = next_below(t, 32), done = 0, want = n;
    ta_status got, expected = n > h->length ? TA_E_RANGE : TA_OK;
    bool is_some = false;
    switch (next_below(t, 4)) {
    case 0:
        want = n = 1;
        expected = h->length ? TA_OK : TA_E_EMPTY;
        got = ta_buffer_pop(b, data);
        break;
    case 1:
        got = ta_buffer_read(b, data, n);
        break;
    case 2:
        is_some = true;
        got = ta_buffer_read_some(b, data, n, &done);
        break;
    default:
        got = ta_buffer_consume(b, n);
        memcpy(data, h->bytes, n);
        break;
    }
    if (is_some) {
        expected = n && !h->length ? TA_E_EMPTY : TA_OK;
        want = n < h->length ? n : h->length;
        EXPECT(done == want);
    }
    EXPECT(got == expected);
    if (got == TA_OK) {
        EXPECT(memcmp(data, h->bytes, want) == 0);
        cut(h, 0, want);
    }
    return true;
}

static bool op_cut(ta_buffer *b, struct held *h, tape *t)
{
    size_t n = next_below(t, HELD_MAX);
    if (n % 8 == 0) {
        EXPECT(ta_buffer_clear(b) == TA_OK);
        h->length = 0;
        return true;
    }
    EXPECT(ta_buffer_truncate(b, n) == (n > h->length ? TA_E_RANGE : TA_OK));
    if (n <= h->length)
        h->length = n;
    return true;
}

static bool op_reserve(ta_buffer *b, struct held *h, tape *t)
{
    ta_span span;
    size_t n = 1 + next_below(t, 12), available = ta_available(b->chain.allocator);
    bool is_open = waits_in_fresh_block(&b->chain);
    ta_status got = ta_buffer_reserve(b, n, &span);
    EXPECT(is_right(got, is_over_limit(b, h, 1), available + is_open, 1));
    if (got != TA_OK)
        return true;
    EXPECT(span.length >= 1 && span.length <= n);
    uint8_t fill = next_byte(t);
    memset(span.data, fill, span.length);
    EXPECT(check());
    size_t used = next_below(t, span.length + 2);
    if (fill % 5 == 0)
        return true; /* left open: the next operation ends it */
    if (fill % 5 == 1) {
        EXPECT(ta_buffer_cancel(b) == TA_OK);
        EXPECT(ta_buffer_commit(b, 1) == TA_E_INVALID);
        return true;
    }
    EXPECT(ta_buffer_commit(b, used) == (used > span.length ? TA_E_INVALID : TA_OK));
    if (used <= span.length) {
        memset(h->bytes + h->length, fill, used);
        h->length += used;
    }
    return true;
}

static bool op_append_block(ta_buffer *b, struct held *h, tape *t)
{
    size_t n = next_below(t, b->chain.allocator->block_size + 1);
    EXPECT(ta_buffer_cancel(b) == TA_OK);
    ta_handle block = ta_alloc(b->chain.allocator, 0);
    if (!ta_is_live(b->chain.allocator, block))
        return true;
    uint8_t fill = next_byte(t);
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)ta_get(b->chain.allocator, block))[i] = (uint8_t)(fill + i);
    uint8_t data[16];
    memcpy(data, ta_get(b->chain.allocator, block), n);
    ta_status got = ta_buffer_append_block(b, block, n);
    EXPECT(got == (is_over_limit(b, h, n) ? TA_E_FULL : TA_OK));
    EXPECT(ta_is_live(b->chain.allocator, block) == (got != TA_OK));
    if (got == TA_OK)
        put(h, h->length, data, n);
    else
        ta_free(b->chain.allocator, block);
    return true;
}

static bool is_below(uint8_t byte, void *context)
{
    return byte < *(uint8_t *)context;
}

static bool op_search(ta_buffer *b, struct held *h, tape *t)
{
    uint8_t byte = next_byte(t), got_byte;
    size_t position = 0, n = next_below(t, 5), at = next_below(t, HELD_MAX), done;
    const uint8_t *first = h->length ? memchr(h->bytes, byte, h->length) : NULL;
    EXPECT(ta_buffer_find(b, 0, byte, &position) == (first ? TA_OK : TA_E_NO_MATCH));
    EXPECT(!first || position == (size_t)(first - h->bytes));
    EXPECT(ta_buffer_at(b, at, &got_byte) == (at < h->length ? TA_OK : TA_E_RANGE));
    EXPECT(at >= h->length || got_byte == h->bytes[at]);
    if (at + n <= h->length) { /* a sequence that is there is found, at its first occurrence */
        size_t expected = 0;
        while (memcmp(h->bytes + expected, h->bytes + at, n) != 0)
            expected++;
        EXPECT(ta_buffer_find_seq(b, 0, h->bytes + at, n, &position) == TA_OK && position == expected);
    }
    size_t run = 0;
    while (run < h->length && h->bytes[run] < byte)
        run++;
    ta_status found = ta_buffer_find_if(b, 0, is_below, &byte, &position);
    EXPECT(found == TA_OK ? h->bytes[position] < byte : found == TA_E_NO_MATCH);
    if (n == 0) {
        EXPECT(ta_buffer_skip_while(b, is_below, &byte, &done) == TA_OK && done == run);
        cut(h, 0, run);
    } else if (n == 1) {
        EXPECT(ta_buffer_consume_until(b, byte, &done) == (first ? TA_OK : TA_E_NO_MATCH));
        EXPECT(done == (first ? (size_t)(first - h->bytes) + 1 : 0));
        cut(h, 0, done);
    }
    return true;
}

/* ---- Operations on two buffers, and on the queue ------------------------------------------------------- */

static bool op_hand_over(int to, int from, tape *t)
{
    ta_buffer *a = &buffers[to], *b = &buffers[from];
    struct held *ha = &held[to], *hb = &held[from];
    ta_buffer_cancel(a);
    ta_buffer_cancel(b);
    size_t n = next_below(t, HELD_MAX) % (hb->length + 3), at = next_below(t, hb->length + 1);
    size_t available = ta_available(a->chain.allocator);
    size_t blocks = a->chain.allocator == b->chain.allocator ? 1 : blocks_of(a, n);
    ta_status got;
    switch (next_below(t, 5)) {
    case 0:
        n = hb->length;
        blocks = a->chain.allocator == b->chain.allocator ? 1 : blocks_of(a, n);
        got = ta_buffer_append(a, b);
        goto drained;
    case 1:
        got = ta_buffer_drain_into(a, b, n);
    drained:
        if (a == b) {
            EXPECT(got == TA_E_INVALID);
        } else if (n > hb->length) {
            EXPECT(got == TA_E_RANGE);
        } else {
            EXPECT(is_right(got, is_over_limit(a, ha, n), available, blocks));
            if (got == TA_OK) {
                put(ha, ha->length, hb->bytes, n);
                cut(hb, 0, n);
            }
        }
        return true;
    case 2:
        got = ta_buffer_split(a, b, n);
        if (a == b) {
            EXPECT(got == TA_E_INVALID);
        } else if (n > hb->length) {
            EXPECT(got == TA_E_RANGE);
        } else {
            EXPECT(is_right(got, n > max_of(a), available, blocks));
            if (got == TA_OK) {
                memcpy(ha->bytes, hb->bytes, n);
                ha->length = n;
                cut(hb, 0, n);
            }
        }
        return true;
    case 3:
        if (a->chain.allocator != b->chain.allocator)
            return true; /* the move itself is right, but would leave the second pool without a buffer */
        got = ta_buffer_move(a, b);
        EXPECT(got == (a != b && hb->length > max_of(a) ? TA_E_FULL : TA_OK));
        if (got == TA_OK && a != b) {
            *ha = *hb;
            hb->length = 0;
        }
        return true;
    default:
        n %= 24;
        got = ta_buffer_copy_range(a, b, at, n);
        if (n > hb->length - at) {
            EXPECT(got == TA_E_RANGE);
        } else {
            EXPECT(is_right(got, is_over_limit(a, ha, n), available, blocks_of(a, n)));
            uint8_t copy[HELD_MAX];
            memcpy(copy, hb->bytes + at, n);
            if (got == TA_OK)
                put(ha, ha->length, copy, n);
        }
        return true;
    }
}

static bool op_queue(ta_buffer *b, struct held *h, tape *t)
{
    uint8_t data[QUEUE_LIMIT + 8];
    size_t n = next_below(t, QUEUE_LIMIT + 4), available = ta_available(narrow), done = 0;
    bool is_full = piped.length + n > QUEUE_LIMIT;
    ta_status got;
    memset(data, next_byte(t), sizeof data);
    switch (next_below(t, 7)) {
    case 0:
        got = ta_queue_push(&pipe, data[0]);
        EXPECT(is_right(got, piped.length >= QUEUE_LIMIT, available, 1));
        if (got == TA_OK)
            put(&piped, piped.length, data, 1);
        return true;
    case 1:
        got = ta_queue_write(&pipe, data, n);
        EXPECT(is_right(got, is_full, available, (n + 3) / 4));
        if (got == TA_OK)
            put(&piped, piped.length, data, n);
        return true;
    case 2:
        got = ta_queue_write_some(&pipe, data, n, &done);
        EXPECT(got == TA_OK || done == 0);
        put(&piped, piped.length, data, done);
        return true;
    case 3:
        got = ta_queue_read(&pipe, data, n);
        EXPECT(got == (n > piped.length ? TA_E_RANGE : TA_OK));
        EXPECT(got != TA_OK || memcmp(data, piped.bytes, n) == 0);
        if (got == TA_OK)
            cut(&piped, 0, n);
        return true;
    case 4:
        EXPECT(ta_queue_trim(&pipe) == TA_OK);
        return true;
    default:
        if (b->chain.allocator != narrow || h->length + piped.length > HELD_MAX - 32)
            return true;
        got = ta_queue_take(&pipe, b);
        EXPECT(is_right(got, is_over_limit(b, h, piped.length), available + 1, 2));
        if (got == TA_OK) {
            put(h, h->length, piped.bytes, piped.length);
            piped.length = 0;
        }
        return true;
    }
}

/* ---- The interpreter ----------------------------------------------------------------------------------- */

static bool step(tape *t)
{
    int i = (int)next_below(t, BUFFERS), j = (int)next_below(t, BUFFERS);
    ta_buffer *b = &buffers[i];
    struct held *h = &held[i];
    uint8_t op = next_byte(t) % 16;
    if (op == 15)
        return ta_buffer_set_limit(b, next_below(t, 3) ? 0 : 1 + next_below(t, 60)) == TA_OK;
    if (op >= 12)
        return op_hand_over(i, j, t);
    if (op >= 9)
        return op_queue(b, h, t);
    if (op == 8)
        return op_search(b, h, t);
    if (op == 7)
        return op_append_block(b, h, t);
    if (op == 6)
        return op_reserve(b, h, t);
    if (op == 5)
        return op_cut(b, h, t);
    return op < 3 ? op_write(b, h, t) : op_read(b, h, t);
}

bool interpret(const uint8_t *bytes, size_t length)
{
    tape t = {bytes, length, 0};
    for (int i = 0; i < BUFFERS; i++) {
        ta_buffer_init(&buffers[i], i < BUFFERS - 1 ? narrow : wide);
        ta_buffer_set_owner(&buffers[i], (unsigned)i % 3);
        held[i].length = 0;
    }
    ta_queue_init(&pipe, narrow, QUEUE_LIMIT);
    ta_queue_set_owner(&pipe, 3);
    piped.length = 0;
    while (t.at < t.length) {
        EXPECT(step(&t));
        EXPECT(check());
    }
    for (int i = 0; i < BUFFERS; i++)
        EXPECT(ta_buffer_clear(&buffers[i]) == TA_OK);
    EXPECT(ta_queue_clear(&pipe) == TA_OK);
    EXPECT(ta_stats_of(narrow).used == 0 && ta_stats_of(wide).used == 0);
    return ta_slab_check(narrow) == 0 && ta_slab_check(wide) == 0;
}
