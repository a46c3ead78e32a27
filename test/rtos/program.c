/*
 * Tasks that sleep until the library's hooks wake them. Nothing may be lost, neither a message nor a wake-up.
 *
 *     interrupt --bytes--> [received] --lines--> receiver --blocks--> [work] --> worker --replies--> [sent] --> interrupt
 *
 * All of it is in one pool that is too small for all of it at once. The receiver waits for bytes, for a block, and for
 * room in `work`. The worker waits for blocks in `work`, for a block of its own, and for room in `sent`. The interrupts come
 * at random times, from bursts to long pauses.
 */
#include "board.h"
#include "kernel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinyalloc/tinyalloc.h>

#define MESSAGES 10000u
#define PAUSE_EVERY 1000u /* messages; then the sender pauses for longer than a task waits */
#define TIMEOUT 50u       /* ticks */
#define LATEST 200000u    /* ticks */
#define LINE_MAX 24u
#define HEADROOM 4 /* blocks for `received`: the interrupt cannot wait */

/* When the receiver arms. Only the first is right. */
enum { BEFORE_EACH_LOOK, AFTER_A_WAIT, AFTER_A_LOOK };
#ifndef ARMS
#define ARMS BEFORE_EACH_LOOK
#endif
#ifndef WAKES_ONE
#define WAKES_ONE 0 /* 1: of the two tasks that wait for a block, which is wrong */
#endif
#ifndef WORKER_IS_URGENT
#define WORKER_IS_URGENT 0 /* 1: the worker is the more urgent task; otherwise the receiver */
#endif

/* Too small for all queues at their limits, and large enough that nobody waits for ever: `received` takes 4 blocks, `work` 2,
 * the messages in it and in both tasks' hands 6, a reply 1, and it needs 2 in `sent`. */
TA_SLAB_DEFINE(pool, 32, 15 + HEADROOM);
static TA_QUEUE_DEFINE(received, pool, 96);
static TA_QUEUE_DEFINE(work, pool, 4 * sizeof(ta_handle));
static TA_QUEUE_DEFINE(sent, pool, 160);
static ta_lines lines = TA_LINES_OF_QUEUE(&received, 0);

/* ---- Waiting ------------------------------------------------------------------------------------------- */

/* One of the two tasks. `is_late`: the last wait has ended by its timeout. `wanted`: bytes to write. */
typedef struct waiter {
    task task;
    semaphore semaphore;
    bool is_late;
    size_t wanted;
    unsigned wake_ups, timeouts, block_waits, room_waits;
} waiter;

static waiter receiver = {.semaphore = {0, 1, NULL}}, worker = {.semaphore = {0, 1, NULL}};

static void fail(const char *what)
{
    printf("failed: %s, at tick %u\n", what, (unsigned)kernel_ticks);
    exit(1);
}

static void wake_task(void *context, unsigned events)
{
    (void)events;
    semaphore_give(&((waiter *)context)->semaphore);
}

/* Both tasks may wait for a block. */
static void wake_both(void *context, unsigned events)
{
    wake_task(&receiver, events);
    if (!WAKES_ONE)
        wake_task(&worker, events);
    (void)context;
}

/* The worker reads `work`, the receiver writes to it. */
static void wake_side(void *context, unsigned events)
{
    (void)context;
    if (events & TA_WAKE_DATA)
        wake_task(&worker, events);
    if (events & TA_WAKE_ROOM)
        wake_task(&receiver, events);
}

static const ta_wake wake_receiver = {wake_task, &receiver}, wake_worker = {wake_task, &worker};
static const ta_wake wake_for_blocks = {wake_both, NULL}, wake_for_work = {wake_side, NULL};

/* Sleep. If what the task waits for is there, and nobody has woken the task by now, a wake-up was lost. */
static void wait(waiter *w, bool (*is_there)(const waiter *w))
{
    ta_mask mask = ta_critical_enter();
    if (w->semaphore.count == 0 && is_there(w))
        fail("a task sleeps while what it waits for is there");
    ta_critical_exit(mask);
    w->is_late = !semaphore_take(&w->semaphore, TIMEOUT);
    w->wake_ups += !w->is_late;
    w->timeouts += w->is_late;
}

/* The task has looked. The same if it finds something after a timeout. */
static bool look(waiter *w, bool found)
{
    if (found && w->is_late && w->semaphore.count == 0)
        fail("a wake-up was lost");
    w->is_late = false;
    return found;
}

