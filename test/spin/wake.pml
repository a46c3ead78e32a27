/*
 * No wake-up is lost: the edges that ta_queue_arm(), a refused write and a refused allocation set, with every
 * interleaving, on one core and on two.
 *
 * A writer passes BYTES bytes to a reader through a queue whose limit is LIMIT bytes; each sleeps on a semaphore when it
 * cannot go on. Before it goes on, each takes the only block of a pool, and gives it back. Every semaphore is given by a
 * hook alone. So a wake-up that is lost leaves a side asleep for ever, which Spin reports as an invalid end state.
 *
 * run.sh defines WRITER_INTERRUPTS, READER_INTERRUPTS or CORES; they mean what they mean in chain.pml. A side that is an
 * interrupt sleeps outside it: its semaphore then enables the interrupt. BROKEN_... breaks one rule; run.sh lists them.
 */
#define BYTES 3
#ifndef LIMIT
#define LIMIT 1
#endif

byte in_count, out_count /* what everybody sees */
bool is_armed, wants_room, wants_block /* changed only with the lock */
bool is_taken /* the pool's block */
bool locked
bool for_reader, for_writer, reader_for_block, writer_for_block /* semaphores */

/* ---- Stores, and who runs when ------------------------------------------------------------------------- */

bool in_interrupt

#ifdef CORES
#define WRITER_MAY true
#define READER_MAY true
byte in_waiting, out_waiting
bool in_waits, out_waits, arm_waits
#define settle_writer if :: in_waits -> in_count = in_waiting; in_waits = false :: else fi
#define settle_reader \
    if :: out_waits -> out_count = out_waiting; out_waits = false :: else fi; \
    if :: arm_waits -> is_armed = true; arm_waits = false :: else fi
#define own_in (in_waits -> in_waiting : in_count)
#define own_out (out_waits -> out_waiting : out_count)
#define publish_in atomic { in_waiting = own_in + 1; in_waits = true }
#define publish_out atomic { out_waiting = own_out + 1; out_waits = true }
#define arm_plainly arm_waits = true
#define mask_writer atomic { !locked -> locked = true }
#define mask_reader atomic { !locked -> locked = true }
#define begin_writer skip
#define end_writer skip
#define begin_reader skip
#define end_reader skip

active proctype store_buffers()
{
    end: do
    :: atomic { in_waits -> settle_writer }
    :: atomic { out_waits -> out_count = out_waiting; out_waits = false }
    :: atomic { arm_waits -> is_armed = true; arm_waits = false }
    od
}
#else
#define own_in in_count
#define own_out out_count
#define publish_in in_count++
#define publish_out out_count++
#define arm_plainly is_armed = true
#define settle_writer skip
#define settle_reader skip
#ifdef WRITER_INTERRUPTS
#define WRITER_MAY true
#define READER_MAY !in_interrupt
#define mask_writer skip
#define mask_reader locked = true
#define begin_writer atomic { !locked -> in_interrupt = true }
#define end_writer in_interrupt = false
#define begin_reader skip
#define end_reader skip
#else
#define WRITER_MAY !in_interrupt
#define READER_MAY true
#define mask_writer locked = true
#define mask_reader skip
#define begin_writer skip
#define end_writer skip
#define begin_reader atomic { !locked -> in_interrupt = true }
#define end_reader in_interrupt = false
#endif
#endif

#define lock_writer mask_writer
#define unlock_writer atomic { settle_writer; locked = false }
#define lock_reader mask_reader
#define unlock_reader atomic { settle_reader; locked = false }

/* ---- The pool: both sides do the same ------------------------------------------------------------------ */

#ifdef BROKEN_ONE_WAITER
#define wake_for_block if :: true -> reader_for_block = true :: true -> writer_for_block = true fi
#else
#define wake_for_block reader_for_block = true; writer_for_block = true
#endif

#ifdef BROKEN_REFUSED_LATE /* outside the section that refuses */
#define REFUSE(lock, unlock) unlock; wants_block = true; lock
#else
#define REFUSE(lock, unlock) wants_block = true
#endif

/* A single block is freed in the section that takes the flag. For chunks, that has a section of its own afterwards. */
#ifdef BROKEN_TAKE_FIRST
#define FREE(lock, unlock) \
    lock; fires = wants_block; wants_block = false; unlock; \
    lock; is_taken = false; unlock
#else
#define FREE(lock, unlock) \
    lock; is_taken = false; \
    if :: true :: true -> unlock; lock fi; \
    fires = wants_block; wants_block = false; unlock
#endif

#define USE_A_BLOCK(begin, end, lock, unlock, semaphore) \
    do \
    :: begin; lock; \
        if \
        :: !is_taken -> is_taken = true; unlock; break \
        :: else -> REFUSE(lock, unlock) \
        fi; \
        unlock; end; \
        semaphore; semaphore = false \
    od; \
    FREE(lock, unlock); \
    if :: fires -> wake_for_block :: else fi; \
    fires = false; end

/* ---- The writer ---------------------------------------------------------------------------------------- */

/* Publish a byte; after that decide, in the section, whether the reader is to be woken; wake it after the section. */
inline write_byte()
{
#ifdef BROKEN_DECIDE_FIRST
    lock_writer; fires = is_armed; is_armed = false; unlock_writer;
    publish_in;
#else
    publish_in;
#ifdef BROKEN_DECIDE_UNLOCKED
    fires = is_armed;
    is_armed = false;
#else
    lock_writer; fires = is_armed; is_armed = false; unlock_writer;
#endif
#endif
    if :: fires -> for_reader = true :: else fi;
    fires = false
}

/* A write was refused: ask for room, and look again inside the section. */
inline ask_for_room()
{
    lock_writer;
    wants_room = true;
#ifndef BROKEN_NO_SECOND_LOOK
    if :: own_in - out_count < LIMIT -> wants_room = false; fires = true :: else fi;
#endif
    unlock_writer;
    if :: fires -> for_writer = true :: else fi;
    fires = false
}

active proctype writer() provided (WRITER_MAY)
{
    bool fires
    do
    :: own_in < BYTES ->
        USE_A_BLOCK(begin_writer, end_writer, lock_writer, unlock_writer, writer_for_block);
        begin_writer;
        if
        :: own_in - out_count < LIMIT -> write_byte(); end_writer
        :: else -> ask_for_room(); end_writer; for_writer; for_writer = false
        fi
    :: else -> break
    od
}

/* ---- The reader ---------------------------------------------------------------------------------------- */

inline arm()
{
#ifdef BROKEN_ARM_UNLOCKED
    arm_plainly
#else
    lock_reader; is_armed = true; unlock_reader
#endif
}

/* The reader has seen how many bytes are stored; each call looks again. */
inline read_all()
{
    do
    :: in_count - own_out > 0 ->
        publish_out;
        lock_reader;
        fires = wants_room && in_count - own_out < LIMIT;
        if :: fires -> wants_room = false :: else fi;
        unlock_reader;
        if :: fires -> for_writer = true :: else fi;
        fires = false
    :: else -> break
    od
}

active proctype reader() provided (READER_MAY)
{
    bool fires
    do
    :: own_out < BYTES ->
        USE_A_BLOCK(begin_reader, end_reader, lock_reader, unlock_reader, reader_for_block);
        begin_reader;
#ifdef BROKEN_ARM_LATE
        read_all();
        arm();
#else
        arm();
        read_all();
#endif
        end_reader;
        if
        :: own_out < BYTES -> for_reader; for_reader = false
        :: else
        fi
    :: else -> break
    od
}
