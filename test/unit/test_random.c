/*
 * Buffers, a queue and single blocks on one small pool, against plain arrays: random calls, every result
 * compared, every check run after each. TA_SEED=<n> replays a run; the seed of one that fails is printed.
 */
#include "support.h"
#include <stdio.h>

enum { ta_pool_id_pool = 7 };

#define BLOCK 6
#define BLOCKS 14
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);

#define MOST ((size_t)BLOCK * BLOCKS)
#define LONGEST 30
#define SINGLES 3
#define RUNS EFFORT(150, 30, 8)
#define STEPS 400

/* What a byte sequence should hold. */
typedef struct model {
    uint8_t bytes[MOST + 1];
    size_t length;
} model;

static ta_buffer buffers[2];
static model buffer_models[2];
static ta_queue queue;
static model queue_model;
static ta_handle singles[SINGLES];
static uint32_t seed, run_seed;
static uint8_t next_byte;
static bool run_is_over = true;

/* ---- The model ----------------------------------------------------------------------------------------- */

static void append(model *m, const uint8_t *data, size_t n)
{
    assert_true(m->length + n <= MOST);
    memcpy(m->bytes + m->length, data, n);
    m->length += n;
}

static void drop(model *m, size_t n)
{
    memmove(m->bytes, m->bytes + n, m->length - n);
    m->length -= n;
}

static size_t below(size_t n)
{
    return next_random(&seed) % n;
}

static size_t make_data(uint8_t *data)
{
    size_t n = below(LONGEST);
    for (size_t i = 0; i < n; i++)
        data[i] = next_byte++;
    return n;
}

/* What is left of the limit, as the buffer's own counts say. */
static size_t limit_left(const ta_buffer *b)
{
    size_t most = ta_buffer_limit(b), length = ta_buffer_len(b);
    return most == 0 ? SIZE_MAX : most > length ? most - length : 0;
}

/* ---- Operations on a buffer ---------------------------------------------------------------------------- */

static ta_status expected_of_write(const ta_buffer *b, size_t n)
{
    if (n > limit_left(b))
        return TA_E_FULL;
    return n <= ta_buffer_room(b) ? TA_OK : TA_E_NO_MEMORY;
}

static void op_write(ta_buffer *b, model *m)
{
    uint8_t data[LONGEST];
    size_t n = make_data(data);
    ta_buffer_cancel(b); /* so that room is what the call will find */
    ta_status expected = expected_of_write(b, n);
    assert_int_equal(ta_buffer_write(b, data, n), expected);
    if (expected == TA_OK)
        append(m, data, n);
}

static void op_write_some(ta_buffer *b, model *m)
{
    uint8_t data[LONGEST];
    size_t n = make_data(data), done = 99;
    ta_buffer_cancel(b);
    size_t room = ta_buffer_room(b), fits = n < room ? n : room;
    assert_int_equal(ta_buffer_write_some(b, data, n, &done) == TA_OK, fits > 0 || n == 0);
    assert_int_equal(done, fits);
    append(m, data, fits);
}

static void op_push(ta_buffer *b, model *m)
{
    uint8_t byte = next_byte++;
    ta_buffer_cancel(b);
    ta_status expected = expected_of_write(b, 1);
    assert_int_equal(ta_buffer_push(b, byte), expected);
    if (expected == TA_OK)
        append(m, &byte, 1);
}

/* Open a reservation; half of the time it is left for the next operation to end. */
static void op_reserve(ta_buffer *b, model *m)
{
    ta_span span;
    size_t n = 1 + below(LONGEST);
    ta_buffer_cancel(b);
    ta_status expected = expected_of_write(b, 1);
    assert_int_equal(ta_buffer_reserve(b, n, &span), expected);
    if (expected != TA_OK)
        return;
    assert_in_range(span.length, 1, n);
    memset(span.data, next_byte, span.length);
    if (below(2))
        return;
    n = below(span.length + 1);
    assert_int_equal(ta_buffer_commit(b, n), TA_OK);
    uint8_t data[LONGEST];
    memset(data, next_byte++, sizeof data);
    append(m, data, n);
}

static void op_read(ta_buffer *b, model *m)
{
    uint8_t data[LONGEST];
    size_t n = below(LONGEST);
    assert_int_equal(ta_buffer_read(b, data, n), n <= m->length ? TA_OK : TA_E_RANGE);
    if (n > m->length)
        return;
    assert_memory_equal(data, m->bytes, n);
    drop(m, n);
}

static void op_read_some(ta_buffer *b, model *m)
{
    uint8_t data[LONGEST];
    size_t n = below(LONGEST), done = 99, fits = n < m->length ? n : m->length;
    assert_int_equal(ta_buffer_read_some(b, data, n, &done), n > 0 && fits == 0 ? TA_E_EMPTY : TA_OK);
    assert_int_equal(done, fits);
    assert_memory_equal(data, m->bytes, fits);
    drop(m, fits);
}

