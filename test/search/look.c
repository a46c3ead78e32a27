/* The calls that only look, those of single blocks, and the thief. */
#include "calls.h"

/* ---- Looking ------------------------------------------------------------------------------------------- */

LIBRARY_IS(peek, ON(peek, r->bytes))

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

LIBRARY_IS(copy_out, ON(copy_out, c->p, r->bytes, c->n))

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

/* ---- Single blocks and the pool ------------------------------------------------------------------------ */

LIBRARY(alloc)
{
    if (w.single[who].bits)
        SAYS(IMPOSSIBLE); /* the program would lose a block */
    w.single[who] = c->p ? ta_slab_alloc_headroom(pool, c->n) : ta_alloc(pool, c->n);
    r->count = w.single[who].bits != 0;
    if (r->count)
        for (unsigned i = 0; i < with.size; i++)
            ((uint8_t *)ta_get(pool, w.single[who]))[i] = (uint8_t)(200 + 16 * who + i);
}

MODEL(alloc)
{
    if (m.single[who])
        SAYS(IMPOSSIBLE);
    if (!model_take(c->p ? Q : OBJECTS, 1))
        return;
    m.pending--;
    m.single[who] = r->count = 1;
}

LIBRARY(alloc_copy)
{
    uint8_t data[BYTES_MAX];
    if (w.single[who].bits)
        SAYS(IMPOSSIBLE);
    for (unsigned i = 0; i < with.size; i++)
        data[i] = (uint8_t)(200 + 16 * who + i);
    w.single[who] = ta_alloc_copy(pool, data, c->n);
    r->count = w.single[who].bits != 0;
}

MODEL(alloc_copy)
{
    model_alloc(c, r);
}

/* One critical section, so one step. */
LIBRARY_IS(set_headroom, ta_slab_set_headroom(pool, c->n))

MODEL(set_headroom)
{
    unsigned free = model_available(Q);
    if (free < m.headroom && free + m.retired < with.blocks) /* part of it is in use */
        SAYS(TA_E_RANGE);
    if (free < c->n)
        SAYS(TA_E_NO_MEMORY);
    m.headroom = c->n;
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

/* ---- The thief: another context takes all blocks, and gives them back after the call ------------------- */

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

const operation looks[] = {
    {DO(peek), "bcq", "", "", READS | LOOKS},
    {DO(front), "bcq", "", "", READS | LOOKS},
    {DO(copy_out), "bcq", "n", "p", READS | LOOKS | RARE},
    {DO(find), "bcq", "n", "p", READS | LOOKS | RARE},
    {DO(view), "bcq", "n", "", READS | LOOKS},
    {DO(alloc), "h", "s", "k", OWNS | ALLOCATES},
    {DO(alloc_copy), "h", "f", "", OWNS | ALLOCATES | RARE},
    {DO(set_headroom), "h", "h", "", OWNS},
    {DO(free), "h", "", "", OWNS},
    {DO(resize), "h", "s", "", OWNS | RARE},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0},
};
