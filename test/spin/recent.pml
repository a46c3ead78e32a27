/*
 * The queue that keeps the newest, R1 to R5 of src/recent.c, with every interleaving of its sections, loads and stores.
 *
 * A writer and a reader share one object and a pool of NB blocks of BS bytes. They run for ever. Counts are modulo M, so
 * the state space is finite. A critical section is one step: nothing that the other side does outside its sections can
 * be seen in two places of one section. UNIT is the length of each unit; with 0 the units have 1 to 3 bytes, the first of
 * which says how many follow it.
 *
 * Asserted: a byte that is read is the byte which was written at this place of the stream, so no unit is torn; nobody
 * touches or frees a block that is not live; whenever both sides are outside their calls, the live blocks are those of
 * the chain; a write that is refused has dropped nothing, unless it is one of the exceptions of recent.h; a write that
 * nothing interrupts ends after a few looks at the front.
 *
 * run.sh defines WRITER_INTERRUPTS, READER_INTERRUPTS or CORES; they mean what they mean in chain.pml. With OTHER_USER the
 * reader's context also takes blocks of the pool. BROKEN_... breaks one rule; run.sh lists them.
 */
#ifndef NB
#define NB 3
#endif
#define BS 2
#ifndef UNIT
#define UNIT 0
#endif
#ifndef LONGEST
#define LONGEST 3
#endif
#ifndef LIMIT
#define LIMIT 99 /* none */
#endif
#define M (NB * BS + 1)
#define NONE NB
#define JUNK 0
#define TURNS_MAX 16

#if UNIT
#define PREFIX 0
#define BYTE(position, n) ((position) % M + 1)
#else
#define PREFIX 1
#define BYTE(position, n) (((position) % M + 1) * 4 + (n)) /* n: bytes that follow, or 3 */
#endif
#define LENGTH(byte) ((byte) & 3)

byte memory[NB * BS], link[NB]
bool is_live[NB]
byte in_chunk = NONE, in_at, in_count /* the writer's own, but for in_count */
byte out_chunk = NONE, out_at, out_count /* out_at: where the claimed bytes begin, if there are any */
byte claimed, pinned = NONE
bool writer_looked, reader_looked /* is the version still the one that this side has seen? */
bool writer_is_inside, reader_is_inside

#define changed writer_looked = false; reader_looked = false
#define STORED ((in_count + M - out_count) % M)
#define BEYOND(n, room) ((n) > (room) -> ((n) - (room) + BS - 1) / BS : 0)
#define ROOM(chunk, at) ((chunk) == NONE -> 0 : BS - (at))

/* ---- Who runs when ------------------------------------------------------------------------------------- */

/* An interrupt is one step: the side that it interrupts does nothing meanwhile. */
#ifdef WRITER_INTERRUPTS
#define WRITERS_CALL atomic
#else
#define WRITERS_CALL
#endif
#ifdef READER_INTERRUPTS
#define READERS_CALL atomic
#else
#define READERS_CALL
#endif

/* On two cores a byte that the writer stores is visible at once, or only when the writer publishes or has ended a section. */
#ifdef CORES
byte waiting[NB * BS]
#define store(at, value) if :: memory[at] = value :: waiting[at] = value fi
#define settle i = 0; do \
    :: i < NB * BS -> if :: waiting[i] != 0 -> memory[i] = waiting[i]; waiting[i] = 0 :: else fi; i++ \
    :: else -> break \
    od; i = 0
#else
#define store(at, value) memory[at] = value
#define settle skip
#endif

/* ---- Blocks -------------------------------------------------------------------------------------------- */

byte free_blocks = NB

#define wipe(block) i = 0; do :: i < BS -> memory[(block) * BS + i] = JUNK; i++ :: else -> break od; i = 0

/* Free `count` blocks from `block` on, one in a section. */
#define give_back(block, count, next) do \
    :: count > 0 -> \
        d_step { \
            assert(block < NB && is_live[block]); is_live[block] = false; free_blocks++; \
            wipe(block); next = link[block]; link[block] = 0; block = next; next = 0; count-- \
        } \
    :: else -> break \
    od

