/* The calls that write, read, remove and move bytes. */
#include "calls.h"

/* What each side writes. */
static const uint8_t fresh[2][BYTES_MAX] = {
    {100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115},
    {150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165}};

/* ---- Writing ------------------------------------------------------------------------------------------- */

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

LIBRARY_IS(push, ON(push, fresh[who][0]))

LIBRARY_IS(write, ON(write, fresh[who], c->n))

MODEL_IS(write, (c->n ? append(c->o, fresh[who], c->n) : TA_OK))

MODEL_IS(push, append(c->o, fresh[who], 1))

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
    if (c->n && c->n <= w.span[c->o].length && !m.foreign) /* then the block may be somebody else's */
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

LIBRARY_IS(cancel, ON_IT(cancel))

MODEL(cancel)
{
    (void)r;
    close(c->o);
}

LIBRARY_IS(prepend, ta_buffer_prepend(&w.b[c->o], fresh[who], c->n))

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
    r->count = ta_is_live(pool, w.single[who]);
    if (r->status == TA_OK)
        w.single[who] = TA_NONE;
}

MODEL(append_block)
{
    uint8_t data[BYTES_MAX];
    close(c->o);
    r->count = m.single[who];
    if (!m.single[who])
        SAYS(TA_E_STALE);
    if (c->n > model_limit_room(IT))
        SAYS(TA_E_FULL);
    for (unsigned i = 0; i < c->n; i++)
        data[i] = (uint8_t)(200 + 16 * who + i);
    if (!TA_RETIRE || c->n == 0 || ta_handle_generation(w.single[who]) != (ta_generation)-1)
        m.pending++;
    else if (!model_take(OBJECTS, 1)) /* for a copy: the slot is in its last lifetime */
        SAYS(TA_E_NO_MEMORY);
    m.single[who] = r->count = 0;
    model_append(c->o, data, c->n);
    model_release();
}

LIBRARY_IS(set_limit, ON(set_limit, c->n))

MODEL(set_limit)
{
    (void)r;
    if (c->o != Q)
        close(c->o);
    IT->limit = c->n;
}

/* ---- Reading and removing ------------------------------------------------------------------------------ */

/* In a buffer, removing closes the reservation first, even if it then fails. */
static ta_status take_out(unsigned o, unsigned n, uint8_t *data)
{
    if (o != Q)
        close(o);
    if (n > m.chain[o].length)
        return TA_E_RANGE;
    model_remove(o, n, data);
    if (n > 0)
        model_notify(o, false);
    return TA_OK;
}

LIBRARY_IS(pop, ON(pop, r->bytes))

MODEL(pop)
{
    ta_status status = take_out(c->o, 1, r->bytes);
    r->status = (int8_t)(status == TA_E_RANGE ? TA_E_EMPTY : status);
}

LIBRARY_IS(read, ON(read, r->bytes, c->n))

MODEL_IS(read, take_out(c->o, c->n, r->bytes))

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

LIBRARY_IS(consume, ON(consume, c->n))

MODEL_IS(consume, take_out(c->o, c->n, NULL))

LIBRARY_IS(clear, ON_IT(clear))

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

LIBRARY_IS(truncate, ta_buffer_truncate(&w.b[c->o], c->n))

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

MODEL(trim)
{
    (void)r;
    model_yield();
    if (IT->length || IT->reserved || !IT->start)
        return;
    IT->start = 0;
    m.pending++;
    model_release();
}

/* ---- From one to another ------------------------------------------------------------------------------- */

LIBRARY_IS(drain_into, (c->o == Q ? ta_queue_drain_into(&w.b[who], &w.q, c->n)
                                  : ta_buffer_drain_into(&w.b[OTHER], &w.b[c->o], c->n)))

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

LIBRARY_IS(split, ta_buffer_split(&w.b[OTHER], &w.b[c->o], c->n))

MODEL(split)
{
    memset(&m.chain[NEW], 0, sizeof m.chain[NEW]);
    m.chain[NEW].limit = m.chain[OTHER].limit;
    drain(c, r, NEW, c->n);
    if (r->status == TA_OK)
        replace(OTHER, NEW);
    memset(&m.chain[NEW], 0, sizeof m.chain[NEW]);
}

LIBRARY_IS(move, ta_buffer_move(&w.b[OTHER], &w.b[c->o]))

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

LIBRARY_IS(copy_own, ta_buffer_copy_range(&w.b[c->o], &w.b[c->o], c->p, c->n))

MODEL(copy_own)
{
    copy_range(c, r, c->o);
}

LIBRARY_IS(copy_other, ta_buffer_copy_range(&w.b[c->o], &w.b[OTHER], c->p, c->n))

MODEL(copy_other)
{
    copy_range(c, r, OTHER);
}

const operation changes[] = {
    {DO(push), "bcq", "", "", WRITES | ALLOCATES | SIMPLE},
    {DO(write), "bcq", "n", "", WRITES | ALLOCATES},
    {DO(write_some), "bcq", "n", "", WRITES | ALLOCATES | RARE},
    {DO(reserve), "bcq", "+", "", WRITES | ALLOCATES},
    {DO(commit), "bcq", "s", "", WRITES},
    {DO(cancel), "bcq", "", "", WRITES},
    {DO(prepend), "bc", "n", "", OWNS | ALLOCATES},
    {DO(append_block), "bc", "s", "", OWNS},
    {DO(set_limit), "bcq", "l", "", WRITES},
    {DO(pop), "bcq", "", "", READS | SIMPLE},
    {DO(read), "bcq", "n", "", READS},
    {DO(read_some), "bcq", "n", "", READS | RARE},
    {DO(consume), "bcq", "n", "", READS | RARE},
    {DO(clear), "bcq", "", "", OWNS | CLOSES},
    {DO(truncate), "bc", "n", "", OWNS},
    {DO(consume_until), "bc", "", "p", READS | RARE},
    {DO(skip_while), "bc", "", "p", READS | RARE},
    {DO(trim), "q", "", "", OWNS | TRIMS},
    {DO(drain_into), "bcq", "n", "", READS | ALLOCATES | BETWEEN},
    {DO(move_all), "bcq", "", "", READS | ALLOCATES | BETWEEN},
    {DO(split), "bc", "n", "", OWNS | ALLOCATES | BETWEEN},
    {DO(move), "bc", "", "", OWNS | BETWEEN},
    {DO(copy_own), "bc", "n", "p", OWNS | ALLOCATES | RARE},
    {DO(copy_other), "bc", "n", "p", OWNS | ALLOCATES | RARE | BETWEEN},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0},
};
