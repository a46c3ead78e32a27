/*
 * The calls: each as the library does it, and as the model does it.
 *
 * Arguments: "" none; "0" to "3" that number; "n" 0 to one more than the pool can store; "s" 0 to the size of a block; "+"
 * after a letter leaves out 0; "p" the positions 0 to 2; "l" no limit and the limit; "k" 0 and 1.
 */
#include "search.h"
#include <stdio.h>
#include <string.h>

call calls[CALLS_MAX];
unsigned calls_count;

/* What each side writes. */
static const uint8_t fresh[2][BYTES_MAX] = {
    {100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115},
    {150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165}};

#define ON(verb, ...) \
    (int8_t)(c->o == Q ? ta_queue_##verb(&w.q, __VA_ARGS__) : ta_buffer_##verb(&w.b[c->o], __VA_ARGS__))
#define ON_IT(verb) (int8_t)(c->o == Q ? ta_queue_##verb(&w.q) : ta_buffer_##verb(&w.b[c->o]))
#define OTHER (c->o == B ? C : B)
#define IT (&m.chain[c->o])
#define LIBRARY(name) static void library_##name(const call *c, result *r)
#define MODEL(name) static void model_##name(const call *c, result *r)
#define SAYS(status_)                  \
    do {                               \
        r->status = (int8_t)(status_); \
        return;                        \
    } while (0)

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

/* All or none; a queue counts what it refuses. */
static ta_status append(unsigned o, const uint8_t *data, unsigned n)
{
    ta_status status = model_make_room(o, n);
    if (status != TA_OK) {
        m.dropped = (uint8_t)(m.dropped + (o == Q ? n : 0));
        return status;
    }
    model_append(o, data, n);
    model_notify(o, true);
    return TA_OK;
}

LIBRARY(push)
{
    r->status = ON(push, fresh[who][0]);
}

LIBRARY(write)
{
    r->status = ON(write, fresh[who], c->n);
}

MODEL(write)
{
    r->status = (int8_t)(c->n ? append(c->o, fresh[who], c->n) : TA_OK);
}

MODEL(push)
{
    r->status = (int8_t)append(c->o, fresh[who], 1);
}

LIBRARY(write_some)
{
    size_t done = 99;
    r->status = ON(write_some, fresh[who], c->n, &done);
    r->count = (uint8_t)done;
}

MODEL(write_some)
{
    unsigned part;
    ta_status status;
    if (c->n == 0)
        SAYS(TA_OK);
    do {
        part = model_room(c->o);
        part = part > c->n ? c->n : part ? part : 1;
        model_yield();
        status = model_make_room(c->o, part);
    } while (status == TA_E_NO_MEMORY && model_room(c->o) > 0);
    if (status != TA_OK)
        SAYS(status);
    model_append(c->o, fresh[who], part);
    r->count = (uint8_t)part;
    model_notify(c->o, true);
}

LIBRARY(reserve)
{
    ta_span span = {NULL, 99};
    r->status = ON(reserve, c->n, &span);
    if (r->status != TA_OK)
        return;
    memset(span.data, 255, span.length);
    w.span[c->o] = span;
    r->count = (uint8_t)span.length;
}

MODEL(reserve)
{
    ta_status status = model_make_room(c->o, 1);
    if (status != TA_OK)
        SAYS(status);
    if (model_tail(IT) == 0) {
        m.pending--;
        IT->reserved = 1;
    }
    model_yield();
    unsigned room = model_limit_room(IT), tail = model_tail(IT);
    room = room < tail ? room : tail;
    IT->reserved = r->count = (uint8_t)(c->n < room ? c->n : room);
}

LIBRARY(commit)
{
    if (c->n && c->n <= w.span[c->o].length)
        memcpy(w.span[c->o].data, fresh[who], c->n);
    r->status = ON(commit, c->n);
}

static void close(unsigned o)
{
    int before = (int)model_blocks(&m.chain[o]);
    m.chain[o].reserved = 0;
    m.pending = (int8_t)(m.pending + before - (int)model_blocks(&m.chain[o]));
    model_release();
}

MODEL(commit)
{
    if (IT->reserved == 0 || c->n > IT->reserved)
        SAYS(TA_E_INVALID);
    if (c->n == 0) {
        close(c->o);
        return;
    }
    model_append(c->o, fresh[who], c->n);
    model_notify(c->o, true);
}

LIBRARY(cancel)
{
    r->status = ON_IT(cancel);
}

MODEL(cancel)
{
    (void)r;
    close(c->o);
}

LIBRARY(prepend)
{
    r->status = (int8_t)ta_buffer_prepend(&w.b[c->o], fresh[who], c->n);
}

MODEL(prepend)
{
    close(c->o);
    if (c->n == 0)
        return;
    if (c->n > model_limit_room(IT))
        SAYS(TA_E_FULL);
    unsigned blocks = (unsigned)(c->n > IT->start ? c->n - IT->start + with.size - 1 : 0) / with.size;
    if (!model_take(c->o, blocks))
        SAYS(TA_E_NO_MEMORY);
    if (IT->length) {
        IT->start = (uint8_t)(IT->start + blocks * with.size - c->n);
        m.ended |= (uint8_t)(1u << c->o);
    }
    memmove(m.bytes[c->o] + c->n, m.bytes[c->o], IT->length);
    memcpy(m.bytes[c->o], fresh[who], c->n);
    IT->length = (uint8_t)(IT->length + c->n);
    m.pending = (int8_t)(m.pending - (int)blocks);
}

LIBRARY(append_block)
{
    r->status = (int8_t)ta_buffer_append_block(&w.b[c->o], w.single[who], c->n);
    if (r->status == TA_OK)
        w.single[who] = TA_NONE;
}

MODEL(append_block)
{
    uint8_t data[BYTES_MAX];
    close(c->o);
    if (!m.single[who])
        SAYS(TA_E_STALE);
    if (c->n > model_limit_room(IT))
        SAYS(TA_E_FULL);
    for (unsigned i = 0; i < c->n; i++)
        data[i] = (uint8_t)(200 + 16 * who + i);
    m.single[who] = 0;
    m.pending++;
    model_append(c->o, data, c->n);
    model_release();
}

LIBRARY(set_limit)
{
    r->status = ON(set_limit, c->n);
}

MODEL(set_limit)
{
    (void)r;
    if (c->o != Q)
        close(c->o);
    IT->limit = c->n;
}

/* ---- Reading and removing ---------------------------------------------------------------------------------------- */

/* In a buffer, removing closes the reservation first, even if it then fails. */
static ta_status take_out(unsigned o, unsigned n, uint8_t *data)
{
    if (o != Q)
        close(o);
    if (n > m.chain[o].length)
        return TA_E_RANGE;
    model_remove(o, n, data);
    model_release();
    if (n > 0)
        model_notify(o, false);
    return TA_OK;
}

LIBRARY(pop)
{
    r->status = ON(pop, r->bytes);
}

MODEL(pop)
{
    ta_status status = take_out(c->o, 1, r->bytes);
    r->status = (int8_t)(status == TA_E_RANGE ? TA_E_EMPTY : status);
}

LIBRARY(read)
{
    r->status = ON(read, r->bytes, c->n);
}

MODEL(read)
{
    r->status = (int8_t)take_out(c->o, c->n, r->bytes);
}

LIBRARY(read_some)
{
    size_t done = 99;
    r->status = ON(read_some, r->bytes, c->n, &done);
    r->count = (uint8_t)done;
}

MODEL(read_some)
{
    unsigned part = c->n < IT->length ? c->n : IT->length;
    r->count = (uint8_t)part;
    take_out(c->o, part, r->bytes);
    r->status = (int8_t)(c->n && !part ? TA_E_EMPTY : TA_OK);
}

LIBRARY(consume)
{
    r->status = ON(consume, c->n);
}

MODEL(consume)
{
    r->status = (int8_t)take_out(c->o, c->n, NULL);
}

LIBRARY(clear)
{
    r->status = ON_IT(clear);
}

MODEL(clear)
{
    (void)r;
    close(c->o);
    int before = (int)model_blocks(IT);
    m.ended |= (uint8_t)((IT->length > 0) << c->o);
    IT->start = IT->length = 0;
    m.pending = (int8_t)(m.pending + before);
    model_release();
    model_notify(c->o, false);
}

LIBRARY(truncate)
{
    r->status = (int8_t)ta_buffer_truncate(&w.b[c->o], c->n);
}

MODEL(truncate)
{
    close(c->o);
    if (c->n > IT->length)
        SAYS(TA_E_RANGE);
    if (c->n == 0) {
        take_out(c->o, IT->length, NULL);
        return;
    }
    int before = (int)model_blocks(IT);
    m.ended |= (uint8_t)((c->n < IT->length) << c->o);
    IT->length = c->n;
    m.pending = (int8_t)(m.pending + before - (int)model_blocks(IT));
    model_release();
}

/* The value of the byte at position p + 1, as normal states number bytes; or one that is nowhere. */
LIBRARY(consume_until)
{
    size_t done = 99;
    r->status = (int8_t)ta_buffer_consume_until(&w.b[c->o], (uint8_t)(c->p + 1), &done);
    r->count = (uint8_t)done;
}

MODEL(consume_until)
{
    const uint8_t *found = memchr(m.bytes[c->o], c->p + 1, IT->length);
    close(c->o);
    if (!found)
        SAYS(TA_E_NO_MATCH);
    r->count = (uint8_t)(found - m.bytes[c->o] + 1);
    take_out(c->o, r->count, NULL);
}

static bool is_below(uint8_t byte, void *context)
{
    return byte < *(const uint8_t *)context;
}

LIBRARY(skip_while)
{
    size_t done = 99;
    uint8_t least = (uint8_t)(c->p + 1);
    r->status = (int8_t)ta_buffer_skip_while(&w.b[c->o], is_below, &least, &done);
    r->count = (uint8_t)done;
}

MODEL(skip_while)
{
    while (r->count < IT->length && m.bytes[c->o][r->count] < c->p + 1)
        r->count++;
    take_out(c->o, r->count, NULL);
}

LIBRARY(trim)
{
    (void)c;
    r->status = (int8_t)ta_queue_trim(&w.q);
}

/*
 * A known fault of the library: when the interrupt gives back the block of its reservation after trim has looked which block
 * there is, trim says TA_E_STALE. Nothing is changed. Each time is counted, and the figures say so.
 */
MODEL(trim)
{
    unsigned end = model_end(IT);
    bool had_empty_block = IT->reserved && end % with.size == 0;
    model_yield();
    if (had_empty_block && !IT->reserved && model_end(IT) == end) {
        m.known_faults = 1;
        SAYS(TA_E_STALE);
    }
    model_yield();
    if (IT->length || IT->reserved || !IT->start)
        return;
    IT->start = 0;
    m.pending++;
    model_release();
}

/* ---- From one to another ----------------------------------------------------------------------------------------- */

LIBRARY(drain_into)
{
    r->status = (int8_t)(c->o == Q ? ta_queue_drain_into(&w.b[who], &w.q, c->n)
                                   : ta_buffer_drain_into(&w.b[OTHER], &w.b[c->o], c->n));
}

static void drain(const call *c, result *r, unsigned to, unsigned n)
{
    close(to);
    if (c->o != Q)
        close(c->o);
    r->status = (int8_t)model_drain(to, c->o, n);
}

MODEL(drain_into)
{
    drain(c, r, c->o == Q ? who : OTHER, c->n);
}

LIBRARY(move_all)
{
    r->status =
        (int8_t)(c->o == Q ? ta_queue_take(&w.q, &w.b[who]) : ta_buffer_append(&w.b[OTHER], &w.b[c->o]));
}

MODEL(move_all)
{
    drain(c, r, c->o == Q ? who : OTHER, IT->length);
}

/* What a buffer had is freed; it gets all of another. */
static void replace(unsigned to, unsigned from)
{
    chain_model *d = &m.chain[to];
    const uint8_t limit = d->limit;
    close(to);
    m.ended |= (uint8_t)((d->length > 0) << to | (m.chain[from].length > 0) << from);
    m.pending = (int8_t)(m.pending + (int)model_blocks(d));
    d->start = d->length = 0;
    model_release();
    *d = m.chain[from];
    d->limit = limit;
    memcpy(m.bytes[to], m.bytes[from], BYTES_MAX);
    m.chain[from].start = m.chain[from].length = 0;
}

LIBRARY(split)
{
    r->status = (int8_t)ta_buffer_split(&w.b[OTHER], &w.b[c->o], c->n);
}

MODEL(split)
{
    memset(&m.chain[NEW], 0, sizeof m.chain[NEW]);
    m.chain[NEW].limit = m.chain[OTHER].limit;
    drain(c, r, NEW, c->n);
    if (r->status == TA_OK)
        replace(OTHER, NEW);
    memset(&m.chain[NEW], 0, sizeof m.chain[NEW]);
}

LIBRARY(move)
{
    r->status = (int8_t)ta_buffer_move(&w.b[OTHER], &w.b[c->o]);
}

MODEL(move)
{
    close(c->o);
    if (m.chain[OTHER].limit && IT->length > m.chain[OTHER].limit)
        SAYS(TA_E_FULL);
    replace(OTHER, c->o);
}

static void copy_range(const call *c, result *r, unsigned from)
{
    uint8_t data[BYTES_MAX];
    const chain_model *source = &m.chain[from];
    close(c->o);
    if (c->p > source->length || c->n > source->length - c->p)
        SAYS(TA_E_RANGE);
    if (c->n == 0)
        return;
    memcpy(data, m.bytes[from] + c->p, c->n);
    r->status = (int8_t)append(c->o, data, c->n);
}

LIBRARY(copy_own)
{
    r->status = (int8_t)ta_buffer_copy_range(&w.b[c->o], &w.b[c->o], c->p, c->n);
}

MODEL(copy_own)
{
    copy_range(c, r, c->o);
}

LIBRARY(copy_other)
{
    r->status = (int8_t)ta_buffer_copy_range(&w.b[c->o], &w.b[OTHER], c->p, c->n);
}

MODEL(copy_other)
{
    copy_range(c, r, OTHER);
}

/* ---- Looking ----------------------------------------------------------------------------------------------------- */

LIBRARY(peek)
{
    r->status = ON(peek, r->bytes);
}

MODEL(peek)
{
    r->status = (int8_t)(IT->length ? TA_OK : TA_E_EMPTY);
    r->bytes[0] = IT->length ? m.bytes[c->o][0] : 0;
}

LIBRARY(front)
{
    ta_span span = {NULL, 0};
    r->status = ON(front, &span);
    r->count = (uint8_t)span.length;
    if (span.data)
        memcpy(r->bytes, span.data, span.length % (BYTES_MAX + 1u));
}

MODEL(front)
{
    unsigned here = with.size - IT->start % with.size;
    r->status = (int8_t)(IT->length ? TA_OK : TA_E_EMPTY);
    r->count = (uint8_t)(IT->length < here ? IT->length : here);
    memcpy(r->bytes, m.bytes[c->o], r->count);
}

LIBRARY(copy_out)
{
    r->status = ON(copy_out, c->p, r->bytes, c->n);
}

MODEL(copy_out)
{
    bool is_there = c->p <= IT->length && c->n <= IT->length - c->p;
    r->status = (int8_t)(is_there ? TA_OK : TA_E_RANGE);
    memcpy(r->bytes, m.bytes[c->o] + c->p, is_there ? c->n : 0);
}

LIBRARY(find)
{
    size_t position = 0;
    r->status = ON(find, c->n, (uint8_t)(c->p + 1), &position);
    r->count = (uint8_t)position;
}

MODEL(find)
{
    if (c->n > IT->length)
        SAYS(TA_E_RANGE);
    const uint8_t *found = memchr(m.bytes[c->o] + c->n, c->p + 1, (size_t)IT->length - c->n);
    r->status = (int8_t)(found ? TA_OK : TA_E_NO_MATCH);
    r->count = (uint8_t)(found ? found - m.bytes[c->o] : IT->length);
}

/* Through a view: skip, then copy what is left. */
LIBRARY(view)
{
    ta_view v = c->o == Q ? ta_queue_view(&w.q) : ta_buffer_view(&w.b[c->o]);
    r->status = (int8_t)ta_view_skip(&v, c->n);
    r->count = (uint8_t)(ta_view_len(&v) % (BYTES_MAX + 1u));
    if (r->status == TA_OK)
        r->status = (int8_t)ta_view_copy(&v, 0, r->bytes, r->count);
}

MODEL(view)
{
    bool is_there = c->n <= IT->length;
    r->status = (int8_t)(is_there ? TA_OK : TA_E_RANGE);
    r->count = (uint8_t)(IT->length - (is_there ? c->n : 0));
    memcpy(r->bytes, m.bytes[c->o] + c->n, is_there ? r->count : 0);
}

/* ---- Single blocks and the pool ---------------------------------------------------------------------------------- */

LIBRARY(alloc)
{
    if (w.single[who].bits)
        SAYS(99); /* not possible: the program would lose a block */
    w.single[who] = c->p ? ta_slab_alloc_headroom(pool, c->n) : ta_alloc(pool, c->n);
    r->count = w.single[who].bits != 0;
    if (r->count)
        for (unsigned i = 0; i < with.size; i++)
            ((uint8_t *)ta_get(pool, w.single[who]))[i] = (uint8_t)(200 + 16 * who + i);
}

MODEL(alloc)
{
    if (m.single[who])
        SAYS(99);
    if (!model_take(c->p ? Q : OBJECTS, 1))
        return;
    m.pending--;
    m.single[who] = r->count = 1;
}

LIBRARY(free)
{
    (void)c;
    r->count = ta_free(pool, w.single[who]);
    w.single[who] = TA_NONE;
}

MODEL(free)
{
    (void)c;
    r->count = m.single[who];
    m.single[who] = 0;
}

LIBRARY(resize)
{
    r->status = (int8_t)ta_resize(pool, w.single[who], c->n);
    r->count = (uint8_t)ta_size(pool, w.single[who]);
}

MODEL(resize)
{
    r->status = (int8_t)(m.single[who] ? TA_OK : TA_E_STALE);
    r->count = m.single[who] ? c->n : 0;
}

/* ---- The thief: another context takes all blocks, and gives them back after the call -------------------------------- */

static ta_handle stolen[BLOCKS_MAX];

LIBRARY(steal)
{
    (void)c;
    (void)r;
    for (unsigned i = 0; i < with.blocks && (stolen[i] = ta_slab_alloc_headroom(pool, 0)).bits; i++)
        ;
}

MODEL(steal)
{
    (void)c;
    (void)r;
    m.stolen = (uint8_t)model_available(Q);
    m.failures = (uint8_t)(m.failures + (m.stolen < with.blocks)); /* it was refused one */
}

void calls_return_stolen(void)
{
    for (unsigned i = 0; i < BLOCKS_MAX && stolen[i].bits; i++) {
        (void)ta_free(pool, stolen[i]);
        stolen[i] = TA_NONE;
    }
    m.stolen = 0;
}

const operation steal = {"steal", library_steal, model_steal, "", "", "", 0};

/* ---- The list ---------------------------------------------------------------------------------------------------- */

#define DO(name) #name, library_##name, model_##name
const operation operations[] = {
    {DO(push), "bcq", "", "", WRITES | ALLOCATES},
    {DO(write), "bcq", "n", "", WRITES | ALLOCATES},
    {DO(write_some), "bcq", "n", "", WRITES | ALLOCATES | RARE},
    {DO(reserve), "bcq", "s+", "", WRITES | ALLOCATES},
    {DO(commit), "bcq", "s", "", WRITES},
    {DO(cancel), "bcq", "", "", WRITES},
    {DO(prepend), "bc", "n", "", OWNS | ALLOCATES},
    {DO(append_block), "bc", "s", "", OWNS},
    {DO(set_limit), "bcq", "l", "", WRITES | RARE},
    {DO(pop), "bcq", "", "", READS},
    {DO(read), "bcq", "n", "", READS},
    {DO(read_some), "bcq", "n", "", READS | RARE},
    {DO(consume), "bcq", "n", "", READS | RARE},
    {DO(clear), "bcq", "", "", OWNS},
    {DO(truncate), "bc", "n", "", OWNS},
    {DO(consume_until), "bc", "", "p", READS | RARE},
    {DO(skip_while), "bc", "", "p", READS | RARE},
    {DO(trim), "q", "", "", OWNS},
    {DO(drain_into), "bcq", "n", "", READS | ALLOCATES},
    {DO(move_all), "bcq", "", "", READS | ALLOCATES},
    {DO(split), "bc", "n", "", OWNS | ALLOCATES},
    {DO(move), "bc", "", "", OWNS},
    {DO(copy_own), "bc", "n", "p", OWNS | ALLOCATES | RARE},
    {DO(copy_other), "bc", "n", "p", OWNS | ALLOCATES | RARE},
    {DO(peek), "bcq", "", "", READS | LOOKS},
    {DO(front), "bcq", "", "", READS | LOOKS},
    {DO(copy_out), "bcq", "n", "p", READS | LOOKS | RARE},
    {DO(find), "bcq", "n", "p", READS | LOOKS | RARE},
    {DO(view), "bcq", "n", "", READS | LOOKS},
    {DO(alloc), "h", "s", "k", OWNS | ALLOCATES},
    {DO(free), "h", "", "", OWNS},
    {DO(resize), "h", "s", "", OWNS | RARE},
};

static unsigned list_of(const char *range, uint8_t *list)
{
    unsigned count = 0, first = range[0] && range[1] == '+';
    unsigned last = range[0] == 'n'   ? with.blocks * with.size + 1u
                    : range[0] == 's' ? with.size
                    : range[0] == 'p' ? 2
                    : range[0] == 'k' ? with.headroom > 0
                                      : 0;
    if (range[0] == 'l' && !with.limit)
        return 0;
    for (unsigned i = first; i <= last; i++)
        list[count++] = (uint8_t)i;
    if (range[0] == 'l')
        list[count++] = with.limit;
    return count;
}

void calls_make(void)
{
    uint8_t n[BYTES_MAX + 2], p[BYTES_MAX];
    calls_count = 0;
    for (const operation *o = operations; o < operations + sizeof operations / sizeof *operations; o++)
        for (const char *object = o->objects; *object; object++) {
            unsigned n_count = list_of(o->n, n), p_count = list_of(o->p, p);
            for (unsigned i = 0; i < n_count; i++)
                for (unsigned j = 0; j < p_count && calls_count < CALLS_MAX; j++) {
                    const unsigned of = *object == 'b'   ? B
                                        : *object == 'c' ? C
                                        : *object == 'q' ? Q
                                                         : OBJECTS;
                    const call c = {o, (uint8_t)of, n[i], p[j]};
                    calls[calls_count++] = c;
                }
        }
}

void calls_print(const call *c)
{
    fprintf(stderr, " %c.%s(%d", "bcqhN"[c->o], c -> operation -> name, c -> n);
    fprintf(stderr, *c->operation->p ? ",%d)" : ")", c->p);
}

/*
 * May this side make this call, when q's writer is `writer`? b is the main flow's, c the interrupt's; only what changes the
 * number of free blocks matters of c.
 */
bool calls_are_of(const call *c, unsigned side, unsigned writer)
{
    const operation *o = c->operation;
    if (c->o == OBJECTS)
        return true;
    if (c->o == C)
        return side == INTERRUPT && (o->library == library_push || o->library == library_pop);
    if (c->o == B)
        return side == MAIN && o->library != library_drain_into && o->library != library_move_all &&
               o->library != library_split && o->library != library_move && o->library != library_copy_other;
    if (o->kind & OWNS) /* trim is for the side that is interrupted, clear for neither */
        return o->library == library_trim && side == MAIN;
    return o->kind & WRITES ? side == writer : side != writer;
}