#define choose(block) block = 0; do :: is_live[block] -> block++ :: else -> break od

/* Both sides are outside: does the chain have all blocks that are live? */
#define check_blocks \
    i = 0; at = out_chunk; \
    do \
    :: at != NONE -> assert(is_live[at]); i++; assert(i <= NB); at = (at == in_chunk -> NONE : link[at]) \
    :: else -> break \
    od; \
    assert(i == NB - free_blocks); assert(claimed == 0 && pinned == NONE); i = 0; at = 0

/* ---- Looking at the front: the same for both sides, which have variables of the same names ------------- */

#define look(has_looked) d_step { \
        chunk = out_chunk; at = out_at; f_claimed = claimed; f_pinned = pinned; stored = STORED; \
        has_looked = true; left = NONE; count = 0 \
    }

#ifdef BROKEN_UNSEEN_BYTE
#define SAME(has_looked) true
#else
#define SAME(has_looked) has_looked
#endif

/* R5. `more`: the front has changed. */
#define follow(has_looked, is_readers) d_step { \
        if \
        :: SAME(has_looked) -> \
            assert(chunk < NB && is_live[chunk]); \
            if \
            :: is_readers || chunk != f_pinned -> left = (count == 0 -> chunk : left); count++ \
            :: else \
            fi; \
            chunk = link[chunk]; at = 0; \
            assert(chunk < NB && is_live[chunk]) \
        :: else -> more = true \
        fi \
    }

#define look_at_byte(has_looked) d_step { \
        if \
        :: SAME(has_looked) -> \
            assert(is_live[chunk]); \
            n = LENGTH(memory[chunk * BS + at]); \
            assert(memory[chunk * BS + at] == BYTE(out_count, n) && n < 3); \
            at++ \
        :: else -> more = true \
        fi \
    }

/* ---- The writer ---------------------------------------------------------------------------------------- */

#define reaches(chunks) \
    i = stored + f_claimed; k = BS - at; \
    do \
    :: chunks > 0 && i > k -> i = i - k; k = BS; chunks-- \
    :: else -> break \
    od

/* Is it known that n bytes find blocks if all units are dropped? */
inline can_drop()
{
    d_step {
        count = (chunk == f_pinned -> 1 : 0);
#ifndef BROKEN_CLAIMED_COUNT /* as if the reader's chunks were free after dropping */
        if :: f_claimed > 0 -> count = 1 + BEYOND(f_claimed, BS - at) :: else fi;
#endif
        k = BEYOND(bytes, 0);
        count = count + (k > free + 1 -> k - free - 1 : 0);
        if
        :: in_chunk == NONE -> can = false
        :: else -> reaches(count); can = count == 0
        fi;
        count = 0; i = 0; k = 0
    }
}

inline skip_bytes()
{
    do
    :: !more && n > BS - at -> n = n - (BS - at); follow(writer_looked, false)
    :: else -> break
    od;
    at = at + n
}

inline pass()
{
    n = f_claimed; unit = 0;
    if
    :: n > 0 -> skip_bytes()
    :: else ->
        if
        :: at < BS ->
#if UNIT
            n = UNIT;
#else
            look_at_byte(writer_looked);
#endif
            unit = n + PREFIX;
            if :: !more -> skip_bytes() :: else fi
        :: else
        fi;
        if :: !more && at == BS && unit < stored -> follow(writer_looked, false) :: else fi
    fi;
    n = 0
}

#ifdef BROKEN_UNSEEN_MOVE
#define MAY_MOVE true
#else
#define MAY_MOVE writer_looked
#endif
#ifdef BROKEN_FREE_CLAIMED
#define FREES true
#else
#define FREES (f_claimed == 0)
#endif
#ifdef BROKEN_UNPINNED
#define PIN NONE
#else
#define PIN chunk
#endif
#define set_front out_chunk = chunk; out_at = at; out_count = (out_count + unit) % M; changed; \
    if :: f_claimed > 0 -> claimed = 0; pinned = PIN :: else fi

