/*
 * The calls that only look, in every state. On an object whose chunk foreign code freed they must say so, and so must those
 * that would change it.
 */
#include "foreign.h"
#include <string.h>

/* What the calls said, once one of them was wrong. */
static const char *failed;
static bool must_be_stale;

static void hear(const char *name, ta_status status)
{
    if (failed)
        return;
    if (!is_status(status))
        failed = wrong("%s says %d", name, (int)status);
    else if (must_be_stale && status != TA_E_STALE)
        failed = wrong("%s says %s, but the chunk is stale", name, ta_status_name(status));
}

#define HEAR(call) hear(#call, call)

static bool is_stale(ta_handle chunk)
{
    return chunk.bits && !ta_is_live(the_pool.allocator, chunk);
}

static bool is_digit(uint8_t byte, void *context)
{
    (void)context;
    return byte >= '0' && byte <= '9';
}

/* Read a span: it must lie in blocks. */
static void read_span(const char *name, ta_status status, ta_span span)
{
    if (status != TA_OK || failed)
        return;
    size_t before = (size_t)(span.data - the_pool.bytes), all = the_pool.blocks * the_pool.size;
    if (span.length == 0 || before >= all || span.length > all - before)
        failed = wrong("%s gives a span outside the blocks", name);
    else
        memcpy(read_bytes, span.data, at_most_all(span.length));
}

/* ---- Buffers ------------------------------------------------------------------------------------------------- */

/* A chain that leads in a circle must not be walked for ever: it has no more bytes than the length says. */
static void walk_chunks(const ta_buffer *b)
{
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    size_t most = ta_buffer_len(b) + 2;
    while (most > 0 && ta_buffer_next_chunk(b, &at, &span) == TA_OK)
        most--;
    if (most == 0 && !failed)
        failed = wrong("the chunks of a buffer do not end");
}

static void look_at_buffer(const ta_buffer *b)
{
    ta_span span = {NULL, 0};
    size_t position, n = at_most_all(ta_buffer_len(b));
    HEAR(ta_buffer_peek(b, read_bytes));
    HEAR(ta_buffer_at(b, n / 2, read_bytes));
    HEAR(ta_buffer_copy_out(b, 0, read_bytes, n));
    HEAR(ta_buffer_copy_out(b, n / 2, read_bytes, n - n / 2));
    HEAR(ta_buffer_find(b, 0, ';', &position));
    HEAR(ta_buffer_find_if(b, 0, is_digit, NULL, &position));
    HEAR(ta_buffer_find_seq(b, 0, "3\n4", 3, &position));
    HEAR(ta_buffer_front(b, &span));
    read_span("ta_buffer_front", ta_buffer_front(b, &span), span);
    walk_chunks(b);
    (void)ta_buffer_room(b);
}

/* Calls that would change a stale buffer; `other` is empty. */
static void change_stale_buffer(ta_buffer *b, ta_buffer *other)
{
    ta_span span;
    HEAR(ta_buffer_push(b, '?'));
    HEAR(ta_buffer_write(b, some_bytes, 1));
    HEAR(ta_buffer_prepend(b, some_bytes, 1));
    HEAR(ta_buffer_reserve(b, 1, &span));
    HEAR(ta_buffer_pop(b, read_bytes));
    HEAR(ta_buffer_read(b, read_bytes, 1));
    HEAR(ta_buffer_consume(b, 1));
    HEAR(ta_buffer_truncate(b, 0));
    HEAR(ta_buffer_set_limit(b, 9));
    HEAR(ta_buffer_append(other, b));
    HEAR(ta_buffer_drain_into(other, b, 1));
    HEAR(ta_buffer_split(other, b, 1));
    HEAR(ta_buffer_copy_range(other, b, 0, 1));
}

static void change_buffer_if_stale(ta_buffer *b)
{
    const ta_allocator *bound = TA_GLOBAL ? NULL : the_pool.allocator;
    ta_buffer other;
    (void)ta_buffer_init(&other, bound);
    must_be_stale = is_stale(b->chain.in.chunk) || is_stale(b->chain.out.chunk);
    look_at_buffer(b);
    if (must_be_stale)
        change_stale_buffer(b, &other);
    must_be_stale = false;
}

/* ---- Queues --------------------------------------------------------------------------------------------------- */

static void look_at_queue(ta_queue *q)
{
    ta_span span = {NULL, 0};
    size_t position, n = at_most_all(ta_queue_len(q));
    must_be_stale = n > 0 && is_stale(q->chain.out.chunk);
    HEAR(ta_queue_peek(q, read_bytes));
    HEAR(ta_queue_at(q, n / 2, read_bytes));
    HEAR(ta_queue_copy_out(q, 0, read_bytes, n));
    HEAR(ta_queue_copy_out(q, n / 2, read_bytes, n - n / 2));
    HEAR(ta_queue_find(q, 0, ';', &position));
    HEAR(ta_queue_front(q, &span));
    read_span("ta_queue_front", ta_queue_front(q, &span), span);
    (void)ta_queue_room(q);
    must_be_stale = false;
}

