/*
 * The protocol of the chain, C1 to C5 of src/chain.h, with every interleaving of its loads and stores.
 *
 * A writer and a reader share a chain; both share a pool of NB blocks of BS bytes. They run for ever. Counts and values
 * are modulo M, so the state space is finite. Asserted: a byte that is read is the next one that was written; nobody
 * touches a block that is not allocated; a block has one owner; a length is never negative. With LIMIT nobody else uses the
pool, and it is asserted that a write within that limit finds its block, in a pool of 1 + LIMIT / BS blocks, rounded up.
 *
 * How the sides run; run.sh defines one of these:
 *   WRITER_INTERRUPTS, READER_INTERRUPTS   one core: that side does a whole call between two steps of the other side,
 *                                          unless interrupts are masked
 *   CORES                                  two cores: each step of one may come between two steps of the other. The
 *                                          stores of a core become visible late and in any order, but before a store with
 *                                          release and before the lock is released
 * BROKEN_... breaks one rule; run.sh lists them.
 */
#ifndef NB
#define NB 3
#endif
#define BS 2
#ifdef OBSERVER /* somebody asks for the length, in a run of four bytes: so no count wraps */
#define M 16
#define MAY_WRITE(n) (own(IN_COUNT) <= 2)
#else
#define M (NB * BS + 1) /* counts are modulo this: more than what fits */
#ifdef LIMIT
#define MAY_WRITE(n) ((own(IN_COUNT) + M - memory[OUT_COUNT]) % M + n <= LIMIT)
#else
#define MAY_WRITE(n) true
#endif
#endif
#define NONE NB
#define JUNK 0 /* what is in memory that nobody has written, or nobody will read again */
#define VALUE(count) ((count) % M + 1)

/* ---- Words in shared memory, and the stores that are still on their way -------------------------------- */

#define LINK (NB * BS) /* after the bytes of all blocks: the links, */
#define OUT_CHUNK (LINK + NB)
#define OUT_AT (OUT_CHUNK + 1)
#define IN_COUNT (OUT_AT + 1)
#define OUT_COUNT (IN_COUNT + 1)
#define WORDS (OUT_COUNT + 1)

byte memory[WORDS]
bool is_live[NB] /* changed only with the lock */
bool locked
byte in_chunk = NONE, in_at /* the writer's own */
bool is_reserved            /* the writer's own */
bool has_read               /* the reader's own; the rule C2 */

#ifdef CORES
/* Only the writer's core and the reader's count need a buffer: the reader stores nothing else that the other side
 * reads. */
byte waiting[WORDS]
bool waits[WORDS]
#define store(word, value) atomic { waiting[word] = value; waits[word] = true }
#define own(word) (waits[word] -> waiting[word] : memory[word])
#define arrive(word) memory[word] = waiting[word]; waits[word] = false; waiting[word] = 0
#define ARRIVES(word) :: d_step { waits[word] -> arrive(word) }
#define settle(word) if :: waits[word] -> arrive(word) :: else fi
#if NB == 3
#define SETTLE_BLOCKS settle(0); settle(1); settle(2); settle(3); settle(4); settle(5); settle(6); settle(7); settle(8)
#define ARRIVE_BLOCKS \
    ARRIVES(0) ARRIVES(1) ARRIVES(2) ARRIVES(3) ARRIVES(4) ARRIVES(5) ARRIVES(6) ARRIVES(7) ARRIVES(8)
#else
#define SETTLE_BLOCKS settle(0); settle(1); settle(2); settle(3); settle(4); settle(5)
#define ARRIVE_BLOCKS ARRIVES(0) ARRIVES(1) ARRIVES(2) ARRIVES(3) ARRIVES(4) ARRIVES(5)
#endif
#define settle_writer SETTLE_BLOCKS; settle(OUT_CHUNK); settle(OUT_AT); settle(IN_COUNT)

