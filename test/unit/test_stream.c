/* Buffers as streams, against the promises of stream.h, and what hands bytes on from buffer to buffer. */
#include "support.h"

enum { ta_pool_id_pool = 5, ta_pool_id_wide = 6 };

#define BLOCK 4
#define BLOCKS 12
TA_SLAB_DEFINE(pool, BLOCK, BLOCKS);
TA_SLAB_DEFINE(wide, 7, 8);

static int fresh_pools(void **state)
{
    (void)state;
    fresh_pool(pool);
    fresh_pool(wide);
    return 0;
}

/* ---- Helpers ------------------------------------------------------------------------------------------- */

#define BLOCK_SIZE_MAX EFFORT(4, 2, 2)
#define MADE_BLOCKS 21 /* one for each byte of the longest text */
#define BYTES_MAX ((size_t)96)
#define IN_SOURCE 0 /* patterns that tell where a byte came from */
#define IN_DESTINATION 100

#include "phases.h"

static ta_slab made_too;
static TA_ALIGNAS(max_align_t) uint8_t arena_too[sizeof arena];

static const ta_allocator *make_other_pool(size_t block_size)
{
    return make_pool_in(&made_too, arena_too, block_size);
}

static size_t chunks_of(const ta_buffer *b)
{
    return chunks_in(&b->chain);
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

static void read_takes_exactly_n_or_nothing(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t n = 0; n <= held + 2; n++) {
        uint8_t got[BYTES_MAX] = {0};
        const ta_allocator *a = make_pool(block_size);
        ta_buffer b = make_buffer(a, offset, held, IN_SOURCE);
        remember(&before, &b);
        assert_int_equal(ta_buffer_read(&b, n ? got : NULL, n), n <= held ? TA_OK : TA_E_RANGE);
        if (n == 0 || n > held) {
            expect_unchanged(&before, &b);
            continue;
        }
        expect_pattern(got, IN_SOURCE, n);
        expect_holds(&b, before.bytes + n, held - n);
        assert_int_equal(used(a), n == held ? 0 : blocks_of(a, (offset + n) % block_size + held - n));
    }
}

static void read_some_takes_what_there_is_and_says_how_much(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t n = 0; n <= held + 2; n++) {
        uint8_t got[BYTES_MAX] = {0};
        ta_buffer b = make_buffer(make_pool(block_size), offset, held, IN_SOURCE);
        remember(&before, &b);
        size_t done = 77, expected = n < held ? n : held;
        assert_int_equal(ta_buffer_read_some(&b, got, n, &done), n > 0 && held == 0 ? TA_E_EMPTY : TA_OK);
        assert_int_equal(done, expected);
        expect_pattern(got, IN_SOURCE, done);
        expect_holds(&b, before.bytes + done, held - done);
    }
}

static void at_shows_every_byte_and_none_behind_the_last(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        ta_buffer b = make_buffer(make_pool(block_size), offset, held, IN_SOURCE);
        remember(&before, &b);
        uint8_t byte = 0xee;
        for (size_t i = 0; i < held; i++) {
            assert_int_equal(ta_buffer_at(&b, i, &byte), TA_OK);
            assert_int_equal(byte, pattern(i));
        }
        byte = 0xee;
        assert_int_equal(ta_buffer_at(&b, held, &byte), TA_E_RANGE);
        assert_int_equal(ta_buffer_at(&b, SIZE_MAX, &byte), TA_E_RANGE);
        assert_int_equal(byte, 0xee);
        expect_unchanged(&before, &b);
    }
}

/* ---- Searching ----------------------------------------------------------------------------------------- */

static void find_counts_from_the_first_byte_held(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        ta_buffer b = make_buffer(make_pool(block_size), offset, held, IN_SOURCE);
        size_t position;
        for (size_t i = 0; i < held; i++) {
            uint8_t before = (uint8_t)(pattern(i) - 1);
            assert_int_equal(ta_buffer_find(&b, 0, pattern(i), &position), TA_OK);
            assert_int_equal(position, i);
            assert_int_equal(ta_buffer_find_if(&b, 0, is_above, &before, &position), TA_OK);
            assert_int_equal(position, i);
        }
        uint8_t last = pattern(held - 1);
        const uint8_t absent[] = {pattern(held), 0}; /* 0 is in front of the first byte */
        for (size_t i = 0; i < COUNT_OF(absent); i++) {
            position = 77;
            assert_int_equal(ta_buffer_find(&b, 0, absent[i], &position), TA_E_NO_MATCH);
            assert_int_equal(position, held);
        }
        position = 77;
        assert_int_equal(ta_buffer_find_if(&b, 0, is_above, &last, &position), TA_E_NO_MATCH);
        assert_int_equal(position, held);
    }
}

static void expect_found(const ta_buffer *b, const char *text, size_t from, const char *wanted)
{
    size_t length = strlen(text) - from, n = strlen(wanted), position = SIZE_MAX;
    size_t expected = naive_find(text + from, length, wanted, n), kept = n - 1 < length ? n - 1 : length;
    ta_status status = ta_buffer_find_seq(b, from, wanted, n, &position);
    if (expected == SIZE_MAX) {
        assert_int_equal(status, TA_E_NO_MATCH);
        assert_int_equal(position, from + length - kept);
    } else {
        assert_int_equal(status, TA_OK);
        assert_int_equal(position, from + expected);
    }
}

/* Every needle of every text, across one, two, three and more chunks. */
static void find_seq_finds_the_first_occurrence_across_chunks(void **state)
{
    (void)state;
    static const char *const texts[] = {"aaab", "aabaabaaab", "ababac", "mississippi", "x", "", "aaaaaaaa"};
    static const char *const wanted[] = {
        "aab", "aaab", "aaa", "abac", "ab", "issip",     "ssi",          "x",  "i",
        "",    "b",    "pi",  "ippi", "ba", "aaaaaaaaa", "mississippi!", "aac"};
    for (size_t t = 0; t < COUNT_OF(texts); t++)
        for (size_t w = 0; w < COUNT_OF(wanted); w++)
            for (size_t block_size = 1; block_size <= BLOCK_SIZE_MAX; block_size++)
                for (size_t offset = 0; offset < block_size; offset++) {
                    size_t length = strlen(texts[t]);
                    ta_buffer b = make_buffer_of(make_pool(block_size), offset, texts[t], length);
                    for (size_t from = 0; from <= length; from++)
                        expect_found(&b, texts[t], from, wanted[w]);
                }
}

/* G10: a search that is resumed each time a byte has arrived finds what one search of the whole finds, and looks at no byte
 * more than once but those that may begin a match. */
