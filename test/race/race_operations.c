/*
 * What the image can be asked to do: one function an operation. The interrupts run the calls they were given with the same
 * functions, as the other side.
 */
#include "race_image.h"
#include <string.h>

uint8_t race_length(size_t length)
{
    return length > 255 ? 255 : (uint8_t)length;
}

static void keep(struct call *c, ta_handle h)
{
    handles[c->who] = h;
    c->status = h.bits != 0;
    if (c->who != MAIN && h.bits)
        memset(ta_get(pool, h), PATTERN(c->who), BLOCK_SIZE);
}

static void op_none(struct call *c)
{
    (void)c;
}
static void op_alloc(struct call *c)
{
    keep(c, ta_alloc(pool, c->n));
}
static void op_alloc_copy(struct call *c)
{
    keep(c, ta_alloc_copy(pool, data[c->who], c->n));
}
static void op_alloc_headroom(struct call *c)
{
    keep(c, ta_slab_alloc_headroom(pool, c->n));
}
static void op_set_headroom(struct call *c)
{
    c->status = (int8_t)ta_slab_set_headroom(pool, c->n);
}
static void op_free(struct call *c)
{
    c->status = ta_free(pool, handles[c->n]);
}
static void op_resize(struct call *c)
{
    c->status = (int8_t)ta_resize(pool, handles[OWN], c->n);
}
static void op_get(struct call *c)
{
    c->status = ta_get(pool, handles[OWN]) != NULL;
}
static void op_size(struct call *c)
{
    c->count = race_length(ta_size(pool, handles[OWN]));
}
static void op_is_live(struct call *c)
{
    c->status = ta_is_live(pool, handles[OWN]);
}
static ta_handle old_handle(void)
{
    return first_handles[ta_handle_slot(handles[OWN])];
}
static void op_get_old(struct call *c)
{
    c->status = ta_get(pool, old_handle()) != NULL;
}
static void op_free_old(struct call *c)
{
    c->status = ta_free(pool, old_handle());
}

/* 0: none, 1: OWN, 2: another live block's, -1: a handle that is not live */
static void tell_handle(struct call *c, ta_handle h)
{
    if (ta_handle_eq(h, handles[OWN]) && h.bits)
        c->status = 1;
    else if (h.bits)
        c->status = (int8_t)((ta_handle_generation(h) & 1) ? 2 : -1);
}
static void op_handle_of(struct call *c)
{
    tell_handle(c, ta_handle_of(pool, own_block));
}
static void op_handle_at(struct call *c)
{
    tell_handle(c, ta_slab_handle_at(pool, ta_handle_slot(handles[OWN])));
}
static void op_available(struct call *c)
{
    c->count = race_length(ta_available(pool));
}
static void op_stats(struct call *c)
{
    ta_stats stats = ta_stats_of(pool);
    c->count = race_length(stats.used);
    c->bytes[0] = race_length(stats.peak);
    c->bytes[1] = race_length(stats.failures);
}
static void op_clear(struct call *c)
{
    (void)c;
    ta_clear(pool);
}
static void op_push(struct call *c)
{
    c->status = (int8_t)ta_queue_push(&queue, data[c->who][0]);
}
static void op_write(struct call *c)
{
    c->status = (int8_t)ta_queue_write(&queue, data[c->who], c->n);
}
static void op_write_some(struct call *c)
{
    size_t done;
    c->status = (int8_t)ta_queue_write_some(&queue, data[c->who], c->n, &done);
    c->count = race_length(done);
}
static void op_reserve(struct call *c)
{
    ta_span span = {NULL, 0};
    c->status = (int8_t)ta_queue_reserve(&queue, c->n, &span);
    c->count = race_length(span.length);
    if (span.length > 0)
        memcpy(span.data, data[c->who], span.length);
}
static void op_commit(struct call *c)
{
    c->status = (int8_t)ta_queue_commit(&queue, c->n);
}
static void op_cancel(struct call *c)
{
    c->status = (int8_t)ta_queue_cancel(&queue);
}
static void op_room(struct call *c)
{
    c->count = race_length(ta_queue_room(&queue));
}
static void op_set_limit(struct call *c)
{
    c->status = (int8_t)ta_queue_set_limit(&queue, c->n < FAR ? c->n : c->n * 0x101u);
}
static void op_limit(struct call *c)
{
    size_t limit = ta_queue_limit(&queue);
    bool is_far = limit >> 8 == (limit & 0xFF) && limit >= FAR;
    c->count = is_far ? (uint8_t)limit : limit < FAR ? race_length(limit) : 255;
}
static void op_pop(struct call *c)
{
    c->status = (int8_t)ta_queue_pop(&queue, c->bytes);
}
static void op_peek(struct call *c)
{
    c->status = (int8_t)ta_queue_peek(&queue, c->bytes);
}
static void op_at(struct call *c)
{
    c->status = (int8_t)ta_queue_at(&queue, c->n, c->bytes);
}
static void op_read(struct call *c)
{
    c->status = (int8_t)ta_queue_read(&queue, c->bytes, c->n);
}
static void op_read_some(struct call *c)
{
    size_t done;
    c->status = (int8_t)ta_queue_read_some(&queue, c->bytes, c->n, &done);
    c->count = race_length(done);
}
static void op_front(struct call *c)
{
    ta_span span = {NULL, 0};
    c->status = (int8_t)ta_queue_front(&queue, &span);
    c->count = race_length(span.length);
    if (span.length > 0 && span.length <= BLOCK_SIZE)
        memcpy(c->bytes, span.data, span.length);
}
static void op_find(struct call *c)
{
    size_t position = 0;
    c->status = (int8_t)ta_queue_find(&queue, 0, c->n, &position);
    c->count = race_length(position);
}
static void op_copy_out(struct call *c)
{
    c->status = (int8_t)ta_queue_copy_out(&queue, 1, c->bytes, c->n);
}

