/*
 * Queues: see the picture in queue.h.
 *
 * Who writes what
 *   the writer   written, tail, room, beyond, is_reserved, dropped; the link of the last chunk; head and read, before there
 *                is a chunk
 *   the reader   read, head, left; frees a chunk it has left
 *   both         chunks, is_high: only while masked
 * and neither side ever waits for the other. The order that makes it work:
 *   Q1  The writer stores bytes and links first and publishes last: inside a chunk by one store of `written`, else in
 *       one masked step. A reader that has seen it sees everything before it.
 *   Q2  The reader leaves a chunk only when it wants a byte behind it. Then that byte has been published, so
 *       the chunk has a successor, so the writer has moved on to it and never touches the chunk again.
 *   Q3  The reader has copied bytes out before it publishes, by one store of `read` or in one masked step, and only
 *       then frees the chunks that it has left.
 *   Q4  `head` and `read` are the writer's only while there is no chunk, and both sides mask while they touch them then.
 *
 * Positions are addresses. When nothing is held, reader and writer stand at the same one. The converse may fail, for
 * the end of a block is the start of another's: so equal addresses only mean that the reader has to count (held()).
 *
 * What each side may do without counting it notes down.
 *   room, beyond   what the limit took when it was counted last, in the last chunk and behind it. There may be more, for a
 *                  reader only adds to it, never less; and beyond > 0 says that room is all that the last chunk has.
 *                  In a reservation room is 0, and beyond its length: at most a block, so that no write relies on it.
 *   left           1 + what the first chunk has from `read` on, exactly; how much of it was written, `written` tells. 0: look.
 * So bytes pass inside a chunk with nothing masked, and from one to the next with what taking or freeing a block
 * masks, and another short step in which both ends change. A build for size always counts in read and write.
 */
#include "internal.h"

#if TA_WITH_QUEUE

TA_STATIC_ASSERT(sizeof(size_t) == sizeof(uint8_t *), "a position is an address in a word");

/* ---- Checks and pure helpers --------------------------------------------------------------------------- */

static bool is_bound(const ta_queue *q)
{
    return q && q->allocator;
}

static uint8_t *at(size_t position)
{
    return (uint8_t *)position;
}

/* Where a chunk begins; 0 when it is stale. */
static size_t start_of(const ta_queue *q, ta_handle chunk)
{
    return (size_t)backend_get(q->allocator, chunk);
}

/* Bytes held, masked by the caller. The chunks are counted, not the way from one block to the other. */
static size_t count(const ta_queue *q)
{
    size_t chunks = q->chunks;
    if (chunks == 0)
        return 0;
    size_t ahead = ta_port_load(&q->written) - ta_port_load(&q->read), block_size = q->allocator->block_size;
#if TA_CUSTOM_BACKENDS
    size_t way = start_of(q, q->tail) - start_of(q, q->head);
    return ahead + (chunks - 1) * block_size - way;
#else
    size_t way = (size_t)ta_handle_slot(q->tail) - ta_handle_slot(q->head); /* in blocks */
    return ahead + (chunks - 1 - way) * block_size;
#endif
}

static size_t held(const ta_queue *q)
{
    ta_mask mask = ta_critical_enter();
    size_t n = count(q);
    ta_critical_exit(mask);
    return n;
}

#define UNUSUAL ((ta_status)1) /* none of the public ones: nothing but notes was changed */

/* The entry of the chunk at one end. It was live when it became that: so its slot is one of the pool's. */
HOT entry *entry_of(const ta_allocator *a, ta_handle chunk)
{
    return a->first - ta_handle_slot(chunk);
}

static bool is_still_live(const ta_queue *q, ta_handle chunk)
{
    const ta_allocator *a = q->allocator;
    return is_slab(a) ? handle_matches(a, chunk, entry_of(a, chunk)) : start_of(q, chunk) != 0;
}

/* Do n > 0 bytes lie in one chunk of a slab and the next, wherever they begin? */
HOT bool is_near(const ta_queue *q, size_t n)
{
    return is_bound(q) && is_slab(q->allocator) && n - 1 < q->allocator->block_size;
}

