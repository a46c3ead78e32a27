/*
 * The last messages before a fault. The program logs what it does, and the log keeps the newest messages only. Then the
 * program stores to an address that it may not use, and the handler of the fault prints the log. On this host SIGSEGV is
 * the fault and its handler the interrupt. (Built with TA_PORT_FILE="tinyalloc/port/posix_signal.h".)
 *
 * Take away: the handler only reads, so it may interrupt a message that is being written: that one is missing, and no other.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <tinyalloc/tinyalloc.h>
#include <unistd.h>

#define LONGEST 48

TA_SLAB_DEFINE(pool, 16, 12);
TA_RECENT_DEFINE(messages, pool, 160, 0); /* each message is a unit of its own length */

static void log_message(const char *format, ...)
{
    char text[LONGEST];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (n > 0)
        (void)ta_recent_write(&messages, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

static void print(const void *text, size_t n)
{
    if (write(STDOUT_FILENO, text, n) != (ssize_t)n)
        _exit(1);
}

/* stdio is not for signal handlers. */
static void on_fault(int signal_number)
{
    char text[LONGEST];
    size_t n;
    (void)signal_number;
    print("fault; the last messages:\n", 26);
    while (ta_recent_read(&messages, text, sizeof text, &n) == TA_OK) {
        print("  ", 2);
        print(text, n);
        print("\n", 1);
    }
    _exit(ta_recent_dropped(&messages) > 0 ? 0 : 1);
}

/* The motor's registers are where nothing is mapped. */
static void drive_motor(volatile int *registers, int speed)
{
    log_message("motor: set speed %d", speed);
    registers[0] = speed;
}

int main(void)
{
    struct sigaction action = {0};
    action.sa_handler = on_fault;
    volatile int *registers = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (registers == MAP_FAILED || sigaction(SIGSEGV, &action, NULL) != 0)
        return 1;
    log_message("boot");
    for (int i = 1; i <= 30; i++)
        log_message("sensor: %d.%d degrees", 20 + i / 10, i % 10);
    log_message("control: too warm");
    drive_motor(registers, 1200);
    return 1;
}
