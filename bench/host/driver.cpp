/*
 * The workloads. Compiled once for each contender; its header (CONTENDER) says what it can do and how.
 *
 *     driver count    under callgrind: dumps the counts after each operation, labelled with its name
 *     driver time     prints nanoseconds an operation
 *
 * Both print a checksum of what came back for each workload: it must be the same for every contender. Bytes
 * are compared while counting only, because it costs time; every call that fails ends the program.
 */
#include "../nmea.h"
#include "measure.h"
#include CONTENDER
#include <cstdio>
#include <ctime>
#include <string>

/* The numbers 13, 17, 5 and the seed are part of the workloads. */
struct xorshift {
    uint32_t x = 2463534242;
    uint32_t next()
    {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return x;
    }
};

/* ---- Single blocks ------------------------------------------------------------------------------------- */

#ifdef HAS_BLOCKS
enum { SLOTS = 64, CHURN_STEPS = 4096 };
using handle = blocks::handle;

MEASURED(handle, alloc, (size_t size), blocks::alloc(size))
MEASURED(uint8_t *, get, (handle h), blocks::get(h))
MEASURED(bool, free, (handle h), blocks::free(h))

/* A block is filled with a byte when it is taken, and still has it when it is given back. */
static void check_bytes(handle h, uint8_t byte)
{
    const uint8_t *block = blocks::get(h);
    for (size_t i = 0; i < BLOCK_SIZE; i++)
        require(block[i] == byte);
}

template <bool counting> static handle take(const char *label, uint8_t byte)
{
    handle h = counting ? measured_alloc(BLOCK_SIZE) : blocks::alloc(BLOCK_SIZE);
    if (counting) {
        dump(label);
        memset(blocks::get(h), byte, BLOCK_SIZE);
    }
    keep(h);
    return h;
}

template <bool counting> static void give(const char *label, handle h, uint8_t byte)
{
    if (counting)
        check_bytes(h, byte);
    require(counting ? measured_free(h) : blocks::free(h));
    if (counting)
        dump(label);
}

template <bool counting> static uint32_t run_pair(unsigned steps)
{
    for (unsigned i = 0; i < steps; i++)
        give<counting>("pair free", take<counting>("pair alloc", (uint8_t)i), (uint8_t)i);
    return steps;
}

/* One slot of 64 changes at each step; after 4,096 steps, those that are taken are given back. */
template <bool counting> static uint32_t run_churn(unsigned)
{
    handle slots[SLOTS];
    bool is_taken[SLOTS] = {};
    xorshift random;
    uint32_t taken = 0;
    for (unsigned i = 0; i < CHURN_STEPS; i++) {
        unsigned slot = random.next() >> 16 & (SLOTS - 1);
        if (is_taken[slot])
            give<counting>("churn free", slots[slot], (uint8_t)slot);
        else
            slots[slot] = take<counting>("churn alloc", (uint8_t)slot);
        is_taken[slot] = !is_taken[slot];
        taken += is_taken[slot];
    }
    for (unsigned slot = 0; slot < SLOTS; slot++)
        if (is_taken[slot])
            give<false>("", slots[slot], (uint8_t)slot);
    return taken;
}

static handle live[SLOTS];

template <bool counting> static uint32_t run_get(unsigned steps)
{
    xorshift random;
    uint32_t sum = 0;
    for (unsigned i = 0; i < steps; i++) {
        unsigned slot = random.next() >> 16 & (SLOTS - 1);
        uint8_t byte = *(counting ? measured_get(live[slot]) : blocks::get(live[slot]));
        if (counting) {
            dump("get");
            require(byte == slot);
        }
        sum += byte;
    }
    return sum;
}

static void take_all()
{
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        live[slot] = blocks::alloc(BLOCK_SIZE);
        memset(blocks::get(live[slot]), (int)slot, BLOCK_SIZE);
    }
}

static void give_all()
{
    for (handle h : live)
        require(blocks::free(h));
}
#endif

/* ---- Bytes through a FIFO ------------------------------------------------------------------------------ */

#ifdef HAS_FIFO
MEASURED(bool, push, (uint8_t byte), fifo::push(byte))
MEASURED(bool, pop, (uint8_t * byte), fifo::pop(byte))
#ifdef HAS_FIFO_BULK
MEASURED(bool, put, (const uint8_t *data, size_t n), fifo::put(data, n))
MEASURED(bool, fetch, (uint8_t * data, size_t n), fifo::get(data, n))
#endif

enum { PERIOD = 4096, MOST = 960 };
static uint8_t stream[PERIOD + MOST]; /* what goes in, again and again */
static uint8_t out[MOST];

static void fill_stream()
{
    xorshift random;
    for (size_t i = 0; i < sizeof stream; i++)
        stream[i] = i < PERIOD ? (uint8_t)(random.next() >> 16) : stream[i - PERIOD];
}

template <bool counting, unsigned n> static bool put(const uint8_t *data)
{
    if constexpr (n == 1)
        return counting ? measured_push(*data) : fifo::push(*data);
#ifdef HAS_FIFO_BULK
    else
        return counting ? measured_put(data, n) : fifo::put(data, n);
#endif
    return false;
}

template <bool counting, unsigned n> static bool fetch(uint8_t *data)
{
    if constexpr (n == 1)
        return counting ? measured_pop(data) : fifo::pop(data);
#ifdef HAS_FIFO_BULK
    else
        return counting ? measured_fetch(data, n) : fifo::get(data, n);
#endif
    return false;
}

