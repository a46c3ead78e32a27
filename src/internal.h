/*
 * The block table, and how the nouns reach their backend.
 *
 * Coordinates. A table reads from the last slot to the first, and the state follows it. So there are two ways to an
 * entry: `entries` and the distance from the last slot, which one subtraction finds from a handle and refuses when
 * it cannot be valid; and `first` and the slot, where the state lies near.
 *
 *     entries -> [last][    ] … [  1 ][  0 ] <- first
 *                                      [taken · head · tail · …]
 */
#ifndef TINYALLOC_INTERNAL_H
#define TINYALLOC_INTERNAL_H

#include <string.h>
#include <tinyalloc/buffer.h>
#include <tinyalloc/global.h>
#include <tinyalloc/parse.h>
#include <tinyalloc/port.h>
#include <tinyalloc/queue.h>
#include <tinyalloc/slab.h>
#include <tinyalloc/stream.h>
#include <tinyalloc/view.h>

typedef struct ta_entry_ entry;
typedef ta_slab_state_ slab_state;
typedef ta_slot_difference offset_t;

#define SLOT_MAX ((ta_slot)-1)

/* The smaller of two lengths. */
static inline size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* For the compiler: a path that is taken nearly always, or rarely, and a function that must not burden its caller's stack frame. */
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define NOINLINE __attribute__((noinline))
#ifdef __OPTIMIZE_SIZE__
#define IS_FOR_SIZE 1
#define HOT \
    static __attribute__((unused)) /* a function that is inlined in a build for speed, come what may */
#else
#define IS_FOR_SIZE 0
#define HOT static inline __attribute__((always_inline))
#endif

/* The same, and the compiler does not know it. Else it computes in the width of a slot and clears upper halves that
 * nobody looks at, or keeps two addresses where one does. */
static inline size_t opaque(size_t n)
{
    __asm__("" : "+r"(n));
    return n;
}

static inline entry *opaque_entry(entry *e)
{
    __asm__("" : "+r"(e));
    return e;
}

/* ---- Entries: a generation and a link ------------------------------------------------------------------ */

#define generation_of(e) ta_slab_generation_(e)
#define GENERATION_PARTS TA_GENERATION_PARTS_

static inline void set_generation(entry *e, ta_generation generation)
{
    e->generation[GENERATION_PARTS - 1] =
        (ta_slot)((uint32_t)generation >> (TA_GENERATION_BITS - TA_SLOT_BITS));
    e->generation[0] = (ta_slot)generation;
}

static inline bool is_live(const entry *e)
{
    return e->generation[0] & 1;
}

/* ---- Finding a slot ------------------------------------------------------------------------------------ */

static inline slab_state *state_of(const ta_allocator *a)
{
    return (slab_state *)(void *)(a->first + 1);
}

#define distance_of(a, h) ta_slab_distance_(a, h)
#define handle_matches(a, h, e) ta_slab_matches_(a, h, e)

static inline ta_handle handle_of_slot(const ta_allocator *a, ta_slot slot, ta_handle_bits generation)
{
    ta_handle h;
    h.bits = (ta_handle_bits)((ta_handle_bits)(generation << TA_SLOT_BITS) + slot + TA_SLAB_POOL_OF_(a));
    return h;
}

/* Does the slot at this distance, which is that of the handle, live the lifetime that the handle names? */
static inline bool is_live_at(const ta_allocator *a, ta_handle h, offset_t distance)
{
    return distance >= 0 && handle_matches(a, h, &a->entries[distance]);
}

/* The entry of a live handle; NULL when stale. A build for size asks the function that there is. */
static inline __attribute__((always_inline)) entry *find_live(const ta_allocator *a, ta_handle h)
{
    if (IS_FOR_SIZE && !TA_CUSTOM_BACKENDS) {
        if (!ta_get(a, h))
            return NULL;
        entry *e = a->first - ta_handle_slot(h);
        if (!e)
            __builtin_unreachable();
        return e;
    }
    offset_t distance = distance_of(a, h);
    return is_live_at(a, h, distance) ? &a->entries[distance] : NULL;
}