static void op_pop(ta_buffer *b, model *m)
{
    uint8_t byte;
    assert_int_equal(ta_buffer_pop(b, &byte), m->length ? TA_OK : TA_E_EMPTY);
    if (m->length == 0)
        return;
    assert_int_equal(byte, m->bytes[0]);
    drop(m, 1);
}

static void op_consume(ta_buffer *b, model *m)
{
    size_t n = below(LONGEST);
    assert_int_equal(ta_buffer_consume(b, n), n <= m->length ? TA_OK : TA_E_RANGE);
    if (n <= m->length)
        drop(m, n);
}

static void op_find(ta_buffer *b, model *m)
{
    size_t at = below(MOST), position = 0;
    if (at >= m->length)
        return;
    const uint8_t *first = memchr(m->bytes, m->bytes[at], m->length);
    assert_int_equal(ta_buffer_find(b, 0, m->bytes[at], &position), TA_OK);
    assert_int_equal(position, first - m->bytes);
}

static void op_clear(ta_buffer *b, model *m)
{
    assert_int_equal(ta_buffer_clear(b), TA_OK);
    m->length = 0;
}

static void op_limit(ta_buffer *b, model *m)
{
    (void)m;
    assert_int_equal(ta_buffer_cancel(b), TA_OK);
    assert_int_equal(ta_buffer_set_limit(b, below(3) ? 0 : below(MOST)), TA_OK);
}

/* One block more is always enough; without one the call may be refused, but then nothing has changed. */
static void op_take(ta_buffer *b, model *m)
{
    ta_buffer_cancel(b);
    bool fits = queue_model.length <= limit_left(b), has_block = ta_available(pool) > 0;
    ta_status status = ta_queue_take(&queue, b);
    if (!fits && queue_model.length > 0) {
        assert_int_equal(status, TA_E_FULL);
    } else if (status != TA_OK) {
        assert_int_equal(status, TA_E_NO_MEMORY);
        assert_false(has_block);
    } else {
        append(m, queue_model.bytes, queue_model.length);
        queue_model.length = 0;
    }
}

static void (*const buffer_operations[])(ta_buffer *, model *) = {
    op_write, op_write, op_write_some, op_push, op_reserve, op_reserve, op_read, op_read_some,
    op_pop,   op_pop,   op_consume,    op_find, op_clear,   op_limit,   op_take, op_take,
};

/* ---- Operations on the queue --------------------------------------------------------------------------- */

/* How much fits depends on the last chunk, which the model does not know: between the two bounds either
 * goes. */
static void op_queue_write(void)
{
    uint8_t data[LONGEST];
    size_t n = make_data(data), free_bytes = ta_available(pool) * BLOCK, dropped = ta_queue_dropped(&queue);
    ta_status status = ta_queue_write(&queue, data, n);
    if (n <= free_bytes)
        assert_int_equal(status, TA_OK);
    if (n >= free_bytes + BLOCK)
        assert_int_equal(status, TA_E_NO_MEMORY);
    assert_int_equal(ta_queue_dropped(&queue), dropped + (status == TA_OK ? 0 : n));
    if (status == TA_OK)
        append(&queue_model, data, n);
}

static void op_queue_write_some(void)
{
    uint8_t data[LONGEST];
    size_t n = make_data(data), free_bytes = ta_available(pool) * BLOCK, done = 99;
    ta_status status = ta_queue_write_some(&queue, data, n, &done);
    assert_int_equal(status, n == 0 || done > 0 ? TA_OK : TA_E_NO_MEMORY);
    assert_true(done <= n && done >= (n < free_bytes ? n : free_bytes) && done < free_bytes + BLOCK);
    append(&queue_model, data, done);
}

static void op_queue_push(void)
{
    uint8_t byte = next_byte++;
    size_t available = ta_available(pool);
    ta_status status = ta_queue_push(&queue, byte);
    assert_true(status == TA_OK || (status == TA_E_NO_MEMORY && available == 0));
    if (status == TA_OK)
        append(&queue_model, &byte, 1);
}

static void op_queue_read(void)
{
    uint8_t data[LONGEST];
    size_t n = below(LONGEST), held = queue_model.length;
    assert_int_equal(ta_queue_read(&queue, data, n), n <= held ? TA_OK : TA_E_RANGE);
    if (n > held)
        return;
    assert_memory_equal(data, queue_model.bytes, n);
    drop(&queue_model, n);
}

static void op_queue_pop(void)
{
    uint8_t byte;
    assert_int_equal(ta_queue_pop(&queue, &byte), queue_model.length ? TA_OK : TA_E_EMPTY);
    if (queue_model.length == 0)
        return;
    assert_int_equal(byte, queue_model.bytes[0]);
    drop(&queue_model, 1);
}

static void op_queue_front(void)
{
    ta_span span;
    if (ta_queue_front(&queue, &span) != TA_OK) {
        assert_int_equal(queue_model.length, 0);
        return;
    }
    assert_in_range(span.length, 1, queue_model.length);
    assert_memory_equal(span.data, queue_model.bytes, span.length);
    size_t n = below(span.length + 1);
    assert_int_equal(ta_queue_consume(&queue, n), TA_OK);
    drop(&queue_model, n);
}

