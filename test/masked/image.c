/*
 * The image: prepares the state that the host asked for, by public operations, and runs one operation of
 * which the host sees how long it masks. Here stand no expectations.
 */
#include "masked.h"
#include <tinyalloc/tinyalloc.h>

#if __AVR__
#include <avr/interrupt.h>
#include <avr/io.h>
#define ARENA_SIZE 4400
#else
#define ARENA_SIZE 49152
#endif

struct request request;
void prepare(void);
void operate(void);

static TA_ALIGNAS(max_align_t) uint8_t arena[ARENA_SIZE];
static uint8_t data[DATA_MAX];
static ta_slab slab;
static const ta_allocator *const pool = &slab.allocator;
static uint16_t made_count, made_size, made_pool, made_hogs; /* the pool as it is */
static ta_buffer rest; /* a chunk for each block that must not be free either */
static ta_queue queue;
static ta_recent recent;
static ta_buffer buffer, other;
static ta_handle own, taken;
static void *own_block;
static ta_water_marks marks;

/* ---- The operations -------------------------------------------------------------------------------------------- */

static size_t done;
static ta_span span;
static uint8_t byte;
static ta_view view;
static ta_lines lines;
static const ta_lines lines_of_a_byte = TA_LINES_OF_QUEUE(&queue, 1),
                      any_lines = TA_LINES_OF_QUEUE(&queue, 0);
#define N request.n

static bool is_zero(uint8_t b, void *context)
{
    (void)context;
    return b == 0;
}
static bool is_one(uint8_t b, void *context)
{
    (void)context;
    return b == 1;
}

