/*
 * Views against the bytes they were made of: two buffers and a queue on one small pool, whatever happens to them, and
 * several views at a time. The model knows which calls take bytes away. After every step each view is stale if its
 * source lost bytes since it was made; otherwise it reads its bytes, whatever was appended.
 */
#include "interpreter.h"
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 1 };
#define BLOCK 4
TA_SLAB_DEFINE(pool, BLOCK, 14);

enum { BUFFERS = 2, PIPE = BUFFERS, SOURCES };
#define VIEWS 8
#define LENGTH_MAX 64

static ta_buffer buffers[BUFFERS];
static ta_queue pipe;
static unsigned losses[SOURCES]; /* how often each buffer, and the queue, lost bytes */

static struct kept {
    ta_view view;
    uint8_t bytes[LENGTH_MAX];
    size_t length;
    uint8_t source;
    bool has_source; /* the view of an empty source has none, and stays as it is */
    unsigned losses; /* of its source, when it was made */
} kept[VIEWS];

static size_t length_of(int source)
{
    return source == PIPE ? ta_queue_len(&pipe) : ta_buffer_len(&buffers[source]);
}

static bool is_ended(const struct kept *k)
{
    return k->has_source && k->losses != losses[k->source];
}

/* ---- Making and checking views ------------------------------------------------------------------------- */

/* A view of a part of a source, with the bytes that the source itself says are there. */
static bool op_make(uint8_t source, tape *t)
{
    struct kept *k = &kept[next_below(t, VIEWS)];
    size_t length = length_of(source), from = next_below(t, length + 1), n = next_below(t, length - from + 1);
    k->view = source == PIPE ? ta_queue_view(&pipe) : ta_buffer_view(&buffers[source]);
    EXPECT(ta_view_len(&k->view) == length);
    EXPECT(ta_view_skip(&k->view, from) == TA_OK);
    if (from + n < length || next_byte(t) % 2)
        EXPECT(ta_view_take(&k->view, n, &k->view) == TA_OK);
    ta_status status = source == PIPE ? ta_queue_copy_out(&pipe, from, k->bytes, n)
                                      : ta_buffer_copy_out(&buffers[source], from, k->bytes, n);
    EXPECT(status == TA_OK);
    k->length = n;
    k->source = source;
    k->has_source = length > 0;
    k->losses = losses[source];
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
    bool parses = next_byte(t) % 2, is_final = ta_view_is_final(&rest);
    ta_status status = parses ? ta_parse_take(&rest, n, &taken) : ta_view_split(&rest, n, &taken);
    ta_status too_short = !parses ? TA_E_RANGE : is_final ? TA_E_NO_MATCH : TA_MORE;
    EXPECT(status == (is_ended(k) ? TA_E_STALE : n > k->length ? too_short : TA_OK));
    if (status != TA_OK) {
        EXPECT(ta_view_len(&rest) == k->length && ta_view_len(&taken) == front->length);
        return true;
    }
    EXPECT(ta_view_is_final(&taken) && ta_view_is_final(&rest) == is_final);
    *front = *k;
    front->view = taken;
    front->length = n;
    k->view = rest;
    k->length -= n;
    memmove(k->bytes, k->bytes + n, k->length);
    return true;
}

/* Its spans are its bytes, in order. */
static bool check_spans(const struct kept *k)
{
    ta_view at = k->view;
    ta_span span;
    size_t passed = 0;
    ta_status status;
    while ((status = ta_view_next_span(&at, &span)) == TA_OK) {
        EXPECT(span.length > 0 && span.length <= k->length - passed);
        EXPECT(memcmp(span.data, k->bytes + passed, span.length) == 0);
        passed += span.length;
    }
    EXPECT(status == TA_E_EMPTY && passed == k->length);
    return true;
}

static bool check_view(const struct kept *k)
{
    uint8_t bytes[LENGTH_MAX], byte = 0;
    size_t position = 0;
    ta_view at = k->view;
    ta_status status = is_ended(k) ? TA_E_STALE : TA_OK;
    EXPECT(ta_view_len(&k->view) == k->length);
    EXPECT(ta_view_check(&k->view) == status);
    EXPECT(ta_view_copy(&k->view, 0, bytes, k->length) == status);
    EXPECT(ta_view_equals(&k->view, k->bytes, k->length) == status);
    EXPECT(ta_parse_tag(&at, k->bytes, k->length) == status);
    EXPECT(k->length == 0 || ta_view_at(&k->view, k->length - 1, &byte) == status);
    if (status != TA_OK)
        return true;
    EXPECT(memcmp(bytes, k->bytes, k->length) == 0);
    EXPECT(k->length == 0 || byte == k->bytes[k->length - 1]);
    EXPECT(ta_view_find_seq(&k->view, k->bytes, k->length, &position) == TA_OK && position == 0);
    return check_spans(k);
}

static bool check(void)
{
    EXPECT(ta_slab_check(pool) == 0);
    EXPECT(ta_queue_check(&pipe) == 0);
    for (int i = 0; i < BUFFERS; i++)
        EXPECT(ta_buffer_check(&buffers[i]) == 0);
    for (int i = 0; i < VIEWS; i++)
        EXPECT(check_view(&kept[i]));
    return true;
}

