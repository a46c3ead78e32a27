/* Workers that share one pool: see work.h. */
#include "work.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 16
#define BLOCKS 52
#define LIMIT 100 /* bytes in a queue, or a few more */
#define TEXT_LIMIT 40
#define LINE_MAX 20
#define LETTER (MOST_WORKERS + 1) /* the owner of blocks that are named in a letter */

TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);

typedef struct letter {
    ta_handle block;
    unsigned from, number;
} letter;

worker workers[MOST_WORKERS];
static TA_QUEUE_DEFINE(letters, pool, 0);
static unsigned count, letters_each;
static size_t bytes_each;

void need(bool holds, const char *what, int line)
{
    static unsigned has_failed;
    if (holds || __atomic_exchange_n(&has_failed, 1, __ATOMIC_RELAXED))
        return; /* others may fail, too, while the first one ends the program */
    printf("FAILED: line %d: %s\n", line, what);
    exit(1);
}

static unsigned below(worker *w, unsigned limit)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 17;
    w->random ^= w->random << 5;
    return w->random % limit;
}

/* The byte at a position of the stream that a worker writes. */
static uint8_t byte_at(const worker *w, size_t position)
{
    return (uint8_t)(position * 167 + (position >> 8) * 31 + w->index * 71);
}

/* ---- Blocks -------------------------------------------------------------------------------------------- */

static bool is_none(ta_handle h)
{
    return h.bits == 0;
}

static void fill_block(ta_handle h, unsigned mark)
{
    memset(ta_get(pool, h), (int)(mark & 0xff), BLOCK);
}

static bool block_holds(ta_handle h, unsigned mark)
{
    const uint8_t *block = ta_get(pool, h);
    for (unsigned i = 0; block && i < BLOCK; i++)
        if (block[i] != (uint8_t)mark)
            return false;
    return block != NULL;
}

/* Who has a block: nobody else may. Relaxed, so that ThreadSanitizer takes it for no order between the workers. */
static unsigned owners[BLOCKS];

static void change_owner(ta_handle h, unsigned from, unsigned to)
{
    NEED(__atomic_exchange_n(&owners[ta_handle_slot(h)], to, __ATOMIC_RELAXED) == from);
}

static ta_handle take_block(unsigned owner, unsigned mark, bool uses_headroom)
{
    ta_handle h = uses_headroom ? ta_slab_alloc_headroom(pool, mark % BLOCK) : ta_alloc(pool, mark % BLOCK);
    if (!is_none(h)) {
        change_owner(h, 0, owner);
        fill_block(h, mark);
    }
    return h;
}

static void give_block(ta_handle h, unsigned owner, unsigned mark)
{
    NEED(block_holds(h, mark) && ta_size(pool, h) == mark % BLOCK);
    change_owner(h, owner, 0);
    NEED(ta_free(pool, h));
    NEED(!ta_free(pool, h)); /* whoever has the slot now */
}

static void keep_or_free(worker *w)
{
    unsigned i = below(w, KEPT), mark = w->index * KEPT + i + 1;
    if (is_none(w->kept[i])) {
        w->kept[i] = take_block(w->index + 1, mark, i == 0);
    } else {
        NEED(ta_handle_eq(ta_handle_of(pool, ta_get(pool, w->kept[i])), w->kept[i]));
        give_block(w->kept[i], w->index + 1, mark);
        w->kept[i] = TA_NONE;
    }
}

/* ---- Marks: a pause that is never ended would end the test's time --------------------------------------- */

static void pause_line(ta_queue *q, void *context)
{
    (void)context;
    worker *w = (worker *)(void *)q;
    NEED(!ta_port_load(&w->is_paused));
    ta_port_store(&w->is_paused, 1);
    w->pauses++;
}

static void go_on(ta_queue *q, void *context)
{
    (void)context;
    worker *w = (worker *)(void *)q;
    NEED(ta_port_load(&w->is_paused));
    ta_port_store(&w->is_paused, 0);
}

static const ta_water_marks marks = {80, 20, pause_line, go_on, NULL};

/* ---- Bytes --------------------------------------------------------------------------------------------- */

/* How many of n bytes a call took that takes all or none; keeps count of what it refused. */
static size_t taken(worker *w, ta_status status, size_t n)
{
    NEED(status == TA_OK || status == TA_E_NO_MEMORY || status == TA_E_FULL);
    w->no_memory += status == TA_E_NO_MEMORY;
    w->refused += status == TA_OK ? 0 : n;
    return status == TA_OK ? n : 0;
}