static void search_that_is_resumed_finds_the_same(void **state)
{
    (void)state;
    static const char text[] = "aabaabaaabmississippi";
    static const char *const wanted[] = {"a", "aab", "aaab", "issip", "ssi", "pi", "x", "mississippi", "bm"};
    for (size_t w = 0; w < COUNT_OF(wanted); w++)
        for (size_t block_size = 1; block_size <= BLOCK_SIZE_MAX; block_size++) {
            ta_buffer b = TA_BUFFER_INIT(make_pool(block_size));
            size_t n = strlen(wanted[w]), position = 0;
            size_t expected = naive_find(text, strlen(text), wanted[w], n);
            for (size_t length = 1; length <= strlen(text); length++) {
                assert_int_equal(ta_buffer_push(&b, (uint8_t)text[length - 1]), TA_OK);
                size_t from = position;
                bool has_arrived = expected != SIZE_MAX && expected + n <= length;
                assert_int_equal(ta_buffer_find_seq(&b, from, wanted[w], n, &position),
                                 has_arrived ? TA_OK : TA_E_NO_MATCH);
                if (has_arrived) {
                    assert_int_equal(position, expected);
                    break;
                }
                assert_int_equal(position, length < n ? 0 : length - n + 1);
                assert_int_equal(ta_buffer_find_seq(&b, length + 1, wanted[w], n, &from), TA_E_RANGE);
            }
        }
}

/* Until every slot is in its last lifetime (TA_RETIRE), in which a chunk that moves keeps its handle. */
static void move_chunks_until_slots_retire(const ta_allocator *a)
{
    uint8_t bytes[4], read[2];
    fill_pattern(bytes, 0, sizeof bytes);
    for (int round = 0; round < 600; round++) {
        ta_buffer from = TA_BUFFER_INIT(a), to = TA_BUFFER_INIT(a);
        if (ta_buffer_write(&from, bytes, sizeof bytes) != TA_OK)
            return; /* too few slots are left */
        assert_int_equal(ta_buffer_drain_into(&to, &from, 2), TA_OK);
        assert_int_equal(ta_buffer_copy_out(&to, 0, read, 2), TA_OK);
        assert_memory_equal(read, bytes, 2);
        assert_int_equal(ta_buffer_copy_out(&from, 0, read, 2), TA_OK);
        assert_memory_equal(read, bytes + 2, 2);
        assert_int_equal(used(a), 2);
        assert_int_equal(ta_buffer_clear(&to), TA_OK);
        assert_int_equal(ta_buffer_clear(&from), TA_OK);
    }
}

static void moved_chunk_is_not_freed(void **state)
{
    (void)state;
    static ta_slab slab;
    for (size_t blocks = 3; blocks <= 8; blocks++) { /* 6 and 8 end with a lifetime that moves */
        assert_int_equal(ta_slab_init(&slab, arena, ARENA_OF(blocks, 2), 2), TA_OK);
        move_chunks_until_slots_retire(&slab.allocator);
    }
}

static void skip_while_drops_the_run_and_no_more(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t run = 0; run <= held + 1; run++) {
        const ta_allocator *a = make_pool(block_size);
        uint8_t bytes[BYTES_MAX], limit = 0x7f;
        fill_pattern(bytes, 0, held);
        for (size_t i = 0; i < run; i++)
            bytes[i] = 0x80;
        ta_buffer b = make_buffer_of(a, offset, bytes, held);
        remember(&before, &b);
        size_t done = 77, expected = run < held ? run : held;
        assert_int_equal(ta_buffer_skip_while(&b, is_above, &limit, &done), TA_OK);
        assert_int_equal(done, expected);
        if (expected == 0)
            expect_unchanged(&before, &b);
        expect_holds(&b, bytes + expected, held - expected);
        assert_int_equal(
            used(a), expected == held ? 0 : blocks_of(a, (offset + expected) % block_size + held - expected));
    }
}

/* Of the original: consume_until counted what was already popped, and took too many bytes. */
static void consume_until_takes_through_the_byte_counted_from_the_first_held(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t i = 0; i < held; i++) {
        uint8_t bytes[BYTES_MAX];
        fill_pattern(bytes, 0, held);
        ta_buffer b = make_buffer(make_pool(block_size), offset, held, IN_SOURCE);
        size_t done = 77;
        assert_int_equal(ta_buffer_consume_until(&b, pattern(i), &done), TA_OK);
        assert_int_equal(done, i + 1);
        expect_holds(&b, bytes + i + 1, held - i - 1);
    }
}

static void consume_until_takes_nothing_when_the_byte_is_absent(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        ta_buffer b = make_buffer(make_pool(block_size), offset, held, IN_SOURCE);
        remember(&before, &b);
        size_t done = 77;
        assert_int_equal(ta_buffer_consume_until(&b, 0, &done), TA_E_NO_MATCH);
        assert_int_equal(done, 0);
        expect_unchanged(&before, &b);
    }
}

/* ---- From buffer to buffer: every phase of both, with every number of free blocks that matters --------- */

#define MANY 4

/* Leave so many blocks free, in one step; the others are in nobody's hands. */
static void keep_free(const ta_allocator *a, size_t blocks)
{
    assert_int_equal(ta_slab_set_headroom(a, ta_available(a) - blocks), TA_OK);
    assert_int_equal(ta_available(a), blocks);
}

static size_t room_in_last(const ta_buffer *b, size_t offset)
{
    return ta_buffer_is_empty(b) ? 0
                                 : chunks_of(b) * b->chain.allocator->block_size - offset - ta_buffer_len(b);
}

struct transfer {
    ta_buffer source, destination;
    struct memory source_before, destination_before;
    size_t source_offset, n;
    size_t free_blocks; /* of the destination's pool */
    size_t others;      /* blocks that neither of the two holds */
    size_t room;        /* bytes that fit into the destination's last chunk */
};

/* One allocator when `other_size` is 0, else the destination lies in a pool of that block size. */
static void set_up(struct transfer *t, size_t block_size, size_t other_size, size_t source_offset,
                   size_t source_length, size_t destination_offset, size_t destination_length)
{
    const ta_allocator *from = make_pool(block_size), *to = other_size ? make_other_pool(other_size) : from;
    t->source = make_buffer(from, source_offset, source_length, IN_SOURCE);
    t->destination = make_buffer(to, destination_offset, destination_length, IN_DESTINATION);
    keep_free(to, t->free_blocks);
    remember(&t->source_before, &t->source);
    remember(&t->destination_before, &t->destination);
    t->source_offset = source_length ? source_offset : 0;
    t->others = used(to) - chunks_of(&t->destination) - (other_size ? 0 : chunks_of(&t->source));
    t->room = room_in_last(&t->destination, destination_offset);
}

/* Both hold what plain arrays would, and the pool gave out no block but theirs. */
static void expect_transferred(const struct transfer *t, const uint8_t *destination,
                               size_t destination_length, size_t taken)
{
    size_t left = t->source_before.length - taken, block = t->source.chain.allocator->block_size;
    expect_holds(&t->destination, destination, destination_length);
    expect_holds(&t->source, t->source_before.bytes + taken, left);
    assert_int_equal(chunks_of(&t->source),
                     left ? ((t->source_offset + taken) % block + left + block - 1) / block : 0);
}

static void expect_nothing_transferred(const struct transfer *t)
{
    expect_unchanged(&t->source_before, &t->source);
    expect_unchanged(&t->destination_before, &t->destination);
}

static void expect_no_leak(struct transfer *t)
{
    const ta_allocator *a = t->destination.chain.allocator, *from = t->source.chain.allocator;
    assert_int_equal(used(a),
                     t->others + chunks_of(&t->destination) + (a == from ? chunks_of(&t->source) : 0));
    assert_int_equal(ta_buffer_clear(&t->source), TA_OK);
    assert_int_equal(ta_buffer_clear(&t->destination), TA_OK);
    assert_int_equal(used(a), t->others);
}