/* Bytes that the limit still allows; a reader may raise it meanwhile. */
HOT size_t limit_room(const ta_queue *q)
{
    size_t most = ta_port_load(&q->max_length);
    if (most == 0)
        return SIZE_MAX;
    size_t n = held(q);
    return n < most ? most - n : 0;
}

static NOINLINE ta_status drop(ta_queue *q, size_t n, ta_status reason)
{
    ta_mask mask = ta_critical_enter(); /* the other side may be looking, between two stores */
    q->dropped = (uint16_t)(n > UINT16_MAX - (size_t)q->dropped ? UINT16_MAX : q->dropped + n);
    ta_critical_exit(mask);
    return reason;
}

/* ---- Water marks: the flag changes together with what the callback tells the line ---------------------- */

HOT void tell_if_high(ta_queue *q)
{
    const ta_water_marks *marks = q->marks;
    if (!marks)
        return;
    size_t high = marks->high;
    ta_mask mask = ta_critical_enter();
    if (!q->is_high && count(q) >= high) {
        q->is_high = true;
        marks->on_high(q);
    }
    ta_critical_exit(mask);
}

HOT void tell_if_low(ta_queue *q)
{
    const ta_water_marks *marks = q->marks;
    if (!marks)
        return;
    size_t low = marks->low;
    ta_mask mask = ta_critical_enter();
    if (q->is_high && count(q) <= low) {
        q->is_high = false;
        marks->on_low(q);
    }
    ta_critical_exit(mask);
}

/* ---- Transitions: the writer --------------------------------------------------------------------------- */

/* What every call that writes needs to know. */
typedef struct writer {
    chain_end end; /* where the next byte goes */
    size_t fits;   /* bytes that still fit into the last chunk */
} writer;

HOT ta_status check_writer(const ta_queue *q, writer *w)
{
    if (!is_bound(q))
        return invalid();
    size_t start = start_of(q, q->tail), block_size = q->allocator->block_size;
    if (q->tail.bits && !start)
        return TA_E_STALE;
    w->end.chunk = q->tail;
    w->end.first = TA_NONE;
    w->end.start = at(start);
    w->end.offset = q->written ? q->written - start : 0;
    w->end.added = 0;
    w->fits = q->written ? block_size - w->end.offset : 0;
    return TA_OK;
}

/* A reservation in a fresh block: it is linked behind the last chunk, which is full, but not published; or, when
 * there is no chunk, it is the tail. */
static void close_reservation(ta_queue *q, writer *w)
{
    q->is_reserved = false;
    q->beyond = 0;
    if (!q->written) {
        ta_free(q->allocator, q->tail);
        q->tail = w->end.chunk = TA_NONE;
    } else if (w->fits == 0) {
        ta_free(q->allocator, backend_next(q->allocator, q->tail));
    }
}

/* What every call that writes begins with. */
static ta_status open_writer(ta_queue *q, writer *w)
{
    ta_status status = check_writer(q, w);
    if (status == TA_OK && q->is_reserved)
        close_reservation(q, w);
    return status;
}

static size_t blocks_for(const ta_queue *q, const writer *w, size_t n)
{
    return blocks_beyond(n, w->fits, q->allocator->block_size);
}

/* What may be written with no look at anything else: as much as fits into the last chunk, and as the limit takes. */
HOT void set_room(ta_queue *q, size_t fits, size_t limit)
{
    size_t room = q->marks ? 0 : smaller(fits, limit);
    q->room = (ta_slot)room;
    if (!IS_FOR_SIZE)
        q->beyond = (ta_slot)(q->marks ? 0 : smaller(limit - room, SLOT_MAX));
}

/* Let the reader see what was written up to `end`, in the last chunk; the limit takes `limit` bytes more. */
HOT void publish(ta_queue *q, const chain_end *end, size_t limit)
{
    size_t written = (size_t)end->start + end->offset;
    if (end->added == 0) {
        ta_port_store(&q->written, written);
    } else {
        size_t first = end->first.bits ? (size_t)backend_start(q->allocator, end->first) : 0;
        ta_mask mask = ta_critical_enter();
        if (first) {
            q->head = end->first;
            q->read = first;
        }
        q->chunks = (ta_slot)(q->chunks + end->added);
        q->tail = end->chunk;
        ta_port_store(&q->written, written); /* a reader looks at it unmasked */
        ta_critical_exit(mask);
    }
    set_room(q, q->allocator->block_size - end->offset, limit);
    tell_if_high(q);
}