active proctype store_buffers()
{
    end: do
    ARRIVE_BLOCKS
    ARRIVES(OUT_CHUNK)
    ARRIVES(OUT_AT)
    ARRIVES(IN_COUNT)
    ARRIVES(OUT_COUNT)
    od
}
#else
#define store(word, value) memory[word] = value
#define own(word) memory[word]
#define settle_writer skip
#define settle(word) skip
#endif

#ifdef BROKEN_PLAIN_STORE
#define publish(value) store(IN_COUNT, value)
#else
#define publish(value) atomic { settle_writer }; store(IN_COUNT, value)
#endif

/* ---- Who runs when, and the lock ----------------------------------------------------------------------- */

bool in_interrupt, reader_is_inside

#ifdef CORES
#define WRITER_MAY true
#define READER_MAY true
#define begin_writer skip
#define end_writer skip
#define begin_reader atomic { !trims -> reader_is_inside = true }
#define end_reader reader_is_inside = false
#define lock_core atomic { !locked -> locked = true }
#define mask_writer lock_core
#define mask_reader lock_core
bool trims
#elif defined(WRITER_INTERRUPTS)
#define WRITER_MAY true
#define READER_MAY !in_interrupt
#define begin_writer atomic { !locked -> in_interrupt = true }
#define end_writer in_interrupt = false
#define begin_reader skip
#define end_reader skip
#define mask_writer skip
#define mask_reader locked = true
#else
#define WRITER_MAY !in_interrupt
#define READER_MAY true
#define begin_writer skip
#define end_writer skip
#define begin_reader atomic { !locked -> in_interrupt = true }
#define end_reader in_interrupt = false
#define mask_writer locked = true
#define mask_reader skip
#endif

#ifdef BROKEN_PLAIN_UNLOCK
#define before_unlock skip
#else
#define before_unlock settle_writer
#endif
#ifdef BROKEN_NO_LOCK
#define lock_writer skip
#define unlock_writer before_unlock
#define lock_reader skip
#define unlock_reader skip
#else
#define lock_writer mask_writer
#define lock_reader mask_reader
#define unlock_writer atomic { before_unlock; locked = false }
#define unlock_reader atomic { settle(OUT_COUNT); locked = false }
#endif
#define wipe(block) memory[block * BS] = JUNK; memory[block * BS + 1] = JUNK; memory[LINK + block] = JUNK
#define free_by_writer(block) lock_writer; atomic { before_unlock; is_live[block] = false; wipe(block) }; unlock_writer
#define free_by_reader(block) \
    lock_reader; assert(is_live[block]); d_step { is_live[block] = false; wipe(block) }; unlock_reader

/* Choose a free block. The critical section makes the choice and what follows one. */
inline choose(block)
{
    if
    :: !is_live[0] -> block = 0
    :: !is_live[1] -> block = 1
#if NB == 3
    :: !is_live[2] -> block = 2
#endif
    :: else -> block = NONE
    fi
}

/* ---- The writer ---------------------------------------------------------------------------------------- */

/* Take a block, and link it after the last one. NONE: there is none. */
inline take(block, after)
{
    lock_writer;
    choose(block);
    if
    :: block != NONE ->
        assert(!is_live[block]);
        is_live[block] = true;
#ifndef BROKEN_LINK_LATE
        if :: after != NONE -> store(LINK + after, block) :: else fi
#endif
    :: else ->
#ifdef LIMIT
        assert(false)
#endif
    fi;
    unlock_writer
}

#define begin_chain(block) store(OUT_CHUNK, block); store(OUT_AT, 0)

