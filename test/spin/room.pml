/*
 * No wake-up is lost when several writers wait for room, each for another number of bytes: `wanted` of src/wake.h.
 *
 * Two tasks share the writing side of a queue by a mutex. One writes single bytes, the other as many as the limit at once.
 * The reader takes two bytes at once, so it sleeps while one is stored, and then only the first writer can go on. All run
 * for ever. Every semaphore is given by a hook alone, so after a lost wake-up all sleep, which Spin reports.
 *
 * run.sh defines READER_INTERRUPTS or CORES; they mean what they mean in chain.pml. BROKEN_... breaks one rule.
 */
#define LIMIT 3
#define M 8 /* counts are modulo this */
#define DISTANCE(in, out) (((in) + M - (out)) % M)

byte in_count, out_count /* what everybody sees */
byte wanted              /* changed only with the lock */
bool is_armed            /* changed only with the lock */
bool locked, in_mutex, in_interrupt
bool for_reader, for_single, for_many /* semaphores */

#ifdef CORES
#define WRITER_MAY true
byte in_waiting, out_waiting
bool in_waits, out_waits
#define settle_writers if :: in_waits -> in_count = in_waiting; in_waits = false :: else fi
#define settle_reader if :: out_waits -> out_count = out_waiting; out_waits = false :: else fi
#define own_in (in_waits -> in_waiting : in_count)
#define own_out (out_waits -> out_waiting : out_count)
#define publish_in(n) atomic { in_waiting = (own_in + n) % M; in_waits = true }
#define publish_out(n) atomic { out_waiting = (own_out + n) % M; out_waits = true }
#define begin_reader skip
#define end_reader skip

active proctype store_buffers()
{
    end: do
    :: atomic { in_waits -> settle_writers }
    :: atomic { out_waits -> settle_reader }
    od
}
#else
#define WRITER_MAY !in_interrupt
#define settle_writers skip
#define settle_reader skip
#define own_in in_count
#define own_out out_count
#define publish_in(n) in_count = (in_count + n) % M
#define publish_out(n) out_count = (out_count + n) % M
#define begin_reader atomic { !locked -> in_interrupt = true }
#define end_reader in_interrupt = false
#endif

#define lock atomic { !locked -> locked = true }
#define unlock(settle) atomic { settle; locked = false }

#ifdef BROKEN_ONE_WRITER
#define wake_writers if :: true -> for_single = true :: true -> for_many = true fi
#else
#define wake_writers for_single = true; for_many = true
#endif

/* Is there room for what was refused? With the lock. */
inline take_room()
{
    if
    :: wanted > 0 && (length == 0 || LIMIT - length >= wanted) -> wanted = 0; fires = true
    :: else
    fi
}

/* Of several that wait, the one that needs least counts. With the lock. */
#ifdef BROKEN_WANTS_LAST
#define COUNTS(n) true
#elif defined(BROKEN_WANTS_FIRST)
#define COUNTS(n) wanted == 0
#else
#define COUNTS(n) wanted == 0 || n < wanted
#endif
#define want_room(n) if :: COUNTS(n) -> wanted = n :: else fi

inline write(n, semaphore)
{
    atomic { !in_mutex -> in_mutex = true };
    if
    :: DISTANCE(own_in, out_count) + n <= LIMIT ->
        publish_in(n);
        lock; fires = is_armed; is_armed = false; unlock(settle_writers);
        if :: fires -> for_reader = true :: else fi;
        atomic { settle_writers; in_mutex = false }
    :: else ->
        lock;
        want_room(n);
#ifndef BROKEN_NO_SECOND_LOOK
        length = DISTANCE(own_in, out_count);
        take_room();
#endif
        unlock(settle_writers);
        if :: fires -> wake_writers :: else fi;
        atomic { settle_writers; in_mutex = false };
        semaphore; semaphore = false
    fi;
    length = 0; fires = false
}

active proctype writer_of_one() provided (WRITER_MAY)
{
    byte length
    bool fires
    do
    :: write(1, for_single)
    od
}

active proctype writer_of_many() provided (WRITER_MAY)
{
    byte length
    bool fires
    do
    :: write(LIMIT, for_many)
    od
}

active proctype reader()
{
    byte length
    bool fires
    do
    :: begin_reader;
        lock; is_armed = true; unlock(settle_reader);
        do
        :: DISTANCE(in_count, own_out) >= 2 ->
            publish_out(2);
            lock; length = DISTANCE(in_count, own_out); take_room(); unlock(settle_reader);
            if :: fires -> wake_writers :: else fi;
            length = 0; fires = false
        :: else -> break
        od;
        end_reader;
        for_reader; for_reader = false
    od
}