/* ---- Transitions: the reader --------------------------------------------------------------------------- */

/* What every call that reads needs to know. */
typedef struct reader {
    chain_front front; /* where the next byte comes from */
    size_t held;       /* bytes */
} reader;

/* What every call that reads begins with. */
HOT ta_status open_reader(const ta_queue *q, reader *r)
{
    if (!is_bound(q))
        return invalid();
    ta_mask mask = ta_critical_enter();
    r->held = count(q);
    r->front.chunk = q->head;
    size_t read = q->read;
    ta_critical_exit(mask);
    r->front.start = backend_get(q->allocator, r->front.chunk);
    r->front.offset = read - (size_t)r->front.start;
    r->front.left = 0;
    return r->front.chunk.bits && !r->front.start ? TA_E_STALE : TA_OK;
}

/* How many bytes the first chunk has, of which those may be popped that the writer has shown. A whole block may be one
 * more than a note holds: that is 0, too. */
HOT void set_left(ta_queue *q, size_t bytes)
{
    q->left = (ta_slot)(q->marks ? 0 : bytes + 1);
}

/* The reader is done with what lies before `front`. The chunks that it leaves are its to free. */
HOT void move_on(ta_queue *q, const chain_front *front)
{
    size_t read = (size_t)front->start + front->offset;
    if (front->left == 0) {
        ta_port_store(&q->read, read);
    } else {
        ta_mask mask = ta_critical_enter();
        q->head = front->chunk;
        q->read = read;
        q->chunks = (ta_slot)(q->chunks - front->left);
        ta_critical_exit(mask);
    }
    set_left(q, q->allocator->block_size - front->offset);
}

/* Take the first n bytes, which are held, to `data`; NULL drops them. */
HOT ta_status drain(ta_queue *q, reader *r, uint8_t *data, size_t n)
{
    if (n == 0)
        return TA_OK;
    ta_handle head = q->head;
    if (!chain_drain(q->allocator, &r->front, data, n))
        return TA_E_STALE;
    move_on(q, &r->front);
    chain_free(q->allocator, head, r->front.left);
    tell_if_low(q);
    return TA_OK;
}

/* Leave a first chunk that has no more, for the next, which there is. False when that is stale. */
HOT bool enter_front(ta_queue *q, reader *r)
{
    const ta_allocator *a = q->allocator;
    ta_handle left = r->front.chunk;
    if (r->front.offset < a->block_size)
        return true;
    r->front.chunk = backend_next(a, left);
    r->front.start = backend_get(a, r->front.chunk);
    r->front.offset = 0;
    r->front.left = 1;
    if (!r->front.start)
        return false;
    move_on(q, &r->front);
    r->front.left = 0;
    ta_free(a, left);
    return true;
}

/* What every call begins with that looks at the first byte. */
HOT ta_status open_front(ta_queue *q, reader *r)
{
    ta_status status = open_reader(q, r);
    if (status != TA_OK)
        return status;
    if (r->held == 0)
        return TA_E_EMPTY;
    return enter_front(q, r) ? TA_OK : TA_E_STALE;
}

/* ---- Life cycle ---------------------------------------------------------------------------------------- */

void ta_queue_init(ta_queue *q, const ta_allocator *allocator, size_t max_length)
{
    memset(q, 0, sizeof *q);
    q->allocator = allocator;
    q->max_length = max_length;
}

static void forget_chunks(ta_queue *q)
{
    q->head = q->tail = TA_NONE;
    q->read = q->written = 0;
    q->room = q->beyond = q->left = q->chunks = 0;
    q->is_reserved = false;
}

ta_status ta_queue_clear(ta_queue *q)
{
    reader r;
    writer w;
    ta_status status = open_reader(q, &r);
    if (status == TA_E_INVALID)
        return status;
    if (status == TA_OK && open_writer(q, &w) == TA_OK) {
        drain(q, &r, NULL, r.held);
        ta_queue_trim(q);
    }
    forget_chunks(q);
    tell_if_low(q);
    return TA_OK;
}