static size_t in_at, out_at; /* bytes that went in and out, from the beginning of the stream */

template <unsigned resident> static void fill()
{
    for (in_at = out_at = 0; in_at < resident; in_at++)
        require(fifo::push(stream[in_at]));
}

static void drain()
{
    for (; out_at < in_at; out_at++)
        require(fifo::pop(out) && out[0] == stream[out_at % PERIOD]);
}

static std::string fifo_name(unsigned n, unsigned resident)
{
    std::string name = "fifo " + std::to_string(n);
    return resident ? name + " resident " + std::to_string(resident) : name;
}

/* Put n, get n, while `resident` bytes stay. */
template <bool counting, unsigned n, unsigned resident> static uint32_t run_fifo(unsigned steps)
{
    static const std::string name = fifo_name(n, resident), put_label = name + " put",
                             get_label = name + " get";
    uint32_t sum = 0;
    for (unsigned i = 0; i < steps; i++) {
        require(put<counting, n>(stream + in_at % PERIOD));
        if (counting)
            dump(put_label.c_str());
        require(fetch<counting, n>(out));
        if (counting) {
            dump(get_label.c_str());
            require(memcmp(out, stream + out_at % PERIOD, n) == 0);
        }
        keep(out);
        sum += out[n - 1];
        in_at += n;
        out_at += n;
    }
    return sum;
}
#endif

/* ---- Lines --------------------------------------------------------------------------------------------- */

#ifdef HAS_LINES
MEASURED(bool, feed, (const char *piece, size_t n, tally *t), lines::feed(piece, n, t))

enum { SENTENCES = 10000 };

static std::string sentences()
{
    std::string all;
    uint32_t seed = 1;
    char sentence[LONGEST];
    for (unsigned i = 0; i < SENTENCES; i++)
        all.append(sentence, nmea_sentence(sentence, i, &seed));
    return all;
}

static const std::string text = sentences();

template <bool counting> static uint32_t run_lines(unsigned)
{
    tally t = {};
    xorshift random;
    for (size_t at = 0, n; at < text.size(); at += n) {
        n = std::min<size_t>(1 + (random.next() >> 16) % 64, text.size() - at);
        const char *piece = text.data() + at;
        require(counting ? measured_feed(piece, n, &t) : lines::feed(piece, n, &t));
    }
    if (counting)
        dump("lines");
    require(t.fixes + t.others + t.damaged == SENTENCES && t.damaged == SENTENCES / DAMAGED_EACH);
    return t.sum;
}
#endif

/* ---- Counting and timing ------------------------------------------------------------------------------- */

static double now()
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The shortest of several runs of at least 2 ms: what a step takes when nothing else disturbs it. */
static double shortest(uint32_t (*run)(unsigned), unsigned steps)
{
    const unsigned runs = 9;
    double best = 1e99;
    for (unsigned i = 0; i < runs; i++) {
        double start = now(), ns;
        unsigned times = 0;
        do {
            run(steps);
            times++;
        } while ((ns = now() - start) < 2e6);
        best = std::min(best, ns / times / steps);
    }
    return best;
}

struct workload {
    std::string name;
    uint32_t (*count)(unsigned), (*time)(unsigned);
    unsigned steps;
    void (*prepare)(), (*finish)();
};

/* The first run is for warming up: free lists, caches, growing arrays. */
static void measure(const workload &w, bool is_counting)
{
    w.prepare();
    w.time(w.steps);
    printf("checksum\t%s\t%u\n", w.name.c_str(), (unsigned)(is_counting ? w.count : w.time)(w.steps));
    if (!is_counting)
        printf("ns\t%s\t%.3f\n", w.name.c_str(), shortest(w.time, w.steps));
    w.finish();
}

#define BOTH(run) run<true>, run<false>
#define FIFO(n, resident, steps)                                                                  \
    {                                                                                             \
        fifo_name(n, resident), run_fifo<true, n, resident>, run_fifo<false, n, resident>, steps, \
            fill<resident>, drain                                                                 \
    }

static const workload workloads[] = {
#ifdef HAS_BLOCKS
    {"pair", BOTH(run_pair), 256, [] {}, [] {}},
    {"churn", BOTH(run_churn), CHURN_STEPS, [] {}, [] {}},
    {"get", BOTH(run_get), 1024, take_all, give_all},
#endif
#ifdef HAS_FIFO
    FIFO(1, 0, 960), /* whole rounds of a ring of 960 bytes, and of blocks */
#ifndef HOLDS_NOTHING
    FIFO(1, 480, 960),
#endif
#endif
#ifdef HAS_FIFO_BULK
    FIFO(64, 0, 120),
    FIFO(61, 0, 192), /* three times each phase of a block */
    FIFO(67, 0, 192),
    FIFO(700, 0, 96),
#ifndef HOLDS_NOTHING
    FIFO(64, 480, 120),
    FIFO(700, 240, 96),
#endif
#endif
#ifdef HAS_LINES
    {"lines", BOTH(run_lines), SENTENCES, [] {}, [] {}},
#endif
};

int main(int count, char **arguments)
{
    bool is_counting = count == 2 && strcmp(arguments[1], "count") == 0;
    if (is_counting)
        calibrate();
#ifdef HAS_FIFO
    fill_stream();
#endif
    for (const workload &w : workloads)
        measure(w, is_counting);
    return 0;
}