/* Write n bytes; one or two may be in the last chunk, the rest needs one block. */
inline write_bytes(n)
{
    chunk = in_chunk;
    at = in_at;
    fresh = NONE;
    if
    :: chunk == NONE || at + n > BS -> take(fresh, chunk); can_write = fresh != NONE
    :: else -> can_write = true
    fi;
    if
    :: can_write ->
        if
        :: chunk == NONE ->
#ifndef BROKEN_BEGIN_LATE
            begin_chain(fresh);
#endif
            chunk = fresh; at = 0; begins = true
        :: else
        fi;
#ifdef BROKEN_PUBLISH_FIRST
        publish((own(IN_COUNT) + n) % M);
#endif
        i = 0;
        do
        :: i < n ->
            if :: at == BS -> chunk = fresh; at = 0 :: else fi;
            assert(is_live[chunk]);
#ifdef BROKEN_PUBLISH_FIRST
            store(chunk * BS + at, VALUE(own(IN_COUNT) + M - n + i));
#else
            store(chunk * BS + at, VALUE(own(IN_COUNT) + i));
#endif
            at++; i++
        :: else -> break
        od;
#ifndef BROKEN_PUBLISH_FIRST
        publish((own(IN_COUNT) + n) % M);
#endif
#ifdef BROKEN_LINK_LATE
        if :: fresh != NONE && in_chunk != NONE -> store(LINK + in_chunk, fresh) :: else fi;
#endif
#ifdef BROKEN_BEGIN_LATE
        if :: begins -> begin_chain(fresh) :: else fi;
#endif
        in_chunk = chunk;
        in_at = at
    :: else
    fi;
    chunk = NONE; at = 0; fresh = NONE; i = 0; begins = false; can_write = false
}

/* Space for one byte, which is filled with something else first. A full chunk needs a fresh one, whose link leads
 * back to it, or to itself. */
inline reserve()
{
    if
    :: in_chunk == NONE || in_at == BS ->
        take(fresh, in_chunk);
        if
        :: fresh != NONE ->
            if
            :: in_chunk == NONE -> begin_chain(fresh); store(LINK + fresh, fresh)
            :: else -> store(LINK + fresh, in_chunk)
            fi;
            in_chunk = fresh; in_at = 0; is_reserved = true
        :: else
        fi;
        fresh = NONE
    :: else -> is_reserved = true
    fi;
    if :: is_reserved -> store(in_chunk * BS + in_at, M + 1) :: else fi
}

inline commit()
{
    store(in_chunk * BS + in_at, VALUE(own(IN_COUNT)));
    in_at++;
    is_reserved = false;
    publish((own(IN_COUNT) + 1) % M)
}

inline cancel()
{
    is_reserved = false;
    if
    :: in_at == 0 ->
        fresh = in_chunk;
        if
        :: own(LINK + fresh) == fresh -> in_chunk = NONE
        :: else -> in_chunk = own(LINK + fresh); in_at = BS
        fi;
        free_by_writer(fresh);
        fresh = NONE
    :: else
    fi
}

/* From the side that is interrupted; on two cores while the other side is outside its calls. */
#ifdef WRITER_INTERRUPTS
#define lock_trim lock_reader
#define free_by_trim(block) free_by_reader(block)
#define unlock_trim unlock_reader
#else
#define lock_trim lock_writer
#define free_by_trim(block) free_by_writer(block)
#define unlock_trim unlock_writer
#endif

inline trim()
{
    lock_trim;
    fresh = NONE;
    if
    :: in_chunk != NONE && !is_reserved && own(IN_COUNT) == memory[OUT_COUNT] ->
        fresh = in_chunk; in_chunk = NONE; in_at = 0; has_read = false
    :: else
    fi;
    unlock_trim;
    if
    :: fresh != NONE -> free_by_trim(fresh)
    :: else
    fi;
    fresh = NONE
}

active proctype writer() provided (WRITER_MAY)
{
    byte chunk = NONE, at, fresh = NONE, i
    bool begins, can_write
    end: do
    :: begin_writer;
        if
        :: !is_reserved && MAY_WRITE(1) -> write_bytes(1)
        :: !is_reserved && MAY_WRITE(2) -> write_bytes(2)
        :: !is_reserved && MAY_WRITE(1) -> reserve()
        :: !is_reserved && !MAY_WRITE(1) -> skip
        :: is_reserved -> commit()
        :: is_reserved -> cancel()
#ifdef READER_INTERRUPTS
        :: trim()
#endif
#ifdef CORES
#ifdef BROKEN_TRIM_ANYTIME
        :: trim()
#else
        :: atomic { !reader_is_inside -> trims = true; settle(OUT_COUNT) }; trim(); trims = false
#endif
#endif
        fi;
        end_writer
    od
}

