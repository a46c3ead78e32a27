/*
 * The model: for each buffer and queue its bytes, where in a block they begin, and from that how many blocks it has. A
 * call is a few steps, between which an interrupt may see a difference: model_yield().
 */
#include "search.h"
#include <string.h>

model m;
void (*at_yield)(void);

void model_yield(void)
{
    if (at_yield)
        at_yield();
}

/* ---- Places and numbers of blocks ---------------------------------------------------------------------- */

unsigned model_end(const chain_model *c)
{
    return c->start + c->length;
}

/* A reservation after a full block, or without one, is in an empty block. */
static bool has_empty_block(const chain_model *c)
{
    return c->reserved && model_end(c) % with.size == 0;
}

unsigned model_blocks(const chain_model *c)
{
    return (model_end(c) + with.size - 1u) / with.size + has_empty_block(c);
}

unsigned model_tail(const chain_model *c)
{
    unsigned used = model_end(c) % with.size;
    return used ? with.size - used : has_empty_block(c) ? with.size : 0;
}

unsigned model_limit_room(const chain_model *c)
{
    return !c->limit ? BYTES_MAX * 4u : c->length < c->limit ? (unsigned)c->limit - c->length : 0;
}

unsigned model_available(unsigned o)
{
    int free = (int)with.blocks - m.retired - m.single[0] - m.single[1] - m.pending - m.stolen;
    for (unsigned i = 0; i < CHAINS; i++)
        free -= (int)model_blocks(&m.chain[i]);
    free -= o == Q ? 0 : m.headroom;
    return free > 0 ? (unsigned)free : 0;
}

unsigned model_room(unsigned o)
{
    unsigned limit = model_limit_room(&m.chain[o]);
    model_yield();
    unsigned room = model_tail(&m.chain[o]) + model_available(o) * with.size;
    return room < limit ? room : limit;
}

/* ---- Steps of calls ------------------------------------------------------------------------------------ */

bool model_take(unsigned o, unsigned blocks)
{
    if (blocks == 0)
        return true;
    model_yield();
    if (blocks > model_available(o)) {
        m.failures++;
        return false;
    }
    m.pending = (int8_t)(m.pending + (int)blocks);
    model_yield();
    return true;
}

void model_release(void)
{
    while (m.pending > 0) {
        model_yield();
        m.pending--;
    }
}

static unsigned blocks_for(const chain_model *c, unsigned n)
{
    unsigned tail = model_tail(c);
    return n <= tail ? 0 : (n - tail + with.size - 1u) / with.size;
}

ta_status model_make_room(unsigned o, unsigned n)
{
    if (n > model_limit_room(&m.chain[o]))
        return TA_E_FULL;
    return model_take(o, blocks_for(&m.chain[o], n)) ? TA_OK : TA_E_NO_MEMORY;
}

void model_notify(unsigned o, bool is_writer)
{
    chain_model *c = &m.chain[o];
    if (o != Q || !with.marks)
        return;
    model_yield();
    if (c->is_high != is_writer && (is_writer ? c->length >= 2 : c->length <= 1)) {
        c->is_high = is_writer;
        m.events = (uint8_t)(m.events + (is_writer ? 1 : 16));
    }
}

void model_append(unsigned o, const uint8_t *data, unsigned n)
{
    chain_model *c = &m.chain[o];
    int before = (int)model_blocks(c);
    memcpy(m.bytes[o] + c->length, data, n);
    c->length = (uint8_t)(c->length + n);
    c->reserved = 0;
    m.pending = (int8_t)(m.pending - ((int)model_blocks(c) - before));
}

/* The place of what is left when n bytes are removed. A queue keeps the block that was read last. */
static chain_model without(unsigned o, chain_model c, unsigned n)
{
    c.length = (uint8_t)(c.length - n);
    c.start = (uint8_t)(c.start + n);
    if (o == Q && n > 0)
        c.start = (uint8_t)((c.start - 1) % with.size + 1);
    else if (o != Q)
        c.start = (uint8_t)(c.length ? c.start % with.size : 0);
    return c;
}

static void drop(unsigned o, unsigned n)
{
    chain_model *c = &m.chain[o];
    int before = (int)model_blocks(c);
    *c = without(o, *c, n);
    memmove(m.bytes[o], m.bytes[o] + n, c->length);
    m.pending = (int8_t)(m.pending + before - (int)model_blocks(c));
    m.ended |= (uint8_t)(1u << o);
}

void model_remove(unsigned o, unsigned n, uint8_t *data)
{
    if (n == 0)
        return;
    if (data)
        memcpy(data, m.bytes[o], n);
    const chain_model rest_of = without(o, m.chain[o], n);
    for (int freed = (int)model_blocks(&m.chain[o]) - (int)model_blocks(&rest_of); freed > 0; freed--) {
        m.pending--; /* below 0: the chain still counts it */
        model_yield();
    }
    drop(o, n);
}

/*
 * Whole blocks change owner. A block that is cut stays, and its bytes are copied, if need be into a spare block. A
 * queue's block in which the bytes end always stays.
 */
ta_status model_drain(unsigned to, unsigned from, unsigned n)
{
    chain_model *d = &m.chain[to], *s = &m.chain[from];
    d->reserved = 0;
    if (from != Q)
        s->reserved = 0;
    model_yield();
    if (n > s->length)
        return TA_E_RANGE;
    if (n > model_limit_room(d))
        return TA_E_FULL;
    if (n == 0)
        return TA_OK;
    bool is_all = from != Q && n == s->length, begins = d->length == 0;
    unsigned start = s->start % with.size, first = with.size - start, rest = n, last = first;
    if (rest > first) {
        rest = (rest - first - 1u) % with.size + 1u;
        last = with.size;
    }
    unsigned cut = from == Q || (rest < last && !is_all) ? rest : 0;
    bool moves = n > cut;
    unsigned fits = model_tail(d) + (moves && !begins ? start : 0);
    if (cut > fits && !model_take(to, 1))
        return TA_E_NO_MEMORY;
    int before = (int)model_blocks(d);
    if (begins)
        d->start = moves ? (uint8_t)start : 0;
    memcpy(m.bytes[to] + d->length, m.bytes[from], n);
    d->length = (uint8_t)(d->length + n);
    m.pending =
        (int8_t)(m.pending - ((int)model_blocks(d) - before)); /* below 0: both have a block for the moment */
    const chain_model rest_of = without(from, *s, n);
    int freed = m.pending + (int)model_blocks(s) - (int)model_blocks(&rest_of);
    for (; freed > 0; freed--) {
        model_yield();
        m.pending--;
    }
    model_yield();
    drop(from, n);
    model_notify(from, false);
    return TA_OK;
}
