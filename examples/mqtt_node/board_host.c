/*
 * A process as a board: the line is a TCP socket, its interrupt is SIGIO, the clock's is SIGALRM.
 *
 * Like a modem behind a UART, the line connects again by itself when the peer goes away, every second, and
 * what is sent meanwhile is lost: the node has to find out.
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
#define RECONNECT_MS 1000

static struct sockaddr_in peer;
static int line = -1;
static bool is_connected;
static uint32_t reconnect_at;
static volatile sig_atomic_t is_event;
static volatile bool is_receiving = true; /* the receive interrupt is switched on */

static struct fifo { /* as UARTs have one: bytes off the line that the node did not take yet */
    uint8_t bytes[64];
    size_t at, length;
} fifo;

/* ---- The line; all of it runs with signals blocked ----------------------------------------------------- */

static void hang_up(void)
{
    close(line);
    line = -1;
    is_connected = false;
    fifo.at = fifo.length = 0;
    reconnect_at = board_now() + RECONNECT_MS;
}

static void dial(void)
{
    line = socket(AF_INET, SOCK_STREAM, 0);
    if (line < 0)
        return;
    fcntl(line, F_SETOWN, getpid());
    fcntl(line, F_SETFL, O_NONBLOCK | O_ASYNC);
    if (connect(line, (struct sockaddr *)&peer, sizeof peer) != 0 && errno != EINPROGRESS)
        hang_up();
}

/* Is the line up? A connection in progress is when its socket has a peer. */
static bool is_up(void)
{
    struct sockaddr_in other;
    socklen_t length = sizeof other;
    if (line >= 0 && !is_connected)
        is_connected = getpeername(line, (struct sockaddr *)&other, &length) == 0;
    return line >= 0 && is_connected;
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

static void receive(void)
{
    while (is_receiving && is_up() && (fifo.at < fifo.length || fill_fifo()))
        node_receive_isr(fifo.bytes[fifo.at++]);
}

static void transmit(void)
{
    static uint8_t waiting; /* the transmitter's one byte, when the line did not take it */
    static bool is_waiting;
    while (is_waiting || node_transmit_isr(&waiting)) {
        is_waiting = is_up() && write(line, &waiting, 1) < 0 && (errno == EAGAIN || errno == EINTR);
        if (is_waiting)
            return;
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
    if (line < 0 && (int32_t)(board_now() - reconnect_at) >= 0)
        dial();
    else if (line >= 0 && !is_up() && (int32_t)(board_now() - reconnect_at) >= 2 * RECONNECT_MS)
        hang_up();
    line_isr(number);
}

static void on(int number, void (*isr)(int))
{
    struct sigaction action = {.sa_handler = isr, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

/* ---- For the node -------------------------------------------------------------------------------------- */

void board_init(int argc, char **argv)
{
    const struct itimerval tick = {{0, TICK_MS * 1000}, {0, TICK_MS * 1000}};
    if (argc != 2) {
        fprintf(stderr, "usage: %s PORT     (an MQTT broker's, on the loopback interface)\n", argv[0]);
        exit(2);
    }
    peer.sin_family = AF_INET;
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer.sin_port = htons((uint16_t)atoi(argv[1]));
    signal(SIGPIPE, SIG_IGN);
    on(SIGIO, line_isr);
    on(SIGALRM, tick_isr);
    ta_mask mask = ta_critical_enter();
    dial();
    ta_critical_exit(mask);
    setitimer(ITIMER_REAL, &tick, NULL);
}

uint32_t board_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
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
