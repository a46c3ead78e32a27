/*
 * Queues that keep the newest against plain arrays: units of one length, units of their own lengths, without a limit and
 * with one, several on one pool that somebody else nearly fills. The model says of each write whether it is refused, which
 * units it drops, and how many blocks are taken then.
 */
#include "interpreter.h"
#include <string.h>
#include <tinyalloc/tinyalloc.h>

enum { ta_pool_id_pool = 1 };
#define B 4
#define BLOCKS 12
TA_SLAB_DEFINE(pool, B, BLOCKS);

#define RECENTS 3
#define UNIT_MAX 20
#define BYTES_MAX (B * BLOCKS)
#define UNITS_MAX BYTES_MAX

/* Units one after another, and where they are: bytes are counted from the start of a chunk on, over all that were ever
 * stored. A chunk that was read to its end stays until another byte is wanted. */
static struct model {
    ta_recent real;
    size_t unit, limit;
    uint8_t bytes[BYTES_MAX];   /* without prefixes */
    uint8_t lengths[UNITS_MAX]; /* of the units, without prefixes */
    size_t units, length;       /* of both */
    size_t front, first_chunk;  /* where the oldest unit begins, and the first chunk */
    size_t end, chunks;         /* where the newest ends, and how many chunks there are */
    size_t accepted, delivered, dropped, cleared;
} models[RECENTS];

static ta_buffer hog; /* takes blocks away */

/* ---- The model ----------------------------------------------------------------------------------------- */

static size_t prefix(const struct model *m)
{
    return m->unit ? 0 : TA_RECENT_PREFIX;
}

static size_t stored(const struct model *m)
{
    return m->end - m->front;
}

static void remove_oldest(struct model *m)
{
    size_t n = m->lengths[0];
    m->front += n + prefix(m);
    m->units--;
    m->length -= n;
    memmove(m->lengths, m->lengths + 1, m->units);
    memmove(m->bytes, m->bytes + n, m->length);
}

static size_t last_chunk(const struct model *m)
{
    return m->first_chunk + m->chunks - 1;
}

static void leave_chunks(struct model *m, size_t first_chunk)
{
    m->chunks -= first_chunk - m->first_chunk;
    m->first_chunk = first_chunk;
}

static size_t blocks_for(size_t n)
{
    return (n + B - 1) / B;
}

/* Blocks that n more bytes take. */
static size_t more_blocks(const struct model *m, size_t n)
{
    size_t room = m->chunks ? (last_chunk(m) + 1) * B - m->end : 0;
    return n > room ? blocks_for(n - room) : 0;
}

/* Store a unit, where `free` blocks can be had. */
static ta_status put(struct model *m, const uint8_t *data, size_t n, size_t free)
{
    size_t bytes = n + prefix(m), own = m->chunks;
    if (m->limit && bytes > m->limit)
        return TA_E_FULL;
    if (more_blocks(m, bytes) > free && blocks_for(bytes) > free + own)
        return TA_E_NO_MEMORY;
    while ((m->limit && stored(m) + bytes > m->limit) || more_blocks(m, bytes) > free + own - m->chunks) {
        if (m->units == 0) {
            m->front = m->end = last_chunk(m) * B; /* the last chunk is used again */
        } else if (m->front / B > m->first_chunk) {
            leave_chunks(m, m->front / B); /* which was read to its end */
        } else {
            remove_oldest(m);
            m->dropped++;
            leave_chunks(m, m->units ? m->front / B : last_chunk(m));
        }
    }
    if (m->chunks == 0)
        m->front = m->end = m->first_chunk = 0;
    m->chunks += more_blocks(m, bytes);
    memcpy(m->bytes + m->length, data, n);
    m->lengths[m->units++] = (uint8_t)n;
    m->length += n;
    m->end += bytes;
    m->accepted++;
    return TA_OK;
}