static size_t reserve_and_commit(worker *w, const uint8_t *bytes, size_t n)
{
    ta_span span;
    ta_status status = ta_queue_reserve(&w->out, n, &span);
    if (status != TA_OK) {
        NEED(status == TA_E_NO_MEMORY || status == TA_E_FULL);
        return 0;
    }
    size_t part = below(w, (unsigned)span.length + 1);
    memcpy(span.data, bytes, part);
    if (part > 0 && below(w, 8) == 0) {
        NEED(ta_queue_cancel(&w->out) == TA_OK);
        return 0;
    }
    NEED(ta_queue_commit(&w->out, part) == TA_OK);
    return part;
}

static void write_bytes(worker *w)
{
    uint8_t bytes[40];
    size_t n = 1 + below(w, sizeof(bytes)), done = 0;
    if (n > bytes_each - w->sent)
        n = bytes_each - w->sent;
    for (size_t i = 0; i < n; i++)
        bytes[i] = byte_at(w, w->sent + i);
    if (n == 0 || ta_port_load(&w->is_paused))
        return;
    if (below(w, 32) == 0)
        NEED(ta_queue_set_limit(&w->out, LIMIT + below(w, 20)) == TA_OK &&
             ta_queue_room(&w->out) <= LIMIT + 20);
    switch (below(w, 4)) {
    case 0:
        w->sent += taken(w, ta_queue_push(&w->out, bytes[0]), 1);
        break;
    case 1:
        w->sent += taken(w, ta_queue_write(&w->out, bytes, n), n);
        break;
    case 2:
        ta_queue_write_some(&w->out, bytes, n, &done);
        w->sent += done;
        break;
    default:
        w->sent += reserve_and_commit(w, bytes, n);
    }
}

static void compare(worker *w, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        NEED(bytes[i] == byte_at(w->previous, w->received + i));
    w->received += n;
}

static void empty_buffer(worker *w, ta_status status)
{
    NEED(status == TA_OK || status == TA_E_NO_MEMORY);
    while (ta_buffer_len(&w->buffer) > 0) {
        ta_span span;
        NEED(ta_buffer_front(&w->buffer, &span) == TA_OK);
        compare(w, span.data, span.length);
        NEED(ta_buffer_consume(&w->buffer, span.length) == TA_OK);
    }
}

/* What is stored stays where it is until it is consumed. */
static void look_and_consume(worker *w, ta_queue *in, size_t n)
{
    uint8_t bytes[40], first;
    size_t position;
    NEED(n == 0 || (ta_queue_peek(in, &first) == TA_OK && first == byte_at(w->previous, w->received)));
    NEED(ta_queue_copy_out(in, 0, bytes, n) == TA_OK &&
         ta_queue_copy_out(in, n / 2, bytes + n / 2, n - n / 2) == TA_OK);
    if (n > 0)
        NEED(ta_queue_find(in, 0, bytes[n - 1], &position) == TA_OK && bytes[position] == bytes[n - 1]);
    compare(w, bytes, n);
    NEED(ta_queue_consume(in, n) == TA_OK);
}

/* More may arrive while the view is read: it stays as it is. */
static void view_and_consume(worker *w, ta_queue *in)
{
    ta_view v = ta_queue_view(in);
    ta_span span;
    size_t n = ta_view_len(&v);
    while (ta_view_next_span(&v, &span) == TA_OK)
        compare(w, span.data, span.length);
    NEED(ta_view_is_empty(&v) && ta_queue_consume(in, n) == TA_OK);
}