/* ---- What happens to the sources ----------------------------------------------------------------------- */

/* Appends; or puts bytes before the first one, which moves all others. */
static void op_write(int source, tape *t)
{
    ta_buffer *b = &buffers[source];
    uint8_t data[12];
    size_t n = next_below(t, sizeof data), done, way = next_below(t, 6);
    ta_span span;
    memset(data, next_byte(t), sizeof data);
    data[0] ^= 0x55;
    n = way == 3 ? 1 : n;
    if (way == 0)
        ta_buffer_push(b, data[0]);
    if (way == 1)
        ta_buffer_write(b, data, n);
    if (way == 2)
        ta_buffer_write_some(b, data, n, &done);
    if ((way == 3 || way == 4) && ta_buffer_prepend(b, data, n) == TA_OK)
        losses[source] += n > 0;
    if (way == 5 && ta_buffer_reserve(b, n + 1, &span) == TA_OK) {
        memset(span.data, data[0], span.length);
        if (n % 3)
            ta_buffer_commit(b, n % (span.length + 1));
    }
}

static void op_take(int source, tape *t)
{
    ta_buffer *b = &buffers[source];
    uint8_t data[LENGTH_MAX];
    size_t n = next_below(t, 12), done, before = ta_buffer_len(b);
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
        ta_buffer_truncate(b, n < before ? before - n : 0);
    }
    losses[source] += ta_buffer_len(b) != before;
}

static void op_hand_over(int destination, int source, tape *t)
{
    ta_buffer *to = &buffers[destination], *from = &buffers[source];
    size_t n = next_below(t, LENGTH_MAX), before = ta_buffer_len(from);
    ta_status status = TA_E_INVALID; /* of what replaces the bytes of the destination */
    n = n % (before + 2);
    switch (next_below(t, 5)) {
    case 0:
        ta_buffer_append(to, from);
        break;
    case 1:
        ta_buffer_drain_into(to, from, n);
        break;
    case 2:
        status = ta_buffer_split(to, from, n);
        break;
    case 3:
        status = ta_buffer_move(to, from);
        break;
    default:
        ta_buffer_copy_range(to, from, n / 2, n % 7);
    }
    if (to == from)
        return; /* moved to itself, it stays as it is */
    losses[destination] += status == TA_OK;
    losses[source] += ta_buffer_len(from) != before;
}

static void op_append_block(int source, tape *t)
{
    size_t n = next_below(t, BLOCK + 1);
    ta_handle block = ta_alloc_copy(pool, "\xa1\xb2\xc3\xd4", BLOCK);
    if (ta_buffer_append_block(&buffers[source], block, n) != TA_OK)
        ta_free(pool, block);
}

static void op_pipe(int destination, tape *t)
{
    static const uint8_t data[] = "\xe5\xf6\xe7\xf8\xe9\xfa\xeb\xfc\xed";
    uint8_t read[LENGTH_MAX];
    ta_span span;
    size_t n = next_below(t, sizeof data), before = ta_queue_len(&pipe), way = next_below(t, 9), after;
    if (way < 3)
        ta_queue_write(&pipe, data, n);
    if (way == 3)
        ta_queue_push(&pipe, data[n]);
    if (way == 4 && ta_queue_reserve(&pipe, n + 1, &span) == TA_OK) {
        memset(span.data, data[n], span.length);
        if (n % 3)
            ta_queue_commit(&pipe, n % (span.length + 1));
    }
    if (way == 5)
        ta_queue_pop(&pipe, read);
    if (way == 6)
        ta_queue_read(&pipe, read, n);
    if (way == 7)
        ta_queue_drain_into(&buffers[destination], &pipe, n);
    if (way == 8)
        ta_queue_take(&pipe, &buffers[destination]);
    after = ta_queue_len(&pipe);
    losses[PIPE] += after < before;
}

/* Now and then all lifetimes end at once. */
static bool op_clear_pool(tape *t)
{
    if (next_byte(t) % 16)
        return true;
    ta_clear(pool);
    for (int i = 0; i < VIEWS; i++)
        EXPECT(!kept[i].has_source || ta_view_check(&kept[i].view) == TA_E_STALE);
    for (int i = 0; i < BUFFERS; i++)
        EXPECT(ta_buffer_clear(&buffers[i]) == TA_OK);
    EXPECT(ta_queue_clear(&pipe) == TA_OK);
    for (int i = 0; i < SOURCES; i++)
        losses[i]++;
    return true;
}

/* ---- The interpreter ----------------------------------------------------------------------------------- */

static bool step(tape *t)
{
    int b = (int)next_below(t, BUFFERS), other = (int)next_below(t, BUFFERS);
    uint8_t op = next_byte(t) % 18;
    if (op < 4)
        return op_make((uint8_t)(op < 2 ? b : op == 2 ? other : PIPE), t);
    if (op == 4)
        return op_cut(t);
    if (op == 5)
        return op_clear_pool(t);
    if (op < 10)
        op_write(b, t);
    else if (op < 12)
        op_take(b, t);
    else if (op < 14)
        op_hand_over(b, other, t);
    else if (op == 14)
        op_append_block(b, t);
    else
        op_pipe(b, t);
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
    memset(losses, 0, sizeof losses);
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