/* ---- Counting ------------------------------------------------------------------------------------------ */

/* `peak` is the largest `taken`, reserve and retired slots included, as they are in `taken`. */
#if TA_STATISTICS
#define PEAK_OF(s) ((size_t)(s)->peak)
#define FAILURES_OF(s) ((size_t)(s)->failures)
#define SET_PEAK(s, blocks) ((s)->peak = (ta_slot)(blocks))
#define SET_FAILURES(s, count) ((s)->failures = (ta_slot)(count))
#else
#define PEAK_OF(s) ((void)(s), (size_t)SLOT_MAX) /* never passed */
#define FAILURES_OF(s) ((void)(s), (size_t)0)
#define SET_PEAK(s, blocks) ((void)(s), (void)(blocks))
#define SET_FAILURES(s, count) ((void)(s), (void)(count))
#endif

#if TA_RETIRE
#define RETIRED_OF(s) ((size_t)(s)->retired)
#define SET_RETIRED(s, slots) ((s)->retired = (ta_slot)(slots))
#else
#define RETIRED_OF(s) ((void)(s), (size_t)0)
#define SET_RETIRED(s, slots) ((void)(s), (void)(slots))
#endif

static inline void count_taken(slab_state *s, size_t blocks)
{
    size_t taken = s->taken + blocks;
    if (taken > PEAK_OF(s))
        SET_PEAK(s, taken);
    s->taken = (ta_slot)opaque(taken);
}

static inline void count_given(slab_state *s, size_t blocks)
{
    s->taken = (ta_slot)(s->taken - blocks);
}

/* The slot stays taken for ever; what was used at most does not change by that. */
static inline void count_retired(slab_state *s)
{
    SET_RETIRED(s, RETIRED_OF(s) + 1);
    SET_PEAK(s, smaller(PEAK_OF(s) + 1, SLOT_MAX));
}

static inline void count_failure(slab_state *s)
{
    ta_slot failures = (ta_slot)(FAILURES_OF(s) + 1);
    if (failures != 0) /* what does not fit is not counted */
        SET_FAILURES(s, failures);
}

/* ---- The free list ------------------------------------------------------------------------------------- */

/*
 *    head                                   tail            take: head leaves, its link says who is next
 *     |                                      |              release: the freed slot is linked behind tail
 *   [ 5 ]-->[ 6 ]-->[ 7 ]-->[ 2 ]-->[ 0 ]-->[ 3 ]
 *
 * When the last free slot is taken nothing is marked: the tail's own entry tells, being live, that the list
 * is empty, for the slot that was freed last is also the last to be taken. A retired slot is neither live
 * nor in the list; its link, the one distance that would lead a slot to itself, tells it apart.
 */
#define RETIRED_LINK SLOT_MAX

static inline bool is_retired(const entry *e)
{
    return TA_RETIRE && generation_of(e) == 0 && e->link == RETIRED_LINK;
}

/* Is this the slot's last lifetime? */
static inline bool is_worn_out(const entry *e)
{
    return TA_RETIRE && generation_of(e) == (ta_generation)-1;
}

/* Begin a lifetime of a free slot; says its generation, in the low bits, and how far the next free slot is. The
 * generation is even, so that adding 1 does not carry. */
static inline ta_handle_bits begin_lifetime(entry *e, ta_slot link, ta_slot *step)
{
#if TA_SLOT_BITS == 16 && TA_GENERATION_BITS == 16 && defined(__ARM_FEATURE_UNALIGNED) && \
    !defined(__ARM_BIG_ENDIAN)
    uint32_t both;                           /* in one load, one addition, and one store */
    __builtin_memcpy(&both, e, sizeof both); /* a plain one would be a call in a freestanding build */
    both += 0x10001u;
    *step = (ta_slot)(both >> 16);
    uint32_t begun = (both & 0xffffu) | (uint32_t)link << 16;
    __builtin_memcpy(e, &begun, sizeof begun);
    return (ta_generation)both;
#else
    ta_handle_bits generation = (ta_handle_bits)(generation_of(e) + 1u);
    *step = (ta_slot)(e->link + 1u);
    set_generation(e, (ta_generation)generation);
    e->link = link;
    return generation;
#endif
}