static void op_queue_trim(void)
{
    assert_int_equal(ta_queue_trim(&queue), TA_OK);
}

static void op_queue_clear(void)
{
    if (below(4))
        return;
    assert_int_equal(ta_queue_clear(&queue), TA_OK);
    queue_model.length = 0;
}

static void (*const queue_operations[])(void) = {
    op_queue_write, op_queue_write, op_queue_write_some, op_queue_push, op_queue_read,
    op_queue_read,  op_queue_pop,   op_queue_front,      op_queue_trim, op_queue_clear,
};

/* ---- Single blocks, and the whole ---------------------------------------------------------------------- */

static void op_single(void)
{
    ta_handle *h = &singles[below(SINGLES)];
    if (h->bits) {
        uint8_t byte = (uint8_t)ta_handle_slot(*h);
        assert_int_equal(ta_size(pool, *h), 1);
        assert_int_equal(*(uint8_t *)ta_get(pool, *h), byte);
        assert_true(ta_free(pool, *h));
        assert_false(ta_free(pool, *h));
        *h = TA_NONE;
    } else if (ta_available(pool) > 0) {
        *h = ta_alloc(pool, 1);
        *(uint8_t *)ta_get(pool, *h) = (uint8_t)ta_handle_slot(*h);
    }
}

/* Every handle goes stale, every buffer and the queue say so, and clearing each makes it whole again. */
static void op_clear_pool(void)
{
    if (below(20))
        return;
    ta_clear(pool);
    for (size_t i = 0; i < 2; i++) {
        if (buffer_models[i].length > 0)
            assert_int_equal(ta_buffer_push(&buffers[i], 1), TA_E_STALE);
        op_clear(&buffers[i], &buffer_models[i]);
    }
    if (queue_model.length > 0)
        assert_int_equal(ta_queue_push(&queue, 1), TA_E_STALE);
    assert_int_equal(ta_queue_clear(&queue), TA_OK);
    queue_model.length = 0;
    for (size_t i = 0; i < SINGLES; i++)
        singles[i] = TA_NONE;
    assert_int_equal(used(pool), 0);
}

static void compare(void)
{
    check_pool(pool);
    for (size_t i = 0; i < 2; i++) {
        uint8_t data[MOST];
        assert_int_equal(ta_buffer_check(&buffers[i]), 0);
        assert_int_equal(ta_buffer_len(&buffers[i]), buffer_models[i].length);
        assert_int_equal(ta_buffer_copy_out(&buffers[i], 0, data, buffer_models[i].length), TA_OK);
        assert_memory_equal(data, buffer_models[i].bytes, buffer_models[i].length);
    }
    assert_int_equal(ta_queue_check(&queue), 0);
    assert_int_equal(ta_queue_len(&queue), queue_model.length);
}

static void begin(uint32_t run)
{
    run_seed = run;
    seed = run * 2654435761U + 1;
    seed = seed ? seed : 1;
    fresh_pool(pool);
    for (size_t i = 0; i < 2; i++) {
        ta_buffer_init(&buffers[i], pool);
        buffer_models[i].length = 0;
    }
    ta_queue_init(&queue, pool, 0);
    queue_model.length = 0;
    memset(singles, 0, sizeof singles);
}

static void step(void)
{
    size_t which = below(2), kind = below(10);
    if (kind < 5)
        buffer_operations[below(COUNT_OF(buffer_operations))](&buffers[which], &buffer_models[which]);
    else if (kind < 8)
        queue_operations[below(COUNT_OF(queue_operations))]();
    else if (kind < 9)
        op_single();
    else
        op_clear_pool();
    compare();
}

/* Everything given back is everything taken. */
static void end(void)
{
    for (size_t i = 0; i < 2; i++)
        op_clear(&buffers[i], &buffer_models[i]);
    assert_int_equal(ta_queue_clear(&queue), TA_OK);
    for (size_t i = 0; i < SINGLES; i++)
        ta_free(pool, singles[i]);
    assert_int_equal(used(pool), 0);
    check_pool(pool);
}

static void random_calls_do_what_plain_arrays_do(void **state)
{
    (void)state;
    const char *given = getenv("TA_SEED");
    uint32_t first = given ? (uint32_t)strtoul(given, NULL, 0) : 1, runs = given ? 1 : RUNS;
    run_is_over = false;
    for (uint32_t run = first; run - first < runs; run++) {
        begin(run);
        for (int i = 0; i < STEPS; i++)
            step();
        end();
    }
    run_is_over = true;
}

static int print_replay(void **state)
{
    (void)state;
    if (!run_is_over)
        print_error("replay with TA_SEED=%u\n", (unsigned)run_seed);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(random_calls_do_what_plain_arrays_do, print_replay),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