static void read_bytes(worker *w)
{
    ta_queue *in = &w->previous->out;
    uint8_t bytes[40];
    size_t n = 0, held = ta_queue_len(in);
    ta_span span;
    NEED(held <= LIMIT + 20 && ta_queue_limit(in) - LIMIT < 20);
    switch (below(w, 8)) {
    case 0:
        if (ta_queue_pop(in, bytes) == TA_OK)
            compare(w, bytes, 1);
        break;
    case 1:
        ta_queue_read_some(in, bytes, 1 + below(w, sizeof(bytes)), &n);
        compare(w, bytes, n);
        break;
    case 2:
        if (ta_queue_front(in, &span) == TA_OK) {
            NEED(ta_queue_at(in, span.length - 1, bytes) == TA_OK && bytes[0] == span.data[span.length - 1]);
            compare(w, span.data, span.length);
            NEED(ta_queue_consume(in, span.length) == TA_OK);
        }
        break;
    case 3:
        if (held > 0)
            NEED(ta_queue_read(in, bytes, 1 + held / 3) == TA_OK), compare(w, bytes, 1 + held / 3);
        for (unsigned i = 0; i < 8 && ta_queue_pop(in, bytes) == TA_OK; i++)
            compare(w, bytes, 1);
        break;
    case 4:
        look_and_consume(w, in, held < sizeof(bytes) ? held : sizeof(bytes));
        break;
    case 5:
        empty_buffer(w, ta_queue_drain_into(&w->buffer, in, below(w, (unsigned)held + 1)));
        break;
    case 6:
        view_and_consume(w, in);
        break;
    default:
        empty_buffer(w, ta_queue_take(in, &w->buffer));
    }
    NEED(ta_queue_dropped(in) <= SIZE_MAX / 2);
}

/* ---- Lines --------------------------------------------------------------------------------------------- */

/* The line of a number: 4 letters for it, and others that follow from it. */
static size_t make_line(unsigned number, char *line)
{
    number &= 0xffff;
    size_t n = 4 + number % 13;
    for (size_t i = 0; i < n; i++)
        line[i] = (char)('a' + (i < 4 ? number >> 4 * i & 15 : (number + i) % 26));
    return n;
}

/* A line that the queue refuses is lost, and the next one is sent. */
static void write_line(worker *w)
{
    char line[LINE_MAX];
    size_t n = make_line(w->lines_sent, line);
    line[n] = '\n';
    w->lines_sent += ta_queue_write(&w->text, line, n + 1) != TA_OK || below(w, 2);
}

/* Lines come in order, whole, and none is missing unless bytes were refused. (A line may come several times: it was sent so.) */
static void check_line(worker *w, const char *text, size_t length)
{
    char sent[LINE_MAX];
    unsigned number = 0;
    NEED(length >= 4);
    for (unsigned i = 0; i < 4; i++)
        number |= (unsigned)(text[i] - 'a') << 4 * i;
    NEED(make_line(number, sent) == length && memcmp(text, sent, length) == 0);
    unsigned step = (number - w->last_line) & 0xffff;
    NEED(step <= 1 || (step < 0x8000 && ta_queue_dropped(&w->previous->text) > 0));
    w->last_line = number;
    w->lines_received++;
}

static void read_line(worker *w)
{
    char text[LINE_MAX];
    size_t length;
    ta_view line;
    if (below(w, 2)) {
        if (ta_lines_read(&w->lines, text, sizeof(text), &length) == TA_OK)
            check_line(w, text, length);
    } else if (ta_lines_next(&w->lines, &line) == TA_OK) {
        length = ta_view_len(&line);
        NEED(length <= sizeof(text) && ta_view_copy(&line, 0, text, length) == TA_OK);
        check_line(w, text, length);
    }
}

/* ---- Letters: one queue, many writers ------------------------------------------------------------------- */

static unsigned letter_mark(const letter *l)
{
    return l->from * 101 + l->number;
}

static void send_letter(worker *w)
{
    letter l = {TA_NONE_INIT, w->index, w->letters_sent};
    l.block = take_block(LETTER, letter_mark(&l), false);
    if (is_none(l.block))
        return;
    ta_mask mask = ta_critical_enter();
    bool is_sent = ta_queue_write(&letters, &l, sizeof(l)) == TA_OK;
    ta_critical_exit(mask);
    if (is_sent)
        w->letters_sent++;
    else
        give_block(l.block, LETTER, letter_mark(&l));
}

static void open_letter(worker *w)
{
    letter l;
    if (ta_queue_len(&letters) == 0)
        return;
    NEED(ta_queue_read(&letters, &l, sizeof(l)) == TA_OK); /* never a part of one */
    NEED(l.from < count && l.number == w->letters_received[l.from]);
    w->letters_received[l.from]++;
    if (below(w, 8) == 0) {
        ta_mask mask = ta_critical_enter(); /* the writers are outside */
        NEED(ta_queue_trim(&letters) == TA_OK);
        ta_critical_exit(mask);
    }
    give_block(l.block, LETTER, letter_mark(&l));
}