/* Nothing is known of what may be written. */
static void forget_room(ta_queue *q)
{
    q->room = 0;
    if (!q->is_reserved)
        q->beyond = 0;
}

ta_status ta_queue_set_limit(ta_queue *q, size_t max_length)
{
    if (!q)
        return invalid();
    ta_port_store(&q->max_length, max_length);
    forget_room(q);
    return TA_OK;
}

ta_status ta_queue_set_marks(ta_queue *q, const ta_water_marks *marks)
{
    if (!q || (marks && (!marks->on_high || !marks->on_low || marks->low >= marks->high)))
        return invalid();
    q->marks = marks;
    forget_room(q);
    q->left = 0;
    return TA_OK;
}

ta_status ta_queue_use_reserve(ta_queue *q)
{
    if (!is_bound(q) || !is_slab(q->allocator))
        return invalid();
    q->uses_reserve = true;
    return TA_OK;
}

ta_status ta_queue_with(ta_queue *q, void (*fn)(ta_queue *q, void *context), void *context)
{
    if (!q || !fn)
        return invalid();
    ta_mask mask = ta_critical_enter();
    fn(q, context);
    ta_critical_exit(mask);
    return TA_OK;
}

/* The block leaves the queue in one masked step, and is free after another. The caller may be the reader: so it does
 * not look at the writer's tail unmasked. */
ta_status ta_queue_trim(ta_queue *q)
{
    ta_handle none = TA_NONE_INIT, last = none;
    if (!is_bound(q))
        return invalid();
    ta_mask mask = ta_critical_enter();
    ta_handle tail = q->chunks ? q->tail : none;
    ta_critical_exit(mask);
    if (tail.bits && !is_still_live(q, tail))
        return TA_E_STALE;
    mask = ta_critical_enter();
    if (q->chunks == 1 && q->read == q->written && !q->is_reserved) {
        last = q->tail;
        forget_chunks(q);
    }
    ta_critical_exit(mask);
    ta_free(q->allocator, last);
    return TA_OK;
}

/* ---- The writer's calls -------------------------------------------------------------------------------- */

static NOINLINE ta_status push_slowly(ta_queue *q, uint8_t byte)
{
    writer w;
    if (!IS_FOR_SIZE && is_bound(q) && q->beyond > q->allocator->block_size)
        return ta_queue_write(q, &byte, 1);
    ta_status status = open_writer(q, &w);
    if (status != TA_OK)
        return status;
    size_t limit = limit_room(q);
    if (limit == 0)
        return drop(q, 1, TA_E_FULL);
    if (w.fits == 0 && !chain_extend(q->allocator, &w.end, q->uses_reserve))
        return drop(q, 1, TA_E_NO_MEMORY);
    w.end.start[w.end.offset++] = byte;
    publish(q, &w.end, limit - 1);
    return TA_OK;
}

ta_status ta_queue_push(ta_queue *q, uint8_t byte)
{
    if (LIKELY(q && q->room > 0 && is_still_live(q, q->tail))) {
        size_t written = q->written;
        q->room--;
        *at(written) = byte;
        ta_port_store(&q->written, written + 1);
        return TA_OK;
    }
    return push_slowly(q, byte);
}

/* Little more is surely taken: count anew whether it is a whole block. */
static NOINLINE bool look_ahead(ta_queue *q)
{
    size_t limit = limit_room(q), room = q->room;
    if (q->beyond == 0 || q->is_reserved || limit < room)
        return false;
    q->beyond = (ta_slot)smaller(limit - room, SLOT_MAX);
    return q->beyond > q->allocator->block_size;
}