/* ---- The reader ---------------------------------------------------------------------------------------- */

inline look()
{
    chunk = memory[OUT_CHUNK];
    at = memory[OUT_AT]
}

/* Read up to two bytes. */
inline read_bytes(n)
{
#if defined(BROKEN_LOOK_EARLY)
    look();
#endif
#ifdef BROKEN_PLAIN_LOAD /* the processor loads the byte first, which nothing forbids it */
    early = memory[memory[OUT_CHUNK] % NB * BS + memory[OUT_AT] % BS];
#endif
    length = (memory[IN_COUNT] + M - own(OUT_COUNT)) % M;
    if
    :: length >= n ->
#if !defined(BROKEN_LOOK_EARLY)
        look();
#endif
        left = NONE;
#ifdef BROKEN_FREE_FIRST
        if :: at + n > BS -> free_by_reader(chunk) :: else fi;
#endif
        i = 0;
        do
        :: i < n ->
            if :: at == BS -> left = chunk; chunk = memory[LINK + chunk]; at = 0 :: else fi;
            assert(chunk < NB);
#ifndef BROKEN_FREE_FIRST
            assert(is_live[chunk]);
#endif
#ifdef BROKEN_PLAIN_LOAD
            assert(i > 0 || left != NONE || early == VALUE(own(OUT_COUNT)));
#endif
            assert(memory[chunk * BS + at] == VALUE(own(OUT_COUNT) + i));
            memory[chunk * BS + at] = JUNK; /* nobody reads it again */
            at++; i++
        :: else -> break
        od;
#ifdef BROKEN_LEAVE_EARLY
        if :: at == BS && left == NONE -> left = chunk; chunk = memory[LINK + chunk]; at = 0 :: else fi;
#endif
        memory[OUT_CHUNK] = chunk;
        memory[OUT_AT] = at;
        has_read = true;
#ifdef BROKEN_FREE_LAST
        store(OUT_COUNT, (own(OUT_COUNT) + n) % M);
#endif
#ifndef BROKEN_FREE_FIRST
        if :: left != NONE -> free_by_reader(left) :: else fi;
#endif
#ifndef BROKEN_FREE_LAST
        store(OUT_COUNT, (own(OUT_COUNT) + n) % M)
#endif
    :: else -> /* looks whether its chunk is stale */
        if :: has_read -> look(); assert(chunk < NB); assert(is_live[chunk]) :: else fi
    fi;
    chunk = 0; at = 0; i = 0; length = 0; left = NONE; early = 0
}

/* Another user of the pool, in the reader's context. */
inline use_a_block()
{
    lock_reader;
    choose(left);
    if :: left != NONE -> assert(!is_live[left]); is_live[left] = true :: else fi;
    unlock_reader;
    if
    :: left != NONE ->
        memory[left * BS] = M + 2;
        assert(memory[left * BS] == M + 2);
        free_by_reader(left)
    :: else
    fi;
    left = NONE
}

active proctype reader() provided (READER_MAY)
{
    byte chunk, at, i, length, left = NONE, early, fresh = NONE
    end: do
    :: begin_reader;
        if
        :: read_bytes(1)
        :: read_bytes(2)
#ifndef LIMIT
        :: use_a_block()
#endif
#ifdef WRITER_INTERRUPTS
        :: trim()
#endif
        fi;
        end_reader
    od
}

/* ---- Anybody may ask for the length -------------------------------------------------------------------- */

#ifdef OBSERVER
active proctype observer()
{
    byte first, second
    end: do
    ::
#ifdef BROKEN_LENGTH
        second = memory[IN_COUNT];
        first = memory[OUT_COUNT];
#else
        first = memory[OUT_COUNT];
        second = memory[IN_COUNT];
#endif
        assert(first <= second);
        first = 0; second = 0
    od
}
#endif
