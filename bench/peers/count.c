/*
 * Count what the functions of a peer cost on an emulated Cortex-M: exact instructions, from entry through return.
 *
 *     count CPU IMAGE blocks|bytes     prints lines of operation, metric and value with tabs between them
 *
 * peers.h says what the image has. The work is that of bench/target: for blocks 192 pairs of alloc and free, then 64
 * blocks that are taken and given back in three orders, then random steps that take or give one of 64. For bytes 64
 * pairs of push and pop. What the peer gives is checked: blocks do not overlap, bytes come in order.
 */
#include "cortex_m.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS 64
#define BLOCK_SIZE 32

static cortex_m *m;

static struct side {
    uint32_t function, measured;
    uint64_t calls, sum, worst;
} in, out, *running;
static uint64_t began;
static uint32_t return_to;

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "count: not so: %s\n", what);
    exit(2);
}

static void end_call(void)
{
    uint64_t n = cortex_m_instructions(m) - began;
    running->sum += n;
    running->worst = n > running->worst ? n : running->worst;
    running->calls++;
    running = NULL;
}

static void at_instruction(void *context, uint32_t pc)
{
    (void)context;
    if (running && pc == return_to)
        end_call();
    if (running || (pc != in.measured && pc != out.measured))
        return;
    running = pc == in.measured ? &in : &out;
    began = cortex_m_instructions(m);
    return_to = cortex_m_register(m, LR) & ~1u;
}

static uint32_t call(const struct side *side, uint32_t argument)
{
    uint64_t before = side->calls;
    cortex_m_call(m, side->function, argument, 0, 0, 0);
    if (running)
        end_call(); /* the last thing it did was to call */
    require(side->calls == before + 1, "the measured function is called once a call");
    return cortex_m_register(m, R0);
}

static void forget(void)
{
    in.calls = in.sum = in.worst = out.calls = out.sum = out.worst = 0;
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

static uint32_t blocks[BLOCKS];

/* Each block keeps its number, so two that overlap are noticed. */
static void fill(unsigned i)
{
    uint8_t bytes[BLOCK_SIZE];
    memset(bytes, (int)i + 1, sizeof bytes);
    blocks[i] = call(&in, 0);
    require(blocks[i] != 0, "there is a block");
    cortex_m_write(m, blocks[i], bytes, sizeof bytes);
}

static void drain(unsigned i)
{
    uint8_t bytes[BLOCK_SIZE];
    cortex_m_read(m, blocks[i], bytes, sizeof bytes);
    for (unsigned at = 0; at < BLOCK_SIZE; at++)
        require(bytes[at] == i + 1, "a block keeps its bytes");
    call(&out, blocks[i]);
    blocks[i] = 0;
}

static void take_and_give_all(unsigned stride)
{
    for (unsigned i = 0; i < BLOCKS; i++)
        fill(i);
    for (unsigned i = 0, at = 0; i < BLOCKS; i++, at = (at + stride) % BLOCKS)
        drain(at);
}

static void churn(unsigned steps)
{
    uint32_t random = 2463534242u;
    for (; steps > 0; steps--) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        unsigned i = (random >> 16) % BLOCKS;
        blocks[i] ? drain(i) : fill(i);
    }
}

static void count_blocks(void)
{
    fill(0); /* the first call of some prepares the heap */
    drain(0);
    forget();
    for (unsigned i = 0; i < 192; i++) {
        fill(0);
        drain(0);
    }
    printf("pair\tinstructions.mean\t%.10g\n", (double)(in.sum + out.sum) / (double)in.calls);
    forget();
    take_and_give_all(1);
    take_and_give_all(BLOCKS - 1);
    take_and_give_all(7);
    churn(4096);
    printf("alloc\tinstructions.worst\t%llu\n", (unsigned long long)in.worst);
    printf("free\tinstructions.worst\t%llu\n", (unsigned long long)out.worst);
}

/* ---- Bytes ------------------------------------------------------------------------------------------------------- */

static void count_bytes(void)
{
    for (uint32_t i = 0; i < 64; i++) {
        require(call(&in, 3 * i) == 1, "there is room for a byte");
        require(call(&out, 0) == (uint8_t)(3 * i), "the byte comes out");
    }
    printf("fifo 1\tinstructions/byte\t%.10g\n", (double)(in.sum + out.sum) / 64);
    for (uint32_t i = 0; i < 900; i++)
        require(call(&in, 3 * i) == 1, "there is room for 900 bytes");
    for (uint32_t i = 0; i < 900; i++)
        require(call(&out, 0) == (uint8_t)(3 * i), "bytes come out in order");
}

int main(int argc, char **argv)
{
    require(argc == 4, "count CPU IMAGE blocks|bytes");
    m = cortex_m_open(argv[1], argv[2]);
    cortex_m_watch(m, at_instruction, NULL);
    in.function = cortex_m_symbol(m, "peer_in") & ~1u;
    out.function = cortex_m_symbol(m, "peer_out") & ~1u;
    in.measured = cortex_m_symbol(m, "measured_in") & ~1u;
    out.measured = cortex_m_symbol(m, "measured_out") & ~1u;
    cortex_m_call(m, cortex_m_symbol(m, "peer_begin") & ~1u, 0, 0, 0, 0);
    forget();
    running = NULL;
    strcmp(argv[3], "blocks") == 0 ? count_blocks() : count_bytes();
    return 0;
}