/* Write n bytes, `room` of which fit into the last chunk, and go on in a fresh one, which the limit surely takes. */
HOT ta_status write_across(ta_queue *q, const uint8_t *data, size_t n, size_t room)
{
    const ta_allocator *a = q->allocator;
    ta_handle tail = q->tail;
    entry *first = a->first, *last = entry_of(a, tail);
    if (!handle_matches(a, tail, last))
        return UNUSUAL;
    offset_t last_slot = a->last;
    slab_state *s = state_of(a);
    ta_mask mask = ta_critical_enter();
    if (UNLIKELY(!has_free(s, last_slot, false)) && !(q->uses_reserve && has_free(s, last_slot, true))) {
        count_failure(s);
        ta_critical_exit(mask);
        return drop(q, n, TA_E_NO_MEMORY);
    }
    ta_handle fresh = take_one(a, first, 0);
    ta_critical_exit(mask);
    size_t written = q->written, over = n - room, block_size = a->block_size;
    q->room = (ta_slot)(block_size - over);
    q->beyond = (ta_slot)(q->beyond - block_size);
    ta_slot link = (ta_slot)(ta_handle_slot(fresh) - ta_handle_slot(tail) - 1);
    last->link = link;
    if (LIKELY(link == 0)) { /* side by side */
        memcpy(at(written), data, n);
        written += n;
    } else {
        uint8_t *start = slab_start(a, fresh);
        memcpy(at(written), data, room);
        memcpy(start, data + room, over);
        written = (size_t)start + over;
    }
    mask = ta_critical_enter();
    q->chunks++;
    q->tail = fresh;
    ta_port_store(&q->written, written);
    ta_critical_exit(mask);
    return TA_OK;
}

/* The usual write, in registers: there is a chunk, at most one more is begun, and all is surely taken. */
HOT ta_status write_near(ta_queue *q, const uint8_t *data, size_t n)
{
    if (!data)
        return UNUSUAL;
    size_t room = q->room;
    if (n <= room && is_still_live(q, q->tail)) {
        size_t written = q->written;
        q->room = (ta_slot)(q->room - n);
        memcpy(at(written), data, n);
        ta_port_store(&q->written, written + n);
        return TA_OK;
    }
    if (n <= room || (q->beyond <= q->allocator->block_size && !look_ahead(q)))
        return UNUSUAL;
    return write_across(q, data, n, room);
}

/* Append as many of n bytes as there is room for and say how many, or, when nobody wants to know, all or none. */
static NOINLINE ta_status write_slowly(ta_queue *q, const uint8_t *data, size_t n, size_t *done)
{
    writer w;
    if (!data && n)
        return invalid();
    ta_status status = open_writer(q, &w);
    if (status != TA_OK || n == 0)
        return status;
    size_t limit = limit_room(q), part = done ? smaller(n, limit) : n;
    if (part == 0 || part > limit)
        return done ? TA_E_FULL : drop(q, n, TA_E_FULL);
    size_t blocks = blocks_for(q, &w, part), booked = 0;
    if (done) {
        booked = book_some(q->allocator, blocks, q->uses_reserve);
        part = smaller(part, w.fits + booked * q->allocator->block_size);
    } else if (blocks > 0 && book(q->allocator, blocks, q->uses_reserve)) {
        booked = blocks;
    }
    if (part == 0)
        return TA_E_NO_MEMORY;
    if (!done && booked < blocks)
        return drop(q, n, TA_E_NO_MEMORY);
    chain_append(q->allocator, &w.end, data, part, booked);
    publish(q, &w.end, limit - part);
    if (done)
        *done = part;
    return TA_OK;
}

ta_status ta_queue_write(ta_queue *q, const void *data, size_t n)
{
    if (IS_FOR_SIZE || !is_near(q, n))
        return write_slowly(q, data, n, NULL);
    ta_status status = write_near(q, data, n);
    return status == UNUSUAL ? write_slowly(q, data, n, NULL) : status;
}

ta_status ta_queue_write_some(ta_queue *q, const void *data, size_t n, size_t *done)
{
    if (!done)
        return invalid();
    *done = 0;
    return write_slowly(q, data, n, done);
}

ta_status ta_queue_reserve(ta_queue *q, size_t n, ta_span *span)
{
    writer w;
    if (!span || n == 0)
        return invalid();
    ta_status status = open_writer(q, &w);
    if (status != TA_OK)
        return status;
    n = smaller(n, limit_room(q));
    if (n == 0)
        return TA_E_FULL;
    if (w.fits == 0 && !chain_extend(q->allocator, &w.end, q->uses_reserve))
        return TA_E_NO_MEMORY;
    if (!q->written)
        q->tail = w.end.chunk;
    q->room = 0;
    q->beyond = (ta_slot)smaller(n, q->allocator->block_size - w.end.offset);
    q->is_reserved = true;
    span->data = w.end.start + w.end.offset;
    span->length = q->beyond;
    return TA_OK;
}