/* clang-format off */
static void op_alloc(void) { taken = ta_alloc(pool, N); }
static void op_alloc_copy(void) { taken = ta_alloc_copy(pool, data, N); }
static void op_get(void) { ta_get(pool, own); }
static void op_size(void) { ta_size(pool, own); }
static void op_is_live(void) { ta_is_live(pool, own); }
static void op_resize(void) { ta_resize(pool, own, N); }
static void op_free(void) { ta_free(pool, own); }
static void op_clear(void) { ta_clear(pool); }
static void op_available(void) { ta_available(pool); }
static void op_handle_of(void) { ta_handle_of(pool, own_block); }
static void op_stats_of(void) { ta_stats_of(pool); }
static void op_slab_init(void) { ta_slab_init(&slab, arena, ARENA_SIZE, request.block_size); made_count = 0; }
static void op_slab_reset(void) { ta_slab_reset(pool); made_count = 0; }
static void op_slab_set_pool(void) { ta_slab_set_pool(&slab, 0); }
static void op_slab_set_headroom(void) { ta_slab_set_headroom(pool, N); }
static void op_slab_alloc_headroom(void) { taken = ta_slab_alloc_headroom(pool, N); }
static void op_slab_handle_at(void) { ta_slab_handle_at(pool, ta_handle_slot(own)); }
static void op_slab_layout(void) { ta_slab_layout(); }
static void op_slab_check(void) { ta_slab_check(pool); }
static void op_buffer_init(void) { ta_buffer_init(&buffer, pool); }
static void op_buffer_clear(void) { ta_buffer_clear(&buffer); }
static void op_buffer_set_limit(void) { ta_buffer_set_limit(&buffer, 1); }
static void op_buffer_limit(void) { ta_buffer_limit(&buffer); }
static void op_buffer_push(void) { ta_buffer_push(&buffer, 0); }
static void op_buffer_write(void) { ta_buffer_write(&buffer, data, N); }
static void op_buffer_write_some(void) { ta_buffer_write_some(&buffer, data, N, &done); }
static void op_buffer_append_block(void) { ta_buffer_append_block(&buffer, own, N); }
static void op_buffer_reserve(void) { ta_buffer_reserve(&buffer, N, &span); }
static void op_buffer_commit(void) { ta_buffer_commit(&buffer, N); }
static void op_buffer_cancel(void) { ta_buffer_cancel(&buffer); }
static void op_buffer_pop(void) { ta_buffer_pop(&buffer, &byte); }
static void op_buffer_peek(void) { ta_buffer_peek(&buffer, &byte); }
static void op_buffer_front(void) { ta_buffer_front(&buffer, &span); }
static void op_buffer_consume(void) { ta_buffer_consume(&buffer, N); }
static void op_buffer_prepend(void) { ta_buffer_prepend(&buffer, data, N); }
static void op_buffer_truncate(void) { ta_buffer_truncate(&buffer, N); }
static void op_buffer_next_chunk(void) { ta_chunk_iterator at = {TA_NONE_INIT, 0}; ta_buffer_next_chunk(&buffer, &at, &span); }
static void op_buffer_copy_out(void) { ta_buffer_copy_out(&buffer, 0, data, N); }
static void op_buffer_move(void) { ta_buffer_move(&other, &buffer); }
static void op_buffer_copy_range(void) { ta_buffer_copy_range(&other, &buffer, 0, N); }
static void op_buffer_len(void) { ta_buffer_len(&buffer); }
static void op_buffer_is_empty(void) { ta_buffer_is_empty(&buffer); }
static void op_buffer_room(void) { ta_buffer_room(&buffer); }
static void op_buffer_check(void) { ta_buffer_check(&buffer); }
static void op_buffer_read(void) { ta_buffer_read(&buffer, data, N); }
static void op_buffer_read_some(void) { ta_buffer_read_some(&buffer, data, N, &done); }
static void op_buffer_at(void) { ta_buffer_at(&buffer, N, &byte); }
static void op_buffer_find(void) { ta_buffer_find(&buffer, 0, 1, &done); }
static void op_buffer_find_if(void) { ta_buffer_find_if(&buffer, 0, is_one, NULL, &done); }
static void op_buffer_find_seq(void) { ta_buffer_find_seq(&buffer, 0, "\0\1", 2, &done); }
static void op_buffer_skip_while(void) { ta_buffer_skip_while(&buffer, is_zero, NULL, &done); }
static void op_buffer_consume_until(void) { ta_buffer_consume_until(&buffer, 0, &done); }
static void op_buffer_split(void) { ta_buffer_split(&other, &buffer, N); }
static void op_buffer_drain_into(void) { ta_buffer_drain_into(&other, &buffer, N); }
static void op_buffer_append(void) { ta_buffer_append(&other, &buffer); }
static void op_queue_init(void) { ta_queue_init(&queue, pool, 0); }
static void op_queue_clear(void) { ta_queue_clear(&queue); }
static void op_queue_trim(void) { ta_queue_trim(&queue); }
static void op_queue_set_limit(void) { ta_queue_set_limit(&queue, 1); }
static void op_queue_set_marks(void) { ta_queue_set_marks(&queue, &marks); }
static void op_queue_use_headroom(void) { ta_queue_use_headroom(&queue); }
static void op_queue_push(void) { ta_queue_push(&queue, 0); }
static void op_queue_write(void) { ta_queue_write(&queue, data, N); }
static void op_queue_write_some(void) { ta_queue_write_some(&queue, data, N, &done); }
static void op_queue_reserve(void) { ta_queue_reserve(&queue, N, &span); }
static void op_queue_commit(void) { ta_queue_commit(&queue, N); }
static void op_queue_cancel(void) { ta_queue_cancel(&queue); }
static void op_queue_room(void) { ta_queue_room(&queue); }
static void op_queue_pop(void) { ta_queue_pop(&queue, &byte); }
static void op_queue_peek(void) { ta_queue_peek(&queue, &byte); }
static void op_queue_at(void) { ta_queue_at(&queue, N, &byte); }
static void op_queue_read(void) { ta_queue_read(&queue, data, N); }
static void op_queue_read_some(void) { ta_queue_read_some(&queue, data, N, &done); }
static void op_queue_front(void) { ta_queue_front(&queue, &span); }
static void op_queue_find(void) { ta_queue_find(&queue, 0, 1, &done); }
static void op_queue_copy_out(void) { ta_queue_copy_out(&queue, 0, data, N); }
static void op_queue_consume(void) { ta_queue_consume(&queue, N); }
static void op_queue_take(void) { ta_queue_take(&queue, &buffer); }
static void op_queue_drain_into(void) { ta_queue_drain_into(&buffer, &queue, N); }
static void op_queue_len(void) { ta_queue_len(&queue); }
static void op_queue_is_empty(void) { ta_queue_is_empty(&queue); }
static void op_queue_limit(void) { ta_queue_limit(&queue); }
static void op_queue_dropped(void) { ta_queue_dropped(&queue); }
static void op_queue_check(void) { ta_queue_check(&queue); }
static void op_recent_init(void) { ta_recent_init(&recent, pool, 0, 0); }
static void op_recent_clear(void) { ta_recent_clear(&recent); }
static void op_recent_write(void) { ta_recent_write(&recent, data, N); }
static void op_recent_read(void) { ta_recent_read(&recent, data, N, &done); }
static void op_recent_count(void) { ta_recent_count(&recent); }
static void op_recent_is_empty(void) { ta_recent_is_empty(&recent); }
static void op_recent_dropped(void) { ta_recent_dropped(&recent); }
static void op_recent_check(void) { ta_recent_check(&recent); }
static void op_lines_next(void) { lines = lines_of_a_byte; ta_lines_next(&lines, &view); }
static void op_lines_last(void) { lines = any_lines; ta_lines_last(&lines, &view); }
static void op_lines_read(void) { lines = any_lines; ta_lines_read(&lines, (char *)data, 2, NULL); }
static void op_global(void) { ta_global(); }
static void op_global_set(void) { ta_global_set(NULL); }
static void op_global_default(void) { ta_global_default(); }
/* clang-format on */

