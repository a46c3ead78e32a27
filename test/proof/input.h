/* Inputs of the proofs in parse.c: views of up to 4 bytes in every layout, and searches in them. */
#ifndef PROOF_INPUT_H
#define PROOF_INPUT_H

#include "model.h"

#define LONGEST 4

static chain of_input;
static ta_view in, in_before;
static const ta_view empty;
static uint8_t text[LONGEST];
static const uint8_t *where[LONGEST]; /* the address of each byte */
static size_t length;
static unsigned matches; /* a bit for each byte: whether it is the one that is searched */
static bool is_final, is_stale, choice;
static ta_slot generation;

static bool is_match(size_t i)
{
    return matches >> i & 1;
}

/* An input in this layout: a chain of these slots, beginning at an offset; or an array. */
static void set_input(const uint8_t *slot, size_t offset)
{
    for (size_t i = 0; i < LONGEST; i++) {
        size_t at = offset + i;
        text[i] = nondet_byte();
        where[i] = slot ? block_in(slot[at / BLOCK_SIZE]) + at % BLOCK_SIZE : arena + at;
        arena[where[i] - arena] = text[i];
    }
    in = empty;
    in.here.at = slot ? block_in(slot[0]) + offset : arena + offset;
    in.here.left = slot && length > BLOCK_SIZE - offset ? BLOCK_SIZE - offset : length;
    in.here.rest = length - in.here.left;
    in.is_final = is_final;
    if (slot) {
        in.here.chunk = ta_handle_make(slot[0], generation);
        in.stamp = of_input.out.count - is_stale;
        in.chain = &of_input;
    }
    in_before = in;
    wanted_faults = faults = 0;
}

/* CBMC has no memchr(), and one whose result depends on the bytes is too much for it. So a proof that searches takes
 * every set of matches in turn, with any bytes that have these, in a pool of one generation.
 * `choice`, which has both values in turn, is for the proof to use. */
static void search_for(uint8_t byte)
{
    for (size_t i = 0; i < length; i++)
        __CPROVER_assume((text[i] == byte) == is_match(i));
}

void *memchr(const void *from, int byte, size_t n)
{
    size_t at = 0;
    while (at < LONGEST && where[at] != from)
        at++;
    CHECK(n > 0 && n <= LONGEST - at, "memchr: in the input");
    for (; n > 0; n--, at++) {
        CHECK((*where[at] == (uint8_t)byte) == is_match(at), "memchr: for the byte of the proof");
        if (is_match(at))
            return (void *)where[at];
    }
    return NULL;
}

static const uint8_t orders[6][3] = {{2, 0, 1}, {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 1, 0}};

static void set_chain(const uint8_t *slot)
{
    for (size_t i = 0; slot && i < 3; i++) {
        struct ta_entry_ *e = &table.entries[SLOTS - 1 - slot[i]];
        e->generation[0] = generation;
        e->link = i < 2 ? (ta_slot)(slot[i + 1] - slot[i] - 1) : 0;
    }
}

static void set_pool(bool is_searched)
{
    generation = is_searched ? 1 : nondet_slot() | 1;
    of_input.allocator = a;
    of_input.out.count = is_searched ? 1 : nondet_size();
}

/* A proof: for an array; for that and one chain; for that and every chain. Layouts and lengths come in turn, so that
 * the checker sees constants; the bytes are any. */
#define PROVE_ON(name, searches, order_count, from_offset, to_offset)                   \
    void prove_##name(void);                                                            \
    static void on_##name(void);                                                        \
    static void in_##name(const uint8_t *slot, size_t offset)                           \
    {                                                                                   \
        unsigned turns = (searches) ? 4 : 1;                                            \
        set_chain(slot);                                                                \
        for (length = 0; length <= LONGEST; length++)                                   \
            for (unsigned high = 0; high < turns; high++)                               \
                for (unsigned low = 0; low < turns; low++)                              \
                    for (unsigned kind = 0; kind < turns; kind++) {                     \
                        matches = high << 2 | low;                                      \
                        if (matches >> length != 0 || (kind > 1 && !slot))              \
                            continue;                                                   \
                        choice = kind & 1;                                              \
                        is_final = nondet_byte() & 1;                                   \
                        is_stale = slot && ((searches) ? kind > 1 : nondet_byte() & 1); \
                        set_input(slot, offset);                                        \
                        on_##name();                                                    \
                    }                                                                   \
    }                                                                                   \
    void prove_##name(void)                                                             \
    {                                                                                   \
        set_pool(searches);                                                             \
        in_##name(NULL, 0);                                                             \
        for (size_t i = 0; i < (order_count); i++)                                      \
            for (size_t offset = from_offset; offset <= (to_offset); offset++)          \
                in_##name(orders[i], offset);                                           \
        REACHED("the end");                                                             \
    }                                                                                   \
    static void on_##name(void)
#define PROVE_ARRAY(name) PROVE_ON(name, false, 0, 1, 1)
#define PROVE(name) PROVE_ON(name, false, 1, 1, 1)
#define PROVE_VIEW(name) PROVE_ON(name, false, 6, 0, BLOCK_SIZE)

/* Is v what follows the first `from` bytes, n of them? Its place is the next byte's, and its chunk the one where the
 * bytes without a gap end. */
static bool is_part(ta_view v, size_t from, size_t n)
{
    if (place_length(&v.here) != n || v.chain != in_before.chain || v.stamp != in_before.stamp)
        return false;
    if (n == 0)
        return true;
    if (view_span(&v) == 0 || v.here.at != where[from])
        return false;
    const uint8_t *last = v.here.at + v.here.left - 1, *block = block_in(ta_handle_slot(v.here.chunk));
    return !v.chain || (last >= block && last < block + BLOCK_SIZE);
}

static bool is_as_before(void)
{
    return in.here.at == in_before.here.at && in.here.left == in_before.here.left &&
           in.here.rest == in_before.here.rest && in.here.chunk.bits == in_before.here.chunk.bits &&
           in.chain == in_before.chain && in.stamp == in_before.stamp && in.is_final == in_before.is_final;
}

#endif