ta_status ta_queue_commit(ta_queue *q, size_t n)
{
    writer w;
    ta_status status = check_writer(q, &w);
    if (status != TA_OK)
        return status;
    if (!q->is_reserved || n > q->beyond)
        return invalid();
    if (n == 0) {
        close_reservation(q, &w);
        return TA_OK;
    }
    if (w.fits == 0) { /* the reservation is a fresh block */
        if (q->written)
            w.end.chunk = backend_next(q->allocator, q->tail);
        else
            w.end.first = w.end.chunk;
        w.end.start = backend_get(q->allocator, w.end.chunk);
        if (!w.end.start)
            return TA_E_STALE;
        w.end.offset = 0;
        w.end.added = 1;
    }
    w.end.offset += n;
    q->is_reserved = false;
    q->beyond = 0;
    publish(q, &w.end, 0);
    return TA_OK;
}

ta_status ta_queue_cancel(ta_queue *q)
{
    writer w;
    return open_writer(q, &w);
}

size_t ta_queue_room(const ta_queue *q)
{
    writer w;
    if (check_writer(q, &w) != TA_OK)
        return 0;
    size_t blocks = free_blocks(q->allocator, q->uses_reserve);
    return smaller(limit_room(q), w.fits + blocks * q->allocator->block_size);
}

/* ---- The reader's calls -------------------------------------------------------------------------------- */

/* When nothing is known of the first chunk, or when nothing may be held, which is what a main loop finds most. */
RARE ta_status pop_counted(ta_queue *q, uint8_t *byte)
{
    reader r;
    ta_status status = byte ? open_front(q, &r) : invalid();
    if (status != TA_OK)
        return status;
    *byte = r.front.start[r.front.offset++];
    move_on(q, &r.front);
    tell_if_low(q);
    return TA_OK;
}

/* In a build for size push and pop are no write and read, and a program that has no others needs no memcpy. */
static NOINLINE ta_status pop_slowly(ta_queue *q, uint8_t *byte)
{
    if (IS_FOR_SIZE || !q || q->left == 0 || q->read == ta_port_load(&q->written))
        return pop_counted(q, byte);
    ta_status status = ta_queue_read(q, byte, 1);
    return status == TA_E_RANGE ? TA_E_EMPTY : status;
}

ta_status ta_queue_pop(ta_queue *q, uint8_t *byte)
{
    if (LIKELY(q && byte && q->left > 1 && is_still_live(q, q->head))) {
        size_t left = q->left, read = q->read;
        if (LIKELY(read != ta_port_load(&q->written))) {
            q->left = (ta_slot)(left - 1);
            *byte = *at(read);
            ta_port_store(&q->read, read + 1);
            return TA_OK;
        }
    }
    return pop_slowly(q, byte);
}

/* Leave the first chunk, which is freed, for the next: to go on at `read`. UNUSUAL when there is none, and a link that a
 * stranger wrote led somewhere. */
HOT ta_status leave_first(ta_queue *q, const entry *first, ta_handle next, size_t read)
{
    const ta_allocator *a = q->allocator;
    ta_handle head = q->head;
    entry *entries = a->entries;
    slab_state *s = state_of(a);
    offset_t distance = first - entries;
    ta_mask mask = ta_critical_enter();
    if (UNLIKELY(--q->chunks == 0)) {
        q->chunks = 1;
        ta_critical_exit(mask);
        q->left = 0;
        return UNUSUAL;
    }
    q->head = next;
    q->read = read;
    if (LIKELY(handle_matches(a, head, &entries[distance])))
        release_slot(s, entries, distance, ta_handle_slot(head));
    ta_critical_exit(mask);
    return TA_OK;
}