/* All transfers on one allocator, of any number of bytes or of all; `run` says what one must do. */
static void for_each_transfer(void (*run)(struct transfer *t), bool only_of_all)
{
    static struct transfer t;
    static const size_t free_counts[] = {0, 1, MANY};
    FOR_EACH_PHASE(block_size, source_offset, source_length)
    for (size_t to_offset = 0; to_offset < block_size; to_offset++)
        for (size_t to_length = to_offset > 0; to_length <= 2 * block_size; to_length += EFFORT(1, 1, 2))
            for (t.n = only_of_all ? source_length : 0; t.n <= source_length + !only_of_all; t.n++)
                for (size_t f = 0; f < COUNT_OF(free_counts); f += EFFORT(1, 1, 2)) {
                    t.free_blocks = free_counts[f];
                    set_up(&t, block_size, 0, source_offset, source_length, to_offset, to_length);
                    run(&t);
                    expect_no_leak(&t);
                }
}

/*
 * Does the transfer take a block before it gives one? Not when no chunk is cut; not when what is copied of it fits into
 * the destination's last chunk and the room that the first chunk has before its bytes, when they move up.
 */
static size_t blocks_to_drain(const struct transfer *t)
{
    size_t block = t->source.chain.allocator->block_size;
    size_t in_last = (t->source_offset + t->n) % block, cut = t->n < in_last ? t->n : in_last;
    if (t->n >= t->source_before.length)
        cut = 0;
    bool moves_up = t->n > cut && t->destination_before.length > 0;
    return cut > t->room + (moves_up ? t->source_offset : 0);
}

static void try_drain(struct transfer *t)
{
    uint8_t expected[BYTES_MAX];
    size_t held = t->destination_before.length;
    size_t needed = blocks_to_drain(t);
    ta_status status = ta_buffer_drain_into(&t->destination, &t->source, t->n);
    if (t->n > t->source_before.length) {
        assert_int_equal(status, TA_E_RANGE);
    } else {
        assert_int_equal(status, needed <= t->free_blocks ? TA_OK : TA_E_NO_MEMORY);
    }
    if (status != TA_OK || t->n == 0) {
        expect_nothing_transferred(t);
        return;
    }
    memcpy(expected, t->destination_before.bytes, held);
    memcpy(expected + held, t->source_before.bytes, t->n);
    expect_transferred(t, expected, held + t->n, t->n);
}

static void drain_into_moves_exactly_n_bytes_or_nothing(void **state)
{
    (void)state;
    for_each_transfer(try_drain, false);
}

static void try_append(struct transfer *t)
{
    uint8_t expected[BYTES_MAX];
    size_t held = t->destination_before.length;
    size_t needed = blocks_to_drain(t);
    ta_status status = ta_buffer_append(&t->destination, &t->source);
    assert_int_equal(status, needed <= t->free_blocks ? TA_OK : TA_E_NO_MEMORY);
    if (status != TA_OK) {
        expect_nothing_transferred(t);
        return;
    }
    memcpy(expected, t->destination_before.bytes, held);
    memcpy(expected + held, t->source_before.bytes, t->n);
    expect_transferred(t, expected, held + t->n, t->n);
}

static void append_moves_everything_or_nothing(void **state)
{
    (void)state;
    for_each_transfer(try_append, true);
}

/* Only a cut through a chunk takes a block; what front held is freed, but not before. */
static void try_split(struct transfer *t)
{
    size_t block = t->source.chain.allocator->block_size;
    bool cuts = t->n < t->source_before.length && t->n > 0 && (t->source_offset + t->n) % block != 0;
    ta_status status = ta_buffer_split(&t->destination, &t->source, t->n);
    if (t->n > t->source_before.length) {
        assert_int_equal(status, TA_E_RANGE);
    } else {
        assert_int_equal(status, !cuts || t->free_blocks > 0 ? TA_OK : TA_E_NO_MEMORY);
    }
    if (status != TA_OK)
        expect_nothing_transferred(t);
    else
        expect_transferred(t, t->source_before.bytes, t->n, t->n);
}

/* Of the original: split_off_front lost the bytes when memory ran out. */
static void split_makes_the_first_bytes_what_front_holds_or_changes_nothing(void **state)
{
    (void)state;
    for_each_transfer(try_split, false);
}

static void try_copy_range(struct transfer *t)
{
    uint8_t expected[BYTES_MAX];
    size_t held = t->destination_before.length, room = t->room;
    size_t position = (t->n * 7 + held) % (t->source_before.length + 2), n = t->n;
    bool in_range = position <= t->source_before.length && n <= t->source_before.length - position;
    size_t needed = n <= room ? 0 : blocks_of(t->source.chain.allocator, n - room);
    ta_status status = ta_buffer_copy_range(&t->destination, &t->source, position, n);
    if (!in_range) {
        assert_int_equal(status, TA_E_RANGE);
    } else {
        assert_int_equal(status, needed <= t->free_blocks ? TA_OK : TA_E_NO_MEMORY);
    }
    if (status != TA_OK || n == 0) {
        expect_nothing_transferred(t);
        return;
    }
    memcpy(expected, t->destination_before.bytes, held);
    memcpy(expected + held, t->source_before.bytes + position, n);
    expect_transferred(t, expected, held + n, 0);
    assert_memory_equal(&t->source, &t->source_before.b, sizeof t->source);
    assert_int_equal(used(t->source.chain.allocator), t->destination_before.used + needed);
}

static void copy_range_appends_a_copy_of_any_range_or_nothing(void **state)
{
    (void)state;
    for_each_transfer(try_copy_range, false);
}

/* Of the original: what the destination held was leaked. */
static void try_move(struct transfer *t)
{
    ta_buffer held;
    memcpy(&held, &t->source_before.b, sizeof held);
    assert_int_equal(ta_buffer_move(&t->destination, &t->source), TA_OK);
    expect_transferred(t, t->source_before.bytes, t->source_before.length, t->source_before.length);
    assert_true(ta_handle_eq(t->destination.chain.out.chunk,
                             held.chain.out.chunk)); /* by handing over, not by copying */
    assert_true(ta_handle_eq(t->destination.chain.in.chunk, held.chain.in.chunk));
}

static void move_hands_everything_over_and_frees_what_was_there(void **state)
{
    (void)state;
    for_each_transfer(try_move, true);
}

/* ---- Between two pools --------------------------------------------------------------------------------- */

static void try_between_pools(struct transfer *t, ta_status (*call)(ta_buffer *to, ta_buffer *from, size_t n),
                              bool appends)
{
    uint8_t expected[BYTES_MAX];
    size_t held = appends ? t->destination_before.length : 0, room = appends ? t->room : 0;
    size_t needed = t->n <= room ? 0 : blocks_of(t->destination.chain.allocator, t->n - room);
    ta_status status = call(&t->destination, &t->source, t->n);
    assert_int_equal(status, needed <= t->free_blocks ? TA_OK : TA_E_NO_MEMORY);
    if (status != TA_OK) {
        expect_nothing_transferred(t);
        return;
    }
    memcpy(expected, t->destination_before.bytes, held);
    memcpy(expected + held, t->source_before.bytes, t->n);
    expect_transferred(t, expected, held + t->n, t->n);
    assert_ptr_equal(t->destination.chain.allocator, t->destination_before.b.chain.allocator);
    expect_no_leak(t);
}

