/*
 * An ATmega328P at 16 MHz whose UART is a terminal, as QEMU's -serial /dev/… makes it.
 * Usage: simavr_tty IMAGE TERMINAL
 *
 * Bytes come in at most as fast as the line carries them, and go out as fast as it does. Time is simulated:
 * it passes as fast as the host can, and stands still while there is nothing to do. Ends when the terminal
 * hangs up.
 */
#include <avr_uart.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sim_avr.h>
#include <sim_elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* At 115,200 baud simavr's UART takes 1,528 cycles for a byte (it counts 11 bits). */
#define BYTE_CYCLES 1600
#define IDLE_CYCLES (16 * BYTE_CYCLES)

/* A byte for a program at work, with none behind it, comes after a pause; each pause is a bit longer, until
 * they begin again. So it comes at every moment of going to sleep, and nothing else wakes the program. */
#define PAUSE_STEP 4
#define PAUSE_MAX 16000

static int terminal;
static avr_irq_t *input;
static avr_cycle_count_t heard_at;

static uint8_t outgoing[1 << 16]; /* sent, and not yet taken by the terminal */
static size_t outgoing_start, outgoing_end;

static void fail(const char *why)
{
    fprintf(stderr, "simavr_tty: %s\n", why);
    exit(2);
}

static void flush(void)
{
    while (outgoing_start < outgoing_end) {
        ssize_t done = write(terminal, outgoing + outgoing_start, outgoing_end - outgoing_start);
        if (done < 0 && errno != EAGAIN)
            exit(0); /* hung up */
        if (done <= 0)
            return;
        outgoing_start += (size_t)done;
    }
    outgoing_start = outgoing_end = 0;
}

static void on_output(avr_irq_t *irq, uint32_t byte, void *context)
{
    (void)irq;
    (void)context;
    if (outgoing_end == sizeof outgoing)
        fail("nobody reads what the UART sends");
    outgoing[outgoing_end++] = (uint8_t)byte;
    flush();
}

static void on_overrun(avr_irq_t *irq, uint32_t is_full, void *context)
{
    (void)irq;
    (void)context;
    if (is_full)
        fail("the UART's own buffer is full: its interrupt comes too late");
}

/* The next byte, if there is one. Returns the cycles until the one after it may come. */
static avr_cycle_count_t receive(avr_t *avr)
{
    static avr_cycle_count_t pause;
    static uint8_t byte;
    static bool is_pausing;
    int waiting;
    if (!is_pausing) {
        ssize_t got = read(terminal, &byte, 1);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            exit(0); /* hung up */
        if (got < 0)
            return BYTE_CYCLES;
        heard_at = avr->cycle;
        is_pausing = avr->state == cpu_Running && ioctl(terminal, FIONREAD, &waiting) == 0 && waiting == 0;
        if (is_pausing)
            return pause = (pause + PAUSE_STEP) % PAUSE_MAX;
    }
    is_pausing = false;
    avr_raise_irq(input, byte);
    return BYTE_CYCLES;
}

/* The core sleeps. When it has done so for a while, this process does, too. */
static void on_sleep(avr_t *avr, avr_cycle_count_t cycles)
{
    struct pollfd events = {terminal, POLLIN, 0};
    (void)cycles;
    if (outgoing_start < outgoing_end)
        events.events |= POLLOUT;
    if (avr->cycle - heard_at > IDLE_CYCLES)
        poll(&events, 1, 10);
}

static avr_t *start(const char *image)
{
    elf_firmware_t firmware = {0};
    uint32_t flags = 0; /* neither print what is sent nor wait when it is polled */
    avr_t *avr = avr_make_mcu_by_name("atmega328p");
    if (!avr || elf_read_firmware(image, &firmware) != 0)
        fail("cannot read the image");
    avr_init(avr);
    firmware.frequency = 16000000;
    avr_load_firmware(avr, &firmware);
    avr->log = LOG_ERROR;
    avr->sleep = on_sleep;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    input = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_output, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XOFF), on_overrun,
                            NULL);
    return avr;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        fail("usage: simavr_tty IMAGE TERMINAL");
    terminal = open(argv[2], O_RDWR | O_NONBLOCK);
    if (terminal < 0)
        fail("cannot open the terminal");
    avr_t *avr = start(argv[1]);
    int state = cpu_Running;
    for (avr_cycle_count_t next = 0; state != cpu_Done && state != cpu_Crashed; state = avr_run(avr))
        if (avr->cycle >= next) {
            flush();
            next = avr->cycle + receive(avr);
        }
    fail("the program has ended");
}