inline drop()
{
    pass();
    if
    :: more -> skip
    :: else ->
#ifdef BROKEN_UNMASKED
        can = writer_looked;
        if :: can -> set_front :: else fi;
#else
        d_step { can = MAY_MOVE; if :: can -> set_front :: else fi };
#endif
        if
        :: can ->
            is_known = true;
            has_dropped = has_dropped || unit > 0;
            if :: FREES -> give_back(left, count, k) :: else fi
        :: else
        fi
    fi;
    more = false; unit = 0; can = false; left = NONE; count = 0
}

#ifdef BROKEN_RESTART_UNDER_READER
#define MAY_RESTART (in_count == out_count)
#else
#define MAY_RESTART (in_count == out_count && claimed == 0 && pinned != in_chunk)
#endif

inline restart()
{
    d_step {
        can = p_at > 0 && MAY_RESTART;
        if :: can -> assert(out_chunk == in_chunk); out_at = 0; changed; p_at = 0; in_at = 0 :: else fi
    }
}

/* Take `blocks` and link them after the last one; false if there are fewer. */
inline take_blocks()
{
    d_step {
        can = blocks <= free_blocks;
        if
        :: can ->
            left = in_chunk;
            do
            :: blocks > 0 ->
                choose(k); is_live[k] = true; free_blocks--;
                if :: left != NONE -> link[left] = k :: else fi;
                if :: p_chunk == NONE || p_at == BS -> p_chunk = k; p_at = 0 :: else fi;
                left = k; k = 0; blocks--
            :: else -> break
            od;
            left = NONE
        :: else
        fi
    };
    if :: can && in_chunk == NONE -> d_step { out_chunk = p_chunk; out_at = 0; changed } :: else fi
}

inline make_room()
{
    do
    :: assert(turns < TURNS_MAX);
#ifdef WRITER_INTERRUPTS
        turns++;
#endif
        d_step { settle };
        look(writer_looked);
        blocks = BEYOND(bytes, ROOM(p_chunk, p_at));
        free = free_blocks;
        if
        :: blocks <= free && stored + bytes <= LIMIT ->
            if :: blocks == 0 -> break :: else -> take_blocks(); if :: can -> break :: else fi fi
        :: else ->
            can_drop();
            if
            :: blocks > free && !is_known && !can -> is_refused = true; break
            :: else ->
                if
                :: stored == 0 -> restart(); if :: !can -> is_refused = true; break :: else fi
                :: else -> drop()
                fi
            fi
        fi
    od;
    stored = 0; blocks = 0; free = 0; f_claimed = 0; f_pinned = NONE; chunk = NONE; at = 0; can = false; turns = 0
}

#ifdef BROKEN_PUBLISH_FIRST
#define OFFSET M - bytes
#else
#define OFFSET 0
#endif

inline copy_in()
{
    do
    :: n < bytes ->
        if :: p_at == BS -> p_chunk = link[p_chunk]; p_at = 0 :: else fi;
        assert(p_chunk < NB && is_live[p_chunk]);
        store(p_chunk * BS + p_at, BYTE(in_count + OFFSET + n, (n == 0 -> bytes - 1 : 3)));
        p_at++; n++
    :: else -> break
    od;
    n = 0
}

#ifdef BROKEN_PLAIN_STORE
#define publish in_count = (in_count + bytes) % M
#else
#define publish d_step { settle; in_count = (in_count + bytes) % M }
#endif

#if defined(CORES) || defined(OTHER_USER)
#define MAY_HAVE_DROPPED true
#else
#define MAY_HAVE_DROPPED false
#endif

inline write_unit()
{
    p_chunk = in_chunk; p_at = in_at;
    if
    :: bytes <= ROOM(p_chunk, p_at) && STORED + bytes <= LIMIT -> skip
    :: else -> make_room()
    fi;
    if
    :: is_refused ->
        assert(!has_dropped || MAY_HAVE_DROPPED)
    :: else ->
#ifdef BROKEN_PUBLISH_FIRST
        publish; copy_in();
#else
        copy_in(); publish;
#endif
        in_chunk = p_chunk; in_at = p_at
    fi;
    p_chunk = NONE; p_at = 0; is_refused = false; has_dropped = false; is_known = false; bytes = 0
}