static void between_pools_bytes_are_copied_all_or_none(void **state)
{
    (void)state;
    static struct transfer t;
    FOR_EACH_PHASE(block_size, source_offset, source_length)
    for (size_t other_size = 1; other_size <= BLOCK_SIZE_MAX; other_size++)
        for (size_t to_offset = 0; to_offset < other_size; to_offset++)
            for (size_t to_length = to_offset > 0; to_length <= other_size + 1; to_length += EFFORT(1, 1, 2))
                for (t.n = 0; t.n <= source_length; t.n++)
                    for (t.free_blocks = 0; t.free_blocks <= MANY; t.free_blocks += EFFORT(2, 2, 4)) {
                        set_up(&t, block_size, other_size, source_offset, source_length, to_offset,
                               to_length);
                        try_between_pools(&t, ta_buffer_drain_into, true);
                        set_up(&t, block_size, other_size, source_offset, source_length, to_offset,
                               to_length);
                        try_between_pools(&t, ta_buffer_split, false);
                    }
}

static void move_between_pools_takes_the_allocator_over(void **state)
{
    (void)state;
    ta_buffer source = make_buffer(wide, 2, 9, IN_SOURCE),
              destination = make_buffer(pool, 1, 9, IN_DESTINATION);
    uint8_t expected[9];
    fill_pattern(expected, IN_SOURCE, 9);
    assert_int_equal(ta_buffer_move(&destination, &source), TA_OK);
    assert_ptr_equal(destination.chain.allocator, wide);
    expect_holds(&destination, expected, 9);
    assert_int_equal(used(pool), 0);
    assert_int_equal(used(wide), 2);
    assert_true(ta_buffer_is_empty(&source));
}

static void copy_range_between_pools_leaves_the_source(void **state)
{
    (void)state;
    static struct memory before;
    for (size_t position = 0; position <= 15; position++)
        for (size_t n = 0; n <= 15 - position; n++) {
            fresh_pools(NULL);
            uint8_t expected[BYTES_MAX];
            ta_buffer source = make_buffer(wide, 3, 15, IN_SOURCE),
                      destination = make_buffer(pool, 2, 3, IN_DESTINATION);
            remember(&before, &source);
            assert_int_equal(ta_buffer_copy_range(&destination, &source, position, n), TA_OK);
            fill_pattern(expected, IN_DESTINATION, 3);
            fill_pattern(expected + 3, position, n);
            expect_holds(&destination, expected, 3 + n);
            expect_unchanged(&before, &source);
        }
}

/* ---- The same buffer twice ----------------------------------------------------------------------------- */

static void buffer_moved_to_itself_stays_as_it_is(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    {
        ta_buffer b = make_buffer(make_pool(block_size), offset, held, IN_SOURCE);
        remember(&before, &b);
        assert_int_equal(ta_buffer_move(&b, &b), TA_OK);
        expect_unchanged(&before, &b);
    }
}

static void buffer_drained_into_or_split_from_itself_is_refused(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t n = 0; n <= held; n++) {
        ta_buffer b = make_buffer(make_pool(block_size), offset, held, IN_SOURCE);
        remember(&before, &b);
        assert_int_equal(ta_buffer_drain_into(&b, &b, n), TA_E_INVALID);
        assert_int_equal(ta_buffer_split(&b, &b, n), TA_E_INVALID);
        assert_int_equal(ta_buffer_append(&b, &b), TA_E_INVALID);
        expect_unchanged(&before, &b);
    }
}

static void buffer_can_be_copied_from_itself(void **state)
{
    (void)state;
    static struct memory before;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t position = 0; position <= held; position++)
        for (size_t n = 0; n <= held - position; n++) {
            const ta_allocator *a = make_pool(block_size);
            ta_buffer b = make_buffer(a, offset, held, IN_SOURCE);
            size_t room = room_in_last(&b, held ? offset : 0),
                   needed = n <= room ? 0 : blocks_of(a, n - room);
            uint8_t expected[BYTES_MAX];
            leave_free(a, MANY);
            remember(&before, &b);
            memcpy(expected, before.bytes, held);
            memcpy(expected + held, before.bytes + position, n);
            ta_status status = ta_buffer_copy_range(&b, &b, position, n);
            assert_int_equal(status, needed <= MANY ? TA_OK : TA_E_NO_MEMORY);
            if (status == TA_OK)
                expect_holds(&b, expected, held + n);
            else
                expect_unchanged(&before, &b);
        }
}

/* ---- Appending a block --------------------------------------------------------------------------------- */

static void appended_block_is_the_buffers_and_takes_no_other(void **state)
{
    (void)state;
    FOR_EACH_PHASE(block_size, offset, held)
    for (size_t n = 0; n <= block_size; n++) {
        const ta_allocator *a = make_pool(block_size);
        ta_buffer b = make_buffer(a, offset, held, IN_SOURCE);
        uint8_t expected[BYTES_MAX];
        fill_pattern(expected, IN_SOURCE, held);
        fill_pattern(expected + held, IN_DESTINATION, n);
        ta_handle block = must_alloc(a, block_size);
        memcpy(ta_get(a, block), expected + held, n);
        leave_free(a, 0);
        size_t before = used(a), room = room_in_last(&b, held ? offset : 0);
        assert_int_equal(ta_buffer_append_block(&b, block, n), TA_OK);
        expect_holds(&b, expected, held + n);
        assert_false(ta_is_live(a, block)); /* the handle is stale, whatever became of the block */
        assert_int_equal(used(a), n > room ? before : before - 1);
    }
}

static void block_that_cannot_be_appended_stays_the_callers(void **state)
{
    (void)state;
    static struct memory before;
    ta_buffer b = make_buffer(pool, 1, 6, IN_SOURCE);
    ta_handle block = must_alloc(pool, 0), freed = must_alloc(pool, 0);
    must_free(pool, freed);
    ta_buffer_set_limit(&b, 8);
    memset(ta_get(pool, block), 0xab, BLOCK);
    remember(&before, &b);
    assert_int_equal(ta_buffer_append_block(&b, block, BLOCK + 1), TA_E_INVALID);
    assert_int_equal(ta_buffer_append_block(&b, block, SIZE_MAX), TA_E_INVALID);
    assert_int_equal(ta_buffer_append_block(&b, block, 3), TA_E_FULL);
    assert_int_equal(ta_buffer_append_block(&b, freed, 2), TA_E_STALE);
    assert_int_equal(ta_buffer_append_block(&b, TA_NONE, 2), TA_E_STALE);
    expect_unchanged(&before, &b);
    assert_true(ta_is_live(pool, block));
    assert_int_equal(((uint8_t *)ta_get(pool, block))[BLOCK - 1], 0xab);
    assert_int_equal(ta_buffer_append_block(&b, block, 2), TA_OK);
}

static void handle_of_an_appended_block_frees_nothing(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool);
    ta_handle block = must_alloc(pool, 0);
    memcpy(ta_get(pool, block), "abcd", 4);
    assert_int_equal(ta_buffer_append_block(&b, block, 4), TA_OK);
    expect_refused_by_every_call(pool, block);
    expect_holds(&b, (const uint8_t *)"abcd", 4);
}