/* Masked by the caller, who has counted it as taken: so there is a free slot. */
static inline ta_handle take_slot(const ta_allocator *a, entry *first, ta_slot link)
{
    slab_state *s = (slab_state *)(void *)(first + 1);
    ta_slot slot = s->head, step;
    ta_handle_bits generation = begin_lifetime(first - slot, link, &step);
    s->head = (ta_slot)(slot + step);
    return handle_of_slot(a, slot, generation);
}

/* Let the free list go on behind its tail with the slot at this distance. */
static inline void link_behind_tail(slab_state *s, entry *entries, offset_t distance, ta_slot slot)
{
    size_t tail_distance = s->tail;
    entry *tail = opaque_entry(&entries[tail_distance]);
    if (is_live(tail) || is_retired(tail))
        s->head = slot;
    else
        tail->link = (ta_slot)opaque(tail_distance - (size_t)distance - 1u);
}

/* The slot stays out of the list for ever. */
static inline void retire_slot(slab_state *s, entry *e)
{
    set_generation(e, 0);
    e->link = RETIRED_LINK;
    count_retired(s);
}

/* Masked by the caller; the slot is live. It may itself be the tail of an empty list: so it joins the list
 * before its lifetime ends. */
static inline void release_slot(slab_state *s, entry *entries, offset_t distance, ta_slot slot)
{
    entry *e = &entries[distance];
    if (is_worn_out(e)) {
        retire_slot(s, e);
        return;
    }
    link_behind_tail(s, entries, distance, slot);
    s->tail = (ta_slot)distance;
    count_given(s, 1);
    set_generation(e, (ta_generation)(generation_of(e) + 1));
}

/* ---- The slab's operations ----------------------------------------------------------------------------- */

/* Masked by the caller: is there a block for somebody whom the reserve is kept for, or is not? */
static inline bool has_free(const slab_state *s, offset_t last, bool uses_reserve)
{
    return (offset_t)(s->taken - (uses_reserve ? s->reserve : 0)) <= last;
}

/* Masked by the caller, who knows that there is one. */
static inline ta_handle take_one(const ta_allocator *a, entry *first, ta_slot link)
{
    count_taken((slab_state *)(void *)(first + 1), 1);
    return take_slot(a, first, link);
}

static inline ta_handle slab_alloc_from(const ta_allocator *a, size_t size, bool uses_reserve)
{
    ta_handle h = TA_NONE_INIT;
    entry *first = a->first;
    offset_t last = a->last;
    slab_state *s = (slab_state *)(void *)(first + 1);
    ta_mask mask = ta_critical_enter();
    if (LIKELY(has_free(s, last, uses_reserve)))
        h = take_one(a, first, (ta_slot)size);
    else
        count_failure(s);
    ta_critical_exit(mask);
    return h;
}

static inline ta_handle slab_alloc(const ta_allocator *a, size_t size)
{
    return slab_alloc_from(a, size, false);
}

static inline void *slab_get(const ta_allocator *a, ta_handle h)
{
    return ta_slab_get(a, h);
}

static inline bool slab_free(const ta_allocator *a, ta_handle h)
{
    offset_t distance = distance_of(a, h);
    if (UNLIKELY(distance < 0))
        return false;
    entry *entries = a->entries;
    slab_state *s = state_of(a);
    ta_mask mask = ta_critical_enter();
    bool is_ours = handle_matches(a, h, &entries[distance]);
    if (TA_IS_NARROW_ ? !is_ours : UNLIKELY(!is_ours)) { /* gcc for AVR does better without the hint */
        ta_critical_exit(mask);
        return false;
    }
    release_slot(s, entries, distance, ta_handle_slot(h));
    ta_critical_exit(mask);
    return true;
}