active proctype writer()
{
    byte p_chunk = NONE, p_at, bytes, blocks, free, n, unit, i, k, turns
    byte chunk = NONE, at, f_claimed, f_pinned = NONE, stored, left = NONE, count
    bool more, can, is_known, is_refused, has_dropped
    end: do
    :: WRITERS_CALL {
        writer_is_inside = true;
#if UNIT
        bytes = UNIT;
#else
        if :: bytes = 1 :: bytes = 2 :: LONGEST > 2 -> bytes = 3 fi;
#endif
        write_unit();
        d_step { settle; writer_is_inside = false; if :: !reader_is_inside -> check_blocks :: else fi }
    }
    od
}

/* ---- The reader ---------------------------------------------------------------------------------------- */

#ifdef BROKEN_UNSEEN_CLAIM
#define MAY_CLAIM true
#else
#define MAY_CLAIM reader_looked
#endif

inline claim()
{
    do
    :: look(reader_looked);
        more = false; bytes = 0;
        if
        :: stored == 0 -> break
        :: else ->
            first = chunk;
#if UNIT
            n = UNIT;
#else
            if :: at == BS -> follow(reader_looked, true) :: else fi;
            if :: !more -> look_at_byte(reader_looked) :: else fi;
#endif
            if
            :: more
            :: else ->
                d_step {
                    if
                    :: MAY_CLAIM ->
                        bytes = n + PREFIX; claimed = bytes; position = out_count; out_count = (out_count + bytes) % M;
                        if :: PREFIX -> memory[chunk * BS + at - 1] = JUNK :: else fi; changed
                    :: else -> more = true
                    fi
                };
                if :: !more -> break :: else fi
            fi;
            n = 0
        fi
    od;
    left = NONE; more = false; stored = 0; f_claimed = 0; f_pinned = NONE
}

inline copy_out()
{
    i = PREFIX;
    do
    :: i < bytes ->
        if :: at == BS -> count++; assert(chunk < NB && is_live[chunk]); chunk = link[chunk]; at = 0 :: else fi;
        assert(chunk < NB && is_live[chunk]);
        d_step {
            assert(memory[chunk * BS + at] == BYTE(position + i, 3));
            memory[chunk * BS + at] = JUNK; /* nobody reads it again */
            at++; i++
        }
    :: else -> break
    od;
    i = 0; n = 0
}

inline release()
{
    d_step {
        if
        :: claimed > 0 -> out_chunk = chunk; out_at = at
#ifndef BROKEN_LEAKING
        :: claimed == 0 && out_chunk != chunk -> count++
#endif
        :: else
        fi;
        claimed = 0; pinned = NONE; changed
    }
    give_back(first, count, k)
}

inline read_unit()
{
    claim();
    if
    :: bytes > 0 ->
#ifdef BROKEN_RELEASE_FIRST /* as if there were no claim */
        d_step { claimed = 0 };
#endif
        copy_out();
        release()
    :: else
    fi;
    first = 0; bytes = 0; position = 0; chunk = NONE; at = 0; count = 0
}

/* Another user of the pool, in the reader's context. */
inline use_a_block()
{
    d_step { if :: free_blocks > 0 -> choose(first); is_live[first] = true; free_blocks--; count = 1 :: else fi };
    give_back(first, count, k);
    first = 0
}

active proctype reader()
{
    byte first, position, bytes, n, i, k
    byte chunk = NONE, at, f_claimed, f_pinned = NONE, stored, left = NONE, count
    bool more
    end: do
    :: READERS_CALL {
        reader_is_inside = true;
        if
        :: read_unit()
#ifdef OTHER_USER
        :: use_a_block()
#endif
        fi;
        d_step { reader_is_inside = false; if :: !writer_is_inside -> check_blocks :: else fi }
    }
    od
}
