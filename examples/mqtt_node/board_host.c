/*
 * A process as a board: the line is a TCP socket, its interrupt is SIGIO, the clock's is SIGALRM.
 *
 * The line has a modem: the node dials and hangs up. Environment variables change the board, for tests:
 *   MQTT_NODE_BARE=1      no modem. As with a bare UART, the line connects by itself, every second, and
 *                         what is sent meanwhile is lost. The node cannot end the connection, and is not told
 *                         of its end.
 *   MQTT_NODE_SPEED=20    the clock is 20 times as fast as the world's
 *   MQTT_NODE_RATE=960    the line carries 960 bytes in a second of that clock, in each direction
 */
#define _GNU_SOURCE /* O_ASYNC, F_SETOWN */
#include "board.h"
#include <tinyalloc/port.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 10
#define SHORTEST_TICK_US 1000 /* of the world's time */
#define RECONNECT_MS 1000

static struct sockaddr_in peer;
static bool is_bare;
static uint32_t speed, rate; /* rate: bytes per second; 0: as fast as the socket */

static volatile int line = -1;
static bool is_up; /* the connection was made; before that, it is in progress */
static uint32_t redial_at;
static volatile sig_atomic_t is_event;
static volatile bool is_receiving = true; /* the receive interrupt is switched on */

static struct fifo { /* as UARTs have one: bytes from the line that the node has not taken yet */
    uint8_t bytes[64];
    size_t at, length;
} fifo;

static struct transmitter { /* its one byte waits when the line does not take it */
    uint8_t byte;
    bool is_full;
} transmitter;

static struct allowance { /* bytes that the line carries until the next tick */
    uint32_t in, out, counted_at;
} allowance;

/* ---- The line; all of it runs with signals blocked ----------------------------------------------------- */

static void hang_up(void)
{
    if (line >= 0)
        close(line);
    line = -1;
    is_up = false;
    fifo.at = fifo.length = 0;
    transmitter.is_full = false;
    redial_at = board_now() + RECONNECT_MS;
}

static void dial(void)
{
    const int few = 4096;
    line = socket(AF_INET, SOCK_STREAM, 0);
    if (line < 0)
        return;
    fcntl(line, F_SETOWN, getpid());
    fcntl(line, F_SETFL, O_NONBLOCK | O_ASYNC);
    setsockopt(line, SOL_SOCKET, SO_SNDBUF, &few, sizeof few); /* a serial line stores little */
    if (connect(line, (struct sockaddr *)&peer, sizeof peer) != 0 && errno != EINPROGRESS)
        hang_up();
}

/* Is the line connected? A connection in progress is when its socket has a peer. On the loopback interface, a
 * connection that is refused fails in dial(). */
static bool check_line(void)
{
    struct sockaddr_in other;
    socklen_t length = sizeof other;
    if (line >= 0 && !is_up)
        is_up = getpeername(line, (struct sockaddr *)&other, &length) == 0;
    return line >= 0 && is_up;
}

static bool fill_fifo(void)
{
    ssize_t got = read(line, fifo.bytes, sizeof fifo.bytes);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        hang_up();
        return false;
    }
    fifo.at = 0;
    fifo.length = got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* May the line carry a byte before the next tick? */
static bool is_allowed(uint32_t bytes)
{
    return rate == 0 || bytes > 0;
}

static void receive(void)
{
    while (is_receiving && check_line() && is_allowed(allowance.in) &&
           (fifo.at < fifo.length || fill_fifo())) {
        allowance.in -= rate != 0;
        node_receive_isr(fifo.bytes[fifo.at++]);
    }
}

/* Take a byte of the node's, unless one still waits. */
static bool load_transmitter(void)
{
    if (!transmitter.is_full && is_allowed(allowance.out) && node_transmit_isr(&transmitter.byte)) {
        allowance.out -= rate != 0;
        transmitter.is_full = true;
    }
    return transmitter.is_full;
}

/* Without a connection, a bare line loses what is sent; a modem's bytes wait while it dials. */
static void transmit(void)
{
    while ((check_line() || is_bare) && load_transmitter()) {
        if (is_up && write(line, &transmitter.byte, 1) < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        transmitter.is_full = false;
    }
}

/* ---- Interrupts ---------------------------------------------------------------------------------------- */

static void line_isr(int number)
{
    int saved = errno;
    (void)number;
    is_event = 1;
    receive();
    transmit();
    errno = saved;
}

static void tick_isr(int number)
{
    int saved = errno;
    uint32_t now = board_now(), bytes = (uint32_t)((uint64_t)(now - allowance.counted_at) * rate / 1000);
    if (bytes > 0)
        allowance = (struct allowance){bytes, bytes, now};
    if (is_bare && line < 0 && (int32_t)(now - redial_at) >= 0)
        dial();
    line_isr(number);
    errno = saved;
}

static void on(int number, void (*isr)(int))
{
    struct sigaction action = {.sa_handler = isr, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

/* ---- For the node -------------------------------------------------------------------------------------- */

static uint32_t setting(const char *name, uint32_t otherwise)
{
    const char *text = getenv(name);
    return text ? (uint32_t)strtoul(text, NULL, 10) : otherwise;
}

void board_init(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s PORT     (an MQTT server's, on the loopback interface)\n", argv[0]);
        exit(2);
    }
    is_bare = setting("MQTT_NODE_BARE", 0) != 0;
    speed = setting("MQTT_NODE_SPEED", 1);
    rate = setting("MQTT_NODE_RATE", 0);
    if (speed == 0)
        speed = 1;
    allowance.counted_at = board_now();
    peer.sin_family = AF_INET;
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer.sin_port = htons((uint16_t)atoi(argv[1]));
    signal(SIGPIPE, SIG_IGN);
    on(SIGIO, line_isr);
    on(SIGALRM, tick_isr);
    long tick_us = TICK_MS * 1000 / (long)speed;
    if (tick_us < SHORTEST_TICK_US)
        tick_us = SHORTEST_TICK_US;
    const struct itimerval tick = {{0, tick_us}, {0, tick_us}};
    setitimer(ITIMER_REAL, &tick, NULL);
}

/* The first call is board_init()'s. */
uint32_t board_now(void)
{
    static uint64_t start;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t microseconds = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    if (start == 0)
        start = microseconds;
    return (uint32_t)((microseconds - start) * speed / 1000);
}

/* Signals are blocked until sigsuspend() lets them in: so none is slept through. */
void board_wait(void)
{
    ta_mask mask = ta_critical_enter();
    if (!is_event)
        sigsuspend(&mask);
    is_event = 0;
    ta_critical_exit(mask);
}

void board_dial(void)
{
    ta_mask mask = ta_critical_enter();
    if (line < 0)
        dial();
    ta_critical_exit(mask);
}

bool board_hang_up(void)
{
    if (is_bare)
        return false;
    ta_mask mask = ta_critical_enter();
    if (line >= 0)
        hang_up();
    ta_critical_exit(mask);
    return true;
}

bool board_is_connected(void)
{
    return is_bare || line >= 0;
}

void board_receive_pause(void)
{
    is_receiving = false;
}

void board_receive_resume(void)
{
    is_receiving = true;
    raise(SIGIO);
}

void board_transmit_kick(void)
{
    raise(SIGIO);
}

uint32_t board_stack_peak(void)
{
    return 0;
}
