/* Functions written with the calls of C: see pairs.h. */
#include "pairs.h"

TA_SLAB_DEFINE_EX(samples, sizeof(struct sample), 8, TA_ALIGNOF(struct sample), );
TA_SLAB_DEFINE_EX(sockets, sizeof(struct sample), 4, TA_ALIGNOF(struct sample), );
static ta_queue received = TA_QUEUE_INIT(pool, 200);
static ta_buffer text = TA_BUFFER_INIT(pool);

/* ---- Typed pools --------------------------------------------------------------------------------------- */

static ta_handle kept;

bool pool_keep(void)
{
    kept = ta_alloc(samples, sizeof(struct sample));
    return ta_is_live(samples, kept);
}

/* In C it ends in a jump to ta_alloc(). The result of another type is in the way of that: a call and a return instead. */
ta_handle tail_alloc(void)
{
    return ta_alloc(samples, sizeof(struct sample));
}

int pool_read(ta_handle h)
{
    struct sample *s = (struct sample *)ta_get(samples, h);
    return s ? s->value : -1;
}

bool pool_free(ta_handle h)
{
    return ta_free(samples, h);
}

ta_handle pool_create(uint32_t time, int16_t value)
{
    ta_handle h = ta_alloc(samples, sizeof(struct sample));
    struct sample *s = (struct sample *)ta_get(samples, h);
    if (s) {
        s->time = time;
        s->value = value;
    }
    return h;
}

/* With a destructor. */
bool pool_destroy(ta_handle h)
{
    struct sample *s = (struct sample *)ta_get(sockets, h);
    if (!s)
        return false;
    close_sample(s);
    return ta_free(sockets, h);
}

int pool_owner(uint32_t time)
{
    ta_handle h = ta_alloc(samples, sizeof(struct sample));
    struct sample *s = (struct sample *)ta_get(samples, h);
    if (s) {
        s->time = time;
        s->value = 0;
    }
    if (h.bits == 0)
        return -1;
    int result = use_sample((struct sample *)ta_get(samples, h));
    ta_free(samples, h);
    return result;
}

/* ---- Blocks, buffers, queues --------------------------------------------------------------------------- */

bool block_scope(void)
{
    ta_handle h = ta_alloc(pool, 32);
    if (h.bits == 0)
        return false;
    fill(ta_get(pool, h), 32);
    ta_free(pool, h);
    return true;
}

ta_status block_append(void)
{
    ta_handle h = ta_alloc(pool, 32);
    if (h.bits == 0)
        return TA_E_NO_MEMORY;
    fill(ta_get(pool, h), 32);
    ta_status status = ta_buffer_append_block(&text, h, 32);
    if (status != TA_OK)
        ta_free(pool, h);
    return status;
}

ta_status buffer_scope(const char *line, size_t n)
{
    uint8_t first;
    ta_buffer b = TA_BUFFER_INIT(pool);
    ta_status status = ta_buffer_write(&b, line, n);
    if (status == TA_OK)
        status = ta_buffer_pop(&b, &first);
    ta_buffer_clear(&b);
    return status;
}

void buffer_chunks(const ta_buffer *b)
{
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    while (ta_buffer_next_chunk(b, &at, &span) == TA_OK)
        send(span.data, span.length);
}

unsigned buffer_sum(void)
{
    unsigned sum = 0;
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    while (ta_buffer_next_chunk(&text, &at, &span) == TA_OK)
        for (const uint8_t *byte = span.data, *end = byte + span.length; byte != end; byte++)
            sum += *byte;
    return sum;
}

void queue_interrupt(uint8_t byte)
{
    ta_queue_push(&received, byte);
}

size_t queue_front(void)
{
    ta_span span;
    if (ta_queue_front(&received, &span) != TA_OK)
        return 0;
    send(span.data, span.length);
    ta_queue_consume(&received, span.length);
    return span.length;
}

ta_status queue_reserve(void)
{
    ta_span span;
    ta_status status = ta_queue_reserve(&received, 16, &span);
    if (status != TA_OK)
        return status;
    fill(span.data, span.length);
    return ta_queue_commit(&received, span.length);
}

void queue_move(ta_queue *to, ta_queue *from)
{
    if (to == from)
        return;
    ta_queue_clear(to);
    ta_queue_move_(to, from);
}

size_t queue_length(void)
{
    return ta_queue_is_empty(&received) ? 0 : ta_queue_len(&received);
}