/* ---- The run ------------------------------------------------------------------------------------------- */

void prepare_work(unsigned how_many, size_t bytes, unsigned how_many_letters)
{
    count = how_many;
    bytes_each = bytes;
    letters_each = how_many_letters;
    NEED(count >= 2 && count <= MOST_WORKERS);
    NEED(ta_slab_set_headroom(pool, 2) == TA_OK);
    for (unsigned i = 0; i < count; i++) {
        worker *w = &workers[i];
        w->index = i;
        w->random = 2463534242u + i;
        w->previous = &workers[(i + count - 1) % count];
        ta_queue_init(&w->out, pool, LIMIT);
        ta_queue_init(&w->text, pool, TEXT_LIMIT);
        NEED(i > 0 || ta_queue_use_headroom(&w->text) == TA_OK);
        NEED(ta_queue_set_marks(&w->out, i & 1 ? &marks : NULL) == TA_OK); /* marks have a way of their own */
        ta_buffer_init(&w->buffer, pool);
        const ta_lines lines = TA_LINES_OF_QUEUE(&w->previous->text, 0);
        w->lines = lines;
    }
}

bool is_done(const worker *w)
{
    bool letters_done = w->letters_sent == letters_each;
    for (unsigned i = 0; i < count && w->index == 0; i++)
        letters_done = letters_done && w->letters_received[i] == letters_each;
    return letters_done && w->sent == bytes_each && w->received == bytes_each;
}

/* The table is whole whenever nobody is inside a critical section. */
static void look_at_the_table(worker *w)
{
    if (below(w, 256))
        return;
    ta_mask mask = ta_critical_enter();
    NEED(ta_slab_check(pool) == 0);
    ta_critical_exit(mask);
    NEED(ta_available(pool) <= ta_stats_of(pool).capacity);
}

bool work(worker *w)
{
    size_t before = w->sent + w->received + w->letters_sent;
    keep_or_free(w);
    write_bytes(w);
    write_line(w);
    if (w->letters_sent < letters_each && below(w, 2))
        send_letter(w);
    if (w->index == 0)
        open_letter(w);
    read_bytes(w);
    read_line(w);
    look_at_the_table(w);
    return w->sent + w->received + w->letters_sent != before;
}

void finish_work(worker *w)
{
    for (unsigned i = 0; i < KEPT; i++) {
        if (!is_none(w->kept[i]))
            give_block(w->kept[i], w->index + 1, w->index * KEPT + i + 1);
        w->kept[i] = TA_NONE;
    }
    NEED(ta_buffer_clear(&w->buffer) == TA_OK);
}

static void check_queue(ta_queue *q, size_t refused)
{
    NEED(ta_queue_check(q) == 0 && ta_queue_dropped(q) == (refused < UINT16_MAX ? refused : UINT16_MAX));
    NEED(ta_queue_clear(q) == TA_OK);
}

static void check_every_block_is_there(void)
{
    NEED(ta_slab_check(pool) == 0 && ta_stats_of(pool).used == 0);
    NEED(ta_slab_set_headroom(pool, 0) == TA_OK);
    for (unsigned i = 0; i < BLOCKS; i++)
        NEED(!is_none(ta_alloc(pool, 1)));
    NEED(is_none(ta_alloc(pool, 1)));
}

void check_the_end(const char *workers_are)
{
    size_t refused = 0, no_memory = 0, pauses = 0, lines = 0;
    for (unsigned i = 0; i < count; i++) {
        worker *w = &workers[i];
        NEED(ta_queue_is_empty(&w->out));
        check_queue(&w->out, w->refused);
        check_queue(&w->text, ta_queue_dropped(&w->text));
        refused += w->refused;
        no_memory += w->no_memory;
        pauses += w->pauses;
        lines += w->lines_received;
    }
    NEED(ta_queue_is_empty(&letters));
    check_queue(&letters, ta_queue_dropped(&letters));
    check_every_block_is_there();
    NEED(refused > 0 && no_memory > 0 && pauses > 0 && lines > 0);
    printf("%u %s: %lu bytes, %lu lines and %u letters compared, %lu pauses; %lu bytes refused, %lu times "
           "for want "
           "of a block; all blocks came back\n",
           count, workers_are, (unsigned long)bytes_each * count, (unsigned long)lines, letters_each * count,
           (unsigned long)pauses, (unsigned long)refused, (unsigned long)no_memory);
}
