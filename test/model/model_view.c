/*
 * Views against the bytes they were made of: two buffers and a queue on one small pool, whatever happens
 * to them, and several views at a time. After every step each view is stale or reads its bytes.
 */
#include "interpreter.h"
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 1 };
#define BLOCK 4
TA_SLAB_DEFINE(pool, BLOCK, 14);

#define BUFFERS 2
#define VIEWS 8
#define LENGTH_MAX 64

/* Steps a view is kept: fewer than the lifetimes of a slot that 8-bit generations tell apart. A slot that
 * retires keeps its last generation (see view.h): there, a view is not kept at all. */
#define STEPS_KEPT (TA_RETIRE ? 0 : 12)

static ta_buffer buffers[BUFFERS];
static ta_queue pipe;

static struct kept {
    ta_view view;
    uint8_t bytes[LENGTH_MAX];
    size_t length;
    unsigned steps_left;
    bool is_stale;
} kept[VIEWS];

/* ---- Making and checking views ------------------------------------------------------------------------- */

/* A view of a part of a buffer, with the bytes that the buffer itself says lie there. */
static bool op_make(const ta_buffer *b, tape *t)
{
    struct kept *k = &kept[next_below(t, VIEWS)];
    size_t from = next_below(t, ta_buffer_len(b) + 1), n = next_below(t, ta_buffer_len(b) - from + 1);
    k->view = ta_buffer_view(b);
    k->length = n;
    k->steps_left = STEPS_KEPT;
    k->is_stale = false;
    EXPECT(ta_view_len(&k->view) == ta_buffer_len(b));
    EXPECT(ta_view_skip(&k->view, from) == TA_OK);
    if (from + n < ta_buffer_len(b) || next_byte(t) % 2)
        EXPECT(ta_view_take(&k->view, n, &k->view) == TA_OK);
    EXPECT(ta_buffer_copy_out(b, from, k->bytes, n) == TA_OK);
    return true;
}

/* A view of a view has its bytes. */
static bool op_cut(tape *t)
{
    struct kept *k = &kept[next_below(t, VIEWS)], *front = &kept[next_below(t, VIEWS)];
    size_t n = next_below(t, k->length + 2);
    if (k == front)
        return true;
    ta_view rest = k->view, taken = front->view;
    ta_status status = ta_view_split(&rest, n, &taken);
    EXPECT(status == (k->is_stale ? TA_E_STALE : n > k->length ? TA_E_RANGE : TA_OK));
    if (status != TA_OK) {
        EXPECT(ta_view_len(&rest) == k->length && ta_view_len(&taken) == front->length);
        return true;
    }
    front->view = taken;
    front->length = n;
    front->steps_left = k->steps_left;
    front->is_stale = false;
    memcpy(front->bytes, k->bytes, n);
    k->view = rest;
    k->length -= n;
    memmove(k->bytes, k->bytes + n, k->length);
    return true;
}

static bool check_view(struct kept *k)
{
    uint8_t bytes[LENGTH_MAX], byte = 0;
    size_t position = 0;
    EXPECT(ta_view_len(&k->view) == k->length);
    ta_status status = ta_view_check(&k->view);
    EXPECT(status == TA_OK || status == TA_E_STALE);
    EXPECT(!k->is_stale || status == TA_E_STALE); /* never again */
    k->is_stale = status == TA_E_STALE;
    EXPECT(ta_view_copy(&k->view, 0, bytes, k->length) == status);
    EXPECT(ta_view_equals(&k->view, k->bytes, k->length) == status);
    EXPECT(k->length == 0 || ta_view_at(&k->view, k->length - 1, &byte) == status);
    if (k->is_stale)
        return true;
    EXPECT(memcmp(bytes, k->bytes, k->length) == 0);
    EXPECT(k->length == 0 || byte == k->bytes[k->length - 1]);
    EXPECT(ta_view_find_seq(&k->view, k->bytes, k->length, &position) == TA_OK && position == 0);
    return true;
}

static bool check(void)
{
    EXPECT(ta_slab_check(pool) == 0);
    EXPECT(ta_queue_check(&pipe) == 0);
    for (int i = 0; i < BUFFERS; i++)
        EXPECT(ta_buffer_check(&buffers[i]) == 0);
    for (int i = 0; i < VIEWS; i++) {
        if (kept[i].steps_left == 0)
            memset(&kept[i], 0, sizeof kept[i]);
        else
            kept[i].steps_left--;
        EXPECT(check_view(&kept[i]));
    }
    return true;
}