/* The block of a slot that will leave service is copied: its handle cannot become stale in another way. */
static void block_in_its_last_lifetime_is_appended_as_a_copy(void **state)
{
    (void)state;
#if TA_RETIRE && TA_GENERATION_BITS == 8
    ta_buffer b = TA_BUFFER_INIT(pool);
    ta_handle other = must_alloc(pool, 0);
    leave_free(pool, 1);
    ta_handle block = must_alloc(pool, 0);
    while (ta_handle_generation(block) != 255) {
        must_free(pool, block);
        block = must_alloc(pool, 0);
    }
    memcpy(ta_get(pool, block), "abcd", 4);
    assert_int_equal(ta_buffer_append_block(&b, block, 4), TA_E_NO_MEMORY);
    assert_true(ta_is_live(pool, block) && ta_buffer_is_empty(&b));
    must_free(pool, other);
    assert_int_equal(ta_buffer_append_block(&b, block, 4), TA_OK);
    expect_refused_by_every_call(pool, block);
    expect_holds(&b, (const uint8_t *)"abcd", 4);
    assert_int_equal(ta_available(pool), 0);
#endif
}

static void chunk_of_a_buffer_is_not_appended_to_it(void **state)
{
    (void)state;
    static struct memory before;
    ta_buffer b = make_buffer(pool, 1, 6, IN_SOURCE);
    remember(&before, &b);
    assert_int_equal(ta_buffer_append_block(&b, b.chain.in.chunk, 1), TA_E_INVALID);
    assert_int_equal(ta_buffer_append_block(&b, b.chain.out.chunk, 1), TA_E_INVALID);
    expect_unchanged(&before, &b);
}

/* ---- Edges that other libraries got wrong -------------------------------------------------------------- */

static void appending_across_three_blocks_keeps_every_byte(void **state)
{
    (void)state;
    ta_buffer a = make_buffer_of(pool, 1, "ab", 2), b = make_buffer_of(pool, 2, "cdefghijkl", 10);
    assert_int_equal(ta_buffer_append(&a, &b), TA_OK); /* [.ab.] and [..cd][efgh][ijkl] */
    expect_holds(&a, (const uint8_t *)"abcdefghijkl", 12);
    assert_int_equal(used(pool), 4); /* [.abc][defg][hijk][l...] */
    assert_int_equal(ta_buffer_push(&a, 'm'), TA_OK);
    expect_holds(&a, (const uint8_t *)"abcdefghijklm", 13);
    assert_int_equal(used(pool), 4);
}

static void draining_to_the_exact_end_of_a_chunk_takes_no_block(void **state)
{
    (void)state;
    ta_buffer a = TA_BUFFER_INIT(pool), b = make_buffer_of(pool, 1, "abcdefgh", 8);
    leave_free(pool, 0);
    assert_int_equal(ta_buffer_drain_into(&a, &b, 7), TA_OK); /* [.abc][defg] and [h...] */
    expect_holds(&a, (const uint8_t *)"abcdefg", 7);
    expect_holds(&b, (const uint8_t *)"h", 1);
}

static void split_at_0_and_at_the_end_frees_what_front_held(void **state)
{
    (void)state;
    ta_buffer front = make_buffer_of(pool, 0, "old contents", 12), b = make_buffer_of(pool, 3, "abcdefg", 7);
    leave_free(pool, 0);
    size_t full = used(pool);
    assert_int_equal(ta_buffer_split(&front, &b, 0), TA_OK);
    assert_true(ta_buffer_is_empty(&front));
    assert_int_equal(used(pool), full - 3);
    assert_int_equal(ta_buffer_split(&front, &b, 7), TA_OK);
    expect_holds(&front, (const uint8_t *)"abcdefg", 7);
    assert_true(ta_buffer_is_empty(&b));
    assert_int_equal(used(pool), full - 3);
}

/* Bytes written by reservation are handed on; an open reservation ends, on either side. */
static void open_reservations_end_when_bytes_are_handed_on(void **state)
{
    (void)state;
    for (size_t held = 3; held <= 4; held++) { /* in the tail's room; in a fresh block */
        fresh_pools(NULL);
        ta_span span;
        uint8_t expected[8];
        ta_buffer a = make_buffer(pool, 0, held, IN_DESTINATION), b = make_buffer(pool, 0, held, IN_SOURCE);
        fill_pattern(expected, IN_DESTINATION, held);
        fill_pattern(expected + held, IN_SOURCE, held);
        assert_int_equal(ta_buffer_reserve(&a, 1, &span), TA_OK);
        assert_int_equal(ta_buffer_reserve(&b, 1, &span), TA_OK);
        assert_int_equal(ta_buffer_append(&a, &b), TA_OK);
        assert_int_equal(ta_buffer_commit(&a, 1), TA_E_INVALID);
        assert_int_equal(ta_buffer_commit(&b, 1), TA_E_INVALID);
        expect_holds(&a, expected, 2 * held);
        assert_int_equal(used(pool), 2);
    }
}

/* Also where nothing is found to be taken: a call does not look first and then decide. */
static void consuming_what_is_found_ends_the_reservation(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 4; held++) /* a fresh block, or the tail's room */
        for (int found = 0; found < 2; found++) {
            fresh_pools(NULL);
            ta_span span;
            size_t done;
            uint8_t below = found ? 0 : 0xff;
            ta_buffer b = make_buffer(pool, 0, held, IN_SOURCE);
            assert_int_equal(ta_buffer_reserve(&b, 1, &span), TA_OK);
            assert_int_equal(ta_buffer_consume_until(&b, found ? pattern(0) : 0, &done),
                             found && held ? TA_OK : TA_E_NO_MATCH);
            assert_int_equal(ta_buffer_commit(&b, 1), TA_E_INVALID);
            assert_int_equal(ta_buffer_reserve(&b, 1, &span), TA_OK);
            assert_int_equal(ta_buffer_skip_while(&b, is_above, &below, &done), TA_OK);
            assert_int_equal(ta_buffer_commit(&b, 1), TA_E_INVALID);
            assert_int_equal(ta_buffer_check(&b), 0);
            assert_int_equal(used(pool), chunks_of(&b));
        }
}