/* Read the rest of the first chunk, `left` - 1 bytes, and the beginning of the next one. */
HOT ta_status read_across(ta_queue *q, uint8_t *data, size_t n, size_t left)
{
    size_t read = q->read, written = ta_port_load(&q->written);
    /* The writer is in this chunk, or in another that happens to lie near: count. Else it has left this one full, and when
     * the next lies beside it, all n bytes are there. */
    if (written - read < n)
        return UNUSUAL;
    const ta_allocator *a = q->allocator;
    ta_handle head = q->head;
    const entry *first = entry_of(a, head), *e = first;
    if (!handle_matches(a, head, e))
        return UNUSUAL;
    size_t block_size = a->block_size;
    ta_slot slot = ta_handle_slot(head);
    ta_handle next;
    if (LIKELY(e->link == 0)) { /* side by side */
        if (e == a->entries || !is_live(--e))
            return UNUSUAL;
        next = handle_of_slot(a, slot, generation_of(e));
        next.bits++; /* the slot's neighbour: there is one, so nothing carries */
        q->left = (ta_slot)(q->left + block_size - n);
        memcpy(data, at(read), n);
        read += n;
    } else {
        slot = (ta_slot)(slot + 1u + e->link);
        if (slot > (size_t)a->last)
            return UNUSUAL;
        e = a->first - slot;
        size_t start = (size_t)slab_block(a, (size_t)a->last - slot), part = left - 1, over = n - part;
        if (over > written - start || !is_live(e))
            return UNUSUAL;
        next = handle_of_slot(a, slot, generation_of(e));
        q->left = (ta_slot)(q->left + block_size - n);
        memcpy(data, at(read), part);
        memcpy(data + part, at(start), over);
        read = start + over;
    }
    return leave_first(q, first, next, read);
}

/* The usual read, in registers: at most one more chunk is entered, nobody watches, nothing is counted. */
HOT ta_status read_near(ta_queue *q, uint8_t *data, size_t n)
{
    size_t left = q->left;
    if (left == 0)
        return UNUSUAL;
    if (n < left && is_still_live(q, q->head)) {
        size_t read = q->read;
        if (ta_port_load(&q->written) - read < n)
            return UNUSUAL;
        q->left = (ta_slot)(q->left - n);
        memcpy(data, at(read), n);
        ta_port_store(&q->read, read + n);
        return TA_OK;
    }
    return read_across(q, data, n, left);
}

/* Take up to n bytes and say how many, or, when nobody wants to know, all or none. */
static NOINLINE ta_status read_slowly(ta_queue *q, uint8_t *data, size_t n, size_t *done)
{
    reader r;
    ta_status status = open_reader(q, &r);
    if (status != TA_OK || n == 0)
        return status;
    if (done && r.held == 0)
        return TA_E_EMPTY;
    if (done)
        n = smaller(n, r.held);
    else if (n > r.held)
        return TA_E_RANGE;
    status = drain(q, &r, data, n);
    if (done && status == TA_OK)
        *done = n;
    return status;
}

ta_status ta_queue_read(ta_queue *q, void *data, size_t n)
{
    if (!data && n)
        return invalid();
    if (IS_FOR_SIZE || !is_near(q, n))
        return read_slowly(q, data, n, NULL);
    ta_status status = read_near(q, data, n);
    return status == UNUSUAL ? read_slowly(q, data, n, NULL) : status;
}

ta_status ta_queue_read_some(ta_queue *q, void *data, size_t n, size_t *done)
{
    if ((!data && n) || !done)
        return invalid();
    *done = 0;
    return read_slowly(q, data, n, done);
}

ta_status ta_queue_consume(ta_queue *q, size_t n)
{
    return read_slowly(q, NULL, n, NULL);
}

ta_status ta_queue_front(ta_queue *q, ta_span *span)
{
    reader r;
    if (!span)
        return invalid();
    ta_status status = open_front(q, &r);
    if (status != TA_OK)
        return status;
    span->data = r.front.start + r.front.offset;
    span->length = smaller(r.held, q->allocator->block_size - r.front.offset);
    return TA_OK;
}

ta_status ta_queue_peek(ta_queue *q, uint8_t *byte)
{
    ta_span span;
    if (!byte)
        return invalid();
    ta_status status = ta_queue_front(q, &span);
    if (status == TA_OK)
        *byte = span.data[0];
    return status;
}