/* ---- What takes bytes from under them ------------------------------------------------------------------ */

static void op_write(ta_buffer *b, tape *t)
{
    uint8_t data[12];
    size_t n = next_below(t, sizeof data), done, way = next_below(t, 6);
    ta_span span;
    memset(data, next_byte(t), sizeof data);
    data[0] ^= 0x55;
    if (way == 0)
        ta_buffer_push(b, data[0]);
    if (way == 1)
        ta_buffer_write(b, data, n);
    if (way == 2)
        ta_buffer_write_some(b, data, n, &done);
    if (way == 3 || way == 4)
        ta_buffer_prepend(b, data, way == 3 ? 1 : n);
    if (way == 5 && ta_buffer_reserve(b, n + 1, &span) == TA_OK) {
        memset(span.data, data[0], span.length);
        if (n % 3)
            ta_buffer_commit(b, n % (span.length + 1));
    }
}

static void op_take(ta_buffer *b, tape *t)
{
    uint8_t data[LENGTH_MAX];
    size_t n = next_below(t, 12), done;
    switch (next_below(t, 6)) {
    case 0:
        ta_buffer_pop(b, data);
        break;
    case 1:
        ta_buffer_read_some(b, data, n, &done);
        break;
    case 2:
        ta_buffer_consume(b, n);
        break;
    case 3:
        if (n == 0)
            ta_buffer_clear(b);
        break;
    default:
        ta_buffer_truncate(b, n < ta_buffer_len(b) ? ta_buffer_len(b) - n : 0);
    }
}

static void op_hand_over(ta_buffer *to, ta_buffer *from, tape *t)
{
    size_t n = next_below(t, LENGTH_MAX);
    ta_handle block;
    n = n % (ta_buffer_len(from) + 2);
    switch (next_below(t, 7)) {
    case 0:
        ta_buffer_append(to, from);
        break;
    case 1:
        ta_buffer_drain_into(to, from, n);
        break;
    case 2:
        ta_buffer_split(to, from, n);
        break;
    case 3:
        ta_buffer_move(to, from);
        break;
    case 4:
        ta_buffer_copy_range(to, from, n / 2, n % 7);
        break;
    case 5:
        block = ta_alloc_copy(pool, "\xa1\xb2\xc3\xd4", BLOCK);
        if (ta_buffer_append_block(to, block, n % (BLOCK + 1)) != TA_OK)
            ta_free(pool, block);
        break;
    default:
        ta_queue_write(&pipe, "\xe5\xf6\xe7\xf8\xe9\xfa\xeb\xfc\xed", n % 10);
        if (n % 3)
            ta_queue_take(&pipe, to);
    }
}

/* Now and then all lifetimes end at once. */
static bool op_clear_pool(tape *t)
{
    if (next_byte(t) % 16)
        return true;
    ta_clear(pool);
    for (int i = 0; i < BUFFERS; i++)
        EXPECT(ta_buffer_clear(&buffers[i]) == TA_OK);
    EXPECT(ta_queue_clear(&pipe) == TA_OK);
    for (int i = 0; i < VIEWS; i++)
        EXPECT(kept[i].length == 0 || ta_view_check(&kept[i].view) == TA_E_STALE);
    return true;
}

/* ---- The interpreter ----------------------------------------------------------------------------------- */

static bool step(tape *t)
{
    ta_buffer *b = &buffers[next_below(t, BUFFERS)], *other = &buffers[next_below(t, BUFFERS)];
    uint8_t op = next_byte(t) % 16;
    if (op < 4)
        return op_make(b, t);
    if (op == 4)
        return op_cut(t);
    if (op == 5)
        return op_clear_pool(t);
    if (op < 10)
        op_write(b, t);
    else if (op < 13)
        op_take(b, t);
    else
        op_hand_over(b, other, t);
    return true;
}

bool interpret(const uint8_t *bytes, size_t length)
{
    tape t = {bytes, length, 0};
    ta_slab_reset(pool);
    for (int i = 0; i < BUFFERS; i++)
        ta_buffer_init(&buffers[i], pool);
    ta_queue_init(&pipe, pool, 0);
    memset(kept, 0, sizeof kept);
    while (t.at < t.length) {
        EXPECT(step(&t));
        EXPECT(check());
    }
    for (int i = 0; i < BUFFERS; i++)
        EXPECT(ta_buffer_clear(&buffers[i]) == TA_OK);
    EXPECT(ta_queue_clear(&pipe) == TA_OK);
    EXPECT(ta_stats_of(pool).used == 0);
    return ta_slab_check(pool) == 0;
}