/* ---- Booking and chains -------------------------------------------------------------------------------- */

static inline void slab_unbook(const ta_allocator *a, size_t blocks)
{
    ta_mask mask = ta_critical_enter();
    count_given(state_of(a), blocks);
    ta_critical_exit(mask);
}

static inline ta_handle slab_take(const ta_allocator *a)
{
    ta_mask mask = ta_critical_enter();
    ta_handle h = take_slot(a, a->first, 0);
    ta_critical_exit(mask);
    return h;
}

static inline ta_handle handle_at(const ta_allocator *a, size_t distance)
{
    return handle_of_slot(a, (ta_slot)((size_t)a->last - distance), generation_of(&a->entries[distance]));
}

/* The distance that the link of a slot leads to. */
static inline size_t linked_distance(const entry *entries, size_t distance)
{
    return (ta_slot)(distance - 1 - entries[distance].link);
}

/* The live block behind one in a chain. A word that is no link leads to TA_NONE or to some live block, never
 * outside the table. */
static inline ta_handle linked_handle(const ta_allocator *a, size_t distance)
{
    ta_handle none = TA_NONE_INIT;
    size_t next = linked_distance(a->entries, distance);
    return next <= (size_t)a->last && is_live(&a->entries[next]) ? handle_at(a, next) : none;
}

/* Not masked: a link belongs to the owner of its block, and the two sides of a queue never use one link at
 * the same time. */
static inline ta_handle slab_next(const ta_allocator *a, ta_handle h)
{
    ta_handle none = TA_NONE_INIT;
    offset_t distance = distance_of(a, h);
    return is_live_at(a, h, distance) ? linked_handle(a, (size_t)distance) : none;
}

/* Of blocks that are known to live: link one behind the other, and where one begins. */
static inline void slab_link(const ta_allocator *a, ta_handle h, ta_handle next)
{
    (a->first - ta_handle_slot(h))->link = (ta_slot)(ta_handle_slot(next) - ta_handle_slot(h) - 1);
}

static inline uint8_t *slab_block(const ta_allocator *a, size_t distance)
{
    return a->blocks - distance * a->block_size;
}

static inline uint8_t *slab_start(const ta_allocator *a, ta_handle h)
{
    return slab_block(a, (size_t)a->last - ta_handle_slot(h));
}

static inline bool slab_set_next(const ta_allocator *a, ta_handle h, ta_handle next)
{
    if (!find_live(a, h))
        return false;
    slab_link(a, h, next);
    return true;
}

/* Two steps: until it is free, the block and its link are its owner's. */
static inline ta_handle slab_free_next(const ta_allocator *a, ta_handle h)
{
    ta_handle next = slab_next(a, h);
    ta_free(a, h);
    return next;
}

/* With TA_RETIRE the last generation cannot be renewed: that would be the wrap which it promises to avoid. */
static inline ta_handle slab_renew(const ta_allocator *a, ta_handle h)
{
    ta_handle renewed = TA_NONE_INIT;
    offset_t distance = distance_of(a, h);
    ta_mask mask = ta_critical_enter();
    entry *e = &a->entries[distance];
    if (is_live_at(a, h, distance) && !is_worn_out(e)) {
        ta_generation generation = (ta_generation)(generation_of(e) + 2);
        set_generation(e, generation);
        renewed = handle_of_slot(a, ta_handle_slot(h), generation);
    }
    ta_critical_exit(mask);
    return renewed;
}

/* ---- The backend behind an allocator ------------------------------------------------------------------- */

