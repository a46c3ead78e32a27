/*
 * A program with planted faults, for the debugger: a leaked block and a leaked chain, a stale handle, two broken chains,
 * and next to them what is in order. It runs on an emulated Cortex-M3 and on a host, and ends in stop().
 */
#include <tinyalloc/tinyalloc.h>

enum { NOBODY, UART, PARSER, NETWORK }; /* owners */

#if TA_HANDLE_POOL_BITS
enum { ta_pool_id_pool = 1 };
#endif
TA_SLAB_DEFINE(pool, 16, 24);

static TA_ALIGNAS(max_align_t) uint8_t arena[200];
ta_slab slab;

TA_QUEUE_DEFINE(received, pool, 64);
TA_RECENT_DEFINE(samples, pool, 12, 4);
struct {
    int number;
    ta_buffer message, broken, crossed, other; /* in a struct, as programs have them */
} node;
ta_handle saved, old, table[4];
ta_view field;
uint8_t *raw;

#define NOINLINE __attribute__((noinline))

/* On a host there is another thread, whose stack contains a buffer. */
#ifdef __unix__
#include <pthread.h>
#include <unistd.h>

static volatile bool is_thread_ready;

static void *other_thread(void *unused)
{
    ta_buffer of_thread = TA_BUFFER_INIT(&slab.allocator);
    ta_buffer_write(&of_thread, "on the other stack", 18);
    is_thread_ready = true;
    for (;;)
        pause();
    return unused;
}

static void start_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, other_thread, NULL);
    while (!is_thread_ready)
        usleep(1000);
}
#else
static void start_thread(void) {}
#endif

/* The debugger stops here. */
NOINLINE void stop(ta_buffer *local)
{
    __asm__ volatile("" : : "r"(local) : "memory");
}

static NOINLINE void wipe_stack(void)
{
    volatile uint8_t bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = 0;
}

static NOINLINE void use_in_order(void)
{
    ta_queue_set_owner(&received, UART);
    ta_recent_set_owner(&samples, UART);
    for (int i = 0; i < 6; i++)
        ta_recent_write(&samples, &"24C 25C 26C 27C 28C 29C "[4 * i], 4);
    ta_buffer_init(&node.message, pool);
    ta_buffer_set_owner(&node.message, PARSER);
    ta_queue_write(&received, "$GPGGA,123519,4807.038,N\r\n", 26);
    ta_queue_consume(&received, 7);
    ta_buffer_write(&node.message, "Debuggers find leaks, also in chains.", 37);
    field = ta_buffer_view(&node.message);
    static ta_handle kept; /* not in scope where the debugger stops */
    saved = ta_alloc_copy(pool, "saved", 5);
    kept = ta_alloc(pool, 1);
    __asm__ volatile("" : : "r"(&kept) : "memory");
    table[2] = ta_alloc_for(pool, 4, PARSER);
    ta_handle inner = ta_alloc_for(pool, 16, NETWORK); /* its handle is in another block only */
    *(ta_handle *)ta_get(pool, table[2]) = inner;
}

static NOINLINE void leak_a_block(void)
{
    ta_handle lost = ta_alloc_for(pool, 16, NETWORK);
    raw = (uint8_t *)ta_get(pool, lost) + 4;
}

static NOINLINE void leak_a_chain(void)
{
    ta_buffer lost = TA_BUFFER_INIT(pool); /* goes out of scope without ta_buffer_clear() */
    ta_buffer_set_owner(&lost, PARSER);
    ta_buffer_write(&lost, "twenty bytes are lost", 20);
}

static NOINLINE void keep_a_stale_handle(void)
{
    old = ta_alloc(pool, 1);
    ta_free(pool, old);
}

static NOINLINE void break_a_chain(void)
{
    ta_buffer_init(&node.broken, pool);
    ta_buffer_set_owner(&node.broken, NETWORK);
    ta_buffer_write(&node.broken, "the second of these three chunks is freed", 41);
    ta_slot second = (ta_slot)(ta_handle_slot(node.broken.chain.out.chunk) + 1);
    ta_free(pool, ta_slab_handle_at(pool, second));
}

/* The length of a block and its link are one word: so the chain goes on with another buffer's blocks. */
static NOINLINE void cross_two_chains(void)
{
    ta_buffer_init(&node.crossed, pool);
    ta_buffer_init(&node.other, pool);
    ta_buffer_set_owner(&node.crossed, PARSER);
    ta_buffer_set_owner(&node.other, UART);
    ta_buffer_write(&node.crossed, "the first of these chunks is resized by its handle", 48);
    ta_buffer_write(&node.other, "and leads to these bytes", 24);
    ta_resize(pool, node.crossed.chain.out.chunk, 2);
}

int main(void)
{
    ta_slab_init(&slab, arena, sizeof arena, 32);
    ta_buffer local = TA_BUFFER_INIT(&slab.allocator);
    use_in_order();
    leak_a_block();
    leak_a_chain();
    keep_a_stale_handle();
    break_a_chain();
    cross_two_chains();
    ta_buffer_write(&local, "on the stack", 12);
    start_thread();
    wipe_stack();
    stop(&local);
    __builtin_trap(); /* on a host: a core file */
}