/* clang-format off */
static ta_status drain_into_itself(ta_buffer *b) { return ta_buffer_drain_into(b, b, 1); }
static ta_status drain_into_null(ta_buffer *b) { return ta_buffer_drain_into(NULL, b, 1); }
static ta_status drain_from_null(ta_buffer *b) { return ta_buffer_drain_into(b, NULL, 1); }
static ta_status append_itself(ta_buffer *b) { return ta_buffer_append(b, b); }
static ta_status append_to_null(ta_buffer *b) { return ta_buffer_append(NULL, b); }
static ta_status append_null(ta_buffer *b) { return ta_buffer_append(b, NULL); }
static ta_status split_itself(ta_buffer *b) { return ta_buffer_split(b, b, 1); }
static ta_status split_to_null(ta_buffer *b) { return ta_buffer_split(NULL, b, 1); }
static ta_status split_null(ta_buffer *b) { return ta_buffer_split(b, NULL, 1); }
static ta_status move_to_null(ta_buffer *b) { return ta_buffer_move(NULL, b); }
static ta_status move_null(ta_buffer *b) { return ta_buffer_move(b, NULL); }
static ta_status copy_to_null(ta_buffer *b) { return ta_buffer_copy_range(NULL, b, 0, 1); }
static ta_status copy_null(ta_buffer *b) { return ta_buffer_copy_range(b, NULL, 0, 1); }
static ta_status append_too_long(ta_buffer *b) { return ta_buffer_append_block(b, b->chain.out.chunk, BLOCK + 1); }
static ta_status skip_while_null(ta_buffer *b) { size_t n; return ta_buffer_skip_while(b, NULL, NULL, &n); }
static ta_status until_null(ta_buffer *b) { return ta_buffer_consume_until(b, 1, NULL); }
#if !TA_GLOBAL
static ta_buffer unbound;
static ta_status drain_into_unbound(ta_buffer *b) { return ta_buffer_drain_into(&unbound, b, 1); }
static ta_status drain_from_unbound(ta_buffer *b) { return ta_buffer_drain_into(b, &unbound, 1); }
static ta_status split_to_unbound(ta_buffer *b) { return ta_buffer_split(&unbound, b, 1); }
static ta_status copy_to_unbound(ta_buffer *b) { return ta_buffer_copy_range(&unbound, b, 0, 1); }
#endif
/* clang-format on */

static ta_status (*const bugs[])(ta_buffer *b) = {
    drain_into_itself,  drain_into_null,    drain_from_null,  append_itself,   append_to_null, append_null,
    split_itself,       split_to_null,      split_null,       move_to_null,    move_null,      copy_to_null,
    copy_null,          append_too_long,    skip_while_null,  until_null,
#if !TA_GLOBAL
    drain_into_unbound, drain_from_unbound, split_to_unbound, copy_to_unbound,
#endif
};

/* A caller's bug changes nothing, not even the reservation that somebody is filling. */
static void refused_arguments_leave_the_reservation_open(void **state)
{
    (void)state;
    for (size_t held = 0; held <= 4; held++)
        for (size_t i = 0; i < COUNT_OF(bugs); i++) {
            fresh_pools(NULL);
            ta_span span;
            ta_buffer b = make_buffer(pool, 0, held, IN_SOURCE), before;
            assert_int_equal(ta_buffer_reserve(&b, 1, &span), TA_OK);
            memcpy(&before, &b, sizeof b);
            size_t used_before = used(pool);
            assert_int_equal(bugs[i](&b), TA_E_INVALID);
            if (memcmp(&before, &b, sizeof b) != 0)
                fail_msg("bug %zu changes a buffer that holds %zu bytes", i, held);
            assert_int_equal(used(pool), used_before);
            assert_int_equal(ta_buffer_commit(&b, 1), TA_OK);
        }
}

/* Move and split do not look at what they replace before they know that they will. */
static void buffer_that_is_not_replaced_keeps_its_reservation(void **state)
{
    (void)state;
    ta_span span;
    ta_buffer from = make_buffer(pool, 1, 9, IN_SOURCE), to = TA_BUFFER_INIT(pool), before;
    ta_buffer_set_limit(&to, 8);
    assert_int_equal(ta_buffer_reserve(&to, 3, &span), TA_OK);
    memcpy(&before, &to, sizeof to);
    assert_int_equal(ta_buffer_move(&to, &from), TA_E_FULL);
    assert_int_equal(ta_buffer_split(&to, &from, 9), TA_E_FULL);
    assert_int_equal(ta_buffer_split(&to, &from, 10), TA_E_RANGE);
    assert_memory_equal(&to, &before, sizeof to);
    assert_int_equal(ta_buffer_commit(&to, 3), TA_OK);
}

/* That of the source ends, in the same pool and in another, also when the bytes do not fit or are not there. */
static void failing_to_hand_bytes_on_ends_the_reservation(void **state)
{
    (void)state;
    ta_span span;
    const ta_allocator *pools[] = {pool, wide};
    for (int i = 0; i < 2; i++)
        for (size_t n = 8; n <= 9; n++)
            for (int splits = 0; splits < 2; splits++) {
                ta_buffer from = make_buffer(wide, 0, 7, IN_SOURCE), to = TA_BUFFER_INIT(pools[i]);
                assert_int_equal(ta_buffer_push(&from, 1), TA_OK);
                ta_buffer_set_limit(&to, 4);
                assert_int_equal(ta_buffer_reserve(&from, 1, &span), TA_OK);
                ta_status status =
                    splits ? ta_buffer_split(&to, &from, n) : ta_buffer_drain_into(&to, &from, n);
                assert_int_equal(status, n == 8 ? TA_E_FULL : TA_E_RANGE);
                assert_int_equal(ta_buffer_commit(&from, 1), TA_E_INVALID);
                assert_int_equal(ta_buffer_len(&from), 8);
                ta_clear(wide);
                assert_int_equal(ta_buffer_drain_into(&to, &from, 1), TA_E_STALE);
            }
}

/* ---- Limits and failures ------------------------------------------------------------------------------- */

static ta_status append_all(ta_buffer *to, ta_buffer *from, size_t n)
{
    (void)n;
    return ta_buffer_append(to, from);
}

static ta_status move_all(ta_buffer *to, ta_buffer *from, size_t n)
{
    (void)n;
    return ta_buffer_move(to, from);
}

static ta_status copy_from_start(ta_buffer *to, ta_buffer *from, size_t n)
{
    return ta_buffer_copy_range(to, from, 0, n);
}

typedef ta_status (*handover)(ta_buffer *to, ta_buffer *from, size_t n);

static const struct {
    handover run;
    bool replaces;
} handovers[] = {{ta_buffer_drain_into, false},
                 {append_all, false},
                 {copy_from_start, false},
                 {ta_buffer_split, true},
                 {move_all, true}};

static void limit_of_the_destination_is_never_passed(void **state)
{
    (void)state;
    static struct memory before_a, before_b;
    for (size_t i = 0; i < COUNT_OF(handovers); i++)
        for (size_t limit = 1; limit <= 16; limit++)
            for (size_t pools = 0; pools < 2; pools++) {
                fresh_pools(NULL);
                ta_buffer to = make_buffer(pools ? wide : pool, 1, 5, IN_DESTINATION),
                          from = make_buffer(pool, 1, 9, IN_SOURCE);
                ta_buffer_set_limit(&to, limit);
                remember(&before_a, &to);
                remember(&before_b, &from);
                bool fits = (handovers[i].replaces ? 0 : 5) + 9 <= limit;
                assert_int_equal(handovers[i].run(&to, &from, 9), fits ? TA_OK : TA_E_FULL);
                assert_int_equal(ta_buffer_limit(&to), limit);
                assert_int_equal(ta_buffer_limit(&from), 0);
                if (fits)
                    continue;
                expect_unchanged(&before_a, &to);
                expect_unchanged(&before_b, &from);
            }
}