/* A build without custom backends knows that every allocator is a slab, and its operations are inlined. */
#if TA_CUSTOM_BACKENDS
#define BACKEND(a, operation, ...) ((a)->operations->operation(__VA_ARGS__))
#define is_slab(a) ((a)->operations == &ta_slab_operations)
#define backend_link(a, h, next) ((void)(a)->operations->set_next(a, h, next))
#define backend_start(a, h) ((uint8_t *)(a)->operations->get(a, h))
#else
#define is_slab(a) ((void)(a), true)
#define backend_link(a, h, next) slab_link(a, h, next)
#define backend_start(a, h) slab_start(a, h)
#define BACKEND(a, operation, ...) (slab_##operation(__VA_ARGS__))
#endif

#ifdef __OPTIMIZE_SIZE__
#define backend_get(a, h) ta_get(a, h)
#define BACKEND_FUNCTION
#define BACKEND_BODY(call) ;
#else
#define backend_get(a, h) BACKEND(a, get, a, h)
#define BACKEND_FUNCTION static inline
#define BACKEND_BODY(call) \
    {                      \
        return call;       \
    }
#endif
#define BACKEND_NAME(operation) backend_##operation
#include "backend.h"

#if TA_CUSTOM_BACKENDS
#define backend_book(a, blocks) ((a)->operations->book(a, blocks))
#else
#define backend_book(a, blocks) slab_book(a, blocks, false)
#endif
#define backend_unbook(a, blocks) BACKEND(a, unbook, a, blocks)

#if TA_CUSTOM_BACKENDS
#else /* every allocator is a slab: what a slab does and what the public call does are the same function */
#define slab_size ta_size
#define slab_resize ta_resize
#define slab_clear ta_clear
#define slab_stats ta_stats_of
#define slab_available ta_available
#define slab_handle_of ta_handle_of
#endif

/* The rarer operations are functions of slab.c. */
bool slab_book(const ta_allocator *a, size_t blocks, bool uses_reserve);
size_t slab_size(const ta_allocator *a, ta_handle h);
ta_status slab_resize(const ta_allocator *a, ta_handle h, size_t size);
void slab_clear(const ta_allocator *a);
ta_stats slab_stats(const ta_allocator *a);
size_t slab_available(const ta_allocator *a);
size_t slab_free_blocks(const ta_allocator *a, bool uses_reserve);
ta_handle slab_handle_of(const ta_allocator *a, const void *block);

/* ---- Small things -------------------------------------------------------------------------------------- */

/* A caller's bug: tell the hook, then the caller. */
static inline ta_status invalid(void)
{
    TA_FAULT(TA_E_INVALID);
    return TA_E_INVALID;
}

/* Only a slab has a reserve. */
static inline bool book(const ta_allocator *a, size_t blocks, bool uses_reserve)
{
    return uses_reserve || !TA_CUSTOM_BACKENDS ? slab_book(a, blocks, uses_reserve) : backend_book(a, blocks);
}

static inline size_t free_blocks(const ta_allocator *a, bool uses_reserve)
{
    return uses_reserve || !TA_CUSTOM_BACKENDS ? slab_free_blocks(a, uses_reserve) : BACKEND(a, available, a);
}

/* ---- Chains: what buffers and queues do in bulk (chain.c) ---------------------------------------------- */

/* Where a chain is written: `offset` bytes of its last chunk are used. */
typedef struct chain_end {
    ta_handle chunk; /* the last one; TA_NONE: no chunk yet */
    ta_handle first; /* set when there was no chunk, to be the first one */
    uint8_t *start;  /* of the last one's block */
    size_t offset;
    size_t added; /* chunks */
} chain_end;

/* Where a chain is read: `offset` bytes of its first chunk are consumed. */
typedef struct chain_front {
    ta_handle chunk; /* the first one, live */
    uint8_t *start;  /* of its block */
    size_t offset;   /* up to the block size: a chunk is left when a byte behind it is wanted, not before */
    size_t left;     /* chunks that were left */
} chain_front;