/* Calls that would change a queue with a stale first or last chunk. */
static void change_queue_if_stale(ta_queue *q)
{
    ta_span span;
    must_be_stale = is_stale(q->chain.in.chunk);
    if (must_be_stale) {
        HEAR(ta_queue_push(q, '?'));
        HEAR(ta_queue_write(q, some_bytes, 1));
        HEAR(ta_queue_reserve(q, 1, &span));
    }
    must_be_stale = ta_queue_len(q) > 0 && is_stale(q->chain.out.chunk);
    if (must_be_stale) {
        HEAR(ta_queue_pop(q, read_bytes));
        HEAR(ta_queue_read(q, read_bytes, 1));
        HEAR(ta_queue_consume(q, 1));
    }
    must_be_stale = false;
}

/* ---- Views ---------------------------------------------------------------------------------------------------- */

static void parse_view(ta_view v, size_t n)
{
    ta_view part;
    uint32_t number;
    uint16_t word;
    int32_t fixed;
    ta_view rest = v;
    HEAR(ta_parse_decimal(&rest, &number));
    HEAR(ta_parse_byte(&rest, ';'));
    HEAR(ta_parse_fixed(&rest, 2, &fixed));
    HEAR(ta_parse_line(&rest, &part));
    HEAR(ta_parse_rest(&rest, &part));
    rest = ta_view_final(v);
    HEAR(ta_parse_take_while(&rest, is_digit, NULL, &part));
    HEAR(ta_parse_u16be(&rest, &word));
    HEAR(ta_parse_varint(&rest, 4, &number));
    HEAR(ta_parse_take_until_seq(&rest, "\n4", 2, &part));
    HEAR(ta_parse_take(&rest, n / 2, &part));
    HEAR(ta_parse_end(&rest));
}

/* Were bytes removed since it was made, or is the chunk that it is in not live? */
static bool is_stale_view(const ta_view *v)
{
    return v->chain && (v->stamp != v->chain->out.count || !ta_is_live(the_pool.allocator, v->here.chunk));
}

const char *look_at_view(ta_view v)
{
    ta_view rest = v, part;
    size_t position, n = at_most_all(ta_view_len(&v));
    int order;
    failed = NULL;
    must_be_stale = is_stale_view(&v);
    HEAR(ta_view_check(&v));
    HEAR(ta_view_at(&v, n / 2, read_bytes));
    HEAR(ta_view_copy(&v, 0, read_bytes, n));
    HEAR(ta_view_find(&v, ';', &position));
    HEAR(ta_view_find_seq(&v, "3\n4", 3, &position));
    HEAR(ta_view_equals(&v, some_bytes, n));
    HEAR(ta_view_compare(&v, &v, &order));
    HEAR(ta_view_take(&v, n / 2, &part));
    HEAR(ta_view_split(&rest, n / 2, &part));
    HEAR(ta_view_skip(&rest, n - n / 2));
    rest = v;
    for (ta_status status = TA_OK; status == TA_OK && !failed;) {
        ta_span span = {NULL, 0};
        status = ta_view_next_span(&rest, &span);
        hear("ta_view_next_span", status);
        read_span("ta_view_next_span", status, span);
    }
    parse_view(v, n);
    must_be_stale = false;
    return failed;
}

/* An iterator that stands at any live chunk delivers bytes of blocks, or none. */
static void look_from(const ta_buffer *b, ta_handle chunk)
{
    ta_chunk_iterator at = {chunk, 1};
    ta_span span = {NULL, 0};
    read_span("ta_buffer_next_chunk", ta_buffer_next_chunk(b, &at, &span), span);
}

/* One that stands at a chunk which is no longer live delivers nothing. */
static void look_from_stale(const ta_buffer *b, ta_handle chunk)
{
    ta_chunk_iterator at = {chunk, 1};
    ta_span span = {NULL, 0};
    bool delivers = ta_buffer_next_chunk(b, &at, &span) == TA_OK;
    if (delivers && !failed)
        failed = wrong("ta_buffer_next_chunk delivers a stale chunk");
}

static void look_from_everywhere(const ta_buffer *b)
{
    for (size_t slot = 0; slot < the_pool.blocks; slot++) {
        ta_handle live = pools_live(slot), stale = live;
        if (!live.bits)
            continue;
        stale.bits = (ta_handle_bits)(live.bits ^ (ta_handle_bits)2 << TA_SLOT_BITS);
        look_from(b, live);
        look_from_stale(b, stale);
    }
}

/* ---- All of it -------------------------------------------------------------------------------------------------- */

/* Without foreign actions everything is as it should be; with them the check must only end. */
static void check_objects(unsigned foreign)
{
    for (size_t i = 0; i < 2 && !failed; i++) {
        int buffer = ta_buffer_check(&now.buffer[i]), queue = ta_queue_check(&now.queue[i]);
        if (foreign == 0 && (buffer != 0 || queue != 0))
            failed = wrong("ta_buffer_check is %d, ta_queue_check %d", buffer, queue);
    }
}

const char *look_at_everything(unsigned foreign)
{
    look_at_view(now.view);
    check_objects(foreign);
    for (size_t i = 0; !failed && i < 2; i++) {
        change_buffer_if_stale(&now.buffer[i]);
        look_from_everywhere(&now.buffer[i]);
        if (!failed)
            look_at_view(ta_buffer_view(&now.buffer[i]));
        if (!failed)
            look_at_view(ta_queue_view(&now.queue[i]));
        look_at_queue(&now.queue[i]);
        change_queue_if_stale(&now.queue[i]);
    }
    return failed;
}