#define OPERATION_FUNCTION(name, kind, request) op_##name,
static void (*const operations[OPERATION_COUNT])(void) = {OPERATIONS(OPERATION_FUNCTION)};

void operate(void)
{
    operations[request.operation]();
}

/* ---- The state before ------------------------------------------------------------------------------------------- */

static void nothing(ta_queue *q, void *context)
{
    (void)context;
    (void)q;
}

/* Nobody keeps the handles: ta_clear() frees these blocks. What is more than there are is refused. */
static void take_blocks(uint16_t count)
{
    while (count-- > 0)
        ta_alloc(pool, 0);
}

#define MIXED_MAX 8 /* blocks */

static bool make_pool(void)
{
    uint32_t block = request.block_size + (TA_SLOT_BITS + TA_GENERATION_BITS) / 8 + TA_SLAB_OWNER_BYTES_;
    uint32_t arena_size =
        request.block_count * block + sizeof(ta_slab_state_) + TA_ALIGNOF(ta_slab_state_) - 1;
    made_count = 0;
    if (arena_size > ARENA_SIZE ||
        ta_slab_init(&slab, arena, (size_t)arena_size, request.block_size) != TA_OK ||
        ta_available(pool) != request.block_count)
        return false;
    made_count = request.block_count;
    made_size = request.block_size;
    made_pool = request.pool;
    if (request.pool == USED)
        take_blocks(request.block_count);
    if (request.pool == WORN)
        take_blocks(0xFFFF);
    ta_clear(pool);
    take_blocks(request.hogs);
    made_hogs = request.hogs;
    ta_queue_init(&queue, pool, 0);
    ta_recent_init(&recent, pool, 0, 0);
    return true;
}

/* In a pool that has just been made: let the free list begin elsewhere, or take turns between both ends. */
static void arrange_free_blocks(void)
{
    ta_handle all[MIXED_MAX];
    if (request.order != MIXED) {
        for (uint16_t i = 0; i < request.order; i++)
            ta_free(pool, ta_alloc(pool, 0));
        return;
    }
    uint16_t count = 0;
    while (count < MIXED_MAX && (all[count] = ta_alloc(pool, 0)).bits)
        count++;
    for (uint16_t i = 0; i < count; i++)
        ta_free(pool, all[i % 2 ? count - 1 - i / 2 : i / 2]);
}

/* The pool as it is asked for, with nothing taken but the hogs. */
static bool clear_pool(void)
{
    if (request.order != ANY) {
        bool is_made = make_pool();
        arrange_free_blocks();
        return is_made;
    }
    if (made_count != request.block_count || made_size != request.block_size || made_pool != request.pool ||
        request.pool == FRESH)
        return make_pool();
    ta_free(pool, own);
    ta_free(pool, taken);
    own = taken = TA_NONE;
    ta_queue_clear(&queue);
    ta_recent_clear(&recent);
    ta_buffer_clear(&buffer);
    ta_buffer_clear(&other);
    ta_buffer_clear(&rest);
    ta_slab_set_headroom(pool, 0);
    if (made_hogs != request.hogs || ta_stats_of(pool).used != made_hogs) {
        ta_clear(pool);
        take_blocks(request.hogs);
        made_hogs = request.hogs;
    }
    return true;
}