static void more_than_the_source_holds_is_out_of_range(void **state)
{
    (void)state;
    static struct memory before_a, before_b;
    ta_buffer to = make_buffer(pool, 1, 5, IN_DESTINATION), from = make_buffer(pool, 1, 9, IN_SOURCE);
    remember(&before_a, &to);
    remember(&before_b, &from);
    static const size_t lengths[] = {10, SIZE_MAX, SIZE_MAX - 3};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        assert_int_equal(ta_buffer_drain_into(&to, &from, lengths[i]), TA_E_RANGE);
        assert_int_equal(ta_buffer_split(&to, &from, lengths[i]), TA_E_RANGE);
        assert_int_equal(ta_buffer_copy_range(&to, &from, 0, lengths[i]), TA_E_RANGE);
        assert_int_equal(ta_buffer_copy_range(&to, &from, lengths[i], 1), TA_E_RANGE);
        assert_int_equal(ta_buffer_copy_range(&to, &from, lengths[i], SIZE_MAX - lengths[i] + 2), TA_E_RANGE);
    }
    expect_unchanged(&before_a, &to);
    expect_unchanged(&before_b, &from);
}

static void null_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    static struct memory before;
    uint8_t byte = 0;
    size_t size = 0;
    ta_buffer b = make_buffer(pool, 1, 9, IN_SOURCE);
    remember(&before, &b);
    for (size_t i = 0; i < COUNT_OF(handovers); i++) {
        assert_int_equal(handovers[i].run(&b, NULL, 1), TA_E_INVALID);
        assert_int_equal(handovers[i].run(NULL, &b, 1), TA_E_INVALID);
    }
    assert_int_equal(ta_buffer_read(&b, NULL, 1), TA_E_INVALID);
    assert_int_equal(ta_buffer_read(NULL, &byte, 1), TA_E_INVALID);
    assert_int_equal(ta_buffer_read_some(&b, NULL, 1, &size), TA_E_INVALID);
    assert_int_equal(ta_buffer_read_some(&b, &byte, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_at(&b, 0, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_at(NULL, 0, &byte), TA_E_INVALID);
    assert_int_equal(ta_buffer_find(&b, 0, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_find(NULL, 0, 1, &size), TA_E_INVALID);
    assert_int_equal(ta_buffer_find_if(&b, 0, NULL, NULL, &size), TA_E_INVALID);
    assert_int_equal(ta_buffer_find_if(NULL, 0, is_above, &byte, &size), TA_E_INVALID);
    assert_int_equal(ta_buffer_find_seq(&b, 0, NULL, 1, &size), TA_E_INVALID);
    assert_int_equal(ta_buffer_find_seq(&b, 0, "", 0, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_find_seq(NULL, 0, "a", 1, &size), TA_E_INVALID);
    assert_int_equal(ta_buffer_skip_while(&b, NULL, NULL, &size), TA_E_INVALID);
    assert_int_equal(ta_buffer_skip_while(&b, is_above, &byte, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_skip_while(NULL, is_above, &byte, &size), TA_E_INVALID);
    assert_int_equal(ta_buffer_consume_until(&b, 1, NULL), TA_E_INVALID);
    assert_int_equal(ta_buffer_consume_until(NULL, 1, &size), TA_E_INVALID);
    expect_unchanged(&before, &b);
}

static void stale_buffer_is_refused_by_every_call(void **state)
{
    (void)state;
    uint8_t byte = 0;
    size_t size = 0;
    ta_buffer stale = make_buffer(pool, 1, 9, IN_SOURCE), copy;
    ta_clear(pool);
    uint8_t expected[BLOCK * BLOCKS];
    fill_pattern(expected, IN_DESTINATION, sizeof expected);
    ta_buffer other = make_buffer(pool, 0, sizeof expected, IN_DESTINATION);
    memcpy(&copy, &stale, sizeof copy);
    assert_int_equal(ta_buffer_read(&stale, &byte, 1), TA_E_STALE);
    assert_int_equal(ta_buffer_read_some(&stale, &byte, 1, &size), TA_E_STALE);
    assert_int_equal(ta_buffer_at(&stale, 0, &byte), TA_E_STALE);
    assert_int_equal(ta_buffer_find(&stale, 0, 1, &size), TA_E_STALE);
    assert_int_equal(ta_buffer_find_if(&stale, 0, is_above, &byte, &size), TA_E_STALE);
    assert_int_equal(ta_buffer_find_seq(&stale, 0, "a", 1, &size), TA_E_STALE);
    size = 77;
    assert_int_equal(ta_buffer_skip_while(&stale, is_above, &byte, &size), TA_E_STALE);
    assert_int_equal(size, 0);
    size = 77;
    assert_int_equal(ta_buffer_consume_until(&stale, 1, &size), TA_E_STALE);
    assert_int_equal(size, 0);
    assert_int_equal(ta_buffer_append_block(&stale, other.chain.out.chunk, 1), TA_E_STALE);
    for (size_t i = 0; i < COUNT_OF(handovers); i++)
        assert_int_equal(handovers[i].run(&other, &stale, 1), TA_E_STALE);
    for (size_t i = 0; i < 3; i++) /* split and move do not look at what they replace */
        assert_int_equal(handovers[i].run(&stale, &other, 1), TA_E_STALE);
    assert_memory_equal(&stale, &copy, sizeof copy);
    expect_holds(&other, expected, sizeof expected);
}

/* A copy of the struct that its first chunk was taken from. */
static void copied_struct_is_stale_once_its_chunks_moved(void **state)
{
    (void)state;
    uint8_t byte = 0;
    ta_buffer b = TA_BUFFER_INIT(pool), to = b;
    assert_int_equal(ta_buffer_write(&b, "abcdefgh", 8), TA_OK);
    ta_buffer copy = b;
    assert_int_equal(ta_buffer_append(&to, &b), TA_OK);
    assert_int_equal(ta_buffer_pop(&copy, &byte), TA_E_STALE);
    assert_int_equal(ta_buffer_push(&copy, 1), TA_E_STALE);
    assert_int_equal(ta_buffer_len(&to), 8);
}

static void stale_destination_leaves_the_source_as_it_is(void **state)
{
    (void)state;
    ta_buffer b = TA_BUFFER_INIT(pool), to = b;
    ta_span span;
    assert_int_equal(ta_buffer_push(&to, 1), TA_OK);
    assert_true(ta_free(pool, ta_slab_handle_at(pool, 0)));
    assert_int_equal(ta_buffer_push(&b, 2), TA_OK);
    assert_int_equal(ta_buffer_reserve(&b, 2, &span), TA_OK);
    assert_int_equal(ta_buffer_append(&to, &b), TA_E_STALE);
    assert_int_equal(ta_buffer_commit(&b, 2), TA_OK);
    assert_int_equal(ta_buffer_len(&b), 3);
}

static void stale_destination_of_move_and_split_is_like_an_empty_one(void **state)
{
    (void)state;
    for (size_t i = 3; i < 5; i++) {
        fresh_pools(NULL);
        ta_buffer stale = make_buffer(pool, 1, 9, IN_DESTINATION);
        ta_clear(pool);
        uint8_t expected[9];
        fill_pattern(expected, IN_SOURCE, 9);
        ta_buffer from = make_buffer(pool, 1, 9, IN_SOURCE);
        size_t before = used(pool);
        assert_int_equal(handovers[i].run(&stale, &from, 9), TA_OK);
        expect_holds(&stale, expected, 9);
        assert_true(ta_buffer_is_empty(&from));
        assert_int_equal(used(pool), before);
    }
}

/* A buffer of whole chunks from slot 0 on, the chunk in slot `freed` of which a stranger frees. */
static ta_buffer make_broken(size_t offset, size_t n, size_t freed)
{
    ta_buffer b = make_buffer(pool, offset, n, IN_SOURCE);
    must_free(pool, ta_slab_handle_at(pool, freed));
    return b;
}

#define CHUNKS 4
#define HELD \
    (CHUNKS * BLOCK - 2) /* from the second byte of the first to the last but one of the last chunk */

/* The first n bytes of a broken buffer are handed on to one that holds `held`: all or none, and none across the gap. */
static void try_broken(handover run, size_t n, size_t freed, size_t held)
{
    static struct memory before;
    fresh_pool(pool);
    ta_buffer from = make_broken(1, HELD, freed), to = make_buffer(pool, 0, held, IN_DESTINATION), copy;
    memcpy(&copy, &from, sizeof from);
    remember(&before, &to);
    ta_status status = run(&to, &from, n);
    check_pool(pool);
    bool enters = run == copy_from_start ? 1 + n > freed * BLOCK : 1 + n >= freed * BLOCK;
    if (enters) {
        assert_int_equal(status, TA_E_STALE);
        assert_true(is_same_chain(&from.chain, &copy.chain));
        expect_unchanged(&before, &to);
        return;
    }
    if (run == ta_buffer_split)
        held = 0;
    assert_int_equal(status, TA_OK);
    fill_pattern(before.bytes + held, IN_SOURCE, n);
    expect_holds(&to, before.bytes, held + n);

    /* The source is stale now, or found out where it breaks off. */
    uint8_t left[HELD];
    size_t position;
    assert_int_equal(ta_buffer_len(&from), run == copy_from_start ? HELD : HELD - n);
    assert_int_equal(ta_buffer_find(&from, 0, 0, &position), TA_E_STALE);
    assert_int_equal(ta_buffer_read(&from, left, ta_buffer_len(&from)), TA_E_STALE);
}

/* Somebody who got hold of a handle may free a chunk in the middle. */
static void nothing_is_handed_on_across_a_chunk_freed_by_a_stranger(void **state)
{
    (void)state;
    static const handover parts[] = {ta_buffer_drain_into, copy_from_start, ta_buffer_split};
    for (size_t freed = 1; freed < CHUNKS - 1; freed++)
        for (size_t held = 0; held <= BLOCK; held++) {
            for (size_t i = 0; i < COUNT_OF(parts); i++)
                for (size_t n = 1; n < HELD; n++)
                    try_broken(parts[i], n, freed, held);
            if (held > 0) { /* into an empty one all chunks are relinked, whatever they are */
                try_broken(append_all, HELD, freed, held);
                try_broken(ta_buffer_drain_into, HELD, freed, held);
            }
        }
}

/* All chunks in one step, without a look at them: then what was broken is broken there. */
static void broken_chain_that_is_relinked_stays_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(handovers); i++) {
        if (handovers[i].run == copy_from_start)
            continue;
        fresh_pool(pool);
        ta_buffer from = make_broken(1, HELD, 2), to = TA_BUFFER_INIT(pool);
        uint8_t bytes[HELD];
        assert_int_equal(handovers[i].run(&to, &from, HELD), TA_OK);
        assert_true(ta_buffer_is_empty(&from));
        assert_int_equal(used(pool), CHUNKS - 1);
        assert_int_equal(ta_buffer_read(&to, bytes, HELD), TA_E_STALE);
        assert_int_equal(ta_buffer_read(&to, bytes, 2 * BLOCK - 2), TA_OK);
        expect_pattern(bytes, IN_SOURCE, 2 * BLOCK - 2);
    }
}

/* All bytes before the freed chunk have been copied to the other pool when it shows that they cannot be removed. */
static void nothing_is_copied_between_pools_before_a_freed_chunk(void **state)
{
    (void)state;
    ta_buffer from = make_broken(0, 3 * BLOCK, 1), to = TA_BUFFER_INIT(wide), copy;
    assert_int_equal(ta_buffer_write(&to, "held", 4), TA_OK);
    memcpy(&copy, &from, sizeof from);
    assert_int_equal(ta_buffer_drain_into(&to, &from, BLOCK), TA_E_STALE);
    assert_true(is_same_chain(&from.chain, &copy.chain));
    expect_holds(&to, (const uint8_t *)"held", 4);
    assert_int_equal(used(wide), 1);
    check_pool(wide);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_pools)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(read_takes_exactly_n_or_nothing),
        TEST(read_some_takes_what_there_is_and_says_how_much),
        TEST(at_shows_every_byte_and_none_behind_the_last),
        TEST(find_counts_from_the_first_byte_held),
        TEST(find_seq_finds_the_first_occurrence_across_chunks),
        TEST(search_that_is_resumed_finds_the_same),
        TEST(moved_chunk_is_not_freed),
        TEST(skip_while_drops_the_run_and_no_more),
        TEST(consume_until_takes_through_the_byte_counted_from_the_first_held),
        TEST(consume_until_takes_nothing_when_the_byte_is_absent),
        TEST(drain_into_moves_exactly_n_bytes_or_nothing),
        TEST(append_moves_everything_or_nothing),
        TEST(split_makes_the_first_bytes_what_front_holds_or_changes_nothing),
        TEST(copy_range_appends_a_copy_of_any_range_or_nothing),
        TEST(move_hands_everything_over_and_frees_what_was_there),
        TEST(between_pools_bytes_are_copied_all_or_none),
        TEST(move_between_pools_takes_the_allocator_over),
        TEST(copy_range_between_pools_leaves_the_source),
        TEST(buffer_moved_to_itself_stays_as_it_is),
        TEST(buffer_drained_into_or_split_from_itself_is_refused),
        TEST(buffer_can_be_copied_from_itself),
        TEST(appended_block_is_the_buffers_and_takes_no_other),
        TEST(block_that_cannot_be_appended_stays_the_callers),
        TEST(handle_of_an_appended_block_frees_nothing),
        TEST(block_in_its_last_lifetime_is_appended_as_a_copy),
        TEST(chunk_of_a_buffer_is_not_appended_to_it),
        TEST(appending_across_three_blocks_keeps_every_byte),
        TEST(draining_to_the_exact_end_of_a_chunk_takes_no_block),
        TEST(split_at_0_and_at_the_end_frees_what_front_held),
        TEST(open_reservations_end_when_bytes_are_handed_on),
        TEST(consuming_what_is_found_ends_the_reservation),
        TEST(refused_arguments_leave_the_reservation_open),
        TEST(buffer_that_is_not_replaced_keeps_its_reservation),
        TEST(failing_to_hand_bytes_on_ends_the_reservation),
        TEST(limit_of_the_destination_is_never_passed),
        TEST(more_than_the_source_holds_is_out_of_range),
        TEST(null_is_refused_and_changes_nothing),
        TEST(stale_buffer_is_refused_by_every_call),
        TEST(copied_struct_is_stale_once_its_chunks_moved),
        TEST(stale_destination_leaves_the_source_as_it_is),
        TEST(stale_destination_of_move_and_split_is_like_an_empty_one),
        TEST(nothing_is_handed_on_across_a_chunk_freed_by_a_stranger),
        TEST(nothing_is_copied_between_pools_before_a_freed_chunk),
        TEST(broken_chain_that_is_relinked_stays_broken),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