/* A view, and what was parsed in a copy of it. The view must still be good. */
static void tell_view(struct call *c, const ta_view *v, const ta_view *rest, const ta_view *taken)
{
    size_t n = ta_view_len(taken);
    c->count = race_length(ta_view_len(rest));
    c->bytes[TAKEN_LENGTH] = race_length(n);
    c->bytes[VIEW_IS_GOOD] = ta_view_check(v) == TA_OK;
    if (c->status == TA_OK)
        ta_view_copy(taken, 0, c->bytes, n < TAKEN_MAX ? n : TAKEN_MAX);
    else
        c->bytes[0] = race_length(rest->stopped);
}
static void op_v_spans(struct call *c)
{
    ta_view v = ta_queue_view(&queue), at = v, none = {0};
    ta_span span;
    size_t n = 0;
    while (ta_view_next_span(&at, &span) == TA_OK && span.length <= TAKEN_MAX - n) {
        memcpy(c->bytes + n, span.data, span.length);
        n += span.length;
    }
    c->status = TA_OK;
    tell_view(c, &v, &at, &none);
    c->bytes[TAKEN_LENGTH] = race_length(n);
}
static void op_v_line(struct call *c)
{
    ta_view v = ta_queue_view(&queue), rest = v, line = {0};
    c->status = (int8_t)ta_parse_line(&rest, &line);
    tell_view(c, &v, &rest, &line);
}
static void op_v_decimal(struct call *c)
{
    ta_view v = ta_queue_view(&queue), rest = v, none = {0};
    uint32_t number = 0;
    c->status = (int8_t)ta_parse_decimal(&rest, &number);
    tell_view(c, &v, &rest, &none);
    if (c->status == TA_OK)
        for (uint8_t i = 0; i < 4; i++)
            c->bytes[i] = (uint8_t)(number >> 8 * i);
}
static void op_v_until(struct call *c)
{
    ta_view v = ta_queue_view(&queue), rest = v, taken = {0};
    c->status = (int8_t)ta_parse_take_until(&rest, c->n, &taken);
    tell_view(c, &v, &rest, &taken);
}
static void op_consume(struct call *c)
{
    c->status = (int8_t)ta_queue_consume(&queue, c->n);
}
static void op_take(struct call *c)
{
    c->status = (int8_t)ta_queue_take(&queue, &buffer);
}
static void op_drain(struct call *c)
{
    c->status = (int8_t)ta_queue_drain_into(&buffer, &queue, c->n);
}
static void op_len(struct call *c)
{
    c->count = race_length(ta_queue_len(&queue));
}
static void op_is_empty(struct call *c)
{
    c->status = ta_queue_is_empty(&queue);
}
void race_tell_dropped(uint8_t *low, uint8_t *high)
{
    size_t dropped = ta_queue_dropped(&queue);
    *low = (uint8_t)dropped;
    *high = race_length(dropped >> 8);
}
static void op_dropped(struct call *c)
{
    race_tell_dropped(&c->count, c->bytes);
}
static void op_trim(struct call *c)
{
    c->status = (int8_t)ta_queue_trim(&queue);
}
static void op_q_clear(struct call *c)
{
    c->status = (int8_t)ta_queue_clear(&queue);
}
static void op_b_push(struct call *c)
{
    c->status = (int8_t)ta_buffer_push(&buffer, data[c->who][0]);
}
static void op_b_write(struct call *c)
{
    c->status = (int8_t)ta_buffer_write(&buffer, data[c->who], c->n);
}
static void op_b_write_some(struct call *c)
{
    size_t done;
    c->status = (int8_t)ta_buffer_write_some(&buffer, data[c->who], c->n, &done);
    c->count = race_length(done);
}
static void op_b_reserve(struct call *c)
{
    ta_span span = {NULL, 0};
    c->status = (int8_t)ta_buffer_reserve(&buffer, c->n, &span);
    c->count = race_length(span.length);
}
static void op_b_prepend(struct call *c)
{
    c->status = (int8_t)ta_buffer_prepend(&buffer, data[c->who], c->n);
}
static void op_b_pop(struct call *c)
{
    c->status = (int8_t)ta_buffer_pop(&buffer, c->bytes);
}
static void op_b_read(struct call *c)
{
    c->status = (int8_t)ta_buffer_read(&buffer, c->bytes, c->n);
}
static void op_b_consume(struct call *c)
{
    c->status = (int8_t)ta_buffer_consume(&buffer, c->n);
}
static void op_b_truncate(struct call *c)
{
    c->status = (int8_t)ta_buffer_truncate(&buffer, c->n);
}
static void op_b_clear(struct call *c)
{
    c->status = (int8_t)ta_buffer_clear(&buffer);
}
static void op_b_commit(struct call *c)
{
    ta_span span = {NULL, 0};
    c->status = (int8_t)ta_buffer_reserve(&buffer, c->n, &span);
    c->count = race_length(span.length);
    if (c->status != TA_OK)
        return;
    memcpy(span.data, data[c->who], span.length);
    c->status = (int8_t)ta_buffer_commit(&buffer, span.length);
}
static void op_b_cancel(struct call *c)
{
    ta_span span = {NULL, 0};
    c->status = (int8_t)ta_buffer_reserve(&buffer, c->n, &span);
    c->count = race_length(span.length);
    if (c->status == TA_OK)
        c->status = (int8_t)ta_buffer_cancel(&buffer);
}
static void op_b_copy_out(struct call *c)
{
    c->status = (int8_t)ta_buffer_copy_out(&buffer, 0, c->bytes, c->n);
}
static void op_b_append_block(struct call *c)
{
    c->status = (int8_t)ta_buffer_append_block(&buffer, handles[OWN], c->n);
}
static void op_b_split(struct call *c)
{
    c->status = (int8_t)ta_buffer_split(&aside, &buffer, c->n);
}
static void op_b_drain(struct call *c)
{
    c->status = (int8_t)ta_buffer_drain_into(&aside, &buffer, c->n);
}
static void op_b_append(struct call *c)
{
    c->status = (int8_t)ta_buffer_append(&aside, &buffer);
}
static void op_b_move(struct call *c)
{
    c->status = (int8_t)ta_buffer_move(&aside, &buffer);
}
static void op_b_copy(struct call *c)
{
    c->status = (int8_t)ta_buffer_copy_range(&aside, &buffer, 1, c->n);
}