ta_status ta_queue_at(ta_queue *q, size_t position, uint8_t *byte)
{
    reader r;
    if (!byte)
        return invalid();
    ta_status status = open_reader(q, &r);
    if (status != TA_OK)
        return status;
    if (position >= r.held)
        return TA_E_RANGE;
    const ta_allocator *a = q->allocator;
    ta_handle chunk = r.front.chunk;
    for (position += r.front.offset; position >= a->block_size; position -= a->block_size)
        chunk = backend_next(a, chunk);
    const uint8_t *block = backend_get(a, chunk);
    if (!block)
        return TA_E_STALE;
    *byte = block[position];
    return TA_OK;
}

/* All chunks but the last change hands, when the chain leads to it; that one stays, because the writer may still write
 * to it. The reader moves on to it first: from then on the others are nobody's but ours. */
ta_status ta_queue_take(ta_queue *q, ta_buffer *destination)
{
    reader r;
    ta_status status = open_reader(q, &r);
    if (status != TA_OK)
        return status;
    if (!destination || buffer_next_allocator(destination) != q->allocator)
        return invalid();
    status = buffer_open(destination);
    if (status != TA_OK || r.held == 0)
        return status;
    if (!enter_front(q, &r))
        return TA_E_STALE;
    ta_mask mask = ta_critical_enter();
    ta_handle tail = q->tail; /* one look: threads go on */
    size_t n = count(q);
    ta_critical_exit(mask);
    if (TA_CUSTOM_BACKENDS && !is_still_live(q, tail)) /* then nobody knows how much is held */
        return TA_E_STALE;
    chain source = {r.front.chunk, r.front.offset, 0, TA_NONE_INIT};
    if (!chain_drain(q->allocator, &r.front, NULL, n) || r.front.chunk.bits != tail.bits)
        return TA_E_STALE;
    if (n > buffer_limit_room(destination))
        return TA_E_FULL;
    source.cut = r.front.offset;
    if (!buffer_get_spare(destination, &source, n))
        return TA_E_NO_MEMORY;
    move_on(q, &r.front);
    buffer_transfer(destination, &source, n);
    tell_if_low(q);
    return TA_OK;
}

/* ---- Inspection ---------------------------------------------------------------------------------------- */

size_t ta_queue_len(const ta_queue *q)
{
    return is_bound(q) ? held(q) : 0;
}

bool ta_queue_is_empty(const ta_queue *q)
{
    return ta_queue_len(q) == 0;
}

size_t ta_queue_limit(const ta_queue *q)
{
    return q ? ta_port_load(&q->max_length) : 0;
}

size_t ta_queue_dropped(const ta_queue *q)
{
    if (!q)
        return 0;
    ta_mask mask = ta_critical_enter();
    size_t dropped = q->dropped;
    ta_critical_exit(mask);
    return dropped;
}

int ta_queue_check(const ta_queue *q)
{
    writer w;
    reader r;
    if (check_writer(q, &w) != TA_OK || open_reader(q, &r) != TA_OK)
        return 0;
    const ta_allocator *a = q->allocator;
    size_t block_size = a->block_size, fits = w.fits > 0 ? w.fits : block_size;
    if (q->chunks == 0 || !q->head.bits || !q->tail.bits) {
        bool is_clean =
            !q->chunks && !q->written && !q->read && !q->head.bits && q->room == 0 && q->left == 0;
        bool has_fresh = q->is_reserved && q->beyond <= block_size,
             has_none = !q->is_reserved && q->beyond == 0;
        return is_clean && (q->tail.bits ? has_fresh : has_none) ? 0 : 2;
    }
    if (w.end.offset == 0 || w.end.offset > block_size || r.front.offset > block_size ||
        (q->is_reserved && q->beyond > fits))
        return 1;
    ta_handle chunk = q->head;
    for (size_t i = 1; i < q->chunks; i++) {
        if (chunk.bits == q->tail.bits)
            return 4;
        chunk = backend_next(a, chunk);
        if (!backend_get(a, chunk))
            return 3;
    }
    if (chunk.bits != q->tail.bits)
        return 4;
    size_t room = q->room, beyond = q->is_reserved ? 0 : q->beyond;
    bool is_possible = room <= w.fits && room + beyond <= limit_room(q) && (beyond == 0 || room == w.fits);
    return is_possible && (q->left == 0 || q->left == block_size - r.front.offset + 1) ? 0 : 5;
}

#endif /* TA_WITH_QUEUE */