static bool is_block_there(const waiter *w)
{
    (void)w;
    return ta_available(pool) > 0;
}

static bool is_room_in_work(const waiter *w)
{
    return ta_queue_limit(&work) - ta_queue_len(&work) >= w->wanted;
}

static bool is_room_in_sent(const waiter *w)
{
    return ta_queue_limit(&sent) - ta_queue_len(&sent) >= w->wanted;
}

static bool is_line_there(const waiter *w)
{
    size_t position;
    (void)w;
    return ta_queue_find(&received, 0, '\n', &position) == TA_OK;
}

static bool is_work_there(const waiter *w)
{
    (void)w;
    return ta_queue_len(&work) > 0;
}

static ta_handle allocate(waiter *w, size_t size)
{
    ta_handle h;
    while (!look(w, (h = ta_alloc(pool, size)).bits != 0)) {
        w->block_waits++;
        wait(w, is_block_there);
    }
    return h;
}

/* The limit may be reached, and the pool may be empty. */
static void write(waiter *w, ta_queue *q, const void *data, size_t n)
{
    ta_status status;
    w->wanted = n;
    while (!look(w, (status = ta_queue_write(q, data, n)) == TA_OK)) {
        w->block_waits += status == TA_E_NO_MEMORY;
        w->room_waits += status == TA_E_FULL;
        wait(w, status == TA_E_NO_MEMORY ? is_block_there : q == &work ? is_room_in_work : is_room_in_sent);
    }
}

/* ---- Messages ------------------------------------------------------------------------------------------ */

static size_t put_number(char *text, unsigned number)
{
    size_t digits = 1;
    for (unsigned n = number; n >= 10; n /= 10)
        digits++;
    for (size_t i = digits; i > 0; number /= 10)
        text[--i] = (char)('0' + number % 10);
    return digits;
}

/* A number, letters that depend on it, and their sum. */
static size_t make_message(unsigned number, char *text)
{
    unsigned sum = 0;
    size_t n = put_number(text, number);
    text[n++] = ' ';
    for (unsigned i = 0; i < number * 7 % 11; i++)
        sum += (unsigned char)(text[n++] = (char)('a' + (number + i) % 26));
    text[n++] = ' ';
    return n + put_number(text + n, sum);
}

static unsigned received_messages, replies, sent_bytes;

static void handle_line(const char *text, size_t length)
{
    char expected[LINE_MAX + 1];
    if (make_message(received_messages, expected) != length || memcmp(text, expected, length) != 0)
        fail("a message is missing or damaged");
    received_messages++;
    ta_handle h = allocate(&receiver, length);
    memcpy(ta_get(pool, h), text, length);
    write(&receiver, &work, &h, sizeof h);
}

/* The task has one semaphore for all its waits, so handle_line() may take what a write has given. Therefore the task arms
 * before each look that it may sleep after. The other ways must be detected. */
static void receive(void)
{
    char text[LINE_MAX + 1];
    size_t length;
    for (bool found = false;;) {
        if (ARMS == BEFORE_EACH_LOOK || (ARMS == AFTER_A_WAIT && !found))
            ta_queue_arm(&received);
        found = look(&receiver, ta_lines_read(&lines, text, sizeof text, &length) == TA_OK);
        if (ARMS == AFTER_A_LOOK)
            ta_queue_arm(&received);
        if (found)
            handle_line(text, length);
        else
            wait(&receiver, is_line_there);
    }
}

/* ---- Work ---------------------------------------------------------------------------------------------- */

static size_t make_reply(unsigned number, char *text)
{
    memcpy(text, "reply ", 6);
    size_t n = 6 + put_number(text + 6, number);
    text[n++] = '\n';
    return n;
}

static void reply(ta_handle message)
{
    char expected[LINE_MAX + 1], text[LINE_MAX + 1];
    size_t length = make_message(replies, expected), reply_length = make_reply(replies, text);
    const char *received_text = ta_get(pool, message);
    if (!received_text || ta_size(pool, message) != length || memcmp(received_text, expected, length) != 0)
        fail("a message was changed in its block");
    ta_handle h = allocate(&worker, reply_length);
    memcpy(ta_get(pool, h), text, reply_length);
    if (!ta_free(pool, message))
        fail("a message was freed by somebody else");
    write(&worker, &sent, ta_get(pool, h), reply_length);
    ta_free(pool, h);
    replies++;
}

static void do_work(void)
{
    ta_handle h;
    for (;;) {
        ta_queue_arm(&work);
        if (look(&worker, ta_queue_read(&work, &h, sizeof h) == TA_OK))
            reply(h);
        else
            wait(&worker, is_work_there);
    }
}