static void op_r_write(struct call *c)
{
    c->status = (int8_t)ta_recent_write(&recent, data[c->who], c->n);
}
static void op_r_read(struct call *c)
{
    size_t length = 0;
    c->status = (int8_t)ta_recent_read(&recent, c->bytes, c->n, &length);
    c->count = race_length(length);
}
static void op_r_count(struct call *c)
{
    c->count = race_length(ta_recent_count(&recent));
}
static void op_r_is_empty(struct call *c)
{
    c->status = ta_recent_is_empty(&recent);
}
static void op_r_dropped(struct call *c)
{
    size_t dropped = ta_recent_dropped(&recent);
    c->count = (uint8_t)dropped;
    c->bytes[0] = race_length(dropped >> 8);
}

/* In the order of enum op. */
static void (*const operations[OP_COUNT])(struct call *c) = {
    op_none,      op_alloc,    op_alloc_copy, op_alloc_headroom, op_set_headroom,
    op_free,      op_resize,   op_get,        op_size,           op_is_live,
    op_get_old,   op_free_old, op_handle_of,  op_handle_at,      op_available,
    op_stats,     op_clear,    op_push,       op_write,          op_write_some,
    op_reserve,   op_commit,   op_cancel,     op_room,           op_set_limit,
    op_pop,       op_peek,     op_at,         op_read,           op_read_some,
    op_front,     op_find,     op_copy_out,   op_v_spans,        op_v_line,
    op_v_decimal, op_v_until,  op_consume,    op_take,           op_drain,
    op_len,       op_limit,    op_is_empty,   op_dropped,        op_trim,
    op_q_clear,   op_b_push,   op_b_write,    op_b_write_some,   op_b_reserve,
    op_b_prepend, op_b_pop,    op_b_read,     op_b_consume,      op_b_truncate,
    op_b_clear,   op_b_commit, op_b_cancel,   op_b_copy_out,     op_b_append_block,
    op_b_split,   op_b_drain,  op_b_append,   op_b_move,         op_b_copy,
    op_r_write,   op_r_read,   op_r_count,    op_r_is_empty,     op_r_dropped,
};

void race_operate(void)
{
    operations[record.main.op](&record.main);
}

static void run(struct call *calls, uint8_t max)
{
    bool was_masked = race_is_masked();
    for (uint8_t i = 0; i < max && calls[i].op; i++)
        operations[calls[i].op](&calls[i]);
    record.mask_erred += race_is_masked() != was_masked;
}

void race_interrupt(void)
{
    record.isr_runs++;
    run(record.isr, ISR_CALLS_MAX);
}

void race_inner_interrupt(void)
{
    record.inner_runs++;
    run(record.inner, INNER_CALLS_MAX);
}
