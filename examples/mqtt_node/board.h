/**
 * @file board.h
 * @brief What the node needs of a board: a serial line, a clock, and a way to sleep.
 *
 * board_mps2.c is the Arm MPS2 board with the AN385 image (a Cortex-M3). board_host.c is a process whose line
 * is a TCP socket and whose interrupts are signals. On both, interrupts call only the functions under "From
 * the interrupt" and the two queues.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

/** Start clock and interrupts. The arguments are main()'s; the bare-metal board has none. */
void board_init(int argc, char **argv);

/** Milliseconds since the start; wraps. */
uint32_t board_now(void);

/** Sleep until an interrupt has come since the last call; at most a clock tick (10 ms). */
void board_wait(void);

/**
 * Begin a connection, as a modem dials. Bytes that are sent meanwhile wait for it. A bare UART has no modem:
 * it is always connected, and the node cannot end the connection.
 */
void board_dial(void);

/** End the connection. False: the line cannot do that, and stays connected. */
bool board_hang_up(void);

/** Is there a connection, or one that is being made? False: it was refused, or the peer has ended it. */
bool board_is_connected(void);

/** Switch the receive interrupt off, as RTS would stop the sender; and on again. From any context. */
void board_receive_pause(void);
void board_receive_resume(void);

/** There may be bytes in the transmit queue: start the transmitter if it is idle. */
void board_transmit_kick(void);

/** Bytes of stack used at most so far, interrupts included; 0 where nobody measures. */
uint32_t board_stack_peak(void);

/* ---- From the interrupt -------------------------------------------------------------------------------- */

/** A byte has arrived. */
void node_receive_isr(uint8_t byte);

/** The line can send. False: there is nothing to send. */
bool node_transmit_isr(uint8_t *byte);

#endif