static bool check(const struct model *m)
{
    EXPECT(ta_slab_check(pool) == 0);
    EXPECT(ta_recent_check(&m->real) == 0);
    EXPECT(ta_recent_count(&m->real) == m->units);
    EXPECT(ta_recent_is_empty(&m->real) == (m->units == 0));
    EXPECT(ta_recent_dropped(&m->real) == m->dropped);
    EXPECT(m->delivered + m->dropped + m->cleared + m->units == m->accepted);
    EXPECT(!m->limit || m->chunks <= 1 + blocks_for(m->limit)); /* as docs/recent.md says */
    return true;
}

static size_t used_by_all(void)
{
    size_t used = blocks_for(ta_buffer_len(&hog));
    for (int i = 0; i < RECENTS; i++)
        used += models[i].chunks;
    return used;
}

/* ---- Operations ---------------------------------------------------------------------------------------- */

static bool op_write(tape *t, struct model *m)
{
    uint8_t data[UNIT_MAX];
    size_t n = m->unit ? m->unit : next_below(t, next_byte(t) % 4 ? 6 : UNIT_MAX + 1);
    uint8_t first = next_byte(t);
    for (size_t i = 0; i < n; i++)
        data[i] = (uint8_t)(first + i);
    ta_status expected = put(m, data, n, BLOCKS - used_by_all());
    EXPECT(ta_recent_write(&m->real, data, n) == expected);
    EXPECT(m->unit == 0 || ta_recent_write(&m->real, data, n + 1) == TA_E_INVALID);
    return true;
}

static bool op_read(tape *t, struct model *m)
{
    uint8_t data[UNIT_MAX] = {0};
    size_t size = next_byte(t) % 4 ? UNIT_MAX : next_below(t, 6), n = 99;
    ta_status got = ta_recent_read(&m->real, data, size, &n);
    if (m->units == 0)
        return got == TA_E_EMPTY && n == 0;
    EXPECT(n == m->lengths[0]);
    EXPECT(got == (n > size ? TA_E_RANGE : TA_OK));
    if (got != TA_OK)
        return data[0] == 0;
    EXPECT(memcmp(data, m->bytes, n) == 0);
    size_t was_at = m->front;
    remove_oldest(m);
    m->delivered++;
    if (m->front > was_at)
        leave_chunks(m, (m->front - 1) / B);
    return true;
}

static bool op_clear(struct model *m)
{
    m->cleared += m->units;
    m->units = m->length = m->chunks = 0;
    m->front = m->end = m->first_chunk = 0;
    return ta_recent_clear(&m->real) == TA_OK;
}

static bool op_hog(tape *t)
{
    if (next_byte(t) % 3 == 0)
        return ta_buffer_clear(&hog) == TA_OK;
    return ta_buffer_write(&hog, "0123456789abcdefghijklmnopqrstuvwxyz", B * next_below(t, 9)) !=
           TA_E_INVALID;
}

bool interpret(const uint8_t *bytes, size_t size)
{
    static const uint8_t units[] = {0, 1, 3, 4, 9};
    tape t = {bytes, size, 0};
    ta_buffer_init(&hog, pool);
    for (int i = 0; i < RECENTS; i++) {
        struct model *m = &models[i];
        memset(m, 0, sizeof *m);
        m->unit = i == 0 ? 0 : units[next_below(&t, sizeof units)];
        m->limit = next_byte(&t) % 3 ? 3 + next_below(&t, 30) : 0;
        EXPECT(ta_recent_init(&m->real, pool, m->limit, m->unit) == TA_OK);
    }
    while (t.at < t.length) {
        struct model *m = &models[next_byte(&t) % RECENTS];
        uint8_t op = next_byte(&t) % 16;
        EXPECT(op < 8 ? op_write(&t, m) : op < 13 ? op_read(&t, m) : op < 15 ? op_hog(&t) : op_clear(m));
        EXPECT(check(m));
        EXPECT(ta_stats_of(pool).used == used_by_all());
    }
    for (int i = 0; i < RECENTS; i++)
        EXPECT(op_clear(&models[i]));
    EXPECT(ta_buffer_clear(&hog) == TA_OK);
    EXPECT(ta_stats_of(pool).used == 0);
    return ta_slab_check(pool) == 0;
}