/* Put a fresh block behind the last chunk, or begin the chain with it. False when there is none. */
HOT bool chain_extend(const ta_allocator *a, chain_end *end, bool uses_reserve)
{
    ta_handle fresh = uses_reserve ? ta_slab_alloc_reserved(a, 0) : ta_alloc(a, 0);
    if (!fresh.bits)
        return false;
    if (end->chunk.bits)
        backend_link(a, end->chunk, fresh);
    else
        end->first = fresh;
    end->chunk = fresh;
    end->start = backend_start(a, fresh);
    end->offset = 0;
    end->added = 1;
    return true;
}

/* Book as many of `blocks` blocks as there are; says how many. */
size_t book_some(const ta_allocator *a, size_t blocks, bool uses_reserve);
/* Copy n > 0 bytes to the end of a chain, and take the blocks that needs; all or none, and false, when there are
 * fewer. */
bool chain_write(const ta_allocator *a, chain_end *end, const uint8_t *data, size_t n, bool uses_reserve);
/* Copy n bytes to the end of a chain; the `blocks` blocks which that takes are booked. */
void chain_append(const ta_allocator *a, chain_end *end, const uint8_t *data, size_t n, size_t blocks);
/* Copy the first n > 0 bytes of a chain to `data` (NULL: nowhere) and move its front behind them. False when the chain breaks off: somebody else freed a chunk of it. */
bool chain_drain(const ta_allocator *a, chain_front *front, uint8_t *data, size_t n);
/* Free so many chunks of a chain, from `first` on. */
void chain_free(const ta_allocator *a, ta_handle first, size_t chunks);

/* Blocks that n bytes take, `room` of which fit elsewhere. */
static inline size_t blocks_beyond(size_t n, size_t room, size_t block_size)
{
    if (n <= room)
        return 0;
    n -= room;
    return n <= block_size ? 1 : (n - 1) / block_size + 1;
}

/* ---- Chunks of a buffer, for those who move them ------------------------------------------------------- */

#if TA_GLOBAL
#define GLOBAL_ALLOCATOR ta_global()
#else
#define GLOBAL_ALLOCATOR NULL /* nothing refers to the global allocator, and its pool is not linked */
#endif

/* Where the next first block of a buffer would come from. */
static inline const ta_allocator *buffer_next_allocator(const ta_buffer *b)
{
    bool follows_global = b->is_global || !b->allocator;
    return TA_GLOBAL && follows_global && b->length == 0 ? GLOBAL_ALLOCATOR : b->allocator;
}

/* Bytes that lie contiguously at the front. */
static inline size_t buffer_front_length(const ta_buffer *b)
{
    return smaller(b->length, b->allocator->block_size - b->head_offset);
}

/* Bytes that leave the front of a chain, of a buffer or a queue. */
typedef struct chain {
    ta_handle head;
    size_t head_offset;
    size_t cut;      /* where they end in the last chunk, which stays; 0: that leaves, too */
    ta_handle spare; /* a block besides, for what is copied of a chunk that stays */
} chain;

/* The block of a chunk that was found live. */
static inline uint8_t *buffer_block(const ta_buffer *b, ta_handle chunk)
{
    return IS_FOR_SIZE ? backend_get(b->allocator, chunk) : backend_start(b->allocator, chunk);
}

static inline uint8_t *buffer_front_data(const ta_buffer *b)
{
    return buffer_block(b, b->head) + b->head_offset;
}

/* Where the next byte goes, when the last chunk has room. */
static inline uint8_t *buffer_back_data(const ta_buffer *b)
{
    return buffer_block(b, b->tail) + (b->allocator->block_size - b->room);
}

/* buffer.c: what deque, stream, view and queue share. */


