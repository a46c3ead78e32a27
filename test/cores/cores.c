/*
 * The protocol of pools and queues between two real cores, of an emulator: each core's main loop and each core's
 * timer interrupt is a worker of ../thread/work.h, so every queue has its two ends on different cores. It is run with
 * the ports for several cores, and with broken ones, which it must detect (see run.sh).
 *
 * An emulator on a machine that orders stores, such as x86, orders them here, too: a missing barrier does not show.
 */
#include "../thread/work.h"
#include "board.h"
#include <stdio.h>

#ifndef BYTES
#define BYTES 15000
#endif
#define LETTERS 600

/* worker 0: core 0; 1: core 1; 2: core 0's interrupt; 3: core 1's */
static struct {
    unsigned interrupts;
    size_t has_begun, has_ended, is_stopped; /* words between the cores */
} cores[2];

unsigned contended[2];

/* Done workers go on with what has no end, such as blocks of their own. */
void timer_interrupt(void)
{
    unsigned core = CORE();
    worker *w = &workers[2 + core];
    cores[core].interrupts++;
    if (ta_port_load(&cores[core].is_stopped))
        return;                      /* one more was pending */
    for (unsigned i = 0; i < 4; i++) /* an emulated timer is slow */
        work(w);
    if (is_done(w) && ta_port_load(&cores[core].has_ended)) {
        finish_work(w);
        ta_port_store(&cores[core].is_stopped, 1);
    } else {
        start_timer(300 + (w->random >> 7 & 1023));
    }
}

static void run(unsigned core)
{
    worker *w = &workers[core];
    NEED(this_core() == core && CORE() == core);
    ta_port_store(&cores[core].has_begun, 1);
    while (!ta_port_load(&cores[!core].has_begun))
        ;
    if (core == 0)
        printf("both cores run\n");
    start_timer(1000);
    while (!is_done(w))
        work(w);
    finish_work(w);
    ta_port_store(&cores[core].has_ended, 1);
    while (!ta_port_load(&cores[core].is_stopped))
        ;
}

void second_main(void)
{
    run(1);
    for (;;)
        ;
}

int main(void)
{
    ta_port_init();
    prepare_work(4, BYTES, LETTERS);
    start_second_core();
    run(0);
    while (!ta_port_load(&cores[1].is_stopped))
        ;
    check_the_end("workers on two cores");
    for (unsigned core = 0; core < 2; core++) {
        printf("core %u: %u interrupts served, %u critical sections found the lock taken\n", core,
               cores[core].interrupts, contended[core]);
        NEED(cores[core].interrupts > 200);
    }
    printf("passed\n");
    return 0;
}