/* ---- The two ends of the line -------------------------------------------------------------------------- */

static uint32_t receive_seed = 2463534242u, transmit_seed = 88172645u;
static volatile bool is_finished;

/* Bursts of a few microseconds between bytes, and pauses of up to a millisecond. */
static uint32_t random_cycles(uint32_t *seed)
{
    return random_below(seed, 4) ? 200 + random_below(seed, 1500) : 200 + random_below(seed, 25000);
}

/* A few bytes of the message arrive. What the queue refuses is kept, as by a line that is paused. */
void receive_isr(void)
{
    static char text[LINE_MAX + 2];
    static size_t at, length;
    static unsigned made;
    size_t done, part = 1 + random_below(&receive_seed, 9);
    uint32_t next = random_cycles(&receive_seed);
    if (at == length && made < MESSAGES) {
        next += 10000;
        at = 0;
        length = make_message(made++, text);
        text[length++] = '\n';
        if (made % PAUSE_EVERY == 0)
            next += 3 * TIMEOUT * 25000;
    }
    part = part < length - at ? part : length - at;
    ta_queue_write_some(&received, text + at, part, &done);
    at += done;
    board_receive_after(next);
}

/* A few bytes of the replies are sent; sometimes the line stays busy for long. */
void transmit_isr(void)
{
    static char text[LINE_MAX + 1];
    static size_t at, length;
    static unsigned number;
    uint8_t byte;
    for (uint32_t n = 1 + random_below(&transmit_seed, 16); n > 0 && ta_queue_pop(&sent, &byte) == TA_OK;
         n--) {
        if (at == length) {
            at = 0;
            length = make_reply(number++, text);
        }
        if (text[at++] != (char)byte)
            fail("a reply is missing or damaged");
        sent_bytes++;
    }
    is_finished = number == MESSAGES && at == length;
    uint32_t pause = random_below(&transmit_seed, 256) ? 0 : 750000;
    board_transmit_after(random_cycles(&transmit_seed) + pause);
}

/* ---- All ----------------------------------------------------------------------------------------------- */

static void start_tasks(void)
{
    if (WORKER_IS_URGENT)
        kernel_add(&worker.task, do_work);
    kernel_add(&receiver.task, receive);
    if (!WORKER_IS_URGENT)
        kernel_add(&worker.task, do_work);
    board_start();
    kernel_start();
}

/* Every message was answered, every block is free, and each kind of waiting has happened. */
static void expect_nothing_is_lost(void)
{
    ta_mask mask = ta_critical_enter(); /* no task runs any more */
    ta_queue_trim(&received);
    ta_queue_trim(&work);
    ta_queue_trim(&sent);
    ta_critical_exit(mask);
    if (received_messages != MESSAGES || replies != MESSAGES)
        fail("a message is missing");
    if (ta_stats_of(pool).used != 0 || ta_slab_check(pool) != 0 || ta_queue_dropped(&received) != 0)
        fail("a block is missing");
    if (!receiver.block_waits || !receiver.room_waits || !worker.block_waits || !worker.room_waits ||
        !receiver.timeouts || !worker.timeouts)
        fail("a kind of waiting has not happened");
    if (kernel_ticks_asleep < kernel_ticks / 2)
        fail("the tasks do not sleep");
}

static void print_waiter(const char *name, const waiter *w)
{
    printf("%s: wake-ups %u, timeouts %u, waits for a block %u, for room %u\n", name, w->wake_ups,
           w->timeouts, w->block_waits, w->room_waits);
}

int main(void)
{
    ta_slab_set_wake(pool, &wake_for_blocks);
    ta_slab_set_headroom(pool, HEADROOM);
    ta_queue_use_headroom(&received);
    ta_queue_set_wake(&received, &wake_receiver);
    ta_queue_set_wake(&sent, &wake_worker);
    ta_queue_set_wake(&work, &wake_for_work);
    start_tasks();
    while (!is_finished) {
        board_sleep();
        if (kernel_ticks > LATEST)
            fail("not finished in time");
    }
    printf("messages %u, bytes of replies %u, ticks %u, ticks asleep %u\n", received_messages, sent_bytes,
           (unsigned)kernel_ticks, (unsigned)kernel_ticks_asleep);
    print_waiter("receiver", &receiver);
    print_waiter("worker", &worker);
    expect_nothing_is_lost();
    return 0;
}