/* What every call that only looks begins with: refuse a bad or a stale buffer. */
ta_status buffer_check_readable(const ta_buffer *b);
/* What every call that changes a buffer begins with, when its arguments are right: the same, and close its reservation. */
ta_status buffer_open(ta_buffer *b);
/* Bytes that the caller's limit still allows. */
size_t buffer_limit_room(const ta_buffer *b);
/* Book the blocks that n more bytes take, `room` of which fit into chunks there are. TA_E_FULL, TA_E_NO_MEMORY. */
ta_status buffer_book(const ta_buffer *b, size_t n, size_t room);
/* Where the byte at a position lies, or behind which byte. False when the chain breaks off: somebody else freed a chunk
 * of it. */
bool buffer_seek(const ta_buffer *b, size_t position, chain_front *front);
/* Take the first n bytes to `data`, all or none; NULL drops them. */
ta_status buffer_take(ta_buffer *b, uint8_t *data, size_t n);
/* The same with as many as are held; `*done` says how many. */
ta_status buffer_take_some(ta_buffer *b, uint8_t *data, size_t n, size_t *done);
/* Be empty, without freeing anything. */
void buffer_forget_chunks(ta_buffer *b);
/* A first chunk that has no more goes back. */
void buffer_settle_front(ta_buffer *b);
/* A chunk whose bytes change hands or place begins a new generation, so that views of it find out. */
ta_handle buffer_renewed(const ta_allocator *a, ta_handle chunk);
/* Make a live block with this room the last chunk; the last chunk before it is full. */
void buffer_link(ta_buffer *b, ta_handle chunk, size_t room);
/* Moving the first n > 0 bytes of a chain, in chunks that all live, to the end of a buffer on the same allocator: take the
 * spare block that it needs, if it needs one. False when there is none. */
bool buffer_get_spare(const ta_buffer *to, chain *from, size_t n);
/* The same: move them. */
void buffer_transfer(ta_buffer *to, chain *from, size_t n);

/* A function of which a build for size has one copy, where the compiler would make several; and one that a build for
 * speed keeps out of its caller, whose usual path needs no stack frame then. */
#if IS_FOR_SIZE
#define SHARED static NOINLINE
#define RARE static inline __attribute__((always_inline))
#else
#define SHARED static inline
#define RARE static NOINLINE
#endif

/* ---- Walks: how views and parsers read (view.c) ---------------------------------------------------------- */

/*
 * A place in a view, which was found live when the walk began.
 *
 *     [....abcd]-->[efghijkl]-->[mno.....]
 *                   |  |     |
 *               start  at    end             reach: 12
 *
 * A chunk is entered when a byte of it is wanted, not before.
 */
typedef struct walk {
    int status;           /* TA_OK; TA_E_EMPTY where the view ended; or what is wrong with it */
    const uint8_t *at;    /* the next byte, */
    const uint8_t *end;   /* up to which bytes follow without a gap, */
    const uint8_t *start; /* of the block they lie in */
    size_t reach;         /* position of `end` in the view */
    ta_handle chunk;      /* this one */
    ta_handle previous;   /* the chunk before it */
    const ta_view *view;
} walk;


/* A walk from the start of a view: refuse a bad or a stale one. What is refused has no bytes. */
ta_status view_begin(walk *w, const ta_view *v);
/* The next byte; when there is none the status, which says why and is below 0. */
int view_look(walk *w);
/* Pass n bytes, and copy them to `out` unless that is NULL; says how many are missing. */
size_t view_pass(walk *w, uint8_t *out, size_t n);
/* Pass everything before these n bytes. False, and at the end, when they do not come. */
bool view_seek(walk *w, const uint8_t *data, size_t n);
/* Cut a view where the walk is. Either part may be NULL, or the view itself. */
ta_status view_cut(walk *w, ta_view *front, ta_view *rest);

static inline int view_peek(walk *w)
{
    return !IS_FOR_SIZE && w->at < w->end ? *w->at : view_look(w);
}

/* Bytes passed. */
static inline size_t view_passed(const walk *w)
{
    return w->reach - (size_t)(w->end - w->at);
}

#endif