/* on_high is due with the next byte; or it was called, and on_low is due without one byte. */
static void feed_queue(void)
{
    size_t length = request.held - request.eaten;
    bool is_at_low = request.mode == AT_LOW_MARK;
    ta_queue_init(&queue, pool, 0);
    marks.on_high = marks.on_low = nothing;
    marks.high = length + !is_at_low;
    marks.low = marks.high - 1;
    if (is_at_low)
        request.is_ready &= ta_queue_set_marks(&queue, &marks) == TA_OK;
    if (request.mode == KEPT)
        ta_queue_use_headroom(&queue);
    request.is_ready &= ta_queue_write(&queue, data, request.held) == TA_OK;
    ta_queue_consume(&queue, request.eaten);
    if (request.mode == AT_HIGH_MARK)
        ta_queue_set_marks(&queue, &marks);
    if (request.mode == LIMITED)
        ta_queue_set_limit(&queue, length);
    if (request.mode == RESERVED)
        request.is_ready &= ta_queue_reserve(&queue, RESERVATION, &span) == TA_OK;
}

/* Write a unit that takes n bytes with its prefix. */
static void feed_unit(size_t n)
{
    request.is_ready &=
        n == 0 || (n >= TA_RECENT_PREFIX && ta_recent_write(&recent, data, n - TA_RECENT_PREFIX) == TA_OK);
}

/* What is out was one unit; what is left is a long one and two short ones, or a short one, or it alone. */
static void feed_recent(void)
{
    size_t length = request.held - request.eaten, last = length < 5 ? 0 : length < 12 ? 2 : 4;
    ta_recent_init(&recent, pool, 0, 0);
    feed_unit(request.eaten);
    ta_recent_read(&recent, data, request.eaten, &done);
    feed_unit(length < 12 ? length - last : length - 2 * last);
    feed_unit(length < 12 ? 0 : last);
    feed_unit(last);
    if (request.mode == LIMITED)
        recent.chain.limit = length;
}

/* Take one block, as a chunk that nobody reads. */
static bool take_into(ta_buffer *b)
{
    return ta_buffer_reserve(b, request.block_size, &span) == TA_OK &&
           ta_buffer_commit(b, request.block_size) == TA_OK;
}

static void feed_buffer(ta_buffer *b, uint16_t held, uint16_t eaten)
{
    request.is_ready &= ta_buffer_write(b, data, held) == TA_OK;
    ta_buffer_consume(b, eaten);
}

void prepare(void)
{
    bool is_queue = request.kind == QUEUE || request.kind == QUEUE_BUFFER;
    request.is_ready = clear_pool();
    if (!request.is_ready)
        return;
    ta_buffer_init(&buffer, pool);
    ta_buffer_init(&other, pool);
    ta_buffer_init(&rest, pool);
    if (request.mode == KEPT)
        request.is_ready &= ta_slab_set_headroom(pool, 1) == TA_OK;
    if (request.kind == SLAB || request.kind == BLOCK) {
        own = ta_alloc(pool, 1);
        own_block = ta_get(pool, own);
        request.is_ready &= own_block != NULL;
    }
    if (is_queue) {
        feed_queue();
    } else if (request.kind == RECENT) {
        feed_recent();
    } else {
        feed_buffer(&buffer, request.held, request.eaten);
        if (request.mode == LIMITED)
            ta_buffer_set_limit(&buffer, request.held - request.eaten);
        if (request.mode == RESERVED)
            request.is_ready &= ta_buffer_reserve(&buffer, RESERVATION, &span) == TA_OK;
    }
    feed_buffer(is_queue ? &buffer : &other, request.other, 0);
    while (request.free != ANY && ta_available(pool) > request.free && take_into(&rest))
        ;
    request.is_ready &= request.free == ANY || ta_available(pool) == request.free;
    if (request.mode == STALE)
        ta_clear(pool);
}

#if __AVR__
int main(void)
{
    GPIOR1 = (uint8_t)(uintptr_t)&request;
    GPIOR2 = (uint8_t)((uintptr_t)&request >> 8);
    GPIOR0 = READY;
    for (;;) {
        uint8_t asked = GPIOR0;
        if (asked == GO) {
            prepare();
            GPIOR0 = PREPARED;
        } else if (asked == OPERATE) {
            sei();
            GPIOR0 = BEGIN;
            operate();
            GPIOR0 = END;
            cli();
        }
    }
}
#endif
